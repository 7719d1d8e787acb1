"""ST021: red-cell proteins are high in many samples, or higher in one group."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

SHARE_WANTED = 0.05
DIFFERENCE_SD, P_LIMIT = 0.5, 0.01


def _judge(context: CheckContext) -> Finding:
    if context.quality is None or context.quality.haemolysis is None:
        return not_applicable(
            "No red-cell protein is measured (HBA1, HBB, CA1, CA2, CAT, PRDX2, BLVRB, SOD1)."
        )
    found = context.quality.haemolysis
    share = found.n_haemolysed / max(len(found.score), 1)
    said = (
        f"{count_of(found.n_haemolysed, 'sample')} ({share:.1%}) with four times the usual amount "
        f"of {', '.join(found.markers)}"
    )
    differs = abs(found.group_difference_sd) > DIFFERENCE_SD and found.p_value < P_LIMIT
    if share <= SHARE_WANTED and not differs:
        return silent(f"{said}.")
    if differs:
        more = "higher" if found.group_difference_sd > 0 else "lower"
        said += (
            f"; the score is {abs(found.group_difference_sd):.1f} SD {more} in the cases "
            f"(p {found.p_value:.2g})"
        )
    if found.samples:
        said += f": {list_some(found.samples)}"
    return fires(
        f"{said}. Haemolysis adds the content of red cells and disturbs immunoassays; see the "
        "laboratory's haemolysis index, and repeat the run without these samples.",
        title=None if share > SHARE_WANTED else "Red-cell proteins differ between the groups",
    )


CHECK = Check("ST021", "Samples look haemolysed", "issue", _judge)
