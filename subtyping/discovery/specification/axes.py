"""Every axis that was looked at, its existence test, and the price of having looked."""

import pandas as pd

from subtyping._random import child_seed
from subtyping.discovery.existence import existence_line
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.settings import LEVEL
from subtyping.statistics.multiplicity import holm

__all__ = ["AXES_COLUMNS", "existence_by_axis"]

AXES_COLUMNS = (
    "axis",
    "role",
    "quantity",
    "members",
    "p_value",
    "p_holm",
    "rejects_after_holm",
    "reason",
)


def existence_by_axis(
    fitted: FittedLabelling, *, seed: int, n_bootstrap: int, is_blocked: bool = False
) -> pd.DataFrame:
    """Run the deciding test on every axis that can be scored, and correct for their number.

    The declared axis is tested with the stream of the verdict, so its p-value is the verdict's.
    Every other axis is exploratory: it was not declared before the data were read.

    Parameters
    ----------
    fitted : FittedLabelling
        Fitted with ``every_axis=True``.
    seed : int
    n_bootstrap : int
        Largest number of draws of each test.
    is_blocked : bool, default False
        Whether case status is aliased; then nothing is inferred and every p-value is blank.

    Returns
    -------
    pandas.DataFrame
        ``axis, role, quantity, members, p_value, p_holm, rejects_after_holm, reason``; role is
        ``declared`` or ``exploratory``, the reason says why an axis has no p-value.
    """
    scores = fitted.scores
    rows = []
    for item in scores.coherence.to_dict("records"):
        axis = str(item["axis"])
        is_declared = axis == scores.axis
        quantity = "skew" if item["is_skew_available"] else "raw score"
        members = scores.members[(scores.members["axis"] == axis) & scores.members["is_used"]]
        row = {
            "axis": axis,
            "role": "declared" if is_declared else "exploratory",
            "quantity": quantity,
            "members": " ".join(members["analyte"].astype(str)),
            "p_value": float("nan"),
            "reason": "",
        }
        if not item["is_scored"]:
            row |= {"quantity": "", "reason": str(item["reason"])}
        elif is_blocked:
            row["reason"] = "descriptive only: case status is aliased"
        else:
            column = f"{axis}_{'skew' if quantity == 'skew' else 'score'}"
            values = scores.table[column].to_numpy()[fitted.is_case]
            own_seed = seed if is_declared else child_seed(seed, "axis tried", axis)
            _, test = existence_line(values, own_seed, n_bootstrap, quantity)
            row["p_value"] = test.p_value
        rows.append(row)
    table = pd.DataFrame(rows)
    table["p_holm"] = holm(table["p_value"].to_numpy(dtype=float))
    table["rejects_after_holm"] = (table["p_holm"] <= LEVEL).to_numpy()
    return table[list(AXES_COLUMNS)]
