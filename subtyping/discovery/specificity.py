"""Is the group one of cases, or of everybody?"""

from collections.abc import Sequence

import numpy as np

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line
from subtyping.panel.panel import Panel
from subtyping.statistics.mixtures import fit_two_groups_many
from subtyping.statistics.two_groups import TwoGroupsMany

__all__ = ["comparison_specificity_lines", "specificity_lines"]

FEWEST = 10
JEFFREYS = 0.5


def specificity_lines(
    fitted: FittedLabelling, seed: int, n_resamples: int, *, refit: bool = True
) -> list[Line]:
    """Compare how often cases and reference people fall into the group.

    Cases are resampled; the share among the others is drawn from its posterior under Jeffreys'
    prior, because a resampled share of none has no spread. In a derivation the mixture is fitted
    again to each resample of the cases, because where the line between the groups lies is as
    uncertain as who was sampled; a frozen mixture, held against new people, stays as it is.

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    n_resamples : int
    refit : bool, default True
        False where `fitted.model` is frozen and the people are new.

    Returns
    -------
    list of Line
        ``specificity``: the prevalence ratio, cases over reference people (a share of none
        counts as half a person). ``specificity: difference``: the prevalence difference.
    """
    values = fitted.scores.values.to_numpy()
    reference = values[fitted.is_reference]
    rng = stream(seed, "discovery", "specificity")
    return _lines(
        fitted, reference, rng, n_resamples, refit=refit, name="specificity", who="reference people"
    )


def comparison_specificity_lines(
    fitted: FittedLabelling, panel: Panel, groups: Sequence[str], seed: int, n_resamples: int
) -> list[Line]:
    """Compare how often cases and people of each comparison group fall into the group.

    Parameters
    ----------
    fitted : FittedLabelling
        Learnt on `panel`, whose comparison people it scored and learnt nothing from.
    panel : Panel
    groups : sequence of str
        Comparison groups; one with fewer than ten people has no lines.
    seed : int
    n_resamples : int

    Returns
    -------
    list of Line
        As `specificity_lines`, named ``specificity: <group>`` and ``specificity: <group>,
        difference``.
    """
    values = fitted.scores.values.to_numpy()
    lines: list[Line] = []
    for group in groups:
        others = values[panel.in_groups([group])]
        others = others[np.isfinite(others)]
        if len(others) >= FEWEST:
            rng = stream(seed, "discovery", f"specificity {group}")
            name = f"specificity: {group}"
            lines += _lines(fitted, others, rng, n_resamples, refit=True, name=name, who=group)
    return lines


def _lines(
    fitted: FittedLabelling,
    others: np.ndarray,
    rng: np.random.Generator,
    n_resamples: int,
    *,
    refit: bool,
    name: str,
    who: str,
) -> list[Line]:
    """Take the ratio and the difference of the two prevalences, with percentile intervals."""
    case = fitted.scores.values.to_numpy()[fitted.is_case]

    def resampled(x: np.ndarray) -> np.ndarray:
        return np.asarray(x[rng.integers(0, len(x), (n_resamples, len(x)))])

    cases = resampled(case)
    models = [fitted.model] * n_resamples
    if refit:
        found: TwoGroupsMany = fit_two_groups_many(np.sort(cases, axis=1), near=fitted.model)[0]
        models = list(found.each())
    here_drawn = np.array([one.probability(cases[k]).mean() for k, one in enumerate(models)])
    counts = np.array([one.probability(others).sum() for one in models])
    there_drawn = rng.beta(counts + JEFFREYS, len(others) - counts + JEFFREYS)
    floor = 0.5 / len(others)
    low, high = np.quantile(here_drawn / there_drawn, [0.025, 0.975])
    least, most = np.quantile(here_drawn - there_drawn, [0.025, 0.975])
    here, there = (float(fitted.model.probability(x).mean()) for x in (case, others))
    specific = "more often than" if low > 1 else "not clearly more often than"
    separator = ", " if ":" in name else ": "
    return [
        Line(
            name,
            f"prevalence ratio, cases over {who}",
            here / max(there, floor),
            f"Cases fall into the group {specific} {who} ({here:.0%} against {there:.0%}).",
            ci_low=float(low),
            ci_high=float(high),
        ),
        Line(
            f"{name}{separator}difference",
            f"prevalence difference, cases less {who}",
            here - there,
            f"Of 100 cases {100 * here:.0f} fall into the group, of 100 {who} {100 * there:.0f}: a "
            f"difference of {100 * (here - there):.0f} ({100 * least:.0f} to {100 * most:.0f}).",
            ci_low=float(least),
            ci_high=float(most),
        ),
    ]
