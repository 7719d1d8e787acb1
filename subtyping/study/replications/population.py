"""What a contrast of a simulated design would estimate in everybody: the true differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping.cohorts._catalogue import catalogue, loadings, shift_for
from subtyping.cohorts._measurements import NAMED_HITS
from subtyping.cohorts._people import GROUP_SHIFTS, GROUPS
from subtyping.cohorts.designs import design_settings
from subtyping.exceptions import InputError
from subtyping.knowledge import immune_axes

__all__ = ["PopulationDifferences", "population_differences"]

CASE = GROUPS["n_case"]
CASE_ON_LOG_BMI, LEVEL_ON_LOG_BMI, OWN_LOG_BMI, BMI_UNIT = 0.04, 0.04, 0.15, 0.16


@dataclass(frozen=True, eq=False)
class PopulationDifferences:
    """True differences of every group of a simulated design from the healthy people.

    Attributes
    ----------
    table : pandas.DataFrame
        Indexed by analyte: one column per group (log2 units, what the adjusted contrast
        estimates), ``from_handling`` and ``from_th2`` (the parts of the cases' difference that
        handling and the Th2 factor carry) and ``sd_log2`` (SD among healthy people).
    design : str
    seed : int
        The loadings of a design depend on it.
    """

    table: pd.DataFrame
    design: str
    seed: int


def population_differences(
    design: str,
    *,
    seed: int = 0,
    covariates: Sequence[str] = ("age", "sex", "bmi"),
    **settings: Any,
) -> PopulationDifferences:
    r"""Return the difference of each group from healthy people that an endless cohort would show.

    For analyte *j*, with loadings :math:`l` and the group's shifts :math:`\Delta` of level, axes
    and handling, in log2 units (values below detection not cut off),

    .. math:: \delta_j = s_j\,(l_j \cdot \Delta + a_j) - \beta_j\,\Delta_{\log BMI}

    where :math:`s_j` is the SD of the analyte and :math:`a_j` what the index study's design adds
    to the proteins its summary names. The last term is there if BMI is adjusted for: BMI follows
    the general level, so adjusting for it takes a part of a difference in level away;
    :math:`\beta_j` is the slope on log BMI within groups. Age, sex, plate, smoking and medication
    are independent of the analytes within groups, or of the groups, and change nothing.

    Parameters
    ----------
    design : str
        A design of `simulate_cohort`.
    seed : int, default 0
        The seed of the cohort; loadings are drawn with it.
    covariates : sequence of str, default ("age", "sex", "bmi")
        What the contrast adjusts for.
    **settings
        Settings of the design.

    Returns
    -------
    PopulationDifferences

    Raises
    ------
    InputError
        If atopy is adjusted for: it follows the Th2 factor on a logistic scale, for which there
        is no closed form.

    Notes
    -----
    The contrast adjusts for BMI and not for its logarithm; over the BMI of these people the two
    differ by less than .005 log2 units in any analyte.

    Examples
    --------
    >>> from subtyping.study.replications import population_differences
    >>> truth = population_differences("index_study", seed=1).table
    >>> bool(truth.loc["CCL17", "AD"] > truth.loc["CCL17", "MDD"] > 0)
    True
    >>> truth.loc[["CCL17", "PECAM1"], "from_th2"].round(1).tolist()
    [0.6, 0.0]
    """
    if "atopy" in covariates:
        message = (
            "Replications know the true differences given age, sex, bmi, smoking and medication; "
            "got atopy, which follows the Th2 factor itself. Take it out of the covariates."
        )
        raise InputError(message)
    resolved = design_settings(design, **settings)
    has_gradient = "level_shape" in resolved
    table = catalogue(resolved["n_analytes"])
    loading = loadings(table, seed, design, has_gradient=has_gradient)
    sd = table["sd_npx"].to_numpy()
    shifts = _shifts(design, resolved, table, loading)
    found = {}
    for group, shift in shifts.items():
        scaled = loading[list(shift.index)].to_numpy() @ shift.to_numpy()
        if design == "index_study" and group == CASE:
            scaled = scaled + np.array([NAMED_HITS.get(str(name), 0.0) for name in table.index])
        own = CASE_ON_LOG_BMI * (group == CASE)
        bmi = _through_bmi(loading, own, shift["level"], graded=has_gradient, given=covariates)
        found[group] = sd * (scaled + bmi)
    cases = shifts[CASE]
    parts = {
        "from_handling": sd * loading["handling"].to_numpy() * cases["handling"],
        "from_th2": sd * loading["Th2"].to_numpy() * cases["Th2"],
        "sd_log2": sd,
    }
    return PopulationDifferences(pd.DataFrame({**found, **parts}, index=table.index), design, seed)


def _shifts(
    design: str, settings: dict[str, Any], table: pd.DataFrame, loading: pd.DataFrame
) -> dict[str, pd.Series]:
    """Return the mean factors of every group but the healthy one, in SD of healthy people."""
    shifts = {}
    for key, group in GROUPS.items():
        if group == GROUPS["n_reference"] or not settings[key]:
            continue
        shift = pd.Series(0.0, index=["level", *immune_axes(), "handling"])
        if "level_shape" in settings:
            if group == CASE:
                shift[["level", "Th2"]] = settings["case_level"], settings["case_th2"]
                shift["Th2"] += _of_subtype(settings, table, loading)
            for (name, factor), by in GROUP_SHIFTS.items():
                if name == group or (group == CASE and name == design):
                    shift[factor] += by
        if group == CASE:
            shift["handling"] = settings["case_handling"] * settings["handling_sd"]
        shifts[group] = shift
    return shifts


def _of_subtype(settings: dict[str, Any], table: pd.DataFrame, loading: pd.DataFrame) -> float:
    """Return the mean Th2 shift of the cases that a planted subtype makes."""
    if "fraction" not in settings:
        return 0.0
    share = round(settings["fraction"] * settings["n_case"]) / settings["n_case"]
    return share * shift_for(settings["separation"], table, loading)


def _through_bmi(
    loading: pd.DataFrame, own: float, level: float, *, graded: bool, given: Sequence[str]
) -> np.ndarray:
    """Return what BMI adds to a difference, less what adjusting for it takes away (in SD)."""
    on_level = LEVEL_ON_LOG_BMI * graded
    difference = own + on_level * level
    if "bmi" not in given:
        return np.asarray(loading["bmi"].to_numpy() * difference / BMI_UNIT)
    slope = loading["level"].to_numpy() * on_level / (on_level**2 + OWN_LOG_BMI**2)
    return np.asarray(-slope * difference)
