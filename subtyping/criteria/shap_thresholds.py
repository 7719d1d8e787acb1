"""Where a model's attribution of a marker turns, in assay units, beside the threshold proposed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping.criteria.clause import Clause
from subtyping.criteria.operating import operating_characteristics
from subtyping.criteria.threshold_dependences import Proposals, assay_values, proposed_clauses
from subtyping.panel.panel import Panel
from subtyping.prediction.attribution import Attribution
from subtyping.prediction.explain import ZeroCrossing, dependence, zero_crossing

__all__ = ["SHAP_THRESHOLD_COLUMNS", "shap_thresholds"]

SHAP_THRESHOLD_COLUMNS = (
    *("marker", "unit", "threshold", "ci_low", "ci_high", "direction", "n_crossings"),
    *("found_frac", "proposed_threshold", "fidelity_sensitivity", "fidelity_specificity"),
    *("positive_frac", "obtained", "model", "note"),
)

_LINEAR = "elastic_net"
_OBTAINED = "each fold's own crossing, in the people it held out; labels learnt from everybody"


def shap_thresholds(
    attribution: Attribution | None,
    panel: Panel,
    criteria: Proposals,
    labels: pd.Series,
    *,
    n_top: int = 3,
) -> pd.DataFrame:
    r"""Return the zero crossings of the proposed rules' markers and of the top analytes.

    The crossing of a marker is the value at which its SHAP values, out of fold, turn from
    lowering to raising the prediction (`subtyping.prediction.explain.zero_crossing`), on the scale
    of the assay. What a rule of this one clause would do is found fold by fold: the crossing of a
    fold's model among its held-out people, applied to these people, whose labels that model never
    saw; the folds together are held against `labels`.

    Parameters
    ----------
    attribution : Attribution or None
        None, where nothing was explained, gives a table without rows.
    panel : Panel
        In the unit of the rules.
    criteria : Criteria
        Markers and proposed thresholds; published rules are not read.
    labels : pandas.Series
        Membership probability, index ``sample_id``: the labels of the ``fidelity_*`` columns of
        the criteria table.
    n_top : int, default 3
        Analytes of the largest attribution that are shown beside the rules' markers.

    Returns
    -------
    pandas.DataFrame
        ``marker, unit, threshold, ci_low, ci_high`` (95 % over refits that have such a
        crossing), ``direction``
        (1: positive above), ``n_crossings, found_frac`` (share of refits with such a crossing),
        ``proposed_threshold`` (of the first proposed rule with the marker),
        ``fidelity_sensitivity, fidelity_specificity, positive_frac`` (cases who meet the clause),
        ``obtained, model, note``. The shares are those of the folds' own crossings, not of
        ``threshold``, which is that of all folds together. A marker that was not explained keeps
        its row and a note.

    Notes
    -----
    A crossing is a candidate for a threshold and optimises nothing: it is where a value argues
    neither way against the background, moves with the share of the subtype in it, and for a linear
    model is the background's mean whatever the labels are. Fails to exist where the attribution
    has one sign or rests on chance.

    Examples
    --------
    >>> shap_thresholds(None, None, None, pd.Series(dtype=float)).columns[:3].tolist()
    ['marker', 'unit', 'threshold']
    """
    if attribution is None:
        return pd.DataFrame(columns=list(SHAP_THRESHOLD_COLUMNS))
    proposed = {name: clause for name, (clause, _) in proposed_clauses(criteria, panel).items()}
    top = attribution.table["analyte"].head(n_top)
    rows = [
        _row(attribution, panel, name, proposed.get(name), labels)
        for name in dict.fromkeys([*proposed, *top])
    ]
    return pd.DataFrame(rows, columns=list(SHAP_THRESHOLD_COLUMNS))


def _row(
    attribution: Attribution, panel: Panel, name: str, clause: Clause | None, labels: pd.Series
) -> dict[str, Any]:
    """Return the row of one marker."""
    row: dict[str, Any] = dict.fromkeys(SHAP_THRESHOLD_COLUMNS, np.nan) | {
        "marker": name,
        "unit": panel.unit if clause is None else clause.unit,
        "proposed_threshold": np.nan if clause is None else clause.threshold,
        "direction": 0,
        "n_crossings": 0,
        "obtained": _OBTAINED,
        "model": attribution.model,
    }
    if name not in attribution.data.columns:
        return row | {"note": "Not explained: the model was not given this marker."}
    marker = _Marker(attribution, name, assay_values(panel, name))
    crossing = dependence(attribution, name, values=marker.values, unit=panel.unit).crossing
    n_without, numbers = _fidelity(marker, crossing.direction, labels)
    return (
        row
        | {
            "threshold": crossing.value,
            "ci_low": crossing.ci_low,
            "ci_high": crossing.ci_high,
            "direction": crossing.direction,
            "n_crossings": crossing.n_crossings,
            "found_frac": crossing.found_frac,
        }
        | numbers
        | {"note": _note(attribution, crossing, clause, n_without)}
    )


@dataclass(frozen=True, eq=False)
class _Marker:
    """One analyte of an attribution with its values in assay units."""

    attribution: Attribution
    name: str
    values: pd.Series


def _fidelity(marker: _Marker, direction: int, labels: pd.Series) -> tuple[int, dict[str, float]]:
    """What each fold's crossing does in its held-out people; folds without one are counted."""
    names = ("fidelity_sensitivity", "fidelity_specificity", "positive_frac")
    if direction == 0:
        return 0, dict.fromkeys(names, np.nan)
    explained = marker.attribution
    x = marker.values.loc[explained.data.index].to_numpy(dtype=float)
    phi = explained.values[:, int(explained.data.columns.get_indexer([marker.name])[0])]
    met, n_without = np.full(len(x), np.nan), 0
    for k in np.unique(explained.fold):
        inside = explained.fold == k
        found = zero_crossing(x[inside], phi[inside])
        if found.direction != direction:
            n_without += 1
            continue
        is_beyond = x[inside] >= found.value if direction > 0 else x[inside] <= found.value
        met[inside] = np.where(np.isnan(x[inside]), np.nan, is_beyond)
    truth = labels.reindex(explained.data.index).to_numpy(dtype=float)
    row = operating_characteristics(met, truth)
    known = met[~np.isnan(met)]
    share = float(known.mean()) if len(known) else np.nan
    return n_without, dict(zip(names, (row.sensitivity, row.specificity, share), strict=True))


def _note(
    attribution: Attribution, crossing: ZeroCrossing, clause: Clause | None, n_without: int
) -> str:
    """Say what a reader of the row should know."""
    if crossing.direction == 0:
        return "No crossing: the attribution does not change sign with the value."
    said = []
    if attribution.model == _LINEAR:
        said.append(
            "A linear model crosses at the mean of its background, whatever the labels are."
        )
    if crossing.n_crossings > 1:
        said.append(f"The clearest of {crossing.n_crossings} turns.")
    if clause is not None and clause.is_upward != (crossing.direction > 0):
        said.append("It turns the other way than the proposed rule.")
    if not attribution.refits:
        said.append("No interval: the model was not refitted.")
    elif np.isnan(crossing.ci_low) or np.isnan(crossing.ci_high):
        said.append(
            f"No interval: {1 - crossing.found_frac:.0%} of the refits have no such crossing."
        )
    if n_without:
        n_folds = len(np.unique(attribution.fold))
        said.append(f"No such crossing in {n_without} of {n_folds} folds, which are left out.")
    return " ".join(said)
