"""The brief: one page for a trial planner, in one self-contained file."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.formats import number, percent, with_interval
from subtyping.report.rules import printed_criteria, typeset
from subtyping.report.signature_text import signature_text
from subtyping.report.wording import LINES, METRICS, ROLES, VERDICTS

if TYPE_CHECKING:
    from subtyping.discovery import Verdict
    from subtyping.report.pictures import Picture
    from subtyping.report.results import StudyResult

__all__ = ["brief_html"]

TEMPLATE = "brief.html.j2"
SHARES = (
    "prevalence_frac",
    "power_at_minimum",
    "share of membership explained",
    "share of other analytes moved",
)
MINOR_SHARE = 0.05


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


def _content(result: "StudyResult") -> dict[str, Any]:
    """Return everything the template prints, as plain values."""
    verdict, reading = result.verdict, result.reading
    fired = [check for check in result.checks if check.is_firing]
    is_proposed = bool((result.criteria.table["kind"] != "published").any())
    return {
        "question": result.question,
        "verdict": verdict,
        **_words(result),
        "why_blocked": _why_blocked(result),
        "is_simulated": reading.format == "simulated",
        "tiles": _tiles(result),
        "groups": _groups(result),
        "reading": reading,
        "dropped": _dropped(reading.dropped),
        "panel": _panel(result),
        "criteria": printed_criteria(result.criteria.table, is_proposed=is_proposed),
        "has_proposal": is_proposed,
        "criteria_sentence": typeset(result.criteria.sentence),
        "evidence": _evidence(result),
        "minor": [_factor(row["line"]) for row in _lines(result) if _is_minor(row)],
        "metrics": [_metric(row) for row in result.metrics.to_dict("records")],
        "fired": sorted(fired, key=lambda check: (check.severity != "issue", check.code)),
        "muted": [check for check in result.checks if check.is_muted],
        "n_silent": sum(check.outcome == "silent" for check in result.checks),
        "n_not_applicable": sum(check.outcome == "not_applicable" for check in result.checks),
        "sentences": _sentences(result),
        "signature": signature_text(result),
        "provenance": plain(result.provenance),
        "spec": json.dumps(plain(result.spec), indent=2, ensure_ascii=False),
    }


def _words(result: "StudyResult") -> dict[str, str]:
    """Return what the verdict means, and the words it uses, for this axis."""
    verdict = result.verdict
    wording = VERDICTS[verdict.kind]
    needed = f"about {verdict.n_needed:,} cases" if verdict.n_needed else "many more cases"
    skew = result.axis_scores.table.get(f"{verdict.axis}_skew")
    has_skew = skew is not None and bool(skew.notna().any())
    quantity = f"{verdict.axis} skew" if has_skew else f"raw {verdict.axis} score"
    names = {"axis": verdict.axis, "needed": needed, "quantity": quantity}
    return {
        "badge": wording.badge,
        "heading": wording.heading,
        "means": wording.means.format(**names),
        "does_not_mean": wording.does_not_mean.format(**names),
        "next_step": wording.next_step.format(**names),
        "quantity": f"{verdict.axis} {'skew' if has_skew else 'score'}",
        "given": ", given how inflamed the person is in general" if has_skew else "",
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
        share = percent(verdict.prevalence_frac)
        tiles.append(("of cases in the group", share, f"95% interval {low} to {high}"))
    if verdict.p_value is not None:
        under = "small values speak against it"
        tiles.append(("p-value for “one group”", number(verdict.p_value, 2), under))
    if verdict.kind in ("none", "continuum", "underpowered"):
        tiles += _power_tile(verdict)
    if verdict.kind == "blocked":
        factors = ", ".join(result.design.aliased) or "see the checks"
        tiles.append(("goes along with being a case", factors, "so nothing can be compared"))
    return tiles


def _power_tile(verdict: "Verdict") -> list[tuple[str, str, str]]:
    """Return the power of the study, where known."""
    if verdict.power_at_minimum is None:
        return []
    chance = "over 99%" if verdict.power_at_minimum > 0.99 else percent(verdict.power_at_minimum)
    is_short = verdict.kind == "underpowered" and verdict.n_needed
    under = f"about {verdict.n_needed:,} cases needed" if is_short else "of the smallest size asked"
    return [("chance to find a subtype", chance, under)]


def _groups(result: "StudyResult") -> list[dict[str, Any]]:
    """Return the groups, cases first, with what each is there for."""
    order = list(ROLES)
    rows = sorted(plain(result.groups), key=lambda row: order.index(row["role"]))
    return [row | {"role": ROLES[row["role"]]} for row in rows]


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
            (str(row["analyte"]), _reason(row["reason"])) for row in own[~used].to_dict("records")
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


def _reason(text: object) -> str:
    """Return why a member was not used, as it reads in brackets."""
    return re.sub(r"(?<=of reference)$", " people", str(text).removeprefix("is "))


def _evidence(result: "StudyResult") -> list[dict[str, Any]]:
    """Return the lines of evidence as the table prints them."""
    columns = (result.spec.get("cohort") or {}).get("columns") or {}
    plate = str(columns.get("batch") or "plate").removeprefix("panel:")
    rows = _lines(result)
    minor = {_factor(row["line"]) for row in rows if _is_minor(row)}
    shown = (row for row in rows if not (_is_about(row["line"]) and _factor(row["line"]) in minor))
    return [_line(row, plate) for row in shown]


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


def _sentences(result: "StudyResult") -> list[tuple[str, str]]:
    """Return what each room says of itself, with a heading."""
    rooms = (
        ("Plates, sites and dates", result.design),
        ("Handling of the tubes", result.handling),
        ("Immune axes", result.axis_scores),
        ("Single analytes", result.differential),
        ("Prediction of the labels", result.prediction),
    )
    said = [(title, room.sentence) for title, room in rooms if room is not None and room.sentence]
    if result.split_panel is not None:
        said.append(("Labels from half of the axis", result.split_panel.sentence))
    told_outcomes = {name: one.sentence for name, one in result.outcomes.items()}
    said += list((told_outcomes | dict(result.outcome_reasons)).items())
    told = [] if result.signature is None else list(result.signature.sentences())
    if result.replications is not None:
        told.append(("This design, again and again", result.replications.sentence))
    return [*said, *told, *result.remarks]
