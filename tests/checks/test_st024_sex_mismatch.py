import numpy as np
import pandas as pd

from subtyping.panel.frames import panel_from_frame


def panel_with(gap: float, declared: list[str] | None = None, name: str = "KLK3"):
    """Return a panel of one protein that is `gap` SD higher in men; people alternate."""
    truth = np.array(["male", "female"] * 40)
    values = np.random.default_rng(3).normal(0, 1, 80) + gap * (truth == "male")
    frame = pd.DataFrame({name: values, "IL6": 1.0})
    sex = list(truth) if declared is None else declared
    return panel_from_frame(frame, pd.DataFrame({"sex": sex, "group": "MDD"}, index=frame.index))


def test_fires_on_a_mistyped_sex(examined, judge) -> None:
    declared = ["male", "female"] * 40
    declared[10] = "female"
    result = judge("ST024", examined(panel_with(8, declared), grouped=False))
    assert (result.outcome, result.severity) == ("fires", "issue")
    assert "'10'" in result.sentence


def test_fires_where_all_codes_are_swapped(examined, judge) -> None:
    result = judge("ST024", examined(panel_with(8, ["female", "male"] * 40), grouped=False))
    assert result.outcome == "fires"
    assert "swapped in the whole table" in result.sentence


def test_silent_where_proteins_agree(examined, judge) -> None:
    assert judge("ST024", examined(panel_with(8), grouped=False)).outcome == "silent"


def test_not_applicable_without_sex_or_a_protein_that_tells(
    panel_only, clean, examined, judge
) -> None:
    assert judge("ST024", panel_only).outcome == "not_applicable"
    assert judge("ST024", examined(clean)).outcome == "not_applicable"
    unclear = judge("ST024", examined(panel_with(1), grouped=False))
    assert unclear.outcome == "not_applicable"
    assert "AUC" in unclear.sentence
