"""Muting: kept, shown, not counted; never silent about a wrong code or an empty reason."""

import re

import pytest
from pydantic import ValidationError

from subtyping.checks import CHECKS, checked_mutes, parse_mutes, run_checks
from subtyping.exceptions import InputError
from subtyping.study.checks_spec import ChecksSpec

CODES = [check.code for check in CHECKS]


def test_a_muted_check_keeps_its_outcome_and_does_not_count(make, design_of) -> None:
    context = make(design=design_of(["a"] * 50, ["b"] * 40))
    plain, muted = run_checks(context), run_checks(context, {"ST001": " seen, described only "})
    assert plain[0].is_firing_issue
    assert muted[0].outcome == "fires"
    assert muted[0].sentence == plain[0].sentence
    assert muted[0].muted_reason == "seen, described only"
    assert not muted[0].is_firing_issue
    assert muted[1:] == plain[1:]
    assert context.design is not None
    assert context.design.is_blocked  # the verdict looks here, not at checks


@pytest.mark.parametrize(
    ("mute", "match"),
    [
        ({"ST08": "x"}, "'ST08' is no check.*Did you mean 'ST008'"),
        ({"handling": "x"}, "'handling' is no check; the codes go from ST001 to "),
        ({"ST008": ""}, "ST008 is muted without a reason"),
        ({"ST008": "  "}, "ST008 is muted without a reason"),
    ],
)
def test_wrong_mutes_are_refused(mute, match) -> None:
    with pytest.raises(InputError, match=match):
        checked_mutes(mute, CODES)
    with pytest.raises(ValidationError, match=match):
        ChecksSpec.model_validate({"mute": mute})


@pytest.mark.parametrize(
    ("pairs", "match"),
    [
        (["ST008"], "--mute takes CODE=reason"),
        (["ST008=a", "ST008=b"], "names ST008 twice"),
    ],
)
def test_wrong_options_are_refused(pairs, match) -> None:
    with pytest.raises(InputError, match=re.escape(match)):
        parse_mutes(pairs)


def test_a_reason_may_hold_an_equals_sign() -> None:
    assert parse_mutes(["ST008=delay = 30 min"]) == {"ST008": "delay = 30 min"}


def test_the_section_is_optional() -> None:
    assert ChecksSpec().mute == {}
    with pytest.raises(ValidationError, match="mutes"):
        ChecksSpec.model_validate({"mutes": {}})
