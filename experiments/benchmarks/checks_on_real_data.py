"""Which checks fire on the real data sets?

Run ``SUBTYPING_SHARED=<folder> python experiments/benchmarks/checks_on_real_data.py`` from the root
of the project; half a minute. It writes a table between the markers of ``docs/checks/index.md``.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from subtyping.checks import CheckResult, check_panel
from subtyping.panel import Panel, read_panel
from subtyping.study.cohort import load_cohort
from subtyping.study.spec import load_spec

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "checks" / "index.md"
DATA = Path(os.environ.get("SUBTYPING_SHARED", ROOT.parent / "shared")) / "datasets"
MARKS = "<!-- real: begin -->", "<!-- real: end -->"
SPECS = {
    "Hannover, after COVID-19 v healthy (Olink Target 96)": "postcovid_olink.yaml",
    "Myasthenia gravis v control (Luminex)": "mg_luminex.yaml",
    "NHANES, depressed v not (CRP and counts)": "nhanes_crp.yaml",
}
Judged = tuple[str, Panel, tuple[CheckResult, ...]]


def from_specs() -> Iterator[Judged]:
    """Judge the cohorts that have an experiment."""
    for name, file in SPECS.items():
        cohort = load_cohort(load_spec(ROOT / "experiments" / file), DATA)
        groups = {"case": cohort.case, "reference": cohort.reference}
        yield name, cohort.panel, check_panel(cohort.panel, **groups, columns=cohort.columns)


def covid() -> Iterator[Judged]:
    """Judge the two hospital cohorts; the sample of a batch is an id of its own."""
    folder = DATA / "covid_olink_inflammation_3cohorts"
    every = pd.read_csv(folder / "samples.csv").drop_duplicates(["Cohort", "SampleID"])
    roles = {"sample": "id", "subject": "subject_id", "group": "condition", "visit": "timepoint"}
    roles |= {"batch": "panel:PlateID", "age": "age", "sex": "sex"}
    table = pd.read_parquet(folder / "inflammation_long.parquet")
    for cohort in ("Breda", "Nijmegen"):
        rows = table[table["Cohort"] == cohort]
        rows = rows.assign(id=rows["SampleID"] + " @" + rows["Batch"])
        ids = rows[["id", "SampleID"]].drop_duplicates()
        samples = ids.merge(every[every["Cohort"] == cohort], on="SampleID", how="left")
        with TemporaryDirectory() as scratch:
            path = Path(scratch) / f"{cohort}.parquet"
            rows.drop(columns="SampleID").rename(columns={"id": "SampleID"}).to_parquet(path)
            panel = read_panel(
                path,
                format="olink_long",
                samples=samples.drop(columns="SampleID"),
                columns=roles,
                duplicates="first",
                visits="all",
            )
        groups = {"case": ["COVID_ICU"], "reference": ["COVID_nonICU"]}
        name = f"{cohort}, intensive care v ward (Olink Target 96)"
        yield name, panel, check_panel(panel, **groups, columns=roles)


def dialysis() -> Iterator[Judged]:
    """Judge the dialysis patients."""
    folder = DATA / "esrd_covid_olink_serum"
    roles = {"sample": "SampleID", "analyte": "GeneID", "value": "NPX", "sex": "Sex", "age": "Age"}
    roles |= {"subject": "Individual_ID", "group": "Case_Control", "batch": "Plate_ID"}
    panel = read_panel(
        folder / "serum_npx_long.csv.gz",
        format="long",
        unit="NPX",
        samples=folder / "serum_samples.csv",
        columns=roles,
        duplicates="mean",
        visits="all",
    )
    groups = {"case": ["POSITIVE"], "reference": ["NEGATIVE"]}
    yield "Dialysis, COVID-19 v none (Olink, 436 proteins)", panel, check_panel(panel, **groups)


def pertussis() -> Iterator[Judged]:
    """Judge the vaccination cohorts, each part in its own unit."""
    path = DATA / "cmipb_pertussis_th1_th2" / "plasma_olink_wide.csv"
    roles = {"sample": "specimen_id", "subject": "subject_id", "group": "infancy_vac"}
    roles |= {"batch": "cohort_year", "sex": "biological_sex", "age": "age_at_boost"}
    roles |= {"visit": "planned_day_relative_to_boost"}
    names = pd.read_csv(path, nrows=1).columns
    for years, unit in (([2020], "NPX"), ([2021, 2022, 2023], "pg/mL")):
        panel = read_panel(
            path,
            samples="same",
            unit=unit,
            analytes=list(names[names.get_loc("IL6") :]),
            columns=roles,
            where={"cohort_year": years},
            visits="all",
        )
        name = (
            f"CMI-PB {years[0]}{'–' + str(years[-1]) if len(years) > 1 else ''}, wP v aP ({unit})"
        )
        yield name, panel, check_panel(panel, case=["wP"], reference=["aP"], columns=roles)


def main() -> None:
    """Write the table."""
    lines = ["| data | samples × analytes | issues | tips |", "|---|---|---|---|"]
    for source in (from_specs, covid, dialysis, pertussis):
        for name, panel, results in source():
            n, p = panel.values.shape
            issues, tips = (
                ", ".join(r.code for r in results if r.is_firing and r.severity == severity)
                for severity in ("issue", "tip")
            )
            lines.append(f"| {name} | {n:,} × {p} | {issues or '–'} | {tips or '–'} |")
            for item in results:
                if item.is_firing:
                    print(f"{name}: {item.code} {item.sentence}")
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(MARKS[0])
    _, tail = rest.split(MARKS[1])
    body = "\n".join([MARKS[0], *lines, MARKS[1]])
    PAGE.write_text(f"{head}{body}{tail}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
