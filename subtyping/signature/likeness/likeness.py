"""Is the signature of the cases like that of one disease and not like that of another?"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.axes import AxisDefinition, define_axes
from subtyping.knowledge import handling_markers
from subtyping.signature.likeness.analytes import likeness_values
from subtyping.signature.likeness.axis_profile import PROFILE_COLUMNS, axis_profile
from subtyping.signature.likeness.comparisons import (
    check_tables,
    named_comparisons,
    refused_comparisons,
)
from subtyping.signature.likeness.correlations import NAN, Row, row
from subtyping.signature.likeness.group_design import group_design
from subtyping.signature.likeness.leave_one_out import LEAVE_ONE_OUT_COLUMNS
from subtyping.signature.likeness.measures import (
    AXIS_PROFILE,
    LikenessSettings,
    likeness_measures,
)
from subtyping.signature.likeness.overlap import OVERLAP_COLUMNS
from subtyping.signature.likeness.projection import Projection, no_projection, project_cases
from subtyping.signature.likeness.sentences import likeness_sentence
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["SIMILARITY_COLUMNS", "Likeness", "likeness_of_diseases"]

SIMILARITY_COLUMNS = (
    "comparison", "measure", "value", "ci_low", "ci_high", "p_value", "q_value", "n_analytes",
    "reason",
)  # fmt: skip
MEASURES = ("signature_correlation", "rank_overlap", AXIS_PROFILE)


@dataclass(frozen=True, eq=False)
class Likeness:
    """How like the signature of the cases is to those of other diseases.

    Attributes
    ----------
    table : pandas.DataFrame
        ``comparison, measure, value, ci_low, ci_high, p_value, q_value, n_analytes, reason``.
        Measures: ``signature_correlation`` (centred, corrected for shared and own errors; the
        headline), ``signature_correlation_difference`` (the first comparison less another, the
        same people in both), ``signature_correlation_uncentred``,
        ``signature_correlation_uncorrected`` (plain correlation of fold changes, no interval),
        ``signature_correlation_without_handling``, ``signature_correlation_without_<axis>``,
        ``rank_overlap`` (largest hypergeometric -log10 p: a picture, without p-value) and
        ``axis_profile_correlation``. q-values run over the comparisons of one measure.
    profile : pandas.DataFrame
        ``axis, group, difference_sd, ci_low, ci_high, n_members, members, reason``.
    leave_one_out : pandas.DataFrame
        ``comparison, analyte, value, change``, the most influential first.
    effects : pandas.DataFrame
        ``analyte, group, effect_sd, standard_error``: standardised adjusted differences.
    overlap : pandas.DataFrame
        ``comparison, rank_case, rank_comparison, signed_log10_p``.
    projection : Projection
        Each case between the first two comparisons.
    sentence : str
    notes : tuple of str
    """

    table: pd.DataFrame
    profile: pd.DataFrame
    leave_one_out: pd.DataFrame
    effects: pd.DataFrame
    overlap: pd.DataFrame
    projection: Projection
    sentence: str
    notes: tuple[str, ...] = ()


def likeness_of_diseases(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    samples: pd.DataFrame,
    *,
    case: Sequence[str],
    reference: Sequence[str],
    comparisons: Sequence[str] | Mapping[str, Sequence[str]],
    axes: Sequence[AxisDefinition] | None = None,
    covariates: Sequence[str] = ("age", "sex", "bmi"),
    batch: bool = True,
    blocked: bool | AbstractSet[str] = False,
    bridged: bool = False,
    min_detected_frac: float = 0.5,
    n_bootstrap: int = 1000,
    n_permutation: int = 999,
    seed: int = 0,
    jobs: int | None = 1,
) -> Likeness:
    r"""Compare the signature of the cases with those of other diseases.

    A signature is the vector of adjusted, standardised differences from the reference people, from
    one linear model of all groups. The headline is the correlation over analytes of the *true*
    signatures, :math:`r = C_{12} / \sqrt{C_{11} C_{22}}`, with moments about the mean over
    analytes and freed of what shared reference people and noise put into them (`shared_errors`).
    Centred, because a shift of all analytes (dilution, total protein, the general level of
    inflammation) is no likeness of one disease with another; the uncentred one stands beside it.
    Intervals resample people within groups and invert a test; p-values draw the signs of whole
    people's errors anew under "no common direction". The claim "like the first and not like the
    second" is the difference of the two correlations.

    Parameters
    ----------
    log2, detected : pandas.DataFrame of shape (n_samples, n_analytes)
        As `Prepared.log2` and `Prepared.detected`.
    samples : pandas.DataFrame
        Role columns, ``group`` among them; same index.
    case, reference : sequence of str
        Group labels.
    comparisons : sequence of str or mapping of str to sequence of str
        Diseases compared with; the first is the one the claim is about.
    axes : sequence of AxisDefinition, optional
        The declared axis first; `define_axes` of Th2 by default.
    covariates : sequence of str, default ("age", "sex", "bmi")
    batch : bool, default True
        Whether plates are adjusted for.
    blocked : bool or set of str, default False
        Comparisons for which nothing is inferred; True blocks all.
    bridged : bool, default False
        Whether comparisons from another study or batch were bridged to this one; without it they
        are refused.
    min_detected_frac : float, default 0.5
        Share of the people in whom an analyte must be detected.
    n_bootstrap, n_permutation : int
        Draws.
    seed : int, default 0
    jobs : int, optional
        Worker processes; the result is the same whatever their number.

    Returns
    -------
    Likeness

    Raises
    ------
    InputError
        If tables list different samples, groups are missing or stand on two sides, or fewer than
        three analytes can be compared.

    Notes
    -----
    Alike over the analytes of this panel: another panel asks another question. Adjusting for
    plates cannot mend a comparator measured elsewhere without reference people of its own.

    References
    ----------
    Plaisier SB et al (2010). doi:10.1093/nar/gkq636. Cahill KM et al (2018).
    doi:10.1038/s41598-018-27903-2

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation import Preparation
    >>> cohort = simulate_cohort("index_study", seed=2, n_case=60, n_reference=60, n_ad=60)
    >>> prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(cohort.panel)
    >>> found = likeness_of_diseases(
    ...     prepared.log2, prepared.detected, cohort.panel.samples, case=["MDD"],
    ...     reference=["HC"], comparisons=["AD", "psoriasis"], n_bootstrap=200, n_permutation=199,
    ... )
    >>> rows = found.table.set_index(["measure", "comparison"])["value"]
    >>> bool(rows["signature_correlation", "AD"] > rows["signature_correlation", "psoriasis"])
    True
    """
    named = named_comparisons(comparisons)
    check_tables(log2, detected, samples, named)
    sides = {"case": list(case), **named}
    refused, factors, notes = refused_comparisons(
        samples, sides, reference, blocked=blocked, bridged=bridged
    )
    design = group_design(
        samples, {k: v for k, v in sides.items() if k not in refused}, reference,
        covariates=tuple(dict.fromkeys((*covariates, *(f for f in factors if f != "batch")))),
        batch=batch and "batch" in factors,
    )  # fmt: skip
    refused |= design.refused
    if "case" in refused:
        why = f"the cases {refused['case']}" if "case" in design.refused else refused["case"]
        refused |= {name: why for name in named if name not in refused}
    told = tuple(name for name in named if name not in refused)
    known = tuple(define_axes("Th2") if axes is None else axes)
    labels = {"case": " + ".join(map(str, case)), **{name: name for name in told}}
    notes += design.notes
    if not told:
        return _nothing(refused, notes, labels["case"])
    values = likeness_values(log2, detected, design, min_detected_frac=min_detected_frac)
    settings = LikenessSettings(values, design, told, n_bootstrap, n_permutation, seed)
    rows, parts = likeness_measures(settings, known, jobs)
    rows += [
        row(name, measure, (NAN, NAN, NAN, NAN), 0, why)
        for name, why in refused.items() if name != "case" for measure in MEASURES
    ]  # fmt: skip
    table = _ordered(rows, list(named))
    if len(told) > 1:
        projection = project_cases(
            values, design, log2.index[design.rows], first=told[0], second=told[1],
            left_out=handling_markers(), seed=seed,
        )  # fmt: skip
    else:
        projection = no_projection(told[0], "", "two comparisons are needed")
    effects, left_out, overlap = parts
    return Likeness(
        table=table,
        profile=axis_profile(values, design, known, labels),
        leave_one_out=left_out,
        effects=effects.replace({"group": labels}),
        overlap=overlap,
        projection=projection,
        sentence=likeness_sentence(table, labels["case"], list(named), projection, left_out),
        notes=(*notes, *values.notes),
    )


def _nothing(refused: Mapping[str, str], notes: tuple[str, ...], label: str) -> Likeness:
    """Return the likeness where every comparison is refused."""
    rows = [
        row(name, measure, (NAN, NAN, NAN, NAN), 0, why)
        for name, why in refused.items() if name != "case" for measure in MEASURES
    ]  # fmt: skip
    names = [name for name in refused if name != "case"]
    table, projection = _ordered(rows, names), no_projection("", "", "no comparison is left")
    left_out = pd.DataFrame(columns=list(LEAVE_ONE_OUT_COLUMNS))
    return Likeness(
        table=table,
        profile=pd.DataFrame(columns=list(PROFILE_COLUMNS)),
        leave_one_out=left_out,
        effects=pd.DataFrame(columns=["analyte", "group", "effect_sd", "standard_error"]),
        overlap=pd.DataFrame(columns=list(OVERLAP_COLUMNS)),
        projection=projection,
        sentence=likeness_sentence(table, label, names, projection, left_out),
        notes=notes,
    )


def _ordered(rows: list[Row], names: list[str]) -> pd.DataFrame:
    """Return the table, measure by measure, with q-values over the comparisons of a measure."""
    table = pd.DataFrame(rows, columns=[c for c in SIMILARITY_COLUMNS if c != "q_value"])
    measures = list(dict.fromkeys(table["measure"]))
    rank = table["comparison"].map({name: k for k, name in enumerate(names)}).fillna(len(names))
    place = table["measure"].map(measures.index) if len(table) else rank
    table = table.iloc[np.lexsort((rank.to_numpy(), place.to_numpy()))].reset_index(drop=True)
    table["q_value"] = NAN
    for measure in measures:
        mine = (table["measure"] == measure).to_numpy()
        table.loc[mine, "q_value"] = benjamini_hochberg(
            table.loc[mine, "p_value"].to_numpy(dtype=float)
        )
    return table[list(SIMILARITY_COLUMNS)]
