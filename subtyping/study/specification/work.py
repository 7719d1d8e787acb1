"""The work of a grid: every data set and preparation is one task; what is done is not redone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from subtyping._parallel import map_in_order
from subtyping._random import child_seed
from subtyping.cohorts import fit_continuum
from subtyping.cohorts.continuum import Continuum
from subtyping.discovery import DiscoverySettings, LabellingProcedure
from subtyping.discovery.specification.cells import Cell, Outcome, run_cells
from subtyping.discovery.specification.choices import Choice, PreparationChoice
from subtyping.panel import Panel
from subtyping.study.specification.journal import (
    append_lines,
    key_of,
    outcome_of,
    read_journal,
    record_of,
)
from subtyping.study.specification.plan import GridPlan

__all__ = ["DATA", "GridWork", "run_grid"]

DATA = -1
"""Number of the data set that is no twin."""


@dataclass(frozen=True, eq=False)
class GridWork:
    """What a grid is run with.

    Attributes
    ----------
    plan : GridPlan
    settings : DiscoverySettings
    seed, n_twins, n_resamples : int
    context : str
        Digest of the data, the code and the settings that every result depends on.
    folder : Path
        Of the journal.
    """

    plan: GridPlan
    settings: DiscoverySettings
    seed: int
    n_twins: int
    n_resamples: int
    context: str
    folder: Path

    def key(self, data_set: int, choice: Choice) -> str:
        """Return the name of one result."""
        return key_of(self.context, data_set, choice.to_row())


@dataclass(frozen=True, eq=False)
class _Task:
    """One preparation of one data set; carries its own seed and the keys of its results."""

    source: Panel | Continuum
    data_set: int
    root_seed: int
    procedure: LabellingProcedure
    cells: tuple[Cell, ...]
    keys: dict[tuple[str, str, str], str]
    settings: DiscoverySettings
    n_resamples: int
    path: Path


def run_grid(
    work: GridWork,
    *,
    jobs: int | None,
    counter: Callable[[str, int], Callable[[], None]],
) -> dict[tuple[int, Choice], Outcome]:
    """Run what is not in the journal yet, and return everything.

    Every finished cell is appended to the journal at once, so that an interruption loses only
    the cells being worked on.

    Parameters
    ----------
    work : GridWork
    jobs : int or None
        Workers; the results do not depend on it.
    counter : callable
        ``Progress.counter``.

    Returns
    -------
    dict
        Outcome of each data set (`DATA`, then twins 0, 1, ...) and choice.
    """
    work.folder.mkdir(parents=True, exist_ok=True)
    done = read_journal(work.folder)
    tasks = _tasks(work, done)
    if tasks:
        advance = counter("preparations of data and twins", len(tasks))
        map_in_order(_run_task, tasks, jobs=jobs, advance=advance)
        done = read_journal(work.folder)
    return {
        (data_set, choice): outcome_of(done[work.key(data_set, choice)], choice.number)
        for data_set in range(DATA, work.n_twins)
        for choice in work.plan.grid.choices
    }


def _tasks(work: GridWork, done: dict[str, dict[str, Any]]) -> list[_Task]:
    """List what is left to do, the data first."""
    plan, procedure = work.plan, work.plan.fitted.procedure
    by_preparation: dict[PreparationChoice, list[Choice]] = {}
    for choice in plan.grid.choices:
        by_preparation.setdefault(choice.preparation, []).append(choice)
    continuum: Continuum | None = None
    tasks = []
    for data_set in range(DATA, work.n_twins):
        for number, (preparation, choices) in enumerate(by_preparation.items()):
            left = [c for c in choices if work.key(data_set, c) not in done]
            if not left:
                continue
            if data_set != DATA and continuum is None:
                continuum = fit_continuum(
                    plan.panel, case=procedure.case, reference=procedure.reference
                )
            source = plan.panel if data_set == DATA or continuum is None else continuum
            name = "data" if data_set == DATA else f"twin{data_set}"
            tasks.append(
                _Task(
                    source=source,
                    data_set=data_set,
                    root_seed=work.seed,
                    procedure=plan.procedure(preparation),
                    cells=_cells(left),
                    keys={(c.features, c.algorithm, c.number): work.key(data_set, c) for c in left},
                    settings=work.settings,
                    n_resamples=work.n_resamples,
                    path=work.folder / f"{name}_{number}.jsonl",
                )
            )
    return tasks


def _cells(choices: list[Choice]) -> tuple[Cell, ...]:
    """Gather the choices that share their fits."""
    numbers: dict[tuple[str, str], list[str]] = {}
    for choice in choices:
        numbers.setdefault((choice.features, choice.algorithm), []).append(choice.number)
    return tuple(Cell(*names, tuple(asked)) for names, asked in numbers.items())


def _run_task(task: _Task) -> None:
    """Take one preparation of one data set through its cells, and store each as it ends."""
    panel, seed = task.source, task.root_seed
    if isinstance(panel, Continuum):
        panel = panel.draw(task.root_seed, task.data_set)
        seed = child_seed(task.root_seed, "twin", task.data_set)
    finished = run_cells(
        panel,
        task.procedure,
        task.cells,
        task.settings,
        seed=seed,
        n_resamples=task.n_resamples,
    )
    for cell, outcomes in finished:
        records = [
            record_of(task.keys[cell.features, cell.algorithm, outcome.number], outcome)
            for outcome in outcomes
        ]
        append_lines(task.path, records)
