"""What Olink files say about samples: controls, plates and flags per panel, the platform."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.panel.measured import Measured
from subtyping.panel.texts import as_category, as_ids

__all__ = [
    "control_note",
    "is_control_assay",
    "is_olink_control",
    "joined_per_row",
    "olink_platform",
    "well_numbers",
]

CONTROL = re.compile(
    r"(?:ipc|neg|sc|nc|pc)[\s_.\-]?\d*"
    r"|control[\s_.\-]*sample.*"
    r"|(?:neg|negative|sample|plate|inter-?plate)[\s_.\-]*(?:ctrl|control)[\s_.\-]*\d*",
    re.IGNORECASE,
)
FLAG_OF_NONE = "pass"
CONTROL_ASSAY = re.compile(
    r"(?:inc|incubation|ext|extension|amp|amplification|det|detection)[\s_.\-]*"
    r"(?:ctrl|control)[\s_.\-]*\d*",
    re.IGNORECASE,
)
PLACES = ("plateid", "wellid", "dataanalysisrefid")


def is_olink_control(sample_id: str) -> bool:
    """Return whether an id is that of an Olink control well.

    Examples
    --------
    >>> [is_olink_control(name) for name in ("IPC_1", "Neg2", "CONTROL_SAMPLE_AS 1", "Control 7")]
    [True, True, True, False]
    """
    return CONTROL.fullmatch(str(sample_id).strip()) is not None


def is_control_assay(name: str) -> bool:
    """Return whether an assay is one of Olink's internal controls.

    Examples
    --------
    >>> [is_control_assay(name) for name in ("Inc Ctrl 1", "Extension control 2", "IL6")]
    [True, True, False]
    """
    return CONTROL_ASSAY.fullmatch(str(name).strip()) is not None


def well_numbers(table: pd.DataFrame, sample: str, panel: pd.Series | None) -> np.ndarray | None:
    """Return which measurement of its sample each line belongs to, from plate and well.

    The first plate and well of a sample is measurement 0, the next one 1, in the order they
    appear. Where a sample lies in other wells for other panels, they are counted within each.

    Parameters
    ----------
    table : pandas.DataFrame
        Long table.
    sample : str
        Id column.
    panel : pandas.Series or None
        Panel (or block) of each line.

    Returns
    -------
    numpy.ndarray of int or None
        None where the table names neither plate nor well.

    Examples
    --------
    >>> table = pd.DataFrame({"SampleID": ["a", "a", "a"], "PlateID": ["1", "2", "1"]})
    >>> well_numbers(table, "SampleID", None).tolist()
    [0, 1, 0]
    """
    folded = {re.sub(r"[^a-z0-9]", "", str(name).casefold()): name for name in table.columns}
    names = [folded[name] for name in PLACES[:2] if name in folded]
    if not names:
        return None
    place = pd.factorize(pd.MultiIndex.from_frame(table[names].astype("str")))[0]
    ids = pd.factorize(table[sample].astype("str").str.strip())[0]
    part = np.zeros(len(table), dtype=int) if panel is None else pd.factorize(panel)[0]
    lines = pd.DataFrame({"id": ids, "panel": part, "place": place})
    first = lines.drop_duplicates()
    number = first.groupby(["id", "panel"]).cumcount()
    of_panel = first.groupby(["id", "panel"]).size().groupby("id").max()
    places = first.drop_duplicates(["id", "place"])
    shared = first["id"].map(places.groupby("id").size() == of_panel)  # one well for all panels
    ranks = pd.Series(
        places.groupby("id").cumcount().to_numpy(),
        index=pd.MultiIndex.from_frame(places[["id", "place"]]),
    )
    overall = ranks.reindex(pd.MultiIndex.from_frame(first[["id", "place"]])).to_numpy()
    number = number.where(~shared, overall)
    keys = pd.MultiIndex.from_frame(first)
    return np.asarray(number.to_numpy()[keys.get_indexer(pd.MultiIndex.from_frame(lines))])


def control_note(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the sentence that counts Olink control wells, if there are any.

    Examples
    --------
    >>> control_note(["IPC", "p1"])
    ("1 Olink control well stays in the panel: 'IPC'.",)
    """
    controls = [name for name in ids if is_olink_control(name)]
    if not controls:
        return ()
    verb = "stays" if len(controls) == 1 else "stay"
    count = count_of(len(controls), "Olink control well")
    return (f"{count} {verb} in the panel: {list_some(controls, 5)}.",)


def olink_platform(panels: Iterable[str]) -> str:
    """Return the platform from the panel names of a file, versions left out.

    Examples
    --------
    >>> olink_platform(["Olink INFLAMMATION(v.3022)"]), olink_platform(["CVD2", "IR"])
    ('Olink INFLAMMATION', 'Olink CVD2, IR')
    """
    plain = [re.sub(r"\s*\(v\.?[^)]*\)\s*$", "", name).strip() for name in panels]
    joined = ", ".join(dict.fromkeys(name for name in plain if name))
    return joined if joined.casefold().startswith("olink") else f"Olink {joined}".strip()


def join_flags(flags: Iterable[object]) -> str | None:
    """Return distinct flags or plates joined by `` + ``, a pass left out beside a warning."""
    filled = list(dict.fromkeys(str(flag) for flag in flags if not pd.isna(flag)))
    telling = [flag for flag in filled if flag.casefold() != FLAG_OF_NONE]
    return " + ".join(telling) if telling else (filled[0] if filled else None)


def joined_per_row(table: pd.DataFrame, sample: str, name: str, measured: Measured) -> pd.Series:
    """Return, for each row of the panel, what its sample's lines say in a column.

    Parameters
    ----------
    table : pandas.DataFrame
        Long table.
    sample, name : str
        Id column, and the column that differs within a sample.
    measured : Measured
        Rows to fill.

    Returns
    -------
    pandas.Series
        Distinct values joined by `` + ``; a ``Pass`` is left out beside a warning.

    Examples
    --------
    >>> join_flags(["Pass", "Warning"]), join_flags(["plate 1", "plate 2"])
    ('Warning', 'plate 1 + plate 2')
    """
    ids, _ = as_ids(table[sample])
    pairs = pd.DataFrame({"id": ids, "value": as_category(table[name]).to_numpy(dtype=object)})
    joined = pairs.drop_duplicates().groupby("id", sort=False)["value"].agg(join_flags)
    return pd.Series(np.asarray(joined.reindex(measured.sample_id), dtype=object), name=name)
