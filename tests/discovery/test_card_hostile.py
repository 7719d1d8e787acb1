"""Cards broken by hand: one sentence, no hang, no number made of nothing."""

import json
import math

import pytest

from subtyping.cohorts import simulate_cohort
from subtyping.discovery import (
    Assigner,
    DiscoverySettings,
    build_card,
    decide,
    load_assigner,
    make_procedure,
    study_design,
)
from subtyping.exceptions import ModelError


@pytest.fixture(scope="module")
def card() -> dict:
    """Return the card of a candidate, with resampled constants, as JSON gives it back."""
    size = {"n_case": 100, "n_reference": 40, "n_analytes": 30, "separation": 6.0}
    panel = simulate_cohort("th2_subtype", seed=1, **size).panel
    procedure = make_procedure(panel, case=["MDD"], reference=["HC"], axis="Th2")
    fitted = procedure.fit(panel)
    design = study_design(panel, ("MDD",), ("HC",))
    verdict = decide(fitted, panel, design, DiscoverySettings(), seed=1)
    assert verdict.kind == "discrete"
    written = build_card(fitted, verdict, reading={"format": "wide"}, provenance={}, panel=panel)
    return json.loads(json.dumps(written))


def broken(card: dict, path: str, to: object) -> dict:
    """Return a copy of a card with one entry replaced; numbers in the path index lists."""
    copy = json.loads(json.dumps(card))
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner = copy
    for part in parents:
        inner = inner[part]
    inner[last] = to
    return copy


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        ("constants.members.covariance.0.0", math.inf, "covariance should be a finite number"),
        ("constants.members.covariance.0.1", 1e9, "covariance is the covariance of nothing"),
        ("constants.members.mean.0", math.nan, "members.mean should be a finite number; got nan"),
        ("constants.draws.weights.0", [], "weights should hold"),
        ("constants.draws.mixture.low_sd.0", 0, "low_sd should be above 0"),
        ("constants.handling.min", 1e9, "handling.min should not be above"),
        ("constants", [], "constants should be an object"),
        ("replication", "x", "replication should be an object; got 'x'"),
        ("replication.fingerprints", [3], "fingerprints should be text; got 3"),
        ("replication.profile.difference_z", [1.0], "difference_z should hold"),
        ("axis.scale", 0, "axis.scale should be above 0"),
        ("axis.level", None, "axis.level should be there for a skew"),
        ("axis.slope", None, "axis.slope should be a finite number; got None"),
        ("axis.members.0", "zzz", "'zzz', which the preparation does not keep"),
        ("axis.level.loadings.0", "x", "loadings should be a finite number; got 'x'"),
        ("axis.level_error_variance", -1, "level_error_variance should be 0 or more"),
        ("preparation.reference_mean_log2.0", None, "reference_mean_log2 should be a finite"),
        ("preparation.reference_sd_log2.0", True, "reference_sd_log2 should be a finite number"),
        ("preparation.is_kept.0", "no", "is_kept should be true or false"),
        ("preparation.settings.min_detected_frac", "x", "min_detected_frac should be a finite"),
        ("preparation.settings.case", [], "settings.case should be the names of groups"),
        ("preparation.covariates.0", "shoe", "covariates should be one of"),
        ("mixture.weight", 10**400, "mixture.weight should be a finite number"),
        ("mixture.means", [2.0, 1.0], "the lower mean, then the higher"),
        ("derivation.value_max", -1e9, "value_min should not be above"),
        ("verdict.kind", "yes", "verdict.kind should be one of discrete"),
        ("unit", "pg", "unit should be one of"),
        ("reading.format", "broad", "reading.format should be one of"),
        ("reading.columns", {"age": 3}, "reading.columns.age should be text; got 3"),
        ("reading.routine", {"CRP": {"marker": "crp", "column": "c"}}, "'unit' is missing"),
    ],
)
def test_a_broken_card_is_one_sentence(card, path, to, words) -> None:
    with pytest.raises(ModelError, match="The model card is damaged") as caught:
        Assigner(broken(card, path, to))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_card_itself_is_whole(card) -> None:
    assert Assigner(card).unit == "NPX"
    without = {k: v for k, v in card.items() if k not in ("constants", "replication")}
    assert Assigner(without).unit == "NPX"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "not a readable model card"),
        ('{"schema": ' + "9" * 6000 + "}", "not a readable model card"),
        (r'{"schema": "\ud800"}', "not a readable model card"),
        ("", "not a readable model card"),
        ("[]", "expected a JSON object; got list"),
        ("{}", "schema 'None'"),
        ('{"schema": "subtyping.card/9"}', "schema 'subtyping.card/9'"),
        ('{"schema": "subtyping.card/1"}', "'unit' is missing"),
    ],
)
def test_a_file_that_is_no_card_is_one_sentence(tmp_path, text, words) -> None:
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(ModelError) as caught:
        load_assigner(tmp_path)
    assert words in str(caught.value)
