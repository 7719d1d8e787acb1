"""Lines that could explain a group away: detection limits, biology, season, who is specific."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import ATTRIBUTION_SUITE, NULL_SUITE, simulate_cohort
from subtyping.discovery import DiscoverySettings, discover
from subtyping.discovery.below_detection import imputed_line
from subtyping.discovery.causes import without_lines
from subtyping.discovery.discover import make_procedure
from subtyping.panel import Panel


def asked(panel: Panel, **more):
    return discover(panel, case=["MDD"], reference=["HC"], axis="Th2", seed=1, **more)


def fitted_on(panel: Panel):
    return make_procedure(panel, case=["MDD"], reference=["HC"], axis="Th2").fit(panel)


@pytest.fixture(scope="module")
def planted():
    return simulate_cohort("th2_subtype", seed=11, n_case=240, n_reference=100, separation=4.5)


# ---------------------------------------------------------------- values written as a limit


def test_a_panel_without_values_at_a_limit_has_no_such_line(planted) -> None:
    line, is_gone = imputed_line(fitted_on(planted.panel), planted.panel, 1, 19)
    assert line is None
    assert not is_gone


def test_numbers_below_detection_are_not_values_written_as_the_limit(planted) -> None:
    panel = planted.panel
    below = panel.values < panel.values.quantile(0.3)
    numbered = replace(panel, below_lod=below)
    assert imputed_line(fitted_on(numbered), numbered, 1, 19) == (None, False)


def test_values_at_the_limit_are_drawn_below_it_and_the_share_is_said() -> None:
    answer = NULL_SUITE["detection_pile_up"].make(5)
    line, _ = imputed_line(fitted_on(answer.panel), answer.panel, 1, 39)
    assert line is not None
    fitted = fitted_on(answer.panel)
    share = answer.panel.below_lod.loc[fitted.is_case, list(fitted.members)].to_numpy().mean()
    assert line.sentence.startswith(f"{share:.0%} of the values are written as the limit")
    assert not line.decides
    again, _ = imputed_line(fitted, answer.panel, 1, 39)
    assert again == line


def test_drawn_values_lie_below_the_limit_and_follow_the_detected(rng) -> None:
    from subtyping.discovery.below_detection import _drawn

    whole = rng.normal(2.0, 1.5, 4000)
    limit = np.quantile(whole, 0.4)
    below = whole < limit
    drawn = _drawn(pd.Series(np.where(below, limit, whole)), below, rng)
    assert (drawn[below] <= limit).all()
    assert (drawn[~below] == whole[~below]).all()
    assert drawn.mean() == pytest.approx(2.0, abs=0.1)
    assert drawn.std() == pytest.approx(1.5, abs=0.1)


# ---------------------------------------------------------------- with and without biology


def test_a_group_that_is_body_mass_is_gone_without_it() -> None:
    answer = ATTRIBUTION_SUITE["bmi"].make(3)
    verdict = asked(answer.panel)
    lines = verdict.evidence.set_index("line")
    assert verdict.kind == "discrete"
    assert lines.loc["without bmi", "p_value"] > 0.03
    assert "without bmi no group is seen" in verdict.sentence
    assert not lines.loc["without bmi", "decides"]


def test_a_factor_that_has_nothing_to_do_with_the_group_leaves_it(planted, rng) -> None:
    fitted = fitted_on(planted.panel)
    values = fitted.scores.values.to_numpy()[fitted.is_case]
    factors = {"coin": pd.Series(rng.choice(["a", "b"], len(values)))}
    (line,) = without_lines(values, factors, seed=1, n_bootstrap=99)
    assert line.p_value <= 0.03
    assert "a group is still seen" in line.sentence


@pytest.mark.parametrize("factor", [["x"] * 240, [None] * 240, [1.0] * 10 + [None] * 230])
def test_a_factor_that_is_unknown_or_constant_gives_no_line(planted, factor) -> None:
    fitted = fitted_on(planted.panel)
    values = fitted.scores.values.to_numpy()[fitted.is_case]
    assert without_lines(values, {"f": pd.Series(factor)}, seed=1, n_bootstrap=19) == []


def test_a_factor_from_outside_the_panel_annotates(planted) -> None:
    from subtyping.discovery.decide import decide, study_design

    panel = planted.panel
    fitted = fitted_on(panel)
    acute = pd.Series("False", index=panel.sample_ids)
    acute[planted.truth.index[planted.truth["is_subtype"].astype(bool)]] = "True"
    design = study_design(panel, ("MDD",), ("HC",))
    verdict = decide(
        fitted, panel, design, DiscoverySettings(), seed=1, biology={"CRP above 10 mg/L": acute}
    )
    assert verdict.kind == "discrete"
    assert "CRP above 10 mg/L (" in verdict.sentence
    assert "explains much of who is in it" in verdict.sentence


# ---------------------------------------------------------------- technical factors


@pytest.mark.parametrize(
    ("role", "inside", "outside", "name"),
    [
        ("storage", 900, 100, "time in storage"),
        ("draw_time", "16:30", "08:00", "time of draw"),
        ("matrix", "plasma", "serum", "matrix"),
    ],
)
def test_a_group_that_is_a_technical_factor_is_named_after_it(
    planted, role, inside, outside, name
) -> None:
    panel = planted.panel
    is_member = planted.truth["is_subtype"].astype(bool).reindex(panel.sample_ids).to_numpy()
    column = pd.Series(np.where(is_member, inside, outside), index=panel.sample_ids)
    verdict = asked(replace(panel, samples=panel.samples.assign(**{role: column})))
    assert verdict.kind != "discrete"
    assert f"cannot be told apart from {name}" in verdict.sentence


def test_a_group_of_one_season_over_years_is_named_after_it(planted) -> None:
    panel = planted.panel
    is_member = planted.truth["is_subtype"].astype(bool).reindex(panel.sample_ids).to_numpy()
    year = 2018 + np.arange(len(is_member)) % 5
    dates = [f"{y}-01-15" if up else f"{y}-07-15" for y, up in zip(year, is_member, strict=True)]
    samples = panel.samples.assign(date=pd.Series(dates, index=panel.sample_ids))
    verdict = asked(replace(panel, samples=samples))
    assert verdict.kind != "discrete"
    assert "cannot be told apart from season" in verdict.sentence


# ---------------------------------------------------------------- power on request


def test_simulated_power_agrees_with_the_stored_surface() -> None:
    from subtyping.discovery import power_at, simulate_power

    stored = power_at(60, 0.25, 3.5).power
    fresh = simulate_power(60, 0.25, 3.5, level=0.03, n_draws=60, n_bootstrap=66)
    # 100 and 60 draws: the SD of the difference is at most .08
    assert fresh == pytest.approx(stored, abs=0.25)


def test_power_is_simulated_on_request_for_a_subtype_the_surface_does_not_hold(monkeypatch) -> None:
    from subtyping.discovery import power

    monkeypatch.setattr(power, "DRAWS", 20)
    monkeypatch.setattr(power, "SEARCH_DRAWS", 10)
    panel = simulate_cohort("continuum", seed=2, n_case=40, n_reference=60).panel
    settings = DiscoverySettings(power="simulated", minimum_fraction=0.3, minimum_separation=6.0)
    verdict = asked(panel, settings=settings)
    assert verdict.power_at_minimum is not None
    assert verdict.power_at_minimum > 0.8
    assert verdict.n_needed is not None
    assert verdict.n_needed <= 40
