"""A simulated cohort as the files a laboratory would send."""

from pathlib import Path

import numpy as np
import pandas as pd

from subtyping.cohorts.simulate import SimulatedCohort
from subtyping.exceptions import InputError

__all__ = ["write_cohort"]


def _reported(cohort: SimulatedCohort) -> pd.DataFrame:
    panel = cohort.panel
    if cohort.settings["below_lod"] == "number":
        return panel.values.set_axis(_names(cohort), axis="columns")
    numbers = panel.values.astype(object)
    limits = np.char.add("<", panel.lod.to_numpy().astype(str))
    told = numbers.mask(panel.below_lod, pd.DataFrame(limits, numbers.index, numbers.columns))
    return told.set_axis(_names(cohort), axis="columns")


def _names(cohort: SimulatedCohort) -> pd.Index:
    """Return the names of the analytes in the file; mice have their own."""
    names = cohort.panel.analytes["name_in_file"].loc[cohort.panel.values.columns]
    return pd.Index(names.to_numpy())


def write_cohort(cohort: SimulatedCohort, folder: str | Path) -> tuple[Path, Path, Path]:
    """Write panel.csv, samples.csv and truth.csv: one row order, each starting with sample_id.

    Numbers have five decimals, as in memory, so that what is read back equals the cohort. A value
    below detection is written ``<limit``, unless the cohort was made with
    ``below_lod="number"``; in that case the file holds the number, and `limits.csv` beside it
    (``analyte, lod``) tells where detection ends.

    Parameters
    ----------
    cohort : SimulatedCohort
        The cohort.
    folder : str or Path
        Made if it is not there; files of these names in it are replaced.

    Returns
    -------
    tuple of Path
        The panel, samples and truth files.

    Raises
    ------
    InputError
        If `folder` is a file.

    Examples
    --------
    >>> import tempfile
    >>> from subtyping.cohorts import simulate_cohort, write_cohort
    >>> cohort = simulate_cohort("null", n_case=5, n_reference=5, n_analytes=24)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_cohort(cohort, folder)]
    ['panel.csv', 'samples.csv', 'truth.csv']
    """
    home = Path(folder)
    if home.exists() and not home.is_dir():
        message = f"Expected a folder to write the cohort to; {home} is a file. Name a folder."
        raise InputError(message)
    home.mkdir(parents=True, exist_ok=True)
    names = {role: column for role, column in cohort.columns.items() if role != "sample"}
    tables = {
        "panel.csv": _reported(cohort),
        "samples.csv": cohort.panel.samples.rename(columns=names),
        "truth.csv": cohort.truth,
    }
    for name, table in tables.items():
        table.to_csv(home / name, index_label="sample_id", lineterminator="\n")
    if cohort.settings["below_lod"] == "number":
        limits = cohort.panel.lod.iloc[0].rename("lod").set_axis(_names(cohort))
        limits.to_csv(home / "limits.csv", index_label="analyte", lineterminator="\n")
    panel, samples, truth = (home / name for name in tables)
    return panel, samples, truth
