"""What comes of replicating a study."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["Replications"]


@dataclass(frozen=True, eq=False)
class Replications:
    """The results of a study over many draws of one truth.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per replication: ``replication, seed``; of the findings (q < .05 and |log2 fold
        change| > .585) ``n_findings, n_true_findings, n_handling_findings, n_axis_findings, power,
        exaggeration, wrong_sign_frac`` and more; for each score its difference, p-value and
        whether the axis is called; the likeness to each comparison group, as a study would give
        it and as it is; what the model of the drug says would be undone. The column ``meaning`` of
        `summary` says what each is.
    summary : pandas.DataFrame
        ``quantity, kind, n, value, ci_low, ci_high, spread_low, spread_high, meaning``: a share of
        replications with Wilson's interval, or a mean over those in which it is defined (`n`) with
        a bootstrap interval and the 2.5 and 97.5 % points of the single replications.
    by_analyte : pandas.DataFrame
        ``analyte, is_handling, is_axis, n_compared, truth_log2, estimate_log2, found_frac,
        found_ci_low, found_ci_high, truth_when_found_log2, estimate_when_found_log2, exaggeration,
        wrong_sign_frac``; analytes mostly below detection in a replication are not compared by
        means there and do not count.
    sentence : str
    notes : tuple of str
    title : str
        What is true of people in every replication.
    design : str
    settings : dict
    axis : str
    n : int
        Replications.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    by_analyte: pd.DataFrame
    sentence: str
    notes: tuple[str, ...]
    title: str
    design: str
    settings: dict[str, object]
    axis: str
    n: int

    def value(self, quantity: str) -> float:
        """Return the value of one line of the summary."""
        rows = self.summary.loc[self.summary["quantity"] == quantity, "value"]
        return float(rows.iloc[0])

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables under the names they are written under."""
        return {
            "replications": self.table,
            "replications_summary": self.summary,
            "replications_by_analyte": self.by_analyte,
        }
