from dataclasses import replace

import pandas as pd


def panel_with(panel_of, hidden: dict[str, float]):
    """Return a panel in which this share of the samples is below detection, per analyte."""
    panel = panel_of()
    n = len(panel.values)
    values = pd.DataFrame({name: range(n) for name in hidden}, index=panel.values.index)
    below = pd.DataFrame(
        {name: [(i % 100) < 100 * share for i in range(n)] for name, share in hidden.items()},
        index=panel.values.index,
    )
    nothing = values.astype(float) * float("nan")
    return replace(
        panel,
        values=values.astype(float),
        below_lod=below,
        above_uloq=below & False,
        lod=nothing,
        analytes=pd.DataFrame(index=values.columns),
    )


def test_fires_and_names_members_of_the_declared_axis(make, judge, panel_of, axes_of) -> None:
    panel = panel_with(panel_of, {"CCL11": 0, "CCL13": 0.1, "IL13": 0.9, "IFNG": 0.9, "TSLP": 1})
    result = judge("ST003", make(panel, axes=axes_of()))
    assert result.outcome == "fires"
    # IL13 is a scored member, TSLP a weak one; IFNG belongs to another axis.
    assert result.sentence.startswith("IL13, TSLP are mostly below detection")
    assert "do not carry the Th2 score, which rests on CCL11, CCL13" in result.sentence


def test_silent_where_every_member_is_detected(make, judge, panel_of, axes_of) -> None:
    panel = panel_with(panel_of, {"CCL11": 0, "CCL13": 0.1, "IL13": 0.3, "IFNG": 0.9})
    assert judge("ST003", make(panel, axes=axes_of())).outcome == "silent"


def test_not_applicable_without_axes(panel_only, judge) -> None:
    assert judge("ST003", panel_only).outcome == "not_applicable"
