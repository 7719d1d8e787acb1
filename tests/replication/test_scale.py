"""A scale that does not carry over withholds what rests on it; the share knows its groups."""

from dataclasses import replace

import numpy as np
import pytest

from subtyping.discovery import Assigner
from subtyping.discovery.below_detection import imputed_line
from subtyping.discovery.line import Line
from subtyping.replication.frozen import FrozenSubtype
from subtyping.replication.measures import frozen_share, resampled_shares
from subtyping.replication.people import settle_newcomers
from subtyping.replication.scale import (
    carry_over_lines,
    reference_specificity_lines,
    scale_reason,
)
from subtyping.statistics.two_groups import TwoGroups


def settle(assigner, panel):
    settings = {"case": None, "reference": None, "axis": "Th2", "own_numbering": True}
    return settle_newcomers(assigner, panel, **settings)


def moved(panel, members, *, by=0.0, gain=1.0):
    """Shift the members of the axis in everybody, and stretch them around their median."""
    values = panel.values.copy()
    mine = [name for name in members if name in values]
    values[mine] = (values[mine] - values[mine].median()) * gain + values[mine].median() + by
    return replace(panel, values=values)


def number(result, line):
    return result.lines.set_index("line").loc[line]


@pytest.fixture(scope="module")
def shifted(hold, assigner, newcomers):
    panel = moved(newcomers, assigner.members, by=1.0)
    return hold(assigner, panel, derivation_prevalence=(0.27, 0.21, 0.34))


def test_shares_are_withheld_on_a_shifted_scale(shifted, replicated) -> None:
    assert number(shifted, "scale carried over")["ci_low"] > 0.25
    for line in ("prevalence", "prevalence difference"):
        assert np.isnan(number(shifted, line)["value"])
        assert np.isnan(number(shifted, line)["ci_high"])
        assert number(shifted, line)["sentence"].startswith("Withheld: the new reference people")
        assert np.isfinite(number(replicated, line)["value"])
    assert "the share in the frozen group is withheld; bridge the two" in shifted.sentence
    assert "belong to the frozen group" not in shifted.sentence
    assert "withheld" not in replicated.sentence


def test_specificity_holds_the_frozen_mixture_in_every_resample(shifted, replicated) -> None:
    for result in (shifted, replicated):
        for line in ("specificity", "specificity: difference"):
            row = number(result, line)
            assert row["ci_low"] <= row["value"] <= row["ci_high"]


def test_a_group_of_everybody_is_not_specific(hold, assigner, newcomers, replicated) -> None:
    is_case = newcomers.in_groups(["MDD"])
    samples = newcomers.samples.assign(group=np.where(np.arange(180) % 2, "MDD", "HC"))
    found = hold(assigner, replace(newcomers, samples=samples).take(is_case))
    assert number(found, "specificity")["ci_low"] <= 1
    assert "It is not specific to cases." in found.sentence
    assert "not specific" not in replicated.sentence


def test_a_changed_gain_shows_and_a_kept_one_does_not(assigner, newcomers) -> None:
    kept = settle(assigner, newcomers)
    lines = {line.line: line for line in carry_over_lines(kept.fitted, kept.frozen)}
    same = lines["scale carried over: SD"]
    assert same.ci_low < 1 < same.ci_high
    wider = settle(assigner, moved(newcomers, assigner.members, gain=2.5))
    stretched = carry_over_lines(wider.fitted, wider.frozen)
    assert stretched[1].ci_low > 1.25
    assert "times as much" in scale_reason(stretched)


def test_a_raw_score_is_held_against_the_members_own_spread(assigner, newcomers) -> None:
    new = settle(assigner, newcomers)
    raw = replace(new.frozen, is_skew=False)
    fitted = raw.over(new.panel, new.procedure)
    line = carry_over_lines(fitted, raw)[1]
    z = fitted.prepared.z[list(raw.axis.members)][fitted.is_reference]
    assert line.value == pytest.approx(np.sqrt(z.var(ddof=1).mean()))
    assert 0.8 < line.value < 1.25
    assert fitted.scores.quantity == "raw score"


def test_the_sentence_of_a_line_by_hand() -> None:
    def line(name, value, low, high):
        return Line(name, "", value, "", ci_low=low, ci_high=high)

    shift = line("scale carried over", -0.9, -1.2, -0.6)
    assert "0.9 SD below" in scale_reason([shift])
    assert not scale_reason([replace(shift, ci_high=-0.2)])
    narrow = line("scale carried over: SD", 0.5, 0.4, 0.7)  # 1 / 1.25 = .8
    assert "vary 0.50 times" in scale_reason([narrow])
    assert not scale_reason([replace(narrow, ci_high=0.85)])
    assert not scale_reason([])


def test_frozen_scores_are_a_whole_labelling(assigner, newcomers) -> None:
    new = settle(assigner, newcomers)
    again = new.fitted.score(new.panel)
    np.testing.assert_allclose(again.values, new.fitted.scores.values, atol=1e-12)
    assert new.fitted.members == new.frozen.axis.members
    assert new.fitted.label(new.panel).probability.between(0, 1).all()
    below = new.panel.below_lod.copy()
    values = new.panel.values.copy()
    for name in new.fitted.members:
        limit = float(values[name].quantile(0.4))
        below[name] = values[name] < limit
        values[name] = values[name].clip(lower=limit)
    line, _ = imputed_line(new.fitted, replace(new.panel, values=values, below_lod=below), 1, 39)
    assert line is not None
    assert line.line == "detection"


def test_the_interval_of_the_share_draws_the_groups(card, newcomers, hold, replicated) -> None:
    old = Assigner({key: value for key, value in card.items() if key != "constants"})
    held = hold(old, newcomers)
    assert "given the frozen groups" in number(held, "prevalence")["sentence"]
    assert "given the frozen groups) belong" in held.sentence
    assert "given the frozen groups" not in replicated.sentence
    assert number(held, "prevalence")["value"] == number(replicated, "prevalence")["value"]


def test_drawn_values_lie_around_the_frozen_ones(assigner, newcomers) -> None:
    new = settle(assigner, newcomers)
    values, mixtures = new.frozen.drawn(new.fitted.prepared.z, new.panel)
    assert values.shape == (len(mixtures), 180)
    frozen = new.fitted.scores.values.to_numpy()
    assert np.corrcoef(np.median(values, axis=0), frozen)[0, 1] > 0.99
    assert np.abs(np.median(values, axis=0) - frozen).mean() < 0.2
    alone = replace(new.frozen, draws=None)
    held, one = alone.drawn(new.fitted.prepared.z, new.panel)
    np.testing.assert_allclose(held[0], frozen)
    assert one == [new.frozen.mixture]


def test_shares_with_one_mixture_are_those_of_the_resamples(rng) -> None:
    mixture = TwoGroups(0.3, (0.0, 3.5), (1.0, 1.0), 0.0, float("nan"))
    x = rng.normal(size=80) + 3.5 * (rng.random(80) < 0.3)
    same = [np.random.default_rng(4) for _ in range(2)]
    found = resampled_shares(x[None, :], [mixture], same[0], 7)
    same[1].integers(0, 1, 7)
    picked = same[1].integers(0, 80, (7, 80))
    np.testing.assert_allclose(found, frozen_share(mixture.probability(x)[picked], 0.3))
    two = np.stack([mixture.probability(x), 1 - mixture.probability(x)])
    np.testing.assert_allclose(
        frozen_share(two, np.array([0.3, 0.7])).sum(), 1.0, atol=1e-9
    )  # the other group, seen from its own weight


def test_specificity_lines_of_a_frozen_mixture(assigner, newcomers) -> None:
    new = settle(assigner, moved(newcomers, assigner.members, by=1.0))
    lines = reference_specificity_lines(new.fitted, FrozenSubtype.of(assigner), 1, 100)
    assert all(line.ci_low <= line.value <= line.ci_high for line in lines)
