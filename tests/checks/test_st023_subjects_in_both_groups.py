import numpy as np


def test_fires_on_a_subject_of_both_groups(panel_of, make, judge) -> None:
    panel = panel_of(subject=[f"p{i % 105}" for i in range(110)])  # p0 to p4 come twice
    result = judge("ST023", make(panel))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "5 subjects in both groups: 'p0', 'p1', 'p2' and 2 more" in result.sentence


def test_fires_on_nearly_equal_profiles_across_the_groups(clean, changed, examined, judge) -> None:
    values, below = clean.values.copy(), clean.below_lod.copy()
    case = int(np.flatnonzero(clean.in_groups(["MDD"]))[0])
    reference = int(np.flatnonzero(clean.in_groups(["HC"]))[0])
    values.iloc[reference] = values.iloc[case].to_numpy() + 0.01
    below.iloc[reference] = below.iloc[case].to_numpy()
    result = judge("ST023", examined(changed(clean, values, below_lod=below)))
    assert result.outcome == "fires"
    assert "nearly the same profile" in result.sentence


def test_silent_where_nobody_is_in_both(clean, examined, judge) -> None:
    assert judge("ST023", examined(clean)).outcome == "silent"


def test_not_applicable_without_groups_or_subjects(panel_only, make, judge) -> None:
    assert judge("ST023", panel_only).outcome == "not_applicable"
    assert judge("ST023", make()).outcome == "not_applicable"
