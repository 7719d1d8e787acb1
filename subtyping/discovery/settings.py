"""What is declared before discovery looks at the data."""

from dataclasses import dataclass

__all__ = ["LEVEL", "DiscoverySettings"]

LEVEL = 0.03


@dataclass(frozen=True)
class DiscoverySettings:
    """Declared choices of discovery.

    Parameters
    ----------
    evidence : {"decide", "all"}, default "decide"
        Only what the verdict needs, or every line of evidence.
    n_bootstrap : int, default 199
        Largest number of draws of the existence test.
    n_resamples : int, default 200
        Bootstrap resamples behind intervals.
    minimum_fraction, minimum_separation : float
        Smallest subtype worth finding: share of the cases, effective separation.
    power : {"stored", "simulated"}, default "stored"
        Whether the power for the smallest subtype is read from the stored surface or simulated
        afresh for this number of cases.
    assay_cv_pct : float, optional
        Coefficient of variation of the assay; otherwise a published one of the platform, or the
        independence of the members.
    allow_aliased : bool, default False
        Show the lines of evidence, marked descriptive, where case status is aliased.
    """

    evidence: str = "decide"
    n_bootstrap: int = 199
    n_resamples: int = 200
    minimum_fraction: float = 0.25
    minimum_separation: float = 3.5
    power: str = "stored"
    assay_cv_pct: float | None = None
    allow_aliased: bool = False
