"""ST041: bridge samples that look more like another sample than like themselves."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _judge(context: CheckContext) -> Finding:
    if context.bridging is None:
        return not_applicable("No run was bridged.")
    bridges = context.bridging.bridges
    strange = bridges[~bridges["is_recognised"].astype(bool)]
    if strange.empty:
        verb = "looks like itself" if len(bridges) == 1 else "look like themselves"
        return silent(f"{count_of(len(bridges), 'bridge sample')} {verb} in the other run.")
    pairs = [
        f"{row.reference_id} (like {row.looks_like})" if row.looks_like else str(row.reference_id)
        for row in strange.itertuples()
    ]
    return fires(
        f"{len(strange)} of {count_of(len(bridges), 'bridge sample')} look more like another one: "
        f"{list_some(pairs)}. Tubes or labels were probably exchanged in one of the runs; if that "
        "befell bridges it may have befallen patients, so ask for the plate layout."
    )


CHECK = Check("ST041", "Bridge samples look exchanged", "issue", _judge)
