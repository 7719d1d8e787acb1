"""What bridging found, and the rules by which it is judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping._validation import one_of
from subtyping.exceptions import InputError
from subtyping.preparation.bridge_identity import Recognition
from subtyping.preparation.bridge_offsets import HeldOut, Offsets, held_out_offsets
from subtyping.preparation.bridge_sentences import (
    bridge_sentence,
    why_not_analyte,
    why_not_runs,
)

__all__ = [
    "BridgeReport",
    "BridgeRules",
    "analyte_table",
    "bridge_table",
    "judged",
    "split_halves",
]

MISMATCHED = ("set_aside", "keep")


@dataclass(frozen=True)
class BridgeRules:
    """When two runs count as bridged. See docs/bridging.md for the simulations behind them.

    Attributes
    ----------
    min_bridges : int
        Fewest bridge samples of the two panels.
    min_pairs : int
        Fewest bridges detected in both runs for one analyte.
    max_residual : float
        Largest held-out residual (log2) of the panel, the median over analytes.
    max_analyte_residual : float
        Largest held-out residual (log2) of one analyte.
    mismatched : {"set_aside", "keep"}
        What happens to bridges that look like another bridge.
    n_splits : int
        Half splits of the bridges.
    seed : int
        Root of the splits.

    Raises
    ------
    InputError
        If a number makes no rule.

    Examples
    --------
    >>> BridgeRules(min_bridges=12).max_residual
    0.25
    """

    min_bridges: int = 8
    min_pairs: int = 5
    max_residual: float = 0.25
    max_analyte_residual: float = 0.5
    mismatched: str = "set_aside"
    n_splits: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        limits = {
            "max_residual": self.max_residual,
            "max_analyte_residual": self.max_analyte_residual,
        }
        for name, value in limits.items():
            if not 0 < value < np.inf:
                message = f"{name} must be a positive number of log2 units; got {value}."
                raise InputError(message)
        for name, number in {"min_bridges": self.min_bridges, "min_pairs": self.min_pairs}.items():
            if number < 2:
                message = f"{name} must be at least 2; got {number}."
                raise InputError(message)
        if self.n_splits < 1:
            message = f"n_splits must be at least 1; got {self.n_splits}."
            raise InputError(message)
        one_of(self.mismatched, MISMATCHED, "mismatched")


@dataclass(frozen=True, eq=False)
class BridgeReport:
    """How far two runs are apart, and how far they still are after bridging.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, n_pairs, offset_log2, offset_ci_low, offset_ci_high, mad_log2, correlation,
        held_out_log2, detected_reference_frac, detected_new_frac, is_bridgeable, reason``: every
        analyte of either panel. `offset_log2` is new - reference.
    bridges : pandas.DataFrame
        ``reference_id, new_id, own_correlation, looks_like, other_correlation, is_recognised,
        is_used``.
    raw : float
        Median over analytes (detected in more than 75 % of both runs) of the absolute offset.
    held_out_raw, held_out : float
        Mean over half splits of that median in the held-out bridges, before and after; NaN
        where it could not be judged.
    held_out_ci_low, held_out_ci_high : float
        2.5th and 97.5th percentile of `held_out` over the splits.
    held_out_every_bridge : float
        The same with every bridge, those that look like another one included.
    n_counted : int
        Analytes behind these medians.
    is_bridgeable : bool
    reason : str
        Why not; empty if it is.
    sentence : str
    rules : BridgeRules
    """

    table: pd.DataFrame
    bridges: pd.DataFrame
    raw: float
    held_out_raw: float
    held_out: float
    held_out_ci_low: float
    held_out_ci_high: float
    held_out_every_bridge: float
    n_counted: int
    is_bridgeable: bool
    reason: str
    sentence: str
    rules: BridgeRules

    @property
    def bridged(self) -> tuple[str, ...]:
        """Analytes that can be brought over."""
        return tuple(self.table.loc[self.table["is_bridgeable"], "analyte"])


def split_halves(differences: np.ndarray, counted: np.ndarray, rules: BridgeRules) -> HeldOut:
    """Return the held-out offsets of seeded half splits; NaN with fewer than two bridges.

    Parameters
    ----------
    differences : array of shape (n_bridges, n_analytes)
    counted : array of bool of shape (n_analytes,)
    rules : BridgeRules

    Returns
    -------
    HeldOut

    Examples
    --------
    >>> import numpy as np
    >>> split_halves(np.ones((1, 2)), np.ones(2, bool), BridgeRules()).residual.tolist()
    [nan]
    """
    n, n_analytes = differences.shape
    if n < 2:
        unknown = np.array([np.nan])
        return HeldOut(unknown, unknown, np.full(n_analytes, np.nan))
    draws = [stream(rules.seed, "bridges", k).permutation(n) for k in range(rules.n_splits)]
    return held_out_offsets(differences, counted, draws)


def analyte_table(
    detected: pd.DataFrame,
    shared: Sequence[str],
    offsets: Offsets,
    held: HeldOut,
    rules: BridgeRules,
) -> pd.DataFrame:
    """Return the table of `BridgeReport`.

    Parameters
    ----------
    detected : pandas.DataFrame
        ``reference, new``: detected share of every analyte of either panel, NaN where absent.
    shared : sequence of str
        Analytes of both, in the order of the offsets.
    offsets : Offsets
    held : HeldOut
    rules : BridgeRules

    Returns
    -------
    pandas.DataFrame
    """
    measured = pd.DataFrame(
        {
            "n_pairs": offsets.n_pairs,
            "offset_log2": offsets.offset,
            "offset_ci_low": offsets.ci_low,
            "offset_ci_high": offsets.ci_high,
            "mad_log2": offsets.mad,
            "correlation": offsets.correlation,
            "held_out_log2": held.by_analyte,
        },
        index=pd.Index(shared, name="analyte"),
    )
    table = measured.reindex([*shared, *detected.index.difference(list(shared), sort=False)])
    table["n_pairs"] = table["n_pairs"].fillna(0).astype(int)
    table["detected_reference_frac"] = detected["reference"]
    table["detected_new_frac"] = detected["new"]
    reasons = [
        why_not_analyte(row, rules, is_shared=row.Index in shared) for row in table.itertuples()
    ]
    table["is_bridgeable"] = [not reason for reason in reasons]
    table["reason"] = reasons
    return table.rename_axis("analyte").reset_index()


def bridge_table(pairs: pd.DataFrame, found: Recognition, used: np.ndarray) -> pd.DataFrame:
    """Return the bridges of `BridgeReport`.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``reference, new``.
    found : Recognition
    used : array of bool

    Returns
    -------
    pandas.DataFrame
    """
    ids = pairs["new"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "reference_id": pairs["reference"].to_numpy(dtype=object),
            "new_id": ids,
            "own_correlation": found.own,
            "looks_like": np.where(found.looks_like < 0, "", ids[found.looks_like]),
            "other_correlation": found.other,
            "is_recognised": found.is_recognised,
            "is_used": used,
        }
    )


def judged(
    table: pd.DataFrame,
    bridges: pd.DataFrame,
    *,
    shared: Sequence[str],
    counted: np.ndarray,
    held: HeldOut,
    every: HeldOut,
    rules: BridgeRules,
) -> BridgeReport:
    """Return the report: medians over the counted analytes, the judgement and its sentence.

    Parameters
    ----------
    table, bridges : pandas.DataFrame
        From `analyte_table` and `bridge_table`.
    shared : sequence of str
        Analytes of both panels.
    counted : array of bool
        Which of them are detected in more than 75 % of both runs.
    held, every : HeldOut
        Of the bridges used, and of all.
    rules : BridgeRules

    Returns
    -------
    BridgeReport
    """
    offset = table.set_index("analyte")["offset_log2"][list(shared)][counted]
    raw = float(offset.abs().median())
    low, high = np.percentile(held.residual, [2.5, 97.5])
    residual, before, of_all = (
        float(part.mean()) for part in (held.residual, held.raw, every.residual)
    )
    reason = why_not_runs(bridges, int(counted.sum()), residual, rules)
    report = BridgeReport(
        table=table,
        bridges=bridges,
        raw=raw,
        held_out_raw=before,
        held_out=residual,
        held_out_ci_low=float(low),
        held_out_ci_high=float(high),
        held_out_every_bridge=of_all,
        n_counted=int(counted.sum()),
        is_bridgeable=not reason,
        reason=reason,
        sentence="",
        rules=rules,
    )
    return BridgeReport(**{**vars(report), "sentence": bridge_sentence(report)})
