"""The mice a study holds its human contrast against: a table of effects, or animals."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._random import child_seed
from subtyping.exceptions import SpecError
from subtyping.panel import Panel, read_panel
from subtyping.panel.tables import read_table
from subtyping.signature.mouse import AnimalContrast, contrast_of_animals
from subtyping.study.signature_spec import MouseSpec

__all__ = ["read_mice"]


def read_mice(
    asked: MouseSpec, folder: Path, seed: int
) -> tuple[AnimalContrast | pd.DataFrame, str]:
    """Read or simulate the mouse contrast of a specification.

    Parameters
    ----------
    asked : MouseSpec
    folder : Path
        Folder the paths start from.
    seed : int
        Root seed, for simulated mice.

    Returns
    -------
    contrast : AnimalContrast or pandas.DataFrame
        Animals give a contrast whose labels can be exchanged; a table gives itself.
    digest : str
        SHA-256 of the files, empty for simulated mice.

    Raises
    ------
    InputError
        If a file is absent or a group has no animal.
    """
    if asked.table is not None:
        path = _file(folder, asked.table, "table")
        return read_table(path), hashlib.sha256(path.read_bytes()).hexdigest()
    if asked.panel is not None:
        files = [
            _file(folder, name, key)
            for key, name in (("panel", asked.panel), ("samples", str(asked.samples)))
        ]
        panel = read_panel(files[0], samples=files[1], unit=asked.unit, columns=asked.columns)
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        return _contrast(panel, asked), digest
    from subtyping.cohorts import simulate_cohort

    settings = dict(asked.simulate or {})
    cohort = simulate_cohort("csds", seed=child_seed(seed, "mice"), **settings)
    return _contrast(cohort.panel, asked), ""


def _contrast(panel: Panel, asked: MouseSpec) -> AnimalContrast:
    """Compare the two groups of animals, under the names of the file."""
    values = _log2(panel).set_axis(panel.analytes["name_in_file"].to_numpy(), axis="columns")
    return contrast_of_animals(
        values,
        panel.samples["group"].astype(str),
        asked.case,
        asked.reference,
        cage=panel.role("batch"),
    )


def _log2(panel: Panel) -> pd.DataFrame:
    """Return log2 values; below detection the limit over the root of two, where it is known."""
    if panel.is_log_scale:
        return panel.values.mask(panel.below_lod & panel.values.isna(), panel.lod)
    limit = panel.lod / np.sqrt(2)
    values = panel.values.mask(panel.below_lod, limit)
    return pd.DataFrame(np.log2(values.where(values > 0)))


def _file(folder: Path, name: str, key: str) -> Path:
    """Return the path of a file, or say where it was looked for."""
    path = Path(name) if Path(name).is_absolute() else folder / name
    if not path.is_file():
        message = f"signature.mouse.{key}: there is no file {str(path)!r}."
        raise SpecError(message)
    return path
