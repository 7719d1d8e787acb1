import numpy as np


def test_fires_where_plates_are_shifted(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    rows = (clean.samples["batch"] == clean.samples["batch"].iloc[0]).to_numpy()
    values.loc[rows] += np.resize([1.0, -1.0], values.shape[1])
    result = judge("ST019", examined(changed(clean, values), columns={"batch": "panel:PlateID"}))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "PlateID" in result.sentence


def test_silent_where_plates_are_alike(clean, examined, judge) -> None:
    assert judge("ST019", examined(clean)).outcome == "silent"


def test_silent_where_the_shift_is_the_groups_own(clean, changed, examined, judge) -> None:
    values = clean.values.copy()
    values.loc[clean.in_groups(["MDD"])] += 2.0
    assert judge("ST019", examined(changed(clean, values))).outcome == "silent"


def test_not_applicable_without_plates(panel_of, examined, judge) -> None:
    assert judge("ST019", examined(panel_of())).outcome == "not_applicable"
