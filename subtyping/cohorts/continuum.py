"""The continuum twin: a cohort like this one in everything but a group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.covariance import ledoit_wolf_shrinkage

from subtyping._random import stream
from subtyping.cohorts._censoring import fill_below
from subtyping.cohorts._margins import Margins, fit_margins
from subtyping.cohorts._reporting import as_reported, limits_of
from subtyping.exceptions import InputError
from subtyping.panel import Panel

__all__ = ["Continuum", "continuum_twin", "fit_continuum"]

FEWEST = 8


@dataclass(frozen=True, eq=False)
class _Block:
    """One set of people with margins and a correlation of their own.

    `scores` are the normal scores (n, p) the correlation is made of, `shrinkage` its weight on
    the identity.
    """

    rows: np.ndarray
    margins: Margins
    scores: np.ndarray
    shrinkage: float

    def draw(self, n: int, generator: np.random.Generator) -> np.ndarray:
        """Return n residuals per analyte."""
        n_fit, p = self.scores.shape
        shared = generator.standard_normal((n, n_fit)) @ self.scores / np.sqrt(n_fit)
        own = generator.standard_normal((n, p))
        mixed = np.sqrt(1 - self.shrinkage) * shared + np.sqrt(self.shrinkage) * own
        return self.margins.at(mixed)


@dataclass(frozen=True, eq=False)
class Continuum:
    """A population without groups that resembles a cohort; made by `fit_continuum`.

    Attributes
    ----------
    panel : Panel
        The cohort it was fitted to.
    location : numpy.ndarray of shape (n_samples, n_analytes)
        Group mean plus plate shift of every value, log2.
    blocks : tuple
        Margins and correlation of the cases, of the reference people and of the rest.
    shrinkage : tuple of float
        Weight of the identity in each block's correlation (Ledoit-Wolf).
    """

    panel: Panel
    location: np.ndarray
    blocks: tuple[_Block, ...]
    shrinkage: tuple[float, ...]

    def draw(self, seed: int, k: int = 0) -> Panel:
        """Return the k-th twin: same samples, plates, limits and gaps, new values.

        Parameters
        ----------
        seed : int
            Root seed.
        k : int, default=0
            Number of the twin; each has its own stream.

        Returns
        -------
        Panel
            Its reading report says which draw it is.

        Examples
        --------
        >>> from subtyping.cohorts import fit_continuum, simulate_cohort
        >>> panel = simulate_cohort("null", n_case=20, n_reference=20, n_analytes=24).panel
        >>> continuum = fit_continuum(panel, case=["MDD"], reference=["HC"])
        >>> continuum.draw(1, 0).values.equals(continuum.draw(1, 1).values)
        False
        """
        numbers = np.empty(self.location.shape)
        for b, block in enumerate(self.blocks):
            generator = stream(seed, "continuum", "draw", k, b)
            numbers[block.rows] = block.draw(len(block.rows), generator)
        return as_reported(self.panel, numbers + self.location, k)


def _log2(panel: Panel) -> np.ndarray:
    values = panel.values.to_numpy(dtype=float)
    if panel.is_log_scale:
        return values.copy()
    with np.errstate(invalid="ignore"):
        positive = np.where(values > 0, values, np.nan)
        least = np.nanmin(np.where(np.isfinite(positive), positive, np.inf), axis=0)
        floor = np.where(np.isfinite(least), least / 2, 1.0)
        return np.log2(np.where(values <= 0, floor, positive))


def _complete(panel: Panel, member: np.ndarray) -> np.ndarray:
    """Return log2 values with a plausible number for what is censored; gaps stay NaN."""
    below = panel.below_lod.to_numpy(dtype=bool)
    numbers, limits = _log2(panel), limits_of(panel)
    if not panel.is_log_scale:
        limits = np.log2(np.where(limits > 0, limits, np.nan))
    limits = np.where(np.isfinite(limits), limits, np.nan)
    numbers = np.where(below & ~np.isfinite(numbers), limits, numbers)
    high = panel.above_uloq.to_numpy(dtype=bool) & ~np.isfinite(numbers)
    top = np.where(np.isfinite(numbers), numbers, -np.inf).max(axis=0)
    numbers = np.where(high & np.isfinite(top), top, numbers)
    for b in np.unique(member):
        rows, generator = member == b, stream(0, "continuum", "below detection", int(b))
        numbers[rows] = fill_below(numbers[rows], below[rows], generator)
    return numbers


def _location(values: np.ndarray, labels: pd.Series, plates: pd.Series | None) -> np.ndarray:
    """Return fitted group plus plate means, by least squares on the values that are there."""
    parts = [pd.get_dummies(labels.to_numpy()).to_numpy(dtype=float)]
    if plates is not None:
        parts.append(pd.get_dummies(plates.astype(str).to_numpy()).to_numpy(dtype=float))
    design = np.hstack(parts)
    gaps = ~np.isfinite(values)
    fitted = np.empty(values.shape)
    whole = ~gaps.any(axis=0)
    fitted[:, whole] = design @ np.linalg.lstsq(design, values[:, whole], rcond=None)[0]
    for j in np.flatnonzero(~whole):
        there = ~gaps[:, j]
        if not there.any():
            fitted[:, j] = 0.0
            continue
        fitted[:, j] = design @ np.linalg.lstsq(design[there], values[there, j], rcond=None)[0]
    return fitted


def _block(residuals: np.ndarray, rows: np.ndarray, fit_rows: np.ndarray) -> _Block:
    chosen = residuals[fit_rows]
    gaps = ~np.isfinite(chosen)
    n = len(chosen)
    ranks = stats.rankdata(np.where(gaps, 0.0, chosen), axis=0)
    scores = np.where(gaps, 0.0, stats.norm.ppf((ranks - 0.5) / n))
    scores = scores - scores.mean(axis=0)
    spread = scores.std(axis=0)
    scores = scores / np.where(spread > 0, spread, 1.0)
    shrinkage = float(ledoit_wolf_shrinkage(scores, assume_centered=True))
    return _Block(rows, fit_margins(np.where(gaps, 0.0, chosen)), scores, shrinkage)


def _labels(
    panel: Panel, case: Sequence[str], reference: Sequence[str]
) -> tuple[pd.Series, np.ndarray]:
    """Return the group of everybody and the block (0 case, 1 reference, 2 rest)."""
    masks = {"case": panel.in_groups(case), "reference": panel.in_groups(reference)}
    for role, mask in masks.items():
        if mask.sum() < FEWEST:
            message = (
                f"A continuum needs at least {FEWEST} {role} samples to be fitted; got "
                f"{int(mask.sum())} in {role} = {list(case if role == 'case' else reference)}."
            )
            raise InputError(message)
    labels = panel.samples["group"].astype(object).where(panel.samples["group"].notna(), "(none)")
    return labels, np.where(masks["case"], 0, np.where(masks["reference"], 1, 2))


def fit_continuum(panel: Panel, *, case: Sequence[str], reference: Sequence[str]) -> Continuum:
    """Fit a population without groups to a cohort.

    On the log2 scale a value is group mean + plate shift + residual. Among the cases, and among
    the reference people, each analyte's residual follows a sinh-arcsinh distribution (always
    unimodal; shape by probability-plot correlation, SD as observed), and residuals are tied by a
    Gaussian copula whose correlation is that of the normal scores, shrunk towards independence
    (Ledoit-Wolf). Whatever correlation axes, a gradient or a true subtype induce is kept; what
    is not kept is a second mode or a discrete mixture.

    It fails to be a fair twin where people cluster in the joint distribution of a *continuum* in
    ways a Gaussian copula does not know, such as tail dependence between analytes, and where a
    column has so few detected values that its margin is a guess.

    Parameters
    ----------
    panel : Panel
        Cohort with a group column; a batch column is used where there is one.
    case, reference : sequence of str
        Groups; at least 8 samples each.

    Returns
    -------
    Continuum

    Raises
    ------
    InputError
        If either group has fewer than 8 samples.

    References
    ----------
    Jones and Pewsey (2009), Biometrika 96(4), doi:10.1093/biomet/asp053.
    Ledoit and Wolf (2004), Journal of Multivariate Analysis 88(2),
    doi:10.1016/S0047-259X(03)00096-4.

    Examples
    --------
    >>> from subtyping.cohorts import fit_continuum, simulate_cohort
    >>> cohort = simulate_cohort("th2_subtype", n_case=60, n_reference=30, n_analytes=30)
    >>> continuum = fit_continuum(cohort.panel, case=["MDD"], reference=["HC"])
    >>> continuum.draw(seed=1, k=0)
    Panel(90 samples x 30 analytes, NPX; MDD 60, HC 30)
    """
    labels, member = _labels(panel, case, reference)
    values = _complete(panel, member)
    location = _location(values, labels, panel.role("batch"))
    residuals = values - location
    blocks = []
    for b in np.unique(member):
        rows = np.flatnonzero(member == b)
        fit_rows = rows if len(rows) >= FEWEST else np.flatnonzero(member == 1)
        blocks.append(_block(residuals, rows, fit_rows))
    return Continuum(panel, location, tuple(blocks), tuple(block.shrinkage for block in blocks))


def continuum_twin(
    panel: Panel, *, case: Sequence[str], reference: Sequence[str], seed: int
) -> Panel:
    """Return one null twin of a cohort: fit and draw in one step.

    Parameters
    ----------
    panel : Panel
        Cohort with a group column.
    case, reference : sequence of str
        Groups.
    seed : int
        Root seed.

    Returns
    -------
    Panel
        Same samples table, plates, detection limits, gaps and n; values from a continuum.

    Raises
    ------
    InputError
        If either group has fewer than 8 samples.

    Examples
    --------
    >>> from subtyping.cohorts import continuum_twin, simulate_cohort
    >>> cohort = simulate_cohort("th2_subtype", n_case=60, n_reference=30, n_analytes=30)
    >>> twin = continuum_twin(cohort.panel, case=["MDD"], reference=["HC"], seed=1)
    >>> twin.samples.equals(cohort.panel.samples)
    True
    """
    return fit_continuum(panel, case=case, reference=reference).draw(seed)
