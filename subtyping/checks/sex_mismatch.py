"""ST024: sex-linked proteins speak against the declared sex."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]

AUC_WANTED = 0.95


def _judge(context: CheckContext) -> Finding:
    if "sex" not in context.panel.samples:
        return not_applicable("No sex is declared.")
    if context.quality is None or context.quality.sex is None:
        return not_applicable(
            "Needs a well detected sex-linked protein (such as KLK3, LEP or MMP3) and ten people "
            "of either sex."
        )
    found = context.quality.sex
    named = ", ".join(found.markers)
    if found.reversed_markers:
        return fires(
            f"{', '.join(found.reversed_markers)} separate the sexes the wrong way round: the "
            "codes of sex are probably swapped in the whole table. Look up the code book."
        )
    if found.auc < AUC_WANTED:
        return not_applicable(
            f"{named} separate the declared sexes with an AUC of {found.auc:.2f}; under "
            f"{AUC_WANTED} single people cannot be judged."
        )
    said = (
        f"{count_of(len(found.samples), 'sample')} of {len(found.table)} with a probability under "
        f"{found.limit:.2g} for the declared sex (by {named}; AUC {found.auc:.2f})"
    )
    if not found.samples:
        return silent(f"{said}.")
    return fires(
        f"{said}: {list_some(found.samples)}. A mistyped sex or a swapped tube; a swapped tube "
        "means that another person's diagnosis is wrong, too."
    )


CHECK = Check("ST024", "Proteins contradict the declared sex", "issue", _judge)
