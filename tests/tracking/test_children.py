"""Child runs of a grid, what the store remembers of the same data, and a curve that is tracked."""

from pathlib import Path

import pytest

from subtyping.study import spec_from
from subtyping.study.specification.specifications import run_specifications
from subtyping.tracking import (
    GridChild,
    Tag,
    earlier_declarations,
    log_children,
    open_store,
    tracked_run,
)

CHILDREN = [
    GridChild(f"s{i}", {"k": str(i)}, {"mean_ari": i / 10}, {"subtyping.kind": "specification"})
    for i in range(3)
]
TINY = {
    "question": "Is it there?",
    "seed": 5,
    "cohort": {"simulate": {"design": "null", "n_case": 50, "n_reference": 40, "n_analytes": 48}},
    "discovery": {"axis": "Th2", "bootstrap": 19},
    "specifications": {
        "features": ["skew"],
        "algorithms": ["own_test", "kmeans"],
        "k": [2],
        "most_departures": 0,
        "twins": 1,
    },
}


def children_of(client, run_id, experiment_id):
    return client.search_runs([experiment_id], f"tags.mlflow.parentRunId = '{run_id}'")


def test_children_hang_below_the_parent_and_keep_what_they_say(store_uri, client) -> None:
    with tracked_run("curve", uri=store_uri) as run:
        seen = []
        assert log_children(run, CHILDREN, advance=lambda: seen.append(1)) == 3
        found = children_of(client, run.run_id, run.store.experiment_id)
    assert len(seen) == 3
    assert {child.info.run_name for child in found} == {"s0", "s1", "s2"}
    for child in found:
        assert child.info.status == "FINISHED"
        assert child.data.tags["subtyping.status"] == "completed"
        assert child.data.tags["subtyping.kind"] == "specification"
        assert child.data.metrics["mean_ari"] == int(child.data.params["k"]) / 10


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt, "KILLED"), (RuntimeError, "FAILED")]
)
def test_an_interruption_ends_the_child_it_hits_and_the_parent(
    store_uri, client, monkeypatch, error, status
) -> None:
    from subtyping.tracking import children

    fill, calls = children._fill, []

    def stopped(*words):
        calls.append(1)
        if len(calls) == 2:
            raise error
        fill(*words)

    monkeypatch.setattr(children, "_fill", stopped)
    with pytest.raises(error), tracked_run("curve", uri=store_uri) as run:
        log_children(run, CHILDREN)
    found = children_of(client, run.run_id, run.store.experiment_id)
    assert sorted(child.info.status for child in found) == sorted(["FINISHED", status])
    assert client.get_run(run.run_id).info.status == status


def finished(uri: str, data: str, declared: str, axis: str) -> None:
    """Leave a finished run in the store."""
    tags = {"data_sha256": data, "declaration_sha256": declared, "axis": axis}
    with tracked_run("run", [Tag(f"subtyping.{k}", v) for k, v in tags.items()], uri=uri):
        pass


def test_other_declarations_on_the_same_data_are_counted_once_each(store_uri) -> None:
    finished(store_uri, "d1", "a", "Th2")
    finished(store_uri, "d1", "b", "Th1")
    finished(store_uri, "d1", "b", "Th1")
    finished(store_uri, "d1", "c", "Th2")
    finished(store_uri, "d2", "e", "Th17")
    store = open_store(store_uri)
    found = earlier_declarations(store, "d1", "a")
    assert (found.count, found.axes) == (2, ("Th1", "Th2"))
    assert "2 other declarations (axis Th1, Th2)" in found.sentence
    assert earlier_declarations(store, "d3", "a").sentence == ""


def test_a_run_that_did_not_finish_is_no_earlier_look(store_uri) -> None:
    tags = [Tag("subtyping.data_sha256", "d1"), Tag("subtyping.declaration_sha256", "b")]
    with pytest.raises(RuntimeError), tracked_run("run", tags, uri=store_uri):
        raise RuntimeError
    assert earlier_declarations(open_store(store_uri), "d1", "a").count == 0


def test_a_curve_is_one_parent_and_a_child_a_specification(
    store_uri, client, tmp_path: Path
) -> None:
    store = open_store(store_uri)
    run_specifications(spec_from(TINY), out=tmp_path / "a", jobs=1, tracking_uri=store_uri)
    own = {"name": "eosinophil", "members": ["CCL11", "CCL13"]}
    other = {**TINY, "discovery": {"axis": own, "bootstrap": 19}}
    curve = run_specifications(spec_from(other), out=tmp_path / "b", jobs=1,
                               tracking_uri=store_uri)  # fmt: skip
    parents = client.search_runs(
        [store.experiment_id], "tags.`subtyping.kind` = 'specification_curve'",
        order_by=["attributes.start_time ASC"],
    )  # fmt: skip
    assert [run.data.tags["subtyping.axes_tried"] for run in parents] == ["1", "2"]
    assert "axis Th2" in curve.provenance["earlier_declarations"]["sentence"]
    last = parents[-1]
    assert last.info.status == "FINISHED"
    assert last.data.tags["subtyping.declaration_sha256"] == curve.provenance["declaration_sha256"]
    kids = children_of(client, last.info.run_id, store.experiment_id)
    assert len(kids) == len(curve.tables.specifications)
    assert all("null_twin.claims_frac" in kid.data.metrics for kid in kids)
    files = {item.path for item in client.list_artifacts(last.info.run_id)}
    assert files >= {"specifications.json", "tables", "figures", "DONE"}


def test_ctrl_c_kills_the_parent_and_leaves_no_done(
    store_uri, client, tmp_path: Path, monkeypatch
) -> None:
    def stopped(*words, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("subtyping.study.specification.work.run_cells", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_specifications(spec_from(TINY), out=tmp_path / "a", jobs=1, tracking_uri=store_uri)
    assert not (tmp_path / "a" / "DONE").exists()
    store = open_store(store_uri)
    runs = client.search_runs([store.experiment_id])
    assert [run.info.status for run in runs] == ["KILLED"]
    assert runs[0].data.tags["subtyping.kind"] == "specification_curve"
