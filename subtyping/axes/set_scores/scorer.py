"""Score sets of analytes by one of six methods, frozen in reference people."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from subtyping._validation import list_some, one_of
from subtyping.axes.definition import AxisDefinition
from subtyping.axes.set_scores._frames import as_records, complete_frame, from_records
from subtyping.axes.set_scores.coherence import coherence_table
from subtyping.axes.set_scores.members import as_definitions, choose_sets, everything_detected
from subtyping.axes.set_scores.models import (
    COMPETITIVE_METHODS,
    SET_SCORE_METHODS,
    fit_model,
    model_card,
    model_from_card,
)
from subtyping.axes.set_scores.result import SetScores
from subtyping.axes.set_scores.sentences import first_sentence
from subtyping.exceptions import InputError

__all__ = ["SetScorer"]

CONSTANT_SD = 1e-10
SETTINGS = (
    "method",
    "scale",
    "alpha",
    "normalise",
    "kernel",
    "max_diff",
    "min_detected_frac",
    "draws",
    "seed",
)


class SetScorer(BaseEstimator):
    r"""Score sets of analytes; everything that is learnt, is learnt in the people given to `fit`.

    ========== ========================================================== =======================
    method     score of a person                                          learnt and frozen
    ========== ========================================================== =======================
    z          mean z of the measurable members (the default score)       mean, SD
    z_detection :math:`\sum w_j z_j / \sum w_j`, w the detected fraction  mean, SD, weights
    zscore     :math:`\sum z_j / \sqrt k`                                 mean, SD
    plage      first singular vector of the members                       mean, SD, vector, value
    ssgsea     rank of the members within the person                      range
    gsva       the same, each analyte seen against its own distribution   distribution functions
    ========== ========================================================== =======================

    Parameters
    ----------
    method : {"z", "z_detection", "zscore", "plage", "ssgsea", "gsva"}, default "z"
    sets : mapping of str to sequence of str, or sequence of AxisDefinition
        Name of each set and its analytes. A set of a mapping needs one measurable member, a
        curated axis two.
    scale : bool, default True
        z, z_detection, zscore and plage: standardise by mean and SD of the reference people;
        False where the values already are on that scale (`Prepared.z`).
    alpha : float, default 0.25
        ssgsea: power of the rank weights.
    normalise : bool, default True
        ssgsea: divide by the range of the reference people's scores.
    kernel : {"gaussian", "none"}, default "gaussian"
        gsva: smoothed or empirical distribution function.
    max_diff : bool, default True
        gsva: highest plus lowest point of the walk; else the one farther from 0.
    min_detected_frac : float, default 0.5
        A member is used if it is detected in this share of the cases or of the reference people.
    draws : int, default 200
        Random sets behind the null of coherence.
    seed : int, default 0
        Root seed of the random sets.

    Attributes
    ----------
    analytes_ : tuple of str
        Columns `transform` needs: the used members, or all analytes of the fit for ssgsea and
        gsva.
    sets_ : dict of str to tuple of str
        Sets that are scored, and their used members.
    model_ : MeanZ, CombinedZ, Plage, SsGsea or Gsva
    members_, coherence_ : pandas.DataFrame
        See `SetScores`.
    notes_ : tuple of str

    Notes
    -----
    With :math:`d^c_j, d^r_j` the detected fractions among cases and reference people, the weight
    of z_detection is :math:`w_j = (d^c_j + d^r_j) / 2`, and 0 for a member that is not
    measurable. It does not hang on how many cases there are to a reference person.

    ssgsea and gsva are competitive: they weigh a set against the rest of the panel, and fall when
    other axes rise; the other methods rise with the general level (docs/axis_scores.md).
    A card of gsva holds the values of the reference people, each analyte sorted by itself.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> healthy = pd.DataFrame(rng.normal(size=(40, 6)), columns=list("ABCDEF"))
    >>> scorer = SetScorer("zscore", {"mine": ["A", "B", "C", "D"]}).fit(healthy)
    >>> patient = pd.DataFrame([[1.0, 1, 1, 1, 0, 0]], columns=list("ABCDEF"), index=["p1"])
    >>> scorer.transform(patient).table.round(1).to_dict("index")
    {'p1': {'mine': 2.0}}
    """

    def __init__(
        self,
        method: str = "z",
        sets: Mapping[str, Sequence[str]] | Sequence[AxisDefinition] | None = None,
        *,
        scale: bool = True,
        alpha: float = 0.25,
        normalise: bool = True,
        kernel: str = "gaussian",
        max_diff: bool = True,
        min_detected_frac: float = 0.5,
        draws: int = 200,
        seed: int = 0,
    ) -> None:
        self.method = method
        self.sets = sets
        self.scale = scale
        self.alpha = alpha
        self.normalise = normalise
        self.kernel = kernel
        self.max_diff = max_diff
        self.min_detected_frac = min_detected_frac
        self.draws = draws
        self.seed = seed

    def fit(
        self,
        X: pd.DataFrame,
        y: object = None,  # noqa: ARG002
        *,
        cases: pd.DataFrame | None = None,
        detection: pd.DataFrame | None = None,
    ) -> "SetScorer":
        """Learn the scores in reference people.

        Parameters
        ----------
        X : pandas.DataFrame of shape (n_reference, n_analytes)
            Reference people; no missing cells.
        y : ignored
        cases : pandas.DataFrame, optional
            Cases, same columns: they take part in the coherence of the sets, and in nothing else.
        detection : pandas.DataFrame, optional
            ``analyte, detected_case_frac, detected_reference_frac`` and maybe ``reason``, as in
            `Prepared.detection`; all analytes count as detected without it.

        Returns
        -------
        SetScorer

        Raises
        ------
        InputError
            If the method is unknown, a cell is missing, there are fewer than two reference
            people, an analyte the method needs is constant among them, or no set can be scored.
        """
        one_of(self.method, SET_SCORE_METHODS, "method")
        frame = complete_frame(X)
        others = None if cases is None else complete_frame(cases, list(frame.columns))
        table = everything_detected(frame.columns) if detection is None else detection
        definitions = as_definitions(self.sets)
        self.sets_, tables, self.notes_ = choose_sets(
            definitions, table, list(frame.columns), self.method, self.min_detected_frac
        )
        column = {name: number for number, name in enumerate(frame.columns)}
        if self.method not in COMPETITIVE_METHODS:
            used = {name for members in self.sets_.values() for name in members}
            column = {name: number for number, name in enumerate(n for n in frame if n in used)}
        self.analytes_ = tuple(column)
        self._refuse_constant(frame[list(column)])
        self.members_ = pd.concat(tables, ignore_index=True)
        weight = dict(zip(self.members_["analyte"], self.members_["weight"], strict=True))
        self.model_ = fit_model(
            self.method,
            frame[list(column)].to_numpy(dtype=np.float64),
            [np.array([column[name] for name in members]) for members in self.sets_.values()],
            np.array([weight.get(name, 0.0) for name in column]),
            self.get_params(deep=False),
        )
        groups = [frame] if others is None else [frame, others]
        self.coherence_ = coherence_table(
            self.members_, set(self.sets_), groups, draws=self.draws, seed=self.seed
        )
        return self

    def transform(self, X: pd.DataFrame) -> SetScores:
        """Score every row of `X` with what was learnt; no row looks at another.

        Parameters
        ----------
        X : pandas.DataFrame
            Has the columns `analytes_`, in any order; others are ignored.

        Returns
        -------
        SetScores

        Raises
        ------
        InputError
            If a column is not there or a cell is missing.
        """
        check_is_fitted(self, "model_")
        values = complete_frame(X, self.analytes_)
        table = pd.DataFrame(
            self.model_.score(values.to_numpy(dtype=np.float64)),
            index=X.index,
            columns=list(self.sets_),
        ).rename_axis("sample_id")
        return SetScores(
            method=self.method,
            table=table,
            members=self.members_,
            coherence=self.coherence_,
            sentence=first_sentence(self.method, self.sets_, self.coherence_),
            notes=self.notes_,
        )

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: object = None,
        *,
        cases: pd.DataFrame | None = None,
        detection: pd.DataFrame | None = None,
    ) -> SetScores:
        """Fit the reference people and score them."""
        return self.fit(X, y, cases=cases, detection=detection).transform(X)

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:  # noqa: ARG002
        """Return the names of the scored sets."""
        check_is_fitted(self, "model_")
        return np.array(list(self.sets_), dtype=object)

    def to_card(self) -> dict[str, Any]:
        """Return the fitted scorer as plain JSON types."""
        check_is_fitted(self, "model_")
        return {
            "settings": {name: getattr(self, name) for name in SETTINGS},
            "analytes": list(self.analytes_),
            "sets": {name: list(members) for name, members in self.sets_.items()},
            "model": model_card(self.model_),
            "members": as_records(self.members_),
            "coherence": as_records(self.coherence_),
            "notes": list(self.notes_),
        }

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> "SetScorer":
        """Rebuild a fitted scorer from `to_card`."""
        sets = {name: tuple(members) for name, members in card["sets"].items()}
        scorer = cls(sets=sets, **card["settings"])
        scorer.sets_ = sets
        scorer.analytes_ = tuple(card["analytes"])
        scorer.model_ = model_from_card(scorer.method, card["model"])
        scorer.members_ = from_records(card["members"])
        scorer.coherence_ = from_records(card["coherence"])
        scorer.notes_ = tuple(card["notes"])
        return scorer

    def _refuse_constant(self, frame: pd.DataFrame) -> None:
        if len(frame) < 2:
            message = f"A set score learns from 2 reference people or more; got {len(frame)}."
            raise InputError(message)
        is_learnt = self.method == "gsva" or (self.scale and self.method != "ssgsea")
        spread = frame.std(ddof=1)
        constant = list(spread.index[spread < CONSTANT_SD])
        if is_learnt and constant:
            message = (
                f"{list_some(constant)} {'is' if len(constant) == 1 else 'are'} constant among the "
                f"reference people, so {self.method} has no scale for them. Leave them out, or "
                "score by 'ssgsea'."
            )
            raise InputError(message)
