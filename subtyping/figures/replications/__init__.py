"""What the results of a study would look like over and over, where the truth is known."""

from subtyping.figures.replications.claims import replication_claims
from subtyping.figures.replications.drawn import DrawnReplications
from subtyping.figures.replications.power import replication_power
from subtyping.figures.replications.reversal import replication_reversal
from subtyping.figures.replications.winners_curse import replication_winners_curse

__all__ = [
    "DrawnReplications",
    "replication_claims",
    "replication_power",
    "replication_reversal",
    "replication_winners_curse",
]
