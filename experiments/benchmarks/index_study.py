"""What would the index study's own results look like under three truths?

Run ``python experiments/benchmarks/index_study.py`` from the root of the project; about four
minutes on two cores. It prints the tables of ``docs/index_study.md`` as markdown and, with
``--page docs/index_study.md``, writes them between the marks of that page. ``--draws 5`` is done in
seconds; ``--out FOLDER`` also writes every table as CSV; ``--times 8 --draws 50`` asks the same of
a study with eight times the people.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd

from subtyping._progress import progress
from subtyping.study.replications import TRUTHS, Replications, replicate_study

MARKS = "<!-- times {}: begin -->", "<!-- times {}: end -->"
SIZES = {"n_case": 25, "n_reference": 32, "n_ad": 30, "n_psoriasis": 21}
FINDINGS = {
    "n_truly_different": "analytes that truly differ 1.2-fold or more",
    "n_findings": "findings (q < .05, 1.5-fold)",
    "n_true_findings": "of these, truly different",
    "n_axis_findings": "of these, Th2",
    "n_findings_due_to_handling": "of these, mostly handling",
    "power": "power: truly different analytes found",
    "power_beyond_rule": "power where the truth exceeds 1.5-fold",
    "exaggeration": "type M: findings overstated, fold",
    "wrong_sign_frac": "type S: findings with the wrong sign",
}
CLAIMS = {
    "is_called_by_zscore": "Th2 higher, mean z",
    "is_called_by_gsva": "Th2 higher, GSVA (as the study)",
    "is_called_by_skew": "Th2 higher, skew",
    "is_called_by_skew_given_handling": "Th2 higher, skew, handling held constant",
    "is_called_like_AD": "like atopic dermatitis, plain correlation",
    "is_called_like_psoriasis": "like psoriasis, plain correlation",
    "is_nearer_AD": "more like atopic dermatitis than psoriasis, plain",
    "is_debiased_like_AD": "like atopic dermatitis, errors out",
    "is_debiased_like_psoriasis": "like psoriasis, errors out",
    "is_debiased_nearer_AD": "more like atopic dermatitis than psoriasis, errors out",
}
LIKENESS = {
    "likeness_AD": "with atopic dermatitis, plain",
    "true_likeness_AD": "true",
    "debiased_likeness_AD": "errors out, in SD",
    "true_debiased_likeness_AD": "true, in SD",
    "likeness_psoriasis": "with psoriasis, plain",
    "true_likeness_psoriasis": "true",
    "debiased_likeness_psoriasis": "errors out, in SD",
    "true_debiased_likeness_psoriasis": "true, in SD",
}
REVERSAL = {
    "naive_reversal_pct": "careless: mean % of a finding undone",
    "random_reversal_pct": "the same, random analytes clamped",
    "is_naive_reversal_full": "careless: mean at 95 % or more",
    "is_naive_best_full": "careless: a finding at 95 % or more",
    "is_naive_cleared_full": "careless: 95 % of the findings no longer meet the rule",
    "is_random_cleared_full": "the same, random analytes clamped",
    "n_published_covered": "findings with a published direction of the drug class",
    "published_reversal_pct": "% of these that it moves back",
    "is_published_reversal_full": "all of these moved back",
    "is_honest_applicable": "honest: enough findings to judge",
    "honest_reversal_pct": "honest: % of the signature, where judged",
    "is_honest_claimed": "honest: a claim beyond random sets",
    "true_axis_share_pct": "% of the findings' true difference that Th2 carries",
}


def cell(found: Replications, quantity: str) -> str:
    """Return a number with its 95 % interval."""
    rows = found.summary[found.summary["quantity"] == quantity]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    if row["n"] == 0:
        return "none"
    is_part = row["kind"] == "share" or quantity.startswith(("power", "wrong", "is_"))
    scale, digits = (100, 0) if is_part else (1, 0 if quantity.endswith("_pct") else 2)
    if is_part and quantity == "wrong_sign_frac":
        digits = 1
    value, low, high = (scale * row[name] for name in ("value", "ci_low", "ci_high"))
    unit = " %" if is_part else ""
    return f"{value:.{digits}f}{unit} ({low:.{digits}f} to {high:.{digits}f})"


def table(results: dict[str, Replications], lines: dict[str, str], title: str) -> str:
    """Return one markdown table: a line per quantity, a column per truth."""
    head = f"| {title} | {' | '.join(name.replace('_', ' ') for name in results)} |"
    rows = [head, "|---" * (1 + len(results)) + "|"]
    for quantity, said in lines.items():
        cells = [cell(found, quantity) for found in results.values()]
        if any(cells):
            rows.append(f"| {said} | {' | '.join(cells)} |")
    return "\n".join(rows)


def largest(found: Replications, n: int = 12) -> str:
    """Return what is found most often, with the truth and what a study would have said."""
    rows = found.by_analyte.sort_values(["found_frac", "analyte"], ascending=[False, True]).head(n)
    lines = [
        "| analyte | found in | true log2 | estimate when found | fold overstated |",
        "|---|---|---|---|---|",
    ]
    for row in rows.itertuples():
        name = f"{row.analyte} (handling)" if row.is_handling else row.analyte
        numbers = (row.truth_log2, row.estimate_when_found_log2, row.exaggeration)
        told = " | ".join(f"{number:.2f}" for number in numbers)
        lines.append(f"| {name} | {100 * row.found_frac:.0f} % | {told} |")
    return "\n".join(lines)


def page(results: dict[str, Replications], *, times: int) -> str:
    """Return everything that stands between the marks."""
    first = next(iter(results.values()))
    people = ", ".join(f"{times * n} {key.removeprefix('n_')}" for key, n in SIZES.items())
    parts = [f"{first.n} replications of each truth ({people}); 95 % intervals in brackets."]
    told = {
        "What is found": table(results, FINDINGS, "per study, on average"),
        "What is claimed": table(results, CLAIMS, "share of the studies that claim"),
        "How alike": table(results, LIKENESS, "mean correlation"),
        "What is called undone": table(results, REVERSAL, "no drug is given"),
    }
    if times == 1:
        said = next(iter(results)).replace("_", " ")
        told[f"What is found most often, {said}"] = largest(first)
    return "\n\n".join([*parts, *(f"**{title}**\n\n{text}" for title, text in told.items())])


def main() -> None:
    """Replicate, print, and write what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--draws", type=int, default=200)
    asked.add_argument("--times", type=int, default=1, help="so many times the people")
    asked.add_argument("--seed", type=int, default=20260117)
    asked.add_argument("--jobs", type=int, default=None)
    asked.add_argument("--out", type=Path)
    asked.add_argument("--page", type=Path)
    options = asked.parse_args()
    results: dict[str, Replications] = {}
    with progress() as shown:
        for name, truth in TRUTHS.items():
            shown.stage(name)
            sizes = {key: options.times * n for key, n in SIZES.items()}
            world = replace(truth, settings={**truth.settings, **sizes})
            results[name] = replicate_study(
                world, n=options.draws, seed=options.seed, jobs=options.jobs,
                advance=shown.counter(name, options.draws),
            )  # fmt: skip
    text = page(results, times=options.times)
    print(text)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        for name, found in results.items():
            for kind, frame in found.tables().items():
                pd.DataFrame(frame).to_csv(options.out / f"{name}_{kind}.csv", index=False)
    if options.page is not None:
        whole = options.page.read_text(encoding="utf-8")
        begin, end = (mark.format(options.times) for mark in MARKS)
        before, _, rest = whole.partition(begin)
        after = rest.partition(end)[2]
        written = f"{before}{begin}\n\n{text}\n\n{end}{after}"
        options.page.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
