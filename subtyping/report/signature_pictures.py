"""The figures of a signature: single analytes, likeness, reversal, mouse, replications."""

from typing import TYPE_CHECKING

from subtyping import figures
from subtyping.report.picture import Picture

if TYPE_CHECKING:
    from subtyping.report.results import StudyResult
    from subtyping.signature.findings import SignatureFindings

__all__ = ["signature_pictures"]


def signature_pictures(result: "StudyResult") -> tuple[Picture, ...]:
    """Return the figures of what is different, whom it resembles and what would undo it.

    Parameters
    ----------
    result : StudyResult
        A finished study.

    Returns
    -------
    tuple of Picture
    """
    found = result.signature
    parts: list[Picture | None] = [_forest(result), _heatmap(result)]
    if found is not None:
        parts += [*_likeness(result, found), *_reversal(found), _mouse(found)]
    parts += _replications(result)
    return tuple(picture for picture in parts if picture is not None)


def _forest(result: "StudyResult") -> Picture | None:
    differential, members = result.differential, result.axis_scores.members
    if differential is None or differential.table["p_value"].isna().all():
        return None
    of_axis = {
        str(axis): rows["analyte"].astype(str).tolist()
        for axis, rows in members.groupby("axis", sort=False)
    }
    return Picture(
        "axis_forest",
        "The members of each immune axis, one by one",
        "Each bar is the 95% interval of one analyte by itself: of twenty that do not differ, one "
        "bar will miss zero. Members that the assay mostly does not detect are marked, and their "
        "bar says little.",
        lambda: figures.axis_forest(differential, of_axis),
    )


def _heatmap(result: "StudyResult") -> Picture | None:
    z = result.signature_z
    if z is None or z.shape[1] < 2:
        return None
    return Picture(
        "heatmap",
        "The analytes that differ most, person by person",
        "Each column is a person, ordered within groups by their mean; colour is the distance "
        "from the healthy mean. The analytes were chosen because these groups differ in them, and "
        "nothing was clustered: a block of colour is a group of the samples table, not a finding.",
        lambda: figures.heatmap(
            z, result.group_of_sample, figures.group_colours(result.groups), analytes=list(z)
        ),
    )


def _likeness(result: "StudyResult", found: "SignatureFindings") -> list[Picture | None]:
    likeness = found.likeness
    if likeness is None or likeness.table["value"].isna().all():
        return []
    colours = figures.group_colours(result.groups)
    radar = Picture(
        "axis_radar",
        "Which immune axes are raised, group by group",
        "Distance from the heavy ring is the difference from the reference people in their "
        "standard deviations; where a bar crosses the ring, the axis may not differ at all.",
        lambda: figures.axis_radar(likeness.profile, colours),
    )
    projection = Picture(
        "projection",
        f"Between {likeness.projection.first} and {likeness.projection.second}",
        "Where each person stands on the line that tells the two diseases apart. Those marked "
        "are far from both: a place on the line says nothing about them.",
        lambda: figures.projection(likeness.projection, colours),
    )
    return [
        Picture(
            "likeness",
            "Whom the signature resembles",
            "1 means the same pattern of differences, 0 none in common but, perhaps, a shift of "
            "all analytes. The open point is the plain correlation, which is above 0 by itself "
            "because both diseases were held against the same reference people.",
            lambda: figures.likeness(likeness, colours),
        ),
        None if likeness.profile["difference_sd"].isna().all() else radar,
        None if likeness.projection.reason else projection,
    ]


def _reversal(found: "SignatureFindings") -> list[Picture | None]:
    pictures: list[Picture | None] = []
    if found.published is not None:
        published = found.published
        pictures.append(
            Picture(
                "reversal",
                "What drugs with published effects would undo",
                "The point is what would go if these people changed as those of the trials did, "
                "the diamond what chance undoes in the strictest of its nulls. A hypothesis, not "
                "a prediction of response.",
                lambda: figures.reversal(published),
            )
        )
    for k, one in enumerate(found.observed, 1):
        pictures.append(
            Picture(
                f"reversal_observed_{k}",
                "What a measured treatment undid",
                "The signature comes from one half of the people before treatment and the effect "
                "from the other, so that the noise of the people before it is not taken for "
                "reversal. Without a placebo arm, time, care and regression to the mean are in it.",
                lambda one=one: figures.reversal(one),  # type: ignore[misc]
            )
        )
    blockade = found.blockade
    if blockade is not None and not blockade.curve.empty:
        pictures.append(
            Picture(
                "blockade_curve",
                "If a pathway stood at the healthy level",
                "The band is what comparable sets of analytes would give: everything inflammatory "
                "moves together, so a curve inside it shows nothing about its pathway. A "
                "conditional expectation, not an intervention.",
                lambda: figures.blockade_curve(blockade),
            )
        )
    return pictures


def _mouse(found: "SignatureFindings") -> Picture | None:
    mouse = found.mouse
    if mouse is None or not mouse.is_applicable:
        return None
    return Picture(
        "mouse_effects",
        "The mouse beside the human contrast",
        "Points in the shaded quarters go the same way in both species; where both are simply "
        "higher throughout, most points do. A mouse model of stress is not depression.",
        lambda: figures.mouse_effects(mouse),
    )


def _replications(result: "StudyResult") -> list[Picture | None]:
    drawn = result.replications
    if drawn is None:
        return []
    return [
        Picture(
            "replication_power",
            "How often a study of this size finds what is there",
            "One point per analyte, over repeated simulated studies of this design.",
            lambda: figures.replication_power(drawn),
        ),
        Picture(
            "replication_winners_curse",
            "What is found is overstated",
            "Grey: the mean estimate over all repeats. Colour: over those in which it was "
            "reported. On the line an estimate is right.",
            lambda: figures.replication_winners_curse(drawn),
        ),
        Picture(
            "replication_claims",
            "How often each claim would be made",
            "Over repeated simulated studies; the dashed line is how often a claim that is not "
            "true may be made.",
            lambda: figures.replication_claims({"this design": drawn}),
        ),
        Picture(
            "replication_reversal",
            "What a drug that does nothing seems to undo",
            "In these simulated studies no drug was given: what is undone is the model's doing.",
            lambda: figures.replication_reversal({"this design": drawn}),
        ),
    ]
