"""One person of a finished run: what pushed the out-of-fold probability, from its tables."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype, is_numeric_dtype

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import InputError
from subtyping.prediction.explain import (
    SAMPLE_COLUMNS,
    SampleExplanation,
    explain_sample,
    waterfall_text,
)
from subtyping.report import is_done

__all__ = ["ExplainedPerson", "explain_run"]

TABLE = "attribution_samples"
TEXT_COLUMNS = ("sample_id", "analyte", "axis", "model", "label", "reason", "is_label_member")
ADDS_UP = 1e-6


@dataclass(frozen=True, eq=False)
class ExplainedPerson:
    """One person of a run, explained.

    Attributes
    ----------
    explanation : SampleExplanation
    label : str
        What the procedure learnt without the person calls the sample: subtype, other, unclear.
    text : str
        The waterfall as a table of plain text.
    notes : tuple of str
        What the run itself leaves open.
    """

    explanation: SampleExplanation
    label: str
    text: str
    notes: tuple[str, ...]


def explain_run(run: str | Path, sample_id: str, *, n_analytes: int = 10) -> ExplainedPerson:
    """Explain one person of a finished run from the tables in its folder.

    Nothing is fitted again: the attributions are those of the model of the outer fold that held
    the person out.

    Parameters
    ----------
    run : str or Path
        A run folder of `subtyping run`.
    sample_id : str
        A case sample of the run.
    n_analytes : int, default 10
        Analytes named in the text; the others are one line together.

    Returns
    -------
    ExplainedPerson

    Raises
    ------
    InputError
        If the folder holds no finished run, or one without prediction (the verdict is not
        discrete) or without attributions, the sample is unknown or was not explained, or the
        attributions do not add up to the stored probability within 1e-6.
    """
    folder = Path(run)
    document = _document(folder)
    _check_predicted(folder, document)
    tables = {name: _table(folder, name) for name in (TABLE, "out_of_fold", "attribution")}
    wanted = str(sample_id).strip()
    told = tables["out_of_fold"].set_index("sample_id")
    _check_as_written(folder, tables)
    rows = tables[TABLE][tables[TABLE]["sample_id"] == wanted]
    if rows.empty:
        raise InputError(_why_absent(folder, wanted, told))
    ranked = tables["attribution"].set_index("analyte")
    found = explain_sample(
        rows,
        axis_of=ranked["axis"].to_dict(),
        members=ranked.index[ranked["is_label_member"] == "True"],
    )
    notes = _calibrated(document, found, told.loc[wanted])
    if not notes:
        _check_adds_up(folder, found, told.loc[wanted])
    n_train = _fewest_training(folder)
    if n_train is not None and n_train <= len(ranked):
        notes.append(_few_people(n_train, len(ranked)))
    label = str(told.loc[wanted, "label"])
    return ExplainedPerson(found, label, waterfall_text(found, n_analytes=n_analytes), tuple(notes))


def _check_as_written(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Raise where a table was edited: a number that is none, a person twice or in one table."""
    where = str(folder / "tables")
    for name, table in tables.items():
        words = (*TEXT_COLUMNS, "fold")
        wrong = [c for c in table.columns if c not in words and not is_numeric_dtype(table[c])]
        if "fold" in table.columns and not is_integer_dtype(table["fold"]) and len(table):
            wrong.append("fold")
        if wrong:
            message = f"{name}.csv in {where!r} holds no numbers in {list_some(wrong)}; "
            raise InputError(message + "it is not as it was written. Run the study again.")
    told = tables["out_of_fold"]["sample_id"]
    if told.duplicated().any() or not tables[TABLE]["sample_id"].isin(told).all():
        message = f"The tables in {where!r} do not belong together: run the study again."
        raise InputError(message)


def _document(folder: Path) -> dict[str, Any]:
    """Read report.json of a finished run."""
    if not folder.is_dir():
        message = (
            f"{str(folder)!r} is not a folder; give the run folder that `subtyping run` wrote."
        )
        raise InputError(message)
    if not is_done(folder):
        message = (
            f"{str(folder)!r} holds no finished run (there is no DONE file). Give the run folder "
            "that `subtyping run` wrote, or run the study to its end."
        )
        raise InputError(message)
    try:
        document = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{str(folder / 'report.json')!r} cannot be read ({type(error).__name__})."
        raise InputError(message) from None
    if not isinstance(document, dict) or not isinstance(document.get("verdict"), dict):
        message = (
            f"{str(folder)!r} is not the folder of a study: its report.json has no verdict. Give "
            "the run folder that `subtyping run` wrote."
        )
        raise InputError(message)
    return document


def _check_predicted(folder: Path, document: dict[str, Any]) -> None:
    """Raise where the run predicted nothing, or kept no attributions, with the reason."""
    if (folder / "tables" / f"{TABLE}.csv").is_file():
        return
    kind = str(document["verdict"].get("kind"))
    if kind != "discrete":
        message = (
            f"The verdict of this run is {kind!r}, so nobody's membership was predicted and there "
            "is nothing to explain: attributions are computed where the verdict is 'discrete'."
        )
    elif not (folder / "tables" / "out_of_fold.csv").is_file():
        message = (
            "The prediction of this run was switched off (prediction.enabled); run the study "
            "again with it to explain people."
        )
    elif not (folder / "tables" / "attribution.csv").is_file():
        message = (
            "No outer fold of this run could be fitted, so there is nothing to explain; "
            "tables/folds.csv gives the reasons."
        )
    else:
        message = (
            f"This run holds no tables/{TABLE}.csv: it was written before runs kept the "
            "attributions of single people. Run the study again."
        )
    raise InputError(message)


def _table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table of the run; names stay text, even one called NA."""
    path = folder / "tables" / f"{name}.csv"
    try:
        header = pd.read_csv(path, nrows=0, encoding="utf-8").columns
        table = pd.read_csv(
            path,
            dtype={column: str for column in TEXT_COLUMNS if column in header},
            keep_default_na=False,
            na_values={column: [""] for column in header if column not in TEXT_COLUMNS},
            encoding="utf-8",
        )
    except (OSError, ValueError) as error:
        message = f"{str(path)!r} cannot be read ({type(error).__name__}). Run the study again."
        raise InputError(message) from None
    needed = {
        TABLE: SAMPLE_COLUMNS,
        "out_of_fold": ("sample_id", "label"),
        "attribution": ("analyte", "axis", "is_label_member"),
    }.get(name, ())
    absent = [column for column in needed if column not in table.columns]
    if absent:
        message = (
            f"{str(path)!r} lacks the column {list_some(absent)}; it is not as it was written."
        )
        raise InputError(message)
    return table


def _why_absent(folder: Path, wanted: str, told: pd.DataFrame) -> str:
    """Say why a sample has no attributions: unfitted fold, no case, or unknown."""
    if wanted in told.index:
        fold, reason = told.loc[wanted, "fold"], ""
        path = folder / "tables" / "folds.csv"
        if path.is_file():
            folds = _table(folder, "folds").set_index("fold")
            reason = str(folds["reason"].get(fold, "")).rstrip(".")
        return (
            f"Sample {wanted!r} was held out in fold {fold}, which could not be fitted"
            f"{f' ({reason})' if reason else ''}; it has no probability to explain."
        )
    path = folder / "tables" / "axis_scores.csv"
    if path.is_file() and (_table(folder, "axis_scores")["sample_id"] == wanted).any():
        return (
            f"Sample {wanted!r} is in the run, but not among its {count_of(len(told), 'case')} "
            "whose membership was predicted; reference and comparison people are not explained."
        )
    return (
        f"No sample {wanted!r} in this run ({count_of(len(told), 'case sample')}, e.g. "
        f"{list_some(told.index[:3])}).{nearest(wanted, told.index)}"
    )


def _calibrated(document: dict[str, Any], found: SampleExplanation, told: pd.Series) -> list[str]:
    """Note that the stored probability was calibrated after the model, where the run says so."""
    spec = document.get("spec")
    settings = spec.get("prediction") if isinstance(spec, dict) else None
    kind = settings.get("calibrate") if isinstance(settings, dict) else None
    if kind in (None, "none", "None"):
        return []
    stored = float(told.get(f"{found.model}_probability", np.nan))
    said = (
        f"The run calibrated its probabilities ({kind}): out_of_fold.csv says {stored:.1%}. What "
        f"is explained here is the model before calibration ({found.probability:.1%})."
    )
    return [said]


def _check_adds_up(folder: Path, found: SampleExplanation, told: pd.Series) -> None:
    """Raise unless base value and attributions give the stored probability."""
    column = f"{found.model}_probability"
    stored = float(told.get(column, np.nan))
    if not abs(stored - found.probability) <= ADDS_UP:
        message = (
            f"The attributions of {found.sample_id!r} add up to a probability of "
            f"{found.probability:.6f}; out_of_fold.csv says {stored:.6f}. The tables in "
            f"{str(folder / 'tables')!r} do not belong together: run the study again."
        )
        raise InputError(message)


def _fewest_training(folder: Path) -> int | None:
    """Return the fewest training case samples of a fitted fold, where known."""
    path = folder / "tables" / "folds.csv"
    if not path.is_file():
        return None
    folds = _table(folder, "folds")
    if not {"n_train", "is_fitted"} <= set(folds.columns):
        return None
    fitted = folds[folds["is_fitted"].astype(str) == "True"]
    counts = pd.to_numeric(fitted["n_train"], errors="coerce")
    return int(counts.min()) if np.isfinite(counts).any() and np.isfinite(counts.min()) else None


def _few_people(n_train: int, n_analytes: int) -> str:
    """Warn of fewer people than analytes."""
    return (
        f"The model learnt from {count_of(n_train, 'training sample')} of "
        f"{count_of(n_analytes, 'analyte')} (n <= p): attributions of correlated analytes are "
        "arbitrary; read the sum of an axis, not an analyte."
    )
