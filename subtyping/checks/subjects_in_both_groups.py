"""ST023: a person who counts as a case and as a reference person."""

from subtyping._validation import count_of, list_some
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, Finding, fires, not_applicable, silent

__all__ = ["CHECK"]


def _twins_across(context: CheckContext) -> list[str]:
    """Return pairs of nearly equal profiles of which one is a case and one a reference person."""
    if context.quality is None or context.quality.duplicates is None:
        return []
    pairs, ids = context.quality.duplicates.pairs, context.panel.sample_ids
    cases, reference = set(ids[context.is_case]), set(ids[context.is_reference])
    return [
        f"{row.sample_id} = {row.other_id}"
        for row in pairs.itertuples()
        if (row.sample_id in cases and row.other_id in reference)
        or (row.sample_id in reference and row.other_id in cases)
    ]


def _judge(context: CheckContext) -> Finding:
    if not context.has_groups:
        return not_applicable("Needs declared groups.")
    has_profiles = context.quality is not None and context.quality.duplicates is not None
    subject = context.panel.samples.get("subject")
    if subject is None and not has_profiles:
        return not_applicable("Needs a declared subject column, or enough analytes to compare.")
    said = []
    if subject is not None:
        cases = set(subject[context.is_case].dropna())
        both = sorted(cases & set(subject[context.is_reference].dropna()), key=str)
        if both:
            said.append(f"{count_of(len(both), 'subject')} in both groups: {list_some(both)}")
    twins = _twins_across(context)
    if twins:
        said.append(
            f"{count_of(len(twins), 'pair')} of a case and a reference person with nearly the "
            f"same profile: {list_some(twins)}"
        )
    if not said:
        return silent("No person is in both groups, as far as ids and profiles show.")
    return fires(
        f"{'; '.join(said)}. Such a person cancels from the comparison and belongs to one group "
        "only; correct the group or leave one sample out."
    )


CHECK = Check("ST023", "A person is in both groups", "issue", _judge)
