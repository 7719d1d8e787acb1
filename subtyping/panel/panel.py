"""The measured panel: values with their unit, what was below detection, and who was sampled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from subtyping.exceptions import PanelError

__all__ = ["ROLES", "UNITS", "Panel", "ReadingReport"]

UNITS = ("pg/mL", "NPX", "log2")

LAYERS = ("values", "below_lod", "above_uloq", "lod", "extrapolated", "replicate_cv_pct")

ROLES = (
    "sample",
    "subject",
    "group",
    "visit",
    "batch",
    "site",
    "date",
    "age",
    "sex",
    "bmi",
    "smoking",
    "medication",
    "atopy",
    "qc",
    "matrix",
    "storage",
    "draw_time",
)


@dataclass(frozen=True)
class ReadingReport:
    """What happened between the file and the panel: nothing is lost without a line here.

    Attributes
    ----------
    source : str
        Name of the panel file (no folder).
    format : str
        Reader that was used.
    platform : str or None
        ``"Olink INFLAMMATION"`` and the like where the file says so, otherwise None.
    rows_read : int
        Sample rows found in the panel file.
    rows_kept : int
        Samples in the panel.
    dropped : pandas.DataFrame
        One row per sample row not kept: ``sample_id, reason``.
    unknown_analytes : tuple of str
        Analytes kept under their own name because the alias table does not know them.
    renamed : pandas.DataFrame
        ``name_in_file, analyte`` where the two differ.
    notes : tuple of str
        Plain sentences: stripped ids, samples without a samples-table row, replaced text values.
    """

    source: str
    format: str
    platform: str | None
    rows_read: int
    rows_kept: int
    dropped: pd.DataFrame
    unknown_analytes: tuple[str, ...] = ()
    renamed: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"name_in_file": [], "analyte": []}, dtype=object)
    )
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Panel:
    """A panel of analytes measured in samples. Frozen: every change makes a new panel.

    Attributes
    ----------
    values : pandas.DataFrame of shape (n_samples, n_analytes)
        Measured values in `unit`; the index is ``sample_id``. A value below detection keeps the
        number the file gave (and is flagged in `below_lod`); it is NaN where the file gave none.
    unit : {"pg/mL", "NPX", "log2"}
        Unit of `values` and `lod`. NPX and log2 are on a binary logarithmic scale.
    below_lod, above_uloq : pandas.DataFrame of bool
        Same shape: censored from below, censored from above.
    lod : pandas.DataFrame of float
        Same shape: the limit of detection that held for that sample's plate; NaN where unknown.
    analytes : pandas.DataFrame
        Indexed by analyte: ``name_in_file, uniprot, olink_id, panel, is_known``.
    samples : pandas.DataFrame
        Indexed by sample_id, in the order of `values`: one column per declared role under the
        role's name (``group``, ``batch``, ``age``, ...), then every clinical column under its own.
    reading : ReadingReport
        What was read, kept and dropped.
    unknown_roles : tuple of str
        Roles the user declared as ``!unknown``.
    extrapolated : pandas.DataFrame of bool, optional
        Same shape: the number was read off the standard curve outside its range; None where the
        file does not tell.
    replicate_cv_pct : pandas.DataFrame of float, optional
        Same shape: coefficient of variation of the wells behind the value, in per cent; NaN
        where there was one well, None where the file does not tell.
    """

    values: pd.DataFrame
    unit: str
    below_lod: pd.DataFrame
    above_uloq: pd.DataFrame
    lod: pd.DataFrame
    analytes: pd.DataFrame
    samples: pd.DataFrame
    reading: ReadingReport
    unknown_roles: tuple[str, ...] = ()
    extrapolated: pd.DataFrame | None = None
    replicate_cv_pct: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            message = f"A panel's unit must be one of {', '.join(UNITS)}; got {self.unit!r}."
            raise PanelError(message)
        if not self.values.index.is_unique:
            twice = self.values.index[self.values.index.duplicated()].unique()
            message = f"Sample ids must be unique; {len(twice)} occur twice, such as {twice[0]!r}."
            raise PanelError(message)
        if not self.values.index.equals(self.samples.index):
            message = "The samples table and the values must list the same samples in one order."
            raise PanelError(message)
        for name, layer in self.layers.items():
            if layer.shape != self.values.shape:
                message = (
                    f"{name} must have the shape of the values, {self.values.shape}; "
                    f"got {layer.shape}."
                )
                raise PanelError(message)

    def __repr__(self) -> str:
        n_samples, n_analytes = self.values.shape
        groups = ""
        if "group" in self.samples:
            counts = self.samples["group"].value_counts()
            groups = "; " + ", ".join(f"{name} {count}" for name, count in counts.items())
        return f"Panel({n_samples} samples x {n_analytes} analytes, {self.unit}{groups})"

    @property
    def layers(self) -> dict[str, pd.DataFrame]:
        """Values and what is known of each, by name: all frames of samples by analytes."""
        found = {name: getattr(self, name) for name in LAYERS}
        return {name: layer for name, layer in found.items() if layer is not None}

    @property
    def sample_ids(self) -> pd.Index:
        """Sample ids in order."""
        return self.values.index

    @property
    def platform(self) -> str | None:
        """Assay platform where the file says so."""
        return self.reading.platform

    @property
    def is_log_scale(self) -> bool:
        """Whether values are already on the log2 scale (NPX or log2)."""
        return self.unit != "pg/mL"

    @property
    def detected(self) -> pd.DataFrame:
        """Mask of values that were measured at or above the limit of detection."""
        return ~self.below_lod & (self.values.notna() | self.above_uloq)

    def detected_frac(self, mask: np.ndarray | pd.Series | None = None) -> pd.Series:
        """Share of measured samples in which each analyte was detected.

        Parameters
        ----------
        mask : array of bool of shape (n_samples,), optional
            Samples to count; all by default. Samples in which the analyte was not measured at
            all (no number and no below-detection flag) do not count.

        Returns
        -------
        pandas.Series
            Indexed by analyte; NaN where no sample was measured.
        """
        rows = slice(None) if mask is None else np.asarray(mask, dtype=bool)
        detected = self.detected.to_numpy()[rows]
        measured = detected | self.below_lod.to_numpy()[rows]
        with np.errstate(invalid="ignore"):
            share = detected.sum(axis=0) / measured.sum(axis=0)
        return pd.Series(share, index=self.values.columns, name="detected_frac")

    def role(self, name: str) -> pd.Series | None:
        """Return the column of a role, or None if it was not declared."""
        return self.samples.get(name)

    def in_groups(self, groups: Sequence[str]) -> np.ndarray:
        """Return a mask of the samples whose group is one of `groups`.

        Raises
        ------
        PanelError
            If no column was declared as the group.
        """
        if "group" not in self.samples:
            message = (
                "No group column was declared, so cases and reference people cannot be told "
                'apart. Write columns={"group": "<column of the samples table>"}.'
            )
            raise PanelError(message)
        return self.samples["group"].isin([str(group) for group in groups]).to_numpy(dtype=bool)

    def take(self, rows: np.ndarray | Sequence[int]) -> "Panel":
        """Return the panel of the samples at these positions (or under this boolean mask)."""
        positions = np.asarray(rows)
        if positions.dtype == bool:
            positions = np.flatnonzero(positions)
        layers = {name: layer.iloc[positions] for name, layer in self.layers.items()}
        return replace(self, samples=self.samples.iloc[positions], **layers)

    def resample(self, rows: np.ndarray) -> "Panel":
        """Return the panel of these positions with repeats, under new ids (for a bootstrap)."""
        fresh = pd.Index([f"r{i}" for i in range(len(rows))], name="sample_id")
        tables = {**self.layers, "samples": self.samples}
        fresh_tables = {
            name: table.iloc[rows].set_axis(fresh, axis=0) for name, table in tables.items()
        }
        return replace(self, **fresh_tables)

    def select(self, analytes: Iterable[str]) -> "Panel":
        """Return the panel of these analytes, in this order."""
        names = list(analytes)
        absent = [name for name in names if name not in self.values.columns]
        if absent:
            message = f"The panel has no analyte {', '.join(map(repr, absent))}."
            raise PanelError(message)
        layers = {name: layer[names] for name, layer in self.layers.items()}
        return replace(self, analytes=self.analytes.loc[names], **layers)
