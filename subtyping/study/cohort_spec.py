"""The part of a specification that says which people were measured, and how to read the file."""

from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from subtyping._validation import nearest
from subtyping.panel.panel import ROLES
from subtyping.study.cohort_sections import BandSpec, GroupsSpec, RoutineSpec, Section, SimulateSpec
from subtyping.study.documents import UNKNOWN

__all__ = ["CohortSpec"]

LONG_ROLES = ("analyte", "value", "unit", "lod")


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
    where: dict[str, Any] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    routine: dict[str, RoutineSpec] = Field(default_factory=dict)
    bands: dict[str, BandSpec] = Field(default_factory=dict)
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
