"""The measured people of a study, validated: panel, groups, routine markers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import SpecError
from subtyping.knowledge import to_canonical
from subtyping.panel import Panel, read_panel
from subtyping.panel.text_values import parse_values
from subtyping.study.cohort_spec import CohortSpec, GroupsSpec
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
    routine_columns : mapping
        Marker to ``{column, unit}`` as declared.
    data_sha256 : str
        Digest of the input files, or of the simulated tables.
    source : str
        Name of the data for people: the file, or the simulated design.
    """

    panel: Panel
    case: tuple[str, ...]
    reference: tuple[str, ...]
    comparison: tuple[str, ...]
    columns: Mapping[str, str]
    routine: pd.DataFrame
    routine_columns: Mapping[str, Mapping[str, str]]
    data_sha256: str
    source: str

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
        cohort = _read(spec.cohort, Path(data) if data is not None else spec.folder)
    _require_groups(cohort)
    return cohort


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
    tables = (cohort.panel.values, cohort.panel.samples)
    text = "".join(table.to_csv(lineterminator="\n") for table in tables)
    return StudyCohort(
        panel=cohort.panel,
        case=tuple(groups.case),
        reference=tuple(groups.reference),
        comparison=tuple(groups.comparison),
        columns=dict(cohort.columns),
        routine=_routine(cohort.panel, cohort.routine),
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


def _read(cohort: CohortSpec, folder: Path) -> StudyCohort:
    """Read the panel files of a specification."""
    assert cohort.panel is not None, "a specification holds a panel or a design"
    assert cohort.groups is not None, "a specification requires groups beside a panel"
    files = [_file(folder, cohort.panel, "cohort.panel")]
    samples: str | Path | None = cohort.samples
    if cohort.samples not in (None, "same"):
        samples = _file(folder, str(cohort.samples), "cohort.samples")
        files.append(samples)
    lod = None if cohort.lod is None else _file(folder, cohort.lod, "cohort.lod")
    files.extend([] if lod is None else [lod])
    panel = read_panel(
        files[0],
        samples=samples,
        unit=cohort.unit,
        format=cohort.format,
        columns=cohort.roles,
        analytes=cohort.analytes,
        zeros=cohort.zeros,
        lod=lod,
        where=cohort.where or None,
        duplicates=cohort.duplicates,
        visits=cohort.visits,
        qc_flagged=cohort.qc_flagged,
        unknown_roles=cohort.unknown_roles,
    )
    routine = {name: item.model_dump() for name, item in cohort.routine.items()}
    return StudyCohort(
        panel=panel,
        case=tuple(cohort.groups.case),
        reference=tuple(cohort.groups.reference),
        comparison=tuple(cohort.groups.comparison),
        columns=cohort.roles,
        routine=_routine(panel, routine),
        routine_columns=routine,
        data_sha256=_digest(files),
        source=Path(cohort.panel).name,
    )


def _file(folder: Path, name: str, key: str) -> Path:
    """Return the path of a data file, or say where it was looked for."""
    path = Path(name) if Path(name).is_absolute() else folder / name
    if path.is_file():
        return path
    if path.is_dir():
        message = f"{key}: {str(path)!r} is a folder; name the file in it."
        raise SpecError(message)
    parent = path.parent
    beside = [item.name for item in parent.iterdir()] if parent.is_dir() else []
    hint = nearest(path.name, beside)
    if not hint and not parent.is_dir():
        hint = f" The folder {str(parent)!r} does not exist; give the data folder with --data."
    message = f"{key}: there is no file {str(path)!r}.{hint}"
    raise SpecError(message)


def _digest(files: list[Path]) -> str:
    """Return one digest of the bytes of all files, in their order."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _routine(panel: Panel, declared: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Return the routine markers in canonical units."""
    table = pd.DataFrame(index=panel.sample_ids)
    for marker, item in declared.items():
        column = str(item["column"])
        if column not in panel.samples:
            message = (
                f"cohort.routine.{marker}: the samples table has no column {column!r}."
                f"{nearest(column, map(str, panel.samples.columns))}"
            )
            raise SpecError(message)
        numbers = _routine_numbers(panel.samples[column], f"cohort.routine.{marker}", column)
        table[marker] = to_canonical(marker, numbers, str(item["unit"]))
    return table


def _routine_numbers(cells: pd.Series, key: str, column: str) -> pd.Series:
    """Return the numbers of a routine marker; ``<0.5`` counts as its limit, text is refused."""
    parsed = parse_values(cells)
    filled = np.where(np.isnan(parsed.values), parsed.lod, parsed.values)
    if np.isnan(filled).all():
        message = f"{key}: the column {column!r} holds no number."
        raise SpecError(message)
    is_cell = parsed.is_text | parsed.below_lod | parsed.above_uloq
    wrong = (is_cell & np.isnan(filled)) | (filled < 0)
    if wrong.any():
        message = (
            f"{key}: the column {column!r} has {count_of(int(wrong.sum()), 'cell')} that cannot "
            f"be a level, such as {list_some(pd.unique(cells[wrong]))}. Expected a number of 0 "
            "or more, blank, <0.5 or >1000."
        )
        raise SpecError(message)
    return pd.Series(filled, index=cells.index, dtype=float)


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
