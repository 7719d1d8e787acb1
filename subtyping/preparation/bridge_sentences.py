"""Why an analyte or a run is not bridgeable, and what bridging did, in words."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of

if TYPE_CHECKING:
    from subtyping.preparation.bridge_report import BridgeReport, BridgeRules

__all__ = ["bridge_sentence", "why_not_analyte", "why_not_runs"]

NAMED = 10


def why_not_analyte(row: Any, rules: "BridgeRules", *, is_shared: bool) -> str:
    """Return why an analyte is not bridgeable, or nothing."""
    if not is_shared:
        where = "reference" if np.isnan(row.detected_reference_frac) else "new"
        return f"not in the {where} panel"
    if row.n_pairs < rules.min_pairs:
        return f"detected in both runs in fewer than {rules.min_pairs} bridges"
    if not row.held_out_log2 <= rules.max_analyte_residual:
        return f"held-out residual above {rules.max_analyte_residual:g}"
    return ""


def why_not_runs(
    bridges: pd.DataFrame, n_counted: int, residual: float, rules: "BridgeRules"
) -> str:
    """Return why two runs are not bridgeable, or nothing."""
    n, used = len(bridges), int(bridges["is_used"].sum())
    if n < rules.min_bridges:
        return f"{rules.min_bridges} bridge samples are needed; there {_are(n)}."
    if used < rules.min_pairs:
        return (
            f"only {used} of {n} bridge samples look like themselves in the other run, so their "
            "labels do not fit; mend the labels, give the right pairs, or "
            "use them all the same (mismatched: keep)."
        )
    if not n_counted:
        return "no analyte is detected in more than 75 % of both runs."
    if not residual <= rules.max_residual:
        return (
            f"offsets from half of the bridges leave {residual:.2f} log2 in the other half; "
            f"at most {rules.max_residual:g} is accepted."
        )
    return ""


def _are(n: int) -> str:
    return f"is {n}" if n == 1 else f"are {n}"


def bridge_sentence(report: "BridgeReport") -> str:
    """Return what was found in a few sentences."""
    n_ok, used = int(report.table["is_bridgeable"].sum()), int(report.bridges["is_used"].sum())
    if report.is_bridgeable:
        text = (
            f"{count_of(used, 'bridge sample')} put {n_ok} of "
            f"{count_of(len(report.table), 'analyte')} on the scale of the reference: the held-out "
            f"offset, median over {count_of(report.n_counted, 'analyte')}, goes from "
            f"{report.held_out_raw:.2f} to {report.held_out:.2f} log2."
        )
    else:
        text = f"Not bridgeable: {report.reason}"
        if np.isfinite(report.held_out_every_bridge) and not report.bridges["is_used"].all():
            text += f" With every bridge the held-out offset is {report.held_out_every_bridge:.2f}."
    unlike = report.bridges[~report.bridges["is_recognised"]]
    if len(unlike):
        rows = zip(unlike["reference_id"], unlike["looks_like"], strict=True)
        said = [f"{name} (like {other})" if other else str(name) for name, other in rows]
        more = f" and {len(said) - NAMED} more" if len(said) > NAMED else ""
        what = "set aside" if not unlike["is_used"].any() else "used all the same"
        one = len(unlike) == 1
        text += (
            f" {count_of(len(unlike), 'bridge sample')} {'looks' if one else 'look'} more like "
            f"another one than like {'itself' if one else 'themselves'} ({what}; were labels "
            f"exchanged?): {', '.join(said[:NAMED])}{more}."
        )
    return text
