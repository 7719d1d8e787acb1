"""Is a model card whole? What is looked at before any number of it is used."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from subtyping.discovery.card_parts import (
    block_of,
    list_of,
    number_of,
    numbers_of,
    refuse,
    require_choice,
    require_range,
    texts_of,
)
from subtyping.discovery.verdict import KINDS
from subtyping.panel.panel import ROLES, UNITS
from subtyping.preparation.detection import DETECTION_POLICIES
from subtyping.preparation.plate_scaling import PLATE_STEPS

__all__ = ["require_whole_card"]

QUANTITIES = ("skew", "raw score")
FORMATS = ("wide", "long", "olink_long", "olink_wide")
ZEROS = (None, "below_lod", "value")
MIXTURE = ("weight", "low_mean", "high_mean", "low_sd", "high_sd", "skewness")


def require_whole_card(card: Mapping[str, Any]) -> None:
    """Raise unless every part of a card is of its kind and the parts fit one another.

    A number is one that JSON knows: ``NaN``, ``Infinity``, true, false and text are none. Lists
    that run along the same analytes are of one length, standard deviations are above 0, ranges
    are not upside down.

    Parameters
    ----------
    card : mapping
        As written by `build_card`.

    Raises
    ------
    ValueError
        Naming the part, what it should be and what it is.
    KeyError
        Where a part is missing.

    Examples
    --------
    >>> require_whole_card({"unit": "NPX", "platform": 7})
    Traceback (most recent call last):
    ValueError: platform should be text or null; got 7
    """
    require_choice(card["unit"], UNITS, "unit")
    if not isinstance(card["platform"], str | None):
        refuse("platform", "text or null", card["platform"])
    _reading(block_of(card, "reading"))
    kept, n_covariates = _preparation(block_of(card, "preparation"), card)
    along = _axis(block_of(card, "axis"), kept)
    require_choice(card["quantity"], QUANTITIES, "quantity")
    if card["quantity"] == "skew" and card["axis"]["level"] is None:
        refuse("axis.level", "there for a skew", None)
    _mixture(block_of(card, "mixture"))
    derivation = block_of(card, "derivation")
    for name in ("n_case", "n_reference"):
        number_of(derivation[name], f"derivation.{name}", above=0)
    require_range(derivation, "value_min", "value_max", "derivation")
    require_choice(block_of(card, "verdict")["kind"], KINDS, "verdict.kind")
    if card.get("constants") is not None:
        _constants(block_of(card, "constants"), along, n_covariates)
    if card.get("replication") is not None:
        _replication(block_of(card, "replication"))


def _reading(reading: Mapping[str, Any]) -> None:
    require_choice(reading["format"], FORMATS, "reading.format")
    require_choice(reading.get("zeros"), ZEROS, "reading.zeros")
    require_choice(reading.get("samples"), (None, "same"), "reading.samples")
    texts_of(reading.get("analytes") or [], "reading.analytes")
    columns = {} if reading.get("columns") is None else block_of(reading, "columns", "reading.")
    for role, column in columns.items():
        if not isinstance(column, str):
            refuse(f"reading.columns.{role}", "text", column)
    routine = {} if reading.get("routine") is None else block_of(reading, "routine", "reading.")
    for analyte in routine:
        _routine(block_of(routine, analyte, "reading.routine."), f"reading.routine.{analyte}")


def _routine(item: Mapping[str, Any], path: str) -> None:
    """Check one routine marker: its column and unit, its limit and its codes."""
    for name in ("marker", "column", "unit"):
        if not isinstance(item[name], str):
            refuse(f"{path}.{name}", "text", item[name])
    if item.get("lod") is not None:
        number_of(item["lod"], f"{path}.lod", above=0)
    if item.get("below_lod") is not None:
        flag = block_of(item, "below_lod", f"{path}.")
        if not isinstance(flag["column"], str):
            refuse(f"{path}.below_lod.column", "text", flag["column"])
        texts_of(flag["values"], f"{path}.below_lod.values")


def _preparation(block: Mapping[str, Any], card: Mapping[str, Any]) -> tuple[list[str], int]:
    """Return the analytes of the matrix, and how many covariates are adjusted for."""
    path = "preparation."
    for name in ("unit", "platform"):
        if block[name] != card[name]:
            refuse(path + name, f"the card's {name} {card[name]!r}", block[name])
    settings = block_of(block, "settings", path)
    _settings(settings, f"{path}settings.")
    analytes = texts_of(block["analytes"], path + "analytes")
    n = len(analytes)
    is_kept = list_of(block["is_kept"], path + "is_kept", n)
    for item in is_kept:
        if not isinstance(item, bool | np.bool_):
            refuse(f"each entry of {path}is_kept", "true or false", item)
    kept = [name for name, keeps in zip(analytes, is_kept, strict=True) if keeps]
    for name in ("detected_case_frac", "detected_reference_frac", "floor"):
        numbers_of(block[name], path + name, n, may_be_null=True)
    for name in ("below_detection_mean_log2", "below_detection_sd_log2"):
        if block.get(name) is not None:
            numbers_of(block[name], path + name, n, may_be_null=True)
    list_of(block["reason"], path + "reason", n)
    for name in ("reference_median_log2", "reference_mean_log2"):
        numbers_of(block[name], path + name, len(kept))
    numbers_of(block["reference_sd_log2"], path + "reference_sd_log2", len(kept), above=0)
    covariates = texts_of(block["covariates"], path + "covariates")
    for name in covariates:
        require_choice(name, ROLES, f"each entry of {path}covariates")
    n_covariates = len(covariates)
    numbers_of(block["covariate_centre"], path + "covariate_centre", n_covariates)
    for row in list_of(block["covariate_slopes"], path + "covariate_slopes", n_covariates):
        numbers_of(row, path + "covariate_slopes", len(kept))
    number_of(block["n_reference"], path + "n_reference", above=0)
    return kept, n_covariates


def _settings(settings: Mapping[str, Any], path: str) -> None:
    """Check what a replication prepares new people with."""
    for part in ("case", "reference"):
        if not texts_of(settings[part], path + part):
            refuse(path + part, "the names of groups", [])
    require_choice(settings.get("detection", "keep"), DETECTION_POLICIES, path + "detection")
    require_choice(settings.get("plates", "location"), PLATE_STEPS[:-1], path + "plates")
    texts_of(settings.get("adjust", []), path + "adjust")
    for name in ("adjust_plates", "drop_handling", "regress_handling"):
        if not isinstance(settings.get(name, False), bool):
            refuse(path + name, "true or false", settings[name])
    least = number_of(settings.get("min_detected_frac", 0.5), path + "min_detected_frac", above=0)
    if least > 1:
        refuse(path + "min_detected_frac", "at most 1", least)


def _axis(block: Mapping[str, Any], kept: Sequence[str]) -> list[str]:
    """Return the analytes the resampled constants run along: members, then those of the level."""
    if not isinstance(block["name"], str):
        refuse("axis.name", "text", block["name"])
    members = texts_of(block["members"], "axis.members")
    level = texts_of(block["level_analytes"], "axis.level_analytes")
    strange = [name for name in (*members, *level) if name not in kept]
    if strange:
        message = f"the axis names {strange[0]!r}, which the preparation does not keep"
        raise ValueError(message)
    if not members:
        refuse("axis.members", "the names of analytes", [])
    if block["level"] is not None:
        factor = block_of(block, "level", "axis.")
        for name in ("loadings", "mean"):
            numbers_of(factor[name], f"axis.level.{name}", len(level))
        numbers_of(factor["uniquenesses"], "axis.level.uniquenesses", len(level), above=0)
        if number_of(block["level_error_variance"], "axis.level_error_variance") < 0:
            refuse("axis.level_error_variance", "0 or more", block["level_error_variance"])
    numbers_of(block["member_slopes"], "axis.member_slopes", len(members))
    for name in ("slope", "centre"):
        number_of(block[name], f"axis.{name}")
    number_of(block["scale"], "axis.scale", above=0)
    if block["reliability"] is not None:
        number_of(block["reliability"], "axis.reliability")
    return [*members, *level]


def _mixture(block: Mapping[str, Any]) -> None:
    weight = number_of(block["weight"], "mixture.weight")
    if not 0 <= weight <= 1:
        refuse("mixture.weight", "between 0 and 1", weight)
    low, high = numbers_of(block["means"], "mixture.means", 2)
    if low > high:
        refuse("mixture.means", "the lower mean, then the higher", block["means"])
    numbers_of(block["sds"], "mixture.sds", 2, above=0)
    number_of(block["skewness"], "mixture.skewness")


def _constants(block: Mapping[str, Any], along: Sequence[str], n_covariates: int) -> None:
    """Check the ranges, the moments of the members and the resampled constants."""
    path = "constants."
    analytes = block_of(block, "analytes", path)
    n = len(texts_of(analytes["analyte"], path + "analytes.analyte"))
    low, high = (
        numbers_of(analytes[name], f"{path}analytes.{name}", n, may_be_null=True)
        for name in ("min_log2", "max_log2")
    )
    for least, most in zip(low, high, strict=True):
        if least is not None and most is not None and least > most:
            message = f"{path}analytes.min_log2 should not be above max_log2; got {least}, {most}"
            raise ValueError(message)
    members = block_of(block, "members", path)
    k = len(numbers_of(members["mean"], path + "members.mean"))
    rows = list_of(members["covariance"], path + "members.covariance", k)
    V = [numbers_of(row, path + "members.covariance", k) for row in rows]
    if not _is_covariance(np.array(V, dtype=float)):
        message = f"{path}members.covariance is the covariance of nothing"
        raise ValueError(message)
    if block["handling"] is not None:
        require_range(block_of(block, "handling", path), "min", "max", path + "handling")
    if block["draws"] is not None:
        _draws(block_of(block, "draws", path), along, n_covariates)


def _is_covariance(V: np.ndarray) -> bool:
    """Tell whether a matrix is symmetric and has no negative variance in any direction."""
    if not len(V) or not np.allclose(V, V.T):
        return False
    return bool(np.linalg.eigvalsh(V).min() >= -1e-6 * abs(np.trace(V)))


def _draws(block: Mapping[str, Any], along: Sequence[str], n_covariates: int) -> None:
    """Check the resampled constants: one of each for every draw."""
    path = "constants.draws."
    if list(texts_of(block["analytes"], path + "analytes")) != list(along):
        message = f"{path}analytes should be those of the axis, in their order"
        raise ValueError(message)
    n = len(numbers_of(block["constant"], path + "constant"))
    if n == 0:
        refuse(path + "constant", "a number for each draw", [])
    for name, width in (("weights", len(along)), ("covariate_weights", n_covariates)):
        for row in list_of(block[name], path + name, n):
            numbers_of(row, path + name, width)
    mixture = block_of(block, "mixture", path)
    for name in MIXTURE:
        above = 0.0 if name.endswith("_sd") else -math.inf
        values = numbers_of(mixture[name], f"{path}mixture.{name}", n, above=above)
        if name == "weight" and not all(0 <= value <= 1 for value in values):
            refuse(f"each entry of {path}mixture.weight", "between 0 and 1", max(values))


def _replication(block: Mapping[str, Any]) -> None:
    """Check the profile of the group and the digests of the derivation's samples."""
    if block.get("profile") is not None:
        profile = block_of(block, "profile", "replication.")
        n = len(texts_of(profile["analyte"], "replication.profile.analyte"))
        numbers_of(profile["difference_z"], "replication.profile.difference_z", n, may_be_null=True)
    if block.get("fingerprints") is not None:
        for item in list_of(block["fingerprints"], "replication.fingerprints"):
            if not isinstance(item, str):
                refuse("each entry of replication.fingerprints", "text", item)
    for name in ("samples", "people"):
        if block.get(name) is not None:
            _digests(block_of(block, name, "replication."), f"replication.{name}.")


def _digests(part: Mapping[str, Any], path: str) -> None:
    """Check the digests that tell whether new people are those of the derivation."""
    texts_of(part["digests"], path + "digests")
    if not isinstance(part.get("salt", ""), str):
        refuse(path + "salt", "text", part["salt"])
    for names in list_of(part.get("blocks", []), path + "blocks"):
        texts_of(names, path + "blocks")
