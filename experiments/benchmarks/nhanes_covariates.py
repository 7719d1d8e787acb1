"""How much of the association of depression with CRP is left once BMI is held fixed: NHANES.

Run ``python experiments/benchmarks/nhanes_covariates.py --data DIR`` from the root of the project,
DIR the folder of the data sets; a minute on one core. The tables go into ``docs/covariates.md``
between its markers.

PHQ-9 and hsCRP of adults of the NHANES 2017-2018 survey (public domain, CDC/NCHS). The first
tables count every person alike. The last counts each with the survey's weight and takes the
interval from a jackknife over its sampling units, as a check on the first.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from subtyping.signature.adjusted_association import covariate_columns
from subtyping.signature.covariate_sensitivity import covariate_sensitivity
from subtyping.statistics.partial_correlation import partial_correlation

FILE = Path("nhanes_2017_phq9_crp_cbc/nhanes_2017_2018_phq9_hscrp_cbc.csv")
DOCUMENT = Path("docs/covariates.md")
COVARIATES = {
    "age": "age",
    "sex": "sex",
    "bmi": "bmi",
    "race_eth": "race and ethnicity",
    "poverty_income_ratio": "income",
}
VALUES = {
    "hsCRP": "hsCRP_mgL",
    "neutrophils": "neut_n",
    "monocytes": "mono_n",
    "eosinophils": "eos_n",
}
NAMES = {"outcome": "PHQ-9", "bmi": "BMI", "race_eth": "race", "poverty_income_ratio": "income"}
DEPRESSED, LOW = 10, 5


def read(folder: Path) -> pd.DataFrame:
    """Return the people of the survey; race is a code, so it becomes levels."""
    people = pd.read_csv(folder / FILE)
    race = people["race_eth"]
    return people.assign(race_eth=race.astype("Int64").astype(object).where(race.notna(), None))


def log2(counts: pd.Series) -> pd.Series:
    """Return binary logarithms; a count of 0 stands at half of the lowest."""
    lowest = counts[counts > 0].min()
    return np.log2(counts.mask(counts == 0, lowest / 2))


def groups(people: pd.DataFrame) -> pd.Series:
    """Return 1 for a PHQ-9 of 10 and more, 0 below 5, nothing between."""
    phq9 = people["PHQ9_total"]
    band = np.select([phq9 >= DEPRESSED, phq9 < LOW], [1.0, 0.0], default=np.nan)
    return pd.Series(band).where(phq9.notna())


def sensitivity(
    people: pd.DataFrame, covariates: list[str], values: dict[str, str]
) -> pd.DataFrame:
    """Return the covariate sensitivity of log2 values with PHQ-9."""
    frame = pd.DataFrame({name: log2(people[column]) for name, column in values.items()})
    found = covariate_sensitivity(
        frame, people["PHQ9_total"], people[covariates], group=groups(people), names=NAMES
    )
    print(found.sentence, *found.notes, sep="\n")
    return found.table


def _interval(row: object, name: str, digits: int = 3) -> str:
    numbers = [getattr(row, f"{name}{end}") for end in ("", "_ci_low", "_ci_high")]
    value, low, high = (f"{number:.{digits}f}" for number in numbers)
    return f"{value} ({low} to {high})"


def as_markdown(table: pd.DataFrame, *, with_value: bool) -> str:
    """Return a sensitivity table as Markdown."""
    head = [
        "adjusted for",
        "n",
        "rho (95 % interval)",
        "left",
        "SD difference (95 % interval)",
        "left",
    ]
    head = ["value", *head] if with_value else head
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in table.itertuples(index=False):
        label = {**COVARIATES, "bmi": "BMI"}.get(row.adjustment, row.adjustment)
        if label.startswith("all but "):
            name = label.removeprefix("all but ")
            label = f"all but {'BMI' if name == 'bmi' else COVARIATES[name]}"
        cells = [
            "nothing" if row.kind == "crude" else label,
            f"{row.n:,}",
            _interval(row, "rho"),
            _share(row.share_left_frac),
            _interval(row, "std_difference", 2),
            _share(row.std_difference_share_left_frac),
        ]
        lines.append("| " + " | ".join([row.value, *cells] if with_value else cells) + " |")
    return "\n".join(lines)


def _share(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0%}"


def jackknife(people: pd.DataFrame, covariates: list[str]) -> tuple[float, float, float, int]:
    """Return the weighted partial Spearman and its interval over the survey's sampling units."""
    columns = covariate_columns(people[covariates])[0] if covariates else {}
    C = np.column_stack([np.empty((len(people), 0)), *columns.values()])
    phq9, crp = people["PHQ9_total"].to_numpy(), people["hsCRP_mgL"].to_numpy()
    w = people["mec_weight"].to_numpy(dtype=float)

    def rho(weights: np.ndarray) -> float:
        return partial_correlation(crp, phq9, C, weights=weights).estimate

    whole = rho(w)
    variance, n_units = 0.0, 0
    for _, stratum in people.groupby("stratum"):
        units = stratum["psu"].unique()
        n_units += len(units)
        inside = people["stratum"].eq(stratum["stratum"].iloc[0]).to_numpy()
        for unit in units:
            gone = inside & people["psu"].eq(unit).to_numpy()
            grown = np.where(inside, w * len(units) / (len(units) - 1), w)
            left = rho(np.where(gone, 0.0, grown))
            variance += (len(units) - 1) / len(units) * (left - whole) ** 2
    freedom = n_units - people["stratum"].nunique()
    reach = float(stats.t.ppf(0.975, freedom)) * np.sqrt(variance)
    known = np.isfinite(np.column_stack([phq9, crp, C])).all(axis=1) & (w > 0)
    return whole, whole - reach, whole + reach, int(known.sum())


def classes_sentence(people: pd.DataFrame) -> str:
    """Say what is left with BMI and age in ten classes each instead of in ranks."""
    classes = pd.DataFrame(
        {
            name: pd.qcut(people[name], 10, labels=False).map(
                "class {:.0f}".format, na_action="ignore"
            )
            for name in ("bmi", "age")
        }
    )
    C = np.column_stack(list(covariate_columns(classes.assign(sex=people["sex"]))[0].values()))
    found = partial_correlation(people["hsCRP_mgL"], people["PHQ9_total"], C)
    return (
        f"With BMI and age in ten classes each (and sex) instead of in ranks rho is "
        f"{found.estimate:.3f} ({found.ci_low:.3f} to {found.ci_high:.3f}), n {found.n:,}."
    )


def weighted_table(people: pd.DataFrame) -> str:
    """Return the weighted check as Markdown."""
    rows = {"nothing": [], "BMI": ["bmi"], "age, sex, BMI": ["age", "sex", "bmi"]}
    rows["all"] = list(COVARIATES)
    lines = ["| adjusted for | n | weighted rho (95 % interval, jackknife) |", "|---|---|---|"]
    for label, covariates in rows.items():
        rho, low, high, n = jackknife(people, covariates)
        lines.append(f"| {label} | {n:,} | {rho:.3f} ({low:.3f} to {high:.3f}) |")
    return "\n".join(lines)


def main() -> None:
    """Write the tables into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    people = read(parser.parse_args().data)
    crp = {"hsCRP": VALUES["hsCRP"]}
    three = sensitivity(people, ["age", "sex", "bmi"], crp)
    five = sensitivity(people, list(COVARIATES), crp)
    cells = sensitivity(people, ["age", "sex", "bmi"], VALUES)
    cells = cells[cells["kind"].isin(["crude", "all"]) | (cells["adjustment"] == "bmi")]
    text = "\n\n".join(
        [
            "hsCRP and PHQ-9; every person counts alike:",
            as_markdown(three, with_value=False),
            classes_sentence(people),
            "With race and ethnicity and the ratio of family income to poverty as well:",
            as_markdown(five[five["kind"] != "single"], with_value=False),
            "Blood counts beside it (all: age, sex, BMI):",
            as_markdown(cells, with_value=True),
            "hsCRP and PHQ-9 with the weights of the survey:",
            weighted_table(people),
        ]
    )
    begin, end = "<!-- nhanes: begin -->", "<!-- nhanes: end -->"
    head, rest = DOCUMENT.read_text(encoding="utf-8").split(begin)
    tail = rest.split(end)[1]
    DOCUMENT.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
