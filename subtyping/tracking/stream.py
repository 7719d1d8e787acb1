"""A study as a stream of records: what is logged, with no store in sight."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from subtyping.tracking.records import (
    Child,
    Dataset,
    File,
    Metrics,
    Model,
    Params,
    Record,
    Tag,
)

__all__ = ["Candidate", "flatten", "start_records", "study_records"]

LONGEST_PARAM = 500
LONGEST_TAG = 4000
VERDICT_NUMBERS = ("p_value", "prevalence_frac", "prevalence_ci_low", "prevalence_ci_high")
TOP_FILES = ("report.json", "criteria.json", "brief.html")

Candidate = tuple[str, Mapping[str, object], Mapping[str, float]]


def start_records(spec: Mapping[str, Any], question: str) -> Iterator[Record]:
    """Yield what is known before the study has run: the question and the flattened spec.

    Parameters
    ----------
    spec : mapping
        The validated specification as plain values.
    question : str
        The question of the spec; shown as the description of the run.

    Yields
    ------
    Record

    Examples
    --------
    >>> list(start_records({"seed": 1}, "Is it there?"))[-1]
    Params(values={'seed': '1'})
    """
    yield Tag("subtyping.question", question[:LONGEST_TAG])
    yield Tag("mlflow.note.content", question[:LONGEST_TAG])
    yield Params(flatten(spec))


def study_records(
    result: Any,
    folder: Path | str,
    *,
    candidates: Sequence[Candidate] = (),
) -> Iterator[Record]:
    """Yield everything a finished study says to the store. Pure but for listing `folder`.

    Parameters
    ----------
    result : StudyResult
        A finished study (``subtyping.report.StudyResult``).
    folder : path
        Its run folder, already written.
    candidates : sequence of (name, params, metrics)
        Candidate configurations, one child run each. Another child holds the null twin of every
        metric that has one.

    Yields
    ------
    Record
        Tags, provenance, metrics, the dataset, the files of the run folder under the names they
        have there, child runs, the model and, last, ``DONE``.
    """
    yield from _tags(result)
    yield Metrics(_study_metrics(result))
    yield _dataset(result)
    yield from _files(Path(folder))
    for name, params, metrics in candidates:
        records = (Params(flatten(params)), Metrics(_finite(metrics)))
        yield Child(name, (Tag("subtyping.kind", "candidate"), *records))
    twins = result.metrics.dropna(subset=["null_twin"])
    if len(twins):
        values = _finite(dict(zip(twins["name"], twins["null_twin"], strict=True)))
        yield Child("null twin", (Tag("subtyping.kind", "null_twin"), Metrics(values)))
    yield Model(
        "subtype_assigner",
        Path(folder) / "model",
        {"verdict": str(result.verdict.kind), "axis": str(result.verdict.axis)},
    )
    if (Path(folder) / "DONE").is_file():
        yield File(Path(folder) / "DONE")


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return nested values as flat texts with dotted names.

    Parameters
    ----------
    values : mapping
        Nested mappings; lists and tuples stay together as JSON.
    prefix : str
        Put before every name.

    Returns
    -------
    dict of str to str
        Texts longer than 500 characters end in an ellipsis; empty mappings are ``{}``.

    Examples
    --------
    >>> flatten({"cohort": {"unit": "NPX", "case": ["MDD"]}, "seed": 1})
    {'cohort.unit': 'NPX', 'cohort.case': '["MDD"]', 'seed': '1'}
    """
    flat: dict[str, str] = {}
    for key, value in values.items():
        name = _safe_name(f"{prefix}{key}")
        if isinstance(value, Mapping) and value:
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, default=str)
            flat[name] = text if len(text) <= LONGEST_PARAM else text[: LONGEST_PARAM - 1] + "…"
    return flat


def _safe_name(name: str) -> str:
    """Return a name a store accepts: letters, digits, ``_ - . / :`` and blanks, 250 at most."""
    return re.sub(r"[^\w\-./: ]", "_", name)[:250]


def _finite(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the finite numbers under safe names; a missing number is not logged."""
    return {
        _safe_name(str(name)): float(value)
        for name, value in values.items()
        if value is not None and not pd.isna(value) and math.isfinite(value)
    }


def _study_metrics(result: Any) -> dict[str, float]:
    """Return the numbers of the verdict and the headline numbers with their intervals."""
    verdict = result.verdict
    values: dict[str, Any] = {f"verdict.{name}": getattr(verdict, name) for name in VERDICT_NUMBERS}
    values["verdict.n_case"] = verdict.n_case
    for row in result.metrics.to_dict("records"):
        values[row["name"]] = row["value"]
        values |= {f"{row['name']}_{end}": row[end] for end in ("ci_low", "ci_high")}
        values[f"null_twin.{row['name']}"] = row["null_twin"]
    for outcome in ("fires", "silent", "not_applicable"):
        values[f"checks.{outcome}"] = sum(check.outcome == outcome for check in result.checks)
    values["seconds"] = result.provenance.get("seconds")
    return _finite(values)


def _tags(result: Any) -> Iterator[Record]:
    """Yield the verdict, what fired, and where the numbers come from."""
    verdict, provenance = result.verdict, result.provenance
    fired = [f"{check.code} {check.title}" for check in result.checks if check.is_firing]
    tags = {
        "subtyping.verdict": verdict.kind,
        "subtyping.axis": verdict.axis,
        "subtyping.sentence": verdict.sentence,
        "subtyping.checks_fired": "; ".join(fired) or "none",
        "mlflow.note.content": f"**{result.question}**\n\n{verdict.sentence}",
    }
    for name in ("package_version", "python", "git_commit", "data_sha256", "seed"):
        if provenance.get(name) is not None:
            tags[f"subtyping.{name}"] = provenance[name]
    yield from (Tag(name, str(value)[:LONGEST_TAG]) for name, value in tags.items())


def _dataset(result: Any) -> Dataset:
    """Return which data went in; analyte names only, nobody's values."""
    analytes = result.prepared_detection["analyte"].astype(str)
    source = str(result.reading.source)
    return Dataset(source, str(result.provenance["data_sha256"]), source, tuple(analytes))


def _files(folder: Path) -> Iterable[Record]:
    """Yield the files of a run folder in a fixed order; its model is a record of its own."""
    for name in TOP_FILES:
        if (folder / name).is_file():
            yield File(folder / name)
    for part in ("tables", "figures", "model"):
        for path in sorted((folder / part).glob("*")):
            if path.is_file():
                yield File(path, part)
