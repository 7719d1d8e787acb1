"""What the brief says of a signature: whom it resembles, and what a drug would undo."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.formats import number, with_interval

if TYPE_CHECKING:
    from subtyping.report.results import StudyResult
    from subtyping.signature.findings import SignatureFindings

__all__ = ["signature_text"]

HYPOTHESIS = "Hypothesis, not prediction of response."


def signature_text(result: "StudyResult") -> dict[str, Any] | None:
    """Return the tables of the signature section, as plain values.

    Parameters
    ----------
    result : StudyResult
        A finished study.

    Returns
    -------
    dict or None
        ``likeness`` (comparison, estimate, p_value, reason), ``drugs`` (drug, coverage, estimate,
        null_twin, verdict), ``unscored``, ``pathways`` (pathway, estimate, null_twin, given level,
        standing),
        ``sentences`` (heading and text); None where nothing of it was computed.
    """
    found = result.signature
    if found is None:
        return None
    parts = {
        "likeness": _likeness(found),
        "drugs": _drugs(found),
        "pathways": _pathways(found),
        "unscored": _unscored(found),
        "mouse": "" if found.mouse is None else found.mouse.sentence,
        "why_not": [(k, v) for k, v in found.reasons.items() if not k.startswith("Scores of")],
        "hypothesis": HYPOTHESIS,
    }
    return parts if any(parts[k] for k in ("likeness", "drugs", "pathways", "why_not")) else None


def _likeness(found: "SignatureFindings") -> list[dict[str, Any]]:
    if found.likeness is None:
        return []
    table = found.likeness.table
    wanted = ("signature_correlation", "signature_correlation_difference")
    return [
        {
            "comparison": str(row["comparison"]).replace(" - ", " less "),
            "estimate": _estimate(row, 2),
            "p_value": number(row["p_value"], 2),
            "reason": str(row["reason"] or ""),
        }
        for row in table[table["measure"].isin(wanted)].to_dict("records")
    ]


def _drugs(found: "SignatureFindings") -> list[dict[str, Any]]:
    """Return one row for each drug or treatment that could be scored."""
    rows = []
    for one in (found.published, *found.observed):
        if one is None:
            continue
        first = _first_handling(one.verdicts)
        verdicts = one.verdicts[
            (one.verdicts["handling"] == first) & (one.verdicts["verdict"] != "not applicable")
        ]
        for verdict in verdicts.to_dict("records"):
            mine = one.table[
                (one.table["drug"] == verdict["drug"])
                & (one.table["model"] == verdict["model"])
                & (one.table["handling"] == first)
            ]
            scored = mine[mine["metric"] == "improvement_pct"]
            if scored.empty or pd.isna(scored["value"].iloc[0]):
                continue
            row: dict[Any, Any] = scored.to_dict("records")[0]
            rows.append(
                {
                    "drug": _named(str(row["drug"]), str(row["model"])),
                    "coverage": f"{int(row['n_covered'])} of {int(row['n_signature'])}",
                    "estimate": _estimate(row),
                    "null_twin": _rounded(row["null_twin"]),
                    "verdict": str(verdict["verdict"]),
                }
            )
    return rows


def _first_handling(table: pd.DataFrame) -> str:
    """Return "with", or "without" where no handling marker is on the panel."""
    return "with" if (table["handling"] == "with").any() else "without"


def _named(drug: str, model: str) -> str:
    """Return a drug with what its effect is measured against."""
    how = "as published, the fall of placebo included" if model == "published" else model
    return f"{drug} ({how})"


def _unscored(found: "SignatureFindings") -> str:
    """Return how many drugs of the table could not be scored."""
    if found.published is None:
        return ""
    scored = {str(row["drug"]).partition(" (")[0] for row in _drugs(found)}
    others = [name for name in dict.fromkeys(found.published.table["drug"]) if name not in scored]
    if not others:
        return ""
    return (
        f"Not scored: {', '.join(map(str, others))}. Too few published effects on the analytes of "
        "this signature in blood, or directions without a size."
    )


def _pathways(found: "SignatureFindings") -> list[dict[str, Any]]:
    if found.blockade is None:
        return []
    rows = []
    for name, mine in found.blockade.table.groupby("drug", sort=False):
        by_metric = mine.set_index("metric")
        main = by_metric.loc["percent_normalised"]
        if pd.isna(main["value"]):
            continue
        has_level = "percent_normalised_given_level" in by_metric.index
        level = by_metric.loc["percent_normalised_given_level"] if has_level else None
        is_claimed = name in found.blockade.claims
        is_beyond = name in found.blockade.beyond_level
        rows.append(
            {
                "pathway": str(name),
                "estimate": _estimate(main),
                "null_twin": _rounded(main["null_twin"]),
                "given_level": ("–", "") if level is None else _estimate(level),
                "standing": _standing(main, is_claimed=is_claimed, is_beyond=is_beyond),
            }
        )
    return rows


def _standing(main: pd.Series, *, is_claimed: bool, is_beyond: bool) -> str:
    """Return what a pathway is beyond: both twins, one of them, or none."""
    if is_claimed:
        return "beyond comparable targets and the general level"
    if is_beyond:
        return "beyond the general level only"
    if pd.isna(main["p_value"]):
        return "no comparable targets to hold it against"
    if main["p_value"] <= 0.05:
        return "beyond comparable targets, not beyond the general level"
    return "no more than comparable targets"


def _estimate(row: Any, digits: int = 0) -> tuple[str, str]:
    """Return a value and its interval as two texts."""
    named = {"value": row["value"], "value_ci_low": row["ci_low"], "value_ci_high": row["ci_high"]}
    return with_interval(named, "value", show=lambda value: _rounded(value, digits))


def _rounded(value: object, digits: int = 0) -> str:
    """Return a number with fixed decimals, a dash where there is none."""
    found = plain(value)
    if not isinstance(found, int | float):
        return number(found)
    text = f"{found:.{digits}f}"
    return (text.removeprefix("-") if float(text) == 0 else text).replace("-", "\u2212")
