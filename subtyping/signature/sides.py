"""The two sides of a contrast, by group, by visit or by any other role."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from subtyping._validation import list_some, nearest
from subtyping.exceptions import InputError

__all__ = ["Side", "contrast_sides"]

Mask = NDArray[np.bool_]
Side = Sequence[str] | Mapping[str, Sequence[str]] | Mask
"""Names of groups, or role to values all of which must hold, or one bool for each sample."""


def contrast_sides(
    samples: pd.DataFrame, name: str, case: Side, reference: Side
) -> tuple[Mask, Mask]:
    """Return which samples stand on either side of a contrast.

    Parameters
    ----------
    samples : pandas.DataFrame
        Role columns.
    name : str
        Name of the contrast, for messages.
    case, reference : Side
        ``["MDD"]`` (groups), ``{"visit": ["1"], "group": ["MDD"]}`` (samples for which all of
        these hold), or a bool array.

    Returns
    -------
    is_case, is_reference : ndarray of bool of shape (n_samples,)

    Raises
    ------
    InputError
        If a role was not declared, a side has fewer than two samples, or a group or sample stands
        on both sides.

    Examples
    --------
    >>> samples = pd.DataFrame({"group": ["MDD"] * 4, "visit": ["0", "1", "0", "1"]})
    >>> after, before = contrast_sides(samples, "1 vs 0", {"visit": ["1"]}, {"visit": ["0"]})
    >>> after.tolist()
    [False, True, False, True]
    """
    if not any(isinstance(side, (Mapping, np.ndarray)) for side in (case, reference)):
        both = sorted({str(g) for g in case} & {str(g) for g in reference})
        if both:
            message = f"Contrast {name!r} has {list_some(both)} on both sides."
            raise InputError(message)
    masks = [_mask(samples, name, side) for side in (case, reference)]
    for said, side, mask in zip(("case", "reference"), (case, reference), masks, strict=True):
        if mask.sum() < 2:
            message = (
                f"Contrast {name!r} needs at least two {said} samples; got {int(mask.sum())} in "
                f"{_told(side)}.{_present(samples, side)}"
            )
            raise InputError(message)
    shared = int((masks[0] & masks[1]).sum())
    if shared:
        message = f"Contrast {name!r} has {shared} samples on both sides."
        raise InputError(message)
    return masks[0], masks[1]


def _mask(samples: pd.DataFrame, name: str, side: Side) -> Mask:
    if isinstance(side, np.ndarray) and side.dtype == bool:
        if side.shape != (len(samples),):
            message = (
                f"Contrast {name!r}: a mask needs one value for each of the {len(samples)} "
                f"samples; got shape {side.shape}."
            )
            raise InputError(message)
        return side
    wanted = side if isinstance(side, Mapping) else {"group": side}
    mask = np.ones(len(samples), dtype=bool)
    for role, values in wanted.items():
        if role not in samples:
            message = (
                f"Contrast {name!r}: no column was declared for {role!r}."
                f"{nearest(str(role), [str(column) for column in samples])}"
            )
            raise InputError(message)
        mask &= samples[role].map(_text).isin({_text(value) for value in _listed(values)})
    return np.asarray(mask, dtype=bool)


def _listed(values: Sequence[str] | ArrayLike) -> list[object]:
    return [values] if np.ndim(values) == 0 else list(np.asarray(values, dtype=object))


def _text(value: object) -> str:
    """Return a value as text, a whole number without its decimals (1.0 is 1)."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _told(side: Side) -> str:
    if isinstance(side, Mapping):
        return " and ".join(f"{k} {list_some(_listed(v))}" for k, v in side.items())
    return "the mask" if isinstance(side, np.ndarray) else list_some(list(side))


def _present(samples: pd.DataFrame, side: Side) -> str:
    """Say what could have been asked for."""
    if isinstance(side, np.ndarray):
        return ""
    told = []
    for role in side if isinstance(side, Mapping) else ["group"]:
        there = list(dict.fromkeys(samples[role].dropna().map(_text)))
        what = f"The {role}s present" if role in ("group", "visit") else f"Values of {role}"
        told.append(f" {what} are {list_some(there, 6)}.")
    return "".join(told)
