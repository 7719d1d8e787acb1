"""Is a Th2-skewed inflammatory subtype of depression really in this cytokine panel?

Public names are resolved when first used; importing the package loads the standard library only
and touches no disk.

Examples
--------
>>> import subtyping as st
>>> "read_panel" in dir(st)
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subtyping.cohorts import simulate_cohort
    from subtyping.criteria import EligibilityRule
    from subtyping.discovery import Verdict, discover, load_assigner
    from subtyping.panel import Panel, read_panel
    from subtyping.study import load_spec, run_study

__version__ = "0.1.0"

__all__ = [
    "EligibilityRule",
    "Panel",
    "Verdict",
    "__version__",
    "discover",
    "load_assigner",
    "load_spec",
    "read_panel",
    "run_study",
    "simulate_cohort",
]

_HOMES = {
    "EligibilityRule": "subtyping.criteria",
    "Panel": "subtyping.panel",
    "Verdict": "subtyping.discovery",
    "discover": "subtyping.discovery",
    "load_assigner": "subtyping.discovery",
    "load_spec": "subtyping.study",
    "read_panel": "subtyping.panel",
    "run_study": "subtyping.study",
    "simulate_cohort": "subtyping.cohorts",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    import difflib

    close = difflib.get_close_matches(name, __all__, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    message = f"module 'subtyping' has no attribute {name!r}.{hint}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
