"""Score the immune axes of a prepared study by one method."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from subtyping._validation import count_of, list_some, one_of
from subtyping.axes.definition import AxisDefinition, define_axes
from subtyping.axes.set_scores.models import SET_SCORE_METHODS
from subtyping.axes.set_scores.result import SetScores
from subtyping.axes.set_scores.scorer import CONSTANT_SD, SetScorer
from subtyping.exceptions import InputError
from subtyping.preparation.prepared import Prepared

__all__ = ["score_sets"]


def score_sets(
    prepared: Prepared,
    is_case: NDArray[np.bool_],
    is_reference: NDArray[np.bool_],
    *,
    axes: Sequence[AxisDefinition] | None = None,
    method: str = "z",
    seed: int = 0,
    draws: int = 200,
) -> SetScores:
    """Learn set scores in the reference people and score every sample of a prepared panel.

    Parameters
    ----------
    prepared : Prepared
        Its `z` matrix is scored as it stands: on the scale of the healthy reference.
    is_case, is_reference : array of bool of shape (n_samples,)
        Cases take part in the detection rule and in the coherence; scores rest on the reference.
    axes : sequence of AxisDefinition, optional
        Curated and one's own, see `define_axes`; all curated axes without it.
    method : str, default "z"
        See `SetScorer`.
    seed : int, default 0
        Root seed of the random sets behind the null of coherence.
    draws : int, default 200
        How many of them.

    Returns
    -------
    SetScores
        ``method="z"`` is the ``<axis>_score`` of `AxisScorer`.

    Raises
    ------
    InputError
        If the method is unknown, a mask does not fit, fewer than two people are reference, or no
        axis can be scored.

    Notes
    -----
    For plage and gsva analytes that are constant among the reference people are left out first,
    and named in the notes.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation import Preparation
    >>> panel = simulate_cohort("continuum", seed=1, n_case=60, n_reference=60).panel
    >>> prepared = Preparation(["MDD"], ["HC"]).fit_transform(panel)
    >>> masks = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    >>> scores = score_sets(prepared, *masks, method="gsva")
    >>> scores.table.shape[0], "Th2" in scores.table
    (120, True)
    """
    one_of(method, SET_SCORE_METHODS, "method")
    case, reference = (_mask(mask, len(prepared.z)) for mask in (is_case, is_reference))
    if reference.sum() < 2:
        message = f"A set score learns from 2 reference people or more; got {int(reference.sum())}."
        raise InputError(message)
    z, detection = prepared.z, prepared.detection
    notes: tuple[str, ...] = ()
    if method in {"plage", "gsva"}:
        spread = z[reference].std(ddof=1)
        constant = list(spread.index[spread < CONSTANT_SD])
        if constant:
            z = z.drop(columns=constant)
            is_constant = detection["analyte"].isin(constant)
            reason = detection["reason"].mask(is_constant, "constant among the reference people")
            detection = detection.assign(reason=reason)
            note = (
                f"{count_of(len(constant), 'analyte')} constant among the reference people "
                f"{'is' if len(constant) == 1 else 'are'} left out: {list_some(constant, 8)}."
            )
            notes = (note,)
    sets = define_axes("Th2") if axes is None else axes
    scorer = SetScorer(method, sets, scale=False, seed=seed, draws=draws)
    scorer.fit(z[reference], cases=z[case], detection=detection)
    scorer.notes_ = (*scorer.notes_, *notes)
    return scorer.transform(z)


def _mask(mask: NDArray[np.bool_], n_samples: int) -> NDArray[np.bool_]:
    flags = np.asarray(mask)
    if flags.shape != (n_samples,) or flags.dtype != bool:
        message = (
            f"is_case and is_reference need one True or False for each of {n_samples} samples; got "
            f"{flags.dtype} of shape {flags.shape}."
        )
        raise InputError(message)
    return flags
