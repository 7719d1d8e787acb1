"""Make the stored power surface of the mixture test.

Run ``python experiments/benchmarks/power_surface.py`` from the root of the project; about ten
minutes on two cores. The result goes to ``subtyping/discovery/power_surface.csv``.
"""

from itertools import product
from pathlib import Path

import pandas as pd

from subtyping._parallel import map_in_order
from subtyping.discovery.power import SURFACE, simulate_power
from subtyping.discovery.settings import LEVEL

N_DRAWS = 100
N_CASE = (20, 30, 40, 50, 60, 80, 100, 150, 200, 300, 450, 600)
FRACTION = (0.10, 0.15, 0.25, 0.40)
SEPARATION = (2.5, 3.0, 3.5, 4.0, 5.0)


def one_cell(cell: tuple[int, float, float]) -> float:
    """Simulate one cell."""
    return simulate_power(*cell, level=LEVEL, n_draws=N_DRAWS, seed=20260117)


def main() -> None:
    """Simulate every cell and write the table."""
    cells = list(product(N_CASE, FRACTION, SEPARATION))
    power = map_in_order(one_cell, cells)
    table = pd.DataFrame(cells, columns=["n_case", "fraction", "effective_separation"])
    table["power"] = power
    table["n_draws"] = N_DRAWS
    header = (
        f"# Power of the mixture test at level {LEVEL} on two normal components; "
        "made by experiments/benchmarks/power_surface.py\n"
    )
    Path(SURFACE).write_text(header + table.to_csv(index=False))
    print(table.pivot_table(index="n_case", columns=["fraction", "effective_separation"]))


if __name__ == "__main__":
    main()
