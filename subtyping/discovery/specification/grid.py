"""The grid of defensible analyses: every combination, less those an explicit rule leaves out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from subtyping.discovery.specification.algorithms import ALGORITHMS, CHOSEN, OWN, n_parameters
from subtyping.discovery.specification.choices import (
    DETECTION,
    HANDLING,
    NUMBERS,
    PLATES,
    Choice,
    PreparationChoice,
    in_order,
)
from subtyping.discovery.specification.features import FEATURES, PANEL_FEATURES
from subtyping.exceptions import InputError

__all__ = ["RULES", "Grid", "GridFacts", "GridOptions", "make_grid"]

USUAL_DETECTION = DETECTION[:2]

RULES = {
    "departures": "the preparation departs from the declared one in more choices than asked for",
    "covariates": "the covariate set is another's once those not recorded are left out",
    "plates": "plates cannot be adjusted for: fewer than two declared, or aliased with the cases",
    "detection": "the policy changes nothing: no value of the matrix is below a known limit",
    "handling": "handling markers are in no axis and no level, so only the whole panel has them",
    "features": "these features cannot be had from this panel",
    "columns": "the algorithm does not take so few or so many columns",
    "number": "the algorithm takes no number of clusters",
    "parameters": "the mixture has more free parameters than there are cases",
    "stepmix": "latent profiles need StepMix, which is not installed",
}
"""Why a combination is left out; the first rule that holds counts it."""


@dataclass(frozen=True)
class GridOptions:
    """What is tried, in any order.

    Attributes
    ----------
    detection, plates, handling, features, algorithms, numbers : sequence of str
    covariates : sequence of tuple of str
    most_departures : int
        In how many choices a preparation may differ from the declared one.
    """

    detection: Sequence[str] = USUAL_DETECTION
    plates: Sequence[str] = PLATES
    covariates: Sequence[tuple[str, ...]] = ((),)
    handling: Sequence[str] = HANDLING
    features: Sequence[str] = tuple(FEATURES)
    algorithms: Sequence[str] = tuple(ALGORITHMS)
    numbers: Sequence[str] = NUMBERS
    most_departures: int = 1


@dataclass(frozen=True)
class GridFacts:
    """What the rules need to know of the data: nothing that depends on a result.

    Attributes
    ----------
    n_case : int
    sizes : dict of str to int
        Columns of each choice of features (`feature_sizes`).
    recorded : tuple of str
        Covariates of the samples table.
    can_adjust_plates, has_censored, has_handling, has_stepmix : bool
    """

    n_case: int
    sizes: dict[str, int]
    recorded: tuple[str, ...]
    can_adjust_plates: bool
    has_censored: bool
    has_handling: bool
    has_stepmix: bool


@dataclass(frozen=True)
class Grid:
    """The specifications that are run.

    Attributes
    ----------
    choices : tuple of Choice
        In one order whatever the order of the options; the declared analysis is among them.
    declared : Choice
    n_combinations : int
        Of all options, before any rule.
    excluded : dict of str to int
        Combinations left out by each of `RULES` that left one out.
    """

    choices: tuple[Choice, ...]
    declared: Choice
    n_combinations: int
    excluded: dict[str, int]


def make_grid(options: GridOptions, declared: PreparationChoice, facts: GridFacts) -> Grid:
    """Return every combination of the options that makes sense, and count the rest by rule.

    The declared analysis, the package's test on the skew (or on the raw score, where there is no
    skew) after the declared preparation, is always among them.

    Parameters
    ----------
    options : GridOptions
    declared : PreparationChoice
    facts : GridFacts

    Returns
    -------
    Grid

    Raises
    ------
    InputError
        If no specification but the declared one is left.

    Examples
    --------
    >>> facts = GridFacts(60, dict.fromkeys(FEATURES, 1), (), True, False, False, False)
    >>> options = GridOptions(features=["skew"], algorithms=["own_test", "ward"], numbers=["2"])
    >>> grid = make_grid(options, PreparationChoice(), facts)
    >>> grid.n_combinations, len(grid.choices), grid.excluded
    (16, 4, {'detection': 8, 'handling': 4})
    """
    own = Choice(declared, "skew" if facts.sizes["skew"] else "score", OWN, CHOSEN)
    excluded: dict[str, int] = {}
    kept = {own}
    n_combinations = 0
    for choice, repeats in _combinations(options, facts):
        n_combinations += 1
        rule = repeats or _rule(choice, options, declared, facts)
        if rule:
            excluded[rule] = excluded.get(rule, 0) + 1
        else:
            kept.add(choice)
    if len(kept) == 1 and n_combinations > 1:
        said = "; ".join(f"{RULES[rule]} ({n})" for rule, n in excluded.items())
        message = (
            f"None of the {n_combinations} combinations of `specifications:` can be run: {said}. "
            "Name more features, algorithms or preparations."
        )
        raise InputError(message)
    ordered = tuple(sorted(kept, key=_place))
    return Grid(ordered, own, n_combinations, {r: excluded[r] for r in RULES if r in excluded})


def _combinations(options: GridOptions, facts: GridFacts) -> Iterator[tuple[Choice, str]]:
    """Every combination, and the rule by which it repeats an earlier one, if it does."""
    seen: set[tuple[str, ...]] = set()
    sets = []
    for wanted in sorted(options.covariates, key=lambda names: (len(names), sorted(names))):
        known = in_order(name for name in wanted if name in facts.recorded)
        sets.append((known, "covariates" if known in seen else ""))
        seen.add(known)
    numbers = sorted(options.numbers, key=NUMBERS.index)
    prepared = product(options.detection, options.plates, sets, options.handling)
    for detection, plates, (covariates, repeats), handling in prepared:
        made = PreparationChoice(detection, plates, covariates, handling)
        analyses = product(options.features, options.algorithms, enumerate(numbers))
        for features, algorithm, (place, number) in analyses:
            if ALGORITHMS[algorithm].takes_k:
                yield Choice(made, features, algorithm, number), repeats
            else:  # once, whatever numbers are asked for
                choice = Choice(made, features, algorithm, CHOSEN)
                yield choice, repeats or ("number" if place else "")


def _rule(  # noqa: PLR0911 - one return a rule
    choice: Choice, options: GridOptions, declared: PreparationChoice, facts: GridFacts
) -> str:
    """Return the first rule that leaves a combination out; empty if none does."""
    made, algorithm = choice.preparation, ALGORITHMS[choice.algorithm]
    columns = facts.sizes[choice.features]
    if made.plates == "adjusted" and not facts.can_adjust_plates:
        return "plates"
    if made.detection != declared.detection and not facts.has_censored:
        return "detection"
    in_matrix = facts.has_handling and choice.features in PANEL_FEATURES
    if made.handling != declared.handling and not in_matrix:
        return "handling"
    if made.departures(declared) > options.most_departures:
        return "departures"
    if not columns:
        return "features"
    if not algorithm.least_columns <= columns <= algorithm.most_columns:
        return "columns"
    least = 2 if choice.number == CHOSEN else int(choice.number)
    if n_parameters(choice.algorithm, least, columns) > facts.n_case:
        return "parameters"
    if choice.algorithm == "latent_profiles" and not facts.has_stepmix:
        return "stepmix"
    return ""


def _place(choice: Choice) -> tuple[object, ...]:
    """Where a choice stands among the others, whatever order the options came in."""
    made = choice.preparation
    return (
        DETECTION.index(made.detection),
        PLATES.index(made.plates),
        len(made.covariates),
        made.covariates,
        HANDLING.index(made.handling),
        tuple(FEATURES).index(choice.features),
        tuple(ALGORITHMS).index(choice.algorithm),
        NUMBERS.index(choice.number),
    )
