"""The same people are recognised and refused, whatever is left out or called otherwise."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.discovery import Assigner
from subtyping.discovery.derivation import (
    block_digests,
    replication_block,
    sample_blocks,
    sample_fingerprints,
)
from subtyping.exceptions import InputError, ModelError
from subtyping.replication.people import settle_newcomers


def settle(assigner, panel, *, own_numbering=False):
    settings = {"case": None, "reference": None, "axis": "Th2", "own_numbering": own_numbering}
    return settle_newcomers(assigner, panel, **settings)


def named(panel, **columns):
    """Give everybody a new id, and perhaps a new subject."""
    index = pd.Index([f"n{i}" for i in range(len(panel.sample_ids))], name="sample_id")
    tables = ("values", "below_lod", "above_uloq", "lod", "samples")
    panel = replace(panel, **{name: getattr(panel, name).set_axis(index) for name in tables})
    return replace(panel, samples=panel.samples.assign(**columns))


def without(n):
    """Leave out n analytes that are not of the axis."""

    def change(panel, members):
        outside = [name for name in panel.values if name not in members]
        return panel.select([name for name in panel.values if name not in outside[:n]])

    return change


def without_one_member_and_one_other(panel, members):
    outside = next(name for name in panel.values if name not in members)
    return panel.select([name for name in panel.values if name not in {outside, members[0]}])


def as_written(decimals):
    return lambda panel, _: replace(panel, values=panel.values.round(decimals))


def one_person_among_others(panel, _):
    values = panel.values + 1.0
    values.iloc[0] -= 1.0
    return replace(panel, values=values)


@pytest.mark.parametrize(
    ("change", "n"),
    [
        (without(1), 260),
        (without(10), 260),
        (without_one_member_and_one_other, 260),
        (as_written(5), 260),
        (one_person_among_others, 1),
    ],
)
def test_a_changed_copy_of_the_derivation_is_no_new_people(assigner, derivation, change, n) -> None:
    copied = named(change(derivation, assigner.members))
    with pytest.raises(InputError, match=f"^{n} samples? of the new panel .* the very values"):
        settle(assigner, copied, own_numbering=True)


def test_a_card_of_before_blocks_still_knows_its_samples(card, derivation, fitted) -> None:
    prints = sample_fingerprints(fitted.prepared.log2, fitted.prepared.detected)
    old = {"profile": card["replication"]["profile"], "fingerprints": sorted(prints)}
    with pytest.raises(InputError, match=r"^260 samples of the new panel"):
        settle(Assigner({**card, "replication": old}), named(derivation))


def test_people_who_share_a_limit_are_not_one_person(rng) -> None:
    values = pd.DataFrame(rng.normal(size=(400, 30)), columns=[f"a{j}" for j in range(30)])
    censored = values.clip(lower=values.quantile(0.8), axis=1)  # four fifths at the limit
    censored.iloc[:, :6] = 1.0
    first, second = censored.iloc[:200], censored.iloc[200:]
    kept = sample_blocks(first, ["a0", "a1", "a2"])
    found = block_digests(second, kept["blocks"])
    assert not np.isin(found, kept["digests"]).any()
    again = np.isin(block_digests(first, kept["blocks"]), kept["digests"])
    assert not again[:, 0].any()  # three constant members tell nobody from anybody
    whole = sample_blocks(values.iloc[:200], ["a0", "a1", "a2"])
    assert len(whole["digests"]) == 200 * len(whole["blocks"])
    assert sample_blocks(values.iloc[:1], ["a0"])["digests"] == []


@pytest.mark.parametrize(
    ("columns", "first"),
    [
        ({"subject": "P00001"}, "n0"),  # a subject of the derivation, back for a second visit
        ({"subject": "S00001"}, "n0"),  # called by the sample of the derivation
        ({"subject": " P00001 "}, "n0"),
    ],
)
def test_a_second_visit_is_no_new_person(assigner, newcomers, columns, first) -> None:
    visits = [f"new{i}" for i in range(180)]
    again = named(newcomers, subject=[columns["subject"], *visits[1:]])
    with pytest.raises(InputError, match=rf"^1 new sample of 180 \('{first}'\) has an id of the"):
        settle(assigner, again)
    assert settle(assigner, again, own_numbering=True).refitted is not None
    assert settle(assigner, named(newcomers, subject=visits)).refitted is not None


def test_sample_ids_are_held_against_subjects_too(assigner, newcomers) -> None:
    panel = named(newcomers, subject=[f"new{i}" for i in range(180)])
    index = pd.Index(["P00007", *panel.sample_ids[1:]], name="sample_id")
    tables = ("values", "below_lod", "above_uloq", "lod", "samples")
    panel = replace(panel, **{name: getattr(panel, name).set_axis(index) for name in tables})
    with pytest.raises(InputError, match="'P00007'"):
        settle(assigner, panel)


def test_reference_people_count_once_too(assigner, newcomers) -> None:
    subjects = np.array([f"new{i}" for i in range(180)], dtype=object)
    reference = np.flatnonzero(newcomers.in_groups(["HC"]))
    subjects[reference[1]] = subjects[reference[0]]
    with pytest.raises(InputError, match=r"^1 subject of the new cases and reference people"):
        settle(assigner, named(newcomers, subject=subjects))


def test_no_id_can_be_read_from_a_card_and_two_cards_cannot_be_joined(
    card, derivation, fitted
) -> None:
    said = json.dumps(card["replication"])
    assert "S00001" not in said
    assert "P00001" not in said
    assert len(card["replication"]["people"]["digests"]) == 2 * 260
    other = replication_block(fitted, derivation, {"data_sha256": "ab"})
    assert not set(other["people"]["digests"]) & set(card["replication"]["people"]["digests"])
    assert len(replication_block(fitted, None, {})["people"]["digests"]) == 260


@pytest.mark.parametrize(
    ("part", "to", "words"),
    [
        ("samples", {"blocks": [["CCL17", 3]], "digests": []}, "blocks should be text; got 3"),
        ("samples", {"blocks": [], "digests": [3]}, "digests should be text; got 3"),
        ("people", {"salt": 3, "digests": []}, "salt should be text; got 3"),
        ("people", [], "replication.people should be an object"),
    ],
)
def test_damaged_digests_are_one_sentence(card, part, to, words) -> None:
    broken = {**card, "replication": {**card["replication"], part: to}}
    with pytest.raises(ModelError, match="The model card is damaged") as caught:
        Assigner(broken)
    assert words in str(caught.value)
