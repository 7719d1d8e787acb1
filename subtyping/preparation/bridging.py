"""Two panels on one scale: offsets from bridge samples, and whether they can be trusted."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.preparation.bridge_identity import recognise_bridges
from subtyping.preparation.bridge_offsets import bridge_offsets, pair_differences
from subtyping.preparation.bridge_report import (
    BridgeReport,
    BridgeRules,
    analyte_table,
    bridge_table,
    judged,
    split_halves,
)

__all__ = ["bridge_panels", "bridged_panel", "shared_samples"]

COUNTED_FRAC = 0.75


def shared_samples(reference: Panel, new: Panel) -> pd.DataFrame:
    """Return the samples that both panels hold under one id.

    Parameters
    ----------
    reference, new : Panel

    Returns
    -------
    pandas.DataFrame
        ``reference, new``, in the order of the reference.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel import panel_from_frame
    >>> def run(ids):
    ...     frame = pd.DataFrame({"IL6": range(len(ids))}, index=ids)
    ...     return panel_from_frame(frame, frame[[]])
    >>> shared_samples(run(["a", "b", "c"]), run(["c", "b", "d"]))["new"].tolist()
    ['b', 'c']
    """
    ids = [name for name in reference.sample_ids if name in new.sample_ids]
    return pd.DataFrame({"reference": ids, "new": ids}, dtype="str")


def bridge_panels(
    reference: Panel,
    new: Panel,
    *,
    pairs: pd.DataFrame | None = None,
    rules: BridgeRules | None = None,
) -> BridgeReport:
    """Estimate offsets between two runs from bridge samples and judge them held out.

    The runs are bridgeable if at least `rules.min_bridges` samples are in both, at least
    `rules.min_pairs` of them look like themselves, and offsets from half of the bridges leave at
    most `rules.max_residual` in the other half. An analyte is bridgeable if enough pairs are
    detected in both runs and its own held-out residual is at most `rules.max_analyte_residual`.

    Parameters
    ----------
    reference, new : Panel
        One unit and platform. Concentrations are compared on the log2 scale.
    pairs : pandas.DataFrame, optional
        ``reference, new``: ids of the bridges; by default the ids in both panels.
    rules : BridgeRules, optional

    Returns
    -------
    BridgeReport

    Raises
    ------
    InputError
        If units or platforms differ, no sample or no analyte is shared, or a pair names a
        sample that is not there or twice.

    Notes
    -----
    The held-out residual of n bridges is the distance between two medians of n / 2, about twice
    the error of the offset that is used: the rule errs on the safe side. It cannot see an error
    that all bridges share.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from subtyping.panel import panel_from_frame
    >>> rng = np.random.default_rng(0)
    >>> ids, names = [f"s{i}" for i in range(12)], [f"P{k}" for k in range(20)]
    >>> first = pd.DataFrame(rng.normal(5, 1, (12, 20)), index=ids, columns=names)
    >>> second = first + 0.4 + rng.normal(0, 0.1, (12, 20))
    >>> report = bridge_panels(panel_from_frame(first, first[[]]),
    ...                        panel_from_frame(second, first[[]]))
    >>> report.is_bridgeable, len(report.bridged), round(report.raw, 1)
    (True, 20, 0.4)
    """
    rules = rules or BridgeRules()
    _refuse_other_scale(reference, new)
    pairs = shared_samples(reference, new) if pairs is None else _checked(pairs, reference, new)
    shared = [name for name in reference.values.columns if name in new.values.columns]
    if not len(pairs) or not shared:
        what = "no sample id" if shared else "no analyte"
        do = (
            "Give the ids that belong together as pairs, with columns reference and new."
            if shared
            else "A bridge needs the same assays in both; compare the names of the analytes."
        )
        message = f"The two panels share {what}, so there is nothing to bridge with. {do}"
        raise InputError(message)
    at_reference = reference.sample_ids.get_indexer(pairs["reference"])
    at_new = new.sample_ids.get_indexer(pairs["new"])
    a, b = _log2(reference, shared)[at_reference], _log2(new, shared)[at_new]
    seen = (
        reference.detected[shared].to_numpy()[at_reference]
        & new.detected[shared].to_numpy()[at_new]
    )
    found = recognise_bridges(np.where(seen, a, np.nan), np.where(seen, b, np.nan))
    used = found.is_recognised | (rules.mismatched == "keep")
    offsets = bridge_offsets(a[used], b[used], seen[used])
    detected = pd.DataFrame(
        {
            "reference": reference.detected_frac().reindex(reference.values.columns),
            "new": new.detected_frac().reindex(new.values.columns),
        }
    )
    counted = (detected.loc[shared] > COUNTED_FRAC).all(axis=1).to_numpy()
    differences = pair_differences(a, b, seen)
    every = split_halves(differences, counted, rules)
    held = every if used.all() else split_halves(differences[used], counted, rules)
    return judged(
        analyte_table(detected, shared, offsets, held, rules),
        bridge_table(pairs, found, used),
        shared=shared,
        counted=counted,
        held=held,
        every=every,
        rules=rules,
    )


def bridged_panel(report: BridgeReport, new: Panel, *, force: bool = False) -> Panel:
    """Return the new panel on the scale of the reference, without what is not bridgeable.

    Parameters
    ----------
    report : BridgeReport
        From `bridge_panels` on this panel.
    new : Panel
    force : bool, default False
        Bridge although the report says that the runs are not bridgeable.

    Returns
    -------
    Panel
        Values and limits less the offset (concentrations: divided by its power of two); the
        detection mask is kept. Analytes that are not bridgeable are left out and named in
        ``reading.notes``.

    Raises
    ------
    InputError
        If no analyte is bridgeable, or the runs are not and `force` is not set.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from subtyping.panel import panel_from_frame
    >>> values = pd.DataFrame(np.random.default_rng(0).normal(5, 1, (10, 3)),
    ...                       columns=["IL6", "TNF", "CCL11"]).rename(index=str)
    >>> first = panel_from_frame(values, values[[]])
    >>> second = panel_from_frame(values + 0.5, values[[]])
    >>> back = bridged_panel(bridge_panels(first, second), second)
    >>> bool(np.allclose(back.values, first.values))
    True
    """
    kept = list(report.bridged)
    if not kept:
        message = f"No analyte can be bridged: {report.reason or report.table['reason'].iloc[0]}"
        raise InputError(message)
    if not (report.is_bridgeable or force):
        raise InputError(report.sentence)
    left_out = [name for name in new.values.columns if name not in kept]
    panel = new.select(kept)
    offset = report.table.set_index("analyte")["offset_log2"][kept].to_numpy(dtype=float)
    if new.is_log_scale:
        values, lod = panel.values - offset, panel.lod - offset
    else:
        values, lod = panel.values / 2.0**offset, panel.lod / 2.0**offset
    notes = (*panel.reading.notes, report.sentence)
    if left_out:
        count = count_of(len(left_out), "analyte")
        notes = (*notes, f"{count} not bridgeable and left out: {list_some(left_out, 100)}.")
    return replace(panel, values=values, lod=lod, reading=replace(panel.reading, notes=notes))


def _refuse_other_scale(reference: Panel, new: Panel) -> None:
    """Raise where two panels are not of one unit and platform."""
    if reference.unit != new.unit:
        message = (
            f"The reference is in {reference.unit}, the new panel in {new.unit}. Bridging moves "
            "a run of the same assay; it does not convert units."
        )
        raise InputError(message)
    if reference.platform and new.platform and _product(reference) != _product(new):
        message = (
            f"The reference comes from {reference.platform}, the new panel from {new.platform}. "
            "Values do not carry between platforms."
        )
        raise InputError(message)


def _product(panel: Panel) -> str:
    """Return the platform without what exports of one product write differently."""
    words = re.findall(r"[a-z]+|[0-9]+", str(panel.platform).casefold())
    return " ".join(word for word in words if word not in ("olink", "target", "96"))


def _checked(pairs: pd.DataFrame, reference: Panel, new: Panel) -> pd.DataFrame:
    """Return pairs of ids, each in its panel and none twice."""
    for name, panel in (("reference", reference), ("new", new)):
        if name not in pairs:
            message = f"The pairs need the columns reference and new; {name} is absent."
            raise InputError(message)
        ids = pairs[name].astype("str").str.strip()
        absent = sorted(set(ids) - set(panel.sample_ids))
        if absent:
            message = (
                f"The pairs name {count_of(len(absent), 'sample')} that the {name} panel does not "
                f"hold: {list_some(absent)}.{nearest(absent[0], panel.sample_ids)}"
            )
            raise InputError(message)
        if ids.duplicated().any():
            message = f"The pairs name {ids[ids.duplicated()].iloc[0]!r} ({name}) twice; keep one."
            raise InputError(message)
    return pairs[["reference", "new"]].astype("str").apply(lambda ids: ids.str.strip())


def _log2(panel: Panel, analytes: Sequence[str]) -> np.ndarray:
    """Return values on the log2 scale; NaN where a concentration is not positive."""
    values = panel.values[list(analytes)].to_numpy(dtype=float)
    if panel.is_log_scale:
        return values
    return np.log2(np.where(values > 0, values, np.nan))
