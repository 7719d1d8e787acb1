"""limma 3.54.1, statmod 1.5.0: duplicateCorrelation, lmFit with blocks, eBayes.

Made by blocks/blocks.R beside this file. statmod stops its iterations at a relative change of
1e-6, hence the tolerance of the correlations; given limma's correlation the rest is exact.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.duplicate_correlation import duplicate_correlation
from subtyping.statistics.moderated_t import moderated_t

FOLDER = Path(__file__).parent / "blocks"
GOLDEN = json.loads((FOLDER / "golden.json").read_text())
CONTRASTS = np.array([[-1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]).T


def cohort(name: str) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    panel, samples = pd.read_csv(FOLDER / "panel.csv"), pd.read_csv(FOLDER / "samples.csv")
    is_mdd = samples["group"] == "MDD"
    design = np.column_stack([~is_mdd, is_mdd, samples["visit"], samples["age"]]).astype(float)
    chosen = panel if name == "holed" else panel[GOLDEN["complete"]]
    return chosen.to_numpy(dtype=float), design, samples["subject"]


@pytest.mark.parametrize("name", ["plain", "holed"])
def test_the_correlation_is_limmas(name: str) -> None:
    Y, design, subject = cohort(name)
    found = duplicate_correlation(Y, design, subject)
    assert found.correlation == pytest.approx(GOLDEN[name]["consensus"], rel=1e-5)
    expected = np.tanh(np.array(GOLDEN[name]["atanh"], dtype=float))
    np.testing.assert_allclose(np.sort(found.of_analyte), np.sort(expected), atol=2e-5)


@pytest.mark.parametrize("name", ["plain", "trend_robust", "holed"])
def test_the_tests_are_limmas_given_its_correlation(name: str) -> None:
    Y, design, subject = cohort(name)
    fit = moderated_t(
        Y,
        design,
        np.eye(4) if name == "holed" else CONTRASTS,
        trend=name == "trend_robust",
        robust=name == "trend_robust",
        block=subject,
        correlation=GOLDEN[name]["consensus"],
    )
    values = {
        "coefficient": fit.coefficient,
        "t": fit.t,
        "p_value": fit.p_value,
        "s2": fit.s2,
        "s2_prior": fit.s2_prior,
        "df_prior": fit.df_prior,
        "df_residual": fit.df_residual,
        "F": fit.f_statistic,
        "F_p_value": fit.f_p_value,
    }
    for key in values.keys() & GOLDEN[name].keys():
        np.testing.assert_allclose(values[key], GOLDEN[name][key], rtol=1e-9, err_msg=key)


def test_the_golden_says_what_made_it() -> None:
    assert GOLDEN["versions"] == {"R": "4.2.2", "limma": "3.54.1", "statmod": "1.5.0"}
