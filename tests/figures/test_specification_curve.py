"""The specification curve shows every analysis, the twins, and the shares that matter."""

import numpy as np
import pandas as pd
import pytest

from subtyping.figures import specification_curve

NAN = float("nan")


def made(n_twins: int = 1) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the three tables of a small curve."""
    names = [f"s{i:03d}" for i in range(1, 7)]
    specifications = pd.DataFrame(
        {
            "specification": names,
            "is_declared": [True] + [False] * 5,
            "algorithm": ["own_test", "kmeans", "kmeans", "ward", "ward", "hdbscan"],
            "features": ["skew", "skew", "panel", "skew", "panel", "skew"],
            "k": ["chosen", "2", "2", "2", "2", "chosen"],
            "covariates": ["age+sex"] * 6,
            "plates": ["adjusted"] * 6,
            "detection": ["keep"] * 6,
            "handling": ["keep"] * 6,
        }
    )
    twin = [0.4, 0.3, 0.2, 0.1, NAN, NAN] if n_twins else [NAN] * 6
    curve = pd.DataFrame(
        {
            "position": np.arange(1, 7),
            "specification": [names[i] for i in (1, 0, 3, 2, 4, 5)],
            "claims_subtype": pd.array([True, False, True, True, None, False], dtype="boolean"),
            "mean_ari": [0.6, 0.5, 0.4, 0.2, NAN, NAN],
            "twin_median": twin,
            "twin_low": [x - 0.05 for x in twin],
            "twin_high": [x + 0.05 for x in twin],
        }
    )
    rows = [("all", "all", 5, 0.6)]
    for choice in ("algorithm", "features", "k", "covariates"):
        rows += [(choice, value, 2, 0.5) for value in dict.fromkeys(specifications[choice])]
    choices = pd.DataFrame(rows, columns=["choice", "value", "n", "claims_frac"])
    shares = (0.55, 0.5, 0.62) if n_twins else (NAN, NAN, NAN)
    choices[["twin_claims_frac", "twin_low", "twin_high"]] = shares
    return curve, specifications, choices


def panels(axes):
    return axes.get_figure(root=True).axes


def test_the_title_compares_the_data_with_the_twins() -> None:
    axes = specification_curve(*made(), verdict="continuum")
    title = axes.get_figure(root=True).get_suptitle()
    assert "60% of 5 would" in title
    assert "55% would (50% to 62%)" in title
    assert title.endswith("says: continuum.")
    assert "Descriptive" not in title


def test_without_twins_nothing_is_compared() -> None:
    axes = specification_curve(*made(n_twins=0), verdict="none")
    assert "look-alike" not in axes.get_figure(root=True).get_suptitle()
    assert not axes.collections[0].get_label().startswith("look-alikes")


def test_a_blocked_design_is_called_descriptive() -> None:
    axes = specification_curve(*made(), verdict="blocked", is_descriptive=True)
    title = axes.get_figure(root=True).get_suptitle()
    assert title.startswith("Descriptive only")
    assert title.endswith("The declared analysis says: blocked.")


def test_every_analysis_that_names_members_is_a_point_and_the_declared_one_is_ringed() -> None:
    axes = specification_curve(*made(), verdict="continuum")
    points = [c.get_offsets() for c in axes.collections if c.get_label().startswith("would")]
    assert sorted(x for part in points for x, _ in part.tolist()) == [1, 2, 3, 4]
    ring = [c for c in axes.collections if c.get_label() == "the declared analysis"]
    np.testing.assert_allclose(ring[0].get_offsets(), [[2, 0.5]])


def test_the_matrix_has_a_row_for_each_value_of_a_choice_that_varies() -> None:
    _, below, beside, _ = panels(specification_curve(*made(), verdict="continuum"))
    labels = [label.get_text() for label in below.get_yticklabels()]
    assert labels[:4] == [
        "this package's test", "k-means, silhouette", "Ward's tree, silhouette", "HDBSCAN"
    ]  # fmt: skip
    assert "whole panel" in labels
    assert "age, sex" not in labels  # nothing else was tried
    ticks = [len(lines.get_segments()) for lines in below.collections]
    assert ticks[:4] == [1, 2, 2, 1]
    assert beside.get_xlabel()


@pytest.mark.parametrize("n", [1, 2])
def test_a_curve_of_one_or_two_analyses_can_be_drawn(n: int) -> None:
    curve, specifications, choices = made()
    curve = curve.head(n)
    axes = specification_curve(curve, specifications, choices, verdict="none")
    axes.get_figure(root=True).canvas.draw()


def test_a_curve_in_which_nobody_names_members_can_be_drawn() -> None:
    curve, specifications, choices = made(n_twins=0)
    silent = curve.assign(mean_ari=NAN)
    axes = specification_curve(silent, specifications, choices, verdict="none")
    axes.get_figure(root=True).canvas.draw()
