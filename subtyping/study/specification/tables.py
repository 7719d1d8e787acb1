"""From the outcomes of a grid to its tables, each number beside that of the twins."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.discovery.specification.agreement import mean_agreement, pairwise_adjusted_rand
from subtyping.discovery.specification.algorithms import ALGORITHMS
from subtyping.discovery.specification.cells import Outcome
from subtyping.discovery.specification.choices import Choice
from subtyping.discovery.specification.grid import Grid
from subtyping.study.specification.work import DATA

__all__ = ["CHOICES", "GridTables", "grid_tables"]

Outcomes = Mapping[tuple[int, Choice], Outcome]
CHOICES = ("algorithm", "features", "k", "covariates", "plates", "detection", "handling")


@dataclass(frozen=True, eq=False)
class GridTables:
    """Everything a grid says, tidy.

    Attributes
    ----------
    specifications : pandas.DataFrame
        One row a specification: its choices, ``criterion, criterion_value, claims_subtype,
        n_clusters, high_frac, no_cluster_frac, mean_ari, ari_with_declared,
        twin_claims_frac, twin_mean_ari, problem``.
    twins : pandas.DataFrame
        The same of every twin, ``twin, specification`` first.
    choices : pandas.DataFrame
        ``choice, value, n, claims_frac, twin_claims_frac, twin_low, twin_high``: share of the
        specifications with this choice that claim a subtype; twins as median, least, most.
    curve : pandas.DataFrame
        ``position, specification, claims_subtype, mean_ari, twin_median, twin_low, twin_high``:
        the specifications from the most to the least agreeing, beside the twins' own order.
    people : pandas.DataFrame
        ``sample_id, high_frac, high_frac_of_claims``: share of the specifications that name
        members (of those that claim a subtype) whose high group holds the person.
    labels : pandas.DataFrame
        ``sample_id`` and one column a specification: cluster of each case, blank for nobody's.
    pair_agreement : tuple of float
        Mean pairwise adjusted Rand index among the specifications that claim: the data first,
        then each twin.
    """

    specifications: pd.DataFrame
    twins: pd.DataFrame
    choices: pd.DataFrame
    curve: pd.DataFrame
    people: pd.DataFrame
    labels: pd.DataFrame
    pair_agreement: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class _OneSet:
    """One data set through the grid."""

    table: pd.DataFrame
    is_high: np.ndarray
    pair_agreement: float


def grid_tables(grid: Grid, outcomes: Outcomes, n_twins: int, sample_ids: pd.Index) -> GridTables:
    """Make the tables of a grid.

    Parameters
    ----------
    grid : Grid
    outcomes : mapping
        Outcome of each data set and choice (`run_grid`).
    n_twins : int
    sample_ids : pandas.Index
        Of the cases, in the order of the labels.

    Returns
    -------
    GridTables
    """
    names = specification_names(grid)
    sets = [_one_set(grid, outcomes, d, len(sample_ids)) for d in range(DATA, n_twins)]
    data, drawn = sets[0], sets[1:]
    made = pd.DataFrame([choice.to_row() for choice in grid.choices])
    made.insert(0, "is_declared", [choice == grid.declared for choice in grid.choices])
    made.insert(0, "specification", names)
    made["criterion"] = [ALGORITHMS[choice.algorithm].criterion for choice in grid.choices]
    numbers = data.table.drop(columns="problem")
    made = pd.concat([made, numbers], axis=1)
    made["twin_claims_frac"] = _over_twins(drawn, "claims_subtype", len(made), np.nanmean)
    made["twin_mean_ari"] = _over_twins(drawn, "mean_ari", len(made), np.nanmedian)
    made["problem"] = data.table["problem"]
    return GridTables(
        specifications=made,
        twins=_twin_table(names, drawn),
        choices=_choice_table(made, drawn),
        curve=_curve(made, drawn),
        people=_people(made, data.is_high, sample_ids),
        labels=_labels(grid, outcomes, names, sample_ids),
        pair_agreement=tuple(one.pair_agreement for one in sets),
    )


def specification_names(grid: Grid) -> list[str]:
    """Return ``s001``, ``s002``, ... in the order of the grid."""
    width = max(3, len(str(len(grid.choices))))
    return [f"s{i:0{width}d}" for i in range(1, len(grid.choices) + 1)]


def _one_set(grid: Grid, outcomes: Outcomes, data_set: int, n_case: int) -> _OneSet:
    """Numbers of every specification on one data set, and whom each puts into the high group."""
    found = [outcomes[data_set, choice] for choice in grid.choices]
    labels = np.full((len(found), n_case), -1)
    for row, outcome in zip(labels, found, strict=True):
        row[:] = outcome.labels or -1
    high = np.array([outcome.high for outcome in found])
    is_high = (labels == high[:, None]) & (high[:, None] >= 0)
    index = pairwise_adjusted_rand(is_high)
    declared = grid.choices.index(grid.declared)
    names_some = high >= 0
    is_done = np.array([outcome.claims is not None for outcome in found])
    table = pd.DataFrame(
        {
            "criterion_value": [
                np.nan if outcome.value is None else outcome.value for outcome in found
            ],
            "claims_subtype": pd.array([outcome.claims for outcome in found], dtype="boolean"),
            "n_clusters": pd.array(
                [len({*outcome.labels} - {-1}) if outcome.labels else None for outcome in found],
                dtype="Int64",
            ),
            "high_frac": np.where(names_some, is_high.mean(axis=1), np.nan),
            "no_cluster_frac": np.where(is_done, (labels < 0).mean(axis=1), np.nan),
            "mean_ari": mean_agreement(index),
            "ari_with_declared": index[declared],
            "problem": [outcome.problem for outcome in found],
        }
    )
    claims = np.array([outcome.claims is True for outcome in found])
    return _OneSet(table, is_high, _mean_pair(index[np.ix_(claims, claims)]))


def _mean_pair(index: np.ndarray) -> float:
    """Mean agreement of the pairs of some specifications; NaN without a pair."""
    pairs = index[np.triu_indices(len(index), 1)]
    pairs = pairs[np.isfinite(pairs)]
    return float(pairs.mean()) if len(pairs) else float("nan")


def _numbers(one: _OneSet, column: str) -> np.ndarray:
    """A column of one data set as floats."""
    return one.table[column].to_numpy(dtype=float, na_value=np.nan)


def _over_twins(drawn: list[_OneSet], column: str, n: int, summary: object) -> np.ndarray:
    """Summarise a column over the twins; NaN where no twin has it."""
    if not drawn:
        return np.full(n, np.nan)
    values = np.array([_numbers(one, column) for one in drawn])
    known = np.isfinite(values).any(axis=0)
    result = np.full(n, np.nan)
    result[known] = summary(values[:, known], axis=0)  # type: ignore[operator]
    return result


def _twin_table(names: list[str], drawn: list[_OneSet]) -> pd.DataFrame:
    """Every specification of every twin, one below the other."""
    parts = [
        one.table.assign(twin=number, specification=names) for number, one in enumerate(drawn, 1)
    ]
    columns = ["twin", "specification"]
    if not parts:
        return pd.DataFrame(columns=[*columns, "criterion_value", "claims_subtype", "problem"])
    table = pd.concat(parts, ignore_index=True)
    return table[[*columns, *(name for name in table.columns if name not in columns)]]


def _choice_table(made: pd.DataFrame, drawn: list[_OneSet]) -> pd.DataFrame:
    """Share of claims by every value of every choice, and over all."""
    rows = [("all", "all", np.ones(len(made), dtype=bool))]
    for choice in CHOICES:
        column = made[choice]
        rows += [(choice, value, (column == value).to_numpy()) for value in dict.fromkeys(column)]
    claims = made["claims_subtype"].to_numpy(dtype=float, na_value=np.nan)
    twins = [_numbers(one, "claims_subtype") for one in drawn]
    return pd.DataFrame(
        [
            {
                "choice": choice,
                "value": value,
                "n": int(np.isfinite(claims[chosen]).sum()),
                "claims_frac": _mean(claims[chosen]),
                **_spread([_mean(each[chosen]) for each in twins]),
            }
            for choice, value, chosen in rows
        ]
    )


def _mean(values: np.ndarray) -> float:
    """Mean of what is known; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _spread(shares: list[float]) -> dict[str, float]:
    """Median, least and most of the twins' shares."""
    known = [share for share in shares if np.isfinite(share)]
    if not known:
        return dict.fromkeys(("twin_claims_frac", "twin_low", "twin_high"), float("nan"))
    return {
        "twin_claims_frac": float(np.median(known)),
        "twin_low": min(known),
        "twin_high": max(known),
    }


def _curve(made: pd.DataFrame, drawn: list[_OneSet]) -> pd.DataFrame:
    """Specifications from the most to the least agreeing, those that name nobody last."""
    order = made["mean_ari"].sort_values(ascending=False, kind="stable", na_position="last").index
    curve = made.loc[order, ["specification", "claims_subtype", "mean_ari"]]
    curve = curve.reset_index(drop=True)
    curve.insert(0, "position", np.arange(1, len(curve) + 1))
    sorted_twins = np.array(
        [-np.sort(-np.nan_to_num(_numbers(one, "mean_ari"), nan=-np.inf)) for one in drawn]
    ).reshape(len(drawn), len(made))
    known = np.isfinite(sorted_twins).all(axis=0) & (len(drawn) > 0)
    for name, summary in (
        ("twin_median", np.median),
        ("twin_low", np.min),
        ("twin_high", np.max),
    ):
        curve[name] = np.nan
        if known.any():
            curve.loc[known, name] = summary(sorted_twins[:, known], axis=0)
    return curve


def _people(made: pd.DataFrame, is_high: np.ndarray, sample_ids: pd.Index) -> pd.DataFrame:
    """How often each case is in the high group."""
    names_some = made["high_frac"].notna().to_numpy()
    claims = made["claims_subtype"].fillna(value=False).to_numpy(dtype=bool) & names_some

    def share(rows: np.ndarray) -> np.ndarray:
        if not rows.any():
            return np.full(is_high.shape[1], np.nan)
        return np.asarray(is_high[rows].mean(axis=0))

    return pd.DataFrame(
        {
            "sample_id": sample_ids.astype(str),
            "high_frac": share(names_some),
            "high_frac_of_claims": share(claims),
        }
    )


def _labels(grid: Grid, outcomes: Outcomes, names: list[str], sample_ids: pd.Index) -> pd.DataFrame:
    """Return the cluster of each case in each specification of the data."""
    columns: dict[str, object] = {"sample_id": sample_ids.astype(str)}
    for name, choice in zip(names, grid.choices, strict=True):
        labels = np.array(outcomes[DATA, choice].labels or [-1] * len(sample_ids))
        columns[name] = pd.array(np.where(labels < 0, 0, labels), dtype="Int64")
        columns[name][labels < 0] = pd.NA  # type: ignore[index]
    return pd.DataFrame(columns)
