"""The table of peers is that of the stored answers, and the answers can be had again."""

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "experiments" / "benchmarks" / "peers"
EXTRAS = {"stepmix": "stepmix", "umap_hdbscan": "umap"}


def loaded(name: str):
    """Load a script whose name another benchmark has too."""
    spec = spec_from_file_location(f"peers_{name}", PEERS / f"{name}.py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def peers() -> Iterator[SimpleNamespace]:
    before = list(sys.path)
    sys.path.append(str(PEERS))
    try:
        inputs, listed = import_module("peer_inputs"), import_module("peer_list")
        run, summarise = loaded("run"), loaded("summarise")
        yield SimpleNamespace(inputs=inputs, listed=listed, run=run, summarise=summarise)
    finally:
        sys.path[:] = before


@pytest.fixture(scope="module")
def rows(peers) -> pd.DataFrame:
    return peers.summarise.read_rows(peers.summarise.STORED)


def test_the_tables_are_those_of_the_stored_rows(peers, rows) -> None:
    text = peers.summarise.DOCUMENT.read_text(encoding="utf-8")
    tables = text.split(peers.summarise.BEGIN)[1].split(peers.summarise.END)[0].strip()
    assert tables == peers.summarise.report(rows)


def test_every_peer_was_asked_of_the_cohorts_of_the_package(peers, rows) -> None:
    draw = peers.summarise.DRAW
    ours = rows.loc[rows["peer"] == "subtyping", [*draw, "data_digest", "seed"]]
    joined = rows.merge(ours, on=draw, suffixes=("", "_ours"), how="left")
    assert (joined["data_digest"] == joined["data_digest_ours"]).all()
    assert (joined["seed"] == joined["seed_ours"]).all()
    assert rows["versions"].notna().all()
    stored = set(zip(rows["peer"], rows["input"], strict=True))
    assert stored == {(peer.name, peer.input) for peer in peers.listed.PEERS}


def test_the_best_union_of_clusters_is_matched(peers) -> None:
    is_member = np.array([True] * 4 + [False] * 6)
    # clusters 0 and 2 are together the members: matched, whatever else is split
    assert peers.inputs.two_group_ari(np.array([0, 0, 2, 2, 1, 1, 1, 3, 3, 3]), is_member) == 1.0
    assert peers.inputs.two_group_ari(np.zeros(10), is_member) == 0.0
    assert peers.inputs.two_group_ari(np.array([]), is_member) is None
    assert peers.inputs.two_group_ari(np.arange(10), np.zeros(10, dtype=bool)) is None


def test_a_threshold_is_moved_to_the_false_rate_of_the_package(peers) -> None:
    def made(suite, claims, score) -> pd.DataFrame:
        planted = {"fraction": 0.27, "target_separation": 3.5} if suite == "planted" else {}
        drawn = pd.DataFrame({"draw": range(len(claims)), "claims": claims, "score": score})
        return drawn.assign(
            suite=suite,
            design="gamma" if suite == "null" else "planted",
            cell="centre",
            fraction=planted.get("fraction", np.nan),
            target_separation=planted.get("target_separation", np.nan),
        )

    # one false claim of the package in four null draws: the peer is allowed one, so it claims
    # above its second highest null score, 3
    ours = made("null", [True, False, False, False], [0.0] * 4)
    peer = pd.concat(
        [
            made("null", [True] * 4, [4.0, 3.0, 2.0, 1.0]),
            made("planted", [True] * 2, [3.5, 2.5]),
        ],
        ignore_index=True,
    )
    line = peers.summarise.Line("a peer", "skew", peer)
    rate = peers.summarise.false_rate(line, ours)
    assert rate == 0.25
    moved = peers.summarise.claims_at(line, rate)
    assert moved.tolist() == [True, False, False, False, True, False]
    assert peers.summarise.powers(line, moved) == "– / 0.50 / –"


def test_the_gaussian_null_sees_two_far_groups_and_no_others(peers) -> None:
    rng = np.random.default_rng(4)
    ask = peers.run.python_peers.gaussian_null
    correlated = rng.normal(size=(150, 3)) @ np.array([[2.0, 1.0, 0.0], [0, 1.0, 1.0], [0, 0, 0.3]])
    assert not ask(correlated, 1)["claims"]
    far = correlated + 20.0 * (np.arange(150) < 60)[:, None]
    answer = ask(far, 1)
    assert answer["claims"]
    assert peers.inputs.two_group_ari(answer["labels"], np.arange(150) < 60) == 1.0


def test_a_run_makes_only_what_is_missing(peers, tmp_path, monkeypatch) -> None:
    words = ["run.py", "--out", str(tmp_path), "--peers", "gaussian_null"]
    monkeypatch.setattr(peers.run, "all_tasks", lambda *_: [peers.inputs.Task(*PLANTED)])
    monkeypatch.setattr(sys, "argv", words)
    peers.run.main()
    first = (tmp_path / "rows.csv").read_text(encoding="utf-8")
    peers.run.main()
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8") == first
    assert first.count("\n") == 4  # a header and three inputs


PLANTED = ("planted", "planted", "centre", 0, 0.27, 4.0)


@pytest.mark.guarantee
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")
@pytest.mark.parametrize("task", [("null", "gamma", "centre", 0), PLANTED], ids=["null", "planted"])
@pytest.mark.parametrize("name", ["gaussian_null", "reval", "umap_hdbscan", "stepmix"])
def test_a_stored_answer_is_given_again(peers, rows, name, task) -> None:
    if find_spec(EXTRAS.get(name, "numpy")) is None:
        pytest.skip(f"{EXTRAS[name]} is not installed")
    wanted = peers.inputs.Task(*task)
    inputs = peers.inputs.make_inputs(wanted)
    stored = rows[(rows["peer"] == name) & (rows["seed"] == wanted.seed) & (rows["draw"] == 0)]
    if wanted.target_separation is not None:
        stored = stored[stored["target_separation"] == wanted.target_separation]
    assert len(stored)
    for row in stored.itertuples():
        peer = next(p for p in peers.listed.PEERS if (p.name, p.input) == (name, row.input))
        answer = peers.run.ask_python(peer, inputs)
        assert bool(answer["claims"]) == row.claims
        if name != "umap_hdbscan":  # its embedding differs in the last digits between machines
            assert answer["n_groups"] == row.n_groups
            np.testing.assert_allclose(answer["score"], row.score, rtol=1e-3)
