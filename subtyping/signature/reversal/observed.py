"""A treatment that was measured, held against the signature of the people before it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping._validation import list_some
from subtyping.exceptions import InputError
from subtyping.knowledge.handling import handling_markers
from subtyping.preparation.prepared import Prepared
from subtyping.signature.design import contrast_design
from subtyping.signature.reversal.assembly import Entry, analyte_rows, assembled
from subtyping.signature.reversal.drug_vector import DrugVector
from subtyping.signature.reversal.halves import exchanged, whole_weights
from subtyping.signature.reversal.nulls import analyte_strata
from subtyping.signature.reversal.observed_scores import (
    People,
    measured,
    paired_share,
    score_observed,
)
from subtyping.signature.reversal.published_scores import NOISE, null_summary
from subtyping.signature.reversal.result import CAPTION, LEAST_COVERED, Reversal
from subtyping.signature.reversal.signature_of_cases import CaseSignature, log2_per_z
from subtyping.statistics.moderated_t import ModeratedT, moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["observed_reversal"]

MODEL = "observed"
NO_PLACEBO = "No placebo arm: time, care and regression to the mean are part of the effect."
Mask = NDArray[np.bool_]


def observed_reversal(
    prepared: Prepared,
    is_before: Mask,
    is_after: Mask,
    is_reference: Mask,
    *,
    name: str = "treatment",
    samples: pd.DataFrame | None = None,
    covariates: Sequence[str] = (),
    panel_of: Mapping[str, str] | None = None,
    q_below: float = 0.05,
    n_splits: int = 10,
    bootstrap: int = 200,
    draws: int = 199,
    seed: int = 0,
) -> Reversal:
    r"""Ask how much of a signature a measured treatment took away.

    Signature: before treatment minus reference. Effect: after minus before. The people before
    treatment stand in both with opposite signs, so their noise alone looks like reversal, more so
    in analytes chosen because they were high. Two remedies:

    - halves: the signature (and which analytes are dysregulated) comes from one half of the people
      before treatment, the effect from the other half; each half takes each part once, averaged
      over `n_splits` splits. So are ``improvement_pct``, ``improvement_uncapped_pct``,
      ``connectivity`` and ``cosine`` (which noise makes smaller, not larger);
    - moments: ``improvement_slope_pct``
      :math:`= -100 (\sum b_j d_j - \sum c_j)/(\sum b_j^2 - \sum v_j)` and ``cosine_corrected``,
      in units of the residual SD over all analytes, with the variance *v* and the shared
      covariance *c* of the errors (:math:`c_1'(X'X)^{-1}c_2 s^2`, and that of the same person's
      two samples). ``cosine_uncorrected`` shows what not to read.

    Nulls: before and after exchanged at random (within a person where both are known); effects
    relabelled, and carried to matched places; signatures of chance. Decision as in
    `published_reversal`.

    Parameters
    ----------
    prepared : Prepared
    is_before, is_after, is_reference : ndarray of bool of shape (n_samples,)
    name : str, default "treatment"
    samples : pandas.DataFrame, optional
        Role columns: ``subject`` pairs the samples of a person; covariates.
    covariates : sequence of str, optional
        Role columns to adjust for, beyond what the preparation did, with one model of all three.
    panel_of : mapping of str to str, optional
        Panel of each analyte.
    q_below : float, default 0.05
    n_splits : int, default 10
    bootstrap, draws : int, default 200, 199
    seed : int, default 0

    Returns
    -------
    Reversal
        ``patients`` has rows only where people were seen both times; ``share_back_pct`` then has
        regression to the mean in it, as its null shows, and never decides.

    Raises
    ------
    InputError
        If masks overlap or do not fit, a state has fewer than six people, or a person has several
        samples in one state.

    Notes
    -----
    Without a placebo arm, time, regression to the mean of those who were enrolled when ill, and
    everything else that changed are part of the effect.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> state = np.repeat([0, 1, 2], 60)
    >>> z = rng.normal(size=(180, 40))
    >>> z[state == 1, :10] += 1.5
    >>> z[state == 2, :10] += 0.5
    >>> frame = pd.DataFrame(z, columns=[f"A{j}" for j in range(40)])
    >>> blank = pd.DataFrame()
    >>> prepared = Prepared(frame, frame, frame.notna(), pd.Series(dtype=float), (), blank,
    ...                     pd.Series(dtype=int))
    >>> found = observed_reversal(
    ...     prepared, state == 1, state == 2, state == 0, bootstrap=20, draws=39, seed=1
    ... )
    >>> found.verdicts["verdict"].tolist()
    ['reverses, not placebo-adjusted']
    """
    masks = _checked(prepared, (is_reference, is_before, is_after))
    rows = np.flatnonzero(masks.any(axis=0))
    state = masks[:, rows].argmax(axis=0)
    chosen = None if samples is None else samples.iloc[rows]
    subject = _subjects(chosen, state)
    z, notes = _adjusted(prepared.z.iloc[rows], chosen, state, covariates)
    log2 = prepared.log2[prepared.z.columns].to_numpy(dtype=float)[rows]
    scale = log2_per_z(z[state == 0], log2[state == 0])
    seen = prepared.detected[prepared.z.columns].to_numpy(dtype=float)[rows]
    names = prepared.z.columns.astype(str).to_numpy(dtype=str)
    panels = None if panel_of is None else [str(panel_of.get(x, "unknown")) for x in names]
    level = np.nan_to_num(np.array([x[np.isfinite(x)].mean() if np.isfinite(x).any() else 0.0
                                    for x in log2[state == 0].T]))  # fmt: skip
    strata = analyte_strata(level, seen.mean(axis=0), panels)
    people = measured(z, state, subject, strata, spread=scale, q_below=q_below)
    signature, drug = _whole(people, names, scale, prepared.z.index[rows], name)
    is_marker = np.isin(names, [*handling_markers(), *prepared.handling_markers])
    variants = {"with": np.ones(len(names), bool)} if is_marker.any() else {}
    settings = {"n_splits": n_splits, "bootstrap": bootstrap, "draws": draws, "seed": seed}
    entries = [
        _entry(people.only(keep), signature.only(keep), drug.only(keep), handling, settings)
        for handling, keep in {**variants, "without": ~is_marker}.items()
    ]
    told = f"{entries[0].reason}." if entries[0].reason else entries[0].told()
    sizes = zip(np.bincount(state, minlength=3), ("reference", "before", "after"), strict=True)
    counts = ", ".join(f"{n} {what}" for n, what in sizes)
    pairs = f"{len(people.pairs)} people seen both before and after"
    notes += [f"{counts}; {pairs}.", NO_PLACEBO]
    without = "" if entries[0].reason else f" {NO_PLACEBO}"
    sentence = f"{told[:1].upper()}{told[1:]}{without} {CAPTION}"
    return assembled(entries, [analyte_rows(drug, signature)], sentence, tuple(notes))


def _checked(prepared: Prepared, masks: tuple[Mask, ...]) -> Mask:
    n = len(prepared.z)
    arrays = [np.asarray(mask, dtype=bool) for mask in masks]
    if any(mask.shape != (n,) for mask in arrays):
        shapes = ", ".join(str(mask.shape) for mask in arrays)
        message = f"Reference, before and after must each be masks of shape ({n},); got {shapes}."
        raise InputError(message)
    whole = np.array(arrays)
    if (whole.sum(axis=0) > 1).any():
        message = (
            f"{int((whole.sum(axis=0) > 1).sum())} samples stand in more than one of reference, "
            "before and after; each sample has one state."
        )
        raise InputError(message)
    if whole.sum(axis=1).min() < 6:
        got = ", ".join(str(int(count)) for count in whole.sum(axis=1))
        message = f"Reference, before and after need at least six samples each; got {got}."
        raise InputError(message)
    return whole


def _subjects(samples: pd.DataFrame | None, state: NDArray[np.int64]) -> NDArray[np.int64]:
    if samples is None or "subject" not in samples:
        return np.arange(len(state), dtype=np.int64)
    who = samples["subject"].astype(object).reset_index(drop=True)
    who = who.where(who.notna(), [f"\0{i}" for i in range(len(who))]).astype(str)
    twice = pd.DataFrame({"who": who, "state": state}).duplicated(keep=False)
    if twice.any():
        message = (
            f"{list_some(dict.fromkeys(who[twice]))} have several samples in one state (reference, "
            "before or after). Keep one sample of each person in each."
        )
        raise InputError(message)
    return np.asarray(pd.factorize(who)[0], dtype=np.int64)


def _adjusted(
    z: pd.DataFrame,
    samples: pd.DataFrame | None,
    state: NDArray[np.int64],
    covariates: Sequence[str],
) -> tuple[NDArray[np.float64], list[str]]:
    """Take covariates away with slopes common to the three states."""
    values = z.to_numpy(dtype=float)
    if not covariates or samples is None:
        return values, []
    everyone = np.ones(len(state), dtype=bool)
    design = contrast_design(
        samples, state > 0, (state == 0) & everyone, covariates=covariates, batch=False
    )
    if len(design.rows) < len(state):
        message = (
            f"{len(state) - len(design.rows)} people lack {' or '.join(covariates)}; leave them "
            "out of the masks or the covariate out of the model."
        )
        raise InputError(message)
    C = design.matrix[:, 1:-1] if design.is_estimable else design.matrix[:, 1:]
    states = np.column_stack([state == k for k in range(3)]).astype(float)
    slopes = np.linalg.lstsq(np.column_stack([states, C]), values, rcond=None)[0][3:]
    return values - C @ slopes, list(design.notes)


def _whole(
    people: People, names: NDArray[np.str_], scale: NDArray[np.float64], ids: pd.Index, name: str
) -> tuple[CaseSignature, DrugVector]:
    """Return signature and effect of everybody, for the table of analytes."""
    design = np.column_stack([people.state == k for k in range(3)]).astype(float)
    fit: ModeratedT = moderated_t(people.z, design, np.array([-1.0, 1.0, 0.0]))
    weights = whole_weights(people.state, np.ones(len(people.state)))
    d = (weights.effect @ people.z)[0]
    b, t = fit.coefficient[:, 0], fit.t[:, 0]
    signature = CaseSignature(
        names, b * scale, t, b, fit.standard_error[:, 0], scale,
        benjamini_hochberg(fit.p_value[:, 0]) < people.q_below, people.strata, people.spread,
        people.residuals, people.z[people.state == 1], people.z[people.state == 0],
        ids[people.state == 1],
    )  # fmt: skip
    source = np.full(len(names), "measured: after minus before", dtype=object)
    blank = np.full(len(names), np.nan)
    return signature, DrugVector(name, MODEL, "", d * scale, np.sign(d), blank, source)


def _entry(
    people: People,
    signature: CaseSignature,
    drug: DrugVector,
    handling: str,
    settings: Mapping[str, int],
) -> Entry:
    m, p = int(signature.is_dysregulated.sum()), len(signature.analytes)
    if m < LEAST_COVERED:
        reason = f"not applicable: {m} of {p} analytes are dysregulated before treatment"
        return Entry(drug.drug, MODEL, "", handling, m, m, p, p, reason=reason)
    values, intervals, drawn = score_observed(
        people, n_splits=settings["n_splits"], bootstrap=settings["bootstrap"],
        draws=settings["draws"], seed=settings["seed"],
    )  # fmt: skip
    patients = pd.DataFrame()
    if len(people.pairs) >= LEAST_COVERED:
        values["share_back_pct"], share, counts = paired_share(people, signature.is_dysregulated)
        drawn[NOISE]["share_back_pct"] = _exchanged_shares(people, signature, settings)
        where = {int(row): k for k, row in enumerate(np.flatnonzero(people.state == 1))}
        ids = [str(signature.case_ids[where[int(row)]]) for row in people.pairs[:, 0]]
        patients = pd.DataFrame(counts, columns=["n_outside", "n_back", "n_pushed_out"])
        patients = patients.assign(sample_id=ids, share=share)
    nulls = {
        kind: {
            metric: null_summary(values[metric], draws)
            for metric, draws in by_metric.items()
            if np.isfinite(values.get(metric, np.nan))
        }
        for kind, by_metric in drawn.items()
    }
    return Entry(
        drug.drug, MODEL, "", handling, m, m, p, p, values=values, intervals=intervals,
        nulls=nulls, patients=patients,
    )  # fmt: skip


def _exchanged_shares(
    people: People, signature: CaseSignature, settings: Mapping[str, int]
) -> NDArray[np.float64]:
    """Shares brought back when before and after are exchanged in half of the pairs."""
    found = []
    for k in range(settings["draws"]):
        generator = stream(settings["seed"], "observed", "exchange", k)
        state = exchanged(people.state, people.pairs, generator)
        swapped = state[people.pairs[:, 0]] == 2
        pairs = np.where(swapped[:, None], people.pairs[:, ::-1], people.pairs)
        drawn = People(
            people.z, state, people.subject, pairs, people.s2, people.rho, people.strata,
            people.spread, people.residuals, people.q_below,
        )  # fmt: skip
        found.append(paired_share(drawn, signature.is_dysregulated)[0])
    return np.array(found)
