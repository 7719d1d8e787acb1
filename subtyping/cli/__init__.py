"""The command line: one file for each command, which registers itself on `app`.

Exit codes: 0 done; 1 done, but a check of severity issue fired (``check`` always, ``run`` with
``--strict``); 2 bad input, one sentence on stderr; 3 an error of the program itself; 130
interrupted.
"""

# The help lists the commands in the order of these imports.
import subtyping.cli.run  # isort: skip
import subtyping.cli.specifications  # isort: skip
import subtyping.cli.check  # isort: skip
import subtyping.cli.new  # isort: skip
import subtyping.cli.bridge  # isort: skip
import subtyping.cli.simulate  # isort: skip
import subtyping.cli.assign  # isort: skip
import subtyping.cli.explain  # isort: skip
import subtyping.cli.apply  # isort: skip
import subtyping.cli.replicate  # isort: skip
import subtyping.cli.ui  # noqa: F401  # isort: skip
from subtyping.cli.app import app
from subtyping.cli.entry import exit_code_of, main

__all__ = ["app", "exit_code_of", "main"]
