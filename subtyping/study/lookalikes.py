"""Columns whose names look like a role or a routine marker: proposals, never decisions."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

__all__ = ["MARKER_NAMES", "ROLE_NAMES", "columns_like"]

ROLE_NAMES: dict[str, tuple[str, ...]] = {
    "subject": ("subject*", "patient*", "participant*", "person*", "pid"),
    "group": (
        "group*", "diagnos*", "dx", "disease*", "cohort", "arm", "condition", "category*",
        "status", "case*",
    ),
    "visit": ("visit*", "timepoint*", "session*", "wave"),
    "batch": ("plate*", "batch*", "run"),
    "site": ("site*", "centre*", "center*", "hospital*", "clinic"),
    "date": ("date*", "quarter*", "month*", "collected*"),
    "age": ("age",),
    "sex": ("sex", "gender"),
    "bmi": ("bmi", "bodymass*"),
    "smoking": ("smok*", "tobacco*", "cigar*"),
    "medication": ("medic*", "antidep*", "ssri*", "drug*", "treatment*", "steroid*"),
    "atopy": ("atop*", "allerg*", "eczema*", "asthma*"),
    "qc": ("qc*", "warning*"),
    "matrix": ("matrix", "specimen*", "sampletype*", "tube"),
    "storage": ("storage*", "stored*", "freez*"),
    "draw_time": ("drawtime*", "timeofdraw*", "drawhour*"),
}  # fmt: skip
"""Patterns of column names by role; ``*`` stands for any letters."""

MARKER_NAMES: dict[str, tuple[str, ...]] = {
    "crp": ("*crp*", "creactive*"),
    "eosinophils": ("eos*",),
    "monocytes": ("mono*",),
    "neutrophils": ("neut*",),
    "lymphocytes": ("lymph*",),
    "ige": ("ige", "totalige*"),
}
"""Patterns of column names by routine marker."""

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def columns_like(patterns: Iterable[str], columns: Iterable[str]) -> list[str]:
    """Return the columns whose name, or a word of it, fits a pattern.

    Parameters
    ----------
    patterns : iterable of str
        In small letters; ``*`` stands for any letters.
    columns : iterable of str
        Names as they stand in the file.

    Returns
    -------
    list of str
        In the order of `columns`. A name that looks right may still be wrong, so what is found
        is for someone to look at.

    Examples
    --------
    >>> columns_like(ROLE_NAMES["age"], ["AgeYears", "stage", "visit_age"])
    ['AgeYears', 'visit_age']
    >>> columns_like(MARKER_NAMES["crp"], ["hsCRP_mgL", "il6"])
    ['hsCRP_mgL']
    """
    wanted = tuple(patterns)
    return [name for name in columns if any(_fits(name, pattern) for pattern in wanted)]


def _fits(name: str, pattern: str) -> bool:
    """Return whether a name or one of its words fits."""
    words = [word.lower() for word in WORD.findall(name)]
    return any(fnmatchcase(word, pattern) for word in (*words, "".join(words)))
