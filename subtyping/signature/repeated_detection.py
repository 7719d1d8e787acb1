"""Analytes mostly below detection, where people may have several samples."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.signature.design import ContrastDesign, independent_columns
from subtyping.signature.low_detection import compare_low_detection
from subtyping.signature.repeats import Repeats

__all__ = ["fill_low_detection"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def fill_low_detection(
    table: pd.DataFrame,
    values: Floats,
    censored: Mask,
    seen: Mask,
    *,
    design: ContrastDesign,
    within: pd.Series | None,
    repeats: Repeats | None,
) -> list[str]:
    """Fill in the analytes that are mostly below detection.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each analyte; written to where ``is_mostly_below_detection``.
    values, censored, seen : ndarray of shape (n_samples, n_analytes)
        As `censored_values` gives them, and what was detected.
    design : ContrastDesign
    within : pandas.Series or None
        Plate of each sample.
    repeats : Repeats or None
        Who has several samples; None to take samples as independent.

    Returns
    -------
    list of str
        What there is to say.
    """
    j = np.flatnonzero(table["is_mostly_below_detection"].to_numpy())
    if not len(j):
        return []
    strata = None if within is None else within.astype(str).to_numpy(dtype=str)
    values, censored, seen = values[:, j], censored[:, j], seen[:, j]
    notes: list[str] = []
    if repeats is None or not repeats.n_repeated:
        found = compare_low_detection(values, censored, seen, design.matrix, strata=strata)
    elif repeats.is_within:
        found, notes = _low_within(censored, seen, design, repeats)
    else:
        found, notes = _low_first(
            values, censored, seen, design=design, repeats=repeats, strata=strata
        )
    for column in found:
        table.loc[j, column] = found[column].to_numpy()
    return notes


def _low_within(
    censored: Mask, seen: Mask, design: ContrastDesign, repeats: Repeats
) -> tuple[pd.DataFrame, list[str]]:
    """Compare detection within people; no censored regression, which would need a mixed model."""
    found = compare_low_detection(
        np.full(seen.shape, np.nan), censored, seen, design.matrix[:, -1:],
        strata=repeats.codes.astype(str),
    )  # fmt: skip
    rates = found["method"] == "detection_rate"
    found.loc[rates, "reason"] = "people seen on both sides: detection is compared within people"
    return found, ["Analytes mostly below detection: detection is compared within people."]


def _low_first(
    values: Floats,
    censored: Mask,
    seen: Mask,
    *,
    design: ContrastDesign,
    repeats: Repeats,
    strata: NDArray[np.str_] | None,
) -> tuple[pd.DataFrame, list[str]]:
    """Compare the first sample of each person."""
    first = np.unique(repeats.codes, return_index=True)[1]
    first.sort()
    kept, _ = independent_columns(design.matrix[first])
    notes = ["Analytes mostly below detection: the first sample of each person is compared."]
    if design.matrix.shape[1] - 1 not in kept:
        found = pd.DataFrame({"method": ["detection_rate"] * seen.shape[1]})
        found["reason"] = "case status cannot be told from the first sample of each person"
        return found, notes
    found = compare_low_detection(
        values[first], censored[first], seen[first], design.matrix[first][:, kept],
        strata=None if strata is None else strata[first],
    )  # fmt: skip
    return found, notes
