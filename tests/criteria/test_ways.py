"""Ways of choosing a threshold: aims, smoothed cuts, peeling, net benefit."""

import numpy as np
import pandas as pd
import pytest

from subtyping.criteria.aims import Aim
from subtyping.criteria.choosing import choose_rules, fresh_cuts
from subtyping.criteria.search import Choice, best_pair, best_triple, flag
from subtyping.exceptions import InputError
from subtyping.statistics.bootstrap_cuts import bootstrap_cuts, cuts_of_counts
from subtyping.statistics.cutpoints import youden_cut
from subtyping.statistics.net_benefit import decision_curve, net_benefit
from subtyping.statistics.peeling import peeling_path
from subtyping.statistics.smoothed_cut import smoothed_cut, smoothed_cuts


@pytest.fixture
def people(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    truth = rng.random(600) < 0.3
    return rng.normal(size=(600, 3)) + np.outer(truth, [2.0, 1.5, -1.5]), truth


def shares(values: np.ndarray, truth: np.ndarray, choice: Choice) -> tuple[float, float]:
    met = flag(values, choice) == 1
    return float(met[truth].mean()), float(1 - met[~truth].mean())


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize(("way", "at"), [("sensitivity", 0.9), ("specificity", 0.95)])
def test_a_constraint_is_met_and_the_other_share_is_free(people, size, way, at) -> None:
    values, truth = people
    p = truth.astype(float)
    rule = choose_rules(values, p, np.ones(600), 3, aim=Aim(way, at))[size - 1]
    assert len(rule.columns) == size
    found = dict(zip(("sensitivity", "specificity"), shares(values, truth, rule), strict=True))
    assert found[way] >= at - 0.01  # thresholds have four digits
    assert min(found.values()) > 0.4


def test_a_dear_miss_lowers_the_cut_and_a_rare_condition_raises_it(people) -> None:
    values, truth = people
    options = {"probability": truth.astype(float), "weights": np.ones(600), "max_markers": 1}

    def cut(aim: Aim, **more) -> float:
        return choose_rules(values[:, :1], aim=aim, **options, **more)[0].thresholds[0]

    assert cut(Aim("cost", 10.0)) < cut(Aim("cost", 1.0)) < cut(Aim("cost", 0.2))
    rare = cut(Aim("net_benefit", 0.3), target_prevalence_frac=0.05)
    assert rare > cut(Aim("net_benefit", 0.3), target_prevalence_frac=0.5)
    # a cost of (1 - pi) / pi, or a threshold probability of pi, is Youden's index
    pi = float(truth.mean())
    for aim in (Aim("cost", (1 - pi) / pi), Aim("net_benefit", pi)):
        assert cut(aim) == pytest.approx(cut(Aim()), abs=2e-3)


@pytest.mark.parametrize(
    ("way", "at", "message"),
    [
        ("yuden", None, "criteria.choose_by"),
        ("youden", 0.5, "not used by 'youden'"),
        ("sensitivity", None, "needs choose_at: the least sensitivity"),
        ("specificity", 1.0, "needs choose_at"),
        ("cost", 0.0, "what a missed member costs"),
        ("net_benefit", 2.0, "threshold probability"),
    ],
)
def test_errors_of_an_aim(way, at, message) -> None:
    with pytest.raises(InputError, match=message):
        Aim(way, at)


def test_a_third_clause_never_makes_the_rule_worse_where_it_is_joined_by_or(people) -> None:
    values, truth = people
    a, b = truth.astype(float), (~truth).astype(float)
    columns, operators = [0, 1, 2], [">=", ">=", "<="]
    pair = best_pair(values, a, b, columns[:2], operators[:2])
    three = best_triple(values, a, b, pair, columns=columns, operators=operators)
    assert three.columns[:2] == pair.columns
    assert sum(shares(values, truth, three)) - 1 == pytest.approx(three.youden, abs=1e-8)
    assert three.youden > pair.youden - 0.05
    assert best_triple(values, a, b, pair, columns=[0, 1], operators=operators[:2]) is None


def test_the_smoothed_cut_is_nearer_to_the_optimum_than_the_empirical_one(rng) -> None:
    gaps = []
    for _ in range(60):
        truth = np.arange(150) < 40
        x = rng.normal(size=150) + 3 * truth
        smooth = smoothed_cut(x, truth, ~truth).threshold[0]
        gaps.append((smooth - 1.5, youden_cut(x, truth, ~truth).threshold[0] - 1.5))
    assert np.std(np.array(gaps)[:, 0]) < 0.8 * np.std(np.array(gaps)[:, 1])


def test_a_mirrored_marker_has_the_mirrored_cut(people) -> None:
    values, truth = people
    x = values[:, 0]
    up = smoothed_cut(x, truth, ~truth).threshold[0]
    down = smoothed_cut(-x, truth, ~truth, operator="<=").threshold[0]
    assert up == pytest.approx(-down)
    assert np.isnan(smoothed_cut(x, truth, ~truth, operator="<=").threshold[0])
    with pytest.raises(InputError, match="operator must be"):
        smoothed_cut(x, truth, ~truth, operator=">")


def test_smoothed_cuts_of_a_rule_do_at_least_as_well_smoothed(people) -> None:
    values, truth = people
    options = {"operators": (">=", ">="), "start": (1.0, 1.0), "joiner": "or"}
    cuts = smoothed_cuts(values[:, :2], truth, ~truth, **options)
    start = Choice((0, 1), (">=", ">="), (1.0, 1.0), "or")
    moved = Choice((0, 1), (">=", ">="), tuple(cuts), "or")
    assert sum(shares(values, truth, moved)) > sum(shares(values, truth, start)) - 0.01


def test_fresh_cuts_keep_markers_and_log_markers_are_equivariant(people) -> None:
    values, truth = people
    p, one = truth.astype(float), np.ones(600)
    pair = choose_rules(values, p, one, 2)[1]
    assert fresh_cuts(values, p, one, pair).columns == pair.columns
    linear = choose_rules(np.exp(values), p, one, 1, is_log=(True,) * 3)[0]
    log = choose_rules(values, p, one, 1)[0]
    assert np.log(linear.thresholds[0]) == pytest.approx(log.thresholds[0], abs=1e-3)
    assert fresh_cuts(values, np.zeros(600), one, pair) is None


def test_peeling_gives_up_coverage_for_purity(people) -> None:
    values, truth = people
    path = peeling_path(values, truth, ~truth, ["A", "B", "C"])
    told = peeling_path(values, truth, ~truth, ["A", "B", "C"], units=["NPX", "pg/mL", "mg/L"])
    assert told.drop(columns="rule_text").equals(path.drop(columns="rule_text"))
    assert told["rule_text"].str.contains(r"A >= [\d.e-]+ NPX").any()
    assert path.loc[0, ["rule_text", "coverage_frac"]].tolist() == ["everybody", 1.0]
    assert path.loc[0, "purity_frac"] == pytest.approx(truth.mean())
    assert path["coverage_frac"].is_monotonic_decreasing
    assert path["purity_frac"].iloc[-1] > 0.9
    assert path["n_clauses"].max() <= 3
    np.testing.assert_allclose(
        path["purity_frac"], path["coverage_frac"] * truth.mean() / path["support_frac"]
    )
    with pytest.raises(InputError, match="some weight in either class"):
        peeling_path(values, truth, 0 * truth, ["A", "B", "C"])
    with pytest.raises(InputError, match="differ"):
        peeling_path(values, truth, ~truth, ["A"])


def test_net_benefit_of_everybody_crosses_zero_at_the_prevalence() -> None:
    assert net_benefit(1.0, 0.0, 0.2, 0.2) == pytest.approx(0.0)
    rules = pd.DataFrame({"rule_text": ["A"], "sensitivity": [0.8], "specificity": [0.9]})
    curve = decision_curve(rules, 0.2, [0.01, 0.2, 0.9])
    assert curve["is_best"].tolist() == [False, True, False]
    with pytest.raises(InputError, match="threshold_probability must lie"):
        net_benefit(1.0, 0.0, 0.2, 1.0)


def test_whole_number_cuts_are_those_of_the_general_sweep(rng) -> None:
    x = rng.normal(size=120).round(1)  # ties
    label = rng.random(120) < 0.3
    counts = rng.multinomial(120, np.ones(120) / 120, size=200)
    general = youden_cut(x, (counts * label).T, (counts * ~label).T).threshold
    np.testing.assert_array_equal(cuts_of_counts(x, label, counts), general)
    assert np.isnan(cuts_of_counts(x, np.ones(120), counts)).all()
    assert bootstrap_cuts(x, label, 7, rng).shape == (7,)
    with pytest.raises(InputError, match="must be finite"):
        cuts_of_counts([np.nan, 1.0], [0, 1], [[1, 1]])
    with pytest.raises(InputError, match="differ"):
        cuts_of_counts([0.0, 1.0], [0, 1], [1, 1])
