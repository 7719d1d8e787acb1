"""Replicate a simulated study and say what its results would look like."""

from collections.abc import Callable

import pandas as pd

from subtyping._parallel import map_in_order
from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.study.replications.one import replicate_once
from subtyping.study.replications.plan import (
    ReplicationPlan,
    blocked_analytes,
    plan_replications,
)
from subtyping.study.replications.result import Replications
from subtyping.study.replications.sentence import sentence_of
from subtyping.study.replications.summary import by_analyte, summarise
from subtyping.study.replications.truths import Truth
from subtyping.study.spec import StudySpec

__all__ = ["replicate_study"]


def replicate_study(
    study: StudySpec | Truth | str,
    *,
    n: int | None = None,
    seed: int | None = None,
    random_sets: int = 39,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> Replications:
    """Draw a simulated study many times and hold its results against the truth.

    Each replication is a new cohort (people, loadings, measurements), analysed by the functions a
    study uses: `Preparation`, `differential_abundance`, `AxisScorer`, GSVA. Beside the results as a
    study would report them stand those of more careful methods.

    - *Findings*: q < .05 and |log2 fold change| > .585, among the analytes compared by means. An
      analyte is truly different if its true difference (`population_differences`) is at least
      .2925, half of the rule's on the log2 scale.
    - *Type M*: sum of estimated over sum of true absolute differences of the findings; *type S*:
      share of the findings with the wrong sign.
    - *The axis is called* by a score if the cases are higher at p < .05.
    - *Likeness*: plain Pearson correlation of the fold changes of cases and of a comparison group,
      both against the same healthy people, so that the errors of these are in both; beside it the
      correlation of `likeness_of_diseases`, from which they are taken out.
    - *Reversal*, careless: of the findings, by a conditional expectation given that every analyte
      of the axis stands at the healthy mean (`share_left`); the same for random sets of other
      analytes; and by the published directions of drugs that block the axis. Honest:
      `pathway_blockade`. No drug is given to anybody, so whatever is called reversed is the
      model's doing.

    Parameters
    ----------
    study : StudySpec, Truth or str
        A specification with ``cohort.simulate`` (its preparation and covariates are used; handling
        is reported, never regressed out), a truth, or the name of one of `TRUTHS` or a design.
    n : int, optional
        Replications; those of the specification (``signature.replications``), or 200, by default.
    seed : int, optional
        Root seed; that of the specification, or 0, by default.
    random_sets : int, default 39
        Sets of other analytes clamped in each replication.
    jobs : int, optional
        Workers; the result is the same whatever their number.
    advance : callable, optional
        Called once per replication.

    Returns
    -------
    Replications

    Raises
    ------
    InputError
        If the study is not simulated, declares its own groups or adjusts for atopy, or `n` is
        below 2.

    References
    ----------
    Gelman A, Carlin J (2014), type S and type M errors. doi:10.1177/1745691614551642

    Examples
    --------
    >>> from subtyping.study.replications import replicate_study
    >>> found = replicate_study("no_th2", n=2, random_sets=3, jobs=1)
    >>> found.table.shape[0], found.design
    (2, 'index_study')
    """
    wanted = _how_many(study, n)
    plan = plan_replications(study, seed=seed, random_sets=random_sets)
    tasks = [(plan, k) for k in range(wanted)]
    parts = map_in_order(replicate_once, tasks, jobs=jobs, advance=advance)
    table = pd.DataFrame([part.row for part in parts])
    rounded = table.round(dict.fromkeys(table.select_dtypes("float").columns, 6))
    summary = summarise(rounded, plan.seed)
    return Replications(
        table=rounded,
        summary=summary,
        by_analyte=by_analyte([part.analytes for part in parts], blocked_analytes(plan.axis)),
        sentence=sentence_of(rounded, summary, plan.axis.name),
        notes=_notes(plan, rounded),
        title=plan.title,
        design=plan.design,
        settings=dict(plan.settings),
        axis=plan.axis.name,
        n=wanted,
    )


def _how_many(study: StudySpec | Truth | str, n: int | None) -> int:
    declared = study.signature.replications if isinstance(study, StudySpec) else 0
    wanted = (declared or 200) if n is None else n
    if wanted < 2:
        message = f"n must be at least 2, so that replications can be compared; got {wanted}."
        raise InputError(message)
    return wanted


def _notes(plan: ReplicationPlan, table: pd.DataFrame) -> tuple[str, ...]:
    """Say what the numbers rest on."""
    empty = int((table["n_findings"] == 0).sum())
    notes = [
        f"True of people: {plan.title}",
        "The generator is an idealisation: independent factors, linear effects, normal noise.",
        "No drug is given in any replication; reversal is a conditional expectation.",
    ]
    if empty:
        notes.append(
            f"{count_of(empty, 'replication')} without a finding: nothing there to exaggerate or "
            "to reverse; they count as not fully reversed and are left out of the means."
        )
    return tuple(notes)
