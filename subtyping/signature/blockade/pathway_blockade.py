"""What would the panel be expected to look like with a pathway at the healthy level?"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._parallel import map_in_order
from subtyping._validation import list_some, nearest
from subtyping.axes import AxisDefinition, define_axes
from subtyping.exceptions import InputError
from subtyping.knowledge.blockades import BlockedPathway, blocked_pathways
from subtyping.knowledge.handling import handling_markers
from subtyping.preparation.prepared import Prepared
from subtyping.signature.blockade.change import fold_covariances
from subtyping.signature.blockade.clamping import Clamp, choose_clamp
from subtyping.signature.blockade.fitted import Fitted
from subtyping.signature.blockade.moments import FoldMoments, choose_signature, fold_moments
from subtyping.signature.blockade.one_pathway import one_pathway
from subtyping.signature.blockade.patients import healthy_intervals
from subtyping.signature.blockade.people import gather_people, person_weights
from subtyping.signature.blockade.result import TABLE_COLUMNS, Blockade
from subtyping.signature.blockade.rows import PathwayRows
from subtyping.signature.blockade.sentences import blockade_sentence, shared_clamp_notes

__all__ = ["pathway_blockade"]

CURVE = (
    "pathway", "metric", "dose", "value", "ci_low", "ci_high", "null_median", "null_low",
    "null_high",
)  # fmt: skip
ANALYTES = (
    "pathway", "analyte", "n_folds", "difference", "change", "percent", "is_handling_marker",
)  # fmt: skip
PATIENTS = (
    "pathway", "sample_id", "n_outside", "n_back", "n_pushed_out", "share_brought_back_frac",
)  # fmt: skip


def pathway_blockade(
    prepared: Prepared,
    is_case: NDArray[np.bool_],
    is_reference: NDArray[np.bool_],
    *,
    pathway: str | BlockedPathway | Sequence[str | BlockedPathway] | None = None,
    axes: Sequence[AxisDefinition] | None = None,
    doses: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0),
    n_bootstrap: int = 200,
    n_null: int = 199,
    folds: int = 5,
    subjects: pd.Series | None = None,
    q_below: float = 0.05,
    seed: int = 0,
    jobs: int | None = 1,
) -> Blockade:
    r"""Hold a pathway at the healthy level and read off what else is expected to be healthy.

    A conditional expectation, not an intervention. In each fold the training people give the
    dysregulated analytes, the healthy level *t* and the covariance within groups; for the
    held-out cases

    .. math:: E[x' \mid \text{pathway at } d\,t] = x + d\,B\,(t - A x), \qquad
        B = \Sigma A^T (A \Sigma A^T)^{-1},

    where *A* picks the ligands, or averages the members of the axis where the ligands are not
    detected. ``percent_normalised`` is the part of the held-out difference between cases and
    reference people that goes, over the dysregulated analytes outside the pathway and its axis.

    Parameters
    ----------
    prepared : Prepared
    is_case, is_reference : array of bool of shape (n_samples,)
    pathway : str, BlockedPathway or sequence of them, optional
        Names of `blocked_pathways`, or pathways of your own; all curated ones by default.
    axes : sequence of AxisDefinition, optional
        Axes downstream (`define_axes`); the curated ones by default.
    doses : sequence of float, default (0, .25, .5, .75, 1)
        Rising, from 0 (nothing) to 1 (the healthy level). Values of the table are at the last.
    n_bootstrap : int, default 200
        Resamples of subjects behind the intervals; signature and slopes are learnt anew in each.
    n_null : int, default 199
        Random target sets, and permutations of the labels.
    folds : int, default 5
    subjects : pandas.Series, optional
        Subject of each sample, in the order of `prepared.z`; visits of one person share a fold.
    q_below : float, default 0.05
        False discovery rate that makes an analyte dysregulated.
    seed : int, default 0
    jobs : int, optional
        Workers over pathways; same result whatever the number.

    Returns
    -------
    Blockade

    Raises
    ------
    InputError
        If a pathway is unknown, a dose lies outside 0 to 1, the masks overlap, or a group has
        fewer than three subjects for each fold.

    Notes
    -----
    The covariance within groups is used because the pooled one holds the difference itself, so
    that any clamp seems to normalise. Because everything inflammatory rises together, clamping
    any well-connected set normalises something: the value is to be read beside that of random
    sets of equal size, variance and connectivity, displaced as far. `Blockade.beyond_level` names
    pathways that hold at an equal general level against sets from outside the signature;
    `Blockade.claims` those that beat comparable sets from within it as well. The latter are hard
    to beat where several causes raise the same analytes. A pathway that raised most of the panel
    would be its general level and is not claimed.

    The value is a floor where the clamped score is an unreliable reading of the pathway, and it is
    silent on direction: a common cause of pathway and signature gives the same value as a causal
    pathway. Nothing is adjusted for beyond what the preparation took away. Intervals resample
    people; that of ``share_brought_back_pct`` takes the network as given. See docs/blockade.md.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation import Preparation
    >>> cohort = simulate_cohort(
    ...     "index_study", seed=1, n_case=60, n_reference=60, n_ad=0, n_psoriasis=0, n_analytes=92
    ... )
    >>> panel = cohort.panel
    >>> prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(panel)
    >>> case, healthy = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    >>> found = pathway_blockade(
    ...     prepared, case, healthy, pathway="IL-4/IL-13", n_bootstrap=20, n_null=19
    ... )
    >>> found.clamps["kind"].tolist(), found.claims
    (['axis_score'], ())
    """
    levels = _checked_doses(doses)
    chosen = _pathways(pathway)
    known_axes = define_axes("Th2") if axes is None else tuple(axes)
    clamps = [choose_clamp(prepared, one, known_axes) for one in chosen]
    people, constant = gather_people(
        prepared.z, is_case, is_reference, subjects=subjects, folds=folds, seed=seed
    )
    moments = fold_moments(people, person_weights(people, n_bootstrap, seed))
    signature = choose_signature(people, moments, q_below)
    first = fold_moments(people, np.ones((1, len(people.x))))
    fitted = Fitted(
        people=people,
        moments=moments,
        first=first,
        signature=signature,
        first_signature=choose_signature(people, first, q_below),
        covariances=fold_covariances(people),
        intervals=healthy_intervals(people),
        handling=frozenset({*handling_markers(), *prepared.handling_markers}),
        doses=levels,
        n_null=n_null,
        seed=seed,
    )
    parts = map_in_order(partial(one_pathway, fitted=fitted), clamps, jobs=jobs)
    return _gathered(clamps, parts, _notes(clamps, constant, first, people.n_folds))


def _gathered(
    clamps: Sequence[Clamp], parts: Sequence[PathwayRows], notes: Sequence[str]
) -> Blockade:
    def frame(name: str, columns: Sequence[str]) -> pd.DataFrame:
        rows = [row for part in parts for row in getattr(part, name)]
        return pd.DataFrame(rows, columns=list(columns))

    table = frame("table", TABLE_COLUMNS)
    kinds = pd.DataFrame(
        {
            "pathway": [clamp.pathway for clamp in clamps],
            "kind": [clamp.kind for clamp in clamps],
            "analytes": [" ".join(clamp.analytes) for clamp in clamps],
            "sentence": [clamp.sentence for clamp in clamps],
        }
    )
    found = Blockade(
        table=table,
        curve=frame("curve", CURVE),
        analytes=frame("analytes", ANALYTES),
        patients=frame("patients", PATIENTS),
        clamps=kinds,
        sentence="",
        notes=(*notes, *(note for part in parts for note in part.notes)),
    )
    return replace(
        found, sentence=blockade_sentence(table, kinds, found.claims, found.beyond_level)
    )


def _notes(
    clamps: Sequence[Clamp], constant: Sequence[str], first: FoldMoments, n_folds: int
) -> list[str]:
    cases, healthy = (int(count) for count in first.counts[0].sum(axis=0))
    notes = [
        (
            "Network, signature and healthy level were learnt without the people they are applied "
            f"to ({n_folds} folds, {cases} cases and {healthy} reference samples)."
        ),
        "Clamped analytes, soluble receptors, axis members and their correlates are not judged.",
    ]
    if constant:
        notes.append(f"Analytes that do not vary were left out: {list_some(constant)}.")
    return [*notes, *(clamp.sentence for clamp in clamps), *shared_clamp_notes(clamps)]


def _checked_doses(doses: Sequence[float]) -> tuple[float, ...]:
    levels = tuple(float(dose) for dose in doses)
    is_rising = all(low < high for low, high in pairwise(levels))
    if not levels or not is_rising or levels[0] < 0 or levels[-1] != 1:
        message = (
            "doses must rise from 0 or more to 1, the healthy level, such as (0, 0.5, 1); got "
            f"{list(levels)}."
        )
        raise InputError(message)
    return levels


def _pathways(
    pathway: str | BlockedPathway | Sequence[str | BlockedPathway] | None,
) -> list[BlockedPathway]:
    known = blocked_pathways()
    if pathway is None:
        return list(known.values())
    asked = [pathway] if isinstance(pathway, str | BlockedPathway) else list(pathway)
    chosen = []
    for one in asked:
        if isinstance(one, str):
            if one not in known:
                message = (
                    f"There is no pathway {one!r}; known are {', '.join(known)}."
                    f"{nearest(one, known)}"
                )
                raise InputError(message)
            chosen.append(known[one])
        else:
            chosen.append(one)
    return chosen
