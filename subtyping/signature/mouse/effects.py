"""Fold changes of one contrast, with the standard errors and intervals its table allows."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from subtyping._validation import list_some, nearest
from subtyping.exceptions import InputError
from subtyping.signature.differential import Differential

if TYPE_CHECKING:
    from subtyping.signature.mouse.animals import AnimalContrast


__all__ = ["effects_of"]

Floats = NDArray[np.float64]
Z95 = float(special.ndtri(0.975))


def effects_of(
    given: "pd.DataFrame | Differential | AnimalContrast", contrast: str | None, side: str
) -> tuple[pd.DataFrame, str]:
    """Return ``analyte, log2_fc, se, ci_low, ci_high, q_value, reason`` of one contrast.

    The standard error is the column ``se``, else ``log2_fc / t``, else the width of the interval
    over 2 x 1.96, else what the two-sided p-value says of a normal statistic; NaN if none is
    there.

    Parameters
    ----------
    given : DataFrame, Differential or AnimalContrast
    contrast : str or None
        Which contrast, where the table holds several.
    side : {"human", "mouse"}
        For the messages.

    Returns
    -------
    effects : pandas.DataFrame
    name : str
        Name of the contrast.

    Raises
    ------
    InputError
        If a column is missing or the contrast is not told.

    Examples
    --------
    >>> table = pd.DataFrame({"analyte": ["Il6"], "log2_fc": [1.0], "t": [4.0]})
    >>> effects_of(table, None, "mouse")[0][["se", "ci_low"]].round(3).values.tolist()
    [[0.25, 0.51]]
    """
    table = given if isinstance(given, pd.DataFrame) else given.table
    absent = [name for name in ("analyte", "log2_fc") if name not in table]
    if absent:
        message = (
            f"The {side} table lacks {list_some(absent)}; it needs analyte, log2_fc and one of se, "
            "t, ci_low with ci_high, or p_value."
        )
        raise InputError(message)
    name = str(getattr(given, "name", side))
    if "contrast" in table:
        names = [str(one) for one in table["contrast"].drop_duplicates()]
        if contrast is None and len(names) > 1:
            message = f"The {side} table holds {list_some(names, 6)}; name one contrast."
            raise InputError(message)
        name = contrast if contrast is not None else (names[0] if names else side)
        if name not in names:
            message = (
                f"The {side} table has no contrast {name!r}; it has {list_some(names, 6)}."
                f"{nearest(name, names)}"
            )
            raise InputError(message)
        table = table[table["contrast"].astype(str) == name]
    return _complete(table.reset_index(drop=True)), name


def _complete(table: pd.DataFrame) -> pd.DataFrame:
    """Fill in standard errors and intervals."""

    def column(name: str) -> pd.Series:
        found = table[name] if name in table else pd.Series(np.nan, table.index)
        return pd.to_numeric(found, errors="coerce").astype(float)

    effect, low, high = column("log2_fc"), column("ci_low"), column("ci_high")
    effect = effect.where(np.isfinite(effect))
    z_of_p = -special.ndtri(column("p_value").clip(1e-300, 1.0) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        guesses = [
            column("se"), (effect / column("t")).abs(), (high - low) / (2 * Z95),
            (effect / z_of_p).abs(),
        ]  # fmt: skip
    se = pd.Series(np.nan, table.index)
    for guess in guesses:
        se = se.fillna(guess.where(np.isfinite(guess) & (guess > 0)))
    reason = table["reason"].fillna("").astype(str) if "reason" in table else ""
    return pd.DataFrame(
        {
            "analyte": table["analyte"].astype(str),
            "log2_fc": effect,
            "se": se,
            "ci_low": low.fillna(effect - Z95 * se),
            "ci_high": high.fillna(effect + Z95 * se),
            "q_value": column("q_value"),
            "reason": reason,
        }
    )
