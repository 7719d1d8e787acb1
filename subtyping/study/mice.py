"""The mice a study holds its human contrast against: a table of effects, or animals."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from subtyping._random import child_seed
from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import InputError, SpecError
from subtyping.panel import Panel, read_panel
from subtyping.panel.tables import read_table
from subtyping.signature.mouse import AnimalContrast, contrast_of_animals
from subtyping.study.signature_spec import MouseSpec

__all__ = ["read_mice"]

EFFECTS = ("log2_fc", "se", "t", "ci_low", "ci_high", "p_value", "q_value")
LIMITS = {"se": (0.0, float("inf")), "p_value": (0.0, 1.0), "q_value": (0.0, 1.0)}
BLANKS = ("", "na", "n/a", "nan", "none", "null", ".", "-")


def read_mice(
    asked: MouseSpec, folder: Path, seed: int
) -> tuple[AnimalContrast | pd.DataFrame, str]:
    """Read or simulate the mouse contrast of a specification.

    Parameters
    ----------
    asked : MouseSpec
    folder : Path
        Folder the paths start from.
    seed : int
        Root seed, for simulated mice.

    Returns
    -------
    contrast : AnimalContrast or pandas.DataFrame
        Animals give a contrast whose labels can be exchanged; a table gives itself.
    digest : str
        SHA-256 of the files, empty for simulated mice.

    Raises
    ------
    InputError
        If a file is absent, a group has no animal, or a table of effects lacks a column, holds
        several contrasts, names an analyte twice, or has a cell that is no possible number.
    """
    if asked.table is not None:
        path = _file(folder, asked.table, "table")
        return _effects(read_table(path)), hashlib.sha256(path.read_bytes()).hexdigest()
    if asked.panel is not None:
        files = [
            _file(folder, name, key)
            for key, name in (("panel", asked.panel), ("samples", str(asked.samples)))
        ]
        panel = _animals(files, asked)
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        return _contrast(panel, asked), digest
    from subtyping.cohorts import simulate_cohort

    settings = dict(asked.simulate or {})
    cohort = simulate_cohort("csds", seed=child_seed(seed, "mice"), **settings)
    return _contrast(cohort.panel, asked), ""


def _animals(files: list[Path], asked: MouseSpec) -> Panel:
    """Read animals from files; an animal is measured once."""
    try:
        panel = read_panel(
            files[0], samples=files[1], unit=asked.unit, columns=asked.columns, visits="all"
        )
    except InputError as error:
        message = f"signature.mouse: {error}"
        raise SpecError(message) from None
    animals = panel.role("subject")
    again = [] if animals is None else list(animals[animals.duplicated()].dropna().unique())
    if again:
        message = (
            f"signature.mouse: {list_some(list(map(str, again)))} has several samples; keep one "
            "of each animal."
        )
        raise SpecError(message)
    return panel


def _effects(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of effects whose numbers are numbers, or say what is wrong with it."""
    header = [str(name) for name in table.columns]
    table = table.set_axis(header, axis="columns")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        _refuse(f"the column {list_some(twice)} stands there twice; keep one.")
    has_error = {"se", "t", "p_value"} & set(header) or {"ci_low", "ci_high"} <= set(header)
    for name in ("analyte", "log2_fc"):
        if name not in header:
            _refuse(f"there is no column {name!r}.{nearest(name, header)}")
    if not has_error:
        _refuse("it needs one of the columns se, t, p_value, or ci_low with ci_high.")
    names = table["analyte"].astype("str").fillna("").str.strip()
    if (names == "").any():
        _refuse(f"{count_of(int((names == '').sum()), 'row')} without an analyte.")
    if "contrast" in header and table["contrast"].nunique(dropna=False) > 1:
        found = [str(one) for one in table["contrast"].drop_duplicates()]
        _refuse(f"it holds the contrasts {list_some(found, 6)}; keep the rows of one.")
    again = list(dict.fromkeys(names[names.duplicated()]))
    if again:
        _refuse(f"{list_some(again)} stands there more than once; keep one row for each analyte.")
    numbers = {name: _numbers(table[name], names) for name in EFFECTS if name in header}
    if {"ci_low", "ci_high"} <= set(numbers):
        wrong = (numbers["ci_low"] > numbers["log2_fc"]) | (numbers["ci_high"] < numbers["log2_fc"])
        if wrong.any():
            _refuse(f"log2_fc of {names[wrong].iloc[0]!r} lies outside ci_low to ci_high.")
    return table.assign(analyte=names, **numbers)


def _numbers(column: pd.Series, names: pd.Series) -> pd.Series:
    """Return a column of effects as numbers; a blank stays blank, any other text is refused."""
    text = column.astype("str").fillna("").str.strip()
    number = pd.to_numeric(text.mask(text.str.casefold().isin(BLANKS)), errors="coerce")
    number = number.astype(float)
    is_text = number.isna() & ~text.str.casefold().isin(BLANKS)
    low, high = LIMITS.get(str(column.name), (float("-inf"), float("inf")))
    is_beyond = (number < low) | (number > high) | np.isinf(number)
    if column.name == "se":
        is_beyond |= number == 0
    wrong = is_text | is_beyond
    if wrong.any():
        cell, analyte = text[wrong].iloc[0], names[wrong].iloc[0]
        what = "is no number" if is_text[wrong].iloc[0] else "is no possible value"
        _refuse(f"{column.name} of {analyte!r} is {cell!r}, which {what}.")
    return number


def _refuse(what: str) -> NoReturn:
    message = f"signature.mouse.table: {what}"
    raise SpecError(message)


def _contrast(panel: Panel, asked: MouseSpec) -> AnimalContrast:
    """Compare the two groups of animals, under the names of the file."""
    values = _log2(panel).set_axis(panel.analytes["name_in_file"].to_numpy(), axis="columns")
    groups = panel.samples["group"]
    try:
        contrast = contrast_of_animals(
            values, groups.astype(str), asked.case, asked.reference, cage=panel.role("batch")
        )
    except InputError as error:
        message = f"signature.mouse: {error}"
        raise SpecError(message) from None
    return replace(contrast, notes=(*contrast.notes, *_left_out(panel)))


def _left_out(panel: Panel) -> list[str]:
    """Say which animals of the files are in no comparison because something is missing."""
    notes = []
    dropped = panel.reading.dropped
    if len(dropped):
        reasons = dropped["reason"].value_counts()
        said = "; ".join(f"{reason} {count}" for reason, count in reasons.items())
        notes.append(f"{count_of(len(dropped), 'row')} of the mouse files not used: {said}.")
    group = panel.samples["group"]
    blank = int((group.isna() | (group.astype("str").str.strip() == "")).sum())
    if blank:
        notes.append(f"{count_of(blank, 'animal')} without a group not used.")
    return notes


def _log2(panel: Panel) -> pd.DataFrame:
    """Return log2 values; below detection the limit over the root of two, where it is known."""
    if panel.is_log_scale:
        return panel.values.mask(panel.below_lod & panel.values.isna(), panel.lod)
    limit = panel.lod / np.sqrt(2)
    values = panel.values.mask(panel.below_lod, limit)
    return pd.DataFrame(np.log2(values.where(values > 0)))


def _file(folder: Path, name: str, key: str) -> Path:
    """Return the path of a file, or say where it was looked for."""
    path = Path(name) if Path(name).is_absolute() else folder / name
    if path.is_dir():
        message = f"signature.mouse.{key}: {str(path)!r} is a folder; name the file in it."
        raise SpecError(message)
    if not path.is_file():
        message = f"signature.mouse.{key}: there is no file {str(path)!r}."
        raise SpecError(message)
    return path
