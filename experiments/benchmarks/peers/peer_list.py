"""Which peers are asked, of what, how often, and by which code."""

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peer_inputs import draw

HERE = Path(__file__).resolve().parent
FULL = (20, 40)
HALF = (6, 12)
FEW = (4, 8)


@dataclass(frozen=True)
class Peer:
    """A peer and an input.

    Attributes
    ----------
    name, title : str
    input : {"panel", "members", "skew", "own"}
        What it is given; the package takes the panel and the declared axis.
    runs_in : {"package", "python", "R", "PyCaret"}
    draws : tuple of int
        At most so many cohorts a null design, and a planted cell.
    """

    name: str
    title: str
    input: str
    runs_in: str
    draws: tuple[int, int] = FULL

    @property
    def code_digest(self) -> str:
        """Return what a stored row of this peer must have been made with."""
        if self.runs_in == "package":
            return str(draw.code_digest())
        if self.runs_in == "R":
            return _sha((HERE / "peers.R").read_text(encoding="utf-8"))
        file = {"python": "python_peers.py", "PyCaret": "pycaret_peer.py"}[self.runs_in]
        return _sha(ast.dump(ast.parse((HERE / file).read_text(encoding="utf-8"))))

    def is_wanted(self, task: Any) -> bool:
        """Whether this draw is one of those this peer is asked."""
        return task.draw < self.draws[task.suite == "planted"]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


PEERS = (
    Peer("subtyping", "subtyping, discover", "own", "package"),
    Peer("mclust", "mclust BIC", "members", "R", HALF),
    Peer("mclust", "mclust BIC", "skew", "R"),
    Peer("consensus", "ConsensusClusterPlus", "panel", "R", FEW),
    Peer("consensus", "ConsensusClusterPlus", "members", "R", FEW),
    Peer("clusterboot", "fpc clusterboot", "panel", "R", HALF),
    Peer("clusterboot", "fpc clusterboot", "members", "R"),
    Peer("clusterboot", "fpc clusterboot", "skew", "R"),
    Peer("gap", "gap statistic", "panel", "R", FEW),
    Peer("gap", "gap statistic", "members", "R"),
    Peer("gap", "gap statistic", "skew", "R"),
    Peer("dip", "dip test", "skew", "R"),
    Peer("gaussian_null", "Gaussian-covariance null", "panel", "python"),
    Peer("gaussian_null", "Gaussian-covariance null", "members", "python"),
    Peer("gaussian_null", "Gaussian-covariance null", "skew", "python"),
    Peer("reval", "reval-style relabelling", "panel", "python"),
    Peer("reval", "reval-style relabelling", "members", "python"),
    Peer("reval", "reval-style relabelling", "skew", "python"),
    Peer("umap_hdbscan", "UMAP + HDBSCAN", "panel", "python"),
    Peer("umap_hdbscan", "UMAP + HDBSCAN", "members", "python"),
    Peer("stepmix", "StepMix BLRT", "members", "python", FEW),
    Peer("stepmix", "StepMix BLRT", "skew", "python", FEW),
    Peer("pycaret", "PyCaret default", "panel", "PyCaret", HALF),
    Peer("pycaret", "PyCaret default", "members", "PyCaret", HALF),
)
"""Every row of the table, in its order."""
