"""The tables of a run folder: tidy frames, and the bytes they are written as."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from subtyping.report.results import StudyResult

__all__ = ["checks_table", "report_tables", "write_csv"]

FLOAT_FORMAT = "%.10g"
APPARENT = {"coverage_frac": "coverage_apparent_frac", "purity_frac": "purity_apparent_frac"}
"""Columns of the peeling path, which is judged where it was found, as the file names them."""
CLAIMED = ("overlap", "differences", "retest")
CHECK_COLUMNS = ["code", "title", "severity", "outcome", "sentence", "muted_reason"]


def report_tables(result: "StudyResult") -> dict[str, pd.DataFrame]:
    """Return the tables of a run by file name (without ``.csv``).

    Parameters
    ----------
    result : StudyResult
        A finished study.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``axis_scores`` (sample_id, level, then score and skew of each axis), ``axis_members``,
        ``coherence``, ``assignments`` (sample_id, probability, label, reason), ``evidence``,
        ``criteria``, ``checks``, ``detection``, ``design``, ``metrics``, ``groups``, ``dropped``;
        where the study made them ``differential``, ``handling``, ``embedding``,
        ``criteria_overlap``, ``criteria_differences``, ``criteria_peeling``, ``criteria_retest``,
        ``criteria_refused``, ``reporting_items``, ``shap_thresholds``, ``visits``,
        ``visit_assignments``, those of `StudyResult.soundness`, ``prediction_metrics``,
        ``out_of_fold``, ``calibration``, ``folds``, ``attribution``, those of
        `SignatureFindings.tables` (``similarity``, ``reversal``, ...) and ``replications``.
        The shares in ``criteria_peeling`` are named apparent: they are judged on the people whose
        path it is; other tables of rules end with the ``claim`` of each. A result that is absent
        has no table; one without rows keeps its columns.
        Nothing in a table depends on the clock.
    """
    scores = result.axis_scores
    tables = {
        "axis_scores": scores.table.rename_axis("sample_id").reset_index(),
        "axis_members": scores.members,
        "coherence": scores.coherence,
        "assignments": result.verdict.assignment.table,
        "evidence": result.verdict.evidence,
        "criteria": result.criteria.table,
        "checks": checks_table(result.checks),
        "detection": result.prepared_detection,
        "design": result.design.table,
        "metrics": result.metrics,
        "groups": result.groups,
        "dropped": result.reading.dropped,
    }
    if result.differential is not None:
        tables["differential"] = result.differential.table
    if result.handling is not None:
        tables["handling"] = result.handling.table
    if result.embedding is not None:
        tables["embedding"] = result.embedding
    if result.prediction is not None:
        tables |= _prediction_tables(result.prediction)
    tables |= _criteria_tables(result)
    for name, table in (
        ("reporting_items", result.reporting),
        ("shap_thresholds", result.shap_thresholds),
    ):
        if table is not None:
            tables[name] = table
    tables |= _outcome_tables(result)
    if result.signature is not None:
        tables |= result.signature.tables()
    if result.replications is not None:
        tables |= {
            "replications": result.replications.table,
            "replications_summary": result.replications.summary,
            "replications_by_analyte": result.replications.by_analyte,
        }
    tables |= dict(result.visits) | dict(result.soundness)
    return dict(sorted(tables.items()))


def _criteria_tables(result: "StudyResult") -> dict[str, pd.DataFrame]:
    """Return the tables beside the criteria, with the claim of every rule they name."""
    criteria = result.criteria
    claims = criteria.table.drop_duplicates("rule_text").set_index("rule_text")["claim"]
    tables = {}
    for name in ("overlap", "differences", "peeling", "retest", "refused"):
        table = getattr(criteria, name, None)
        if table is None or not len(table):
            continue
        if name in CLAIMED:
            table = table.assign(claim=table["rule_text"].map(claims))
        tables[f"criteria_{name}"] = table.rename(columns=APPARENT)
    return tables


def checks_table(checks: Sequence[Any]) -> pd.DataFrame:
    """Return the checks as a table, one row each, in the order they were run.

    Parameters
    ----------
    checks : sequence of CheckResult

    Returns
    -------
    pandas.DataFrame
        ``code, title, severity, outcome, sentence, muted_reason``; the outcome of a muted check
        is what it would be unmuted.
    """
    rows = [[getattr(check, name) for name in CHECK_COLUMNS] for check in checks]
    return pd.DataFrame(rows, columns=CHECK_COLUMNS)


def _prediction_tables(prediction: Any) -> dict[str, pd.DataFrame]:
    """Return the tables of the prediction room."""
    tables = {
        "prediction_metrics": prediction.metrics,
        "out_of_fold": prediction.out_of_fold,
        "calibration": prediction.calibration,
        "folds": prediction.folds,
    }
    for name in ("panels", "selection", "tuning"):
        table = getattr(prediction, name, None)
        if table is not None and len(table):
            tables[f"prediction_{name}"] = table
    from subtyping.prediction.explain import attribution_tables

    return tables | attribution_tables(prediction)


def _outcome_tables(result: "StudyResult") -> dict[str, pd.DataFrame]:
    """Return the tables of labels from half an axis and of outcomes from outside."""
    tables = {}
    if result.split_panel is not None and result.split_panel.is_applicable:
        tables["split_panel_fidelity"] = result.split_panel.table
        tables["split_panel_splits"] = result.split_panel.splits
    if result.outcomes:
        for part in ("metrics", "calibration", "out_of_fold"):
            named = [
                getattr(one, part).assign(outcome_name=name)
                for name, one in result.outcomes.items()
            ]
            tables[f"outcome_{part}"] = pd.concat(named, ignore_index=True)
    return tables


def write_csv(table: pd.DataFrame, path: Path) -> Path:
    r"""Write a table so that equal tables give equal bytes on every system.

    Ten significant digits, ``\n`` at line ends, blanks for missing values, UTF-8; a minus
    sign before zero is dropped.

    Parameters
    ----------
    table : pandas.DataFrame
        Written without its index.
    path : pathlib.Path
        File to write.

    Returns
    -------
    pathlib.Path
        `path`.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"analyte": ["IL6", "IL13"], "log2_fc": [1 / 3, float("nan")]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(table, Path(folder) / "t.csv").read_bytes()
    b'analyte,log2_fc\nIL6,0.3333333333\nIL13,\n'
    """
    floats = table.select_dtypes("floating").columns
    plain = table.assign(**{str(name): table[name] + 0.0 for name in floats})
    plain.to_csv(
        path, index=False, float_format=FLOAT_FORMAT, lineterminator="\n", encoding="utf-8"
    )
    return path
