"""How much of an association is left once covariates are held fixed, one by one and together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import InputError
from subtyping.signature.adjusted_association import (
    Association,
    Variables,
    association,
    covariate_columns,
)

__all__ = ["CovariateSensitivity", "covariate_sensitivity"]

COLUMNS = (
    "value",
    "adjustment",
    "kind",
    "covariates",
    "n",
    "n_lacking",
    "rho",
    "rho_ci_low",
    "rho_ci_high",
    "p_value",
    "rho_crude_same_people",
    "share_left_frac",
    "std_difference",
    "std_difference_ci_low",
    "std_difference_ci_high",
    "std_difference_share_left_frac",
    "n_case",
    "n_reference",
)
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class CovariateSensitivity:
    """An association, unadjusted and adjusted in every way.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per value and adjustment: ``value, adjustment`` (unadjusted, ``bmi``, all,
        ``all but bmi``), ``kind`` (crude, single, all, leave_one_out), ``covariates, n``, how many
        people ``n_lacking`` a covariate are left out, ``rho`` (partial Spearman) with its interval
        and ``p_value``, ``rho_crude_same_people``, ``share_left_frac`` (of the crude rho of the
        same people; blank where that is not told apart from 0), the ``std_difference`` of the
        groups with its interval and the share of it that is left, ``n_case, n_reference``.
    sentence : str
        What adjusting does to each value.
    notes : tuple of str
        Covariates that cannot be adjusted for; that no weights of a survey were used.
    """

    table: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()


def covariate_sensitivity(
    values: pd.DataFrame,
    outcome: pd.Series,
    covariates: pd.DataFrame,
    *,
    group: pd.Series | None = None,
    names: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> CovariateSensitivity:
    r"""Hold the association of an outcome with analytes or axis scores against covariates.

    Four kinds of rows for each value: unadjusted; adjusted for each covariate alone; for all;
    for all but one. ``rho`` is the partial Spearman correlation of value and outcome with its
    Fisher z interval (`partial_correlation`). The standardised difference is the coefficient of
    group in ``value ~ group + covariates`` over the SD *s* of the value within the groups,
    covariates not considered, so that rows can be compared; its variance adds
    :math:`d^2/(2 f)` for *s* to :math:`\mathrm{SE}(b)^2/s^2`.

    Parameters
    ----------
    values : pandas.DataFrame of shape (n_people, n_values)
        Analytes (log2) or axis scores. Scores that were adjusted for these covariates already say
        nothing here: see `axis_covariate_sensitivity`.
    outcome : pandas.Series of shape (n_people,)
        A scale (PHQ-9) or a group (bool, or 1 and 0); NaN leaves a person out.
    covariates : pandas.DataFrame of shape (n_people, n_covariates)
        Numbers, or levels (text, or numbers of few values). Columns that are declared but cannot
        be used are noted.
    group : pandas.Series, optional
        1 and 0 (or bool) for the standardised difference; by default the outcome, where it has
        two values. NaN leaves a person out of it.
    names : mapping of str to str, optional
        What the sentence calls a column: ``{"outcome": "PHQ-9", "crp": "hsCRP"}``.
    level : float, default 0.95

    Returns
    -------
    CovariateSensitivity

    Raises
    ------
    InputError
        If the tables are not about the same people, the outcome does not vary or the group has
        other values than 0 and 1.

    Notes
    -----
    An adjusted association is not the causal one. A covariate that the outcome itself changes
    (weight gained in depression) takes away part of the truth; one measured badly leaves part of
    the confounding. The people differ from row to row where covariates are missing, which is why
    each share is taken of the crude correlation *in the same people*.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> bmi = rng.normal(28, 5, 400)
    >>> frame = pd.DataFrame({"crp": bmi + rng.normal(0, 5, 400)})
    >>> phq9 = pd.Series(bmi + rng.normal(0, 10, 400))
    >>> found = covariate_sensitivity(frame, phq9, pd.DataFrame({"bmi": bmi}))
    >>> found.table[["adjustment", "rho"]].round(2).values.tolist()
    [['unadjusted', 0.24], ['bmi', -0.01]]
    """
    variables = _variables(values, outcome, covariates, group)
    coded, notes = covariate_columns(variables.covariates)
    rows = []
    for value in variables.values.columns:
        for kind, label, chosen in _adjustments(list(coded)):
            found = association(variables, value, {name: coded[name] for name in chosen}, level)
            rows.append(_row(str(value), kind, label, chosen, found))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    notes += ["Every person counts alike; no weights of a survey are used."]
    return CovariateSensitivity(table, _sentence(table, names or {}), tuple(notes))


def _variables(
    values: pd.DataFrame, outcome: pd.Series, covariates: pd.DataFrame, group: pd.Series | None
) -> Variables:
    lengths = {len(values), len(outcome), len(covariates), len(values if group is None else group)}
    if len(lengths) > 1:
        message = (
            "values, outcome, covariates and group must list the same people in one order; got "
            f"{len(values)}, {len(outcome)}, {len(covariates)} and "
            f"{len(values if group is None else group)}."
        )
        raise InputError(message)
    y = pd.to_numeric(outcome.reset_index(drop=True), errors="coerce").astype(float)
    if y.nunique() < 2:
        message = (
            f"The outcome must be a number that differs between people; got "
            f"{count_of(int(y.nunique()), 'value')} in {count_of(int(y.notna().sum()), 'person')}."
        )
        raise InputError(message.replace("persons", "people"))
    if group is None:
        g = y if set(y.dropna().unique()) == {0.0, 1.0} else pd.Series(NAN, index=y.index)
    else:
        g = pd.to_numeric(group.reset_index(drop=True), errors="coerce").astype(float)
        odd = sorted(set(g.dropna().unique()) - {0.0, 1.0})
        if odd:
            message = f"group must be 1 (case), 0 (reference) or missing; got {list_some(odd)}."
            raise InputError(message)
    compared = (y.notna() | g.notna()).to_numpy()  # how much is missing is judged among them
    return Variables(
        values=values[compared].reset_index(drop=True).astype(float),
        outcome=y[compared].reset_index(drop=True),
        group=g[compared].reset_index(drop=True),
        covariates=covariates[compared].reset_index(drop=True),
    )


def _adjustments(covariates: Sequence[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Kind, label and covariates of every row; nothing twice."""
    every = tuple(covariates)
    rows: list[tuple[str, str, tuple[str, ...]]] = [("crude", "unadjusted", ())]
    rows += [("single", name, (name,)) for name in every]
    if len(every) > 1:
        rows.append(("all", "all", every))
    if len(every) > 2:
        for name in every:
            rest = tuple(other for other in every if other != name)
            rows.append(("leave_one_out", f"all but {name}", rest))
    return rows


def _row(
    value: str, kind: str, label: str, chosen: tuple[str, ...], found: Association
) -> dict[str, object]:
    rho, crude = found.rho, found.crude_rho
    is_told = crude.ci_low > 0 or crude.ci_high < 0
    d, plain = found.difference, found.crude_difference
    is_apart = plain.ci_low > 0 or plain.ci_high < 0
    return {
        "value": value,
        "adjustment": label,
        "kind": kind,
        "covariates": " + ".join(chosen),
        "n": rho.n,
        "n_lacking": found.n_lacking,
        "rho": rho.estimate,
        "rho_ci_low": rho.ci_low,
        "rho_ci_high": rho.ci_high,
        "p_value": rho.p_value,
        "rho_crude_same_people": crude.estimate,
        "share_left_frac": rho.estimate / crude.estimate if is_told else NAN,
        "std_difference": d.value,
        "std_difference_ci_low": d.ci_low,
        "std_difference_ci_high": d.ci_high,
        "std_difference_share_left_frac": d.value / plain.value if is_apart else NAN,
        "n_case": found.n_case,
        "n_reference": found.n_reference,
    }


def _sentence(table: pd.DataFrame, names: Mapping[str, str]) -> str:
    outcome = names.get("outcome", "the outcome")
    parts = []
    for value, rows in table.groupby("value", sort=False):
        crude = rows.iloc[0]
        text = (
            f"{names.get(str(value), str(value))} and {outcome}: rho {_told(crude)}, n {crude.n:,}"
        )
        whole = rows[rows["kind"] == "all"]
        single = rows[rows["kind"] == "single"]
        last = whole if len(whole) else single
        if last.empty:
            parts.append(f"{text}; nothing could be adjusted for.")
            continue
        row = last.iloc[0]
        how = ", ".join(names.get(name, name) for name in row["covariates"].split(" + "))
        text += f"; adjusted for {how} {_told(row)}, n {row.n:,}"
        if np.isfinite(row["share_left_frac"]):
            text += f", {row['share_left_frac']:.0%} of the correlation in the same people"
        parts.append(text + _strongest(single, names) + ".")
    return " ".join(parts)


def _strongest(single: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Name the covariate that takes most away by itself."""
    shares = single["share_left_frac"].astype(float)
    if len(single) < 2 or not shares.notna().any() or shares.min() >= 1:
        return ""
    row = single.loc[shares.idxmin()]
    name = names.get(row["adjustment"], row["adjustment"])
    return f"; {name} alone leaves {row['share_left_frac']:.0%} ({_told(row)})"


def _told(row: pd.Series) -> str:
    """A correlation without its leading zero, and its interval."""
    numbers = [row["rho"], row["rho_ci_low"], row["rho_ci_high"]]
    rho, low, high = (f"{number:.3f}".replace("0.", ".", 1) for number in numbers)
    return f"{rho} ({low} to {high})"
