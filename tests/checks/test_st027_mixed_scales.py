def test_fires_where_one_plate_is_in_ng_ml(clean, changed, examined, judge) -> None:
    values = 2**clean.values
    plate = clean.samples["batch"].iloc[0]
    values.loc[(clean.samples["batch"] == plate).to_numpy()] /= 1000
    result = judge("ST027", examined(changed(clean, values, unit="pg/mL")))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert f"batch {plate!r}" in result.sentence


def test_fires_where_one_group_is_logged(clean, changed, examined, judge) -> None:
    values = 2**clean.values
    rows = clean.in_groups(["HC"])
    values.loc[rows] = clean.values.loc[rows].clip(lower=0.01)
    result = judge("ST027", examined(changed(clean, values, unit="pg/mL")))
    assert result.outcome == "fires"
    assert "group 'HC'" in result.sentence


def test_silent_where_all_is_on_one_scale(clean, examined, judge) -> None:
    assert judge("ST027", examined(clean)).outcome == "silent"


def test_not_applicable_without_levels(clean, examined, judge, panel_only) -> None:
    assert judge("ST027", panel_only).outcome == "not_applicable"
    assert judge("ST027", examined(clean.take(range(10)))).outcome == "not_applicable"
