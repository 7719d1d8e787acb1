"""Bring the rows of the panel and of the samples table together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.columns import unambiguous
from subtyping.panel.measured import Measured
from subtyping.panel.policies import unrepeated
from subtyping.panel.samples_table import IN_PANEL, split_ids, wanted_rows
from subtyping.panel.tables import read_table
from subtyping.panel.texts import as_category

__all__ = ["Matched", "match_samples", "sample_ids_of"]


@dataclass(frozen=True, eq=False)
class Matched:
    """Rows of the panel that go on, with their clinical columns.

    Attributes
    ----------
    measured : Measured
        Rows kept.
    clinical : pandas.DataFrame
        Columns of the samples table, one row per row of `measured`.
    dropped : list of tuple
        Id and reason of each row left out.
    notes : tuple of str
    """

    measured: Measured
    clinical: pd.DataFrame
    dropped: list[tuple[str, str]] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def match_samples(
    measured: Measured,
    samples: str | Path | pd.DataFrame | None,
    *,
    sample_column: str | None = None,
    where: Mapping[str, object] | None = None,
    duplicates: str = "error",
) -> Matched:
    """Join the samples table to the rows of a panel.

    Parameters
    ----------
    measured : Measured
        Rows of the panel file.
    samples : path, pandas.DataFrame, ``"same"`` or None
        The samples table; ``"same"`` takes the columns the panel file carries.
    sample_column : str, optional
        Id column of the samples table; its first by default.
    where : mapping, optional
        Rows of the samples table to keep, before ids are compared; a column written
        ``panel:<column>`` is one of the panel file.
    duplicates : str
        Policy for repeated ids in the samples table.

    Returns
    -------
    Matched
        Panel rows whose samples-table rows `where` left out are dropped; panel rows without any
        samples-table row are kept, with blank columns.

    Raises
    ------
    PanelError
        If no id matches, ids repeat without a policy, or `where` fits nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a", "b"], "IL6": ["1", "3"]}))
    >>> samples = pd.DataFrame({"id": ["a", "c"], "age": ["40", "50"]})
    >>> matched = match_samples(measured, samples)
    >>> matched.clinical["age"].tolist()
    ['40', nan]
    >>> matched.notes[0]
    "1 of 2 panel samples has no row in the samples table: 'b'."
    """
    conditions = dict(where or {})
    in_panel = {
        name: conditions.pop(name) for name in list(conditions) if name.startswith(IN_PANEL)
    }
    if samples is None or (isinstance(samples, str) and samples == "same"):
        if samples is None and conditions:
            message = f"where names {list_some(conditions)}, but no samples table is given."
            raise PanelError(message)
        plain = {name.removeprefix(IN_PANEL): value for name, value in in_panel.items()}
        matched = _filtered(measured, {**plain, **conditions})
        clinical = matched.measured.carried
        if samples is None:
            clinical = clinical.iloc[:, :0]
        return Matched(matched.measured, clinical, matched.dropped)
    plain = {name.removeprefix(IN_PANEL): value for name, value in in_panel.items()}
    first = _filtered(measured, plain)
    return _joined(first, samples, sample_column, conditions, duplicates)


def sample_ids_of(
    samples: str | Path | pd.DataFrame | None, sample_column: str | None = None
) -> frozenset[str]:
    """Return the ids of a samples table, empty where there is none.

    Parameters
    ----------
    samples : path, pandas.DataFrame or None
        The samples table.
    sample_column : str, optional
        Its id column; the first by default.

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> sorted(sample_ids_of(pd.DataFrame({"id": ["a ", "b"]})))
    ['a', 'b']
    """
    if samples is None:
        return frozenset()
    if isinstance(samples, pd.DataFrame):
        name, table = "the samples table", samples
    else:
        name, table = Path(samples).name, read_table(samples, "samples file")
    ids, _ = split_ids(unambiguous(table, name), sample_column, name)
    return frozenset(str(sample) for sample in ids if sample)


def _filtered(measured: Measured, conditions: Mapping[str, object]) -> Matched:
    """Keep the rows of the panel file that its own columns fit."""
    if not conditions:
        return Matched(measured, measured.carried.iloc[:, :0])
    mask, words = wanted_rows(measured.carried, conditions, "the panel file")
    dropped = [(str(name), f"where: {words}") for name in measured.sample_id[~mask]]
    kept = measured.take(np.flatnonzero(mask))
    return Matched(kept, kept.carried.iloc[:, :0], dropped)


def _joined(
    matched: Matched,
    samples: str | Path | pd.DataFrame,
    sample_column: str | None,
    conditions: Mapping[str, object],
    duplicates: str,
) -> Matched:
    """Join a samples table of its own."""
    if isinstance(samples, pd.DataFrame):
        name, table = "the samples table", samples
    else:
        name, table = Path(samples).name, read_table(samples, "samples file")
    table = unambiguous(table, name)
    ids, notes = split_ids(table, sample_column, name)
    mask, words = wanted_rows(table, conditions, name)
    mask &= ids != ""
    outside = set(ids[~mask]) - set(ids[mask])
    table, ids = table[mask].reset_index(drop=True), ids[mask]
    table, ids, merged = _without_twins(table, ids, name)
    rows, _ = unrepeated(ids, duplicates, f"samples file {name}")
    if duplicates == "mean":
        table = _mean_clinical(table, ids, name)
    thrown = set(ids) - set(ids[rows])
    table, ids = table.iloc[rows].reset_index(drop=True), ids[rows]
    measured = matched.measured
    _refuse_strangers(measured.sample_id, ids, thrown | outside, name)
    reason = {
        **dict.fromkeys(outside, f"where: {words}"),
        **dict.fromkeys(thrown, "duplicates: drop, in the samples file"),
    }
    leaves = np.array([str(sample) in reason for sample in measured.sample_id], dtype=bool)
    dropped = [(str(sample), reason[str(sample)]) for sample in measured.sample_id[leaves]]
    measured = measured.take(np.flatnonzero(~leaves))
    position = pd.Index(ids).get_indexer(measured.sample_id)
    id_column = sample_column if sample_column is not None else table.columns[0]
    clinical = table.drop(columns=id_column).reindex(position).reset_index(drop=True)
    return Matched(
        measured,
        clinical,
        [*matched.dropped, *dropped],
        (*notes, *merged, *_mismatch_notes(measured.sample_id, ids)),
    )


def _without_twins(
    table: pd.DataFrame, ids: np.ndarray, name: str
) -> tuple[pd.DataFrame, np.ndarray, tuple[str, ...]]:
    """Merge rows that say the same of the same sample."""
    texts = pd.DataFrame({str(i): as_category(table.iloc[:, i]) for i in range(table.shape[1])})
    texts.iloc[:, 0] = texts.iloc[:, 0].astype("str").str.strip()
    twins = texts.assign(sample_id_=ids).duplicated().to_numpy(dtype=bool)
    if not twins.any():
        return table, ids, ()
    verb = "repeats" if twins.sum() == 1 else "repeat"
    note = f"{count_of(int(twins.sum()), 'row')} of {name} {verb} an earlier row and counted once."
    return table[~twins].reset_index(drop=True), ids[~twins], (note,)


def _mean_clinical(table: pd.DataFrame, ids: np.ndarray, name: str) -> pd.DataFrame:
    """Average the numeric columns of repeated ids; text must agree."""
    table = table.copy()
    series = pd.Series(ids)
    repeated = series.duplicated(keep=False).to_numpy(dtype=bool)
    for column in table.columns[1:] if repeated.any() else ():
        texts = as_category(table[column])
        numbers = pd.to_numeric(texts, errors="coerce")
        if numbers.notna().eq(texts.notna()).all():
            means = numbers.groupby(ids).transform("mean")
            table[column] = means.where(repeated, numbers)
        elif (texts[repeated].groupby(ids[repeated]).nunique() > 1).any():
            message = (
                f"duplicates: mean cannot average {column!r} of {name}, which holds different "
                "text for one sample id; write duplicates: first, last or drop."
            )
            raise PanelError(message)
    return table


def _refuse_strangers(panel: np.ndarray, table: np.ndarray, known: set[str], name: str) -> None:
    """Raise if no id of the panel is in the samples table."""
    if set(panel) & (set(table) | known):
        return
    message = (
        f"No sample id of the panel is in {name}: 0 of {len(set(panel))} panel ids match, 0 of "
        f"{len(set(table))} ids of {name} match. The panel has {list_some(dict.fromkeys(panel))}; "
        f'{name} has {list_some(dict.fromkeys(table))}. Map the id column: columns={{"sample": '
        '"<column>"}.'
    )
    raise PanelError(message)


def _mismatch_notes(panel: np.ndarray, table: np.ndarray) -> tuple[str, ...]:
    """Return sentences on ids that only one side has."""
    notes = []
    in_panel, in_table = set(panel), set(table)
    alone = [name for name in dict.fromkeys(panel) if name not in in_table]
    if alone:
        verb = "has" if len(alone) == 1 else "have"
        notes.append(
            f"{len(alone)} of {len(set(panel))} panel samples {verb} no row in the samples table: "
            f"{list_some(alone, 5)}."
        )
    absent = [name for name in table if name not in in_panel]
    if absent:
        verb = "has" if len(absent) == 1 else "have"
        notes.append(
            f"{len(absent)} of {len(table)} rows of the samples table {verb} no sample in the "
            f"panel: {list_some(absent, 5)}."
        )
    return tuple(notes)
