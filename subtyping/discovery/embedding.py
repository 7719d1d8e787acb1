"""A picture of the cohort. Nothing is ever clustered on it."""

import warnings

import numpy as np
import pandas as pd

from subtyping._random import child_seed

__all__ = ["embed"]

LEAST_SAMPLES, LEAST_ANALYTES = 10, 3


def embed(z: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame | None:
    """Lay the samples out in two dimensions by UMAP.

    Parameters
    ----------
    z : pandas.DataFrame of shape (n_samples, n_analytes)
        Matrix on the reference scale.
    seed : int, default 0

    Returns
    -------
    pandas.DataFrame or None
        ``sample_id, x, y``; None with fewer than 10 samples or 3 analytes (two can be drawn as
        they are). UMAP shows clumps in data that have none; this is for looking at plates and
        outliers, not for finding subtypes.

    References
    ----------
    McInnes L, Healy J, Melville J (2018). UMAP. doi:10.21105/joss.00861.
    """
    if len(z) < LEAST_SAMPLES or z.shape[1] < LEAST_ANALYTES:
        return None
    with warnings.catch_warnings():
        # Importing umap warns that TensorFlow, which only its parametric variant needs, is absent.
        warnings.simplefilter("ignore", ImportWarning)
        import umap
    layout = umap.UMAP(
        n_neighbors=min(15, len(z) - 1),
        random_state=child_seed(seed, "embedding"),
        n_jobs=1,
    ).fit_transform(np.ascontiguousarray(z.to_numpy()))
    layout = np.round(layout.astype(float), 4)
    return pd.DataFrame({"sample_id": z.index.astype(str), "x": layout[:, 0], "y": layout[:, 1]})
