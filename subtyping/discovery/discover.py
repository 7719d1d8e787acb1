"""One call from a panel to a verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

from subtyping.axes.definition import define_axes
from subtyping.discovery.decide import decide, study_design
from subtyping.discovery.labelling import FittedLabelling, LabellingProcedure
from subtyping.discovery.settings import DiscoverySettings
from subtyping.discovery.verdict import Verdict
from subtyping.panel.panel import Panel
from subtyping.panel.routine import routine_analytes

__all__ = ["discover", "make_procedure"]


def make_procedure(
    panel: Panel,
    *,
    case: Sequence[str],
    reference: Sequence[str],
    axis: str | Mapping[str, object],
    other_axes: Mapping[str, Sequence[str]] | None = None,
    preparation: Mapping[str, Any] | None = None,
) -> LabellingProcedure:
    """Fix the labelling procedure for a panel.

    Plates are not adjusted for where case status is aliased with plate: the adjustment would
    then remove the groups with the plates, or nothing.

    Parameters
    ----------
    panel : Panel
    case, reference : sequence of str
        Group labels.
    axis : str or mapping
        A curated axis, or ``{"name": ..., "members": [...]}``.
    other_axes : mapping of str to sequence of str, optional
        More axes to score.
    preparation : mapping, optional
        Keyword arguments of `Preparation`.

    Returns
    -------
    LabellingProcedure
    """
    cases, references = tuple(map(str, case)), tuple(map(str, reference))
    settings = dict(preparation or {})
    if "batch" in study_design(panel, cases, references).aliased:
        settings["adjust_plates"] = False
    axes = define_axes(axis, other_axes, outside=routine_analytes(panel))
    return LabellingProcedure(cases, references, axes, settings)


def discover(
    panel: Panel,
    *,
    case: Sequence[str],
    reference: Sequence[str],
    comparison: Sequence[str] = (),
    axis: str | Mapping[str, object] = "Th2",
    seed: int = 0,
    jobs: int | None = None,  # noqa: ARG001
    evidence: str = "decide",
    preparation: Mapping[str, Any] | None = None,
    settings: DiscoverySettings | None = None,
) -> Verdict:
    """Tell whether a subtype is there on a declared axis, and who is in it.

    Parameters
    ----------
    panel : Panel
        Cases and healthy reference people, measured together.
    case, reference : sequence of str
        Their group labels.
    comparison : sequence of str, optional
        Further groups (another disease) whose prevalence is held against that of the cases.
    axis : str or mapping, default "Th2"
        A curated axis, or ``{"name": ..., "members": [...]}``; declared before the data are seen.
    seed : int, default 0
    jobs : int, optional
        Workers; the answer does not depend on it.
    evidence : {"decide", "all"}, default "decide"
        What the verdict needs, or every line of evidence.
    preparation : mapping, optional
        Keyword arguments of `Preparation`.
    settings : DiscoverySettings, optional
        Other declared choices; its `evidence` is overridden by the argument.

    Returns
    -------
    Verdict
        ``verdict.kind``, ``verdict.p_value``, ``verdict.sentence`` and
        ``verdict.assignment.table``, one row per case sample.

    Raises
    ------
    InputError
        If a group is empty or the axis cannot be measured on this panel.

    Notes
    -----
    Assumes one sample per person. The reference people define the scale, the level and its slope;
    with fewer than 40 of them these are uncertain. The null of `p_value` is one unimodal
    population.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> cohort = simulate_cohort("th2_subtype", seed=1, n_case=200, separation=4.5)
    >>> verdict = discover(cohort.panel, case=["MDD"], reference=["HC"], axis="Th2", seed=0)
    >>> verdict.kind
    'discrete'
    """
    from dataclasses import replace

    from subtyping._validation import one_of

    one_of(evidence, ("decide", "all"), "evidence")
    chosen = replace(settings or DiscoverySettings(), evidence=evidence)
    procedure = make_procedure(
        panel, case=case, reference=reference, axis=axis, preparation=preparation
    )
    fitted: FittedLabelling = procedure.fit(panel, seed=seed)
    design = study_design(panel, procedure.case, procedure.reference)
    return decide(fitted, panel, design, chosen, seed=seed, comparison=tuple(map(str, comparison)))
