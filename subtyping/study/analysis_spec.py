"""The parts of a specification that say what is done with the panel."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from subtyping.study.cohort_sections import Section
from subtyping.study.entries import MOST_CV_PCT, MOST_DRAWS, Covariate, Distinct

__all__ = [
    "AxisSpec",
    "CriteriaSpec",
    "DiscoverySpec",
    "MinimumSubtypeSpec",
    "OutcomeSpec",
    "PredictionSpec",
    "PreparationSpec",
]

Candidate = Literal[
    "gaussian_mixture",
    "skewed_mixture",
    "factor_mixture",
    "consensus",
    "hdbscan",
    "latent_profiles",
]


class PreparationSpec(Section):
    """From raw values to the matrix that is analysed."""

    detection: Literal["keep", "lod_sqrt2", "ros", "truncated"] = "keep"
    min_detected_frac: float = Field(default=0.5, gt=0, le=1)
    adjust: Distinct[Covariate] = Field(default=["age", "sex", "bmi"])
    plates: Literal["location", "median", "combat", "none"] = "location"
    handling: Literal["report", "drop", "regress_out"] = "report"


class AxisSpec(Section):
    """The immune axis the subtype would be skewed on: a known name, or a name and its members."""

    name: str = Field(min_length=1)
    members: Distinct[str] | None = Field(default=None, min_length=1)


class MinimumSubtypeSpec(Section):
    """The smallest subtype worth finding; fewer people than can show it is `underpowered`."""

    fraction: float = Field(default=0.25, gt=0, le=0.5)
    effective_separation: float = Field(default=3.5, gt=0)


class DiscoverySpec(Section):
    """Is there a subtype, and who is in it."""

    axis: AxisSpec
    allow_aliased: bool = False
    minimum_subtype: MinimumSubtypeSpec = MinimumSubtypeSpec()
    assay_cv_pct: float | None = Field(default=None, gt=0, le=MOST_CV_PCT)
    bootstrap: int = Field(default=199, ge=19, le=MOST_DRAWS)
    resamples: int = Field(default=200, ge=20, le=MOST_DRAWS)
    power: Literal["stored", "simulated"] = "stored"
    candidates: Distinct[Candidate] = Field(
        default=["gaussian_mixture", "skewed_mixture", "consensus", "hdbscan"]
    )
    twin_draws: int = Field(default=20, ge=0, le=MOST_DRAWS)

    @field_validator("axis", mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class OutcomeSpec(Section):
    """An outcome measured apart from the panel: symptoms, a cell count, a later visit."""

    column: str = Field(min_length=1)
    kind: Literal["binary", "number"]


class PredictionSpec(Section):
    """The same people from the panel, by models that never saw them."""

    enabled: bool = True
    folds: int = Field(default=3, ge=2, le=20)
    leave_out: Literal["site", "plate"] | None = None
    models: Distinct[
        Literal["elastic_net", "gradient_boosting", "random_forest", "shallow_tree"]
    ] = Field(default=["elastic_net", "gradient_boosting"], min_length=1)
    inner_folds: int | None = Field(default=None, ge=2, le=10)
    calibrate: Literal["platt", "isotonic"] | None = None
    search: Literal["optuna"] | None = None
    trials: int = Field(default=20, ge=1, le=1000)
    sizes: Distinct[Annotated[int, Field(ge=1, le=5)]] = Field(default_factory=list)
    selection_draws: int = Field(default=50, ge=20, le=1000)
    splits: int = Field(default=10, ge=0, le=200)
    explain_resamples: int = Field(default=50, ge=0, le=1000)
    outcomes: dict[str, OutcomeSpec] = Field(default_factory=dict)

    @field_validator("outcomes")
    @classmethod
    def _named_outcomes(cls, value: dict[str, OutcomeSpec]) -> dict[str, OutcomeSpec]:
        for name in value:
            if not name.isprintable() or not name or name != name.strip():
                message = (
                    f"an outcome needs a name on one line, written {{<name>: {{column: ..., "
                    f"kind: ...}}}}; got {name[:40]!r}."
                )
                raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _learnt_inside(self) -> "PredictionSpec":
        for name, value in (("calibrate", self.calibrate), ("search", self.search)):
            if value is not None and self.inner_folds is None:
                message = (
                    f"{name}: {value} is learnt on inner folds; got none. Give a number of inner "
                    "folds, such as inner_folds: 5."
                )
                raise ValueError(message)
        return self

    @property
    def outer(self) -> int | str:
        """Outer folds: how many, or the levels one of which is left out each time."""
        return self.folds if self.leave_out is None else f"leave_one_{self.leave_out}_out"


class CriteriaSpec(Section):
    """Rules a trial could enrol on."""

    resamples: int = Field(default=200, ge=20, le=MOST_DRAWS)
    target_prevalence_frac: float | None = Field(default=None, gt=0, lt=1)
    markers: Distinct[str] | None = Field(default=None, min_length=1)
    max_markers: Literal[1, 2, 3] = 2
    choose_by: Literal["youden", "sensitivity", "specificity", "cost", "net_benefit"] = "youden"
    choose_at: float | None = None
    upper_frac: float = Field(default=0.25, gt=0, lt=1)
    icc: float | dict[str, float | list[float]] | None = None
    cv_pct: float | None = Field(default=None, gt=0, le=MOST_CV_PCT)
    lloq: dict[str, float] = Field(default_factory=dict)

    @field_validator("max_markers", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        if isinstance(value, bool | float):  # true and 2.0 equal a number that is allowed
            message = f"must be one of 1, 2 or 3; got {value!r}."
            raise ValueError(message)  # noqa: TRY004 - pydantic makes a sentence of it
        return value

    @field_validator("icc", mode="before")
    @classmethod
    def _repeatabilities(cls, value: Any) -> Any:
        for name, one in value.items() if isinstance(value, dict) else [("", value)]:
            if not isinstance(name, str):
                message = f"the key {name!r} is no text; quote it."
                raise ValueError(message)  # noqa: TRY004 - pydantic makes a sentence of it
            what = f"the ICC of {name}" if name else "an ICC"
            if one is None and name:
                message = f"{what} is blank; give a number between 0 and 1, or leave the key out."
                raise ValueError(message)
            numbers = one if isinstance(one, list) and name else [one]
            if one is not None and not _is_icc(numbers):
                message = (
                    f"{what} must be a number between 0 and 1, or [value, low, high] in a mapping "
                    f"of markers, with the value between the others; got {one!r}."
                )
                raise ValueError(message)
        return value


def _is_icc(numbers: list[Any]) -> bool:
    """Return whether it is a repeatability alone or with its interval."""
    if len(numbers) not in (1, 3):
        return False
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in numbers):
        return False
    value, low, high = numbers if len(numbers) == 3 else numbers * 3
    return bool(0 <= low <= value <= high <= 1)
