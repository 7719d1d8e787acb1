"""The part of a specification about contrasts: signature, likeness, reversal, mouse."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from subtyping.study.cohort_sections import Section, as_group
from subtyping.study.entries import MOST_DRAWS, Covariate, Distinct

__all__ = [
    "ContrastSpec",
    "LikenessSpec",
    "MouseSpec",
    "ReversalSpec",
    "SignatureSpec",
    "TreatmentSpec",
]


def _side(value: Any) -> Any:
    """Return one side of a contrast as texts, or say how it is written."""
    if isinstance(value, dict):
        parts = {str(role): _texts(names) for role, names in value.items()}
        is_whole = bool(parts) and all(parts.values())
        side: Any = parts
    else:
        side = _texts(value)
        is_whole = bool(side)
    if not is_whole:
        message = (
            "a side is a list of groups, written [a, b], or {<role>: [<value>, ...]}; got "
            f"{value!r}."
        )
        raise ValueError(message)
    return side


def _texts(names: Any) -> list[str]:
    """Return the names as texts; none where they are no list of names."""
    if not isinstance(names, list) or any(isinstance(name, (list, dict)) for name in names):
        return []
    return [as_group(name) if isinstance(name, float) else str(name) for name in names]


def _named(value: dict[str, Any]) -> dict[str, Any]:
    """Return entries all of which have a name."""
    if any(not name.strip() for name in value):
        message = "an entry has no name; write {<name>: {...}}."
        raise ValueError(message)
    return value


Side = Annotated[list[str] | dict[str, list[str]], BeforeValidator(_side)]
SetScore = Literal["z_detection", "zscore", "plage", "ssgsea", "gsva"]


class ContrastSpec(Section):
    """Two sides of a contrast: groups, or values of roles that must all hold."""

    case: Side
    reference: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Case side and reference side."""
        return self.case, self.reference


class LikenessSpec(Section):
    """Which disease the cases resemble: every comparison group against the cases."""

    enabled: bool = True
    bridged: bool = False
    bootstrap: int = Field(default=200, ge=20, le=MOST_DRAWS)
    permutations: int = Field(default=199, ge=19, le=MOST_DRAWS)


class TreatmentSpec(Section):
    """A treatment measured in the study's own people: who stands before and after it."""

    before: Side
    after: Side


Treatments = dict[str, TreatmentSpec]
Contrasts = dict[str, ContrastSpec]


class ReversalSpec(Section):
    """What a drug would undo: published effects, blocked pathways, measured treatments."""

    enabled: bool = True
    drugs: Distinct[str] | None = Field(default=None, min_length=1)
    pathways: Distinct[str] | None = Field(default=None, min_length=1)
    observed: Annotated[Treatments, AfterValidator(_named)] = Field(default_factory=dict)
    bootstrap: int = Field(default=200, ge=20, le=MOST_DRAWS)
    draws: int = Field(default=199, ge=19, le=MOST_DRAWS)


class MouseSpec(Section):
    """A mouse contrast beside the human one: effects, animals, or simulated animals."""

    table: str | None = Field(default=None, min_length=1)
    panel: str | None = Field(default=None, min_length=1)
    samples: str | None = Field(default=None, min_length=1)
    unit: Literal["pg/mL", "log2", "NPX"] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    simulate: dict[str, Any] | None = None
    case: Distinct[str] = Field(default=["susceptible"], min_length=1)
    reference: Distinct[str] = Field(default=["control"], min_length=1)
    draws: int = Field(default=999, ge=99, le=MOST_DRAWS)

    @model_validator(mode="after")
    def _one_source(self) -> "MouseSpec":
        given = [name for name in ("table", "panel", "simulate") if getattr(self, name) is not None]
        if len(given) != 1:
            message = (
                "give one source: `table: FILE` (analyte, log2_fc and one of se, ci_low with "
                "ci_high, t, p_value), `panel: FILE` with `samples: FILE` (animals), or "
                f"`simulate: {{...}}` (settings of the csds design); got {given or 'none'}."
            )
            raise ValueError(message)
        self._refuse_unused(given[0])
        if self.panel is not None and not (self.samples and self.unit and "group" in self.columns):
            message = (
                "animals need `samples: FILE`, `unit: pg/mL` (or log2, NPX) and "
                "`columns: {sample: ..., group: ..., batch: <cage>}` beside `panel`."
            )
            raise ValueError(message)
        wrong = [name for name in ("design", "seed") if name in (self.simulate or {})]
        if wrong:
            message = (
                f"simulate: {wrong[0]} cannot be set; the design is csds and the seed comes from "
                "the study's."
            )
            raise ValueError(message)
        both = [name for name in self.case if name in self.reference]
        if both:
            message = f"{both[0]!r} is a case and a reference group; keep it on one side."
            raise ValueError(message)
        return self

    def _refuse_unused(self, source: str) -> None:
        """Raise where a key stands beside a source that would not use it."""
        used = {
            "table": {"draws"},
            "panel": {"samples", "unit", "columns", "case", "reference", "draws"},
            "simulate": {"case", "reference", "draws"},
        }[source]
        unused = sorted(self.model_fields_set - used - {source, "table", "panel", "simulate"})
        if unused:
            message = f"{', '.join(unused)} would not be used beside `{source}`; leave it out."
            raise ValueError(message)


class SignatureSpec(Section):
    """Contrasts of analytes between groups; covariates default to those of the preparation."""

    covariates: Distinct[Covariate] | None = None
    imputations: int = Field(default=0, ge=0, le=1000)
    outcome: str | None = Field(default=None, min_length=1)
    trend: bool = False
    robust: bool = False
    block: Literal["none", "correlation", "fixed"] = "none"
    contrasts: Annotated[Contrasts, AfterValidator(_named)] = Field(default_factory=dict)
    families: dict[str, Distinct[str]] = Field(default_factory=dict)
    scores: Distinct[SetScore] = Field(default=["gsva"])
    likeness: LikenessSpec = LikenessSpec()
    reversal: ReversalSpec = ReversalSpec()
    mouse: MouseSpec | None = None
    replications: int = Field(default=0, ge=0, le=MOST_DRAWS)

    @field_validator("imputations")
    @classmethod
    def _more_than_one(cls, value: int) -> int:
        if value == 1:
            message = "one imputation says nothing of its uncertainty; write 0 (none) or 20."
            raise ValueError(message)
        return value

    @field_validator("families")
    @classmethod
    def _one_family_each(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        seen: dict[str, str] = {}
        for family, analytes in value.items():
            if not family.strip() or not analytes:
                message = "a family needs a name and analytes; write {<name>: [<analyte>, ...]}."
                raise ValueError(message)
            for analyte in analytes:
                if analyte in seen:
                    message = (
                        f"{analyte!r} is in {seen[analyte]!r} and in {family!r}; keep it in one."
                    )
                    raise ValueError(message)
                seen[analyte] = family
        return value
