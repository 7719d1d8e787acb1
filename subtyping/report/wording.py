"""What each verdict means, and what it does not, in words for a trial planner."""

from dataclasses import dataclass

__all__ = ["CLAIMS", "KINDS_OF_RULE", "VERDICTS", "VerdictWording"]


@dataclass(frozen=True)
class VerdictWording:
    """How a verdict is told to someone who plans a trial.

    Attributes
    ----------
    badge : str
        Two or three words.
    means, does_not_mean : str
        One or two sentences each; ``{axis}`` stands for the axis of the verdict.
    """

    badge: str
    means: str
    does_not_mean: str


VERDICTS = {
    "discrete": VerdictWording(
        "Candidate subtype",
        "In these people the {axis} skew is better described as two groups than as one, and no "
        "technical cause that was looked for explains the second group. A trial could try to "
        "enrol on it.",
        "It has not been seen again in independent people, and nothing here shows that the group "
        "has another illness or that any treatment works better in it.",
    ),
    "continuum": VerdictWording(
        "A gradient, not a group",
        "People differ on {axis} by more than the noise of the assay, along one continuous "
        "gradient. A trial can use how high someone is; it cannot enrol members of a group.",
        "It does not mean that inflammation is unimportant. It does mean that every cut on the "
        "gradient is a choice of the planner, not a boundary found in the data.",
    ),
    "none": VerdictWording(
        "No subtype found",
        "Neither a group nor a gradient on {axis} beyond the noise of the assay can be claimed, "
        "in a study that was large enough to see the smallest subtype it was asked about.",
        "It does not prove that there is no subtype in other people, or on analytes that this "
        "panel does not measure or detect.",
    ),
    "underpowered": VerdictWording(
        "Too few people to tell",
        "A subtype of the smallest size worth finding would often be missed with this number of "
        "people, so its absence here says little.",
        "It is evidence neither for a subtype nor against one.",
    ),
    "blocked": VerdictWording(
        "No inference possible",
        "Cases and reference people were collected or measured so separately that a difference "
        "between people cannot be told from a difference between measurements. Only descriptions "
        "are given.",
        "It does not say that there is no subtype. These samples cannot answer the question; the "
        "same people measured in a mixed order could.",
    ),
}

CLAIMS = {
    "candidate": "Candidate: seen in one cohort, at one time.",
    "replicated": "Replicated: met again in independent people.",
    "prognostic": "Prognostic: goes with the later course.",
    "predictive": "Predictive: treatment works differently, in a randomised comparison.",
}

KINDS_OF_RULE = {
    "subtype": "Chosen on these people; needs an independent cohort before a protocol uses it.",
    "upper_tail": "Takes the upper end of a gradient; the cut is a choice, and part of those above "
    "it will be below it at the next visit.",
    "published": "A published rule shown for comparison; not chosen on these data.",
}
