"""Sections of the cohort part of a specification: groups, bands, routine markers, simulation."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

__all__ = [
    "BandSpec",
    "FlagSpec",
    "GroupsSpec",
    "RoutineSpec",
    "Section",
    "SimulateSpec",
    "as_group",
]

EXACT = 1e15  # whole numbers beyond it are not exact, so codes as long as that stay text


def as_group(value: object) -> str:
    """Return a group value as the text it is compared by (1.0 is the same group as 1).

    Examples
    --------
    >>> as_group("MDD "), as_group(1.0), as_group("1.0")
    ('MDD', '1', '1')
    """
    if isinstance(value, bool):
        message = (
            f"{value} is a truth value in YAML (yes, no, on, off and true are); "
            "put the name in quotes"
        )
        raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError into a problem
    if value is None or isinstance(value, list | tuple | Mapping):
        shown = "nothing" if value is None else repr(value)
        message = f"each entry must be text or a number; got {shown}."
        raise ValueError(message)
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < EXACT else text


class Section(BaseModel):
    """A section whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class GroupsSpec(Section):
    """Which values of the group column are cases, healthy reference people, and comparisons."""

    case: list[str] = Field(min_length=1)
    reference: list[str] = Field(min_length=1)
    comparison: list[str] = []

    @field_validator("case", "reference", "comparison", mode="before")
    @classmethod
    def _as_texts(cls, value: Any) -> Any:
        if value is None:
            return []
        values = value if isinstance(value, list) else [value]
        return [as_group(item) for item in values]

    @model_validator(mode="after")
    def _apart(self) -> "GroupsSpec":
        everyone = [*self.case, *self.reference, *self.comparison]
        twice = sorted({name for name in everyone if everyone.count(name) > 1})
        if twice:
            message = f"a group has one part only; {', '.join(map(repr, twice))} is named twice."
            raise ValueError(message)
        return self


class FlagSpec(Section):
    """A column of codes, and the codes that say that a value lies below detection."""

    column: str
    values: list[str] = Field(min_length=1)

    @field_validator("values", mode="before")
    @classmethod
    def _as_texts(cls, value: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        if any(item is None for item in values):
            message = "a code is needed, such as values: [1]; a blank cell cannot be one."
            raise ValueError(message)
        return [as_group(item) for item in values]


class RoutineSpec(Section):
    """A clinical laboratory marker outside the panel: its column and the unit of that column.

    A value is below detection where `below_lod` says so, where it is under `lod` (in the unit of
    the column), or where the cell reads ``<0.5``; its number is kept where there is one.
    """

    column: str
    unit: str
    below_lod: FlagSpec | None = None
    lod: float | None = Field(default=None, gt=0)


class BandSpec(Section):
    """A group made of the numbers of the group column: from `at_least` up to, not at, `below`."""

    at_least: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _holds_something(self) -> "BandSpec":
        if self.at_least is None and self.below is None:
            message = "a band needs a limit; write {at_least: 10}, {below: 5} or both."
            raise ValueError(message)
        if self.low >= self.high:
            message = (
                f"no number is at least {self.low:g} and below {self.high:g}; at_least must be "
                "the smaller of the two."
            )
            raise ValueError(message)
        return self

    @property
    def low(self) -> float:
        """Smallest number of the band."""
        return float("-inf") if self.at_least is None else self.at_least

    @property
    def high(self) -> float:
        """First number above the band."""
        return float("inf") if self.below is None else self.below


class SimulateSpec(BaseModel):
    """A simulated cohort: the design, and any setting that design takes."""

    model_config = ConfigDict(extra="allow", frozen=True)

    design: str
    seed: int | None = Field(default=None, ge=0)

    @field_validator("design", mode="before")
    @classmethod
    def _null_design(cls, value: Any) -> Any:
        return "null" if value is None else value  # YAML reads an unquoted null as nothing

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the design other than its name and seed."""
        return dict(self.model_extra or {})
