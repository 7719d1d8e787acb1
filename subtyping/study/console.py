"""What a terminal shows of results: text only, printed by the command line."""

from pathlib import Path

from subtyping.report import StudyResult
from subtyping.study.specification.result import SpecificationCurve

__all__ = ["curve_text", "result_text"]


def result_text(
    result: StudyResult, out: Path, *, tracking_uri: str | None, is_tracked: bool
) -> str:
    """Return the verdict, the checks that fire, where the results lie, and what to do next.

    Where the store knows of other declarations on the same data, a sentence says so.

    Parameters
    ----------
    result : StudyResult
    out : Path
        Its run folder.
    tracking_uri : str or None
        The store, where one was named.
    is_tracked : bool

    Returns
    -------
    str
    """
    brief = out / "brief.html"
    fired = [check for check in result.checks if check.is_firing]
    lines = ["", f"{result.verdict.kind.upper()}: {result.verdict.sentence}", ""]
    earlier = result.provenance.get("earlier_declarations")
    if earlier:
        lines.extend([str(earlier["sentence"]), ""])
    lines.extend(
        f"  {check.code} {check.severity}: {check.title}"
        for check in sorted(fired, key=lambda item: item.severity)
    )
    lines.extend(["", f"Results: {out}    Brief: {brief}"])
    store = f" --tracking-uri {tracking_uri}" if tracking_uri else ""
    ui = f"Next:    subtyping ui{store}    (compare runs in the browser)"
    lines.append(ui if is_tracked else f"Next:    open {brief}")
    return "\n".join(lines)


def curve_text(curve: SpecificationCurve, out: Path) -> str:
    """Return what a specification curve says, what was left out and why, and where it lies.

    Parameters
    ----------
    curve : SpecificationCurve
    out : Path
        Its folder.

    Returns
    -------
    str
    """
    summary = curve.summary
    lines = ["", curve.sentence, ""]
    earlier = curve.provenance.get("earlier_declarations")
    if earlier:
        lines.extend([str(earlier["sentence"]), ""])
    left_out = sum(summary["excluded"].values())
    lines.append(
        f"{summary['n_combinations']:,} combinations, {left_out:,} left out by rule:"
        if left_out
        else f"{summary['n_combinations']:,} combinations, none left out."
    )
    lines.extend(f"  {n:>6,}  {rule}" for rule, n in summary["excluded"].items())
    if summary["n_not_done"]:
        lines.append(
            f"  {summary['n_not_done']:,} could not be done; tables/specifications.csv says why."
        )
    lines.extend(["", f"Results: {out}    Figure: {out / 'figures' / 'specification_curve.png'}"])
    return "\n".join(lines)
