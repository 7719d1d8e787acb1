"""What a blockade is expected to normalise: the result type."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["CAPTION", "CLAIM_METRICS", "TABLE_COLUMNS", "Blockade"]

CAPTION = "Conditional expectation, not an intervention"

TABLE_COLUMNS = (
    "drug",
    "model",
    "metric",
    "value",
    "ci_low",
    "ci_high",
    "null_twin",
    "p_value",
    "n_covered",
    "n_signature",
    "reason",
)

CLAIM_METRICS = (
    "percent_normalised",
    "percent_normalised_without_handling",
    "percent_normalised_given_level",
)


@dataclass(frozen=True, eq=False)
class Blockade:
    """What the panel is expected to look like with a pathway at the healthy level.

    A conditional expectation, not an intervention: causes and consequences of what is clamped move
    alike, and so does whatever shares a cause with it.

    Attributes
    ----------
    table : pandas.DataFrame
        ``drug`` (the pathway), ``model`` (pathway_blockade), ``metric, value, ci_low, ci_high,
        null_twin, p_value, n_covered`` (analytes judged), ``n_signature`` (dysregulated analytes),
        ``reason`` (blank, or why there is no value). Metrics: ``percent_normalised`` and
        ``percent_normalised_without_handling`` (twin and p: random target sets of equal size,
        variance and connectivity that stand as far from the healthy level),
        ``percent_normalised_given_level`` (without handling markers, the general level of each
        person kept; the random sets come from outside the signature),
        ``share_brought_back_pct`` (per patient; the same twin),
        ``change_sd`` (mean expected change towards health in SD of the healthy people; twin and p:
        permuted case and reference labels), ``percent_improvement_capped`` and ``cosine``
        (agreement of metrics, without a twin).
    curve : pandas.DataFrame
        ``pathway, metric, dose, value, ci_low, ci_high, null_median, null_low, null_high``; the
        last two hold the central 90 % of the random sets. `percent_normalised` is a straight line
        in the dose by construction, the share brought back is not.
    analytes : pandas.DataFrame
        ``pathway, analyte, n_folds, difference, change, percent, is_handling_marker``: analytes
        judged in at least half of the folds; held-out means in SD of the healthy people.
    patients : pandas.DataFrame
        ``pathway, sample_id, n_outside, n_back, n_pushed_out, share_brought_back_frac`` at the
        highest dose.
    clamps : pandas.DataFrame
        ``pathway, kind`` (analytes, axis_score or nothing), ``analytes, sentence``.
    sentence : str
        One part for each pathway.
    notes : tuple of str
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    analytes: pd.DataFrame
    patients: pd.DataFrame
    clamps: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()

    @property
    def beyond_level(self) -> tuple[str, ...]:
        """Pathways that normalise beyond the general level.

        The intervals of ``percent_normalised`` with and without the handling markers and of
        ``percent_normalised_given_level`` lie above 0, and the latter has p <= .05 against random
        sets from outside the signature. Any analyte of a dysregulated group of analytes meets
        this, not only the one that causes it. So may, in large studies, a pathway whose members
        read the general level better than the other analytes do.
        """
        found = []
        for name, rows in self.table.groupby("drug", sort=False):
            by_metric = rows.set_index("metric")
            low, p = by_metric["ci_low"], by_metric["p_value"]
            is_whole = all(metric in by_metric.index for metric in CLAIM_METRICS)
            if is_whole and (low[list(CLAIM_METRICS)] > 0).all() and p[CLAIM_METRICS[-1]] <= 0.05:
                found.append(str(name))
        return tuple(found)

    @property
    def claims(self) -> tuple[str, ...]:
        """Pathways that normalise beyond comparable targets.

        Those of `beyond_level` whose ``percent_normalised`` also has p <= .05 against random sets
        of equal size, variance and connectivity wherever they come from, the signature included.
        """
        main = self.table[self.table["metric"] == CLAIM_METRICS[0]].set_index("drug")["p_value"]
        return tuple(name for name in self.beyond_level if main[name] <= 0.05)
