"""What proposing criteria returns."""

import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from subtyping.criteria.rule import EligibilityRule

__all__ = ["Criteria"]


@dataclass(frozen=True, eq=False)
class Criteria:
    """Candidate criteria and the published ones beside them.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per rule: ``rule`` (JSON text of the rule), ``rule_text, kind`` (subtype,
        upper_tail or published), ``claim, target_condition``; ``prevalence_frac`` (of the target
        condition), ``sensitivity, specificity, ppv, npv, positive_frac`` (cases who meet the
        rule), ``screen_fail_frac, number_needed_to_screen``, each with ``_ci_low`` and
        ``_ci_high``; ``threshold, unit, threshold_ci_low, threshold_ci_high`` and the same with
        ``_2`` and ``_3`` for further clauses; ``reference_positive_frac`` with its interval;
        ``sensitivity_apparent, specificity_apparent, sensitivity_optimism,
        specificity_optimism, selection_frac, n_resamples, n_case, obtained, note``;
        ``fidelity_sensitivity, fidelity_specificity`` (against the labels) with intervals;
        ``out_of_bag_sensitivity, out_of_bag_specificity`` (means over the rules of the
        resamples); ``threshold_given_marker_ci_low`` and so on (the interval of the optimum of
        the chosen marker), ``threshold_interval_reason`` (why the plain one is blank),
        ``chosen_by, best_category``. Then what a re-test adds: ``truly_above_frac`` (of those
        who meet the rule once, who do by their usual value), ``retest_*`` (of one sample),
        ``mean_of_two_*``, ``both_of_two_*``; ``icc_kind, icc, icc_low, icc_high, grey_low,
        grey_high`` and the same with ``_2`` and ``_3``; ``grey_frac, grey_of_met_frac`` (whom one
        sample does not settle); ``retest_reason`` (why numbers are missing), ``retest_sentence,
        retest_note`` (where each ICC comes from), ``portability_mark, screened_per_member``.
    rules : tuple of EligibilityRule
        The rules, in the order of the rows, with grey zones where a repeatability is known.
    sentence : str
        What a trial planner should know.
    overlap : pandas.DataFrame
        Who meets which rules together, see `criteria_overlap`.
    differences : pandas.DataFrame
        Proposed rules less the others, on the same people, see `paired_differences`.
    peeling : pandas.DataFrame
        Coverage and purity of ever smaller boxes, see `peeling_path`; empty where no subtype rule
        is proposed.
    retest : pandas.DataFrame
        ``rule_text, kind``, then the columns of `RuleRetest.table`: one row for each rule, clause
        and way to use it on repeated samples.
    refused : pandas.DataFrame
        ``rule_text, marker, limit, limit_kind, margin_sd, reason``: rules that would have been
        proposed but stand on the floor of the assay.
    """

    table: pd.DataFrame
    rules: tuple[EligibilityRule, ...]
    sentence: str
    overlap: pd.DataFrame = field(default_factory=pd.DataFrame)
    differences: pd.DataFrame = field(default_factory=pd.DataFrame)
    peeling: pd.DataFrame = field(default_factory=pd.DataFrame)
    retest: pd.DataFrame = field(default_factory=pd.DataFrame)
    refused: pd.DataFrame = field(default_factory=pd.DataFrame)

    def records(self) -> list[dict[str, Any]]:
        """Return the rows for JSON: the rule as an object, missing numbers as None."""
        records = []
        for row in self.table.to_dict("records"):
            plain = {str(k): None if v is None or pd.isna(v) else v for k, v in row.items()}
            plain["rule"] = json.loads(row["rule"])
            records.append(plain)
        return records
