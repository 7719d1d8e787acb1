"""The continuum twin resembles its cohort in everything but a group."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from subtyping.cohorts import continuum_twin, fit_continuum, simulate_cohort
from subtyping.cohorts._censoring import fill_below
from subtyping.cohorts._margins import SKEWS, TAILS, Margins, fit_margins
from subtyping.exceptions import InputError
from subtyping.panel import panel_from_frame

GROUPS = {"case": ["MDD"], "reference": ["HC"]}


def cohort_panel(design="th2_subtype", **settings):
    return simulate_cohort(design, seed=1, **settings).panel


@pytest.mark.parametrize("below_lod", ["text", "number"])
def test_the_twin_keeps_samples_plates_limits_and_n(below_lod):
    panel = cohort_panel(below_lod=below_lod, missing_frac=0.02)
    twin = continuum_twin(panel, **GROUPS, seed=1)
    pd.testing.assert_frame_equal(twin.samples, panel.samples)
    known = panel.lod.notna()
    pd.testing.assert_frame_equal(twin.lod.where(known), panel.lod)
    assert twin.lod.notna().equals(known | twin.below_lod)
    missing = panel.values.isna() & ~panel.below_lod
    assert (twin.values.isna() & ~twin.below_lod).equals(missing)
    assert twin.detected_frac().sub(panel.detected_frac()).abs().max() < 0.12
    if below_lod == "number":
        assert (twin.values < twin.lod).equals(twin.below_lod)


def test_the_twin_has_other_values_and_is_reproducible():
    panel = cohort_panel()
    continuum = fit_continuum(panel, **GROUPS)
    first, again, other = continuum.draw(1, 0), continuum.draw(1, 0), continuum.draw(1, 1)
    pd.testing.assert_frame_equal(first.values, again.values)
    assert not first.values.equals(other.values)
    pd.testing.assert_frame_equal(continuum_twin(panel, **GROUPS, seed=1).values, first.values)


@pytest.mark.parametrize("group", ["MDD", "HC"])
def test_the_twin_has_the_same_margins_and_correlations(group):
    panel = cohort_panel(n_case=1000, n_reference=1000)
    twin = continuum_twin(panel, **GROUPS, seed=1)
    rows = panel.in_groups([group])
    analytes = panel.detected_frac(rows) > 0.9
    old, new = (table.values.loc[rows, analytes] for table in (panel, twin))
    assert (old.mean() - new.mean()).abs().max() < 0.25
    assert (new.std() / old.std()).sub(1).abs().max() < 0.15
    upper = np.triu_indices(old.shape[1], 1)
    r_old, r_new = (table.corr().to_numpy()[upper] for table in (old, new))
    assert np.corrcoef(r_old, r_new)[0, 1] > 0.9
    assert np.abs(r_old - r_new).mean() < 0.05


def test_the_twin_keeps_the_plate_shifts():
    panel = cohort_panel(plate_sd=1.5, detection="complete")
    twin = continuum_twin(panel, **GROUPS, seed=1)
    old, new = (table.values.groupby(panel.samples["batch"]).mean() for table in (panel, twin))
    assert (old - new).abs().max(axis=None) < 0.6
    shift_old, shift_new = ((table - table.mean()).to_numpy().ravel() for table in (old, new))
    assert np.corrcoef(shift_old, shift_new)[0, 1] > 0.97


def planted(rng, n=600, distance=6.0):
    is_high = rng.uniform(size=n) < 0.4
    values = rng.normal(size=(n, 6)) + distance * is_high[:, None]
    index = [f"s{i}" for i in range(n)]
    groups = np.where(np.arange(n) < n // 2, "MDD", "HC")
    frame = pd.DataFrame(values, index=index, columns=[f"A{j}" for j in range(6)])
    return panel_from_frame(frame, pd.DataFrame({"group": groups}, index=index))


def valley(values):
    """Depth of the deepest valley of a smoothed histogram, relative to the lower peak."""
    density = stats.gaussian_kde(values, 0.35)(np.linspace(values.min(), values.max(), 200))
    left, right = np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1]
    return float((1 - density / np.minimum(left, right)).max())


def test_two_modes_become_one(rng):
    panel = planted(rng)
    twin = continuum_twin(panel, **GROUPS, seed=1)
    case = panel.in_groups(["MDD"])
    assert valley(panel.values["A0"][case].to_numpy()) > 0.5
    for table in (twin.values["A0"], twin.values.mean(axis=1)):
        assert valley(table[case].to_numpy()) < 0.2


def test_every_margin_of_the_family_has_one_mode():
    z = np.linspace(-4, 4, 4001)[:, None]
    skew, tail = (axis.ravel() for axis in np.meshgrid(SKEWS[::6], TAILS[::4]))
    x = Margins(np.zeros(skew.size), np.ones(skew.size), skew, tail).at(z)
    density = stats.norm.pdf(z[1:] / 2 + z[:-1] / 2) * np.diff(z, axis=0) / np.diff(x, axis=0)
    rises = np.diff(np.log(density), axis=0) > 1e-9
    # after the first fall the density never rises again
    assert not (np.logical_or.accumulate(~rises, axis=0)[:-1] & rises[1:]).any()


def test_margins_keep_mean_sd_and_skewness(rng):
    sample = rng.gamma(4.0, size=(2000, 3)) - 4.0
    drawn = fit_margins(sample).at(rng.normal(size=(20_000, 3)))
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.06)
    np.testing.assert_allclose(drawn.std(axis=0), 2.0, atol=0.1)  # sqrt(4)
    np.testing.assert_allclose(stats.skew(drawn), 1.0, atol=0.3)  # 2 / sqrt(4)


def test_filled_values_lie_below_the_detected_ones(rng):
    truth = rng.normal(size=(400, 2))
    below = truth < 0
    filled = fill_below(np.where(below, 0.0, truth), below, rng)
    assert (filled[below] <= 0.05).all()
    np.testing.assert_allclose(filled.std(axis=0), 1.0, atol=0.15)
    np.testing.assert_array_equal(filled[~below], truth[~below])


def test_given_numbers_below_detection_are_kept(rng):
    truth = rng.normal(size=(100, 1))
    np.testing.assert_array_equal(fill_below(truth, truth < 0, rng), truth)


def test_concentrations_stay_positive_and_keep_their_limits():
    panel = cohort_panel("continuum", n_case=80, n_reference=40)
    linear = replace(panel, values=2.0**panel.values, lod=2.0**panel.lod, unit="pg/mL")
    twin = continuum_twin(linear, **GROUPS, seed=1)
    assert not (twin.values <= 0).any(axis=None)
    same = continuum_twin(panel, **GROUPS, seed=1)
    np.testing.assert_allclose(np.log2(twin.values.to_numpy()), same.values.to_numpy(), atol=1e-8)


def test_values_above_the_upper_limit_stay_there():
    panel = cohort_panel("continuum", detection="complete")
    above = panel.values > panel.values.quantile(0.95)
    ceiling = panel.values.quantile(0.95)
    capped = replace(panel, values=panel.values.clip(upper=ceiling, axis=1), above_uloq=above)
    twin = continuum_twin(capped, **GROUPS, seed=1)
    assert (twin.values <= ceiling + 1e-9).all(axis=None)
    assert twin.above_uloq.to_numpy().mean() == pytest.approx(0.05, abs=0.03)


def test_an_unmeasured_analyte_stays_unmeasured():
    panel = cohort_panel("continuum", detection="complete", n_analytes=24)
    values = panel.values.copy()
    values["CCL11"] = np.nan
    twin = continuum_twin(replace(panel, values=values), **GROUPS, seed=1)
    assert twin.values["CCL11"].isna().all()


def test_limits_known_from_the_flagged_cells_alone():
    panel = cohort_panel(below_lod="number")
    unknown = replace(panel, lod=panel.lod * np.nan)
    twin = continuum_twin(unknown, **GROUPS, seed=1)
    assert twin.detected_frac().sub(panel.detected_frac()).abs().max() < 0.12


@pytest.mark.parametrize(
    ("groups", "match"),
    [
        ({"case": ["MDD"], "reference": ["nobody"]}, "at least 8 reference samples.*got 0"),
        ({"case": ["x"], "reference": ["HC"]}, r"got 0 in case = \['x'\]"),
    ],
)
def test_too_few_people(groups, match):
    with pytest.raises(InputError, match=match):
        fit_continuum(cohort_panel("null", n_case=20, n_reference=20), **groups)
