"""Taxometrics of the members of the axis, beside those of continuum twins."""

from collections.abc import Sequence

import numpy as np

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line
from subtyping.exceptions import InputError
from subtyping.statistics.taxometrics import Taxometrics, taxometrics

__all__ = ["taxometric_lines"]

PROCEDURES = ("MAMBAC", "MAXEIG", "L-Mode")
STATISTIC = "comparison curve fit index"
MEANING = {
    "categories": "the curves look more like two classes than like one dimension",
    "dimensions": "the curves look more like one dimension than like two classes",
    "ambiguous": "the curves look neither like classes nor like a dimension",
}


def taxometric_lines(
    fitted: FittedLabelling,
    seed: int,
    twins: Sequence[FittedLabelling] = (),
    *,
    n_comparison: int = 50,
) -> list[Line]:
    """Take the taxometric lines of evidence: they annotate and never decide.

    The members of the axis among the cases, each given the level, are compared with simulated
    classes and dimensions (`subtyping.statistics.taxometrics`); the base rate of the classes is
    the share of the upper component of the fitted mixture. The same is done for each twin.

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    twins : sequence of FittedLabelling, default ()
        The same procedure fitted to draws from a continuum; their median is the null twin.
    n_comparison : int, default 50
        Comparison data sets of each kind.

    Returns
    -------
    list of Line
        The mean index, then MAMBAC, MAXEIG and L-Mode. NaN, with the reason, where a procedure
        needs more members (MAMBAC two, the others three) or the classes are too small.
    """
    result, reason = _taxometrics(fitted, seed, 0, n_comparison)
    if result is None:
        return [Line("taxometrics", STATISTIC, float("nan"), reason)]
    others = [_taxometrics(twin, seed, k, n_comparison)[0] for k, twin in enumerate(twins, 1)]
    drawn = [_indices(other) for other in others if other is not None]
    null = np.median(drawn, axis=0) if drawn else np.full(1 + len(PROCEDURES), np.nan)
    values = _indices(result)
    beside = f", on {len(drawn)} continuum twins {null[0]:.2f}" if drawn else ""
    mean = Line(
        "taxometrics",
        f"mean {STATISTIC}",
        float(values[0]),
        f"Taxometrics annotate and do not decide: {MEANING[result.reading]} (mean CCFI "
        f"{values[0]:.2f}{beside}; above .55 suggests classes, below .45 a dimension).",
        null_twin=float(null[0]),
    )
    k = len(fitted.members)
    single = [
        _procedure_line(name, float(value), float(twin), k)
        for name, value, twin in zip(PROCEDURES, values[1:], null[1:], strict=True)
    ]
    return [mean, *single]


def _taxometrics(
    fitted: FittedLabelling, seed: int, number: int, n_comparison: int
) -> tuple[Taxometrics | None, str]:
    """Taxometrics of one fitted labelling, or why there are none."""
    residuals = fitted.scores.residuals.to_numpy()[fitted.is_case]
    if residuals.shape[1] < 2:
        return None, "Taxometrics are not applicable: the axis has one member, and they need two."
    rng = stream(seed, "discovery", "taxometrics", number)
    try:
        weight = fitted.model.weight
        return taxometrics(residuals, rng, base_rate=weight, n_comparison=n_comparison), ""
    except InputError as error:
        return None, f"Taxometrics are not applicable. {error}"


def _indices(result: Taxometrics) -> np.ndarray:
    """Mean index, then that of each procedure."""
    by_name = result.table.set_index("procedure")["ccfi"]
    return np.array([result.mean_ccfi, *(by_name[name] for name in PROCEDURES)])


def _procedure_line(name: str, value: float, null: float, n_members: int) -> Line:
    if np.isnan(value):
        sentence = (
            f"{name} is not applicable: it needs three members, and the axis has {n_members}."
        )
    else:
        beside = "" if np.isnan(null) else f", on continuum twins {null:.2f}"
        sentence = f"{name}: CCFI {value:.2f}{beside}."
    return Line(f"taxometrics {name}", STATISTIC, value, sentence, null_twin=null)
