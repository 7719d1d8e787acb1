"""What refits say of an analyte or of a group of them: pairs for crossings, sizes for ranks."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from subtyping.prediction.explain.fold_explanation import FoldExplanation

__all__ = ["pairs_of_refits", "sizes_of_refits"]


def pairs_of_refits(
    refits: Sequence[FoldExplanation], analyte: str, *, values: pd.Series | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the values of an analyte and its attributions in each refit.

    Parameters
    ----------
    refits : sequence of FoldExplanation
    analyte : str
    values : pandas.Series, optional
        The analyte in another unit, index ``sample_id``; by default the z-scores explained.
        People it does not hold have no pair.

    Returns
    -------
    list of (ndarray, ndarray)
        Both empty where a refit did not keep the analyte.

    Examples
    --------
    >>> data = pd.DataFrame({"IL6": [1.0, 2.0]}, index=["a", "b"])
    >>> refit = FoldExplanation(data, np.array([[-1.0], [1.0]]), 0.0, None, 10, 20, ())
    >>> [(x.tolist(), phi.tolist()) for x, phi in pairs_of_refits([refit], "IL6")]
    [([1.0, 2.0], [-1.0, 1.0])]
    """
    pairs = []
    for refit in refits:
        if analyte not in refit.data.columns:
            pairs.append((np.empty(0), np.empty(0)))
            continue
        shown = refit.data[analyte] if values is None else values.reindex(refit.data.index)
        phi = refit.values[:, int(refit.data.columns.get_indexer([analyte])[0])]
        pairs.append((shown.to_numpy(dtype=float), phi))
    return pairs


def sizes_of_refits(
    refits: Sequence[FoldExplanation], group_of: Mapping[str, str], groups: Sequence[str]
) -> np.ndarray:
    """Return the mean absolute attribution of each group of analytes in each refit.

    Parameters
    ----------
    refits : sequence of FoldExplanation
    group_of : mapping of str to str
        Group of each analyte; analytes without one are left out.
    groups : sequence of str
        The groups wanted.

    Returns
    -------
    ndarray of shape (B, n_groups)
        Members are summed in each person before the absolute value; 0 where a refit kept none.

    Examples
    --------
    >>> data = pd.DataFrame({"A": [0.0, 1.0], "B": [1.0, 0.0]}, index=["a", "b"])
    >>> refit = FoldExplanation(data, np.array([[2.0, -1.0], [1.0, 1.0]]), 0.0, None, 10, 20, ())
    >>> sizes_of_refits([refit], {"A": "Th2", "B": "Th2"}, ["Th2", "Th1"]).tolist()
    [[1.5, 0.0]]
    """
    place = {name: j for j, name in enumerate(groups)}
    sizes = np.zeros((len(refits), len(groups)))
    for b, refit in enumerate(refits):
        sums = np.zeros((len(refit.data), len(groups)))
        for j, name in enumerate(refit.data.columns):
            k = place.get(group_of.get(name, ""))
            if k is not None:
                sums[:, k] += refit.values[:, j]
        sizes[b] = np.abs(sums).mean(axis=0)
    return sizes
