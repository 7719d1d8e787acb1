"""Differential abundance: which analytes differ between groups, adjusted, with intervals."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.signature.contrast_settings import ContrastSettings
from subtyping.signature.families import REST
from subtyping.signature.one_contrast import COLUMNS, one_contrast
from subtyping.signature.sides import Side, contrast_sides

__all__ = ["Differential", "differential_abundance"]

_Q_LIMIT = 0.05
_LOG2_FC_LIMIT = 0.585


@dataclass(frozen=True, eq=False)
class Differential:
    """Differences between groups, one row for each analyte and contrast.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, contrast, log2_fc, ci_low, ci_high, t, p_value, q_value, detected_frac,
        is_mostly_below_detection, n_case, n_reference``, then ``method`` (moderated_t,
        moderated_t_imputed, tobit, detection_rate, not_detected, not_measured or descriptive),
        ``detected_case_frac, detected_reference_frac``, for analytes mostly below detection
        ``detection_odds_ratio, detection_difference`` (both with ``_ci_low _ci_high``) and
        ``detection_p_value``, ``reason``, and ``family`` if families were declared.
    sentence : str
        How many analytes differ in each contrast.
    notes : tuple of str
        Samples left out and covariates dropped, contrast by contrast.
    """

    table: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()


def differential_abundance(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    samples: pd.DataFrame,
    *,
    contrasts: Mapping[str, tuple[Side, Side]],
    covariates: Sequence[str] = ("age", "sex", "bmi"),
    batch: bool = True,
    blocked: bool | AbstractSet[str] = False,
    limits: pd.DataFrame | None = None,
    min_detected_frac: float = 0.5,
    imputations: int = 0,
    seed: int = 0,
    below_lod: pd.DataFrame | None = None,
    unadjusted: Mapping[str, Collection[str]] | None = None,
    trend: bool = False,
    robust: bool = False,
    block: str = "none",
    families: Mapping[str, Collection[str]] | None = None,
) -> Differential:
    """Compare groups analyte by analyte, adjusted for covariates and plate.

    ``log2_fc`` is the coefficient of case status in ``log2 ~ covariates + plate + case``, fitted
    to the people of that contrast. How it is fitted depends on how much was detected:

    - detected in at least `min_detected_frac` of the people: moderated t;
    - in fewer: never by a difference of means. Censored regression (``tobit``), or where fewer
      than ten values more were detected than the design has columns an exact test of the detection
      rates within plates (``detection_rate``, no fold change). One that was never detected has
      its row and no p-value.

    The q-values of all of these are one Benjamini-Hochberg family for each contrast. Where a
    contrast is blocked, ``log2_fc`` is the plain difference of means (blank for analytes mostly
    below detection) and everything that would be inference is blank.

    Parameters
    ----------
    log2 : pandas.DataFrame of shape (n_samples, n_analytes)
        Prepared log2 values; NaN is missing.
    detected : pandas.DataFrame of bool
        Same shape: which values were measured above the limit of detection.
    samples : pandas.DataFrame
        Role columns, ``group`` among them; same index as `log2`.
    contrasts : mapping of str to (case side, reference side)
        Named contrasts. A side is a list of groups, a mapping of role to values that must all
        hold (``{"visit": ["1"], "group": ["MDD"]}``), or a bool for each sample.
    covariates : sequence of str, default ("age", "sex", "bmi")
        Role columns to adjust for.
    batch : bool, default True
        Whether plates are adjusted for.
    blocked : bool or set of str, default False
        Contrasts for which no inference is made; True blocks all of them.
    limits : pandas.DataFrame, optional
        log2 limit of detection of each value (`Prepared.limits`). Without it a value below
        detection is only taken to lie below the lowest detected value of its analyte.
    min_detected_frac : float, default 0.5
        Share of the people of a contrast in whom an analyte must be detected to be compared by
        means.
    imputations : int, default 0
        With 2 or more, values below detection of the analytes compared by means are drawn this
        often given case status and covariates, and the results pooled by Rubin's rules.
    seed : int, default 0
        Root seed of the draws.
    below_lod : pandas.DataFrame of bool, optional
        Which values were measured and lie below detection (`Panel.below_lod`). Without it those
        are the values that have a number and were not detected.
    unadjusted : mapping of str to collection of str, optional
        Covariate to the analytes it is a mean of (the handling score and its markers). Adjusted
        for themselves they would lose a difference they all have, or seem to differ the other way;
        so they are fitted without that covariate and ``reason`` says so.
    trend : bool, default False
        Whether the prior variance of the moderated t follows the mean of the analyte.
    robust : bool, default False
        Whether analytes with outlying variances are shrunk less and keep out of the prior.
    block : {"none", "correlation", "fixed"}, default "none"
        What is done where people (role ``subject``) have more than one sample in a contrast.
        ``correlation``: one within-person correlation for all analytes, estimated by REML and
        stated in the notes. ``fixed``: where at least half of the people stand on both sides,
        each person gets a mean of their own and those on one side are left out; elsewhere as
        ``correlation``. Analytes mostly below detection are then compared by detection within
        people, or by the first sample of each person.
    families : mapping of str to collection of str, optional
        Families within which q-values are computed; analytes in none are the family ``rest``.
        Adds the column ``family``.

    Returns
    -------
    Differential

    Raises
    ------
    InputError
        If the tables list different samples, no group was declared, a side of a contrast has
        fewer than two samples, a group or sample stands on both sides, an analyte in two families,
        `block` is unknown or `imputations` is 1 or negative.

    Notes
    -----
    Without imputation, values below detection of an analyte that is mostly detected weigh as
    measured. docs/detection.md has the error rates of each method. Imputed contrasts use the plain
    prior. The false discovery rate is held in each contrast and family, not over them together.
    docs/differential.md says when each option fails.

    References
    ----------
    Smyth GK (2004). doi:10.2202/1544-6115.1027. Tobin J (1958). doi:10.2307/1907382

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> ids = [f"s{i}" for i in range(40)]
    >>> log2 = pd.DataFrame(rng.normal(size=(40, 5)), index=ids, columns=list("ABCDE"))
    >>> samples = pd.DataFrame({"group": ["HC", "MDD"] * 20}, index=ids)
    >>> log2.loc[samples["group"] == "MDD", "A"] += 2
    >>> found = differential_abundance(
    ...     log2, log2.notna(), samples,
    ...     contrasts={"MDD vs HC": (["MDD"], ["HC"])}, covariates=[],
    ... )
    >>> found.sentence
    'MDD vs HC: 1 of 5 analytes at q < .05 and |log2 fold change| > .585.'
    >>> found.table.loc[0, "analyte"]
    'A'
    """
    _check(log2, detected, samples, (limits, below_lod))
    settings = ContrastSettings(
        tuple(covariates), batch, min_detected_frac, imputations, seed, trend=trend, robust=robust,
        block=block, families=dict(families or {}),
    )  # fmt: skip
    tables: list[pd.DataFrame] = []
    sentences: list[str] = []
    notes: list[str] = []
    for name, (cases, references) in contrasts.items():
        if not all(isinstance(side, (Mapping, np.ndarray)) for side in (cases, references)):
            _check_group(samples)
        sides = contrast_sides(samples, name, cases, references)
        is_blocked = blocked if isinstance(blocked, bool) else name in blocked
        table, remarks = one_contrast(
            log2, detected, samples, sides, settings, name=name, limits=limits, blocked=is_blocked,
            below_lod=below_lod, unadjusted=unadjusted,
        )  # fmt: skip
        table.insert(1, "contrast", name)
        tables.append(table)
        sentences.append(_sentence(name, table, blocked=is_blocked))
        notes.extend(f"{name}: {remark}" for remark in remarks)
    whole = pd.concat(tables, ignore_index=True) if tables else _empty()
    return Differential(whole, " ".join(sentences) or "No contrast was asked for.", tuple(notes))


def _check(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    samples: pd.DataFrame,
    others: tuple[pd.DataFrame | None, ...],
) -> None:
    shapes = {detected.shape} | {other.shape for other in others if other is not None}
    if not (log2.index.equals(samples.index) and shapes == {log2.shape}):
        message = (
            "log2, detected, limits, below_lod and samples must list the same samples in one "
            f"order, and all but samples the same analytes; got {log2.shape}, {sorted(shapes)} and "
            f"{samples.shape}."
        )
        raise InputError(message)


def _check_group(samples: pd.DataFrame) -> None:
    if "group" not in samples:
        message = 'No group column was declared. Write columns={"group": "<column>"}.'
        raise InputError(message)


def _sentence(name: str, table: pd.DataFrame, *, blocked: bool) -> str:
    if (table["method"] == "descriptive").any():
        why = "blocked" if blocked else "not estimable"
        return f"{name}: {why}, differences are descriptive only."
    is_low = table["is_mostly_below_detection"]
    found = (table["q_value"] < _Q_LIMIT) & (table["log2_fc"].abs() > _LOG2_FC_LIMIT) & ~is_low
    counted = [
        f"{int((found & mine).sum())} of {count_of(int((~is_low & mine).sum()), 'analyte')}{family}"
        for family, mine in _families(table)
    ]
    told = f"{name}: {', '.join(counted)} at q < .05 and |log2 fold change| > .585"
    low = table[is_low & table["p_value"].notna()]
    if len(low):
        methods = low.loc[low["q_value"] < _Q_LIMIT, "method"]
        told += (
            f"; of {len(low)} mostly below detection {int((methods == 'tobit').sum())} differ at "
            f"q < .05 by censored regression and {int((methods == 'detection_rate').sum())} by "
            "detection rate"
        )
    return f"{told}."


def _families(table: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Return how each family is named in the sentence, and its rows."""
    if "family" not in table:
        return [("", pd.Series(data=True, index=table.index))]
    names = dict.fromkeys(table["family"])
    return [(f" in {name}", table["family"] == name) for name in sorted(names, key=_rest_last)]


def _rest_last(name: str) -> tuple[bool, str]:
    return name == REST, name


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=["analyte", "contrast", *COLUMNS])
