"""The figure of mouse and human effects shows every pair and lists the rest."""

import numpy as np
import pandas as pd

from subtyping.figures.mouse import mouse_effects
from subtyping.figures.style import to_svg
from subtyping.knowledge.orthologs import orthologs
from subtyping.signature.mouse import mouse_concordance

NAMES = orthologs().query("relation == 'one_to_one' and is_usable")["human"].head(12).tolist()


def made(n: int = 12):
    effect = np.linspace(-1, 1, n)
    human = pd.DataFrame({"analyte": NAMES[:n], "log2_fc": effect, "se": 0.1, "q_value": 0.01})
    human.loc[0, "q_value"] = 0.5
    human.loc[len(human)] = ["CXCL8", 0.4, 0.1, 0.2]
    mouse = pd.DataFrame(
        {"analyte": [name.capitalize() for name in NAMES[:n]], "log2_fc": effect, "se": 0.2}
    )
    mouse.loc[1, "log2_fc"] *= -1
    return mouse_concordance(human, mouse, draws=99)


def test_every_pair_is_a_point_and_signs_have_colours():
    axes = mouse_effects(made())
    labels = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert labels == [
        "same sign, human q < 0.05 (10)",
        "same sign, the rest (1)",
        "opposite sign, human q < 0.05 (1)",
    ]
    points = [item for item in axes.collections if len(item.get_offsets()) and item.get_label()]
    assert sum(len(item.get_offsets()) for item in points if "sign" in item.get_label()) == 12


def test_what_was_not_usable_is_listed():
    text = to_svg(mouse_effects(made()))
    assert "No usable pair (1): CXCL8" in text
    assert "mouse against human" in text


def test_names_are_limited():
    assert len(mouse_effects(made(), n_labels=0).texts) == 0
    assert 0 < len(mouse_effects(made(), n_labels=4).texts) <= 4


def test_without_pairs_the_axes_say_so():
    human = pd.DataFrame({"analyte": ["CXCL8"], "log2_fc": [1.0]})
    mouse = pd.DataFrame({"analyte": ["Retnla"], "log2_fc": [1.0]})
    axes = mouse_effects(mouse_concordance(human, mouse, draws=99))
    assert [text.get_text() for text in axes.texts] == ["No pair could be compared"]


def test_same_result_same_bytes():
    assert to_svg(mouse_effects(made())) == to_svg(mouse_effects(made()))
