"""Olink Explore (384, 1536, 3072, HT): long files with controls, blocks and quality flags."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.columns import unambiguous
from subtyping.panel.long import find_columns
from subtyping.panel.measured import Measured
from subtyping.panel.olink_samples import (
    is_control_assay,
    is_olink_control,
    joined_per_row,
    olink_platform,
    well_numbers,
)
from subtyping.panel.pivot import pivot
from subtyping.panel.texts import as_category, as_ids

__all__ = ["read_olink_explore"]

OBVIOUS = {
    "sample": ("sampleid", "sample"),
    "analyte": ("assay", "geneid", "analyte"),
    "value": ("npx",),
    "lod": ("lod", "lodnpx", "platelod", "maxlod"),
    "uniprot": ("uniprot", "uniprotid"),
    "olink_id": ("olinkid",),
    "panel": ("panel",),
}
EXTRA = {
    "sample_type": ("sampletype",),
    "assay_type": ("assaytype",),
    "block": ("block",),
    "sample_qc": ("sampleqc", "qcwarning"),
    "assay_qc": ("assayqc", "assaywarning"),
    "plate": ("plateid",),
    "well": ("wellid",),
    "normalization": ("normalization",),
    "version": ("exploreversion",),
}
PASSED = ("pass", "na", "")


def read_olink_explore(
    table: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    analytes: str | Sequence[str] | None = None,
    people: Collection[str] = frozenset(),
) -> Measured:
    """Take an Explore table apart into samples and what is none.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `read_table`: SampleID, Assay and NPX, and where present SampleType, AssayType,
        OlinkID, UniProt, Panel, Block, PlateID, WellID, LOD (else PlateLOD, else MaxLOD),
        SampleQC or QC_Warning, AssayQC, Normalization, ExploreVersion.
    columns : mapping, optional
        Column of the roles sample, analyte, value and lod where they have other names;
        ``value: PCNormalizedNPX`` reads those instead of NPX.
    analytes : str or sequence of str, optional
        Assays to keep; all by default.
    people : collection of str, optional
        Ids of the samples table: without a column SampleType, a sample of that name is a person
        whatever it looks like.

    Returns
    -------
    Measured
        One row per sample, and a further one for each further plate and well it is measured in.
        ``left_out`` names each control well with its type. Assays that are controls are left out
        and named in a note. An assay measured in several panels or blocks stays apart: the first
        keeps the symbol, the others carry their panel or block in brackets. ``SampleQC`` is
        carried per sample (joined by `` + `` where blocks differ, a pass left out beside a
        warning); ``analytes["assay_qc"]`` holds the flags of each assay. Missing NPX are counted.

    Raises
    ------
    PanelError
        If sample, assay or NPX have no column, a value is no value, or no line is of a sample.

    Examples
    --------
    >>> table = pd.DataFrame({"SampleID": ["p1", "NC1"], "SampleType": ["SAMPLE",
    ...     "NEGATIVE_CONTROL"], "Assay": "IL6", "AssayType": "assay", "OlinkID": "OID1",
    ...     "UniProt": "P05231", "Panel": "Explore_HT", "Block": "1", "NPX": [2.5, -1.0]})
    >>> measured = read_olink_explore(table)
    >>> measured.sample_id.tolist(), measured.left_out
    (['p1'], (('NC1', 'control (SampleType NEGATIVE_CONTROL)'),))
    """
    table = unambiguous(table, "the panel file")
    found = find_columns(table, columns or {}, OBVIOUS, ("sample", "analyte", "value"))
    extra = find_columns(table, {}, EXTRA, ())
    table, left_out = _samples_only(table, found["sample"], extra, people)
    table, said = _assays_only(table, found["analyte"], extra)
    names = table[found["analyte"]].astype("str").str.strip()
    codes, assays = _assays(table, names, found, extra)
    details = {"olink_id": found["olink_id"]} if "olink_id" in found else {}
    if (assays["label"] != "").any():
        table = table.assign(**{LABEL: assays["label"].to_numpy(dtype=object)[codes]})
        details["panel"] = LABEL
    roles = {role: name for role, name in found.items() if role not in ("olink_id", "panel")}
    part = assays["panel"] + "\t" + assays["block"]
    well = well_numbers(table, found["sample"], pd.Series(part.to_numpy(dtype=object)[codes]))
    measured = pivot(table, roles, names, codes, analytes=analytes, details=details, well=well)
    carried = measured.carried
    for role in ("plate", "well", "sample_qc"):
        if role in extra and extra[role] not in carried:
            joined = joined_per_row(table, found["sample"], extra[role], measured)
            carried = carried.assign(**{extra[role]: joined})
    described, qc_notes = _with_assay_qc(measured, table, codes, assays, extra.get("assay_qc"))
    notes = [*measured.notes, *said, *qc_notes]
    notes += _npx_notes(measured, table, found, extra)
    told = {LABEL, found.get("panel"), extra.get("sample_type"), extra.get("assay_type")}
    kept = [name for name in carried if name not in told]
    return replace(
        measured,
        analytes=described,
        carried=carried[kept],
        platform=_platform(assays["panel"], table, extra),
        notes=tuple(notes),
        left_out=left_out,
    )


LABEL = "panel or block"


def _samples_only(
    table: pd.DataFrame, sample: str, extra: Mapping[str, str], people: Collection[str]
) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """Return the lines of samples, and each control well with its reason."""
    ids, _ = as_ids(table[sample])
    if "sample_type" in extra:
        types = as_category(table[extra["sample_type"]]).fillna("")
        is_sample = types.str.upper().isin(["SAMPLE", ""]).to_numpy(dtype=bool)
        reason = ("control (SampleType " + types + ")").to_numpy(dtype=object)
    else:
        known = {name: name in people or not is_olink_control(name) for name in set(ids)}
        is_sample = np.array([known[name] for name in ids], dtype=bool)
        reason = np.full(len(table), "control (by its name)", dtype=object)
    if not is_sample.any():
        message = "The Explore file has no lines of samples, only of controls."
        raise PanelError(message)
    places = [extra[role] for role in ("plate", "well") if role in extra]
    wells = table.loc[~is_sample, places].assign(id=ids[~is_sample], why=reason[~is_sample])
    wells = wells.drop_duplicates()
    left = tuple(zip(wells["id"], wells["why"], strict=True))
    return table[is_sample].reset_index(drop=True), left


def _assays_only(
    table: pd.DataFrame, analyte: str, extra: Mapping[str, str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the lines of assays, and a sentence on the control assays left out."""
    names = table[analyte].astype("str").str.strip()
    if "assay_type" in extra:
        types = as_category(table[extra["assay_type"]]).fillna("assay").str.casefold()
        is_assay = (types == "assay").to_numpy(dtype=bool)
    else:
        known = {name: not is_control_assay(name) for name in names.unique()}
        is_assay = names.map(known).to_numpy(dtype=bool)
    if is_assay.all():
        return table, ()
    if not is_assay.any():
        message = "The Explore file has no assays, only control assays."
        raise PanelError(message)
    controls = list(dict.fromkeys(names[~is_assay]))
    note = f"{count_of(len(controls), 'control assay')} left out: {list_some(controls, 5)}."
    return table[is_assay].reset_index(drop=True), (note,)


def _assays(
    table: pd.DataFrame, names: pd.Series, found: Mapping[str, str], extra: Mapping[str, str]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the assay of each line, and name, label and OlinkID of each assay.

    The label is the panel; where an assay of one name is in it twice, with its block, and where
    that is not enough, with its OlinkID.
    """
    sources = {"panel": found.get("panel"), "block": extra.get("block")}
    sources["olink_id"] = found.get("olink_id")
    cells = {
        role: "" if name is None else as_category(table[name]).fillna("").to_numpy(dtype=object)
        for role, name in sources.items()
    }
    frame = pd.DataFrame({"name": names.to_numpy(dtype=object), **cells})
    apart = ["name", "panel", "olink_id" if found.get("olink_id") else "block"]
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(frame[apart]))
    assays = frame.assign(code=codes).drop_duplicates("code").set_index("code").sort_index()
    label = assays["panel"]
    for role, word in (("block", " block "), ("olink_id", " ")):
        again = assays.assign(label=label).duplicated(["name", "label"], keep=False)
        again &= assays[role] != ""
        label = label.where(~again, (label + word + assays[role]).str.strip())
    return codes, assays.assign(label=label)


def _with_assay_qc(
    measured: Measured,
    table: pd.DataFrame,
    codes: np.ndarray,
    assays: pd.DataFrame,
    column: str | None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the analyte table with the flags of each assay, and a sentence on flagged ones."""
    described = measured.analytes.copy()
    if column is None:
        return described, ()
    flags = as_category(table[column]).fillna("").str.upper().to_numpy(dtype=object)
    pairs = pd.DataFrame({"code": codes, "flag": flags}).drop_duplicates()
    telling = pairs[~pairs["flag"].str.casefold().isin(PASSED)]
    joined = telling.groupby("code")["flag"].agg(lambda part: " + ".join(sorted(part)))
    identity = ["name", "label", "olink_id"]
    of_assay = {tuple(assays.loc[code, identity]): flag for code, flag in joined.items()}
    own = described[["name_in_file", "panel", "olink_id"]].fillna("").itertuples(index=False)
    described["assay_qc"] = np.array([of_assay.get(tuple(k), "PASS") for k in own], dtype=object)
    flagged = described.index[described["assay_qc"] != "PASS"]
    if not len(flagged):
        return described, ()
    count = count_of(len(flagged), "assay")
    return described, (f"{count} with an AssayQC other than a pass: {list_some(flagged, 5)}.",)


def _npx_notes(
    measured: Measured, table: pd.DataFrame, found: Mapping[str, str], extra: Mapping[str, str]
) -> list[str]:
    """Return sentences on missing NPX, limits and normalisation."""
    notes = []
    missing = np.isnan(measured.values) & ~measured.below_lod
    if missing.any():
        count = count_of(int(missing.sum()), "value")
        assays = measured.analytes.index[missing.any(axis=0)]
        notes.append(
            f"{count} in {count_of(len(assays), 'assay')} without NPX, as Explore leaves those of "
            f"failed assays and samples: {list_some(assays, 5)}."
        )
    if "lod" not in found:
        notes.append("The Explore file gives no limit of detection.")
    if "normalization" in extra:
        ways = as_category(table[extra["normalization"]]).dropna().unique()
        if len(ways) > 1:
            notes.append(f"The NPX are normalised in several ways: {list_some(ways, 5)}.")
    return notes


def _platform(panels: pd.Series, table: pd.DataFrame, extra: Mapping[str, str]) -> str:
    """Return the platform, with the version of the software where one is given."""
    names = [name.replace("_", " ") for name in sorted(set(panels))]
    platform = olink_platform(names) or "Olink"
    if "explore" not in platform.casefold():
        platform = platform.replace("Olink", "Olink Explore", 1)
    if "version" not in extra:
        return platform
    versions = list(as_category(table[extra["version"]]).dropna().unique())
    return f"{platform} {versions[0]}" if len(versions) == 1 else platform
