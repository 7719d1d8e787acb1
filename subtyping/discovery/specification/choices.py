"""One specification: how the panel is prepared, and what is made of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from subtyping.discovery.specification.algorithms import CHOSEN

__all__ = [
    "COVARIATES",
    "DETECTION",
    "HANDLING",
    "NUMBERS",
    "PLATES",
    "Choice",
    "PreparationChoice",
    "in_order",
]

DETECTION = ("keep", "lod_sqrt2", "ros", "truncated")


PLATES = ("adjusted", "as_measured")


HANDLING = ("keep", "drop")


COVARIATES = ("age", "sex", "bmi", "smoking", "medication", "atopy")


NUMBERS = (CHOSEN, "2", "3", "4")


NO_COVARIATE = "none"


@dataclass(frozen=True)
class PreparationChoice:
    """How the panel is prepared.

    Attributes
    ----------
    detection : {"keep", "lod_sqrt2", "ros", "truncated"}
    plates : {"adjusted", "as_measured"}
    covariates : tuple of str
        Adjusted for; see `in_order`.
    handling : {"keep", "drop"}
        Whether the handling markers stay in the matrix.
    """

    detection: str = "keep"
    plates: str = "adjusted"
    covariates: tuple[str, ...] = ()
    handling: str = "keep"

    def departures(self, declared: "PreparationChoice") -> int:
        """Return in how many of the four choices this differs from the declared preparation."""
        mine, theirs = asdict(self), asdict(declared)
        return sum(mine[name] != theirs[name] for name in mine)

    def settings(self, min_detected_frac: float) -> dict[str, object]:
        """Return keyword arguments of `subtyping.preparation.Preparation`."""
        return {
            "detection": self.detection,
            "min_detected_frac": min_detected_frac,
            "adjust": self.covariates,
            "adjust_plates": self.plates == "adjusted",
            "drop_handling": self.handling == "drop",
        }


@dataclass(frozen=True)
class Choice:
    """One specification.

    Attributes
    ----------
    preparation : PreparationChoice
    features, algorithm, number : str
    """

    preparation: PreparationChoice
    features: str
    algorithm: str
    number: str

    def to_row(self) -> dict[str, str]:
        """Return the choices as texts, one a column."""
        made = self.preparation
        return {
            "detection": made.detection,
            "plates": made.plates,
            "covariates": "+".join(made.covariates) or NO_COVARIATE,
            "handling": made.handling,
            "features": self.features,
            "algorithm": self.algorithm,
            "k": self.number,
        }


def in_order(covariates: Iterable[str]) -> tuple[str, ...]:
    """Return covariates in the one order that specifications use, each once.

    Examples
    --------
    >>> in_order(["bmi", "age"])
    ('age', 'bmi')
    """
    named = set(covariates)
    return tuple(name for name in COVARIATES if name in named)
