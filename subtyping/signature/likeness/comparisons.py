"""Which comparisons can be made, and which are refused."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import pandas as pd

from subtyping._validation import list_some, nearest
from subtyping.exceptions import InputError
from subtyping.signature.likeness.comparator_overlap import BRIDGE, comparator_overlap

__all__ = ["check_tables", "named_comparisons", "refused_comparisons"]

SIDES = ("case", "reference")


def named_comparisons(
    comparisons: Sequence[str] | Mapping[str, Sequence[str]],
) -> dict[str, list[str]]:
    """Return the comparisons by name, each with its group labels."""
    if isinstance(comparisons, Mapping):
        named = {str(name): [str(v) for v in labels] for name, labels in comparisons.items()}
    else:
        named = {str(name): [str(name)] for name in comparisons}
    taken = [name for name in named if name in SIDES]
    if taken or not named:
        message = (
            f"comparisons must name at least one disease, by another name than case or reference; "
            f"got {list_some(named) or 'none'}. Write groups.comparison: [AD, psoriasis]."
        )
        raise InputError(message)
    return named


def check_tables(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    samples: pd.DataFrame,
    named: Mapping[str, Sequence[str]],
) -> None:
    """Raise where tables list different samples or a comparison is not there."""
    if not (log2.index.equals(detected.index) and log2.index.equals(samples.index)):
        message = (
            "log2, detected and samples must list the same samples in one order; got "
            f"{len(log2)}, {len(detected)} and {len(samples)}. Reindex them to one index."
        )
        raise InputError(message)
    present = samples["group"].astype(str).unique() if "group" in samples else []
    for labels in named.values():
        for label in labels:
            if len(present) and label not in present:
                message = (
                    f"No sample is in group {label!r}; the groups present are "
                    f"{list_some(present, 6)}.{nearest(label, present)}"
                )
                raise InputError(message)


def refused_comparisons(
    samples: pd.DataFrame,
    sides: Mapping[str, Sequence[str]],
    reference: Sequence[str],
    *,
    blocked: bool | AbstractSet[str],
    bridged: bool,
) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    """Return comparisons that are refused, factors to adjust for, and notes.

    ``batch`` is among the factors unless a bridged comparison lies on plates of its own: what was
    bridged is not adjusted away again.
    """
    refused: dict[str, str] = {}
    factors, notes = ["batch"], []
    for name, labels in sides.items():
        if name == "case":
            continue
        if blocked is True or (not isinstance(blocked, bool) and name in blocked):
            refused[name] = "blocked"
            continue
        found = comparator_overlap(samples, sides["case"], labels, reference)
        if found.is_apart and not bridged:
            refused[name] = BRIDGE
            notes.append(found.sentence)
        elif found.is_apart:
            notes.append(f"{found.sentence[:-1]}, taken as bridged.")
            if "batch" in found.report.aliased and "batch" in factors:
                factors.remove("batch")
                notes.append(
                    "Not adjusted for plates: comparisons on plates of their own are bridged."
                )
        elif found.is_within_batch:
            notes.append(found.sentence)
            apart = found.table["levels_with_comparison_and_case"].eq(0)
            factors += [f for f in found.table.loc[apart, "factor"] if f in ("site", "matrix")]
    return refused, tuple(dict.fromkeys(factors)), tuple(notes)
