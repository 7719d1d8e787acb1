"""The brief: one page for a trial planner, in one self-contained file."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from subtyping.report.differences import printed_differences
from subtyping.report.document import plain
from subtyping.report.evidence_text import evidence_rows, metric_rows, minor_factors
from subtyping.report.formats import number, percent
from subtyping.report.overlap import overlap_sentence
from subtyping.report.protocol_text import protocol_sentence
from subtyping.report.reporting_text import printed_items
from subtyping.report.retest_text import refused_rules
from subtyping.report.rules import printed_criteria, typeset
from subtyping.report.signature_text import signature_text
from subtyping.report.wording import ROLES, VERDICTS

if TYPE_CHECKING:
    from subtyping.discovery import Verdict
    from subtyping.report.pictures import Picture
    from subtyping.report.results import StudyResult

__all__ = ["brief_html"]

TEMPLATE = "brief.html.j2"


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
        "criteria": printed_criteria(
            result.criteria.table, is_proposed=is_proposed, share=_share_of_target(result)
        ),
        "refused": _refused(result),
        "overlap": overlap_sentence(result.criteria),
        "differences": printed_differences(result.criteria),
        "reporting": printed_items(result.reporting),
        "has_proposal": is_proposed,
        "protocol": protocol_sentence(result.criteria.table, result.matrix),
        "criteria_sentence": typeset(result.criteria.sentence),
        "evidence": evidence_rows(result),
        "minor": minor_factors(result),
        "metrics": metric_rows(result),
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


def _share_of_target(result: "StudyResult") -> str:
    """Return how many have what subtype rules aim at: as declared, else as the verdict says.

    The criteria table holds the same share with an interval from resamples of its own.
    """
    verdict = result.verdict
    declared = (result.spec.get("criteria") or {}).get("target_prevalence_frac")
    if declared is not None:
        return f"{percent(declared)} are taken to have it, as declared"
    if verdict.prevalence_frac is None:
        return ""
    low, high = (plain(getattr(verdict, f"prevalence_ci_{end}")) for end in ("low", "high"))
    if None in (low, high):
        return f"{percent(verdict.prevalence_frac)} of the cases have it"
    span, other = f"{100 * low:.0f}–{100 * high:.0f}", ""
    for row in plain(result.criteria.table):
        ends = [row.get(f"prevalence_frac_ci_{end}") for end in ("low", "high")]
        if row["kind"] == "subtype" and None not in ends:
            held = f"{100 * ends[0]:.0f}–{100 * ends[1]:.0f}"
            if held != span:
                other = f"; criteria.csv holds {held} from the criteria's own resamples"
            break
    told = f"({span}, as the verdict says{other})"
    return f"{percent(verdict.prevalence_frac)} {told} of the cases have it"


def _refused(result: "StudyResult") -> list[tuple[str, str]]:
    """Return refused rules and why, unless the sentence of the criteria has said it."""
    said = result.criteria.sentence
    rows = refused_rules(result.criteria)
    return [(typeset(text), typeset(why)) for text, why in rows if text not in said]


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
