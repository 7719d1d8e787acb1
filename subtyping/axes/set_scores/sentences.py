"""What set scores say of themselves."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

__all__ = ["first_sentence", "method_note"]


def first_sentence(
    method: str, sets: Mapping[str, tuple[str, ...]], coherence: pd.DataFrame
) -> str:
    """Say what the first scored set rests on and whether its members go together."""
    name, members = next(iter(sets.items()))
    row: pd.Series = coherence[coherence["set"] == name].iloc[0]
    text = f"The {name} score by {method} rests on {', '.join(members)}"
    if np.isfinite(row["mean_r"]):
        text += f" (alpha {row['alpha']:.2f}, mean r {row['mean_r']:.2f}"
        if np.isfinite(row["mean_r_random_limit"]):
            is_more = row["mean_r"] > row["mean_r_random_limit"]
            text += (
                f"; {'above' if is_more else 'not above'} what 95 % of random sets of "
                f"{len(members)} reach, r {row['mean_r_random_limit']:.2f}"
            )
        text += ")"
    n_unscored = int((~coherence["is_scored"].astype(bool)).sum())
    rest = f" {n_unscored} of {len(coherence)} sets could not be scored." if n_unscored else ""
    return f"{text}.{rest}"


def method_note(method: str, n_analytes: int) -> str:
    """Say what can move a score besides the set itself."""
    if method in {"ssgsea", "gsva"}:
        return (
            f"{method} weighs a set against the other analytes of the panel ({n_analytes} in all): "
            "a rise of those, such as another axis, lowers it though the set itself has not moved."
        )
    if method == "plage":
        return (
            "plage follows what varies most among the members, whatever it is; its sign is set so "
            "that it goes along with their mean."
        )
    return ""
