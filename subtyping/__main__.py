"""Run the command line as ``python -m subtyping``."""

from subtyping.cli import main

if __name__ == "__main__":
    main()
