"""Every check from a panel and two group labels."""

import numpy as np
import pandas as pd
import pytest

from subtyping.checks import CHECKS, check_panel
from subtyping.exceptions import InputError
from subtyping.panel import Panel
from subtyping.panel.frames import panel_from_frame

NAMES = ["CCL11", "CA1", "CAT", "KLK3", "MMP3", "SIRT2", "CASP8", "AXIN1", *"ABCDEFGH"]
ODD = {
    "group": ["MDD", "HC", None, "AD"],
    "batch": ["a", "b", 1.0, None],
    "sex": ["m", "f", "x", None],
    "date": ["2023-01-01", "2023-07-01", None, "no date"],
    "storage": [1, 2, "long", None],
    "visit": ["a", "b", None, 1],
    "subject": ["p1", "p2", 3, None],
    "matrix": ["serum", "plasma", None, " "],
    "draw_time": ["08:00", "late", None, 7.5],
    "qc": ["Pass", "Warning", None],
}


def odd_panel(rng: np.random.Generator) -> Panel:
    """Return a panel of any size with odd columns, holes, piles and huge numbers."""
    n, p = int(rng.choice([1, 2, 12, 60])), int(rng.integers(1, len(NAMES) + 1))
    unit = str(rng.choice(["NPX", "pg/mL"]))
    values = 2 ** rng.normal(5, 1, (n, p)) if unit == "pg/mL" else rng.normal(5, 1, (n, p))
    values[rng.random((n, p)) < rng.choice([0, 0.1, 0.6, 1])] = np.nan
    values = np.round(values) if rng.random() < 0.3 else values
    values[0, 0] = 1e308 if unit == "pg/mL" and rng.random() < 0.3 else 5.0
    frame = pd.DataFrame(values, columns=NAMES[:p], index=[f"s{i}" for i in range(n)])
    below = pd.DataFrame(rng.random((n, p)) < rng.choice([0, 0.3, 1]), frame.index, frame.columns)
    columns = {
        role: pd.Series([options[i] for i in rng.integers(0, len(options), n)], frame.index)
        for role, options in ODD.items()
        if rng.random() < 0.7
    }
    return panel_from_frame(
        frame, pd.DataFrame(columns, index=frame.index), unit=unit, below_lod=below
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(60))
def test_odd_panels_are_judged_or_refused(seed) -> None:
    panel = odd_panel(np.random.default_rng(seed))
    try:
        grouped = check_panel(panel, case=["MDD"], reference=["HC"])
    except InputError:
        grouped = ()  # a group is absent
    for item in (*check_panel(panel), *grouped):
        assert item.sentence.endswith(".")


def test_groups_make_the_group_checks_applicable(clean) -> None:
    alone = {item.code: item.outcome for item in check_panel(clean)}
    grouped = {
        item.code: item.outcome for item in check_panel(clean, case=["MDD"], reference=["HC"])
    }
    assert len(alone) == len(CHECKS)
    for code in ("ST001", "ST006", "ST007", "ST008"):
        assert alone[code] == "not_applicable"
        assert grouped[code] != "not_applicable"


def test_a_clean_cohort_sets_off_no_issue(clean) -> None:
    results = check_panel(clean, case=["MDD"], reference=["HC"])
    assert [item.code for item in results if item.is_firing_issue] == []


def test_row_order_does_not_matter(clean, rng) -> None:
    order = rng.permutation(len(clean.values))
    one = check_panel(clean, case=["MDD"], reference=["HC"])
    other = check_panel(clean.take(order), case=["MDD"], reference=["HC"])
    assert [item.outcome for item in one] == [item.outcome for item in other]


@pytest.mark.parametrize(
    ("groups", "match"),
    [
        ({"case": ["MDD"]}, "write --reference"),
        ({"reference": ["HC"]}, "write --case"),
        ({"case": ["MDDD"], "reference": ["HC"]}, "No sample is in case group MDDD.*'HC', 'MDD'"),
        ({"case": ["HC"], "reference": ["HC"]}, "'HC' is both case and reference"),
    ],
)
def test_wrong_groups_are_refused(clean, groups, match) -> None:
    with pytest.raises(InputError, match=match):
        check_panel(clean, **groups)


def test_every_sentence_ends_and_names_few_samples(clean) -> None:
    for item in check_panel(clean, case=["MDD"], reference=["HC"]):
        assert item.sentence.endswith(".")
        assert item.sentence.count("'") <= 12
