"""A labelling written down as plain JSON: what new people are held against."""

from collections.abc import Mapping
from typing import Any

from subtyping.discovery.assignment import CLEAR_PROBABILITY
from subtyping.discovery.card_constants import constants_block
from subtyping.discovery.derivation import replication_block
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.verdict import Verdict
from subtyping.panel.panel import Panel

__all__ = ["SCHEMA", "build_card"]

SCHEMA = "subtyping.card/1"


def build_card(
    fitted: FittedLabelling,
    verdict: Verdict,
    *,
    reading: Mapping[str, Any],
    provenance: Mapping[str, Any],
    panel: Panel | None = None,
) -> dict[str, Any]:
    """Write down a labelling as plain JSON: parameters, never code.

    Parameters
    ----------
    fitted : FittedLabelling
    verdict : Verdict
    reading : mapping
        How a panel of new people is read: ``format, unit, columns, zeros``, and ``routine``
        (analytes that are routine markers) where there are any.
    provenance : mapping
        Versions, seed and data digest of the run.
    panel : Panel, optional
        That the labelling was learnt on; without it the card has no resampled constants, and no
        interval can be given for a probability.

    Returns
    -------
    dict
    """
    model = fitted.axes.models_[fitted.scores.axis]
    values = fitted.scores.values.to_numpy()[fitted.is_case]
    return {
        "schema": SCHEMA,
        "unit": fitted.preparation.unit_,
        "platform": fitted.preparation.platform_,
        "reading": dict(reading),
        "preparation": fitted.preparation.to_card(),
        "axis": model.to_card(),
        "quantity": fitted.scores.quantity,
        "mixture": {
            "weight": fitted.model.weight,
            "means": list(fitted.model.means),
            "sds": list(fitted.model.sds),
            "skewness": fitted.model.skewness,
        },
        "derivation": {
            "n_case": int(fitted.is_case.sum()),
            "n_reference": int(fitted.is_reference.sum()),
            "value_min": float(values.min()),
            "value_max": float(values.max()),
        },
        "clear_probability": CLEAR_PROBABILITY,
        "verdict": {
            "kind": verdict.kind,
            "axis": verdict.axis,
            "p_value": verdict.p_value,
            "sentence": verdict.sentence,
        },
        "constants": constants_block(
            fitted,
            panel,
            routine=reading.get("routine") or {},
            seed=int(provenance.get("seed") or 0),
            with_draws=verdict.kind == "discrete",
        ),
        "replication": replication_block(fitted, panel, provenance),
        "provenance": dict(provenance),
    }
