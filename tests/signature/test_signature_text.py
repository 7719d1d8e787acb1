"""What the brief and the headline numbers take from a signature."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping.preparation.prepared import Prepared
from subtyping.report.signature_text import signature_text
from subtyping.signature import differential_abundance
from subtyping.signature.blockade import Blockade
from subtyping.signature.findings import SignatureFindings
from subtyping.signature.reversal import published_reversal
from subtyping.study.metrics import _of_signature


def scored(names):
    """Return the reversal of a planted signature of 12 analytes by a drug that halves it."""
    rng = np.random.default_rng(7)
    is_case = np.arange(120) < 60
    z = rng.normal(size=(120, len(names)))
    z[is_case, :12] += 1.0
    frame = pd.DataFrame(z, index=[f"s{i}" for i in range(120)], columns=names)
    blank = pd.Series(0.0, index=frame.index)
    prepared = Prepared(
        frame, frame, frame.notna(), blank, (), pd.DataFrame(), blank.astype(int)
    )  # fmt: skip
    samples = pd.DataFrame({"group": np.where(is_case, "MDD", "HC")}, index=frame.index)
    found = differential_abundance(
        frame, frame.notna(), samples, contrasts={"a": (["MDD"], ["HC"])},
        covariates=(), batch=False,
    )  # fmt: skip
    effects = pd.DataFrame(
        {"drug": "half", "drug_class": "x", "analyte": names[:12], "direction": "down",
         "log2_fc": -0.5, "log2_fc_placebo_adjusted": -0.5}
    )  # fmt: skip
    return published_reversal(
        prepared, found, is_case, ~is_case, effects=effects, bootstrap=20, draws=39
    )


@pytest.mark.parametrize("last", ["A39", "SIRT2"])
def test_a_scored_drug_is_told_with_and_without_handling_markers_on_the_panel(last) -> None:
    result = scored([*(f"A{j:02d}" for j in range(39)), last])
    findings = SignatureFindings(published=result)
    told = signature_text(SimpleNamespace(signature=findings))
    assert {row["drug"].partition(" (")[0] for row in told["drugs"]} == {"half"}
    assert len(told["drugs"]) == 2  # placebo-adjusted, and as published
    assert told["unscored"] == ""
    names = [name for name, *_ in _of_signature(findings)]
    assert names == [
        "published, placebo-adjusted_half_improvement_pct",
        "published_unadjusted_half_improvement_pct",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("low", "p_value", "level_p", "words"),
    [
        (5.0, 0.01, 0.01, "beyond comparable targets and the general level"),
        (5.0, 0.50, 0.01, "beyond the general level only"),
        (-5.0, 0.01, 0.01, "beyond comparable targets, not beyond the general level"),
        (-5.0, 0.50, 0.50, "no more than comparable targets"),
        (5.0, np.nan, np.nan, "no comparable targets to hold it against"),
    ],
)
def test_the_standing_of_a_pathway_says_which_twin_it_is_beyond(
    low, p_value, level_p, words
) -> None:
    metrics = {
        "percent_normalised": p_value,
        "percent_normalised_without_handling": p_value,
        "percent_normalised_given_level": level_p,
    }
    table = pd.DataFrame(
        [
            {"drug": "IL-4/IL-13", "metric": name, "value": 30.0, "ci_low": low, "ci_high": 60.0,
             "null_twin": 10.0, "p_value": p}
            for name, p in metrics.items()
        ]
    )  # fmt: skip
    blank = pd.DataFrame()
    blockade = Blockade(table, blank, blank, blank, blank, "")
    told = signature_text(SimpleNamespace(signature=SignatureFindings(blockade=blockade)))
    assert [row["standing"] for row in told["pathways"]] == [words]
