"""Can what was asked of a prediction be done? Asked before anything is fitted."""

from subtyping._validation import list_some, one_of
from subtyping.exceptions import InputError
from subtyping.prediction.calibrators import CALIBRATORS
from subtyping.prediction.fold_tasks import FoldOptions
from subtyping.prediction.models import MODELS
from subtyping.prediction.search import require_optuna

__all__ = ["check_models", "check_options"]

LARGEST_REDUCED = 20


def check_models(models: tuple[str, ...], explain: str | None = None) -> tuple[str, ...]:
    """Raise for unknown models and for explaining a model that is not fitted."""
    if not models:
        message = f"Prediction needs at least one model, any of {', '.join(MODELS)}; got none."
        raise InputError(message)
    for name in models:
        one_of(name, MODELS, "A prediction model")
    if explain is not None and explain not in models:
        message = (
            f"The model to explain must be one of those fitted, {', '.join(models)}; "
            f"got {explain!r}. Add it to the models or leave explain empty."
        )
        raise InputError(message)
    return tuple(dict.fromkeys(models))


def check_options(options: FoldOptions) -> None:
    """Raise for an option that is unknown, needs another, or needs a library that is absent."""
    if options.inner_folds is not None and options.inner_folds < 2:
        message = f"Tuning needs at least 2 inner folds; got {options.inner_folds}."
        raise InputError(message)
    for name, value, known in (
        ("calibrate", options.calibrate, CALIBRATORS),
        ("search", options.search, ("optuna",)),
    ):
        if value is None:
            continue
        one_of(value, known, f"prediction.{name}")
        if options.inner_folds is None:
            message = (
                f"prediction.{name}: {value} is learnt on inner folds; got none. Give a number of "
                "inner folds, such as 5."
            )
            raise InputError(message)
    if options.search is not None:
        require_optuna()
    wrong = [size for size in options.sizes if not 1 <= size <= LARGEST_REDUCED]
    if wrong:
        message = f"A reduced panel holds 1 to {LARGEST_REDUCED} analytes; got {list_some(wrong)}."
        raise InputError(message)
