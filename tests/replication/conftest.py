"""A candidate subtype, new people, and how the one is held against the other."""

import json
from functools import partial

import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.discovery import (
    Assigner,
    DiscoverySettings,
    build_card,
    decide,
    make_procedure,
    study_design,
)
from subtyping.replication.replicate import replicate_subtype

FEW = DiscoverySettings(n_bootstrap=39, n_resamples=20)
SIZE = {"n_reference": 60, "n_analytes": 40, "detection": "complete", "separation": 5.0}


@pytest.fixture(scope="session")
def derivation():
    return simulate_cohort("th2_subtype", seed=6, n_case=200, **SIZE).panel


@pytest.fixture(scope="session")
def fitted(derivation):
    return make_procedure(derivation, case=["MDD"], reference=["HC"], axis="Th2").fit(derivation)


@pytest.fixture(scope="session")
def card(derivation, fitted):
    """Return the card of the candidate as JSON gives it back."""
    design = study_design(derivation, ("MDD",), ("HC",))
    verdict = decide(fitted, derivation, design, FEW, seed=1)
    written = build_card(
        fitted, verdict, reading={"format": "wide"}, provenance={}, panel=derivation
    )
    return json.loads(json.dumps(written, allow_nan=False))


@pytest.fixture(scope="session")
def assigner(card):
    return Assigner(card)


@pytest.fixture(scope="session")
def newcomers():
    return simulate_cohort("th2_subtype", seed=50, n_case=120, **SIZE).panel


@pytest.fixture(scope="session")
def hold():
    """Replicate with few draws; ids of simulated cohorts mean nothing."""
    return partial(replicate_subtype, settings=FEW, draws=20, seed=3, jobs=1, own_numbering=True)


@pytest.fixture(scope="session")
def replicated(hold, assigner, newcomers):
    return hold(assigner, newcomers, derivation_prevalence=(0.27, 0.21, 0.34))
