"""Small cohorts in which a pathway raises other analytes, or does not."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from subtyping.knowledge import handling_markers
from subtyping.preparation import Prepared

MEMBERS = ("CCL11", "CCL13", "CCL17", "CCL22")
LINKED = tuple(f"linked{j:02d}" for j in range(15))
OTHER = tuple(f"other{j:02d}" for j in range(25))
NAMES = (*MEMBERS, *handling_markers(), *LINKED, *OTHER)


def as_prepared(
    z: pd.DataFrame, is_case: np.ndarray, undetected: tuple[str, ...] = ("IL4", "IL13")
) -> Prepared:
    """Return a matrix as preparation would hand it on; some analytes are never detected."""
    healthy = z[~is_case]
    scaled = (z - healthy.mean()) / healthy.std()
    detection = pd.DataFrame({"analyte": [*z.columns, *undetected]})
    share = np.where(detection["analyte"].isin(undetected), 0.03, 1.0)
    detection = detection.assign(
        detected_case_frac=share, detected_reference_frac=share, is_kept=share > 0.5, reason=""
    )
    return Prepared(
        z=scaled,
        log2=z,
        detected=z.notna(),
        handling=scaled[list(handling_markers())].mean(axis=1),
        handling_markers=handling_markers(),
        detection=detection,
        n_imputed=pd.Series(0, index=z.index),
    )


@pytest.fixture(scope="session")
def cohort() -> Callable[..., tuple[Prepared, np.ndarray]]:
    """Return a maker of cohorts: `pathway` and `other` raise the linked analytes of the cases."""

    def make(
        pathway: float = 1.6,
        other: float = 0.0,
        *,
        by_pathway: float = 0.5,
        by_other: float = 0.0,
        seed: int = 0,
        n: int = 80,
        extra: tuple[str, ...] = (),
    ) -> tuple[Prepared, np.ndarray]:
        rng = np.random.default_rng(seed)
        names = [*NAMES, *extra]
        is_case = np.arange(2 * n) < n
        level, p, q = rng.normal(size=(3, 2 * n))
        p, q = p + pathway * is_case, q + other * is_case
        x = rng.normal(size=(2 * n, len(names))) * 0.7 + 0.3 * level[:, None]
        for name, column in zip(names, x.T, strict=True):
            if name in MEMBERS or name in extra:
                column[:] = column + 0.7 * p
            if name in LINKED:
                column[:] = column + by_pathway * p + by_other * q
        index = pd.Index([f"s{i}" for i in range(2 * n)], name="sample_id")
        undetected = tuple(name for name in ("IL4", "IL13") if name not in extra)
        frame = pd.DataFrame(x, index=index, columns=names)
        return as_prepared(frame, is_case, undetected), is_case

    return make
