"""Turn the stored answers into the tables of ``docs/peers.md``.

``python experiments/benchmarks/peers/summarise.py DIR [--publish]``

Of every peer and input only rows of its last code count, each draw once. ``--publish`` writes the
tables between the markers of the document and keeps the rows beside this file, so that a test can
hold the one to the other.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from peer_inputs import NULL_DESIGNS, SEPARATIONS
from peer_list import HERE, PEERS

from subtyping.statistics.intervals import wilson_interval

STORED = HERE / "rows.csv.gz"
DOCUMENT = HERE.parents[2] / "docs" / "peers.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
DRAW = ["suite", "design", "cell", "fraction", "target_separation", "draw"]
OURS = ("subtyping", "own")
EASY_RATE = 0.05


@dataclass(frozen=True, eq=False)
class Line:
    """One line of the tables: a peer, an input, a rule, and the draws it was asked about."""

    title: str
    input: str
    rows: pd.DataFrame
    is_always: bool = False

    @property
    def null(self) -> pd.DataFrame:
        """Draws without a subtype."""
        return self.rows[self.rows["suite"] == "null"]

    def planted(self, separation: float | None = None) -> pd.DataFrame:
        """Draws with a subtype, of one separation or all."""
        found = self.rows[self.rows["suite"] == "planted"]
        return found if separation is None else found[found["target_separation"] == separation]


def read_rows(path: Path) -> pd.DataFrame:
    """Read the rows of the last code of every peer and input, each draw once, in order."""
    rows = pd.read_csv(path, keep_default_na=False, na_values=[""])  # a suite is called null
    pair = [rows["peer"], rows["input"]]
    rows = rows[rows["code_digest"] == rows["code_digest"].groupby(pair).transform("last")]
    rows = rows.drop_duplicates(["peer", "input", *DRAW], keep="last")
    pairs = [(peer.name, peer.input) for peer in PEERS]
    designs = [*NULL_DESIGNS, "planted"]
    order = pd.DataFrame(
        {
            "peer": [pairs.index(one) for one in zip(rows["peer"], rows["input"], strict=True)],
            "design": rows["design"].map(designs.index).to_numpy(),
            "separation": rows["target_separation"].to_numpy(),
            "draw": rows["draw"].to_numpy(),
        },
        index=rows.index,
    )
    return rows.loc[order.sort_values(list(order), kind="stable").index].reset_index(drop=True)


def lines_of(rows: pd.DataFrame) -> list[Line]:
    """List the lines; consensus clustering has two, for its users' rule and a stricter one."""
    lines = []
    for peer in PEERS:
        part = rows[(rows["peer"] == peer.name) & (rows["input"] == peer.input)]
        if part.empty:
            continue
        if peer.name == "consensus":
            usual = part.assign(claims=np.ones(len(part), dtype=bool))
            title = f"{peer.title}, lowest PAC"
            lines.append(Line(title, peer.input, usual, is_always=True))
            lines.append(Line(f"{peer.title}, PAC < .1", peer.input, part))
        else:
            is_always = peer.name == "pycaret"
            lines.append(Line(peer.title, peer.input, part, is_always=is_always))
    return lines


def share(hits: int, n: int) -> str:
    """Write a share with its Wilson 95 % interval."""
    if n == 0:
        return "–"
    low, high = wilson_interval(hits, n)
    return f"{hits / n:.3f} ({float(low):.3f} to {float(high):.3f})"


def markdown(table: pd.DataFrame) -> str:
    """Write a frame as a Markdown table."""
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|" + "---|" * len(table.columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)


def worst_design(null: pd.DataFrame) -> str:
    """Name the null design with the most false claims, with its rate."""
    if null.empty:
        return "–"
    rates = null.groupby("design", sort=False)["claims"].mean()
    hits = null.loc[null["design"] == rates.idxmax(), "claims"]
    if not hits.any():
        return f"none: {share(0, len(hits))} in each"
    return f"{rates.idxmax()}: {share(int(hits.sum()), len(hits))}"


def powers(line: Line, claims: pd.Series) -> str:
    """Write the share of claims at each separation."""
    said = []
    for separation in SEPARATIONS:
        part = claims[line.planted(separation).index]
        said.append(f"{part.mean():.2f}" if len(part) else "–")
    return " / ".join(said)


def moved_powers(line: Line, claims: pd.Series) -> str:
    """Write the power at a moved threshold, with the false rate of the worst design there."""
    null = line.null
    worst = claims[null.index].groupby(null["design"]).mean().max()
    return f"{powers(line, claims)} (worst design {worst:.2f})"


def false_rate(line: Line, ours: pd.DataFrame) -> float:
    """Return the package's pooled false rate on the null cohorts that a peer was asked about."""
    same = ours[ours["suite"] == "null"].merge(line.null[DRAW], on=DRAW)
    return float(same["claims"].mean()) if len(same) else 0.0


def claims_at(line: Line, rate: float) -> pd.Series | None:
    """Return what a peer would claim at a pooled false rate of at most `rate`.

    The threshold is moved along the peer's score until few enough of its null draws lie above it.
    None for a peer that claims whatever its score.
    """
    score = line.rows["score"].fillna(-np.inf)
    null = score[line.null.index].sort_values(ascending=False)
    if line.is_always or null.empty:
        return None
    allowed = int(np.floor(rate * len(null) + 1e-9))
    return score > null.iloc[min(allowed, len(null) - 1)]


def main_table(lines: list[Line], ours: pd.DataFrame) -> pd.DataFrame:
    """Tabulate false-subtype rate, power, assignment and seconds."""
    table = []
    for line in lines:
        planted = line.planted()
        found = planted[planted["claims"]]
        ratio = (found["ari"] / found["ari_oracle"]).dropna()
        is_ours = line.rows["peer"].iloc[0] == OURS[0]
        rates = (false_rate(line, ours), EASY_RATE)
        moved = [None if is_ours else claims_at(line, rate) for rate in rates]
        at_ours, at_easy = ("–" if one is None else moved_powers(line, one) for one in moved)
        table.append(
            {
                "peer": f"**{line.title}**" if is_ours else line.title,
                "input": line.input,
                "draws": f"{len(line.null)} + {len(planted)}",
                "false-subtype rate": share(int(line.null["claims"].sum()), len(line.null)),
                "worst design": worst_design(line.null),
                "power at D 3 / 3.5 / 4": powers(line, line.rows["claims"]),
                "at our false rate": at_ours,
                f"at a false rate of {EASY_RATE:g}": at_easy,
                "ARI over the oracle's": f"{ratio.median():.2f}" if len(ratio) else "–",
                "seconds": f"{line.rows['seconds'].median():.2g}",
            }
        )
    return pd.DataFrame(table)


def design_table(lines: list[Line]) -> pd.DataFrame:
    """Tabulate false claims over draws, null designs in columns."""
    table = []
    for line in lines:
        row = {"peer": line.title, "input": line.input}
        for design in NULL_DESIGNS:
            hits = line.null.loc[line.null["design"] == design, "claims"]
            row[design] = f"{int(hits.sum())}/{len(hits)}" if len(hits) else "–"
        table.append(row)
    return pd.DataFrame(table)


def version_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Tabulate versions and code digests, one row a peer."""
    titles = {peer.name: peer.title for peer in PEERS}
    found = rows.groupby("peer", sort=False)[["versions", "code_digest"]]
    table = found.agg(lambda one: "; ".join(sorted(set(one)))).reset_index()
    table["peer"] = table["peer"].map(titles)
    return table.rename(columns={"code_digest": "code"})


def report(rows: pd.DataFrame) -> str:
    """Write every table, with what it was made from."""
    ours = rows[(rows["peer"] == OURS[0]) & (rows["input"] == OURS[1])]
    lines = lines_of(rows)
    counts = ours["suite"].value_counts()
    failed = rows[(rows["peer"] != OURS[0]) & rows["note"].notna()]
    made_from = (
        f"Made from {len(rows)} answers about {len(ours)} cohorts "
        f"({counts.get('null', 0)} without a subtype, {counts.get('planted', 0)} with one); "
        f"{len(failed)} calls of a peer failed and count as no claim."
    )
    parts = [
        made_from,
        markdown(main_table(lines, ours)),
        "### False claims by null design",
        markdown(design_table(lines)),
        "### Versions",
        markdown(version_table(rows)),
    ]
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
    parser.add_argument("--publish", action="store_true")
    arguments = parser.parse_args()
    rows = read_rows(arguments.folder / "rows.csv")
    if not arguments.publish:
        print(report(rows))
        return
    rows.to_csv(STORED, index=False, compression={"method": "gzip", "mtime": 0})
    write_between(DOCUMENT, report(read_rows(STORED)))


if __name__ == "__main__":
    main()
