"""The lines of evidence and the headline numbers, as the brief prints them."""

import re
from typing import TYPE_CHECKING, Any

from subtyping.report.document import plain
from subtyping.report.formats import number, percent, with_interval
from subtyping.report.wording import LINES, METRICS

if TYPE_CHECKING:
    from subtyping.report.results import StudyResult

__all__ = ["evidence_rows", "metric_rows", "minor_factors"]

SHARES = (
    "prevalence_frac",
    "power_at_minimum",
    "share of membership explained",
    "share of other analytes moved",
)
MINOR_SHARE = 0.05


def evidence_rows(result: "StudyResult") -> list[dict[str, Any]]:
    """Return the lines of evidence as the table prints them.

    Parameters
    ----------
    result : StudyResult

    Returns
    -------
    list of dict
        As the verdict's evidence, with ``title`` and ``estimate`` (value and interval as texts).
        Lines on a biological factor that explains next to nothing are left out.
    """
    columns = (result.spec.get("cohort") or {}).get("columns") or {}
    plate = str(columns.get("batch") or "plate").removeprefix("panel:")
    rows = _lines(result)
    minor = {_factor(row["line"]) for row in rows if _is_minor(row)}
    shown = (row for row in rows if not (_is_about(row["line"]) and _factor(row["line"]) in minor))
    return [_line(row, plate) for row in shown]


def minor_factors(result: "StudyResult") -> list[str]:
    """Return the biological factors that explain less than 5 % of who is in the upper group.

    Parameters
    ----------
    result : StudyResult

    Returns
    -------
    list of str
    """
    return [_factor(row["line"]) for row in _lines(result) if _is_minor(row)]


def metric_rows(result: "StudyResult") -> list[dict[str, Any]]:
    """Return the headline numbers as the table prints them.

    Parameters
    ----------
    result : StudyResult

    Returns
    -------
    list of dict
        ``title, estimate`` (value and interval as texts) and ``null_twin``.
    """
    return [_metric(row) for row in result.metrics.to_dict("records")]


def _lines(result: "StudyResult") -> list[dict[str, Any]]:
    """Return the lines of evidence as plain rows."""
    return list(map(plain, result.verdict.evidence.to_dict("records")))


def _is_minor(row: dict[str, Any]) -> bool:
    """Whether a line only says that a biological factor explains next to nothing."""
    is_biological = str(row["line"]).startswith("biological: ")
    return is_biological and row["value"] is not None and row["value"] < MINOR_SHARE


def _is_about(line: object) -> bool:
    """Whether a line is about a biological factor."""
    return str(line).startswith(("biological: ", "without "))


def _factor(line: object) -> str:
    """Return the factor a line is about."""
    name = str(line).removeprefix("biological: ").removeprefix("without ")
    return {"bmi": "BMI"}.get(name, name.replace("_", " "))


def _line(row: dict[str, Any], plate: str) -> dict[str, Any]:
    """Return one line of evidence, with the plate under the name of the person's own column."""
    line, sentence = str(row["line"] or ""), str(plain(row["sentence"]) or "")
    title = LINES.get(line, line.replace("_", " "))
    if line.startswith("biological: "):
        title = f"Does {_factor(line)} go along with it?"
        sentence = sentence[:1].upper() + sentence[1:]
    elif line.startswith("without "):
        title = f"Is a group still seen without {_factor(line)}?"
    elif line.startswith("technical: ") and line not in LINES:
        factor = line.removeprefix("technical: ")
        name = {"plate": plate, "handling": "sample handling"}.get(factor, factor)
        title = f"Does {name} explain it?"
        sentence = re.sub(rf"^{re.escape(factor)}\b", name, sentence)
        sentence = sentence[:1].upper() + sentence[1:]
    statistic = str(plain(row["statistic"]) or "")
    return plain(row) | {
        "title": title,
        "statistic": statistic.replace("_", " "),
        "estimate": _estimate(row, is_share=statistic in SHARES),
        "sentence": sentence,
    }


def _metric(row: dict[str, Any]) -> dict[str, Any]:
    """Return one headline number as the table prints it."""
    name = str(row["name"])
    is_share = name in SHARES
    twin = percent(row["null_twin"]) if is_share else number(row["null_twin"])
    return {
        "title": METRICS.get(name) or _model_metric(name),
        "estimate": _estimate(row, is_share=is_share),
        "null_twin": twin,
    }


def _model_metric(name: str) -> str:
    """Return the name of a metric of a model as words."""
    found = re.fullmatch(r"(.+)_fidelity_(.+)_out_of_fold", name)
    if found is None:
        return name.replace("_", " ").replace("out of fold", "out-of-fold")
    model, measure = (part.replace("_", " ") for part in found.groups())
    measure = {"auc": "AUC", "brier": "Brier score"}.get(measure, measure)
    return f"Predicting the labels again, {model}: {measure} in people left out"


def _estimate(row: dict[str, Any], *, is_share: bool) -> tuple[str, str]:
    """Return a value and its interval as two texts."""
    named = {"value": row["value"]} | {f"value_{k}": row[k] for k in ("ci_low", "ci_high")}
    return with_interval(named, "value", is_share=is_share)
