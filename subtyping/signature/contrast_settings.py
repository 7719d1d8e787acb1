"""How contrasts are made: the options that hold for all contrasts of a run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from subtyping._validation import one_of
from subtyping.exceptions import InputError
from subtyping.signature.repeats import BLOCKS

__all__ = ["ContrastSettings"]


@dataclass(frozen=True)
class ContrastSettings:
    """How contrasts are made.

    Attributes
    ----------
    covariates : tuple of str
        Role columns to adjust for.
    batch : bool
        Whether plates are adjusted for.
    min_detected_frac : float
        Share detected from which means are compared.
    imputations : int
        Draws of what is below detection; 0 takes values as they were filled.
    seed : int
        Root seed of the draws.
    trend : bool
        Whether the prior variance follows the mean of the analyte.
    robust : bool
        Whether analytes with outlying variances keep out of the prior.
    block : {"none", "correlation", "fixed"}
        What is done about people with several samples: nothing, a correlation common to the
        analytes, or a mean of each person's own where most people stand on both sides.
    families : mapping of str to collection of str
        Families of q-values; analytes in none are the family ``rest``. Empty: one family.
    """

    covariates: tuple[str, ...] = ("age", "sex", "bmi")
    batch: bool = True
    min_detected_frac: float = 0.5
    imputations: int = 0
    seed: int = 0
    trend: bool = False
    robust: bool = False
    block: str = "none"
    families: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one_of(self.block, BLOCKS, "block")
        if self.imputations < 0 or self.imputations == 1:
            message = (
                f"imputations must be 0 (none) or at least 2, so that they can be compared; got "
                f"{self.imputations}. 20 are usual."
            )
            raise InputError(message)
