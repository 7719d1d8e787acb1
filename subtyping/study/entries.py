"""What the sections of a specification are made of: lists without repeats, and limits."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator

__all__ = ["MOST_CV_PCT", "MOST_DRAWS", "Covariate", "Distinct"]

Covariate = Literal["age", "sex", "bmi", "smoking", "medication", "atopy"]
Entry = TypeVar("Entry")
MOST_CV_PCT = 1000.0  # an assay noisier than this measures nothing
MOST_DRAWS = 100_000  # beyond this a run would not end


def _each_once(values: list[Entry]) -> list[Entry]:
    """Return a list without repeats, or say what is named twice."""
    for value in values:
        if values.count(value) > 1:
            message = f"{value!r} is named twice; keep one."
            raise ValueError(message)
    return values


Distinct = Annotated[list[Entry], AfterValidator(_each_once)]
