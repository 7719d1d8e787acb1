"""A specification curve as records for the tracking store."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from subtyping.study.cohort import StudyCohort
from subtyping.study.specification.result import SpecificationCurve
from subtyping.study.specification.tables import CHOICES
from subtyping.tracking import Dataset, File, GridChild, Metrics, Record, Tag

__all__ = ["curve_children", "curve_records"]

LONGEST_TAG = 4000
NUMBERS = ("claims_subtype", "criterion_value", "n_clusters", "high_frac", "no_cluster_frac",
           "mean_ari", "ari_with_declared")  # fmt: skip


def curve_records(curve: SpecificationCurve, cohort: StudyCohort, folder: Path) -> Iterator[Record]:
    """Yield what the parent run says.

    Parameters
    ----------
    curve : SpecificationCurve
    cohort : StudyCohort
    folder : Path
        Already written.

    Yields
    ------
    Record
        Tags, metrics, the dataset, and the files of the folder.
    """
    summary, provenance = curve.summary, curve.provenance
    question = str(curve.spec.get("question", ""))
    tags: dict[str, Any] = {
        "subtyping.verdict": summary["declared"]["kind"],
        "subtyping.axis": summary["declared"]["axis"],
        "subtyping.sentence": curve.sentence,
        "mlflow.note.content": f"**{question}**\n\n{curve.sentence}",
    }
    for name in ("package_version", "python", "git_commit", "data_sha256", "seed"):
        if provenance.get(name) is not None:
            tags[f"subtyping.{name}"] = provenance[name]
    yield from (Tag(name, str(value)[:LONGEST_TAG]) for name, value in tags.items())
    yield Metrics(_finite(_headline(summary) | {"seconds": provenance.get("seconds")}))
    analytes = tuple(map(str, cohort.panel.values.columns))
    yield Dataset(cohort.source, cohort.data_sha256, cohort.source, analytes)
    yield File(folder / "specifications.json")
    for part in ("tables", "figures"):
        for path in sorted((folder / part).glob("*")):
            yield File(path, part)


def curve_children(curve: SpecificationCurve) -> list[GridChild]:
    """Return one child run for each specification.

    Parameters
    ----------
    curve : SpecificationCurve

    Returns
    -------
    list of GridChild
        Parameters are the choices; metrics are what was found, and ``null_twin.`` what the same
        specification found in the twins.
    """
    children = []
    for row in curve.tables.specifications.to_dict("records"):
        metrics = {name: row[name] for name in NUMBERS}
        metrics["null_twin.claims_frac"] = row["twin_claims_frac"]
        metrics["null_twin.mean_ari"] = row["twin_mean_ari"]
        tags = {"subtyping.kind": "specification", "subtyping.criterion": str(row["criterion"])}
        if row["problem"]:
            tags["subtyping.problem"] = str(row["problem"])[:LONGEST_TAG]
        if row["is_declared"]:
            tags["subtyping.is_declared"] = "true"
        name = f"{row['specification']} {row['algorithm']} on {row['features']}, k {row['k']}"
        params = {choice: str(row[choice]) for choice in CHOICES}
        children.append(GridChild(name, params, _finite(metrics), tags))
    return children


def _headline(summary: Any) -> dict[str, Any]:
    """Return the numbers of the summary under flat names."""
    numbers: dict[str, Any] = {
        "n_specifications": summary["n_specifications"],
        "n_not_done": summary["n_not_done"],
        "axes_tried": summary["axes_tried"],
        "declared.p_value": summary["declared"]["p_value"],
        "mean_pairwise_ari": summary["members"]["mean_pairwise_ari"],
        "null_twin.mean_pairwise_ari": summary["members"]["twin_mean_pairwise_ari"],
        "median_ari_with_declared": summary["members"]["median_ari_with_declared"],
    }
    for part in ("existence", "customary", "own_test"):
        numbers[f"{part}.claims_frac"] = summary[part]["claims_frac"]
        numbers[f"null_twin.{part}.claims_frac"] = summary[part]["twin_claims_frac"]
    return numbers


def _finite(values: dict[str, Any]) -> dict[str, float]:
    """Return the numbers that are there."""
    found = {}
    for name, value in values.items():
        try:
            number = float(value)
        except (TypeError, ValueError):
            continue
        if math.isfinite(number):
            found[name] = number
    return found
