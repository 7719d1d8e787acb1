"""Covariates as columns of numbers, learnt once and then frozen."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import list_some
from subtyping.exceptions import InputError

__all__ = ["CovariateCoding"]


@dataclass(frozen=True)
class CovariateCoding:
    """How covariates become columns of numbers, learnt once and then frozen.

    Attributes
    ----------
    names : tuple of str
        Covariates in order.
    levels : tuple
        For each covariate its categories in order, the first of them the baseline; None for a
        number.
    """

    names: tuple[str, ...] = ()
    levels: tuple[tuple[str, ...] | None, ...] = ()

    @classmethod
    def of(cls, covariates: object, n_samples: int, rows: np.ndarray) -> "CovariateCoding":
        """Learn the coding from the samples in `rows`.

        Parameters
        ----------
        covariates : data frame, array or None
        n_samples : int
        rows : array of bool

        Returns
        -------
        CovariateCoding
        """
        table = _table(covariates, n_samples)
        levels: list[tuple[str, ...] | None] = []
        for name in table:
            column = table[name][rows]
            is_number = pd.api.types.is_numeric_dtype(column) and column.dtype != bool
            found = tuple(sorted({str(value) for value in column.dropna()}))
            levels.append(None if is_number else found)
        return cls(names=tuple(table.columns), levels=tuple(levels))

    def coded(self, covariates: object, n_samples: int, rows: np.ndarray) -> np.ndarray:
        """Return the columns of numbers: one for a number, one for each level but the first.

        Parameters
        ----------
        covariates : data frame, array or None
            The covariates of the fit.
        n_samples : int
        rows : array of bool
            Samples whose covariates must be known.

        Returns
        -------
        ndarray of shape (n_samples, n_coded)

        Raises
        ------
        InputError
            If covariates are not those of the fit, a value is missing, or a category is new.
        """
        table = _table(covariates, n_samples)
        if tuple(table.columns) != self.names:
            message = (
                f"The batch correction was learnt with {_said(self.names)}; got "
                f"{_said(tuple(table.columns))}. Give the same covariates."
            )
            raise InputError(message)
        columns: list[np.ndarray] = []
        for name, levels in zip(self.names, self.levels, strict=True):
            values = table[name]
            missing = int(values[rows].isna().sum())
            if missing:
                message = (
                    f"Covariate {name!r} is missing in {missing} of {int(rows.sum())} samples; "
                    "fill it, leave those samples out, or leave the covariate out."
                )
                raise InputError(message)
            if levels is None:
                columns.append(pd.to_numeric(values).to_numpy(dtype=float))
                continue
            text = values.astype(str)
            new = sorted(set(text[rows]) - set(levels))
            if new:
                message = (
                    f"Covariate {name!r} has {list_some(new)}, which the batch correction has "
                    f"not seen (it knows {list_some(levels, 6)})."
                )
                raise InputError(message)
            columns += [(text == level).to_numpy(dtype=float) for level in levels[1:]]
        return np.column_stack(columns) if columns else np.empty((n_samples, 0))


def _table(covariates: object, n_samples: int) -> pd.DataFrame:
    """Return covariates as a frame in sample order."""
    if covariates is None:
        return pd.DataFrame(index=pd.RangeIndex(n_samples))
    if isinstance(covariates, pd.DataFrame):
        table = covariates.reset_index(drop=True)
    else:
        table = pd.DataFrame(np.asarray(covariates))
    table.columns = [str(name) for name in table.columns]
    if len(table) != n_samples:
        message = f"Expected covariates for {n_samples} samples; got {len(table)} rows."
        raise InputError(message)
    return table


def _said(names: tuple[str, ...]) -> str:
    """Return covariate names as text."""
    return f"covariates {', '.join(map(repr, names))}" if names else "no covariates"
