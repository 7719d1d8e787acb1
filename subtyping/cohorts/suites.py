"""The suites with known answers: designs on which a verdict's error rates are measured."""

from subtyping.cohorts import _attribution_designs as attribution
from subtyping.cohorts import _null_designs as null
from subtyping.cohorts.known_answer import KnownAnswerDesign

__all__ = ["ATTRIBUTION_SUITE", "CELLS", "NULL_SUITE", "PLANTED_SUITE"]


def _suite(suite: str, *designs: tuple[str, str, object]) -> dict[str, KnownAnswerDesign]:
    return {
        name: KnownAnswerDesign(name, suite, title, grow)  # type: ignore[arg-type]
        for name, title, grow in designs
    }


NULL_SUITE = _suite(
    "null",
    ("independent_noise", "nothing but plates and covariates", null.independent_noise),
    ("gradient", "normal level, normal axes", null.one_law("gradient", "normal")),
    (
        "gamma",
        "level gamma(3), axes gamma(4)",
        null.one_law("gamma", "gamma", level_shape=3.0, axis_shape=4.0),
    ),
    ("lognormal", "level and axes lognormal(.5)", null.one_law("lognormal", "lognormal")),
    ("t3", "axes t with 3 degrees of freedom", null.one_law("t3", "t3", level_law="normal")),
    ("t5", "axes t with 5 degrees of freedom", null.one_law("t5", "t5", level_law="normal")),
    ("beta_2_4", "axes beta(2, 4)", null.one_law("beta_2_4", "beta_2_4", level_law="normal")),
    (
        "beta_1.5_3",
        "axes beta(1.5, 3)",
        null.one_law("beta_1.5_3", "beta_1.5_3", level_law="normal"),
    ),
    ("uniform", "axes uniform", null.one_law("uniform", "uniform", level_law="normal")),
    ("level_mixture", "27 % of cases at +3 SD of the level, no skew", null.level_mixture),
    ("correlated_axes", "six gamma(4) axes, correlation .6", null.correlated_axes),
    ("detection_pile_up", "20 to 50 % of each member below detection", null.detection_pile_up),
    ("plate_shift", "a declared plate reads members 2 SD higher", null.plate_shift),
    (
        "lab_shift",
        "30 % from another laboratory, undeclared, every analyte at random",
        null.lab_shift(members_up=None),
    ),
    (
        "lab_shift_members",
        "the same, the members all 3 SD up",
        null.lab_shift(members_up=3.0),
    ),
    (
        "handling_habit",
        "30 % of tubes stood; CCL11, CCL13, CCL17 up by 2 SD",
        null.handling_habit(chemokines_up=2.0),
    ),
    ("outlier_clique", "3 % of cases 4 SD up on every member", null.outlier_clique),
)
"""Designs without a subtype, by name."""

ATTRIBUTION_SUITE = _suite(
    "attribution",
    *(
        (cause, f"27 % of cases differ in {cause}, and {cause} moves the axis", grow)
        for cause in ("bmi", "sex", "smoking", "medication")
        for grow in (attribution.biological(cause),)
    ),
    ("site", "27 % of everybody from a recorded site that reads higher", attribution.recorded_site),
    ("handling", "27 % of tubes stood, and the axis rose", attribution.recorded_handling),
    ("group_everywhere", "the same 27 % in cases and controls", attribution.group_everywhere),
)
"""Designs with a group that something else explains, by name."""

PLANTED_SUITE = _suite(
    "planted",
    ("planted", "a subtype among the cases, nuisance switched on", attribution.planted),
)
"""Designs with a subtype, by name; ``make`` takes ``fraction`` and nominal ``separation``."""

CELLS: dict[str, dict[str, int | str]] = {
    "centre": {},
    "n_case 60": {"n_case": 60},
    "n_case 150": {"n_case": 150},
    "n_case 600": {"n_case": 600},
    "n_reference 32": {"n_reference": 32},
    "20 analytes": {"n_analytes": 20},
    "368 analytes": {"n_analytes": 368},
    "cytokines undetected": {"cytokines": "undetected"},
}
"""Sizes that differ from the centre in one thing, by name."""
