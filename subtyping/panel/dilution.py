"""What a plate export says about dilution: which factors, and whether results carry them."""

import re
from collections import Counter
from collections.abc import Sequence

from subtyping._validation import count_of
from subtyping.panel.workbook import Cells

__all__ = ["dilution_note", "says_not_applied"]

DONE = r"(?:multipl|adjust|correct|appl(?!icab))\w*\b"
NEED = r"(?:need|necess|requir)"
NOT_APPLIED = re.compile(
    rf"(?<!need )\b(?:not|before)\b[\s\-]*(?:yet\s+)?(?:been\s+)?(?:(?!{NEED})\w+\s+){{0,2}}{DONE}"
    rf"|\b(?:no|without)\b[\s\-]*(?:(?!{NEED})\w+\s+){{0,2}}{DONE}(?!\s+(?:\w+\s+){{0,5}}{NEED})"
    rf"|\b(?:un|non)[\s\-]*{DONE}",
    re.IGNORECASE,
)
ASKED = re.compile(rf"(?!.*\b{NEED}).*dilution.*{DONE}", re.IGNORECASE | re.DOTALL)
SAYS_NO = ("no", "false", "off", "not applied", "0")


def says_not_applied(rows: Cells) -> bool:
    """Return whether an export says that its concentrations are not multiplied by the dilution.

    Parameters
    ----------
    rows : list of list
        Cells of the export.

    Returns
    -------
    bool
        True where a line mentions dilution together with words such as *not applied*, *not
        corrected*, *unadjusted*, or answers *dilution applied* with no. That a correction is not
        needed, necessary, required or applicable says nothing of the kind.

    Examples
    --------
    >>> says_not_applied([["Concentrations are not corrected for dilution"]])
    True
    >>> says_not_applied([["Dilution applied", "No"]]), says_not_applied([["Dilution Factor", "4"]])
    (True, False)
    >>> says_not_applied([["pre-diluted; no dilution correction needed"]])
    False
    """
    for row in rows:
        words = [str(cell).strip() for cell in row if isinstance(cell, str)]
        if not 1 <= len(words) <= 4 or not any("dilution" in word.casefold() for word in words):
            continue
        if any("dilution" in word.casefold() and NOT_APPLIED.search(word) for word in words):
            return True
        if ASKED.match(words[0]) and len(words) > 1 and words[1].casefold() in SAYS_NO:
            return True
    return False


def dilution_note(dilution: Sequence[float | None] | None, *, applied: bool) -> tuple[str, ...]:
    """Return the sentence on dilution factors, or nothing where all are 1 or unknown.

    Examples
    --------
    >>> dilution_note([2.0, 2.0, 4.0], applied=True)[0]
    'Dilution factors 2 (2 wells), 4 (1 well); the concentrations are taken as multiplied already.'
    """
    counts = Counter(factor for factor in dilution or () if factor is not None)
    if not counts or set(counts) == {1.0}:
        return ()
    each = ", ".join(f"{factor:g} ({count_of(n, 'well')})" for factor, n in sorted(counts.items()))
    how = (
        "the concentrations are taken as multiplied already"
        if applied
        else "the export says that the concentrations are not multiplied by them, so they were"
    )
    return (f"Dilution factors {each}; {how}.",)
