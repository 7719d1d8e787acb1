import numpy as np
import pandas as pd

from subtyping.panel.frames import panel_from_frame


def panel_with(score: np.ndarray, n_case: int = 60):
    """Return a panel of two red-cell proteins."""
    n = len(score)
    noise = np.random.default_rng(0).normal(0, 0.5, (n, 2))
    values = pd.DataFrame(noise + score[:, None], columns=["CA1", "CAT"])
    group = ["MDD"] * n_case + ["HC"] * (n - n_case)
    return panel_from_frame(values, pd.DataFrame({"group": group}, index=values.index))


def test_fires_where_many_samples_are_high(examined, judge) -> None:
    result = judge("ST021", examined(panel_with(np.r_[np.full(8, 5.0), np.zeros(92)])))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "8 samples (8.0%)" in result.sentence
    assert "CA1, CAT" in result.sentence


def test_fires_where_one_group_is_higher(examined, judge) -> None:
    result = judge("ST021", examined(panel_with(np.r_[np.full(60, 1.0), np.zeros(40)])))
    assert result.outcome == "fires"
    assert "higher in the cases" in result.sentence
    assert result.title == "Red-cell proteins differ between the groups"


def test_silent_on_even_samples(examined, judge) -> None:
    assert judge("ST021", examined(panel_with(np.zeros(100)))).outcome == "silent"


def test_not_applicable_without_red_cell_proteins(clean, examined, judge) -> None:
    assert judge("ST021", examined(clean)).outcome == "not_applicable"
