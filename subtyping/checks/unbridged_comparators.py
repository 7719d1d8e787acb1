"""ST042: a comparison disease that was measured elsewhere and not bridged."""

from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if not context.comparators:
        return not_applicable("No comparison group was declared.")
    apart = [one for one in context.comparators if one.is_apart]
    if not apart:
        return silent(" ".join(one.sentence for one in context.comparators))
    told = " ".join(one.sentence for one in apart)
    if context.is_bridged:
        return silent(f"{told} It was declared as bridged (signature.likeness.bridged).")
    return fires(
        f"{told} Its likeness is not computed: a difference of runs would look like a difference "
        "of diseases. Measure reference people beside it, or put its run on the scale of this one "
        "with `subtyping bridge` and declare signature.likeness.bridged: true."
    )


CHECK = Check("ST042", "A comparison group was measured elsewhere", "issue", _judge)
