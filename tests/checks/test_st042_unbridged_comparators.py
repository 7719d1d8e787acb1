import pandas as pd

from subtyping.signature.likeness import comparator_overlap


def overlap(plates_of_ad: str):
    """Return the overlap of a comparison that lies on the given plates."""
    group = ["MDD"] * 20 + ["HC"] * 20 + ["AD"] * 20
    plates = list("12" * 20) + [plates_of_ad[i % len(plates_of_ad)] for i in range(20)]
    samples = pd.DataFrame({"group": group, "batch": plates})
    return comparator_overlap(samples, ["MDD"], ["AD"], ["HC"])


def test_fires_where_a_comparator_lies_on_plates_without_reference_people(make, judge) -> None:
    result = judge("ST042", make(comparators=(overlap("3"),)))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "'AD' is from another study or batch: bridge first" in result.sentence
    assert "signature.likeness.bridged: true" in result.sentence


def test_silent_where_it_shares_plates_or_was_bridged(make, judge) -> None:
    assert judge("ST042", make(comparators=(overlap("12"),))).outcome == "silent"
    bridged = judge("ST042", make(comparators=(overlap("3"),), is_bridged=True))
    assert bridged.outcome == "silent"
    assert "declared as bridged" in bridged.sentence


def test_not_applicable_without_a_comparison(panel_only, judge) -> None:
    assert judge("ST042", panel_only).outcome == "not_applicable"
