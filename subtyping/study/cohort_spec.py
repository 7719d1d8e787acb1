"""The part of a specification that says which people were measured, and how to read the file."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from subtyping._validation import nearest
from subtyping.panel.panel import ROLES
from subtyping.study.documents import UNKNOWN

__all__ = [
    "BandSpec",
    "CohortSpec",
    "FlagSpec",
    "GroupsSpec",
    "RoutineSpec",
    "SimulateSpec",
    "as_group",
]

LONG_ROLES = ("analyte", "value", "unit", "lod")
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


class CohortSpec(Section):
    """Where the panel comes from and what its columns mean.

    Either `panel` (a file, with everything declared that reading it needs), or `simulate`, which
    brings its own columns and groups, or neither: then `samples` and `routine` are the cohort, and
    the axis is made of routine markers. `bands` turn a numeric group column into groups.
    """

    panel: str | None = None
    simulate: SimulateSpec | None = None
    format: Literal[
        "wide", "long", "olink_long", "olink_wide", "olink_explore", "luminex", "msd"
    ] = "wide"
    unit: Literal["pg/mL", "NPX", "log2"] | None = None
    samples: str | None = None
    analytes: list[str] | None = None
    zeros: Literal["below_lod", "value"] | None = None
    lod: str | None = None
    where: dict[str, Any] = {}
    columns: dict[str, str] = {}
    routine: dict[str, RoutineSpec] = {}
    bands: dict[str, BandSpec] = {}
    groups: GroupsSpec | None = None
    duplicates: Literal["error", "first", "last", "mean", "drop"] = "error"
    replicates: Literal["mean", "median", "geometric_mean", "error"] | None = None
    visits: str | None = None
    qc_flagged: Literal["keep", "drop"] = "keep"

    @field_validator("where", "columns", "routine", "bands", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return {} if value is None else value

    @field_validator("analytes", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("visits", mode="before")
    @classmethod
    def _visit_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int | float) else value

    @field_validator("columns")
    @classmethod
    def _known_roles(cls, value: dict[str, str]) -> dict[str, str]:
        options = (*ROLES, *LONG_ROLES)
        for role in value:
            if role not in options:
                hint = nearest(role, options) or f" Roles are {', '.join(options)}."
                message = f"{role!r} is not a role.{hint}"
                raise ValueError(message)
        if value.get("sample") == UNKNOWN or value.get("group") == UNKNOWN:
            message = "sample and group name columns; only a covariate can be declared unknown."
            raise ValueError(message)
        return value

    @field_validator("bands")
    @classmethod
    def _bands_apart(cls, value: dict[str, BandSpec]) -> dict[str, BandSpec]:
        ordered = sorted(value.items(), key=lambda item: item[1].low)
        for (name, band), (other, above) in pairwise(ordered):
            if above.low < band.high:
                message = f"the bands {name!r} and {other!r} overlap; a number has one band only."
                raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _one_source(self) -> "CohortSpec":
        if self.panel is not None and self.simulate is not None:
            message = "give either panel (a file) or simulate (a design), and not both."
            raise ValueError(message)
        if self.simulate is not None:
            self._refuse_reading_keys()
            return self
        if self.panel is None:
            self._require_routine()
        elif self.unit is None and self.format == "wide":
            message = (
                "the unit of the values is not declared; write unit: pg/mL, unit: NPX or "
                "unit: log2."
            )
            raise ValueError(message)
        if self.groups is None:
            message = (
                "groups are not declared; write groups: {case: [<value>], reference: [<value>]} "
                "with values of the group column."
            )
            raise ValueError(message)
        if "group" not in self.columns:
            message = (
                "the group column is not declared; write columns: {group: <column of the "
                "samples table>}."
            )
            raise ValueError(message)
        unmade = [name for name in self._named_groups() if self.bands and name not in self.bands]
        if unmade:
            message = (
                f"groups names {unmade[0]!r}, which is no band; the bands are "
                f"{', '.join(self.bands)}.{nearest(unmade[0], self.bands)}"
            )
            raise ValueError(message)
        if self.panel and self.samples == "same" and not self.analytes and self.format == "wide":
            message = (
                "where samples: same, the analytes must be named; write analytes: "
                "<first>..<last> or a list."
            )
            raise ValueError(message)
        return self

    def _named_groups(self) -> list[str]:
        """Return every group the specification names."""
        parts = self.groups
        return [] if parts is None else [*parts.case, *parts.reference, *parts.comparison]

    def _require_routine(self) -> None:
        """Raise if neither panel nor design is given and routine markers cannot stand in."""
        if not self.routine:
            message = (
                "give either panel (a file) or simulate (a design); without a panel, samples and "
                "routine markers are needed: routine: {crp: {column: ..., unit: mg/L}}."
            )
            raise ValueError(message)
        if self.samples in (None, "same"):
            message = (
                "without a panel the routine markers are read from the samples table; write "
                "samples: <file>."
            )
            raise ValueError(message)
        given = {
            "format": self.format != "wide",
            "unit": self.unit is not None,
            "analytes": self.analytes is not None,
            "zeros": self.zeros is not None,
            "lod": self.lod is not None,
            "replicates": self.replicates is not None,
        }
        wrong = [name for name, is_given in given.items() if is_given]
        if wrong:
            message = (
                f"{', '.join(wrong)} would describe a panel file, and none is given; name it with "
                "panel, or leave them out (each routine marker has its own unit and lod)."
            )
            raise ValueError(message)

    def _refuse_reading_keys(self) -> None:
        """Raise if keys that describe a file stand beside `simulate`."""
        mine = self.model_fields_set - {"simulate", "groups", "duplicates", "visits", "qc_flagged"}
        if mine:
            message = (
                f"simulate supplies its own columns, so {', '.join(sorted(mine))} cannot stand "
                "beside it; remove one or the other."
            )
            raise ValueError(message)

    @property
    def roles(self) -> dict[str, str]:
        """Roles mapped to a column."""
        return {role: name for role, name in self.columns.items() if name != UNKNOWN}

    @property
    def unknown_roles(self) -> tuple[str, ...]:
        """Roles declared ``!unknown``."""
        return tuple(role for role, name in self.columns.items() if name == UNKNOWN)
