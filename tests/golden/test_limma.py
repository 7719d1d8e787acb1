"""limma 3.54.1 (R 4.2.2): lmFit, contrasts.fit, eBayes on seeded cohorts.

Made by golden/r/limma.R of the shared folder: ~ 0 + group + age + sex + bmi, contrasts MDD, AD and
psoriasis against HC; `na_treat` is the treatment coding with missing values, analyte by analyte.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.moderated_t import ModeratedT, moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg

pytestmark = pytest.mark.real_data

CONTRASTS = np.zeros((7, 3))
CONTRASTS[0] = -1.0
CONTRASTS[[1, 2, 3], [0, 1, 2]] = 1.0

CONSTANT_ANALYTE = 5  # of the data with missing values: its fit is rounding error in either program


def golden(shared: Path, task: str, name: str) -> np.ndarray:
    """Return one array of the column-major float64 file beside the JSON index."""
    folder = shared / "golden" / "values"
    entry = json.loads((folder / f"{task}.json").read_text())["arrays"][name]
    size = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / f"{task}.bin", "<f8", size, offset=entry["offset"])
    return np.squeeze(values.reshape(entry["dims"], order="F"))


def panel(shared: Path, name: str) -> np.ndarray:
    return pd.read_csv(shared / "golden" / "data" / name, index_col=0).to_numpy(dtype=float)


def parts(fit: ModeratedT) -> dict[str, object]:
    return {
        "coef_all": fit.coefficient,
        "t": fit.t[:, 0],
        "P.Value": fit.p_value[:, 0],
        "adj.P.Val": benjamini_hochberg(fit.p_value[:, 0]),
        "sigma": np.sqrt(fit.s2),
        "s2.post": fit.s2_posterior,
        "s2.prior": fit.s2_prior,
        "df.prior": fit.df_prior,
        "df.total": fit.df_total,
        "df.residual": fit.df_residual,
        "stdev.unscaled": fit.standard_error / np.sqrt(fit.s2_posterior)[:, None],
    }


def joint(fit: ModeratedT) -> dict[str, object]:
    return {"F": fit.f_statistic, "F.p.value": fit.f_p_value}


@pytest.mark.parametrize("size", ["A", "B"])
def test_complete_data_agree_with_limma(shared: Path, size: str) -> None:
    design = golden(shared, f"limma_{size}", "limma.design")
    fit = moderated_t(panel(shared, f"{size}_x.csv"), design, CONTRASTS)
    for name, value in (parts(fit) | joint(fit)).items():
        expected = golden(shared, f"limma_{size}", f"limma.plain.{name}")
        np.testing.assert_allclose(value, expected, rtol=1e-8, err_msg=name)


@pytest.mark.parametrize("size", ["A", "B"])
@pytest.mark.parametrize("variant", ["trend", "robust", "trend_robust"])
def test_trend_and_robust_agree_with_limma(shared: Path, size: str, variant: str) -> None:
    design = golden(shared, f"limma_{size}", "limma.design")
    fit = moderated_t(
        panel(shared, f"{size}_x.csv"),
        design,
        CONTRASTS,
        trend="trend" in variant,
        robust="robust" in variant,
    )
    for name, value in (parts(fit) | joint(fit)).items():
        expected = golden(shared, f"limma_{size}", f"limma.{variant}.{name}")
        np.testing.assert_allclose(value, expected, rtol=1e-8, err_msg=name)


def test_missing_values_are_left_out_analyte_by_analyte_as_in_limma(shared: Path) -> None:
    design = golden(shared, "limma_A", "limma.design").copy()
    design[:, 0] = 1.0
    fit = moderated_t(panel(shared, "A_xna.csv"), design, np.eye(7))
    fitted = np.arange(92) != CONSTANT_ANALYTE
    of_mdd = {"t": fit.t[:, 1], "P.Value": fit.p_value[:, 1]}
    values = parts(fit) | of_mdd
    values["adj.P.Val"] = benjamini_hochberg(fit.p_value[:, 1])
    for name, value in values.items():
        expected = golden(shared, "limma_A", f"limma.na_treat.{name}")
        if np.ndim(value):
            value, expected = np.asarray(value)[fitted], expected[fitted]  # noqa: PLW2901
        np.testing.assert_allclose(value, expected, rtol=1e-8, err_msg=name)


def test_the_same_coefficients_are_not_estimable_as_in_limma(shared: Path) -> None:
    design = golden(shared, "limma_A", "limma.design").copy()
    design[:, 0] = 1.0
    fit = moderated_t(panel(shared, "A_xna.csv"), design, np.eye(7))
    expected = golden(shared, "limma_A", "limma.na_treat.coef_all")
    assert (np.isnan(fit.coefficient) == np.isnan(expected)).all()
