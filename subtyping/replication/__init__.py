"""Does the candidate hold in independent people? Frozen result and refitted method."""

from subtyping.replication.replicate import OUTCOMES, Replication, replicate_subtype

__all__ = ["OUTCOMES", "Replication", "replicate_subtype"]
