"""survreg (survival 3.5.3), fisher.test and mantelhaen.test (R 4.2.2) beside the package's own.

Made by golden/censored/make.R on the data that lie there. survreg's standard error of a coefficient
is from the same observed information; where it is written in log(scale), the block of the
coefficients is the same. R finds limits of odds ratios to about four digits.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.detection_rate import compare_detection
from subtyping.statistics.tobit import tobit

FOLDER = Path(__file__).parent / "censored"
TERMS = ["age", "plate2", "plate3", "case"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name, skipinitialspace=True)


def test_censored_regression_agrees_with_survreg() -> None:
    data, expected = read("data.csv"), read("survreg.csv").set_index("analyte")
    names = list(expected.index)
    parts = [data[data["analyte"] == name] for name in names]
    Y = np.column_stack([part["value"] for part in parts])
    censored = np.column_stack([part["censored"] == 1 for part in parts])
    design = np.column_stack([np.ones(len(parts[0])), parts[0][TERMS]])
    fit = tobit(Y, censored, design)
    for name in ("coefficient", "standard_error", "scale", "log_likelihood"):
        np.testing.assert_allclose(getattr(fit, name), expected[name], rtol=2e-6, err_msg=name)
    np.testing.assert_allclose(fit.likelihood_ratio, expected["likelihood_ratio"], rtol=1e-6)


def test_detection_rates_agree_with_fisher_and_the_exact_stratified_test() -> None:
    data, expected = read("detection.csv"), read("exact.csv").set_index("table")
    for name, part in data.groupby("table"):
        seen = part[["detected"]].to_numpy(dtype=bool)
        case = part["case"].to_numpy() == 1
        for kind, strata in (("fisher", None), ("strata", part["plate"].to_numpy(dtype=str))):
            found = compare_detection(seen, case, strata=strata)
            row = expected.loc[name]
            assert found.p_value[0] == pytest.approx(row[f"{kind}_p"], rel=1e-7)
            for ours, theirs in (("odds_ratio", "or"), ("ci_low", "low"), ("ci_high", "high")):
                assert getattr(found, ours)[0] == pytest.approx(row[f"{kind}_{theirs}"], rel=1e-3)
