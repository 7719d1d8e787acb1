"""Known answers of real data: COVID-19 raises Th1 and interferon in serum, and no Th2 cytokine."""

from pathlib import Path

import pytest
from scipy import stats

from subtyping.axes import AxisScorer, define_axes
from subtyping.panel import read_panel
from subtyping.preparation import Preparation
from subtyping.signature import differential_abundance

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def serum(shared: Path):
    """Return the serum panel of people on dialysis, prepared against those without COVID-19."""
    folder = shared / "datasets" / "esrd_covid_olink_serum"
    panel = read_panel(
        folder / "serum_npx_long.csv.gz",
        format="olink_long",
        samples=folder / "serum_samples.csv",
        columns={"group": "Case_Control", "subject": "Individual_ID", "sex": "Sex"},
        visits="all",
    )
    preparation = Preparation(["POSITIVE"], ["NEGATIVE"], adjust=(), adjust_plates=False)
    return panel, preparation.fit_transform(panel)


def test_interferon_rises_and_the_th2_cytokines_do_not(serum) -> None:
    panel, prepared = serum
    found = differential_abundance(
        prepared.log2,
        prepared.detected,
        panel.samples,
        contrasts={"COVID-19": (["POSITIVE"], ["NEGATIVE"])},
        covariates=["sex"],
        block="correlation",
    )
    table = found.table.set_index("analyte")
    raised = table.loc[["DDX58", "EIF4G1", "TRIM21", "IL6", "CXCL10", "IFNG"]]
    assert (raised["q_value"] < 0.05).all()
    assert (raised["log2_fc"] > 1.5).all()
    assert (table.loc[["IL4", "IL5", "IL13", "IL17A"], "q_value"] > 0.3).all()
    assert any("6 of 57 people have more than one sample" in note for note in found.notes)


def test_the_th2_skew_is_not_called_and_the_level_is(serum) -> None:
    panel, prepared = serum
    case, reference = panel.in_groups(["POSITIVE"]), panel.in_groups(["NEGATIVE"])
    scores = AxisScorer(define_axes("Th2")).fit(prepared, case, reference).transform(prepared).table

    def p_value(column: str) -> float:
        sides = scores.loc[case, column], scores.loc[reference, column]
        return float(stats.ttest_ind(*sides, equal_var=False).pvalue)

    assert p_value("level") < 0.01
    assert p_value("Th1_score") < 0.01
    assert p_value("Th2_score") > 0.2
    assert p_value("Th2_skew") > 0.3
