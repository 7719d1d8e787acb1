"""Which figures a study has, what each is called, and the sentence under it."""

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from subtyping import figures
from subtyping.report.overlap import drawn_overlap
from subtyping.report.picture import Picture
from subtyping.report.rules import distinct_criteria, typeset
from subtyping.report.signature_pictures import signature_pictures

if TYPE_CHECKING:
    from subtyping.report.results import StudyResult

__all__ = ["Picture", "pictures"]


def pictures(result: "StudyResult") -> tuple[Picture, ...]:
    """Return the figures this result has the numbers for, in the order they are shown.

    Parameters
    ----------
    result : StudyResult
        A finished study.

    Returns
    -------
    tuple of Picture
        Nothing is drawn until ``draw`` is called.
    """
    candidates = (_skew(result), *_conditional(result), _scores(result))
    return tuple(picture for picture in candidates if picture is not None)


def _skew(result: "StudyResult") -> Picture:
    """Return the picture of the axis the verdict is about."""
    groups = {
        role: result.groups.loc[result.groups["role"] == role, "group"].astype(str).tolist()
        for role in ("case", "reference")
    }
    axis = result.verdict.axis
    return Picture(
        "skew_distribution",
        f"Is there a second group on {axis}?",
        "A subtype would show as a second hump among the cases that the reference people do not "
        "have; a single hump that is shifted or stretched is a gradient, not a group.",
        lambda: figures.skew_distribution(
            result.axis_scores,
            result.verdict,
            result.group_of_sample,
            figures.group_colours(result.groups),
            fit=None if result.verdict.kind == "blocked" else result.skew_fit,
            **groups,
        ),
    )


def _scores(result: "StudyResult") -> Picture | None:
    """Return the picture of all immune axes, where any was scored."""
    table = result.axis_scores.table
    if not table.filter(regex="_score$").notna().any().any():
        return None
    return Picture(
        "axis_scores",
        "Every immune axis, person by person",
        "Zero is the average reference person; where every axis is raised together, the person "
        "is inflamed in general rather than on one axis.",
        lambda: figures.axis_scores(
            result.axis_scores, result.group_of_sample, figures.group_colours(result.groups)
        ),
    )


def _conditional(result: "StudyResult") -> tuple[Picture | None, ...]:
    """Return the pictures of rooms that may be absent or empty."""
    signature = signature_pictures(result)
    return (
        _criteria(result),
        _overlap(result),
        _peeling(result),
        *_prediction(result),
        *_dependences(result),
        _volcano(result),
        *signature,
        _map(result),
    )


def _criteria(result: "StudyResult") -> Picture | None:
    if result.criteria.table.empty or result.criteria.table["sensitivity"].isna().all():
        return None
    return Picture(
        "criteria_operating_characteristics",
        "What each criterion finds and what it wrongly lets in",
        "Sensitivity is the share of the target people a rule enrols, specificity the share of "
        "everyone else it keeps out; bars are 95% intervals.",
        lambda: figures.criteria_operating_characteristics(
            replace(result.criteria, table=distinct_criteria(result.criteria.table))
        ),
    )


def _overlap(result: "StudyResult") -> Picture | None:
    drawn = drawn_overlap(result.criteria)
    if drawn.empty:
        return None
    return Picture(
        "criteria_overlap",
        "Who would be enrolled by which criteria",
        "Each column is a combination: a coloured dot is a criterion its people meet, a ring one "
        "they cannot be judged by. Of each published marker one threshold is drawn; all "
        "combinations stand in tables/criteria_overlap.csv.",
        lambda: figures.criteria_overlap(replace(result.criteria, overlap=drawn)),
    )


def _peeling(result: "StudyResult") -> Picture | None:
    if len(result.criteria.peeling) < 2:
        return None
    return Picture(
        "peeling",
        "What more purity would cost",
        "Limits on up to three markers are tightened step by step from everybody on, each time "
        "where it helps most. The numbers are apparent: the path was chosen on these people and "
        "flatters itself. A picture of the trade to be had, not a rule.",
        lambda: figures.peeling(result.criteria),
    )


def _prediction(result: "StudyResult") -> tuple[Picture | None, ...]:
    prediction = result.prediction
    if prediction is None:
        return ()
    attributed = prediction.attribution
    return (
        None
        if prediction.calibration.empty
        else Picture(
            "calibration",
            "Can the probabilities be believed?",
            "Points on the dashed line mean that of people given a probability of 30%, three in "
            "ten carry the label; the label itself comes from the same data.",
            lambda: figures.calibration(prediction),
        ),
        None
        if prediction.panels.empty
        else Picture(
            "panel_sizes",
            "How many analytes would do?",
            "Out-of-fold agreement with the labels of panels of a few analytes, chosen anew in "
            "each fold, of routine markers and of the whole panel. Rings are a continuum without "
            "a subtype: agreement this high proves no subtype.",
            lambda: figures.panel_sizes(prediction),
        ),
        None
        if attributed is None or attributed.table.empty
        else Picture(
            "attribution",
            "Which analytes the prediction leans on",
            "A bar that does not pass its mark carries no more than a model of shuffled labels "
            "would give; ranks in brackets are 95% intervals. After the dot stands the immune axis "
            "of the analyte.",
            lambda: figures.attribution(attributed),
        ),
        None
        if attributed is None or attributed.table.empty
        else Picture(
            "beeswarm",
            "The same, person by person",
            "One point per person left out; right raises the probability, colour is how high the "
            "analyte is. It shows what the model leans on, not what makes people ill.",
            lambda: figures.beeswarm(attributed),
        ),
    )


def _dependences(result: "StudyResult") -> tuple[Picture, ...]:
    return tuple(
        Picture(
            f"dependence_{re.sub(r'[^A-Za-z0-9]+', '_', one.dependence.analyte)}",
            f"{one.dependence.analyte}: where the model turns, and where the rule cuts",
            "One point per person left out; above zero the value speaks for the subtype. The "
            f"dashed line is the threshold of {typeset(one.rule_text)}, chosen apart from the "
            "model; in the hatched zone, if there is one, a person should be measured again.",
            partial(
                figures.dependence, one.dependence, threshold=one.threshold,
                threshold_label=typeset(one.label), grey=one.grey,
            ),
        )
        for one in result.dependences
    )  # fmt: skip


def _volcano(result: "StudyResult") -> Picture | None:
    differential = result.differential
    if differential is None or differential.table["p_value"].isna().all():
        return None
    return Picture(
        "volcano",
        "Single analytes, cases against reference people",
        "Right is higher and left is lower in cases; coloured analytes pass a false discovery "
        "rate of 5%.",
        lambda: figures.volcano(differential),
    )


def _map(result: "StudyResult") -> Picture | None:
    embedding = result.embedding
    if embedding is None or embedding.empty:
        return None
    return Picture(
        "cohort_map",
        "A picture of the cohort",
        "Each point is one sample, near others with a similar profile; distances and gaps in such "
        "a picture are not evidence, and nothing was clustered on it.",
        lambda: figures.cohort_map(
            embedding,
            figures.group_colours(result.groups),
            assignment=result.verdict.assignment,
        ),
    )
