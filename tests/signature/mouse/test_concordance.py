"""Concordance: hand values, the nulls, what does not apply, and error rates in small."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.knowledge.orthologs import orthologs
from subtyping.signature.mouse import contrast_of_animals, mouse_concordance
from subtyping.signature.mouse.agreement import (
    agreement,
    corrected_correlation,
    exchanged_labels,
    label_effects,
)

NAMES = orthologs().query("relation == 'one_to_one' and is_usable")["human"].head(24).tolist()


def human_table(effect, q=0.01, se=0.1) -> pd.DataFrame:
    names = NAMES[: len(effect)]
    return pd.DataFrame({"analyte": names, "log2_fc": effect, "se": se, "q_value": q})


def mouse_table(effect, se=0.1) -> pd.DataFrame:
    names = [name.capitalize() for name in NAMES[: len(effect)]]
    return pd.DataFrame({"analyte": names, "log2_fc": effect, "se": se})


def mice(rng, effect, n=12, load=0.0) -> tuple[pd.DataFrame, pd.Series]:
    p = len(effect)
    values = rng.normal(size=(2 * n, p)) + load * rng.normal(size=(2 * n, 1))
    values[:n] += effect
    frame = pd.DataFrame(values, columns=[name.capitalize() for name in NAMES[:p]])
    return frame, pd.Series(["susceptible"] * n + ["control"] * n)


def test_sign_share_with_its_exact_interval():
    effect = np.array([1.0, -1, 1, -1, 1, -1, 1, -1, 2, -2])
    other = effect.copy()
    other[:2] *= -1
    found = mouse_concordance(human_table(effect), mouse_table(other), draws=199)
    row = found.summary.set_index("statistic").loc["sign_hits"]
    assert (row["estimate"], row["n_pairs"]) == (0.8, 10)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert row["p_if_independent"] == pytest.approx(56 / 1024)  # 45 + 10 + 1 of 2 ** 10
    assert found.sentence.startswith("human against mouse: 8 of 10 pairs at human q < .05 move")
    assert found.table["agrees"].sum() == 8


def test_weights_are_the_certainty_of_both_signs(rng):
    h, m = np.array([1.0, 1.0]), np.array([[1.0, -0.01]])
    found = agreement(h, m, np.full(2, 1e-9), np.array([[1e-9, 1.0]]), np.array([True, True]))
    weight = 0.0079788  # 2 Phi(.01) - 1
    assert found["sign_all"][0] == pytest.approx(1 / (1 + weight), abs=1e-6)
    assert found["sign_hits"][0] == 0.5


def test_the_rank_correlation_does_not_see_a_common_shift(rng):
    h, m = rng.normal(size=20), rng.normal(size=(1, 20))
    se, hit = np.ones(20), np.ones(20, dtype=bool)
    plain = agreement(h, m, se, se[None], hit)
    shifted = agreement(h + 9, m + 9, se, se[None], hit)
    assert plain["spearman"] == pytest.approx(shifted["spearman"])
    assert shifted["sign_hits"] == 1.0


def test_noise_in_both_is_taken_out_of_the_correlation(rng):
    n = 4000
    true = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], n)
    h, m = true[:, 0] + 0.5 * rng.normal(size=n), true[:, 1] + rng.normal(size=n)
    plain = np.corrcoef(h, m)[0, 1]
    found = corrected_correlation(h, m, np.full(n, 0.5), np.ones(n))
    assert plain == pytest.approx(0.8 / np.sqrt(1.25 * 2), abs=0.04)
    assert found[0] == pytest.approx(0.8, abs=0.05)
    assert found[1] < 0.8 < found[2]


def test_there_is_no_correction_where_all_is_noise_or_an_error_is_unknown(rng):
    h, m = rng.normal(size=(2, 30))
    assert corrected_correlation(h, m, np.zeros(30), np.full(30, 3.0))[3].startswith("the mouse")
    assert corrected_correlation(h, m, np.zeros(30), np.full(30, np.nan))[3].endswith("not known")


def test_label_effects_are_least_squares(rng):
    values, cage = rng.normal(size=(12, 3)), np.repeat(["a", "b", "c"], 4).astype(object)
    label = rng.permuted(np.tile([True, False], 6))
    dummies = (cage[:, None] == np.unique(cage)).astype(float)
    expected = np.linalg.lstsq(np.column_stack([dummies, label]), values, rcond=None)[0][-1]
    np.testing.assert_allclose(label_effects(values, label[None], cage)[0], expected)
    plain = values[label].mean(axis=0) - values[~label].mean(axis=0)
    np.testing.assert_allclose(label_effects(values, label[None], None)[0], plain)


def test_labels_are_exchanged_as_the_cages_allow(rng):
    case = np.array([True, True, False, False] * 3)
    free, how = exchanged_labels(case, None, 200, rng)
    assert (how, set(free.sum(axis=1))) == ("among animals", {6})
    mixed = np.repeat(["a", "b", "c"], 4).astype(object)
    within, how = exchanged_labels(case, mixed, 200, rng)
    assert (how, set(within[:, :4].sum(axis=1))) == ("within cages", {2})
    nested = np.repeat([f"c{i}" for i in range(6)], 2).astype(object)
    whole, how = exchanged_labels(case, nested, 200, rng)
    assert how == "as whole cages"
    assert (whole[:, ::2] == whole[:, 1::2]).all()
    assert set(whole.sum(axis=1)) == {6}


def test_true_agreement_is_found_and_the_same_seed_gives_the_same_numbers(rng):
    effect = rng.normal(size=24)
    values, groups = mice(rng, effect)
    contrast = contrast_of_animals(values, groups, "susceptible", "control")
    first, again = (mouse_concordance(human_table(effect), contrast, draws=499) for _ in range(2))
    assert first.null_kind == "mouse labels"
    assert first.summary.set_index("statistic").loc["spearman", "p_value"] == 1 / 500
    pd.testing.assert_frame_equal(first.summary, again.summary)
    pd.testing.assert_frame_equal(first.null, again.null)
    assert "too narrow" not in first.sentence
    assert any("mouse model of stress is not depression" in note for note in first.notes)


def test_with_a_table_alone_the_sentence_says_that_the_null_is_too_narrow(rng):
    effect = rng.normal(size=24)
    found = mouse_concordance(human_table(effect), mouse_table(effect), draws=99)
    assert found.null_kind == "pairs"
    assert found.sentence.endswith("This null exchanges pairs and is too narrow.")


def test_where_mice_do_not_differ_labels_keep_their_level_and_pairs_do_not():
    signs = np.where(np.arange(24) < 12, 1.0, -1.0)
    low = {"labels": 0, "pairs": 0}
    for k in range(60):
        rng = np.random.default_rng(k)
        n, common = 12, rng.normal(size=(24, 1)) * signs
        values, groups = mice(rng, np.zeros(24), n)
        contrast = contrast_of_animals(values + 2 * common, groups, "susceptible", "control")
        human = human_table(signs + 0.1 * rng.normal(size=24))
        for name, given in (("labels", contrast), ("pairs", contrast.table)):
            summary = mouse_concordance(human, given, draws=99, seed=k).summary
            low[name] += summary.set_index("statistic").loc["spearman", "p_value"] < 0.05
    assert low["labels"] <= 9  # of 60; 3 expected
    assert low["pairs"] >= 18  # two blocks of analytes move as one


def test_fewer_than_eight_pairs_do_not_apply():
    found = mouse_concordance(human_table(np.ones(7)), mouse_table(np.ones(7)), draws=99)
    assert not found.is_applicable
    assert found.sentence == (
        "human against mouse: not applicable, 7 usable pairs where 8 are needed."
    )
    assert found.summary.empty
    assert len(found.table) == 7


def test_no_hits_leave_the_sign_test_blank_and_the_rest_stands(rng):
    effect = rng.normal(size=12)
    found = mouse_concordance(human_table(effect, q=0.5), mouse_table(effect), draws=99)
    row = found.summary.set_index("statistic").loc["sign_hits"]
    assert np.isnan(row["estimate"])
    assert row["reason"] == "no pair is at human q < .05"
    assert "no pair is at human q < .05; rank correlation 1.00" in found.sentence


def test_gaps_in_the_animals_leave_a_note(rng):
    values, groups = mice(rng, rng.normal(size=12))
    values.iloc[0, 0] = np.nan
    contrast = contrast_of_animals(values, groups, "susceptible", "control")
    found = mouse_concordance(human_table(rng.normal(size=12)), contrast, draws=99)
    assert any(note.startswith("1 gap in the mouse values") for note in found.notes)


def test_few_cages_of_one_group_allow_few_exchanges(rng):
    effect = 3 * rng.normal(size=12)
    values, groups = mice(rng, effect)
    cage = pd.Series([f"c{i // 4}" for i in range(24)])
    contrast = contrast_of_animals(values, groups, "susceptible", "control", cage=cage)
    found = mouse_concordance(human_table(effect), contrast, draws=499)
    assert "The labels of the mice were exchanged as whole cages." in found.notes
    assert any("allows 20 different exchanges only" in note for note in found.notes)  # 6 over 3
    assert found.summary.set_index("statistic").loc["spearman", "p_value"] > 0.02


def test_effects_that_are_all_equal_have_no_correlation():
    found = mouse_concordance(human_table(np.ones(9)), mouse_table(np.ones(9)), draws=99)
    assert "rank correlation not defined" in found.sentence
    assert found.summary.set_index("statistic").loc["spearman", "reason"] == "no variance"


def test_too_few_draws_are_refused():
    with pytest.raises(InputError, match="draws must be at least 99; got 10"):
        mouse_concordance(human_table(np.ones(9)), mouse_table(np.ones(9)), draws=10)
