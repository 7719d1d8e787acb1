"""One drug over the analytes of a panel: what is known of it, and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import list_some
from subtyping.exceptions import InputError
from subtyping.knowledge.routine import routine_analyte

__all__ = ["MODELS", "DrugVector", "checked_effects", "drug_vector"]

Floats = NDArray[np.float64]

ADJUSTED, PLAIN, PLACEBO = "published, placebo-adjusted", "published", "placebo arm"
MODELS = (ADJUSTED, PLAIN, PLACEBO)
NEEDED = ("drug", "analyte", "direction")
NUMBERS = ("log2_fc", "log2_fc_low", "log2_fc_high", "log2_fc_placebo", "log2_fc_placebo_adjusted",
           "standard_error")  # fmt: skip
SIGN = {"down": -1.0, "none": 0.0, "up": 1.0}


@dataclass(frozen=True, eq=False)
class DrugVector:
    """Effect of one drug on each analyte of a panel.

    Attributes
    ----------
    drug, model, drug_class : str
    effect : ndarray of shape (n_analytes,)
        log2 change; NaN where no number is known.
    direction : ndarray of shape (n_analytes,)
        -1, 0 or 1; NaN where nothing is known.
    standard_error : ndarray of shape (n_analytes,)
        Of `effect`, log2; NaN where not known, as in published medians.
    source : ndarray of str of shape (n_analytes,)
        Trial context and which number was taken.
    """

    drug: str
    model: str
    drug_class: str
    effect: Floats
    direction: Floats
    standard_error: Floats
    source: NDArray[np.object_]

    def only(self, keep: NDArray[np.bool_]) -> "DrugVector":
        """Return the drug over some of the analytes."""
        names = ("effect", "direction", "standard_error", "source")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})

    def directions_only(self) -> "DrugVector":
        """Return the drug with its numbers set aside."""
        blank = np.full_like(self.effect, np.nan)
        return replace(self, effect=blank, standard_error=blank)


def checked_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Return a table of drug effects on blood, with every column the scores read.

    Parameters
    ----------
    effects : pandas.DataFrame
        As `subtyping.knowledge.drugs.drug_effects`; at least ``drug, analyte, direction``. A
        ``standard_error`` column (log2) says the effects were measured with that noise.

    Returns
    -------
    pandas.DataFrame
        Rows of other tissues left out.

    Raises
    ------
    InputError
        If a column is missing, a direction is unknown or a number disagrees with its direction.

    Examples
    --------
    >>> table = pd.DataFrame({"drug": ["x"], "analyte": ["IL6"], "direction": ["down"]})
    >>> checked_effects(table)["log2_fc"].isna().all()
    np.True_
    """
    absent = [name for name in NEEDED if name not in effects]
    if absent:
        message = (
            f"A table of drug effects needs the columns {', '.join(NEEDED)}; it lacks "
            f"{list_some(absent)}."
        )
        raise InputError(message)
    table = effects.copy()
    for name in NUMBERS:
        table[name] = pd.to_numeric(table[name]) if name in table else np.nan
    for name in ("drug_class", "disease_context"):
        table[name] = table[name].fillna("") if name in table else ""
    table["n_drug"] = pd.to_numeric(table["n_drug"]).astype(float) if "n_drug" in table else np.nan
    if "tissue" in table:
        table = table[table["tissue"] == "blood"]
    odd = sorted(set(table["direction"].astype(str)) - set(SIGN))
    if odd:
        message = f"A direction must be one of {', '.join(SIGN)}; got {list_some(odd)}."
        raise InputError(message)
    sign = table["direction"].map(SIGN).astype(float)
    against = (np.sign(table["log2_fc"]) * sign < 0).fillna(value=False)
    if against.any():
        row = table[against].iloc[0]
        message = (
            f"The effect of {row['drug']} on {row['analyte']} is {row['log2_fc']:g} and its "
            f"direction {row['direction']}; correct one of them."
        )
        raise InputError(message)
    table["analyte"] = [routine_analyte(name) for name in table["analyte"]]
    return table.reset_index(drop=True)


def drug_vector(
    effects: pd.DataFrame, drug: str, model: str, analytes: Sequence[str]
) -> DrugVector:
    """Return one drug over a panel.

    Of several rows of one analyte the placebo-adjusted one is taken, then one with a median, then
    one with a range, then a direction; among equals the largest trial, then the first of the
    table. Of a range the end nearest to no change is taken. Numbers of the model ``published`` are
    not placebo-adjusted; ``placebo arm`` is what the placebo did.

    Parameters
    ----------
    effects : pandas.DataFrame
        From `checked_effects`.
    drug : str
    model : {"published, placebo-adjusted", "published", "placebo arm"}
    analytes : sequence of str

    Returns
    -------
    DrugVector

    Examples
    --------
    >>> from subtyping.knowledge.drugs import drug_effects
    >>> table = checked_effects(drug_effects())
    >>> found = drug_vector(table, "dupilumab", "published", ["CCL17", "IL6", "CCL26"])
    >>> found.effect.tolist(), found.direction.tolist()
    ([-0.41, nan, -0.13], [-1.0, nan, -1.0])
    """
    mine = effects[effects["drug"] == drug]
    names = {routine_analyte(name): i for i, name in enumerate(analytes)}
    p = len(analytes)
    effect, direction, error = np.full((3, p), np.nan)
    source = np.full(p, "", dtype=object)
    ordered = mine.assign(rank=_rank(mine)).sort_values(
        ["rank", "n_drug"], ascending=[True, False], kind="stable", na_position="last"
    )
    for row in ordered.drop_duplicates("analyte").to_dict("records"):
        i = names.get(str(row["analyte"]))
        if i is None:
            continue
        effect[i], how = _number(row, model)
        error[i] = row["standard_error"]
        if model == PLAIN or np.isfinite(effect[i]):
            direction[i] = SIGN[str(row["direction"])] if model == PLAIN else np.sign(effect[i])
            source[i] = ", ".join(x for x in (str(row["disease_context"]), how) if x)
    kind = str(mine["drug_class"].iloc[0]) if len(mine) else ""
    return DrugVector(drug, model, kind, effect, direction, error, source)


def _rank(rows: pd.DataFrame) -> pd.Series:
    known = rows[["log2_fc_placebo_adjusted", "log2_fc", "log2_fc_low"]].notna().to_numpy()
    return pd.Series(np.where(known.any(axis=1), known.argmax(axis=1), 3), index=rows.index)


def _number(row: dict[str, float], model: str) -> tuple[float, str]:
    if model == ADJUSTED:
        return float(row["log2_fc_placebo_adjusted"]), "placebo-adjusted"
    if model == PLACEBO:
        return float(row["log2_fc_placebo"]), "placebo arm"
    if np.isfinite(row["log2_fc"]):
        return float(row["log2_fc"]), "not placebo-adjusted"
    ends = [x for x in (row["log2_fc_low"], row["log2_fc_high"]) if np.isfinite(x)]
    if ends:
        return float(min(ends, key=abs)), "weak end of the range"
    return float("nan"), "direction only"
