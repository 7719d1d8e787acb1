"""Error rate of censored regression with few people on one side, six plates, three covariates.

Run: ``python experiments/benchmarks/tobit_plates.py``; about a minute. Printed is, for each number
of detected values, the share of null analytes with p < .05 and the number of analytes.
"""

import numpy as np

from subtyping._random import stream
from subtyping.statistics.tobit import tobit

N_CASE, N_REFERENCE, PLATES, COVARIATES = 15, 105, 6, 3
DESIGNS, ANALYTES = 60, 100
SEED = 20260117


def error_rate(n_detected: int) -> tuple[float, int]:
    """Return the share of null analytes with p < .05, and how many were tested."""
    n = N_CASE + N_REFERENCE
    rejected = tested = 0
    for k in range(DESIGNS):
        rng = stream(SEED, "tobit plates", n_detected, k)
        case = np.arange(n) < N_CASE
        plate = rng.permutation(np.arange(n) % PLATES)
        others = [rng.normal(size=n) for _ in range(COVARIATES)]
        dummies = [plate == j for j in range(1, PLATES)]
        design = np.column_stack([np.ones(n), *others, *dummies, case]).astype(float)
        Y = rng.normal(size=(n, ANALYTES))
        limit = np.sort(Y, axis=0)[n - n_detected]
        p = tobit(np.maximum(Y, limit), limit > Y, design).p_value
        rejected += int((p < 0.05).sum())
        tested += int(np.isfinite(p).sum())
    return rejected / tested, tested


if __name__ == "__main__":
    for number in (14, 20, 30, 40, 60):
        rate, n_tested = error_rate(number)
        print(f"{number:3d} detected: {rate:.3f} of {n_tested}")
