"""What a study can say to the reporting guidelines of the rules it proposes."""

from typing import Any

import pandas as pd

from subtyping.report import StudyResult

__all__ = ["rule_facts"]

PLATES = {
    "location": "plate locations removed",
    "median": "plate medians removed",
    "combat": "plates adjusted by ComBat",
    "none": "plates left as they are",
}


def rule_facts(result: StudyResult) -> dict[str, str]:
    """Return the facts on target, choice, form and performance of the proposed rules.

    Parameters
    ----------
    result : StudyResult
        A finished study.

    Returns
    -------
    dict of str to str
        ``outcome, analysis, model_output, specification, performance, validation, limitations,
        class_imbalance``; blank where the run knows nothing, as where it proposes no rule.
    """
    rows = _proposed(result)
    return {
        "outcome": _outcome(result, rows),
        "analysis": _analysis(result, rows),
        "model_output": _output(rows),
        "specification": _specification(result, len(rows)),
        "performance": _performance(rows),
        "validation": _validation(result, rows),
        "limitations": _limitations(result, rows),
        "class_imbalance": _imbalance(result, rows),
    }


def _proposed(result: StudyResult) -> list[dict[str, Any]]:
    """Return the rows of the rules that were chosen on these people."""
    table = result.criteria.table
    return [
        {str(k): v for k, v in row.items()}
        for row in table[table["kind"] != "published"].to_dict("records")
    ]


def _outcome(result: StudyResult, rows: list[dict[str, Any]]) -> str:
    """Say what a rule is meant to find and how people are labelled."""
    verdict = result.verdict
    made = f"It is estimated from the {verdict.axis} axis, not assessed apart from the markers."
    if rows:
        return f"Target: {rows[0]['target_condition']}. {made}"
    return f"No target condition was established (verdict: {verdict.kind}). {verdict.sentence}"


def _analysis(result: StudyResult, rows: list[dict[str, Any]]) -> str:
    """Say how people are labelled and how markers and thresholds are chosen."""
    spec = result.spec
    prepared = spec["preparation"]
    adjust = ", ".join(map(str, prepared["adjust"])) or "nothing"
    said = (
        f"Log2, {PLATES[prepared['plates']]}, contrasts adjusted for {adjust}, z against the "
        "reference people; the verdict tests a two-normal mixture against the best unimodal shape."
    )
    chosen = dict.fromkeys(str(row["chosen_by"]) for row in rows if row.get("chosen_by"))
    if not chosen:
        return said
    return (
        f"{said} Rules are chosen by {' and '.join(chosen)}, with at most "
        f"{spec['criteria']['max_markers']} markers; labels, markers and thresholds are chosen "
        f"anew in each of {spec['criteria']['resamples']} bootstrap resamples."
    )


def _output(rows: list[dict[str, Any]]) -> str:
    """Say what a rule returns."""
    texts = [str(row["rule_text"]) for row in rows]
    return f"Yes or no for each person: {'; '.join(texts)}." if texts else ""


def _specification(result: StudyResult, n: int) -> str:
    """Write the rules in full."""
    rules = result.criteria.rules[:n]
    told = [
        f"{rule.text} ({rule.platform or 'platform not stated'}; {rule.detection_policy})"
        for rule in rules
    ]
    return f"{'; '.join(told)}. As data: criteria.json." if told else ""


def _performance(rows: list[dict[str, Any]]) -> str:
    """Print sensitivity, specificity and what follows, with 95 % intervals, where known."""
    words = {"sensitivity": "sensitivity", "specificity": "specificity", "ppv": "PPV", "npv": "NPV",
             "positive_frac": "met by"}  # fmt: skip
    told = []
    for row in rows:
        if _estimate(row, "sensitivity", ""):
            parts = filter(None, (_estimate(row, *pair) for pair in words.items()))
            told.append(f"{row['rule_text']}: {', '.join(parts)}")
    return f"{'; '.join(told)} (95% intervals)." if told else ""


def _estimate(row: dict[str, Any], name: str, word: str) -> str:
    """Return an estimate with its interval, blank where there is none."""
    value, low, high = (row.get(f"{name}{end}") for end in ("", "_ci_low", "_ci_high"))
    if value is None or pd.isna(value):
        return ""
    known = low is not None and high is not None and pd.notna(low) and pd.notna(high)
    return f"{word} {value:.0%}" + (f" ({low:.0%} to {high:.0%})" if known else "")


def _validation(result: StudyResult, rows: list[dict[str, Any]]) -> str:
    """Say how numbers were freed of optimism, and that independent people are wanting."""
    said = []
    if result.prediction is not None:
        said.append(f"Prediction out of {len(result.prediction.folds)} folds.")
    obtained = dict.fromkeys(str(row["obtained"]) for row in rows if row["kind"] == "subtype")
    said += [f"Rules: {text}." for text in obtained]
    return f"{' '.join(said)} No independent people in this run." if said else ""


def _limitations(result: StudyResult, rows: list[dict[str, Any]]) -> str:
    """Say the claim of each rule and its caveats; without a rule, those of the verdict."""
    fired = ", ".join(check.title for check in result.checks if check.is_firing)
    checks = f"Checks that fired: {fired}." if fired else ""
    told = [f"{row['rule_text']}: {row['claim']}. {row.get('note') or ''}" for row in rows]
    return " ".join([*(told or [result.criteria.sentence]), checks])


def _imbalance(result: StudyResult, rows: list[dict[str, Any]]) -> str:
    """Say that classes are neither resampled nor reweighted into another prevalence."""
    if not any(row["kind"] == "subtype" for row in rows):
        return ""
    declared = result.spec["criteria"]["target_prevalence_frac"]
    where = "that of these cases" if declared is None else f"the declared {declared:.0%}"
    return (
        "No resampling towards equal classes; sensitivity and specificity do not depend on the "
        f"prevalence, and predictive values are given at {where}."
    )
