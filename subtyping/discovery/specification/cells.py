"""One preparation of one data set through every analysis of the grid, fits shared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from subtyping._random import child_seed
from subtyping.axes.scores import AxisScores
from subtyping.discovery.decide import decide, study_design
from subtyping.discovery.labelling import FittedLabelling, LabellingProcedure
from subtyping.discovery.settings import DiscoverySettings
from subtyping.discovery.specification.algorithms import CHOSEN, OWN
from subtyping.discovery.specification.clustering import Clustering, cluster_cases
from subtyping.discovery.specification.features import feature_matrix, feature_sizes
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.statistics.design import DesignReport
from subtyping.statistics.mixtures import fit_two_groups

__all__ = ["Cell", "Outcome", "run_cells"]

OWN_RESAMPLES = 20
MAJORITY = 0.5


@dataclass(frozen=True)
class Cell:
    """One kind of features and one algorithm, with every number of clusters that is wanted.

    Attributes
    ----------
    features, algorithm : str
    numbers : tuple of str
        ``"chosen"``, ``"2"``, ``"3"``, ``"4"``.
    """

    features: str
    algorithm: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What one specification says of one data set, in plain values that can be stored.

    Attributes
    ----------
    number : str
        As in `Cell`.
    claims : bool or None
        Whether it would be reported as having found a subtype; None where it could not be done.
    value : float or None
        What its criterion looks at.
    labels : tuple of int
        Cluster of each case, -1 for nobody's; empty where it could not be done.
    high : int
        The cluster highest on the declared axis; -1 where there are not two clusters.
    problem : str
        Why it could not be done.
    """

    number: str
    claims: bool | None
    value: float | None
    labels: tuple[int, ...] = ()
    high: int = -1
    problem: str = ""


def run_cells(
    panel: Panel,
    procedure: LabellingProcedure,
    cells: Iterable[Cell],
    settings: DiscoverySettings,
    *,
    seed: int,
    n_resamples: int = 100,
) -> Iterator[tuple[Cell, tuple[Outcome, ...]]]:
    """Take a panel through one preparation and every cell, one after the other.

    Preparation, axes and features are made once. Seeds hang on the names of features and
    algorithm, not on which other cells are asked for.

    Parameters
    ----------
    panel : Panel
    procedure : LabellingProcedure
        Holds the preparation.
    cells : iterable of Cell
    settings : DiscoverySettings
        Of the package's own test.
    seed : int
    n_resamples : int, default 100
        Of consensus clustering.

    Yields
    ------
    Cell, tuple of Outcome
        One outcome for each number of the cell, in its order. What cannot be done, because this
        preparation leaves too few analytes or people, says so in `Outcome.problem`.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=3, n_case=60, n_reference=40).panel
    >>> procedure = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    >>> cell = Cell("skew", "kmeans", ("2", "3"))
    >>> [(_, outcomes)] = run_cells(panel, procedure, [cell], DiscoverySettings(), seed=1)
    >>> [outcome.claims for outcome in outcomes]
    [True, True]
    """
    wanted = tuple(cells)
    try:
        fitted = procedure.fit(panel, every_axis=True)
    except InputError as error:
        for cell in wanted:
            yield cell, _failed(cell, error)
        return
    design = study_design(panel, procedure.case, procedure.reference)
    sizes = feature_sizes(fitted)
    axis = fitted.scores.values.to_numpy()[fitted.is_case]
    for cell in wanted:
        try:
            _require_features(sizes, cell.features)
            if cell.algorithm == OWN:
                verdict = _own(fitted, panel, design, settings, features=cell.features, seed=seed)
                found = {CHOSEN: verdict}
            else:
                found = cluster_cases(
                    feature_matrix(fitted, cell.features),
                    cell.algorithm,
                    cell.numbers,
                    seed=child_seed(seed, "specification", cell.features, cell.algorithm),
                    n_resamples=n_resamples,
                )
        except InputError as error:
            yield cell, _failed(cell, error)
        else:
            yield cell, tuple(_outcome(number, found[number], axis) for number in cell.numbers)


def _require_features(sizes: dict[str, int], features: str) -> None:
    """Raise where this preparation leaves too few analytes for the features."""
    if not sizes[features]:
        message = "These features cannot be had with this preparation."
        raise InputError(message)


def _failed(cell: Cell, error: InputError) -> tuple[Outcome, ...]:
    """One outcome a number that says why there is none."""
    return tuple(Outcome(number, None, None, problem=str(error)) for number in cell.numbers)


def _outcome(number: str, found: Clustering, axis: np.ndarray) -> Outcome:
    """Plain values, the clusters numbered as they come, and which of them is high."""
    labels = np.asarray(found.labels, dtype=int)
    names = np.unique(labels[labels >= 0])
    high = -1
    if len(names) > 1:
        means = [axis[labels == name].mean() for name in names]
        high = int(names[int(np.argmax(means))])
    value = float(found.value) if np.isfinite(found.value) else None
    return Outcome(number, bool(found.claims), value, tuple(labels.tolist()), high)


def _own(
    fitted: FittedLabelling,
    panel: Panel,
    design: DesignReport,
    settings: DiscoverySettings,
    *,
    features: str,
    seed: int,
) -> Clustering:
    """Take the package's verdict, and the labels of its two groups whatever the verdict."""
    if features == "score" and fitted.scores.is_skew_available:
        scores = _raw(fitted.scores)
        model = fit_two_groups(scores.values.to_numpy()[fitted.is_case])
        fitted = replace(fitted, scores=scores, model=model)
    short = DiscoverySettings(  # the power of the study does not enter a claim
        n_bootstrap=settings.n_bootstrap,
        n_resamples=OWN_RESAMPLES,
        assay_cv_pct=settings.assay_cv_pct,
    )
    verdict = decide(fitted, panel, design, short, seed=seed)
    values = fitted.scores.values.to_numpy()[fitted.is_case]
    labels = (fitted.model.probability(values) > MAJORITY).astype(int)
    p_value = float("nan") if verdict.p_value is None else verdict.p_value
    return Clustering(labels, p_value, claims=verdict.is_discrete)


def _raw(scores: AxisScores) -> AxisScores:
    """Return the scores with the raw score of the declared axis in place of its skew."""
    coherence = scores.coherence.copy()
    coherence.loc[coherence["axis"] == scores.axis, "is_skew_available"] = False
    return replace(scores, coherence=coherence)
