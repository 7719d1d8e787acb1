"""How many people one sample does not settle, and the price of asking for two."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from subtyping.criteria import Clause, EligibilityRule
from subtyping.criteria.judging import judge_samples
from subtyping.criteria.known_icc import KnownIcc
from subtyping.criteria.retest import retest_row
from subtyping.criteria.retest_columns import GREY_SHARES, RETEST_COLUMNS, SCREENED
from subtyping.criteria.retest_part import grey_shares, in_grey_zone
from subtyping.criteria.retest_scheme import SCHEMES, of_clause
from subtyping.panel import Panel, panel_from_frame
from subtyping.panel.routine import routine_values

ENDS = ("", "_ci_low", "_ci_high")
SPANS = "The numbers span what that allows, and are no 95% interval."


def people(unit: str = "NPX", **columns: list[float]) -> Panel:
    values = pd.DataFrame(columns)
    values.index = [f"s{i}" for i in range(len(values))]
    return panel_from_frame(values, pd.DataFrame(index=values.index), unit=unit)


def normal(name: str = "CCL17", n: int = 1000) -> Panel:
    return people(**{name: (9 + stats.norm.ppf((np.arange(n) + 0.5) / n)).tolist()})


def above(name: str, threshold: float = 10.0) -> Clause:
    return Clause(name, ">=", threshold, "NPX", "panel", threshold - 1, threshold + 1)


BOTH = (above("CCL17"), above("CCL13"))
# grey is 9 to 11: low and high are settled, under and over lie in the zone
LOW, UNDER, OVER, HIGH, NONE = 5.0, 9.5, 10.5, 12.0, float("nan")


@pytest.mark.parametrize(
    ("first", "second", "in_and", "in_or"),
    [
        (LOW, LOW, False, False),
        (LOW, UNDER, False, True),  # the first fails: nothing the second says makes a yes of it
        (LOW, OVER, False, True),
        (HIGH, UNDER, True, False),
        (HIGH, OVER, True, False),
        (HIGH, HIGH, False, False),
        (UNDER, OVER, True, True),
        (UNDER, UNDER, True, True),
        (HIGH, LOW, False, False),
    ],
)
def test_only_people_count_whom_the_other_clause_does_not_settle(
    first: float, second: float, in_and: bool, in_or: bool
) -> None:
    panel = people(CCL17=[first], CCL13=[second])
    for joiner, counts in (("and", in_and), ("or", in_or)):
        found = grey_shares(EligibilityRule(BOTH, joiner), panel, None)
        assert found["grey_frac"] == counts
        met = EligibilityRule(BOTH, joiner).apply(panel).iloc[0]
        assert found["grey_of_met_frac"] == counts if met else np.isnan(found["grey_of_met_frac"])


def test_shares_are_of_those_whose_answer_is_known() -> None:
    panel = people(CCL17=[LOW, UNDER, OVER, HIGH, NONE, OVER], CCL13=[HIGH] * 5 + [NONE])
    found = grey_shares(EligibilityRule(BOTH), panel, None)
    assert found == {"grey_frac": 0.5, "grey_of_met_frac": 0.5}
    one = grey_shares(EligibilityRule(BOTH[:1]), panel, None)
    assert one == {"grey_frac": 0.6, "grey_of_met_frac": pytest.approx(2 / 3)}


def test_without_a_zone_there_is_no_share() -> None:
    panel = people(CCL17=[UNDER, OVER], CCL13=[LOW, HIGH])
    bare = replace(BOTH[1], grey_low=None, grey_high=None)
    for clauses in ((), (bare,), (BOTH[0], bare)):
        assert np.isnan(list(grey_shares(EligibilityRule(clauses), panel, None).values())).all()
    assert not in_grey_zone(bare, panel, None).any()


@pytest.mark.parametrize("operator", [">=", "<", ">", "<="])
def test_the_zone_holds_whom_the_judge_says(operator: str) -> None:
    cells = ["<2", "<4", "3", "4", "5", "8", ">7", ">20", "", "<8"]
    panel = people(CCL17=[9.0] * len(cells))
    routine = routine_values(
        pd.DataFrame({"hsCRP": cells}, index=panel.sample_ids),
        {"crp": {"column": "hsCRP", "unit": "mg/L"}},
    )
    for unit, scale in (("mg/L", 1.0), ("mg/dL", 0.1)):
        ends = (scale * end for end in (5, 4, 8))
        threshold, low, high = ends
        clause = Clause("crp", operator, threshold, unit, "routine", low, high)
        judged = judge_samples(EligibilityRule((clause,)), panel, routine)
        told = judged["reason"].str.contains("in the grey zone").to_numpy()
        np.testing.assert_array_equal(in_grey_zone(clause, panel, routine), told)
        assert told.any()


def test_above_the_range_of_the_assay_is_in_no_zone() -> None:
    panel = people(CCL17=[OVER, OVER])
    above_uloq = panel.above_uloq.copy()
    above_uloq.iloc[0] = True
    assert in_grey_zone(BOTH[0], replace(panel, above_uloq=above_uloq), None).tolist() == [
        False,
        True,
    ]


def test_the_shares_of_a_rule_are_those_of_its_zone() -> None:
    panel = normal()
    rule = EligibilityRule((Clause("CCL17", ">=", 9.6, "NPX"),))
    found = retest_row(rule, panel, icc=0.55)
    low, high, values = found.row["grey_low"], found.row["grey_high"], panel.values["CCL17"]
    inside = (values >= low) & (values <= high)
    assert found.row["grey_frac"] == inside.mean()
    assert found.row["grey_of_met_frac"] == inside[values >= 9.6].mean()
    assert (
        f"One sample does not settle CCL17 from {low:.4g} to {high:.4g} NPX (the chance of "
        f"belonging there is 20 to 80%): {inside.mean():.0%} of the cases, "
        f"{inside[values >= 9.6].mean():.0%} of those who meet the rule; decide them by the mean "
        "of two."
    ) in found.sentence
    assert SPANS not in found.sentence
    better = retest_row(rule, panel, icc=0.9)
    assert better.row["grey_frac"] < found.row["grey_frac"]


def test_a_range_is_said_to_be_no_interval_and_whose_it_is() -> None:
    rule = EligibilityRule((Clause("CCL22", ">=", 9.6, "NPX"),))
    found = retest_row(rule, normal("CCL22"))
    assert found.row["icc_kind"] == "range"
    whose = "The ICC of CCL22 is published as 0.40-0.75 only (65 elderly people). "
    assert whose + SPANS in found.sentence
    assert "NPX (at the widest; the chance" in found.sentence
    two = EligibilityRule((*rule.clauses, Clause("CCL17", ">=", 9.6, "NPX")))
    panel = people(**{n: normal().values["CCL17"].tolist() for n in ("CCL22", "CCL17")})
    sentence = retest_row(two, panel, draws=2000).sentence
    assert f"{whose}The ICC of CCL17 is published as > 0.40 only (250 men). {SPANS}" in sentence
    assert "CCL22 from" in sentence
    assert "NPX, or CCL17 from" in sentence
    given = retest_row(two, panel, icc={"CCL22": 0.6}, draws=2000).sentence
    assert "The ICC of CCL22" not in given
    assert "The ICC of CCL17" in given


def test_what_does_not_depend_on_the_icc_is_given_without_one() -> None:
    rule = EligibilityRule((Clause("CCL22", ">=", 9.6, "NPX"),))
    row = retest_row(rule, normal("CCL22")).row
    assert [row[f"retest_positive_frac{end}"] for end in ENDS] == [row["retest_positive_frac"]] * 3
    assert row["mean_of_two_positive_frac"] == pytest.approx(row["retest_positive_frac"])
    assert np.isnan(row["truly_above_frac"])
    assert np.isnan(row["both_of_two_positive_frac"])


@pytest.mark.parametrize("scheme", list(SCHEMES))
@pytest.mark.parametrize("low", [0.0, 0.4])
def test_a_number_is_missing_only_where_its_limits_differ(scheme: str, low: float) -> None:
    nan = float("nan")
    row = of_clause(scheme, KnownIcc("range", nan, low, 0.75, ""), 0.3)
    for name in (one for one in row if f"{one}_ci_low" in row):
        assert np.isnan(row[name]) == (row[f"{name}_ci_high"] - row[f"{name}_ci_low"] > 1e-12)
    none = of_clause(scheme, KnownIcc(None, nan, nan, nan, ""), 0.3)
    assert np.isnan(list(none.values())).all()


@pytest.mark.parametrize("icc", [None, 0.55, (0.55, 0.40, 0.70)])
def test_the_price_of_both_of_two(icc) -> None:
    rule = EligibilityRule((Clause("CCL22", ">=", 9.6, "NPX"),))
    found = retest_row(rule, normal("CCL22"), icc=icc)
    for end, other in zip(ENDS, ("", "_ci_high", "_ci_low"), strict=True):
        share = found.row[f"both_of_two_positive_frac{other}"]
        np.testing.assert_allclose(found.row[f"{SCREENED}{end}"], 1 / share)
    value, low, high = (found.row[f"{SCREENED}{end}"] for end in ENDS)
    said = {None: f"{low:.1f} to {high:.1f}", 0.55: f"{value:.1f}"}.get(
        icc if not isinstance(icc, tuple) else "", f"{value:.1f} ({low:.1f} to {high:.1f})"
    )
    assert f"The price: {said} are screened for each enrolled, and " in found.sentence
    assert "of the people wanted are found; by one sample " in found.sentence


def test_a_rule_nobody_would_meet_twice_has_no_price() -> None:
    clauses = tuple(Clause(name, ">=", 11.2, "NPX") for name in ("CCL17", "CCL13"))
    values = normal().values["CCL17"].tolist()
    panel = people(CCL17=values, CCL13=values[::-1])
    found = retest_row(EligibilityRule(clauses), panel, icc=0.5, draws=200)
    assert found.row["both_of_two_positive_frac"] == 0
    assert np.isnan(found.row[SCREENED])
    assert "The price" not in found.sentence
    assert "nan" not in found.sentence


def test_every_row_holds_the_columns() -> None:
    names = {*GREY_SHARES, *(f"{SCREENED}{end}" for end in ENDS)}
    assert names == {
        *("grey_frac", "grey_of_met_frac", "both_of_two_screened_per_enrolled"),
        *(f"both_of_two_screened_per_enrolled_ci_{end}" for end in ("low", "high")),
    }
    assert names <= set(RETEST_COLUMNS)
    assert len(set(RETEST_COLUMNS)) == len(RETEST_COLUMNS)
    for rule in (EligibilityRule(()), EligibilityRule((Clause("CCL26", ">=", 9.6, "NPX"),))):
        row = retest_row(rule, normal("CCL26")).row
        assert set(row) <= set(RETEST_COLUMNS)
        assert np.isnan([row[name] for name in names]).all()
