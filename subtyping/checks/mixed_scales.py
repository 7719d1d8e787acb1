"""ST027: one plate, site, visit or group is written on another scale."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.scales is None:
        return not_applicable("Needs a plate, site, visit or group with two levels of 8 samples.")
    scales = context.quality.scales
    if scales.apart.empty:
        widest = float(scales.table["shift_log2"].abs().max())
        return silent(
            f"No level is on a scale of its own (largest shift over all analytes {widest:.1f} "
            "log2 units)."
        )
    named = "; ".join(
        f"{context.column_of(row.by)} {row.level!r} (all analytes shifted by "
        f"{row.shift_log2:+.1f} log2 units, spread {2**row.spread_ratio_log2:.2g} times)"
        for row in scales.apart.head(3).itertuples()
    )
    return fires(
        f"On another scale than the rest: {named}. Two units were probably put into one file "
        "(NPX beside pg/mL, ng/mL beside pg/mL, logs beside numbers); read each part with its own "
        "unit and compare within parts only."
    )


CHECK = Check("ST027", "Part of the panel is on another scale", "issue", _judge)
