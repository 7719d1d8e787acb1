"""Covariates as numbers: age, body mass index, sex."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["covariate_matrix", "usable_covariates"]

MIN_PEOPLE = 20
FEMALE = frozenset({"f", "female", "w", "woman", "women"})
MALE = frozenset({"m", "male", "man", "men"})


def _numbers(samples: pd.DataFrame, name: str) -> np.ndarray:
    """One covariate as numbers; sex as 0 (female), 1 (male); NaN where unknown."""
    if name not in samples:
        return np.full(len(samples), np.nan)
    column = samples[name]
    if name == "sex":
        codes = {value: _sex_code(value) for value in column.unique()}
        return column.map(codes).to_numpy(dtype=float)
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)


def _sex_code(value: object) -> float:
    text = str(value).strip().casefold()
    return 1.0 if text in MALE else 0.0 if text in FEMALE else float("nan")


def covariate_matrix(samples: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return the named covariates as an array of shape (n_samples, n_covariates).

    Parameters
    ----------
    samples : pandas.DataFrame
        Samples table of a panel.
    names : sequence of str
        Role names.

    Returns
    -------
    ndarray
        NaN where a value is missing or not understood.
    """
    if not names:
        return np.empty((len(samples), 0))
    return np.column_stack([_numbers(samples, name) for name in names])


def usable_covariates(
    samples: pd.DataFrame, is_reference: np.ndarray, wanted: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose the covariates whose slope can be learnt in the reference people.

    Parameters
    ----------
    samples : pandas.DataFrame
        Samples table of a panel.
    is_reference : array of bool of shape (n_samples,)
    wanted : sequence of str
        Role names asked for; those not declared are passed over.

    Returns
    -------
    chosen : tuple of str
        At least 20 reference people with a value, and more than one value.
    skipped : tuple of str
        A sentence for each declared covariate that cannot be used.
    """
    chosen, skipped = [], []
    for name in wanted:
        if name not in samples:
            continue
        values = _numbers(samples, name)[is_reference]
        known = values[np.isfinite(values)]
        if len(known) >= MIN_PEOPLE and np.ptp(known) > 0:
            chosen.append(name)
        else:
            skipped.append(
                f"{name} not adjusted for: {len(known)} reference people have a usable value "
                f"(at least {MIN_PEOPLE} that differ are needed)."
            )
    return tuple(chosen), tuple(skipped)
