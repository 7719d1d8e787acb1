"""The signature of a study: what is asked in the specification arrives in the tables."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.study.run import run_study
from subtyping.study.spec import spec_from

SMALL = {"bootstrap": 20, "draws": 19}


def document(signature, **simulate):
    people = {"n_case": 40, "n_reference": 40, "n_ad": 30, "n_psoriasis": 25, "n_analytes": 92}
    return {
        "seed": 3,
        "cohort": {"simulate": {"design": "index_study", **people, **simulate}},
        "signature": signature,
        "discovery": {
            "axis": "Th2", "bootstrap": 19, "resamples": 20, "twin_draws": 0, "candidates": [],
        },
        "criteria": {"resamples": 20},
    }  # fmt: skip


def tables_of(folder):
    return {path.stem: pd.read_csv(path) for path in (folder / "tables").glob("*.csv")}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the tables and the result of a study that asks for every part."""
    folder = tmp_path_factory.mktemp("signature") / "run"
    spec = spec_from(
        document(
            {
                "trend": True,
                "contrasts": {"AD vs psoriasis": {"case": ["AD"], "reference": ["psoriasis"]}},
                "families": {"Th2": ["CCL17", "eotaxin-1", "CCL13"]},
                "scores": ["gsva", "plage"],
                "likeness": {"bootstrap": 40, "permutations": 39},
                "reversal": {
                    **SMALL,
                    "drugs": ["Dupilumab", "secukinumab"],
                    "pathways": ["IL-4/IL-13", "TNF"],
                    "observed": {"nothing": {"before": {"sex": ["female"], "group": ["MDD"]},
                                             "after": {"sex": ["male"], "group": ["MDD"]}}},
                },
                "mouse": {"simulate": {"n_susceptible": 12}, "draws": 99},
            }
        )
    )  # fmt: skip
    return tables_of(folder), run_study(spec, out=folder, jobs=1, track=False), folder


def test_every_part_has_its_table_and_its_sentence(finished) -> None:
    tables, result, _ = finished
    wanted = {
        *("similarity", "reversal", "set_scores", "set_score_contrasts", "axis_profile"),
        *("projection", "reversal_verdicts", "blockade_curve", "mouse_pairs", "mouse_concordance"),
    }
    assert not wanted - set(tables_of(finished[2]))
    told = dict(result.signature.sentences())
    assert set(told) == {
        *("Scores of the axes", "Likeness of diseases", "Reversal by published effects"),
        *("Reversal by a measured treatment", "Reversal by pathway blockade", "Mouse and human"),
    }
    assert "hypothesis, not a prediction of response" in told["Reversal by published effects"]
    assert "Conditional expectation, not an intervention" in told["Reversal by pathway blockade"]
    assert tables == {}  # read before the run


def test_contrasts_and_families_arrive(finished) -> None:
    table = tables_of(finished[2])["differential"]
    assert table["contrast"].unique().tolist() == [
        *("MDD vs HC", "AD vs HC", "psoriasis vs HC", "AD vs psoriasis"),
    ]
    th2 = table.loc[table["family"] == "Th2", "analyte"].unique()
    assert sorted(th2) == ["CCL11", "CCL13", "CCL17"]


def test_scores_stand_side_by_side(finished) -> None:
    tables = tables_of(finished[2])
    scores = tables["set_scores"]
    assert scores["method"].unique().tolist() == ["z", "gsva", "plage"]
    z = scores[scores["method"] == "z"].set_index("sample_id")["Th2"]
    own = tables["axis_scores"].set_index("sample_id")["Th2_score"]
    np.testing.assert_allclose(z, own.loc[z.index], rtol=1e-9)


def test_reversal_names_its_models_and_covers_what_it_says(finished) -> None:
    table = tables_of(finished[2])["reversal"]
    assert set(table["drug"]) == {"dupilumab", "secukinumab", "nothing", "IL-4/IL-13", "TNF"}
    secukinumab = table[table["drug"] == "secukinumab"]
    assert secukinumab["value"].isna().all()
    assert (secukinumab["n_covered"] == 0).all()


def test_headline_numbers_hold_likeness_and_reversal(finished) -> None:
    metrics = finished[1].metrics.set_index("name")
    table = tables_of(finished[2])["reversal"]
    table = table[table["metric"].isin(["percent_normalised", "improvement_pct"])]
    table = table[(table["handling"] != "without") & table["value"].notna()]
    assert len(table)
    for row in table.itertuples():
        model = "published_unadjusted" if row.model == "published" else row.model
        value = metrics.loc[f"{model}_{row.drug}_{row.metric}", "value"]
        assert value == pytest.approx(row.value)
    similar = tables_of(finished[2])["similarity"].set_index(["measure", "comparison"])["value"]
    assert metrics.loc["likeness_AD", "value"] == pytest.approx(
        similar["signature_correlation", "AD"]
    )


def test_the_brief_says_it_is_a_hypothesis(finished) -> None:
    page = (finished[2] / "brief.html").read_text(encoding="utf-8")
    assert "Whom the signature resembles, and what would undo it" in page
    assert "Hypothesis, not prediction of response." in page
    assert "Not scored: " in page


def test_an_aliased_study_has_reasons_and_no_comparison(tmp_path) -> None:
    ids = [f"s{i}" for i in range(60)]
    rng = np.random.default_rng(1)
    names = ["CCL11", "CCL13", "CCL17", *(f"P{i}" for i in range(12))]
    frame = pd.DataFrame(rng.normal(5, 1, (60, 15)), index=ids, columns=names)
    frame.to_csv(tmp_path / "panel.csv", index_label="sample_id")
    samples = pd.DataFrame({"sample_id": ids, "dx": ["MDD"] * 30 + ["HC"] * 30, "plate": "A"})
    samples.loc[30:, "plate"] = "B"
    samples.to_csv(tmp_path / "samples.csv", index=False)
    spec = document({"reversal": SMALL})
    spec["cohort"] = {
        "panel": "panel.csv", "samples": "samples.csv", "unit": "NPX", "format": "wide",
        "columns": {"sample": "sample_id", "group": "dx", "batch": "plate"},
        "groups": {"case": ["MDD"], "reference": ["HC"]},
    }  # fmt: skip
    result = run_study(spec_from(spec), out=tmp_path / "run", data=tmp_path, jobs=1, track=False)
    assert result.verdict.kind == "blocked"
    assert result.signature.published is None
    assert result.signature.set_score_comparison is None
    assert result.signature.reasons["Reversal by pathway blockade"].startswith("Not computed: ")
    assert "reversal" not in tables_of(tmp_path / "run")


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ({"reversal": {"drugs": ["dupilumap"]}}, "Did you mean 'dupilumab'"),
        ({"reversal": {"pathways": ["IL4"]}}, "there is no pathway 'IL4'"),
        ({"families": {"a": ["CCL17", "TARC"]}}, "'CCL17' and 'TARC' are one analyte"),
        ({"families": {"a": ["nothing"]}}, "'nothing' is no analyte of the panel"),
        ({"contrasts": {"x": {"case": ["BD"], "reference": ["HC"]}}}, "needs at least two case"),
        ({"mouse": {"table": "mice.csv"}}, "signature.mouse.table: there is no file"),
        ({"replications": -1}, "at least 0"),
    ],
)
def test_what_does_not_fit_is_said_before_the_first_computation(tmp_path, signature, message):
    with pytest.raises(InputError, match=message):
        run_study(spec_from(document(signature)), out=tmp_path / "run", jobs=1, track=False)


def test_replications_need_a_simulated_cohort(tmp_path) -> None:
    spec = document({"replications": 2, "reversal": {"enabled": False}}, n_ad=0, n_psoriasis=0)
    spec["prediction"] = {"enabled": False}
    result = run_study(spec_from(spec), out=tmp_path / "run", jobs=1, track=False)
    assert result.replications.n == 2
    assert "replications_summary" in tables_of(tmp_path / "run")
    spec["cohort"] = {
        "panel": "p.csv", "samples": "s.csv", "unit": "NPX", "format": "wide",
        "columns": {"sample": "a", "group": "b"}, "groups": {"case": ["x"], "reference": ["y"]},
    }  # fmt: skip
    with pytest.raises(InputError, match="replications"):
        spec_from(spec)
