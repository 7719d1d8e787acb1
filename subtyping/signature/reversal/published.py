"""Published drug effects held against the signature of the cases."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of, nearest
from subtyping.exceptions import InputError
from subtyping.knowledge.drugs import drug_effects, known_drug
from subtyping.knowledge.drugs import drugs as all_drugs
from subtyping.knowledge.handling import handling_markers
from subtyping.preparation.prepared import Prepared
from subtyping.signature.differential import Differential
from subtyping.signature.reversal.assembly import (
    Entry,
    analyte_rows,
    assembled,
    scored_entry,
    unscored_entry,
)
from subtyping.signature.reversal.drug_vector import (
    ADJUSTED,
    PLACEBO,
    PLAIN,
    DrugVector,
    checked_effects,
    drug_vector,
)
from subtyping.signature.reversal.published_scores import resamples, score_drug
from subtyping.signature.reversal.result import CAPTION, LEAST_COVERED, Reversal
from subtyping.signature.reversal.signature_of_cases import CaseSignature, case_signature

__all__ = ["published_reversal"]

NOTES = """\
Unknown is not unchanged: an analyte without a known effect counts as untouched in every score \
but improvement_covered.
Published effects were measured in people with high starting levels and scale with them; much of \
the change in skin disease is skin that healed, which a placebo arm shows as well.
Intervals hold the people of the signature, and the noise of a drug only where its effects come \
with a standard error.
Under receptor blockade the ligands may rise; no effect on a ligand is assumed."""


def published_reversal(
    prepared: Prepared,
    differential: Differential,
    is_case: NDArray[np.bool_],
    is_reference: NDArray[np.bool_],
    *,
    drugs: Sequence[str] | None = None,
    contrast: str | None = None,
    effects: pd.DataFrame | None = None,
    panel_of: Mapping[str, str] | None = None,
    q_below: float = 0.05,
    bootstrap: int = 200,
    draws: int = 199,
    seed: int = 0,
) -> Reversal:
    r"""Ask what drugs with published effects would undo of a signature.

    With :math:`b_j` the signature and :math:`d_j` the effect of a drug on analyte *j*, what is left
    is :math:`a_j = b_j + d_j`. Over the dysregulated analytes, those without a known effect
    counted as untouched:

    - ``improvement_pct``: mean of :math:`100 (1 - \min(|a_j|/|b_j|, 2))`;
      ``improvement_uncapped_pct``: mean of :math:`100 (b_j - a_j)/b_j`, dermatology's own;
      ``improvement_covered_pct`` (and ``_uncapped_``) over those with a known effect only;
    - ``share_back_pct``: of all values of patients outside the healthy 95 % interval, the percent
      that come back inside; each patient's own share is in ``patients``;
    - ``connectivity``, ``cosine``: over all analytes of the matrix (see the functions).

    A drug is scored as published and, which is the headline, placebo-adjusted; the placebo arm's
    own change stands beside it. With fewer than three dysregulated analytes covered nothing is
    scored; with numbers on fewer than three, only the connectivity of directions.

    Nulls, p = (1 + exceeding) / (1 + draws): labels exchanged within panel, abundance and
    detection class; target sets carried elsewhere (matched in size, spread, connectivity and
    cohesion); signatures of equal length in directions of chance; and, for effects that come with
    a standard error, a drug without effect. ``p_value`` is the largest of them. Drugs of another
    class are listed beside. *Reverses* needs improvement, cosine and connectivity each positive
    and at p <= .05, and at least 10 % of the signature taken away.

    Parameters
    ----------
    prepared : Prepared
    differential : Differential
        Holds the contrast of these people.
    is_case, is_reference : ndarray of bool of shape (n_samples,)
    drugs : sequence of str, optional
        All of the table by default.
    contrast : str, optional
        The first of `differential` by default.
    effects : pandas.DataFrame, optional
        A table of your own with the columns of `drug_effects` (at least ``drug, analyte,
        direction``; ``standard_error`` where measured).
    panel_of : mapping of str to str, optional
        Panel of each analyte, for exchanging labels within panels.
    q_below : float, default 0.05
        Dysregulated: q-value below this.
    bootstrap : int, default 200
        Resamples of people for the intervals (95 %, percentile, moved to the value; the
        dysregulated analytes stay).
    draws : int, default 199
        Draws of each null.
    seed : int, default 0

    Returns
    -------
    Reversal

    Raises
    ------
    InputError
        If a drug or the contrast is unknown, a table lacks columns, or the masks do not fit.

    Notes
    -----
    An association of published medians with a cross-sectional contrast. It does not know of dose,
    of interactions, or whether what was measured causes anything. Noise in the signature makes
    cosine and improvement too small; an interval is centred on what was found and in small studies
    lies below the truth more often than its level says.

    References
    ----------
    He H et al. (2020), improvement of lesional against non-lesional skin.
    doi:10.3389/fimmu.2020.01768

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation import Preparation
    >>> from subtyping.signature import differential_abundance
    >>> cohort = simulate_cohort("th2_subtype", seed=1, n_case=60, n_reference=40)
    >>> prepared = Preparation(["MDD"], ["HC"]).fit_transform(cohort.panel)
    >>> found = differential_abundance(
    ...     prepared.log2, prepared.detected, cohort.panel.samples,
    ...     contrasts={"MDD vs HC": (["MDD"], ["HC"])},
    ... )
    >>> case, reference = (cohort.panel.in_groups([name]) for name in ("MDD", "HC"))
    >>> result = published_reversal(prepared, found, case, reference, drugs=["secukinumab"])
    >>> result.verdicts["verdict"].unique().tolist()
    ['not applicable']
    """
    signature, notes = case_signature(
        prepared, differential, is_case, is_reference, contrast=contrast, q_below=q_below,
        panel_of=panel_of,
    )  # fmt: skip
    table = checked_effects(drug_effects() if effects is None else effects)
    names = _names(drugs, effects)
    vectors = [drug for name in names for drug in _vectors(table, name, signature)]
    entries: list[Entry] = []
    for handling, keep in _variants(signature, prepared).items():
        part, against = signature.only(keep), None
        for vector in vectors:
            drug = _enough(vector.only(keep), part)
            reason = _why_not(part, drug)
            if reason:
                entries.append(unscored_entry(drug, part, handling, reason))
                continue
            against = against or resamples(part, bootstrap, draws, seed)
            entries.append(scored_entry(drug, part, handling, score_drug(drug, against)))
    if len({entry.handling for entry in entries}) == 1:
        notes.append("No handling marker is in the matrix; all scores are without them.")
    rows = [analyte_rows(drug, signature) for drug in vectors]
    return assembled(entries, rows, _sentence(entries, signature), (*notes, *NOTES.splitlines()))


def _names(drugs: Sequence[str] | None, effects: pd.DataFrame | None) -> list[str]:
    if effects is None:
        return list(all_drugs()) if drugs is None else [known_drug(name) for name in drugs]
    present = [str(name) for name in dict.fromkeys(effects["drug"])]
    for name in drugs or ():
        if name not in present:
            message = (
                f"No drug {name!r} in the given table of effects.{nearest(name, present)} It holds "
                f"{', '.join(present)}."
            )
            raise InputError(message)
    return list(drugs) if drugs is not None else present


def _variants(signature: CaseSignature, prepared: Prepared) -> dict[str, NDArray[np.bool_]]:
    """Return the analytes with and, where any is there, without the handling markers."""
    markers = {*handling_markers(), *prepared.handling_markers}
    is_marker = np.isin(signature.analytes, sorted(markers))
    everything = {"with": np.ones(len(is_marker), dtype=bool)} if is_marker.any() else {}
    return {**everything, "without": ~is_marker}


def _vectors(table: pd.DataFrame, name: str, signature: CaseSignature) -> list[DrugVector]:
    """Return the placebo-adjusted drug, the drug as published and, where known, the placebo."""
    analytes = signature.analytes.tolist()
    found = [drug_vector(table, name, model, analytes) for model in (ADJUSTED, PLAIN)]
    placebo = drug_vector(table, name, PLACEBO, analytes)
    return [*found, placebo] if np.isfinite(placebo.effect).any() else found


def _enough(drug: DrugVector, signature: CaseSignature) -> DrugVector:
    """Set numbers aside where too few of the dysregulated analytes have one."""
    n = int((np.isfinite(drug.effect) & signature.is_dysregulated).sum())
    return drug if n >= LEAST_COVERED else drug.directions_only()


def _why_not(signature: CaseSignature, drug: DrugVector) -> str:
    """Return why a drug cannot be scored, or an empty string."""
    m = int(signature.is_dysregulated.sum())
    if not np.isfinite(signature.t).any():
        return "not applicable: nothing was inferred in this contrast"
    if m == 0:
        return "not applicable: no analyte is dysregulated"
    covered = int((np.isfinite(drug.direction) & signature.is_dysregulated).sum())
    if covered < LEAST_COVERED:
        what = "known effect" if drug.model == PLAIN else f"known effect ({drug.model})"
        verb = "has" if covered == 1 else "have"
        return f"not applicable: {covered} of {count_of(m, 'analyte')} {verb} a {what}"
    return ""


def _sentence(entries: list[Entry], signature: CaseSignature) -> str:
    first = "with" if any(entry.handling == "with" for entry in entries) else "without"
    mine = [entry for entry in entries if entry.handling == first and entry.model != PLACEBO]
    scored = {entry.drug: entry for entry in reversed(mine) if entry.values}  # adjusted first
    told = [scored[name].told() for name in dict.fromkeys(e.drug for e in mine) if name in scored]
    m = int(signature.is_dysregulated.sum())
    missing = [entry for entry in mine if entry.model == PLAIN and entry.drug not in scored]
    if missing:
        listed = ", ".join(f"{entry.drug} {entry.n_covered}" for entry in missing)
        if m == 0:
            told.append("No drug can be scored: no analyte of the signature is dysregulated.")
        else:
            told.append(
                f"Not applicable (of {count_of(m, 'dysregulated analyte')} a known effect on "
                f"fewer than {LEAST_COVERED}): {listed}."
            )
    return " ".join([*told, CAPTION])
