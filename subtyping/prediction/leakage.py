"""Does an out-of-fold number know the people it is judged on? Disturb them and look."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.prediction.folds import people_of

__all__ = ["LeakReport", "examine_leaks"]

Estimate = Callable[[Panel], pd.DataFrame]
"""From a panel to one row per held-out sample: ``sample_id``, ``fold``, columns of numbers."""


@dataclass(frozen=True, eq=False)
class LeakReport:
    """Whether predictions of some held-out people depend on other people held out with them.

    Attributes
    ----------
    table : pandas.DataFrame
        ``fold, n_disturbed, n_watched, n_changed, largest_change``.
    is_leaking : bool
    sentence : str
    """

    table: pd.DataFrame
    is_leaking: bool
    sentence: str


def examine_leaks(
    estimate: Estimate, panel: Panel, *, seed: int, folds: int = 1, strength: float = 4.0
) -> LeakReport:
    """Disturb half of the held-out people of a fold and see whether the other half notices.

    What a fold learns may depend on its training people alone, and each held-out person is
    transformed alone. So when the analytes of some held-out people change, nothing may change for
    the others of their fold, to the last bit. Scaling, plate adjustment, labels, selection or
    tuning that saw everybody all fail this, whether or not they make a number look better.

    Parameters
    ----------
    estimate : callable
        The whole procedure, from a panel to its out-of-fold table: ``sample_id``, ``fold`` and
        numbers (for instance ``predict_membership(...).out_of_fold``). It must choose the same
        folds whatever the values.
    panel : Panel
    seed : int
    folds : int, default 1
        How many folds to examine; each costs one more run.
    strength : float, default 4
        SD of the disturbance in log2 units.

    Returns
    -------
    LeakReport

    Raises
    ------
    InputError
        If a fold holds fewer than two people.

    Notes
    -----
    A leak that changes nothing under this disturbance stays unseen, such as a threshold rounded
    to one value either way; one that is seen is certain.

    Examples
    --------
    Standardising everybody together is seen, standardising by training people is not.

    >>> from subtyping.panel.panel import ReadingReport
    >>> ids = pd.Index([f"s{i}" for i in range(20)], name="sample_id")
    >>> values = pd.DataFrame({"A": np.arange(20.0)}, index=ids)
    >>> no = values < -np.inf
    >>> panel = Panel(values, "log2", no, no, values * np.nan, pd.DataFrame(index=["A"]),
    ...               pd.DataFrame({"group": "MDD"}, index=ids),
    ...               ReadingReport("toy.csv", "wide", None, 20, 20, pd.DataFrame()))
    >>> fold = np.arange(20) % 2
    >>> def honest(panel):
    ...     a = panel.values["A"].to_numpy()
    ...     z = [a[i] - a[fold != fold[i]].mean() for i in range(20)]
    ...     return pd.DataFrame({"sample_id": panel.sample_ids, "fold": fold, "z": z})
    >>> def leaky(panel):
    ...     a = panel.values["A"].to_numpy()
    ...     return pd.DataFrame({"sample_id": panel.sample_ids, "fold": fold, "z": a - a.mean()})
    >>> [examine_leaks(one, panel, seed=1).is_leaking for one in (honest, leaky)]
    [False, True]
    """
    before = estimate(panel).set_index("sample_id")
    people = pd.Series(people_of(panel), index=panel.sample_ids)
    rows = []
    for k in sorted(before["fold"].unique())[:folds]:
        inside = before.index[before["fold"] == k]
        names = np.unique(people.loc[inside])
        if len(names) < 2:
            message = f"Fold {k} holds {count_of(len(names), 'person', 'people')}; 2 are needed."
            raise InputError(message)
        shuffled = stream(seed, "leaks", int(k)).permutation(names)
        moved = people.isin(shuffled[: len(names) // 2]).to_numpy()
        after = estimate(_disturbed(panel, moved, strength, seed)).set_index("sample_id")
        watched = inside[~moved[panel.sample_ids.get_indexer(inside)]]
        gap = _gap(before.loc[watched], after.loc[watched])
        rows.append(
            {
                "fold": int(k),
                "n_disturbed": len(inside) - len(watched),
                "n_watched": len(watched),
                "n_changed": int((gap > 0).sum()),
                "largest_change": float(gap.max(initial=0.0)),
            }
        )
    table = pd.DataFrame(rows)
    n_changed = int(table["n_changed"].sum())
    watched_all = int(table["n_watched"].sum())
    text = (
        f"Predictions of {n_changed} of {watched_all} held-out samples changed when other held-out "
        "people were disturbed: something was learnt from people it is judged on."
        if n_changed
        else f"None of {watched_all} held-out samples noticed that other held-out people were "
        "disturbed."
    )
    return LeakReport(table, bool(n_changed), text)


def _disturbed(panel: Panel, moved: np.ndarray, strength: float, seed: int) -> Panel:
    """Return the panel with the values of some samples moved far away."""
    noise = stream(seed, "leaks", "noise").normal(0, strength, panel.values.shape)
    values = panel.values.to_numpy(dtype=float)
    far = values + noise if panel.is_log_scale else values * 2.0**noise
    told = np.where(moved[:, None], far, values)
    return replace(panel, values=pd.DataFrame(told, panel.values.index, panel.values.columns))


def _gap(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    """Largest change of any number of each row; infinite where a text or a gap changed."""
    found = np.zeros(len(before))
    for name in before.columns.drop("fold"):
        old, new = before[name], after[name]
        if pd.api.types.is_numeric_dtype(old):
            a, b = old.to_numpy(dtype=float), new.to_numpy(dtype=float)
            change = np.where(np.isnan(a) & np.isnan(b), 0.0, np.abs(a - b))
            change = np.where(np.isnan(change), np.inf, change)
        else:
            change = np.where(old.astype(str).to_numpy() == new.astype(str).to_numpy(), 0, np.inf)
        found = np.maximum(found, change)
    return found
