"""A small cohort with a planted signature, and a treatment of it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping.preparation.prepared import Prepared
from subtyping.signature.differential import differential_abundance

NAMES = ["CCL17", "CCL26", "POSTN", "SIRT2", *(f"A{j:02d}" for j in range(36))]
N = 60


def prepared_from(z, names=NAMES, unit=0.5):
    index = pd.Index([f"s{i}" for i in range(len(z))])
    frame = pd.DataFrame(z, index=index, columns=list(names))
    blank = pd.Series(0.0, index=index)
    return Prepared(
        frame, unit * frame + 3, frame.notna(), blank, (), pd.DataFrame(), blank.astype(int)
    )


@pytest.fixture(scope="session")
def cohort():
    """60 reference, 60 before, 60 after; 12 analytes up by 1 SD before, half of it after."""
    rng = np.random.default_rng(7)
    state = np.repeat([0, 1, 2], N)
    z = 0.6 * rng.normal(size=(3 * N, 1)) + 0.8 * rng.normal(size=(3 * N, len(NAMES)))
    null = z.copy()
    z[state == 1, :12] += 1.0
    z[state == 2, :12] += 0.5
    null[state > 0, :12] += 1.0
    samples = pd.DataFrame({"group": np.array(["HC", "pre", "post"])[state]})
    prepared = prepared_from(z)
    samples.index = prepared.z.index
    found = differential_abundance(
        prepared.log2, prepared.detected, samples, contrasts={"pre vs HC": (["pre"], ["HC"])},
        covariates=(), batch=False,
    )  # fmt: skip
    return SimpleNamespace(
        prepared=prepared, untreated=prepared_from(null), found=found, samples=samples,
        reference=state == 0, before=state == 1, after=state == 2, names=NAMES,
    )  # fmt: skip


@pytest.fixture(scope="session")
def effects():
    """A drug that takes half of all 12 away, one that mimics it, one known in two, and one known
    by direction only."""  # fmt: skip
    hit = NAMES[:12]

    def rows(drug, names, value, adjusted):
        direction = "down" if value < 0 else "up"
        return pd.DataFrame({"drug": drug, "drug_class": drug, "analyte": names, "direction":
                             direction, "log2_fc": value, "log2_fc_placebo_adjusted": adjusted,
                             "log2_fc_placebo": value - adjusted})  # fmt: skip

    few = rows("two known", hit[:2], -0.25, -0.25)
    signs = rows("directions", hit[:5], -0.25, -0.25)
    signs[["log2_fc", "log2_fc_placebo_adjusted", "log2_fc_placebo"]] = np.nan
    return pd.concat(
        [rows("half", hit, -0.25, -0.25), rows("mimic", hit, 0.25, 0.25), few, signs,
         rows("placebo", hit, -0.25, -1e-3)], ignore_index=True,
    )  # fmt: skip
