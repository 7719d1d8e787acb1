"""The designs of simulated cohorts: what each plants, its settings and their limits."""

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from subtyping._validation import nearest, one_of
from subtyping.exceptions import InputError

__all__ = ["DESIGNS", "Design", "Setting", "design_settings"]


@dataclass(frozen=True)
class Setting:
    """One setting of a design.

    Attributes
    ----------
    meaning : str
        What it sets, with its unit.
    low, high : float
        Smallest and largest value (numbers only).
    is_whole : bool
        Whether only whole numbers are meant.
    options : tuple of str
        The words it may take; empty for a number.
    """

    meaning: str
    low: float = 0.0
    high: float = 1.0
    is_whole: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Design:
    """One design: what it plants, and the defaults of its settings.

    Attributes
    ----------
    name : str
        Name used in specs and on the command line.
    title : str
        One sentence: what is true of people in this design.
    defaults : dict of str to object
        Every setting the design knows, with its default.
    """

    name: str
    title: str
    defaults: dict[str, Any]


LAWS = ("gamma", "normal", "lognormal", "t3", "t5", "beta_2_4", "beta_1.5_3", "uniform")

SETTINGS = {
    "n_case": Setting("people with depression", 4, 20_000, is_whole=True),
    "n_reference": Setting("healthy people", 4, 20_000, is_whole=True),
    "n_ad": Setting("people with atopic dermatitis", 0, 20_000, is_whole=True),
    "n_psoriasis": Setting("people with psoriasis", 0, 20_000, is_whole=True),
    "n_analytes": Setting("analytes on the panel", 24, 3_000, is_whole=True),
    "n_plates": Setting("plates, each holding people of every group", 1, 200, is_whole=True),
    "plate_sd": Setting("SD of the plate shift of an analyte, NPX", 0, 3),
    "handling_sd": Setting("strength of the handling axis; 1 as in the evidence, 0 none", 0, 1.2),
    "fraction": Setting("share of the cases that form the subtype", 0.0, 1.0),
    "separation": Setting("effective separation of the subtype on the Th2 score", 0, 20),
    "level_shape": Setting("gamma shape of the general level; small is skewed", 0.5, 1_000),
    "axis_shape": Setting("gamma shape of the axis factors; small is skewed", 0.5, 1_000),
    "level_law": Setting("distribution of the general level, SD 1", options=LAWS),
    "axis_law": Setting("distribution of the axis factors, SD 1", options=LAWS),
    "case_level": Setting("shift of the cases on the general level, SD", -3, 3),
    "case_th2": Setting("shift of all cases on the Th2 factor, SD", -3, 5),
    "case_handling": Setting("shift of the cases on the handling axis, SD", -3, 3),
    "crp_case_frac": Setting("share of cases with CRP > 3 mg/L", 0.01, 0.99),
    "crp_reference_frac": Setting("share of everybody else with CRP > 3 mg/L", 0.01, 0.99),
    "missing_frac": Setting("share of values that are missing altogether", 0, 0.5),
    "detection": Setting("limits of detection", options=("realistic", "complete")),
    "below_lod": Setting("what is reported below the limit", options=("text", "number")),
    "n_control": Setting("mice that were not defeated", 4, 1_000, is_whole=True),
    "n_susceptible": Setting("defeated mice that avoid others", 4, 1_000, is_whole=True),
    "n_resilient": Setting("defeated mice that do not", 0, 1_000, is_whole=True),
    "n_treated": Setting("mice given the drug before defeat", 0, 1_000, is_whole=True),
    "n_cages": Setting("blocks of cages, each holding mice of every group", 1, 100, is_whole=True),
    "cage_sd": Setting("SD of the cage shift of an analyte, log2", 0, 3),
    "axis_shift": Setting("shift of the susceptible on the Th2 factor, SD", -3, 5),
    "innate_shift": Setting("shift of the susceptible on the innate factor, SD", -3, 5),
    "resilient_share": Setting("share of both shifts that the resilient have", -1, 1),
    "reversal": Setting("share of the Th2 shift that the drug takes away; 0 does nothing", 0, 1),
    "susceptible_frac": Setting("share of the treated who would have been susceptible", 0, 1),
}

COMMON: dict[str, Any] = {
    "n_case": 300,
    "n_reference": 120,
    "n_ad": 0,
    "n_psoriasis": 0,
    "n_analytes": 92,
    "n_plates": 5,
    "plate_sd": 0.15,
    "handling_sd": 1.0,
    "level_shape": 8.0,
    "axis_shape": 40.0,
    "level_law": "gamma",
    "axis_law": "gamma",
    "case_level": 0.4,
    "case_th2": 0.0,
    "case_handling": 0.0,
    "crp_case_frac": 0.27,
    "crp_reference_frac": 0.20,
    "missing_frac": 0.0,
    "detection": "realistic",
    "below_lod": "text",
}

GRADIENT = ("level_shape", "axis_shape", "level_law", "axis_law", "case_level", "case_th2")

DESIGNS: dict[str, Design] = {
    design.name: design
    for design in (
        Design(
            "index_study",
            "Depression is Th2-skewed as a whole, less than atopic dermatitis; psoriasis is "
            "Th17-skewed; part of the depression signature is sample handling. No subtype.",
            {
                **COMMON,
                "n_case": 25,
                "n_reference": 32,
                "n_ad": 30,
                "n_psoriasis": 21,
                "n_analytes": 363,
                "n_plates": 2,
                "case_th2": 0.9,
                "case_handling": 0.6,
            },
        ),
        Design(
            "th2_subtype",
            "A fraction of the cases is shifted on the Th2 analytes: a discrete subtype.",
            {**COMMON, "fraction": 0.27, "separation": 4.0},
        ),
        Design(
            "continuum",
            "A skewed gradient of inflammation and a continuous Th2 factor: no group.",
            {**COMMON, "level_shape": 3.0, "axis_shape": 10.0, "case_th2": 0.3},
        ),
        Design(
            "null",
            "No gradient, no axis factors, no group: plates, covariates and handling only.",
            {key: value for key, value in COMMON.items() if key not in GRADIENT},
        ),
        Design(
            "csds",
            "Mice after chronic social defeat: the susceptible are shifted on the Th2 and innate "
            "factors, the resilient less, and the drug takes part of the Th2 shift away.",
            {
                "n_control": 14,
                "n_susceptible": 14,
                "n_resilient": 12,
                "n_treated": 14,
                "n_cages": 4,
                "cage_sd": 0.15,
                "axis_shift": 1.5,
                "innate_shift": 0.6,
                "resilient_share": 0.3,
                "reversal": 0.5,
                "susceptible_frac": 1.0,
                "below_lod": "text",
            },
        ),
    )
}


def _checked(name: str, value: Any) -> Any:
    rule = SETTINGS[name]
    if rule.options:
        return one_of(str(value), rule.options, f"Setting {name}")
    kind = Integral if rule.is_whole else Real
    whole = isinstance(value, Real) and not isinstance(value, bool) and float(value).is_integer()
    is_number = isinstance(value, kind) or (rule.is_whole and whole)
    if isinstance(value, bool) or not is_number or not rule.low <= value <= rule.high:
        what = "a whole number" if rule.is_whole else "a number"
        message = (
            f"Setting {name} ({rule.meaning}) must be {what} from {rule.low:g} to "
            f"{rule.high:g}; got {value!r}."
        )
        raise InputError(message)
    return int(value) if rule.is_whole else float(value)


def design_settings(design: str, **settings: Any) -> dict[str, Any]:
    """Return every setting of a design: its defaults, with the given ones in their place.

    Parameters
    ----------
    design : {"index_study", "th2_subtype", "continuum", "null", "csds"}
        Name of the design.
    **settings
        Settings to change.

    Returns
    -------
    dict of str to object
        Every setting, resolved and checked.

    Raises
    ------
    InputError
        If the design or a setting is unknown, or a value is out of range.

    Examples
    --------
    >>> from subtyping.cohorts import design_settings
    >>> resolved = design_settings("th2_subtype", n_case=200)
    >>> resolved["n_case"], resolved["fraction"], resolved["separation"]
    (200, 0.27, 4.0)
    """
    one_of(design, list(DESIGNS), "A design")
    defaults = DESIGNS[design].defaults
    unknown = [name for name in settings if name not in defaults]
    if unknown:
        message = (
            f"Design {design} has no setting {unknown[0]!r}; it has {', '.join(defaults)}."
            f"{nearest(unknown[0], defaults)}"
        )
        raise InputError(message)
    return {name: _checked(name, settings.get(name, value)) for name, value in defaults.items()}
