"""What each verdict means, and what it does not, in words for a trial planner."""

from dataclasses import dataclass

__all__ = ["CLAIMS", "KINDS_OF_RULE", "LINES", "METRICS", "ROLES", "VERDICTS", "VerdictWording"]


@dataclass(frozen=True)
class VerdictWording:
    """How a verdict is told to someone who plans a trial.

    Attributes
    ----------
    badge : str
        Two or three words.
    means, does_not_mean, next_step : str
        One or two sentences each; ``{axis}`` stands for the axis of the verdict, ``{quantity}``
        for its skew or raw score, ``{needed}`` for how many cases would do.
    heading : str
        Above the criteria.
    """

    badge: str
    means: str
    does_not_mean: str
    next_step: str
    heading: str = "No criterion is proposed"


VERDICTS = {
    "discrete": VerdictWording(
        "Candidate subtype",
        "In these people the {quantity} is better described as two groups than as one, and no "
        "technical cause that was looked for explains the second group. A trial could try to "
        "enrol on it.",
        "It has not been seen again in independent people, and nothing here shows that the group "
        "has another illness or that any treatment works better in it.",
        "Before a protocol uses a rule below, measure its analytes in new people, with samples "
        "measured in both runs or an absolute assay, and see whether group and rule hold.",
        "Criteria a trial could screen on",
    ),
    "continuum": VerdictWording(
        "A gradient, not a group",
        "People differ on {axis} by more than the noise of the assay, along one continuous "
        "gradient. A trial can use how high someone is; it cannot enrol members of a group.",
        "It does not mean that inflammation is unimportant, nor that a cut on the gradient marks "
        "a boundary: every cut is a choice of the planner.",
        "Enrol without a marker and use the {axis} score as a continuous covariate or for "
        "stratification; or enrol its upper part, by a cut chosen beforehand for what it costs in "
        "screening. Do not call that part a subtype.",
        "No subtype rule; a cut a trial could choose",
    ),
    "none": VerdictWording(
        "No subtype found",
        "Neither a group nor a gradient on {axis} beyond the noise of the assay can be claimed, "
        "in a study that was large enough to see the smallest subtype it was asked about.",
        "It does not prove that there is no subtype in other people, or on analytes that this "
        "panel does not measure or detect.",
        "Do not enrol on {axis} from these data. If the idea is to be kept, test it in new people "
        "with an assay that detects the analytes this panel missed (they are listed below).",
    ),
    "underpowered": VerdictWording(
        "Too few people to tell",
        "A subtype of the smallest size worth finding would often be missed with this number of "
        "people, so its absence here says little.",
        "It is evidence neither for a subtype nor against one.",
        "Do not enrol on {axis} yet, and do not conclude that there is nothing: measure {needed}, "
        "then run the study again.",
    ),
    "blocked": VerdictWording(
        "No inference possible",
        "Cases and reference people were collected or measured so separately that a difference "
        "between people cannot be told from a difference between measurements. Only descriptions "
        "are given.",
        "It does not say that there is no subtype. These samples cannot answer the question; the "
        "same people measured in a mixed order could.",
        "Measure both groups again side by side: cases and reference people on every plate, at "
        "every site and over the same months. Until then, use no threshold from this study.",
    ),
}

CLAIMS = {
    "candidate": "Candidate: seen in one cohort, at one time.",
    "replicated": "Replicated: met again in other data than those it was made from.",
    "prognostic": "Prognostic: goes with the later course.",
    "predictive": "Predictive: treatment works differently, in a randomised comparison.",
}

KINDS_OF_RULE = {
    "subtype": "Chosen on these people; needs an independent cohort before a protocol uses it.",
    "upper_tail": "Takes the upper end of a gradient; the cut is a choice, and part of those above "
    "it will be below it at the next visit.",
    "published": "A published rule shown for comparison; not chosen on these data.",
}

ROLES = {
    "case": "cases: searched for a subtype",
    "reference": "reference: what is usual",
    "comparison": "comparison",
    "none": "not compared",
}

LINES = {
    "existence": "One group or two?",
    "continuum": "Do people differ beyond assay noise?",
    "specificity": "Is the group commoner in cases?",
    "specificity: difference": "By how many in a hundred?",
    "fit": "Do two groups fit cases left out?",
    "detection": "Does it hang on how values below detection are written?",
    "technical: undeclared shift": "Could an unknown batch explain it?",
    "joint": "All members weighed together: one group or two?",
    "taxometrics": "Do the members look like classes or like a gradient?",
    "taxometrics MAMBAC": "The same by MAMBAC",
    "taxometrics MAXEIG": "The same by MAXEIG",
    "taxometrics L-Mode": "The same by L-Mode",
    "stability": "Are the same two classes found again in subsamples?",
    "split-half strength": "Does one half keep together what the other finds together?",
    "split-half agreement": "Do two halves agree on who belongs together?",
}

METRICS = {
    "n_case": "Cases",
    "existence_p_value": "p-value for “one group”",
    "is_discrete": "Called discrete (1 yes, 0 no; twin: share of the twins)",
    "prevalence_frac": "Share of the cases in the upper group",
    "power_at_minimum": "Chance to find the smallest subtype asked about",
    "level_reliability": "Reliability of the general level of inflammation (0 to 1)",
}
