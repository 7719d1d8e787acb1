"""The measured people of a study, validated: panel, groups, routine markers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from subtyping._validation import nearest
from subtyping.exceptions import SpecError
from subtyping.panel import Panel, read_panel
from subtyping.panel.routine import RoutineValues
from subtyping.signature.mouse import AnimalContrast
from subtyping.study.bands import banded
from subtyping.study.cohort_files import cohort_files, digest_of
from subtyping.study.cohort_sections import GroupsSpec
from subtyping.study.cohort_spec import CohortSpec
from subtyping.study.mice import read_mice
from subtyping.study.routine_cohort import (
    panel_of_markers,
    read_markers_file,
    read_routine,
    with_axis_members,
)
from subtyping.study.routine_rows import routine_rows, routine_together
from subtyping.study.spec import StudySpec

__all__ = ["StudyCohort", "load_cohort"]


@dataclass(frozen=True, eq=False)
class StudyCohort:
    """What a study is about, read and checked.

    Attributes
    ----------
    panel : Panel
    case, reference, comparison : tuple of str
        Groups of the panel's group column.
    columns : mapping of str to str
        Role to the user's column.
    routine : pandas.DataFrame
        Routine markers in canonical units, one column each; no columns where none was declared.
        One known only as below or above a limit stands at it; see `limits`.
    routine_columns : mapping
        Marker to ``{column, unit}`` as declared, and ``below_lod`` and ``lod`` where they were.
    data_sha256 : str
        Digest of the input files, or of the simulated tables.
    source : str
        Name of the data for people: the file, or the simulated design.
    visits : Panel or None
        Every sample of the people of the panel, where some have several and the study uses one.
    limits : RoutineValues or None
        Routine markers with what is known as a limit only, of the samples of the panel and of the
        visits; see `routine_of`.
    mice : AnimalContrast or pandas.DataFrame, optional
        The mouse contrast the human one is held against.
    """

    panel: Panel
    case: tuple[str, ...]
    reference: tuple[str, ...]
    comparison: tuple[str, ...]
    columns: Mapping[str, str]
    routine: pd.DataFrame
    routine_columns: Mapping[str, Mapping[str, Any]]
    data_sha256: str
    source: str
    visits: Panel | None = None
    limits: RoutineValues | None = None
    mice: AnimalContrast | pd.DataFrame | None = None

    def routine_of(self, panel: Panel) -> RoutineValues | None:
        """Return the routine markers of samples with their limits: what a rule is judged on.

        Parameters
        ----------
        panel : Panel
            Some of the samples of `panel` or `visits`.

        Returns
        -------
        RoutineValues or None
            None where no routine marker was declared.
        """
        if self.limits is None or not len(self.limits.values.columns):
            return None
        return routine_rows(self.limits, panel.sample_ids)

    def groups_table(self) -> pd.DataFrame:
        """Return ``group, role, n``: every group of the panel, blank ones included."""
        roles = {
            **dict.fromkeys(self.case, "case"),
            **dict.fromkeys(self.reference, "reference"),
            **dict.fromkeys(self.comparison, "comparison"),
        }
        counts = _group_counts(self.panel)
        rows = [
            {"group": name, "role": roles.get(name, "none"), "n": int(n)}
            for name, n in counts.items()
        ]
        return pd.DataFrame(rows, columns=["group", "role", "n"])


def load_cohort(spec: StudySpec, data: str | Path | None = None) -> StudyCohort:
    """Read or simulate the cohort of a specification and check that the study can be done on it.

    Parameters
    ----------
    spec : StudySpec
    data : str or Path, optional
        Folder the data paths start from; the folder of the specification by default.

    Returns
    -------
    StudyCohort

    Raises
    ------
    InputError
        If a file or column is absent, the panel cannot be read as declared, or a declared group
        has no sample (the message lists the groups found with their counts).

    Examples
    --------
    >>> from subtyping.study.spec import spec_from
    >>> spec = spec_from({
    ...     "seed": 1,
    ...     "cohort": {"simulate": {"design": "null", "n_case": 50, "n_reference": 40}},
    ...     "discovery": {"axis": "Th2"},
    ... })
    >>> load_cohort(spec).groups_table().sort_values("n")["n"].tolist()
    [40, 50]
    """
    if data is not None and Path(data).is_file():
        message = f"--data takes the folder the data paths start from; {str(data)!r} is a file."
        raise SpecError(message)
    if spec.cohort.simulate is not None:
        cohort = _simulated(spec)
    else:
        cohort = _read(spec, Path(data) if data is not None else spec.folder)
    _require_groups(cohort)
    return cohort if spec.signature.mouse is None else _with_mice(spec, cohort, data)


def _with_mice(spec: StudySpec, cohort: StudyCohort, data: str | Path | None) -> StudyCohort:
    """Read the mice beside the people."""
    assert spec.signature.mouse is not None, "the caller asked for mice"
    folder = Path(data) if data is not None else spec.folder
    mice, digest = read_mice(spec.signature.mouse, folder, spec.seed)
    both = hashlib.sha256(f"{cohort.data_sha256}{digest}".encode()).hexdigest()
    return replace(cohort, mice=mice, data_sha256=both if digest else cohort.data_sha256)


def _simulated(spec: StudySpec) -> StudyCohort:
    """Draw the simulated cohort of a specification."""
    from subtyping.cohorts import simulate_cohort

    wanted = spec.cohort.simulate
    assert wanted is not None, "the caller asked for a simulation"
    seed = spec.seed if wanted.seed is None else wanted.seed
    try:
        cohort = simulate_cohort(wanted.design, seed=seed, **wanted.settings)
    except TypeError as error:
        message = f"cohort.simulate: {error}."
        raise SpecError(message) from None
    groups = spec.cohort.groups or GroupsSpec(**_listed(cohort.groups))
    routine = read_routine(cohort.panel, cohort.routine)
    panel, routine = with_axis_members(cohort.panel, routine, cohort.routine, spec)
    tables = (cohort.panel.values, cohort.panel.samples)
    text = "".join(table.to_csv(lineterminator="\n") for table in tables)
    return StudyCohort(
        panel=panel,
        case=tuple(groups.case),
        reference=tuple(groups.reference),
        comparison=tuple(groups.comparison),
        columns=dict(cohort.columns),
        routine=routine.numbers,
        limits=routine,
        routine_columns=cohort.routine,
        data_sha256=hashlib.sha256(text.encode()).hexdigest(),
        source=f"simulated {wanted.design}",
    )


def _listed(groups: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return group names as lists."""
    return {
        part: [names] if isinstance(names, str) else [str(name) for name in names]
        for part, names in groups.items()
    }


def _read(spec: StudySpec, folder: Path) -> StudyCohort:
    """Read the files of a specification."""
    cohort = spec.cohort
    assert cohort.groups is not None, "a specification requires groups beside its files"
    files = cohort_files(cohort, folder)
    panel, routine = _read_people(spec, files, cohort.visits)
    visits, limits = _every_visit(spec, files, panel, routine)
    return StudyCohort(
        panel=panel,
        case=tuple(cohort.groups.case),
        reference=tuple(cohort.groups.reference),
        comparison=tuple(cohort.groups.comparison),
        columns=cohort.roles,
        routine=routine.numbers,
        routine_columns=_declared(cohort),
        data_sha256=digest_of(list(files.values())),
        source=next(iter(files.values())).name,
        visits=visits,
        limits=limits,
    )


def _declared(cohort: CohortSpec) -> dict[str, dict[str, Any]]:
    """Return the routine markers as they were declared."""
    return {name: item.model_dump(exclude_none=True) for name, item in cohort.routine.items()}


def _read_people(
    spec: StudySpec, files: Mapping[str, Path], visits: str | None
) -> tuple[Panel, RoutineValues]:
    """Read the people of one policy on visits: panel, groups and routine markers."""
    cohort = spec.cohort
    declared = _declared(cohort)
    policies: dict[str, Any] = {
        "columns": cohort.roles,
        "where": cohort.where or None,
        "duplicates": cohort.duplicates,
        "visits": visits,
        "qc_flagged": cohort.qc_flagged,
        "unknown_roles": cohort.unknown_roles,
    }
    if "panel" not in files:
        panel, routine = read_markers_file(files["samples"], declared, **policies)
        panel, routine = panel_of_markers(panel, routine, declared, spec)
    else:
        panel = read_panel(
            files["panel"],
            samples=files.get("samples", cohort.samples),
            unit=cohort.unit,
            format=cohort.format,
            analytes=cohort.analytes,
            zeros=cohort.zeros,
            lod=files.get("lod"),
            replicates=cohort.replicates,
            **policies,
        )
        routine = read_routine(panel, declared)
        panel, routine = with_axis_members(panel, routine, declared, spec)
    return banded(panel, cohort.bands, cohort.columns["group"]), routine


def _every_visit(
    spec: StudySpec, files: Mapping[str, Path], panel: Panel, routine: RoutineValues
) -> tuple[Panel | None, RoutineValues]:
    """Return every sample of the study's people, where it uses fewer, and markers of them all."""
    if spec.cohort.visits is None or "subject" not in panel.samples:
        return None, routine
    everyone, markers = _read_people(spec, files, "all")
    known = panel.samples["subject"].dropna()
    mine = everyone.samples["subject"].isin(known).to_numpy(dtype=bool)
    if not everyone.samples.loc[mine, "subject"].duplicated().any():
        return None, routine
    return everyone.take(mine), routine_together(routine, routine_rows(markers, mine))


def _group_counts(panel: Panel) -> pd.Series:
    """Count the samples of each group; blank groups count as ``(blank)``."""
    group = panel.samples["group"].astype(object)
    text = group.where(group.notna(), "").astype(str).str.strip()
    return text.replace("", "(blank)").value_counts().sort_index()


def _require_groups(cohort: StudyCohort) -> None:
    """Raise if a declared group has no sample."""
    if "group" not in cohort.panel.samples:
        message = (
            "The samples have no group column; map it with cohort.columns: {group: <column>} and "
            "name the samples file with cohort.samples."
        )
        raise SpecError(message)
    counts = _group_counts(cohort.panel)
    for part in ("case", "reference", "comparison"):
        for group in getattr(cohort, part):
            if group not in counts.index:
                found = ", ".join(f"{name} ({n})" for name, n in counts.items()) or "none"
                message = (
                    f"cohort.groups.{part}: no sample has the group {group!r}. Groups found: "
                    f"{found}.{nearest(group, map(str, counts.index))}"
                )
                raise SpecError(message)
