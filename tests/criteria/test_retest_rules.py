"""What a rule is worth on re-test, and where it stands on the floor of its assay."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from subtyping.criteria import Clause, EligibilityRule
from subtyping.criteria.judging import judge_samples
from subtyping.criteria.known_icc import known_icc
from subtyping.criteria.portability import judge_portability
from subtyping.criteria.retest import retest_row
from subtyping.exceptions import InputError
from subtyping.panel import Panel, panel_from_frame
from subtyping.statistics.retest import grey_zone, repeat_rule, retest

CUT = float(stats.norm.isf(0.27))


def people(log2: np.ndarray, names: list[str], unit: str = "NPX", **settings) -> Panel:
    values = pd.DataFrame(log2 if unit != "pg/mL" else 2.0**log2, columns=names)
    values.index = [f"s{i}" for i in range(len(values))]
    return panel_from_frame(values, pd.DataFrame(index=values.index), unit=unit, **settings)


def normal(n: int = 1000, mean: float = 9.0, sd: float = 1.5) -> np.ndarray:
    """Return a column that is exactly normal: its quantiles."""
    return mean + sd * stats.norm.ppf((np.arange(n) + 0.5) / n)[:, None]


def upward(unit: str = "NPX", cut: float = 9 + 1.5 * CUT) -> EligibilityRule:
    threshold = cut if unit != "pg/mL" else 2.0**cut
    return EligibilityRule((Clause("CCL17", ">=", threshold, unit),))


@pytest.mark.parametrize("unit", ["NPX", "log2", "pg/mL"])
def test_a_rule_has_the_numbers_of_the_kernel_in_every_unit(unit: str) -> None:
    found = retest_row(upward(unit), people(normal(), ["CCL17"], unit), icc=(0.55, 0.40, 0.70))
    kernel = retest(0.55, 0.27)
    assert found.row["retest_positive_frac"] == 0.27
    assert found.row["truly_above_frac"] == pytest.approx(kernel.truly_above_frac)
    assert found.row["truly_above_frac_ci_low"] == pytest.approx(0.573, abs=0.001)
    assert found.row["truly_above_frac_ci_high"] == pytest.approx(0.718, abs=0.001)
    assert found.row["retest_sensitivity"] == pytest.approx(kernel.sensitivity)
    both = repeat_rule(0.55, 0.27)
    assert found.row["both_of_two_positive_frac"] == pytest.approx(both.positive_frac)
    # the grey zone lies in the unit of the assay, the cut at its place
    low, high = np.array(grey_zone(0.55, 0.27)) * 1.5 + 9
    ends = found.row["grey_low"], found.row["grey_high"]
    expected = (low, high) if unit != "pg/mL" else (2**low, 2**high)
    assert ends == pytest.approx(expected, rel=0.01)
    assert (found.rule.clauses[0].grey_low, found.rule.clauses[0].grey_high) == ends


def test_where_two_groups_stand_apart_the_note_says_that_too_little_is_promised(rng) -> None:
    # groups 3.3 SD apart, ICC .75 of all: the noise of one sample is a quarter of the variance
    group = rng.random(20_000) < 0.27
    total = 1 + 0.27 * 0.73 * 3.3**2
    usual = 9 + 3.3 * group + np.sqrt(1 - total / 4) * rng.normal(size=20_000)
    first, second = (usual + np.sqrt(total / 4) * rng.normal(size=20_000) for _ in range(2))
    rule = upward(cut=10.7)
    found = retest_row(rule, people(first[:, None], ["CCL17"]), icc=0.75)
    met = first >= 10.7
    assert (second[met] >= 10.7).mean() > found.row["retest_still_positive_frac"] + 0.1
    assert "form two groups" in found.notes[-1]
    no_icc = EligibilityRule((Clause("CCL26", ">=", 10.7, "NPX"),))
    unknown = retest_row(no_icc, people(first[:, None], ["CCL26"]))
    assert not any("form two groups" in note for note in unknown.notes)


def test_a_downward_clause_is_the_mirror_image() -> None:
    up = retest_row(upward(), people(normal(), ["CCL17"]), icc=0.6)
    mirrored = EligibilityRule((Clause("CCL17", "<=", 9 - 1.5 * CUT, "NPX"),))
    down = retest_row(mirrored, people(normal(), ["CCL17"]), icc=0.6)
    assert down.row["truly_above_frac"] == pytest.approx(up.row["truly_above_frac"])
    assert down.row["grey_low"] == pytest.approx(18 - up.row["grey_high"], abs=0.01)
    assert down.row["grey_high"] == pytest.approx(18 - up.row["grey_low"], abs=0.01)


def test_values_below_detection_do_not_shrink_the_spread() -> None:
    whole = people(normal(), ["CCL17"])
    cut = people(np.maximum(normal(), 8.0) - 0.001, ["CCL17"], lod=pd.Series({"CCL17": 8.0}))
    assert cut.below_lod["CCL17"].mean() == pytest.approx(0.25, abs=0.01)
    one, other = (retest_row(upward(), panel, icc=0.6) for panel in (whole, cut))
    assert other.table["total_sd_log2"][0] == pytest.approx(one.table["total_sd_log2"][0], rel=0.02)


def test_a_lower_bound_gives_no_number_but_a_floor() -> None:
    found = retest_row(upward(), people(normal(), ["CCL17"]))
    assert found.row["icc_kind"] == "lower_bound"
    assert np.isnan(found.row["truly_above_frac"])
    assert found.row["truly_above_frac_ci_low"] == pytest.approx(0.573, abs=0.001)
    assert found.row["truly_above_frac_ci_high"] == 1
    assert "at least 57% are among the highest 27% of people" in found.sentence
    assert "at the widest" in found.sentence


def test_without_an_icc_every_number_is_missing_with_the_reason() -> None:
    rule = EligibilityRule((Clause("CCL26", ">=", 9.9, "NPX"),))
    found = retest_row(rule, people(normal(), ["CCL26"]))
    numbers = [v for k, v in found.row.items() if k.endswith(("_frac", "sensitivity", "low"))]
    assert np.isnan(numbers).all()
    assert found.row["retest_reason"] == "No ICC of CCL26 is known."
    assert "is not given. No ICC of CCL26 is known." in found.sentence
    assert found.rule == rule


@pytest.mark.parametrize(("cut", "match"), [(99.0, "Nobody meets"), (0.0, "Everybody meets")])
def test_a_rule_nobody_or_everybody_meets(cut: float, match: str) -> None:
    found = retest_row(upward(cut=cut), people(normal(), ["CCL17"]), icc=0.6)
    assert match in found.row["retest_reason"]
    assert np.isnan(found.row["truly_above_frac"])


def test_everybody_needs_no_retest() -> None:
    found = retest_row(EligibilityRule(()), people(normal(), ["CCL17"]))
    assert found.table.empty
    assert found.sentence == "Everybody is eligible: there is nothing to measure again."


def visits(rng: np.random.Generator, n: int, icc: float = 0.6) -> Panel:
    true = rng.normal(size=n) * np.sqrt(icc)
    log2 = 9 + np.concatenate([true + rng.normal(size=n) * np.sqrt(1 - icc) for _ in range(2)])
    panel = people(log2[:, None], ["CCL17"])
    samples = panel.samples.assign(
        subject=[f"p{i % n}" for i in range(2 * n)], visit=["V1"] * n + ["V2"] * n
    )
    return replace(panel, samples=samples)


def test_an_icc_of_ones_own_comes_before_a_published_one(rng: np.random.Generator) -> None:
    clause = upward().clauses[0]
    found = known_icc(clause, people(normal(), ["CCL17"]), visits=visits(rng, 2000))
    assert found.kind == "estimate"
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(0.6, abs=0.05)
    assert "2000 people of this study" in found.reason
    few = known_icc(clause, people(normal(), ["CCL17"]), visits=visits(rng, 10))
    assert few.kind == "lower_bound"  # the published one
    assert "10 people have two samples" in few.reason


def test_visits_must_say_whose_they_are(rng: np.random.Generator) -> None:
    bare = visits(rng, 30)
    bare = replace(bare, samples=bare.samples.drop(columns="subject"))
    with pytest.raises(InputError, match="map the role subject"):
        known_icc(upward().clauses[0], bare, visits=bare)


@pytest.mark.parametrize("icc", [1.5, -0.1, (float("nan"), 0.1, 0.2)])
def test_an_impossible_icc_is_refused(icc) -> None:
    with pytest.raises(InputError, match="ICC of CCL17 must lie between 0 and 1"):
        retest_row(upward(), people(normal(), ["CCL17"]), icc=icc)


def test_the_noise_of_the_assay_caps_the_icc_and_adds_to_the_persons() -> None:
    # CV 70 % is .7 / ln 2 = 1.01 log2; of a total SD of 1.5 the assay leaves 1 - (1.01/1.5)^2
    panel = people(normal(), ["CCL17"])
    most = 1 - (0.7 / np.log(2) / panel.values["CCL17"].std()) ** 2
    capped = retest_row(upward(), panel, icc=0.9, cv_pct=70)
    assert capped.row["icc"] == pytest.approx(most, abs=0.01)
    assert retest_row(upward(), panel, icc=0.2, cv_pct=70).row["icc"] == 0.2
    added = retest_row(upward(), panel, icc=0.9, cv_pct=70, is_person_only=True)
    assert added.row["icc"] == pytest.approx(0.9 * most, abs=0.01)
    assert "of it the assay makes 1.01" in capped.notes[1]


def test_two_clauses_are_given_apart_and_together(rng: np.random.Generator) -> None:
    z = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 3000)
    panel = people(9 + z, ["CCL17", "CCL13"])
    clauses = tuple(Clause(name, ">=", 9 + CUT, "NPX") for name in ("CCL17", "CCL13"))
    rule = EligibilityRule(clauses)
    found = retest_row(rule, panel, icc={"CCL17": (0.6, 0.5, 0.7), "CCL13": 0.7})
    assert list(dict.fromkeys(found.table["part"])) == [*(c.text for c in clauses), "rule"]
    meets = rule.apply(panel).mean()
    assert found.row["retest_positive_frac"] == pytest.approx(meets, abs=0.012)
    assert found.row["truly_above_frac_ci_low"] <= found.row["truly_above_frac"]
    assert found.row["truly_above_frac"] <= found.row["truly_above_frac_ci_high"]
    assert found.row["icc_2"] == 0.7
    assert any("CCL13 and CCL17 0.5" in note for note in found.notes)
    again = retest_row(rule, panel, icc={"CCL17": (0.6, 0.5, 0.7), "CCL13": 0.7})
    pd.testing.assert_frame_equal(found.table, again.table)
    stated = retest_row(rule, panel, icc=0.6, correlation=np.eye(2))
    assert stated.row["retest_positive_frac"] == pytest.approx(0.27**2, abs=0.01)


def test_two_clauses_with_one_unknown_have_no_number() -> None:
    panel = people(np.hstack([normal(), normal()[::-1]]), ["CCL17", "CCL26"])
    rule = EligibilityRule((*upward().clauses, Clause("CCL26", ">=", 9.5, "NPX")))
    found = retest_row(rule, panel, icc={"CCL17": 0.6})
    assert found.row["retest_reason"] == "No ICC of CCL26 is known."
    assert np.isnan(found.row["truly_above_frac"])
    assert np.isfinite(found.table["truly_above_frac"][0])  # of the first clause


def test_a_routine_marker_is_graded_in_its_own_unit() -> None:
    panel = people(normal(), ["CCL17"])
    counts = pd.DataFrame({"eosinophils": 0.2 * 2.0 ** ((normal() - 9) / 1.5)[:, 0]})
    counts.index = panel.sample_ids
    rule = EligibilityRule((Clause("eosinophils", ">=", 300, "/uL", "routine"),))
    found = retest_row(rule, panel, routine=counts, icc=0.7)
    assert 150 < found.row["grey_low"] < 300 < found.row["grey_high"] < 900
    low, high = found.row["grey_low"] / 1000, found.row["grey_high"] / 1000
    values = counts["eosinophils"]
    judged = judge_samples(found.rule, panel, counts)
    in_zone = judged["reason"].str.contains("eosinophils in the grey zone").to_numpy()
    assert (in_zone == ((values >= low) & (values <= high)).to_numpy()).all()


def floor(threshold: float, lod: float | None = 2.0, unit: str = "NPX", **settings):
    log2 = np.linspace(1, 8, 71)[:, None]
    limit = None if lod is None else pd.Series({"CCL17": lod if unit == "NPX" else 2.0**lod})
    panel = people(log2, ["CCL17"], unit, lod=limit)
    rule = EligibilityRule((Clause("CCL17", ">=", threshold, unit),))
    return judge_portability(rule, panel, **settings)


@pytest.mark.parametrize(
    ("threshold", "is_refused"), [(2.25, True), (2.30, False), (1.5, True), (5.0, False)]
)
def test_a_threshold_near_the_limit_is_refused(threshold: float, is_refused: bool) -> None:
    # a CV of 20 % is .2 / ln 2 = .289 log2: from 2.289 on the threshold is clear of the limit
    assert floor(threshold).is_refused is is_refused
    assert floor(2.0**threshold, unit="pg/mL").is_refused is is_refused


def test_what_a_refusal_says() -> None:
    assert "lies under its LOD of 2 NPX" in floor(1.5).sentence
    assert "0.5 standard deviations of the assay above its LOD" in floor(2.15).sentence
    assert floor(3.0, lloq={"CCL17": 2.9}).sentence.count("LLOQ of 2.9 NPX") == 1
    assert floor(2.5, cv_pct=50).is_refused  # .72 log2
    assert not floor(2.5, cv_pct=5).is_refused  # never less than 20 %


def test_a_rule_on_an_analyte_rarely_detected_is_refused() -> None:
    found = floor(6.0, lod=4.0)  # 30 of 71 lie below
    assert found.is_refused
    assert "below detection in 42% of the samples, more than the 25%" in found.sentence
    assert not floor(6.0, lod=4.0, most_below=0.5).is_refused


def test_one_plate_with_a_high_limit_is_enough() -> None:
    panel = people(np.linspace(3, 8, 50)[:, None], ["CCL17"], lod=pd.Series({"CCL17": 1.0}))
    lod = panel.lod.copy()
    lod.iloc[:10] = 4.9
    found = judge_portability(upward(cut=5.0), replace(panel, lod=lod))
    assert found.is_refused
    assert found.table["near_limit_frac"][0] == pytest.approx(0.2)


def test_marks_and_unknown_limits() -> None:
    assert floor(5.0).mark == "not portable: needs bridging or an absolute assay"
    assert floor(32.0, unit="pg/mL").mark == ""
    assert "No detection limit of CCL17 is known" in floor(5.0, lod=None).sentence
    crp = EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),))
    found = judge_portability(crp, people(normal(), ["CCL17"]))
    assert (found.is_refused, found.mark, len(found.table)) == (False, "", 0)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: floor(5.0, cv_pct=-1), "coefficient of variation must be 0 or more"),
        (lambda: judge_portability(upward("pg/mL"), people(normal(), ["CCL17"])), "panel in NPX"),
        (lambda: retest_row(upward("pg/mL"), people(normal(), ["CCL17"])), "panel in NPX"),
        (lambda: retest_row(upward(), people(normal(), ["CCL71"])), "Did you mean 'CCL71'"),
    ],
)
def test_errors(call, match: str) -> None:
    with pytest.raises(InputError, match=match):
        call()


def test_reasons_say_what_failed_and_what_is_missing() -> None:
    values = pd.DataFrame(
        {"CCL17": [12.0, 8.0, np.nan, np.nan, 12.0], "CCL13": [15.0, 15.0, 15.0, 1.0, np.nan]},
        index=list("abcde"),
    )
    below = pd.DataFrame(data=False, index=values.index, columns=values.columns)
    below.loc["c", "CCL17"] = True
    panel = panel_from_frame(values, pd.DataFrame(index=values.index), below_lod=below)
    rule = EligibilityRule((Clause("CCL17", ">=", 10, "NPX"), Clause("CCL13", ">=", 14, "NPX")))
    judged = judge_samples(rule, panel)
    assert judged["is_eligible"].tolist() == [True, False, pd.NA, False, pd.NA]
    assert judged["reason"].tolist() == [
        "",
        "CCL17 >= 10 NPX not met",
        "CCL17 below detection, with no number to compare",
        "CCL13 >= 14 NPX not met",
        "CCL13 not measured",
    ]
    either = judge_samples(replace(rule, joiner="or"), panel)
    assert either["is_eligible"].tolist() == [True, True, True, pd.NA, True]
    assert either["reason"][3] == "CCL17 not measured; CCL13 >= 14 NPX not met"


def test_who_is_in_a_grey_zone_is_whose_answer_hangs_on_it() -> None:
    clauses = (Clause("A", ">=", 10, "NPX", "panel", 9, 11), Clause("B", ">=", 5, "NPX"))
    #                 grey+met  grey-met  clear   grey, settled by B either way
    values = pd.DataFrame({"A": [10.5, 9.5, 12.0, 10.5], "B": [6.0, 6.0, 6.0, 1.0]},
                          index=list("abcd"))  # fmt: skip
    panel = panel_from_frame(values, pd.DataFrame(index=values.index))
    both = judge_samples(EligibilityRule(clauses, "and"), panel)
    assert both["is_in_grey_zone"].tolist() == [True, True, False, False]
    either = judge_samples(EligibilityRule(clauses, "or"), panel)
    assert either["is_in_grey_zone"].tolist() == [False, False, False, True]
    assert not judge_samples(EligibilityRule(()), panel)["is_in_grey_zone"].any()
