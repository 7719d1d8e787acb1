"""The data files of a specification: where they are, and one digest of them all."""

import hashlib
from pathlib import Path

from subtyping._validation import nearest
from subtyping.exceptions import SpecError
from subtyping.study.cohort_spec import CohortSpec

__all__ = ["cohort_files", "data_file", "digest_of"]


def cohort_files(cohort: CohortSpec, folder: Path) -> dict[str, Path]:
    """Return the files a specification names: ``panel``, ``samples``, ``lod``, those there are.

    Parameters
    ----------
    cohort : CohortSpec
    folder : Path
        Folder the data paths start from.

    Returns
    -------
    dict of str to Path

    Raises
    ------
    SpecError
        As `data_file`.

    Examples
    --------
    >>> cohort_files(CohortSpec(simulate={"design": "null"}), Path("absent"))
    {}
    """
    names = {
        "panel": cohort.panel,
        "samples": None if cohort.samples == "same" else cohort.samples,
        "lod": cohort.lod,
    }
    return {
        key: data_file(folder, name, f"cohort.{key}")
        for key, name in names.items()
        if name is not None
    }


def data_file(folder: Path, name: str, key: str) -> Path:
    """Return the path of a data file, or say where it was looked for.

    Parameters
    ----------
    folder : Path
        Folder the data paths start from.
    name : str
        As the specification gives it; an absolute path stays.
    key : str
        What messages call the declaration.

    Returns
    -------
    Path

    Raises
    ------
    SpecError
        If there is no such file, or it is a folder.

    Examples
    --------
    >>> data_file(Path("absent"), "panel.csv", "cohort.panel")
    Traceback (most recent call last):
    ...
    subtyping.exceptions.SpecError: cohort.panel: there is no file 'absent/panel.csv'. The folder \
'absent' does not exist; give the data folder with --data.
    """
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


def digest_of(files: list[Path]) -> str:
    """Return one digest of the bytes of all files, in their order.

    Parameters
    ----------
    files : list of Path

    Returns
    -------
    str
        SHA-256 of the SHA-256 of each.

    Examples
    --------
    >>> digest_of([])[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
