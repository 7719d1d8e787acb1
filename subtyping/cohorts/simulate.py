"""Simulated cohorts with known truth."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from subtyping.cohorts import _csds
from subtyping.cohorts._catalogue import catalogue, loadings, shift_for
from subtyping.cohorts._measurements import measurements
from subtyping.cohorts._people import GROUPS, people, samples_table
from subtyping.cohorts.designs import design_settings
from subtyping.panel import Panel
from subtyping.panel.frames import panel_from_frame

__all__ = ["SimulatedCohort", "simulate_cohort"]

COLUMNS = {
    "sample": "sample_id",
    "subject": "subject_id",
    "group": "diagnosis",
    "batch": "plate",
    "age": "age",
    "sex": "sex",
    "bmi": "bmi",
    "smoking": "smoking",
    "medication": "medication",
    "atopy": "atopy",
    "qc": "qc",
}

ROUTINE = {
    "crp": {"column": "crp_mg_l", "unit": "mg/L"},
    "eosinophils": {"column": "eosinophils_10e3_ul", "unit": "10^3/uL"},
    "monocytes": {"column": "monocytes_10e3_ul", "unit": "10^3/uL"},
}


@dataclass(frozen=True, eq=False)
class SimulatedCohort:
    """A simulated panel and what is true of the people in it.

    Attributes
    ----------
    panel : Panel
        In NPX (mice: pg/mL); equal to what `read_panel` reads from the files of `write_cohort`:
        below detection a flag and the limit but no number, unless ``below_lod="number"``.
    truth : pandas.DataFrame
        Indexed by sample_id: ``group, is_subtype, level, th2_skew, th17_skew, handling``; the
        factors are in SD of the healthy people. Of mice: ``group, is_susceptible`` (or would have
        been without the drug), ``level, th2_skew, th2_shift, innate_shift,
        interaction_without_drug``.
    design : str
        Name of the design.
    seed : int
        Root seed.
    settings : dict of str to object
        Every setting, resolved.
    columns : dict of str to str
        Role to column of the written samples file.
    groups : dict of str to list of str
        ``case``, ``reference``, ``comparison``.
    routine : dict of str to dict
        Routine marker to ``{"column": ..., "unit": ...}``.
    sentence : str
        What was planted.
    """

    panel: Panel
    truth: pd.DataFrame
    design: str
    seed: int
    settings: dict[str, Any]
    columns: dict[str, str]
    groups: dict[str, list[str]]
    routine: dict[str, dict[str, str]]
    sentence: str


def _mice(seed: int, settings: dict[str, Any]) -> SimulatedCohort:
    """Return a chronic social defeat experiment."""
    panel, truth, sentence = _csds.social_defeat(seed, settings)
    reading = replace(panel.reading, source="simulated csds", format="simulated", notes=_csds.NOTES)
    labels = {key: label for key, label in _csds.GROUPS.items() if settings[key]}
    return SimulatedCohort(
        panel=replace(panel, reading=reading),
        truth=truth.round(5),
        design="csds",
        seed=seed,
        settings=settings,
        columns=dict(_csds.COLUMNS),
        groups={
            "case": ["susceptible"],
            "reference": ["control"],
            "comparison": [labels[key] for key in ("n_resilient", "n_treated") if key in labels],
        },
        routine={},
        sentence=sentence,
    )


def _sentence(design: str, truth: pd.DataFrame, settings: dict[str, Any]) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in truth["group"].value_counts().items())
    planted = (
        f"a subtype of {int(truth['is_subtype'].sum())} cases at effective separation "
        f"{settings['separation']:g}"
        if "separation" in settings
        else "no subtype"
    )
    return f"Simulated design {design} ({counts}; {settings['n_analytes']} analytes): {planted}."


def simulate_cohort(design: str, *, seed: int = 0, **settings: Any) -> SimulatedCohort:
    """Return a simulated cohort with known truth.

    For person i and analyte j, in NPX,

    ``y_ij = mean_j + sd_j (l_j level_i + sum_a b_ja factor_ia + h_j handling_i + covariates_i
    + own_j e_ij) + plate shift``

    with squared loadings summing to one in healthy people, and means, SDs and limits of
    detection of the Inflammation panel measured in 62 healthy people. The subtype of
    ``th2_subtype`` is a shift of the Th2 factor chosen so that the mean of the standardised,
    detected Th2 members differs between the classes by `separation` pooled within-class SDs once
    level, plate and covariates are taken away. IL4, IL5, IL13, IL33, TSLP and about twenty others
    lie below detection in most people.

    Every purpose and group has its own named stream: changing one setting does not change the
    draws of another, and adding people to a group leaves the first ones as they were.

    The generator is an idealisation: factors are independent, effects are linear on the log2
    scale and noise is normal. Loadings beyond the Inflammation panel are plausible, not measured.

    Parameters
    ----------
    design : {"index_study", "th2_subtype", "continuum", "null", "csds"}
        What is true; see ``DESIGNS[design].title``. ``csds`` makes mice, not people: its panel is
        in pg/mL, its groups are control, susceptible, resilient and treated, and the rest of this
        page does not hold for it (docs/mouse.md).
    seed : int, default=0
        Root seed.
    **settings
        Settings of the design, see `design_settings`: ``n_case``, ``n_reference``, ``n_ad``,
        ``n_psoriasis``, ``n_analytes``, ``n_plates``, ``plate_sd``, ``fraction``,
        ``separation``, ``detection``, ``below_lod`` and more.

    Returns
    -------
    SimulatedCohort

    Raises
    ------
    InputError
        If the design or a setting is unknown, or a value is out of range.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> cohort = simulate_cohort("th2_subtype", seed=1, n_case=100, n_reference=40)
    >>> cohort.panel
    Panel(140 samples x 92 analytes, NPX; MDD 100, HC 40)
    >>> int(cohort.truth["is_subtype"].sum()), cohort.groups["case"]
    (27, ['MDD'])
    """
    resolved = design_settings(design, **settings)
    if design == "csds":
        return _mice(seed, resolved)
    table = catalogue(resolved["n_analytes"])
    loading = loadings(table, seed, design, has_gradient="level_shape" in resolved)
    shift = shift_for(resolved["separation"], table, loading) if "separation" in resolved else 0.0
    truth, latent, draws = people(seed, design, resolved, shift)
    samples = samples_table(truth, draws, resolved)
    values, lod, below = measurements(
        table, loading, latent, samples=samples, draws=draws, settings=resolved
    )
    panel = panel_from_frame(values, samples, unit="NPX", lod=lod, below_lod=below)
    named = panel.analytes.assign(panel=table["panel"].to_numpy())
    reading = replace(panel.reading, source=f"simulated {design}", format="simulated")
    return SimulatedCohort(
        panel=replace(panel, analytes=named, reading=reading),
        truth=truth.round(5),
        design=design,
        seed=seed,
        settings=resolved,
        columns=dict(COLUMNS),
        groups={
            "case": [GROUPS["n_case"]],
            "reference": [GROUPS["n_reference"]],
            "comparison": [GROUPS[key] for key in ("n_ad", "n_psoriasis") if resolved[key]],
        },
        routine={marker: dict(entry) for marker, entry in ROUTINE.items()},
        sentence=_sentence(design, truth, resolved),
    )
