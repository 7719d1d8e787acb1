"""What is said of an outcome, and what it rests on."""

from dataclasses import replace

import numpy as np
import pytest

from subtyping.discovery import DiscoverySettings
from subtyping.discovery.labelling import LabellingProcedure
from subtyping.discovery.line import Line
from subtyping.discovery.power import PowerStatement
from subtyping.exceptions import InputError
from subtyping.replication import replicate
from subtyping.replication.sentences import Said, is_peopled, replication_sentence

SAID = Said(
    what="Th2 skew", n_case=60, n_left_out=0, n_twins=99, n_failed=0, limit=0.3, veto="",
    scale="", given="", power=PowerStatement(0.5, 120),
)  # fmt: skip


def lines(share=(0.3, 0.2, 0.4), p_value=0.01, kappa=0.8):
    value, low, high = share
    return [
        Line("existence", "", 1.0, "", p_value=p_value),
        Line("agreement: memberships", "", kappa, "", ci_low=0.7, ci_high=0.9),
        Line("prevalence", "", value, "", ci_low=low, ci_high=high),
        Line("method", "", float("nan"), "Method-replication: not applicable."),
    ]


def say(outcome, found, **changes):
    said = replace(SAID, **changes)
    return replication_sentence(outcome, said, found, DiscoverySettings())


def test_a_handful_and_an_interval_down_to_none_are_two_reasons() -> None:
    handful = say("not replicated", lines(share=(0.04, 0.02, 0.08)))
    assert "4% (2% to 8%) of them belong to the frozen group, no more than a handful" in handful
    vague = say("not replicated", lines(share=(0.1, 0.0, 0.25)))
    assert "10% (0% to 25%) of them" in vague
    assert "an interval that includes next to none" in vague
    assert "handful" not in vague
    assert not is_peopled(lines(share=(0.1, 0.0, 0.25))[2])
    assert is_peopled(lines(share=(float("nan"),) * 3)[2])


@pytest.mark.parametrize("outcome", ["underpowered", "not replicated"])
def test_a_vetoed_group_has_an_opening_of_its_own(outcome) -> None:
    said = say(outcome, lines(), veto="it cannot be told apart from plate")
    assert said.startswith("Seen but not accepted in 60 independent cases: a group on the Th2 skew")
    assert "Too few new people to tell" not in said
    assert say("underpowered", lines(p_value=0.4)).startswith("Too few new people to tell: one")
    assert say("not replicated", lines(p_value=0.4)).startswith("Not replicated in 60 independent")


def test_people_and_twins_that_fell_out_are_told() -> None:
    said = say("not replicated", lines(kappa=0.1), n_left_out=3, n_failed=2)
    assert "3 new people took no part." in said
    assert "2 of 99 continua could not be compared" in said


def failing(twins, n):
    broken = twins.copy()
    broken.loc[broken.index[:n], broken.columns[1:]] = np.nan
    return broken


@pytest.fixture
def with_twins(monkeypatch, hold, assigner, newcomers):
    """Replicate with twins that were drawn before."""

    def held(twins, **settings):
        monkeypatch.setattr(replicate, "replication_twins", lambda *_, **__: twins)
        return hold(assigner, newcomers, **settings)

    return held


@pytest.mark.parametrize(("n", "remedy"), [(2, "Give --draws 34"), (20, "Bring more new people")])
def test_too_few_twins_are_no_null(with_twins, replicated, n, remedy) -> None:
    with pytest.raises(
        InputError, match=rf"on only {20 - n} of 20 continua .* needs 19\. {remedy}"
    ):
        with_twins(failing(replicated.twins, n))


def test_one_twin_of_twenty_may_fail(with_twins, replicated) -> None:
    few = failing(replicated.twins, 1)
    found = with_twins(few)
    assert found.agreement_limit == np.quantile(few["membership_kappa"].dropna(), 0.95)
    assert "1 of 20 continua could not be compared" in found.sentence
    p_value = found.lines.set_index("line").loc["agreement: memberships", "p_value"]
    assert p_value == pytest.approx(2 / 21)  # the one that failed counts as if it had reached


def test_the_procedure_is_learnt_once_from_the_new_people(
    with_twins, replicated, monkeypatch
) -> None:
    taught = []
    fit = LabellingProcedure.fit

    def counted(self, panel, *args, **settings):
        taught.append(panel)
        return fit(self, panel, *args, **settings)

    monkeypatch.setattr(LabellingProcedure, "fit", counted)
    found = with_twins(replicated.twins)
    assert found.sentence == replicated.sentence
    assert len(taught) == 1


def test_a_group_that_hangs_on_the_limit_is_vetoed(with_twins, replicated, monkeypatch) -> None:
    line = Line("detection", "", 1.0, "Drawn from their distribution instead, they leave no group")
    monkeypatch.setattr(replicate, "imputed_line", lambda *_: (line, True))
    found = with_twins(replicated.twins)
    assert found.claim == "candidate"
    assert found.veto.startswith("it is gone when values below detection")
    assert found.sentence.startswith("Seen but not accepted")
    assert "detection" in set(found.lines["line"])


def test_power_is_simulated_where_the_run_asked_for_it(with_twins, replicated, monkeypatch) -> None:
    asked = []

    def simulated(*args, **settings):
        asked.append((args, settings["level"]))
        return PowerStatement(0.42, 777)

    monkeypatch.setattr(replicate, "simulated_power_at", simulated)
    monkeypatch.setattr("subtyping.discovery.weighing.simulated_power_at", simulated)
    settings = DiscoverySettings(n_bootstrap=39, n_resamples=20, power="simulated")
    found = with_twins(replicated.twins, settings=settings)
    assert (found.power_at_minimum, found.n_needed) == (0.42, 777)
    assert asked[0] == ((120, 0.25, 3.5), 0.05)
