def test_fires_where_one_group_is_detected(clean, changed, examined, judge) -> None:
    below = clean.below_lod & False
    below.loc[clean.in_groups(["HC"]), "CCL11"] = True
    result = judge("ST020", examined(changed(clean, clean.values, below_lod=below)))
    assert (result.outcome, result.severity) == ("fires", "tip")
    assert "CCL11 (0% in reference, 100% in cases)" in result.sentence


def test_fires_where_one_plate_is_insensitive(clean, changed, examined, judge) -> None:
    below = clean.below_lod & False
    first = (clean.samples["batch"] == clean.samples["batch"].iloc[0]).to_numpy()
    below.loc[first, below.columns[:6]] = True
    result = judge("ST020", examined(changed(clean, clean.values, below_lod=below)))
    assert result.outcome == "fires"
    assert "in 6 analytes between levels of batch" in result.sentence


def test_silent_where_all_are_detected_alike(clean, examined, judge) -> None:
    assert judge("ST020", examined(clean)).outcome == "silent"


def test_not_applicable_without_groups_and_plates(panel_of, examined, judge) -> None:
    context = examined(panel_of(), grouped=False)
    assert judge("ST020", context).outcome == "not_applicable"
