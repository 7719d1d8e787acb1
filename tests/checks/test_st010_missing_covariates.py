from dataclasses import replace

COVARIATES = ("age", "sex", "bmi", "smoking", "medication", "atopy")


def test_fires_and_names_what_is_missing(make, judge, panel_of) -> None:
    result = judge("ST010", make(panel_of(age=40.0, sex="F")))
    assert result.outcome == "fires"
    assert result.sentence.startswith("bmi, smoking, medication, atopy:")


def test_a_declared_but_empty_column_is_missing(make, judge, panel_of) -> None:
    panel = panel_of(**dict.fromkeys(COVARIATES, 1.0))
    panel.samples["bmi"] = float("nan")
    assert judge("ST010", make(panel)).sentence.startswith("bmi:")


def test_silent_where_given_or_declared_unknown(make, judge, panel_of) -> None:
    panel = replace(panel_of(age=40.0, sex="F"), unknown_roles=COVARIATES[2:])
    result = judge("ST010", make(panel))
    assert result.outcome == "silent"
    assert "declared unknown: bmi, smoking" in result.sentence


def test_always_applicable(panel_only, judge) -> None:
    assert judge("ST010", panel_only).outcome != "not_applicable"


def test_fires_where_a_covariate_is_known_in_one_group_only(make, judge, panel_of) -> None:
    panel = panel_of(**dict.fromkeys(COVARIATES, 1.0))
    assert judge("ST010", make(panel)).outcome == "silent"
    context = make(panel)
    panel.samples.loc[context.is_reference, "bmi"] = float("nan")
    result = judge("ST010", context)
    assert result.outcome == "fires"
    assert result.sentence.startswith("bmi: known in one of the two groups only")
