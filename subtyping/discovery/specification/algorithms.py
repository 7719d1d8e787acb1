"""The customary cluster analyses, each with the criterion by which it is said to find a subtype."""

from dataclasses import dataclass
from importlib.util import find_spec

__all__ = [
    "ALGORITHMS",
    "CHOSEN",
    "MOST_FULL_COLUMNS",
    "OWN",
    "Algorithm",
    "has_stepmix",
    "n_parameters",
]

CHOSEN = "chosen"
OWN = "own_test"
MOST_FULL_COLUMNS = 10


@dataclass(frozen=True)
class Algorithm:
    """A customary cluster analysis.

    Attributes
    ----------
    title : str
        For figures.
    criterion : str
        When it is said to find a subtype, in words.
    takes_k : bool
        Whether the number of clusters can be given.
    least_columns, most_columns : int
        Of the features it makes sense on.
    """

    title: str
    criterion: str
    takes_k: bool = True
    least_columns: int = 1
    most_columns: int = 10**6


_BIC = "BIC prefers this number of clusters to one"
ALGORITHMS = {
    OWN: Algorithm(
        "this package's test",
        "the verdict is discrete: p at most .03 and no technical cause",
        takes_k=False,
        most_columns=1,
    ),
    "gaussian_mixture": Algorithm("Gaussian mixture, BIC", _BIC),
    "skewed_mixture": Algorithm("skewed mixture, BIC", _BIC, most_columns=20),
    "factor_mixture": Algorithm("factor mixture, BIC", _BIC, least_columns=3),
    "latent_profiles": Algorithm("latent profiles, BIC", _BIC, least_columns=2),
    "kmeans": Algorithm("k-means, silhouette", "mean silhouette above .25"),
    "ward": Algorithm("Ward's tree, silhouette", "mean silhouette above .25"),
    "consensus": Algorithm(
        "consensus clusters, PAC", "at most 10 % of the pairs are ambiguous (PAC)"
    ),
    "hdbscan": Algorithm("HDBSCAN", "two density clusters or more", takes_k=False),
}


def has_stepmix() -> bool:
    """Return whether StepMix, which latent profiles need, is installed."""
    return find_spec("stepmix") is not None


def n_parameters(algorithm: str, k: int, n_columns: int) -> int:
    """Return the free parameters of a mixture; 0 for an algorithm that is no model.

    Parameters
    ----------
    algorithm : str
    k, n_columns : int

    Returns
    -------
    int

    Examples
    --------
    >>> n_parameters("gaussian_mixture", 2, 1), n_parameters("gaussian_mixture", 2, 68)
    (5, 273)
    """
    if algorithm == "gaussian_mixture" and n_columns <= MOST_FULL_COLUMNS:
        return k - 1 + k * n_columns + k * n_columns * (n_columns + 1) // 2
    if algorithm in ("gaussian_mixture", "latent_profiles"):
        return k - 1 + 2 * k * n_columns
    if algorithm == "skewed_mixture":
        return k - 1 + 3 * k * n_columns
    if algorithm == "factor_mixture":
        return 3 * n_columns + 2 * (k - 1)
    return 0
