"""The figure of a replication shows the new cases under both pairs of groups."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping import figures
from subtyping.replication.result import OUTCOMES


@pytest.mark.parametrize(
    ("outcome", "veto"), [*((outcome, "") for outcome in OUTCOMES), (OUTCOMES[2], "it is a plate")]
)
def test_every_outcome_is_drawn_and_labelled(outcome, veto, rng) -> None:
    x = np.linspace(-3, 6, 50)
    result = SimpleNamespace(
        outcome=outcome,
        veto=veto,
        axis="Th2",
        quantity="skew",
        values=pd.Series(rng.normal(size=40)),
        curves=pd.DataFrame({"x": x, "density_derivation": x**2, "density_new": x**2 + 1}),
    )
    axes = figures.replication(result)
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), result.curves["density_derivation"])
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), result.curves["density_new"])
    said = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert said[0] == "new cases (n = 40)"
    assert len(said) == 3
    assert "Th2 skew" in axes.get_xlabel()
    assert axes.get_ylabel()
    title = axes.get_title(loc="left")
    assert ("something else" in title) == bool(veto)
    assert "not there" not in title
