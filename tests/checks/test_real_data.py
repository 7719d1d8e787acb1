"""What the checks find in public data: faults that are really there."""

from pathlib import Path

import pandas as pd
import pytest

from subtyping.checks import CheckResult, check_panel
from subtyping.panel import read_panel

pytestmark = pytest.mark.real_data


def by_code(results: tuple[CheckResult, ...]) -> dict[str, CheckResult]:
    """Return the outcomes by code."""
    return {item.code: item for item in results}


@pytest.fixture(scope="module")
def hannover(shared: Path) -> dict[str, CheckResult]:
    """Judge the Hannover cohort."""
    folder = shared / "datasets" / "covid_olink_inflammation_3cohorts"
    columns = {"sample": "SampleID", "subject": "subject_id", "group": "condition"}
    panel = read_panel(
        folder / "hannover_inflammation_long.csv",
        format="olink_long",
        samples=folder / "samples.csv",
        columns={**columns, "batch": "panel:PlateID"},
        where={"Cohort": "Hannover"},
        visits="all",
    )
    return by_code(check_panel(panel, case=["postcovid"], reference=["healthy"], columns=columns))


def test_one_tube_is_under_two_ids_in_both_groups(hannover) -> None:
    assert hannover["ST022"].outcome == "fires"
    assert "'Co_159' and 'TK_75'" in hannover["ST022"].sentence
    assert "'Co_159 = TK_75'" in hannover["ST023"].sentence


def test_a_sound_olink_file_is_plausible(hannover) -> None:
    for code in ("ST001", "ST019", "ST026", "ST027", "ST029", "ST030", "ST034", "ST038"):
        assert hannover[code].outcome == "silent", hannover[code].sentence


def test_controls_of_another_quarter_are_aliased(shared: Path) -> None:
    columns = {"sample": "Bio_ID", "group": "Category_1", "batch": "visit_quarter"}
    panel = read_panel(
        shared / "datasets" / "mg_plasma_luminex" / "mg_plasma_luminex_wide.csv",
        samples="same",
        unit="pg/mL",
        analytes="IL_6..IL_18",
        columns=columns,
    )
    found = by_code(check_panel(panel, case=["MG"], reference=["Control"], columns=columns))
    assert found["ST001"].title == "Case status is aliased with visit_quarter"
    assert found["ST025"].outcome == "silent"
    assert found["ST027"].outcome == "silent"


def test_specimens_of_several_people_share_their_numbers(shared: Path) -> None:
    path = shared / "datasets" / "cmipb_pertussis_th1_th2" / "plasma_olink_wide.csv"
    names = pd.read_csv(path, nrows=1).columns
    panel = read_panel(
        path,
        samples="same",
        unit="pg/mL",
        analytes=list(names[names.get_loc("IL6") :]),
        columns={"sample": "specimen_id", "subject": "subject_id", "group": "infancy_vac"},
        where={"cohort_year": [2022]},
        visits="all",
    )
    found = by_code(check_panel(panel))
    assert found["ST034"].outcome == "fires"
    assert "'766' and '912' share 22" in found["ST034"].sentence
    assert "'766' and '912'" in found["ST022"].sentence
