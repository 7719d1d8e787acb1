"""The answer of a replication."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from subtyping.discovery.assignment import Assignment
from subtyping.discovery.line import EVIDENCE_COLUMNS, Line
from subtyping.discovery.power import PowerStatement
from subtyping.discovery.verdict import Verdict
from subtyping.replication.people import Newcomers

__all__ = ["OUTCOMES", "Replication", "replication_result"]

OUTCOMES = ("replicated", "not replicated", "underpowered", "blocked")
COLUMNS = tuple(name for name in EVIDENCE_COLUMNS if name != "decides")
N_POINTS = 201


@dataclass(frozen=True, eq=False)
class Replication:
    """What independent people say of a candidate subtype.

    Attributes
    ----------
    outcome : {"replicated", "not replicated", "underpowered", "blocked"}
    claim : {"candidate", "replicated"}
        What the data allow now.
    sentence : str
        The answer in plain words with its caveats.
    axis, quantity : str
    n_case, n_reference : int
        New people the numbers rest on.
    n_left_out : int
        Cases and reference people that take no part: the model cannot assign them, or there are
        fewer than 8 reference people.
    lines : pandas.DataFrame
        ``line, statistic, value, ci_low, ci_high, p_value, null_twin, sentence``.
    assignment : Assignment
        Every sample of the new panel by the frozen model.
    twins : pandas.DataFrame
        The comparisons on each draw of a continuum that resembles the new people.
    agreement_limit : float
        95th percentile of their membership agreement; NaN where blocked.
    method : Verdict or None
        Of the whole procedure on the new people; None where it cannot be learnt, or where blocked.
    power_at_minimum : float
    n_needed : int or None
    values : pandas.Series
        Frozen skew (or raw score) of the new cases, indexed by sample_id.
    curves : pandas.DataFrame
        ``x, density_derivation, density_new``: the frozen groups, and the groups fitted to
        `values`.
    veto : str
        Why a group that is seen is no subtype; empty if nothing speaks against it, or none is.
    """

    outcome: str
    claim: str
    sentence: str
    axis: str
    quantity: str
    n_case: int
    n_reference: int
    n_left_out: int
    lines: pd.DataFrame
    assignment: Assignment
    twins: pd.DataFrame
    agreement_limit: float
    method: Verdict | None
    power_at_minimum: float
    n_needed: int | None
    values: pd.Series
    curves: pd.DataFrame
    veto: str = ""

    def __repr__(self) -> str:
        return f"Replication({self.outcome}: {self.sentence})"


def replication_result(
    new: Newcomers,
    outcome: str,
    sentence: str,
    power: PowerStatement,
    lines: list[Line],
    *,
    twins: pd.DataFrame,
    limit: float,
    method: Verdict | None,
    veto: str = "",
) -> Replication:
    """Put the result together.

    Parameters
    ----------
    new : Newcomers
    outcome, sentence : str
    power : PowerStatement
    lines : list of Line
    twins : pandas.DataFrame
    limit : float
        95th percentile of the membership agreement of the twins.
    method : Verdict or None
    veto : str

    Returns
    -------
    Replication
    """
    fitted = new.fitted
    values = fitted.scores.values[fitted.is_case]
    ends = np.array([values.min(), values.max(), *new.frozen.mixture.means])
    margin = 0.08 * float(np.ptp(ends))
    x = np.linspace(ends.min() - margin, ends.max() + margin, N_POINTS)
    curves = pd.DataFrame(
        {
            "x": x,
            "density_derivation": new.frozen.mixture.density(x),
            "density_new": fitted.model.density(x),
        }
    )
    return Replication(
        outcome=outcome,
        claim="replicated" if outcome == "replicated" else "candidate",
        sentence=sentence,
        axis=new.frozen.axis.name,
        quantity=fitted.scores.quantity,
        n_case=int(fitted.is_case.sum()),
        n_reference=int(fitted.is_reference.sum()),
        n_left_out=new.n_left_out,
        lines=pd.DataFrame([asdict(line) for line in lines])[list(COLUMNS)],
        assignment=new.assignment,
        twins=twins,
        agreement_limit=limit,
        method=method,
        power_at_minimum=power.power,
        n_needed=power.n_needed,
        values=values,
        curves=curves,
        veto=veto,
    )
