"""Turn stored draws into the tables of ``docs/error_rates.md``.

``python experiments/benchmarks/known_answer/summarise.py DIR [--publish]``

Only rows of one code digest count: that of the last row, unless ``--digest`` names another.
``--publish`` writes the tables into the document and keeps the rows beside this file, so that a
test can hold the one to the other.
"""

import argparse
from pathlib import Path

import pandas as pd

from subtyping.cohorts import ATTRIBUTION_SUITE, CELLS, NULL_SUITE, PLANTED_SUITE
from subtyping.statistics.intervals import wilson_interval

HERE = Path(__file__).resolve().parent
STORED = HERE / "rows.csv.gz"
DOCUMENT = HERE.parents[2] / "docs" / "error_rates.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
GROUP = ["suite", "design", "cell"]
NOMINAL_LEVEL, LARGEST_RATE, LARGEST_LOWER_LIMIT = 0.03, 0.07, 0.05


def read_rows(path: Path, digest: str | None = None) -> pd.DataFrame:
    """Read the rows of one code digest, each draw once."""
    rows = pd.read_csv(path, keep_default_na=False, na_values=[""])  # a suite is called null
    wanted = digest or str(rows["code_digest"].iloc[-1])
    rows = rows[rows["code_digest"] == wanted]
    keys = [*GROUP, "fraction", "target_separation", "draw"]
    return in_order(rows.drop_duplicates(keys))


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort draws as the suites list their designs and cells, the centre of every design first."""
    designs = list(dict.fromkeys([*NULL_SUITE, *ATTRIBUTION_SUITE, *PLANTED_SUITE]))
    rank = pd.DataFrame(
        {
            "cell": rows["cell"].map(list(CELLS).index),
            "design": rows["design"].map(designs.index),
            "fraction": rows["fraction"],
            "separation": rows["target_separation"],
            "draw": rows["draw"],
        }
    )
    is_away = rank["cell"] > 0
    rank.insert(0, "is_away", is_away)
    keys = ["is_away", "design", "cell", "fraction", "separation", "draw"]
    return rows.loc[rank.sort_values(keys, kind="stable").index].reset_index(drop=True)


def rate(hits: int, n: int) -> str:
    """Write a share with its Wilson 95 % interval."""
    if n == 0:
        return "–"
    low, high = wilson_interval(hits, n)
    return f"{hits / n:.3f} ({float(low):.3f} to {float(high):.3f})"


def markdown(table: pd.DataFrame) -> str:
    """Write a frame as a Markdown table."""
    lines = ["| " + " | ".join(map(str, table.columns)) + " |"]
    lines.append("|" + "---|" * len(table.columns))
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)


def keeps_target(hits: int, n: int) -> bool:
    """Whether a cell keeps the targets: point at most .07, lower limit at most .05."""
    low, _ = wilson_interval(hits, n)
    return hits / n <= LARGEST_RATE and float(low) <= LARGEST_LOWER_LIMIT


def null_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the false-discrete rate of each null design and cell."""
    table = []
    null = rows[rows["suite"] == "null"]
    for (_, design, cell), part in null.groupby(GROUP, sort=False):
        hits, n = int((part["kind"] == "discrete").sum()), len(part)
        kinds = part["kind"].value_counts()
        table.append(
            {
                "design": design,
                "cell": cell,
                "draws": n,
                "called discrete": rate(hits, n),
                "keeps the target": "yes" if keeps_target(hits, n) else "**no**",
                f"p at most {NOMINAL_LEVEL}": f"{part['is_rejected'].mean():.3f}",
                "kinds": ", ".join(f"{kind} {count}" for kind, count in kinds.items()),
                "seconds": f"{part['seconds'].median():.2f}",
            }
        )
    return pd.DataFrame(table)


def pooled(rows: pd.DataFrame) -> str:
    """State the pooled false-discrete rate, centre and all cells."""
    null = rows[rows["suite"] == "null"]
    said = []
    for name, part in (("at the centre", null[null["cell"] == "centre"]), ("all cells", null)):
        hits = int((part["kind"] == "discrete").sum())
        said.append(f"{name} {rate(hits, len(part))} of {len(part)} draws")
    return f"Pooled false-discrete rate: {'; '.join(said)}."


def is_named(part: pd.DataFrame) -> pd.Series:
    """Whether the sentence names the cause, or says that the group is not specific to cases."""
    return part["names_cause"].eq(True) | part["says_not_specific"].eq(True)  # noqa: FBT003


def cause_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Tabulate how often the cause of a group is named."""
    with_cause = rows[
        (rows["suite"] == "attribution")
        | (rows["design"].isin(["handling_habit", "lab_shift", "lab_shift_members"]))
    ]
    table = []
    for (_, design, cell), part in with_cause.groupby(GROUP, sort=False):
        seen = part[part["is_rejected"]]
        table.append(
            {
                "design": design,
                "cell": cell,
                "draws": len(part),
                "effective D": f"{part['effective_separation'].mean():.2f}",
                "called discrete": rate(int((part["kind"] == "discrete").sum()), len(part)),
                "group seen": f"{len(seen)}",
                "named, of all": rate(int(is_named(part).sum()), len(part)),
                "named, of seen": rate(int(is_named(seen).sum()), len(seen)),
            }
        )
    return pd.DataFrame(table)


def power_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the power by fraction (rows) and effective separation aimed at (columns)."""
    table = []
    planted = rows[rows["suite"] == "planted"]
    for (cell, fraction), part in planted.groupby(["cell", "fraction"], sort=False):
        row = {"cell": cell, "fraction": fraction}
        for aim, drawn in part.groupby("target_separation"):
            hits = int((drawn["kind"] == "discrete").sum())
            row[f"D {aim:g}"] = f"{hits / len(drawn):.2f} ({hits}/{len(drawn)})"
        table.append(row)
    return pd.DataFrame(table).fillna("–")


def assignment_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Tabulate effective separation, assignment against the oracle, and coverage."""
    table = []
    planted = rows[rows["suite"] == "planted"]
    groups = planted.groupby(["cell", "fraction", "target_separation"], sort=False)
    for (cell, fraction, aim), part in groups:
        found = part[part["kind"] == "discrete"]
        ratio = part["ari_model"] / part["ari_oracle"]
        covered = found["covers_population"].dropna().astype(bool)
        sample = found["covers_sample"].dropna().astype(bool)
        table.append(
            {
                "cell": cell,
                "fraction": fraction,
                "D aimed at": f"{aim:g}",
                "effective D, mean (SD)": f"{part['effective_separation'].mean():.2f} "
                f"({part['effective_separation'].std():.2f})",
                "nominal D": f"{part['nominal_separation'].mean():.2f}",
                "ARI": f"{part['ari_model'].median():.2f}",
                "ARI of the oracle": f"{part['ari_oracle'].median():.2f}",
                "median ratio": f"{ratio.median():.2f}",
                "median ratio, discrete": f"{ratio[found.index].median():.2f}"
                if len(found)
                else "–",
                "interval covers the population": rate(int(covered.sum()), len(covered)),
                "covers the sample": rate(int(sample.sum()), len(sample)),
            }
        )
    return pd.DataFrame(table)


def report(rows: pd.DataFrame) -> str:
    """Write every table, with what it was made from."""
    counts = rows["suite"].value_counts()
    drawn = ", ".join(f"{suite} {count}" for suite, count in counts.items())
    parts = [f"Made from {len(rows)} draws ({drawn}), code `{rows['code_digest'].iloc[0]}`."]
    seconds = rows["seconds"]
    parts.append(
        f"Seconds of one verdict: median {seconds.median():.2f}, 95 % below "
        f"{seconds.quantile(0.95):.2f}."
    )
    if (rows["suite"] == "null").any():
        parts += ["### Null suite", markdown(null_table(rows)), pooled(rows)]
    if not (causes := cause_table(rows)).empty:
        parts += ["### Causes that are named", markdown(causes)]
    if (rows["suite"] == "planted").any():
        parts += ["### Power", markdown(power_table(rows))]
        parts += ["### Assignment and prevalence", markdown(assignment_table(rows))]
    return "\n\n".join(parts)


def write_between(path: Path, text: str) -> None:
    """Put the tables between the markers of a document."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Print the tables, or publish them with their rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--digest")
    parser.add_argument("--publish", action="store_true")
    arguments = parser.parse_args()
    rows = read_rows(arguments.folder / "rows.csv", arguments.digest)
    if not arguments.publish:
        print(report(rows))
        return
    rows.to_csv(STORED, index=False, compression={"method": "gzip", "mtime": 0})
    write_between(DOCUMENT, report(read_rows(STORED)))


if __name__ == "__main__":
    main()
