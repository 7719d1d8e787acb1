"""What must be said of one person's assignment: missing, out of range, doubtful."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.discovery.frozen_constants import MARGIN, FrozenConstants, Scored
from subtyping.panel.panel import Panel
from subtyping.panel.policies import is_flagged
from subtyping.preparation.covariates import covariate_matrix
from subtyping.preparation.prepared import Prepared

__all__ = ["person_remarks"]

MOST_NAMED = 5
SOME_LOST = 0.05
EITHER = 0.5


def person_remarks(
    panel: Panel,
    prepared: Prepared,
    measured: pd.DataFrame,
    *,
    constants: FrozenConstants,
    scored: Scored,
    interval: tuple[np.ndarray, np.ndarray],
    probability: np.ndarray,
    value_range: tuple[float, float],
    covariates: Sequence[str],
    most_lost: float,
) -> np.ndarray:
    """Write the remarks on each person, the gravest first.

    Parameters
    ----------
    panel : Panel
    prepared : Prepared
        The panel on the model's scale.
    measured : pandas.DataFrame of bool of shape (n_samples, n_analytes)
        Analytes of the matrix that have a number or a below-detection flag.
    constants : FrozenConstants
    scored : Scored
    interval : tuple of ndarray
        Limits of the probability.
    probability : ndarray of shape (n_samples,)
    value_range : tuple of float
        Of the value among the derivation's cases.
    covariates : sequence of str
        That the model adjusts for.
    most_lost : float
        Share of the information that may be lost.

    Returns
    -------
    ndarray of str
        Sentences joined by ``"; "``; empty where there is nothing to say.
    """
    parts = [
        _too_little(measured, constants, scored, most_lost),
        _absent(panel, measured),
        _range(prepared, measured, constants, scored, value_range),
        _quality(panel, prepared, constants),
        _uncertain(probability, interval),
        _covariates(panel, covariates),
    ]
    return np.array(
        ["; ".join(word for part in parts for word in part[i]) for i in range(len(measured))],
        dtype=object,
    )


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _too_little(
    measured: pd.DataFrame, constants: FrozenConstants, scored: Scored, most_lost: float
) -> list[list[str]]:
    """Members and level analytes that are missing, and what is lost with them."""
    axis = constants.axis
    members = measured[list(axis.members)].sum(axis=1).to_numpy()
    for_level = list(axis.level_analytes) if constants.is_skew else []
    level = measured[for_level].sum(axis=1).to_numpy()
    remarks = []
    for i, lost in enumerate(scored.lost_frac):
        said = []
        if 2 * level[i] < len(for_level):
            said.append(f"{level[i]} of {len(for_level)} analytes of the level measured, too few")
        if members[i] < len(axis.members):
            few = ", too few" if 2 * members[i] < len(axis.members) else ""
            said.append(f"{members[i]} of {len(axis.members)} members of the axis measured{few}")
        if lost >= SOME_LOST:
            much = ", too much" if lost > most_lost else ""
            said.append(f"{lost:.0%} of the information of the score lost{much}")
        remarks.append(said)
    return remarks


def _absent(panel: Panel, measured: pd.DataFrame) -> list[list[str]]:
    """Analytes of the model that the panel does not have, and those it has without a value."""
    names = [str(name) for name in measured.columns]
    off = [name for name in names if name not in panel.values.columns]
    common = [f"{count_of(len(off), 'analyte')} not on the panel ({_named(off)})"] if off else []
    remarks = []
    for row in measured.to_numpy():
        gone = [
            name for name, has in zip(names, row, strict=True) if not has and name not in set(off)
        ]
        own = [f"{count_of(len(gone), 'analyte')} not measured ({_named(gone)})"] if gone else []
        remarks.append([*common, *own])
    return remarks


def _range(
    prepared: Prepared,
    measured: pd.DataFrame,
    constants: FrozenConstants,
    scored: Scored,
    value_range: tuple[float, float],
) -> list[list[str]]:
    """Value and analytes beyond the people the model was made on."""
    lowest, highest = value_range
    margin = MARGIN * (highest - lowest)
    names = [str(name) for name in measured.columns]
    beyond = constants.out_of_range(prepared.log2[names]) & measured.to_numpy()
    remarks = []
    for value, row in zip(scored.value, beyond, strict=True):
        said = []
        if not lowest - margin <= value <= highest + margin:
            said.append("outside the range the model was made on")
        far = [name for name, is_far in zip(names, row, strict=True) if is_far]
        if far:
            said.append(f"{_named(far)} beyond the values of the people the model was made on")
        remarks.append(said)
    return remarks


def _quality(panel: Panel, prepared: Prepared, constants: FrozenConstants) -> list[list[str]]:
    """Quality flag, members below detection, handling."""
    flags = panel.role("qc")
    flagged = np.zeros(len(panel.sample_ids), dtype=bool) if flags is None else is_flagged(flags)
    names = [name for name in constants.axis.members if name in panel.values.columns]
    below = panel.below_lod[names].sum(axis=1).to_numpy()
    far = constants.handling_is_far_out(prepared.handling)
    n_members = len(constants.axis.members)
    remarks = []
    for i in range(len(flagged)):
        said = []
        if flags is not None and flagged[i]:
            said.append(f"quality flag {str(flags.iloc[i]).strip()}")
        if 2 * below[i] > n_members:
            said.append(f"{below[i]} of {n_members} members of the axis below detection")
        if far[i]:
            said.append("handling score beyond that of the people the model was made on")
        remarks.append(said)
    return remarks


def _uncertain(probability: np.ndarray, interval: tuple[np.ndarray, np.ndarray]) -> list[list[str]]:
    """Whether other derivation people could have put the person on the other side."""
    low, high = interval
    with np.errstate(invalid="ignore"):
        crosses = np.where(probability > EITHER, low < EITHER, high > EITHER)
    words = "the derivation people leave the probability between {:.2f} and {:.2f}"
    return [
        [words.format(low[i], high[i])] if crosses[i] and np.isfinite(low[i]) else []
        for i in range(len(probability))
    ]


def _covariates(panel: Panel, wanted: Sequence[str]) -> list[list[str]]:
    """Covariates that were not given."""
    unknown = ~np.isfinite(covariate_matrix(panel.samples, tuple(wanted)))
    remarks = []
    for row in unknown:
        gone = [name for name, is_gone in zip(wanted, row, strict=True) if is_gone]
        said = [f"{', '.join(gone)} not given, taken at reference mean"] if gone else []
        remarks.append(said)
    return remarks
