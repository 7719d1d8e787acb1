"""Every question at once, on small, odd and large panels."""

import time

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.knowledge.haemolysis import haemolysis_marker_table
from subtyping.knowledge.sex_linked import sex_linked_table
from subtyping.panel.frames import panel_from_frame
from subtyping.preparation.quality import examine_quality


def test_a_panel_alone_is_examined(clean) -> None:
    found = examine_quality(clean)
    assert found.imbalance == {}
    assert found.outliers is not None
    assert set(found.detection.table["by"]) == {"batch"}


def test_permuting_people_permutes_and_nothing_else(clean, rng) -> None:
    order = rng.permutation(len(clean.values))
    one = examine_quality(clean, case=["MDD"], reference=["HC"])
    other = examine_quality(clean.take(order), case=["MDD"], reference=["HC"])
    distances = [item.distances.table.set_index("sample_id") for item in (one, other)]
    pd.testing.assert_frame_equal(distances[0], distances[1].loc[distances[0].index])
    pd.testing.assert_frame_equal(one.plates.table, other.plates.table)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (0, 4), (30, 1), (5, 200)])
def test_odd_shapes_raise_nothing(shape) -> None:
    values = np.random.default_rng(0).normal(size=shape)
    frame = pd.DataFrame(values, columns=[f"P{i}" for i in range(shape[1])], dtype=float)
    samples = pd.DataFrame({"group": "MDD", "batch": "a", "sex": "f"}, index=frame.index)
    found = examine_quality(panel_from_frame(frame, samples), case=["MDD"], reference=["HC"])
    assert found.duplicates is None


@pytest.mark.parametrize("fill", [0.0, np.nan])
def test_blank_and_flat_panels_raise_nothing(fill) -> None:
    frame = pd.DataFrame(np.full((40, 12), fill), columns=[f"P{i}" for i in range(12)])
    for unit in ("NPX", "pg/mL"):
        examine_quality(panel_from_frame(frame, frame[[]], unit=unit))


def test_it_takes_well_under_a_second() -> None:
    panel = simulate_cohort("null", seed=1, n_case=600, n_reference=400).panel
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        examine_quality(panel, case=["MDD"], reference=["HC"])
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1.0


def test_the_curated_lists_are_held_to_the_rules() -> None:
    assert set(haemolysis_marker_table()["mark"]) == {"background"}
    table = sex_linked_table()
    assert set(table["higher_in"]) == {"female", "male"}
    assert table.loc[table["mark"] == "read", "source"].str.contains("doi:").all()
