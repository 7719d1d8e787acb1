"""Zero crossings in assay units beside proposed thresholds: values by hand, and what has none."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping.criteria.rule import Clause, EligibilityRule
from subtyping.criteria.shap_thresholds import SHAP_THRESHOLD_COLUMNS, shap_thresholds
from subtyping.criteria.threshold_dependences import assay_values, threshold_dependences
from subtyping.panel import Panel, ReadingReport
from subtyping.prediction.attribution import attribute, with_refits
from subtyping.prediction.explain import FoldExplanation

N = 60


def rule(*clauses):
    return EligibilityRule(clauses, "and", target_condition="x", provenance=())


def proposals(*rules, kinds=None):
    kinds = kinds or ["subtype"] * len(rules)
    return SimpleNamespace(rules=rules, table=pd.DataFrame({"kind": kinds}))


CCL17 = Clause("CCL17", ">=", 310.0, "pg/mL", grey_low=280.0, grey_high=350.0)
TWO = rule(CCL17, Clause("crp", ">=", 3.0, "mg/L", source="routine"))
PUBLISHED = rule(Clause("CCL13", ">=", 99.0, "pg/mL"))


@pytest.fixture
def made(rng):
    """60 cases in 3 folds; CCL17 acts by a step at 300, CCL13 falls at 200, IL6 does nothing."""
    ids = pd.Index([f"s{i:02d}" for i in range(N)], name="sample_id")
    raw = pd.DataFrame(rng.uniform(100, 500, (N, 3)), index=ids, columns=["CCL17", "CCL13", "IL6"])
    no = raw > np.inf
    samples, analytes = pd.DataFrame({"group": "MDD"}, index=ids), pd.DataFrame(index=raw.columns)
    reading = ReadingReport("x.csv", "wide", None, N, N, pd.DataFrame())
    panel = Panel(raw, "pg/mL", no, no, raw * np.nan, analytes, samples, reading)
    z = np.log2(raw) - 8
    phi = np.column_stack(
        [
            np.where(raw["CCL17"] > 300, 2.0, -1.0),
            np.where(raw["CCL13"] > 200, -0.5, 0.9),
            0 * z["IL6"],
        ]
    )
    folds = [
        FoldExplanation(z.iloc[k::3], phi[k::3], 0.0, None, 9, 40, ("CCL17",)) for k in range(3)
    ]
    found = attribute(folds, axis_of={}, model="gradient_boosting")
    labels = (raw["CCL17"] > 300).astype(float)
    return found, panel, labels, folds


def by_marker(*given, **options):
    return shap_thresholds(*given, **options).set_index("marker")


def test_the_crossing_is_found_in_assay_units_beside_the_proposed_threshold(made):
    found, panel, labels, folds = made
    table = shap_thresholds(found, panel, proposals(TWO), labels)
    assert tuple(table.columns) == SHAP_THRESHOLD_COLUMNS
    assert table["marker"].tolist() == ["CCL17", "crp", "CCL13", "IL6"]
    rows = table.set_index("marker")
    assert rows.loc["CCL17", "threshold"] == pytest.approx(300, abs=15)
    assert rows.loc["CCL17", ["unit", "direction", "proposed_threshold"]].tolist() == [
        "pg/mL", 1, 310.0,
    ]  # fmt: skip
    assert rows.loc["CCL17", ["fidelity_sensitivity", "fidelity_specificity"]].tolist() == [1, 1]
    assert rows.loc["CCL17", "positive_frac"] == pytest.approx(labels.mean())
    assert rows.loc["CCL13", "direction"] == -1
    assert rows.loc["CCL13", "positive_frac"] == pytest.approx(
        (panel.values["CCL13"] <= 200).mean(), abs=0.06
    )
    assert np.isnan(rows.loc["CCL13", "proposed_threshold"])
    again = by_marker(with_refits(found, folds * 2), panel, proposals(TWO), labels)
    ends = again.loc["CCL17", ["ci_low", "threshold", "ci_high"]].tolist()
    assert ends == sorted(ends)
    assert ends[0] < 310
    assert ends[2] > 290
    assert again["obtained"].str.startswith("each fold's own crossing").all()
    assert again["obtained"].str.contains("labels learnt from everybody").all()


def test_every_row_says_what_it_lacks(made):
    found, panel, labels, folds = made
    rows = by_marker(found, panel, proposals(TWO), labels)
    assert rows.loc["CCL17", "note"] == "No interval: the model was not refitted."
    assert rows.loc["crp", "note"].startswith("Not explained")
    assert rows.loc["crp", ["unit", "proposed_threshold"]].tolist() == ["mg/L", 3.0]
    assert rows.loc["IL6", "note"].startswith("No crossing")
    assert rows.loc["IL6", ["threshold", "fidelity_sensitivity"]].isna().all()
    linear = by_marker(replace(found, model="elastic_net"), panel, proposals(TWO), labels)
    assert "mean of its background" in linear.loc["CCL17", "note"]
    still = replace(folds[0], values=0 * folds[0].values)
    some = by_marker(with_refits(found, [still, *folds]), panel, proposals(TWO), labels)
    assert "25% of the refits have no such crossing" in some.loc["CCL17", "note"]
    turned = proposals(rule(replace(CCL17, operator="<=")))
    assert (
        "other way than the proposed"
        in by_marker(found, panel, turned, labels).loc["CCL17", "note"]
    )


def test_folds_without_the_crossing_are_counted(made):
    found, panel, labels, _ = made
    values = found.values.copy()
    values[found.fold == 2] = 1.0
    rows = by_marker(replace(found, values=values), panel, proposals(TWO), labels)
    assert "No such crossing in 1 of 3 folds" in rows.loc["CCL17", "note"]
    assert rows.loc["CCL17", "fidelity_sensitivity"] == 1


def test_published_rules_are_not_read_and_nothing_explained_is_no_error(made):
    found, panel, labels, _ = made
    both = proposals(TWO, PUBLISHED, kinds=["subtype", "published"])
    assert np.isnan(by_marker(found, panel, both, labels).loc["CCL13", "proposed_threshold"])
    assert [one.label for one in threshold_dependences(found, panel, both)] == ["CCL17 >="]
    assert shap_thresholds(None, panel, both, labels).empty
    assert threshold_dependences(None, panel, both) == ()
    assert by_marker(found, panel, proposals(), labels, n_top=1).index.tolist() == ["CCL17"]


def test_dependences_carry_threshold_and_grey_zone_in_the_unit_of_the_rule(made):
    found, panel, _, _ = made
    (one,) = threshold_dependences(found, panel, proposals(TWO))
    assert (one.threshold, one.grey, one.dependence.unit) == (310.0, (280.0, 350.0), "pg/mL")
    assert one.rule_text == TWO.text
    assert one.dependence.crossing.value == pytest.approx(300, abs=15)
    bare = proposals(rule(Clause("CCL13", "<=", 210.0, "pg/mL")), rule(CCL17))
    first, second = threshold_dependences(found, panel, bare)
    assert first.grey is None
    assert second.label == "CCL17 >="
    assert len(threshold_dependences(found, panel, bare, most=1)) == 1


def test_values_known_only_as_beyond_a_limit_keep_their_order(made):
    _, panel, _, _ = made
    values = panel.values.copy()
    values.iloc[:3, 0] = np.nan
    values.iloc[3, 0] = 300.0  # >300: above the limit with a number
    below, above = panel.below_lod.copy(), panel.above_uloq.copy()
    below.iloc[0, 0] = above.iloc[1, 0] = above.iloc[3, 0] = True
    limits = {"below_lod": below, "above_uloq": above, "lod": panel.values * 0 + 50.0}
    shown = assay_values(replace(panel, values=values, **limits), "CCL17")
    assert shown.iloc[:2].tolist() == [50.0, values["CCL17"].max()]
    assert np.isnan(shown.iloc[2])
    assert shown.iloc[3] == values["CCL17"].max()
    assert shown.iloc[4:].tolist() == values["CCL17"].iloc[4:].tolist()
