"""The study as one JSON document."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from subtyping.report.tables import CHECK_COLUMNS

if TYPE_CHECKING:
    from subtyping.report.results import StudyResult

__all__ = ["criteria_dict", "plain", "report_dict", "write_json"]

VERDICT_FIELDS = (
    "kind",
    "axis",
    "p_value",
    "prevalence_frac",
    "prevalence_ci_low",
    "prevalence_ci_high",
    "n_case",
    "sentence",
    "power_at_minimum",
    "n_needed",
)


def plain(value: Any) -> Any:
    """Return `value` as text, numbers, lists and dicts that JSON can hold; missing is None.

    Parameters
    ----------
    value : object
        Nested mappings, sequences, tables (as a list of rows), numpy and pandas scalars, paths.

    Returns
    -------
    object
        NaN, infinities, ``NaT`` and ``pandas.NA`` become None; what JSON does not know becomes
        its text.

    Examples
    --------
    >>> plain({"n": np.int64(3), "p": float("nan"), "ids": ("a", "b")})
    {'n': 3, 'p': None, 'ids': ['a', 'b']}
    >>> plain(pd.DataFrame({"rule": ["CRP"], "ppv": [np.nan]}))
    [{'rule': 'CRP', 'ppv': None}]
    """
    found: Any
    if isinstance(value, np.generic):
        value = value.item()
    match value:
        case None | bool() | str() | int():
            found = value
        case float():
            found = value if math.isfinite(value) else None
        case Mapping():
            found = {str(key): plain(item) for key, item in value.items()}
        case pd.DataFrame():
            found = [plain(row) for row in value.to_dict("records")]
        case np.ndarray() | pd.Series() | pd.Index():
            found = [plain(item) for item in value.tolist()]
        case list() | tuple():
            found = [plain(item) for item in value]
        case set() | frozenset():
            found = sorted(map(str, value))
        case _:
            found = None if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)
    return found


def report_dict(result: "StudyResult") -> dict[str, Any]:
    """Return the study as plain values: the content of ``report.json``.

    Parameters
    ----------
    result : StudyResult
        A finished study.

    Returns
    -------
    dict
        ``question``; ``spec``; ``provenance``; ``verdict`` (kind, axis, p_value,
        prevalence_frac with interval, n_case, sentence, power_at_minimum, n_needed);
        ``evidence``, ``checks`` and ``criteria`` (lists of rows); ``metrics`` (name to value,
        ci_low, ci_high, null_twin); ``groups``; ``reading``; ``sentences`` (what each room says
        of itself). Missing numbers are None.
    """
    metrics = result.metrics.set_index("name")
    document = {
        "question": result.question,
        "spec": result.spec,
        "provenance": result.provenance,
        "verdict": {name: getattr(result.verdict, name) for name in VERDICT_FIELDS},
        "evidence": result.verdict.evidence,
        "checks": [
            {name: getattr(check, name) for name in CHECK_COLUMNS} for check in result.checks
        ],
        "criteria": result.criteria.records(),
        "metrics": {
            name: {field: row[field] for field in ("value", "ci_low", "ci_high", "null_twin")}
            for name, row in metrics.iterrows()
        },
        "groups": result.groups,
        "reading": _reading(result),
        "sentences": _sentences(result),
    }
    return plain(document)


def criteria_dict(result: "StudyResult") -> dict[str, Any]:
    """Return the criteria with the provenance they need to stand alone (``criteria.json``).

    Returns
    -------
    dict
        ``question, verdict, sentence, criteria, provenance``.
    """
    return plain(
        {
            "question": result.question,
            "verdict": result.verdict.kind,
            "sentence": result.criteria.sentence,
            "criteria": result.criteria.records(),
            "provenance": result.provenance,
        }
    )


def write_json(document: Mapping[str, Any], path: Path) -> Path:
    """Write plain values as JSON: UTF-8, two blanks of indent, no NaN, a line end at the end.

    Parameters
    ----------
    document : mapping
    path : pathlib.Path

    Returns
    -------
    pathlib.Path
    """
    text = json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def _reading(result: "StudyResult") -> dict[str, Any]:
    """Return what happened between the file and the panel."""
    reading = result.reading
    return {
        "source": reading.source,
        "format": reading.format,
        "platform": reading.platform,
        "rows_read": reading.rows_read,
        "rows_kept": reading.rows_kept,
        "dropped": reading.dropped,
        "unknown_analytes": reading.unknown_analytes,
        "notes": reading.notes,
    }


def _sentences(result: "StudyResult") -> dict[str, str]:
    """Return the plain sentence of every room that has one."""
    rooms: dict[str, Any] = {
        "axes": result.axis_scores,
        "criteria": result.criteria,
        "design": result.design,
        "differential": result.differential,
        "handling": result.handling,
        "prediction": result.prediction,
    }
    said = {name: room.sentence for name, room in rooms.items() if room is not None}
    more = {name: one.sentence for name, one in result.outcomes.items()}
    said |= {
        f"outcome_{name}": text for name, text in (more | dict(result.outcome_reasons)).items()
    }
    if result.split_panel is not None:
        said["split_panel"] = result.split_panel.sentence
    told = result.signature.sentences() if result.signature is not None else ()
    if result.replications is not None:
        told = (*told, ("Replications", result.replications.sentence))
    said |= {title.lower().replace(" ", "_"): text for title, text in told}
    return said | {title.lower().replace(" ", "_"): text for title, text in result.remarks}
