"""The part of a specification that says which other defensible analyses are tried."""

from typing import Literal

from pydantic import Field

from subtyping.study.cohort_sections import Section
from subtyping.study.entries import Covariate, Distinct

__all__ = ["SpecificationsSpec"]

MOST_TWINS = 1000
MOST_RESAMPLES = 10_000


class SpecificationsSpec(Section):
    """The grid of `subtyping specifications`; the declared analysis is always in it.

    Attributes
    ----------
    detection, plates, handling, features, algorithms, k
        What is tried.
    covariates : list of list of str
        Sets that are adjusted for; by default none, age and sex, and the declared set.
    most_departures : int
        In how many choices a preparation may differ from the declared one.
    twins : int
        Draws of the continuum fitted to the cohort that go through the same grid.
    consensus_resamples : int
        Subsamples of consensus clustering.
    """

    detection: Distinct[Literal["keep", "lod_sqrt2", "ros", "truncated"]] = Field(
        default=["keep", "lod_sqrt2"], min_length=1
    )
    plates: Distinct[Literal["adjusted", "as_measured"]] = Field(
        default=["adjusted", "as_measured"], min_length=1
    )
    handling: Distinct[Literal["keep", "drop"]] = Field(default=["keep", "drop"], min_length=1)
    covariates: list[Distinct[Covariate]] | None = Field(default=None, min_length=1)
    features: Distinct[
        Literal["skew", "score", "members", "all_skews", "panel", "panel_given_level"]
    ] = Field(
        default=["skew", "score", "members", "all_skews", "panel", "panel_given_level"],
        min_length=1,
    )
    algorithms: Distinct[
        Literal[
            "own_test",
            "gaussian_mixture",
            "skewed_mixture",
            "factor_mixture",
            "latent_profiles",
            "kmeans",
            "ward",
            "consensus",
            "hdbscan",
        ]
    ] = Field(
        default=[
            "own_test",
            "gaussian_mixture",
            "skewed_mixture",
            "factor_mixture",
            "latent_profiles",
            "kmeans",
            "ward",
            "consensus",
            "hdbscan",
        ],
        min_length=1,
    )
    k: Distinct[Literal["chosen", 2, 3, 4]] = Field(default=["chosen", 2, 3, 4], min_length=1)
    most_departures: int = Field(default=1, ge=0, le=4)
    twins: int = Field(default=5, ge=0, le=MOST_TWINS)
    consensus_resamples: int = Field(default=100, ge=50, le=MOST_RESAMPLES)
