"""The four figures of a replicated study draw its numbers and say what they are."""

import numpy as np
import pytest

from subtyping.figures import save_png
from subtyping.figures.replications import (
    replication_claims,
    replication_power,
    replication_reversal,
    replication_winners_curse,
)
from subtyping.study.replications import replicate_study


@pytest.fixture(scope="module")
def found():
    names = ("as_published", "handling_only")
    return {name: replicate_study(name, n=6, seed=3, random_sets=3, jobs=1) for name in names}


def test_every_analyte_stands_at_its_power(found, tmp_path) -> None:
    one = found["as_published"]
    axes = replication_power(one)
    drawn = np.vstack([points.get_offsets() for points in axes.collections])
    compared = one.by_analyte[one.by_analyte["n_compared"] > 0]
    assert len(drawn) == len(compared)
    assert drawn[:, 1].sum() == pytest.approx(100 * compared["found_frac"].sum())
    assert f"{one.value('n_findings'):.0f}" in axes.get_title(loc="left")
    assert save_png(axes, tmp_path / "a.png").stat().st_size > 5000


def test_findings_stand_apart_from_all_estimates(found) -> None:
    one = found["as_published"]
    axes = replication_winners_curse(one)
    everything, hits = (points.get_offsets() for points in axes.collections[:2])
    assert len(hits) == (one.by_analyte["found_frac"] > 0).sum() < len(everything)
    assert np.abs(hits[:, 1]).min() > 0.585
    assert "type M" in axes.get_title(loc="left")


def test_every_claim_has_its_line_and_every_truth_its_colour(found) -> None:
    axes = replication_claims(found)
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert "Th2 higher: GSVA" in labels
    assert "like AD: plain correlation" in labels
    shown = axes.containers[0].lines[0].get_xdata()
    assert shown[0] == pytest.approx(100 * found["as_published"].value("is_called_by_zscore"))
    assert len(axes.figure.legends[0].get_texts()) == 2


def test_one_truth_alone_is_drawn(found) -> None:
    assert len(replication_claims({"one": found["as_published"]}).containers) == 1


def test_reversal_shows_each_replication_that_has_something_to_undo(found) -> None:
    axes = replication_reversal(found)
    first = axes.collections[0].get_offsets()
    assert len(first) == found["as_published"].table["naive_best_pct"].notna().sum()
    said = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert said[0].startswith("careless")
    assert "no drug was given" in axes.get_xlabel()
