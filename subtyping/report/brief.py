"""The brief: one page for a trial planner, in one self-contained file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.wording import CLAIMS, KINDS_OF_RULE, VERDICTS

if TYPE_CHECKING:
    from subtyping.report.pictures import Picture
    from subtyping.report.results import StudyResult

__all__ = ["brief_html", "number", "with_interval"]

TEMPLATE = "brief.html.j2"
DASH = "–"
EVERYBODY = "everybody"
ROLES = ("case", "reference", "comparison", "none")


def brief_html(result: "StudyResult", drawings: "Sequence[tuple[Picture, str]]" = ()) -> str:
    """Return the brief as one HTML page that needs nothing else: no script, no outside reference.

    Parameters
    ----------
    result : StudyResult
        A finished study.
    drawings : sequence of (Picture, str)
        Each figure with its SVG fragment (`subtyping.figures.to_svg`).

    Returns
    -------
    str
        Question; verdict, what it means and what it does not; who was studied; criteria with
        their price, or why there are none; lines of evidence beside their null twins; checks
        that fired; figures; provenance; limits. Every text that came from outside is escaped.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "percent": percent}
    figures = [(picture, Markup(svg)) for picture, svg in drawings]
    return environment.get_template(TEMPLATE).render(**_content(result), figures=figures)


def number(value: object, digits: int = 3) -> str:
    """Return a number for a reader: few digits, a dash where there is none.

    Examples
    --------
    >>> number(0.123456), number(1234.6), number(12), number(None), number(-0.5)
    ('0.123', '1,235', '12', '–', '−0.5')
    """
    found = plain(value)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return DASH if found is None else str(found)
    if isinstance(found, int) or abs(found) >= 1000:
        return f"{found:,.0f}"
    if found and abs(found) < 1e-4:
        return "< 0.0001" if found > 0 else "> −0.0001"
    return f"{found:.{digits}g}".replace("-", "−")


def percent(value: object) -> str:
    """Return a share as whole per cent.

    Examples
    --------
    >>> percent(0.273), percent(float("nan"))
    ('27 %', '–')
    """
    found = plain(value)
    return DASH if found is None else f"{100 * found:.0f} %"


def with_interval(row: dict[str, Any], name: str, *, is_share: bool = False) -> tuple[str, str]:
    """Return an estimate and its interval as two texts; the second is empty where unknown.

    Examples
    --------
    >>> row = {"ppv": 0.5, "ppv_ci_low": 0.41, "ppv_ci_high": 0.59}
    >>> with_interval(row, "ppv", is_share=True)
    ('50 %', '41–59')
    """
    low, high = (plain(row.get(f"{name}_ci_{end}")) for end in ("low", "high"))
    if is_share:
        text = percent(row.get(name))
        span = "" if None in (low, high) else f"{100 * low:.0f}{DASH}{100 * high:.0f}"
    else:
        text = number(row.get(name))
        span = "" if None in (low, high) else f"{number(low)}{DASH}{number(high)}"
    return text, "" if text == DASH else span


def _content(result: "StudyResult") -> dict[str, Any]:
    """Return everything the template prints, as plain values."""
    verdict = result.verdict
    wording = VERDICTS[verdict.kind]
    fired = [check for check in result.checks if check.outcome == "fires"]
    return {
        "question": result.question,
        "verdict": verdict,
        "badge": wording.badge,
        "means": wording.means.format(axis=verdict.axis),
        "does_not_mean": wording.does_not_mean.format(axis=verdict.axis),
        "why_blocked": _why_blocked(result),
        "tiles": _tiles(result),
        "groups": sorted(plain(result.groups), key=lambda row: ROLES.index(row["role"])),
        "reading": result.reading,
        "dropped": _dropped(result.reading.dropped),
        "panel": _panel(result),
        "rules": _rules(result.criteria.table),
        "has_proposal": bool((result.criteria.table["kind"] != "published").any()),
        "criteria_sentence": _typeset(result.criteria.sentence),
        "target": _shared_target(result.criteria.table),
        "evidence": [_evidence(row) for row in verdict.evidence.to_dict("records")],
        "metrics": [_metric(row) for row in result.metrics.to_dict("records")],
        "fired": sorted(fired, key=lambda check: (check.severity != "issue", check.code)),
        "n_silent": sum(check.outcome == "silent" for check in result.checks),
        "n_not_applicable": sum(check.outcome == "not_applicable" for check in result.checks),
        "sentences": _sentences(result),
        "provenance": plain(result.provenance),
        "spec": json.dumps(plain(result.spec), indent=2, ensure_ascii=False),
    }


def _tiles(result: "StudyResult") -> list[tuple[str, str, str]]:
    """Return the headline numbers: label, number, and what stands under it."""
    verdict, groups = result.verdict, result.groups
    tiles = []
    for role, label in (("case", "cases"), ("reference", "reference people")):
        rows = groups[groups["role"] == role]
        tiles.append((label, f"{int(rows['n'].sum()):,}", ", ".join(rows["group"].astype(str))))
    if verdict.prevalence_frac is not None:
        low, high = percent(verdict.prevalence_ci_low), percent(verdict.prevalence_ci_high)
        tiles.append(
            (
                "of cases in the group",
                percent(verdict.prevalence_frac),
                f"95 % interval {low} to {high}",
            )
        )
    if verdict.p_value is not None:
        tiles.append(("p-value", number(verdict.p_value, 2), "if there were one group only"))
    if (
        verdict.kind in ("none", "continuum", "underpowered")
        and verdict.power_at_minimum is not None
    ):
        under = (
            f"about {verdict.n_needed:,} cases needed" if verdict.n_needed else "power at this size"
        )
        tiles.append(("chance to find a subtype", percent(verdict.power_at_minimum), under))
    if verdict.kind == "blocked":
        factors = ", ".join(result.design.aliased) or "see the checks"
        tiles.append(("not separable from", str(len(result.design.aliased) or DASH), factors))
    return tiles


def _dropped(dropped: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the reasons for leaving samples out and how many each took."""
    return [(str(reason), int(n)) for reason, n in dropped["reason"].value_counts().items()]


def _panel(result: "StudyResult") -> dict[str, Any]:
    """Return what could be measured: analytes kept, and axis members that were not used."""
    detection, members = result.prepared_detection, result.axis_scores.members
    own = members[members["axis"] == result.verdict.axis]
    used = own["is_used"].astype(bool)
    return {
        "n_analytes": len(detection),
        "n_kept": int(detection["is_kept"].astype(bool).sum()),
        "used": own.loc[used, "analyte"].astype(str).tolist(),
        "not_used": [
            (str(row["analyte"]), str(row["reason"])) for row in own[~used].to_dict("records")
        ],
    }


def _why_blocked(result: "StudyResult") -> str:
    """Return why nothing is inferred, unless the verdict has said it in the same words."""
    said = result.verdict.sentence
    return (
        result.design.sentence
        if (result.verdict.kind == "blocked" and result.design.sentence not in said)
        else ""
    )


def _rules(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the criteria to print; enrolling everybody is a yardstick only beside others."""
    if (table["rule_text"] == EVERYBODY).all():
        return []
    return [_rule(row) for row in table.to_dict("records")]


def _shared_target(table: pd.DataFrame) -> str:
    """Return the condition that every criterion aims at, or nothing where they differ."""
    targets = table["target_condition"].dropna().astype(str).unique()
    return str(targets[0]) if len(targets) == 1 else ""


def _typeset(text: str) -> str:
    """Return a rule with the signs a reader expects."""
    return text.replace(">=", "≥").replace("<=", "≤")


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    """Return one criterion as the table prints it."""
    shares = ("prevalence_frac", "positive_frac", "sensitivity", "specificity", "ppv")
    cells = [with_interval(row, name, is_share=True) for name in shares]
    kind, claim = str(row.get("kind", "")), str(row.get("claim", ""))
    caveat = row.get("note")
    return {
        "text": _typeset(str(row["rule_text"])),
        "kind": kind.replace("_", " "),
        "claim": claim,
        "claim_text": CLAIMS.get(claim, ""),
        "target": plain(row.get("target_condition")) or "",
        "threshold": with_interval(row, "threshold")[1],
        "cells": [*cells, with_interval(row, "number_needed_to_screen")],
        "caveat": caveat if isinstance(caveat, str) and caveat else KINDS_OF_RULE.get(kind, ""),
    }


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    """Return one line of evidence as the table prints it."""
    named = {"value": row["value"]} | {f"value_{k}": row[k] for k in ("ci_low", "ci_high")}
    return plain(row) | {"estimate": with_interval(named, "value")}


def _metric(row: dict[str, Any]) -> dict[str, Any]:
    """Return one headline number as the table prints it."""
    named = {"value": row["value"]} | {f"value_{k}": row[k] for k in ("ci_low", "ci_high")}
    title = str(row["name"]).replace("_", " ").replace("out of fold", "out-of-fold")
    return plain(row) | {"title": title, "estimate": with_interval(named, "value")}


def _sentences(result: "StudyResult") -> list[tuple[str, str]]:
    """Return what each room says of itself, with a heading."""
    rooms = (
        ("Plates, sites and dates", result.design),
        ("Handling of the tubes", result.handling),
        ("Immune axes", result.axis_scores),
        ("Single analytes", result.differential),
        ("Prediction of the labels", result.prediction),
    )
    return [(title, room.sentence) for title, room in rooms if room is not None and room.sentence]
