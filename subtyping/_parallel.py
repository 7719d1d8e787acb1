"""The one door to joblib: the same results in the same order, whatever the number of workers."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

__all__ = ["map_in_order", "resolve_jobs"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def resolve_jobs(jobs: int | None) -> int:
    """Return the number of workers: all cores this process may use when `jobs` is None."""
    if jobs is None:
        if hasattr(os, "sched_getaffinity"):
            return max(1, len(os.sched_getaffinity(0)))
        return os.cpu_count() or 1
    return max(1, int(jobs))


def _single_threaded(function: Callable[..., Result], *arguments: Any) -> Result:
    with _thread_pools(len(sys.modules)).limit(limits=1):
        return function(*arguments)


@lru_cache(maxsize=1)
def _thread_pools(n_modules: int) -> Any:  # noqa: ARG001
    """Return the thread pools of the libraries loaded so far, looked up again after an import."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def map_in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> list[Result]:
    """Apply `function` to each item, in worker processes if asked, and keep the order.

    Inner thread pools (BLAS, OpenMP) are limited to one thread both in workers and in the serial
    path, so that sums are taken in the same order everywhere and cores are not oversubscribed.

    Parameters
    ----------
    function : callable
        A picklable function of one item.
    items : iterable
        What to apply it to. Each item carries its own seed.
    jobs : int, optional
        Workers; None uses every core, 1 stays in this process.
    advance : callable, optional
        Called once for each finished item (a progress bar).

    Returns
    -------
    list
        Results in the order of `items`.
    """
    todo: Sequence[Item] = list(items)
    workers = min(resolve_jobs(jobs), len(todo))
    results: list[Result] = []
    if workers <= 1:
        for item in todo:
            results.append(_single_threaded(function, item))
            if advance is not None:
                advance()
        return results
    from joblib import Parallel, delayed

    calls = (delayed(_single_threaded)(function, item) for item in todo)
    for result in Parallel(n_jobs=workers, return_as="generator")(calls):
        results.append(result)
        if advance is not None:
            advance()
    return results
