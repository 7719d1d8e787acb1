"""Does a mouse contrast point the same way as the human one: signs, correlation, a null."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping._validation import count_of, list_some
from subtyping.exceptions import InputError
from subtyping.signature.differential import Differential
from subtyping.signature.mouse.agreement import agreement, exchanged_labels, label_effects
from subtyping.signature.mouse.animals import AnimalContrast
from subtyping.signature.mouse.effects import effects_of
from subtyping.signature.mouse.pairs import paired_effects
from subtyping.signature.mouse.summary import SUMMARY, arrays_of, summary_of

__all__ = ["MouseConcordance", "mouse_concordance"]

FEWEST_PAIRS = 8
FEWEST_DRAWS = 99
FEW_EXCHANGES = 60
LABELS, PAIRS = "mouse labels", "pairs"
MODEL_NOTE = "A mouse model of stress is not depression: agreement is support, not proof."

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MouseConcordance:
    """How far a mouse contrast agrees with a human one.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per pair, then every analyte of either side that was not used: ``pair, human,
        mouse, relation, human_log2_fc, human_ci_low, human_ci_high, human_q_value,
        mouse_log2_fc, mouse_ci_low, mouse_ci_high, mouse_q_value, human_se, mouse_se, agrees``
        (same sign; blank where not used), ``is_used, reason``.
    summary : pandas.DataFrame
        ``statistic`` (``sign_hits, sign_all, spearman, pearson, pearson_corrected``),
        ``estimate, ci_low, ci_high, n_pairs, p_value`` (one-sided, by `null`),
        ``p_if_independent`` (binomial or t: as if analytes were independent), ``reason``.
        No rows where the comparison does not apply.
    null : pandas.DataFrame
        The four statistics with a null, one row per draw.
    null_kind : {"mouse labels", "pairs", "none"}
        What was exchanged.
    is_applicable : bool
        Whether there were eight usable pairs.
    human_name, mouse_name : str
        The contrasts.
    sentence : str
    notes : tuple of str
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    null: pd.DataFrame
    null_kind: str
    is_applicable: bool
    human_name: str
    mouse_name: str
    sentence: str
    notes: tuple[str, ...] = ()


def mouse_concordance(
    human: Differential | pd.DataFrame,
    mouse: AnimalContrast | Differential | pd.DataFrame,
    *,
    contrast: str | None = None,
    mouse_contrast: str | None = None,
    draws: int = 2000,
    seed: int = 0,
    also_use: Collection[str] = (),
    leave_out: Collection[str] = (),
) -> MouseConcordance:
    """Compare the fold changes of a human contrast with those of a mouse contrast.

    Pairs come from the ortholog table; what has no partner is listed with its reason. Four
    statistics: the share of pairs at human q < .05 that have one sign in both species, the share
    among all pairs weighted by how sure the signs are, Spearman's correlation over all pairs (the
    main one), and Pearson's, which is also given corrected for the noise of both sides.

    The one-sided p-value is the share of null draws that agree at least as well. With an
    `AnimalContrast` the case labels of the mice are exchanged (within cages, or whole cages), which
    keeps the correlation among analytes. With a table alone only the pairs can be exchanged; that
    null treats analytes as independent and is too narrow, and the sentence says so.

    Parameters
    ----------
    human : Differential or DataFrame
        ``analyte, log2_fc`` and one of ``se``, ``t``, ``ci_low`` with ``ci_high``, ``p_value``;
        ``q_value`` for the hits.
    mouse : AnimalContrast, Differential or DataFrame
        The same under mouse names.
    contrast, mouse_contrast : str, optional
        Contrast to take where a table holds several.
    draws : int, default 2000
        Null draws, at least 99.
    seed : int, default 0
        Root seed.
    also_use : collection of str
        Human analytes used although the ortholog table says not to: ``["CXCL11"]`` for a strain
        that makes it.
    leave_out : collection of str
        Human analytes not to use, such as `handling_markers`.

    Returns
    -------
    MouseConcordance
        Not applicable with fewer than eight usable pairs.

    Raises
    ------
    InputError
        If a table lacks a column, a contrast is not told, or `draws` is too small.

    Notes
    -----
    The null says that the groups of mice do not differ. Mice that differ, on an axis that has
    nothing to do with the human contrast, still move many analytes together, and can agree or
    disagree by accident more often than 5 % of the time; docs/mouse.md has the rates.
    Intervals treat analytes as independent and are too narrow.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> names = ["IL4", "IL5", "IL6", "IL13", "CCL11", "CCL17", "CCL22", "TNF", "IFNG", "IL10"]
    >>> effect = rng.normal(size=10)
    >>> human = pd.DataFrame({"analyte": names, "log2_fc": effect, "se": 0.1, "q_value": 0.01})
    >>> mouse = pd.DataFrame(
    ...     {"analyte": [n.capitalize() for n in names], "log2_fc": effect / 2, "se": 0.1})
    >>> found = mouse_concordance(human, mouse, draws=199)
    >>> found.summary.loc[[0, 2], ["statistic", "estimate", "n_pairs"]].values.tolist()
    [['sign_hits', 1.0, 10], ['spearman', 1.0, 10]]
    >>> found.null_kind
    'pairs'
    """
    if draws < FEWEST_DRAWS:
        message = f"draws must be at least {FEWEST_DRAWS}; got {draws}. 2000 are usual."
        raise InputError(message)
    left, human_name = effects_of(human, contrast, "human")
    right, mouse_name = effects_of(mouse, mouse_contrast, "mouse")
    table, members = paired_effects(left, right, also_use=also_use, leave_out=leave_out)
    used = table[table["is_used"]]
    blank = MouseConcordance(
        table=table,
        summary=pd.DataFrame(columns=SUMMARY),
        null=pd.DataFrame(columns=SUMMARY[:0]),
        null_kind="none",
        is_applicable=False,
        human_name=human_name,
        mouse_name=mouse_name,
        sentence="",
        notes=(
            MODEL_NOTE,
            *(mouse.notes if isinstance(mouse, AnimalContrast) else ()),
            *_lost(table),
        ),
    )
    if len(used) < FEWEST_PAIRS:
        sentence = (
            f"{human_name} against {mouse_name}: not applicable, "
            f"{count_of(len(used), 'usable pair')} where {FEWEST_PAIRS} are needed."
        )
        return replace(blank, sentence=sentence)
    rng = stream(seed, "mouse concordance", human_name, mouse_name)
    animals = mouse if isinstance(mouse, AnimalContrast) else None
    null, notes = _null(used, right, members, animals, draws=draws, rng=rng)
    summary = summary_of(used, null)
    kind = LABELS if animals is not None else PAIRS
    return replace(
        blank,
        summary=summary,
        null=null,
        null_kind=kind,
        is_applicable=True,
        sentence=_sentence(human_name, mouse_name, summary, kind),
        notes=(*blank.notes, *notes),
    )


def _null(
    used: pd.DataFrame,
    right: pd.DataFrame,
    members: list[list[int]],
    animals: AnimalContrast | None,
    *,
    draws: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, list[str]]:
    """Return null draws of the statistics and notes on how they were made."""
    human, mouse, human_se, mouse_se, is_hit = arrays_of(used)
    if animals is None:
        order = rng.permuted(np.tile(np.arange(len(used)), (draws, 1)), axis=1)
        drawn = agreement(human, mouse[order], human_se, mouse_se[order], is_hit)
        note = (
            "Only a table of the mice was given, so pairs were exchanged: this null treats "
            "analytes as independent and is too narrow. Give the animals for a better one."
        )
        return pd.DataFrame(drawn), [note]
    labels, how = exchanged_labels(animals.is_case, animals.cage, draws, rng)
    filled, notes = _filled(animals)
    cage = animals.cage if animals.is_cage_adjusted else None
    effects = label_effects(filled, labels, cage)
    position = {str(name): i for i, name in enumerate(animals.values.columns)}
    averaged = np.column_stack(
        [
            effects[:, [position[right["analyte"].iloc[j]] for j in rows]].mean(axis=1)
            for rows in members
        ]
    )
    averaged = averaged[np.isfinite(averaged).all(axis=1)]
    drawn = agreement(human, averaged, human_se, mouse_se[None], is_hit)
    notes.append(f"The labels of the mice were exchanged {how}.")
    distinct = len(np.unique(labels, axis=0))
    if distinct < FEW_EXCHANGES:
        notes.append(
            f"The design allows {distinct} different exchanges only, so a p-value cannot be below "
            f"about {1 / distinct:.2g}."
        )
    return pd.DataFrame(drawn), notes


def _filled(animals: AnimalContrast) -> tuple[Floats, list[str]]:
    """Return the values with gaps at the mean of their analyte, and a note where there are any."""
    values = animals.values
    gaps = int(values.isna().to_numpy().sum())
    filled = values.fillna(values.mean()).fillna(0.0).to_numpy(dtype=float)
    if not gaps:
        return filled, []
    return filled, [f"{count_of(gaps, 'gap')} in the mouse values stand at the mean in the null."]


def _p(value: float) -> str:
    if np.isnan(value):
        return "no p-value"
    return "p < .001" if value < 0.001 else f"p = {value:.3f}".replace("0.", ".", 1)


def _sentence(human_name: str, mouse_name: str, summary: pd.DataFrame, kind: str) -> str:
    row = summary.set_index("statistic")
    hits, rank, corrected = (
        row.loc[name] for name in ("sign_hits", "spearman", "pearson_corrected")
    )
    if hits["n_pairs"]:
        k = round(hits["estimate"] * hits["n_pairs"])
        signs = (
            f"{k} of {count_of(int(hits['n_pairs']), 'pair')} at human q < .05 move the same way "
            f"({hits['estimate']:.0%}, {hits['ci_low']:.0%} to {hits['ci_high']:.0%}; "
            f"{_p(hits['p_value'])})"
        )
    else:
        signs = "no pair is at human q < .05"
    ranks = "rank correlation not defined"
    if np.isfinite(rank["estimate"]):
        ranks = (
            f"rank correlation {rank['estimate']:.2f} over {int(rank['n_pairs'])} pairs "
            f"({_p(rank['p_value'])})"
        )
    told = f"{human_name} against {mouse_name}: {signs}; {ranks}"
    if np.isfinite(corrected["estimate"]):
        told += (
            f"; Pearson's corrected for noise {corrected['estimate']:.2f} "
            f"({corrected['ci_low']:.2f} to {corrected['ci_high']:.2f})"
        )
    narrow = " This null exchanges pairs and is too narrow." if kind == PAIRS else ""
    return f"{told}.{narrow}"


def _lost(table: pd.DataFrame) -> list[str]:
    """Return notes on what was not used."""
    rest = table[~table["is_used"]]
    unknown = rest.loc[rest["relation"] == "unknown", "pair"]
    notes = (
        [f"{count_of(len(rest), 'analyte')} of either side not used; the table says why."]
        if len(rest)
        else []
    )
    if len(unknown):
        notes.append(
            f"{count_of(len(unknown), 'name')} not in the ortholog table: {list_some(unknown, 6)}."
        )
    return notes
