"""Ask PyCaret, in an environment of its own: ``python pycaret_peer.py FOLDER``.

PyCaret 3.3.2 pins numpy below 1.27, pandas below 2.2 and scikit-learn below 1.5, so it cannot be
installed beside this package; it is asked through the same files as the R peers.
"""

import csv
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from pycaret.clustering import ClusteringExperiment


def ask(x: pd.DataFrame, seed: int) -> dict[str, object]:
    """Set up, make the default k-means model and assign: four clusters, whatever the data."""
    experiment = ClusteringExperiment()
    experiment.setup(x, session_id=seed, verbose=False, html=False)
    model = experiment.create_model("kmeans", verbose=False)
    silhouette = float(experiment.pull()["Silhouette"].iloc[0])
    labels = experiment.assign_model(model, verbose=False)["Cluster"]
    codes = pd.factorize(labels, sort=True)[0].tolist()
    n_groups = len(set(codes))
    return {"claims": n_groups > 1, "n_groups": n_groups, "score": silhouette, "labels": codes}


def main() -> None:
    """Answer every job of the folder."""
    folder = Path(sys.argv[1])
    versions = f"PyCaret {version('pycaret')}, scikit-learn {version('scikit-learn')}"
    with (folder / "jobs.csv").open(newline="", encoding="utf-8") as source:
        jobs = list(csv.DictReader(source))
    lines = []
    for job in jobs:
        start = time.perf_counter()
        answer = ask(pd.read_csv(folder / job["file"]), int(job["seed"]))
        answer |= {"seconds": time.perf_counter() - start, "id": int(job["id"])}
        lines.append(json.dumps(answer | {"versions": versions}))
    (folder / "answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
