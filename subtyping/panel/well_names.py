"""What the name of a well says: standard, blank, control of the kit, or a sample."""

import re
from collections.abc import Collection

__all__ = ["well_kind"]

END = r"[\s_.\-#]*\d*"
KINDS = {
    "standard": re.compile(rf"(?:standards?|stds?|calibrator|cal){END}", re.IGNORECASE),
    "blank": re.compile(rf"(?:background|blanks?|bkgd?|zero){END}", re.IGNORECASE),
    "control": re.compile(
        rf"(?:(?:low|mid|high|kit|quality)[\s_.\-]*)?(?:controls?|ctrl|qc){END}", re.IGNORECASE
    ),
}


def well_kind(name: str, people: Collection[str] = frozenset()) -> str | None:
    """Return why a well is no sample, or None if it is one.

    Parameters
    ----------
    name : str
        Name of the well in the export.
    people : collection of str, optional
        Ids of the samples table: a person who is called ``Control 12`` there is a sample.

    Returns
    -------
    {"standard", "blank", "control", None}

    Examples
    --------
    >>> [well_kind(name) for name in ("Standard1", "Background0", "QC 2", "Unknown1", "p-07")]
    ['standard', 'blank', 'control', None, None]
    >>> well_kind("Control 12", people={"Control 12"}) is None
    True
    """
    plain = name.strip()
    if plain in people:
        return None
    return next((kind for kind, pattern in KINDS.items() if pattern.fullmatch(plain)), None)
