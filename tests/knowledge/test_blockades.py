"""What the table of blocked pathways promises."""

import pandas as pd
import pytest

from subtyping.exceptions import SubtypingError
from subtyping.knowledge import MARKS, immune_axes
from subtyping.knowledge import blockades as module
from subtyping.knowledge.blockades import blockade_table, blocked_pathways


def test_every_row_has_a_source_and_a_mark():
    table = blockade_table()
    assert table["source"].str.strip().ne("").all()
    assert set(table["mark"]) <= set(MARKS)
    assert not table[["title", "drugs", "axis"]].isna().any().any()


def test_every_pathway_has_ligands_drugs_and_known_axes():
    for pathway in blocked_pathways().values():
        assert pathway.clamped
        assert pathway.drugs
        assert set(pathway.axes) <= set(immune_axes())
        assert not set(pathway.clamped) & set(pathway.left_out)


def test_a_pathway_says_the_same_in_each_of_its_rows():
    assert (blockade_table().groupby("pathway")[["title", "drugs", "axis"]].nunique() == 1).all(
        axis=None
    )


def test_a_caller_cannot_change_the_cached_table():
    first = blockade_table()
    first.loc[:, "mark"] = "changed"
    assert "changed" not in set(blockade_table()["mark"])


def test_an_unknown_role_is_refused(monkeypatch):
    rows = pd.DataFrame({"role": ["pushed"]})
    monkeypatch.setattr(module, "load_table", lambda *_: rows)
    with pytest.raises(SubtypingError, match="unknown role 'pushed'"):
        blockade_table()
