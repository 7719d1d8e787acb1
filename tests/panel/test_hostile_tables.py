"""Tables that would be misread in silence: each is refused with what to do."""

import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from subtyping.panel.texts import as_text

PANEL = "sample_id,IL6,TNF\ns1,1,2\ns2,3,4\ns3,5,6\n"
SAMPLES = "sample_id,dx,age\ns1,a,30\ns2,b,40\ns3,b,50\n"


def read(folder, panel=PANEL, samples=SAMPLES, **options):
    (folder / "panel.csv").write_text(panel)
    (folder / "samples.csv").write_text(samples)
    settings = {"unit": "NPX", "columns": {"sample": "sample_id", "group": "dx"}, **options}
    return read_panel(folder / "panel.csv", samples=folder / "samples.csv", **settings)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"panel": PANEL.replace("s2,3", "s2,1e308")}, "'IL6' has 1 impossible value in NPX"),
        ({"panel": PANEL.replace("s2,3", "s2,-900")}, "such as -900: no log2 value is beyond 50"),
        ({"panel": PANEL.replace("s2,3", "s2,1e13"), "unit": "pg/mL"}, "no concentration is above"),
        ({"panel": PANEL.replace("sample_id", "IL-8")}, "is named 'IL-8', an analyte"),
        ({"samples": SAMPLES.replace("age", "dx")}, "2 columns of samples.csv are named 'dx'"),
        ({"visits": "first"}, "visits: first needs to know which samples are of one person"),
        ({"where": {"dx": []}}, "where: dx needs a value or a list of values"),
        ({"where": {"dx": None}}, "got nothing"),
        ({"where": {"dx": {"a": 1}}}, "needs a value"),
        (
            {"columns": {"sample": "sample_id", "group": "dx", "subject": "sample_id"}},
            "maps both sample and subject to 'sample_id'",
        ),
        ({"lod": pd.DataFrame({"x": ["IL6"], "y": [1]})}, "The lod file has no column for analyte"),
    ],
)
def test_it_is_refused(tmp_path, options, words):
    with pytest.raises(PanelError, match=words):
        read(tmp_path, **options)


def test_a_column_that_repeats_itself_is_read_once(tmp_path):
    samples = SAMPLES.replace("age", "dx").replace(",30", ",a").replace(",40", ",b")
    panel = read(tmp_path, samples=samples.replace(",50", ",b"))
    assert panel.samples["group"].tolist() == ["a", "b", "b"]


def test_values_of_a_column_that_may_hold_names_are_not_printed(tmp_path):
    ids = [f"s{i}" for i in range(30)]
    panel = "sample_id,IL6\n" + "".join(f"{name},{i}\n" for i, name in enumerate(ids))
    samples = "sample_id,dx,person\n" + "".join(f"{name},a,Person {name}\n" for name in ids)
    with pytest.raises(PanelError, match="It holds 30 different values") as caught:
        read(tmp_path, panel, samples, where={"person": "Nobody"})
    assert "Person s1" not in str(caught.value)


def test_long_bar_codes_stay_apart():
    first, second = "90071992547409931", "90071992547409932"
    assert as_text(first) == first
    assert as_text(second) == second
    assert as_text("1.0") == "1"
