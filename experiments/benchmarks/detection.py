"""How analytes below detection are best compared: error rate, power, bias and coverage.

Run ``python experiments/benchmarks/detection.py`` from the root of the project; a few minutes on
one core. The tables go into ``docs/detection.md`` between its markers.

A normal analyte (log2, SD 1 in each group) is measured in cases and reference people. The limit is
set so that the stated share of the *pooled* people is detected. Methods see the detected values and
the limit. "Number kept" also sees a number below the limit, in two versions: the true value with
noise of SD 1, and noise alone, as from an instrument that measures its own background there.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, stats

from subtyping._random import stream
from subtyping.signature.imputed import impute_and_test
from subtyping.statistics.detection_rate import compare_detection
from subtyping.statistics.imputation import imputation_model
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.ros import regression_on_order_statistics
from subtyping.statistics.rubin import pool_imputations
from subtyping.statistics.tobit import tobit
from subtyping.statistics.truncated_normal import fit_censored_normal, mean_below

SEED = 20260117
DRAWS = 1000
IMPUTATIONS = 20
LEVEL = 0.05
SIZES = ((60, 60), (150, 120))
DETECTED = (0.05, 0.20, 0.50, 0.80)
DIFFERENCES = (0.0, 0.5)
SHORT = (
    "t, LOD/√2",
    "imputed given the group",
    "Tobit, ten or more detected",
    "detection rate, Fisher",
)
"""Methods of the additional tables."""

DOCUMENT = Path("docs/detection.md")

Result = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


SHAPES = {
    "normal": stats.norm(),
    "skewed": stats.gamma(4, loc=-2, scale=0.5),
    "heavy-tailed": stats.t(5, scale=np.sqrt(3 / 5)),
}
"""Laws of the people of one group: mean 0, SD 1."""


def limit_for(
    share: float, n_case: int, n_reference: int, difference: float, shape: str = "normal"
) -> float:
    """Return the limit above which this share of the pooled people lies."""
    weight, law = n_case / (n_case + n_reference), SHAPES[shape]

    def excess(limit: float) -> float:
        above = weight * law.sf(limit - difference) + (1 - weight) * law.sf(limit)
        return float(above) - share

    return float(optimize.brentq(excess, -10, 10))


def least_squares(Y: np.ndarray, design: np.ndarray) -> Result:
    """Return estimate, p-value and interval of the last column, analyte by analyte."""
    parts = [moderated_t(Y[:, [j]], design, np.eye(design.shape[1])[-1]) for j in range(Y.shape[1])]
    low, high = (np.array([p.interval()[i][0, 0] for p in parts]) for i in range(2))
    estimate = np.array([p.coefficient[0, 0] for p in parts])
    return estimate, np.array([p.p_value[0, 0] for p in parts]), low, high


def pooled_normal(Y: np.ndarray, below: np.ndarray, design: np.ndarray) -> Result:
    """Impute from one normal for everybody, without regard to the group, and pool."""
    model = imputation_model(Y, below, np.ones((len(Y), 1)))
    aim = np.eye(design.shape[1])[-1]
    fits = [
        moderated_t(model.draw(stream(SEED, "pooled", k)), design, aim) for k in range(IMPUTATIONS)
    ]
    pooled = pool_imputations(
        [f.coefficient[:, 0] for f in fits],
        [f.standard_error[:, 0] ** 2 for f in fits],
        fits[0].df_total,
    )
    return pooled.estimate, pooled.p_value, pooled.ci_low, pooled.ci_high


def methods(
    latent: np.ndarray, noise: np.ndarray, limit: float, design: np.ndarray
) -> dict[str, Result]:
    """Return what each method says of every analyte."""
    below = latent < limit
    Y = np.where(below, limit, latent)
    is_case = design[:, -1] == 1
    found: dict[str, Result] = {}
    found["t, LOD/√2"] = least_squares(np.where(below, limit - 0.5, latent), design)
    kept = np.where(below, np.minimum(latent + noise, limit), latent)
    found["t, number kept, value + noise"] = least_squares(kept, design)
    kept = np.where(below, limit - np.abs(noise), latent)
    found["t, number kept, noise alone"] = least_squares(kept, design)
    ros = regression_on_order_statistics(Y, below)
    found["t, ROS (all together)"] = least_squares(shuffled(ros.filled, below), design)
    fit = fit_censored_normal(Y, below)
    mean = mean_below(limit, fit.mean, fit.sd)
    found["t, conditional mean (all together)"] = least_squares(np.where(below, mean, Y), design)
    found["imputed, all together"] = pooled_normal(Y, below, design)
    imputed, usable = impute_and_test(
        Y, below, design, imputations=IMPUTATIONS, seed=SEED, purpose="benchmark"
    )
    by_group = imputed.estimate, imputed.p_value, imputed.ci_low, imputed.ci_high
    found["imputed given the group"] = tuple(np.where(usable, part, np.nan) for part in by_group)
    regression = tobit(Y, below, design)
    enough = regression.n_detected >= 10
    told = np.where(np.isfinite(regression.coefficient), regression.coefficient, np.nan)
    censored = told, regression.p_value, regression.ci_low, regression.ci_high
    found["Tobit, ten or more detected"] = tuple(
        np.where(enough, part, np.nan) for part in censored
    )
    found["Tobit, however few"] = censored
    rates = compare_detection(~below, is_case)
    blank = np.full(len(rates.p_value), np.nan)
    found["detection rate, Fisher"] = (blank, rates.p_value, blank, blank)
    found["detection rate, mid-p"] = (blank, rates.mid_p_value, blank, blank)
    return found


def shuffled(filled: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Hand the filled values of each analyte out in random order: which is whose is unknown."""
    result = filled.copy()
    for j in range(filled.shape[1]):
        rows = below[:, j]
        result[rows, j] = stream(SEED, "order", j).permutation(filled[rows, j])
    return result


def one_cell(
    n_case: int, n_reference: int, share: float, *, covariates: int = 0, shape: str = "normal"
) -> pd.DataFrame:
    """Return one row for each method: error rate and coverage without, power, bias with effect."""
    design_rng = stream(SEED, "design", n_case, covariates)
    n = n_case + n_reference
    nuisance = [np.ones(n), *design_rng.standard_normal((covariates, n))]
    design = np.column_stack([*nuisance, np.repeat([1.0, 0.0], [n_case, n_reference])])
    rows: dict[str, dict[str, float]] = {}
    for difference in DIFFERENCES:
        rng = stream(SEED, "people", n_case, str(share), str(difference), covariates)
        uniform = rng.random((n, DRAWS))
        latent = SHAPES[shape].ppf(uniform) + difference * design[:, [-1]]
        noise = rng.standard_normal((n, DRAWS))
        limit = limit_for(share, n_case, n_reference, difference, shape)
        for name, (estimate, p, low, high) in methods(latent, noise, limit, design).items():
            row = rows.setdefault(name, {})
            tested = np.isfinite(p)
            enough = tested.mean() >= 0.5
            kind = "power" if difference else "type-I error"
            row[kind] = float((p[tested] < LEVEL).mean()) if enough else np.nan
            if not difference:
                row["tested"] = float(tested.mean())
            elif enough and np.isfinite(estimate).any():
                row["bias"] = float(np.nanmean(estimate) - difference)
                row["coverage"] = float(((low <= difference) & (difference <= high))[tested].mean())
    table = pd.DataFrame(rows).T.rename_axis("method").reset_index()
    table.insert(0, "n", f"{n_case}+{n_reference}")
    table.insert(1, "detected", f"{share:.0%}")
    return table[["n", "detected", "method", "tested", "type-I error", "power", "bias", "coverage"]]


def as_markdown(table: pd.DataFrame) -> str:
    """Return the table as Markdown; what does not apply is blank."""
    lines = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    for row in table.itertuples(index=False):
        cells = [
            cell if isinstance(cell, str) else "" if np.isnan(cell) else f"{cell:.3f}"
            for cell in row
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Simulate every cell and write the tables into the document."""
    main_table = pd.concat([one_cell(*size, share) for size in SIZES for share in DETECTED])
    adjusted = pd.concat([one_cell(60, 60, share, covariates=6) for share in (0.20, 0.50)])
    shaped = pd.concat(
        [
            one_cell(150, 120, share, shape=shape).assign(shape=shape)
            for shape in ("skewed", "heavy-tailed")
            for share in (0.20, 0.50)
        ]
    )
    shaped = shaped[shaped["method"].isin(SHORT)]
    shaped.insert(2, "people are", shaped.pop("shape"))
    text = (
        f"{DRAWS} analytes a cell (standard error of an error rate of .05: "
        f"{np.sqrt(0.05 * 0.95 / DRAWS):.3f}), {IMPUTATIONS} imputations, seed {SEED}.\n\n"
        f"{as_markdown(main_table)}\n\n"
        "The same with six covariates in the design:\n\n"
        f"{as_markdown(adjusted[adjusted['method'].isin(SHORT)])}\n\n"
        "Where the people of a group do not follow a normal law (gamma(4); t with 5 degrees of "
        "freedom):\n\n"
        f"{as_markdown(shaped)}"
    )
    begin, end = "<!-- tables: begin -->", "<!-- tables: end -->"
    document = DOCUMENT.read_text(encoding="utf-8")
    head, rest = document.split(begin)
    tail = rest.split(end)[1]
    DOCUMENT.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
