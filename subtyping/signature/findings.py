"""Everything a study asks of a signature, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from subtyping.axes.set_scores import SetScoreComparison, SetScores
from subtyping.signature.blockade import Blockade
from subtyping.signature.likeness import Likeness
from subtyping.signature.mouse import MouseConcordance
from subtyping.signature.reversal import Reversal

__all__ = ["SignatureFindings"]

REVERSAL_COLUMNS = (
    *("drug", "model", "handling", "metric", "value", "ci_low", "ci_high", "null_twin", "p_value"),
    *("n_covered", "n_signature", "n_known", "n_panel", "reason"),
)


@dataclass(frozen=True, eq=False)
class SignatureFindings:
    """What is different, whom it resembles, and what a drug would undo.

    Attributes
    ----------
    set_scores : mapping of str to SetScores
        Method to scores of the immune axes.
    set_score_comparison : SetScoreComparison or None
        Cases against reference people on each axis by each method; None where nothing may be
        compared.
    likeness : Likeness or None
        None without comparison groups.
    published : Reversal or None
        By published effects of drugs.
    observed : tuple of Reversal
        By treatments measured in these people.
    blockade : Blockade or None
        By pathways held at the healthy level.
    mouse : MouseConcordance or None
        Beside a mouse contrast.
    reasons : mapping of str to str
        Why a part is absent, by its heading.
    """

    set_scores: Mapping[str, SetScores] = field(default_factory=dict)
    set_score_comparison: SetScoreComparison | None = None
    likeness: Likeness | None = None
    published: Reversal | None = None
    observed: tuple[Reversal, ...] = ()
    blockade: Blockade | None = None
    mouse: MouseConcordance | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by file name (without ``.csv``).

        Returns
        -------
        dict of str to pandas.DataFrame
            ``similarity`` and ``reversal`` where their part was computed, and the details beside
            them: ``set_scores`` (sample_id, method, then one column for each axis),
            ``set_score_contrasts``, ``set_score_coherence``, ``axis_profile``,
            ``similarity_leave_one_out``, ``similarity_overlap``, ``projection``,
            ``reversal_verdicts``, ``reversal_nulls``, ``reversal_analytes``,
            ``reversal_patients``, ``blockade_curve``, ``blockade_analytes``,
            ``blockade_patients``, ``blockade_clamps``, ``mouse_pairs``, ``mouse_concordance``.
        """
        return self._of_scores() | self._of_likeness() | self._of_reversal() | self._of_mouse()

    def sentences(self) -> tuple[tuple[str, str], ...]:
        """Return heading and sentence of every part, or why there is none."""
        parts = {
            "Scores of the axes": next((one.sentence for one in self.set_scores.values()), ""),
            "Likeness of diseases": self.likeness.sentence if self.likeness else "",
            "Reversal by published effects": self.published.sentence if self.published else "",
            "Reversal by a measured treatment": " ".join(one.sentence for one in self.observed),
            "Reversal by pathway blockade": self.blockade.sentence if self.blockade else "",
            "Mouse and human": self.mouse.sentence if self.mouse else "",
        }
        told = {title: text or self.reasons.get(title, "") for title, text in parts.items()}
        told |= {title: text for title, text in self.reasons.items() if title not in told}
        return tuple((title, text) for title, text in told.items() if text)

    def _of_scores(self) -> dict[str, pd.DataFrame]:
        if not self.set_scores:
            return {}
        scored = [
            one.table.rename_axis("sample_id").reset_index().assign(method=method)
            for method, one in self.set_scores.items()
        ]
        coherence = [one.coherence.assign(method=name) for name, one in self.set_scores.items()]
        tables = {
            "set_scores": _first(pd.concat(scored, ignore_index=True), "sample_id", "method"),
            "set_score_coherence": _first(pd.concat(coherence, ignore_index=True), "method"),
        }
        if self.set_score_comparison is not None:
            tables["set_score_contrasts"] = self.set_score_comparison.table
        return tables

    def _of_likeness(self) -> dict[str, pd.DataFrame]:
        if self.likeness is None:
            return {}
        return {
            "similarity": self.likeness.table,
            "axis_profile": self.likeness.profile,
            "similarity_leave_one_out": self.likeness.leave_one_out,
            "similarity_overlap": self.likeness.overlap,
            "projection": self.likeness.projection.table,
        }

    def _of_reversal(self) -> dict[str, pd.DataFrame]:
        models = [one for one in (self.published, *self.observed) if one is not None]
        parts = [one.table for one in models]
        parts += [] if self.blockade is None else [self.blockade.table]
        if not parts:
            return {}
        whole = _joined([part.reindex(columns=list(REVERSAL_COLUMNS)) for part in parts])
        tables = {"reversal": whole}
        for name in ("verdicts", "nulls", "analytes", "patients") if models else ():
            tables[f"reversal_{name}"] = _joined([getattr(one, name) for one in models])
        if self.blockade is not None:
            for name in ("curve", "analytes", "patients", "clamps"):
                tables[f"blockade_{name}"] = getattr(self.blockade, name)
        return tables

    def _of_mouse(self) -> dict[str, pd.DataFrame]:
        if self.mouse is None:
            return {}
        return {"mouse_pairs": self.mouse.table, "mouse_concordance": self.mouse.summary}


def _first(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the table with these columns in front."""
    return table[[*columns, *(name for name in table if name not in columns)]]


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all parts; one without rows only gives its columns."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled or parts[:1], ignore_index=True)
