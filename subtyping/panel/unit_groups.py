"""A file that holds values in several units: which rows hold which, and how to split it."""

from collections.abc import Mapping

import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.matching import Matched
from subtyping.panel.samples_table import IN_PANEL
from subtyping.panel.texts import as_category
from subtyping.panel.units import known_unit

__all__ = ["refuse_mixed_units", "splitting_column", "stated_units"]

MOST_LEVELS = 50


def splitting_column(units: pd.Series, columns: pd.DataFrame) -> str | None:
    """Return the column whose every level holds one unit only: the one with the fewest levels.

    Parameters
    ----------
    units : pandas.Series of str
        Unit of each row.
    columns : pandas.DataFrame
        Candidates, aligned by position.

    Returns
    -------
    str or None
        None where no column with at most 50 levels, each of two rows on average, splits the rows.

    Examples
    --------
    >>> columns = pd.DataFrame({"sex": ["m", "f", "m"], "year": ["2020", "2021", "2021"]})
    >>> splitting_column(pd.Series(["NPX", "pg/mL", "pg/mL"]), columns)
    'year'
    """
    found: list[tuple[int, int, str]] = []
    for place, name in enumerate(columns):
        levels = as_category(columns[name]).reset_index(drop=True)
        n_levels = levels.nunique()
        if levels.isna().any() or not 1 < n_levels <= min(MOST_LEVELS, max(2, len(levels) // 2)):
            continue
        if units.reset_index(drop=True).groupby(levels).nunique().max() == 1:
            found.append((int(n_levels), place, str(name)))
    return min(found)[2] if found else None


def refuse_mixed_units(units: pd.Series, columns: pd.DataFrame, keys: Mapping[str, str]) -> None:
    """Raise where rows of a panel are in different units, and name the groups.

    Parameters
    ----------
    units : pandas.Series of str
        Unit of each row as the file spells it; missing where it says nothing.
    columns : pandas.DataFrame
        Columns that may tell the rows apart.
    keys : mapping
        How `where` names each of them.

    Raises
    ------
    PanelError
        Naming how many rows hold which unit, the column that splits them with its levels, and a
        `where` that reads one unit.

    Examples
    --------
    >>> columns = pd.DataFrame({"year": ["2020", "2021"]})
    >>> refuse_mixed_units(pd.Series(["pg/mL", "pg/ml"]), columns, {"year": "year"})
    """
    spelled = as_category(units).reset_index(drop=True)
    plain = spelled.map(lambda text: known_unit(text) or text, na_action="ignore")
    if plain.nunique() < 2 and not (plain.nunique() == 1 and plain.isna().any()):
        return
    plain = plain.fillna("no unit")
    counts = plain.value_counts()
    shares = ", ".join(f"{unit} in {count_of(int(n), 'row')}" for unit, n in counts.items())
    listed = list_some(sorted(counts.index), 6)
    column = splitting_column(plain, columns)
    if column is None:
        example = (
            f'where={{"{keys.get(str(units.name), units.name)}": "{spelled.dropna().iloc[0]}"}}'
        )
        words = "No other column splits the rows"
    else:
        levels = as_category(columns[column]).reset_index(drop=True)
        parts = []
        for unit in counts.index:
            own = levels[plain == unit].value_counts(sort=False)
            parts.append(f"{unit} in " + ", ".join(f"{level} ({n})" for level, n in own.items()))
        words = f"Column {column!r} splits them: {'; '.join(parts)}"
        of_first = list(levels[plain == counts.index[0]].unique())
        example = f'where={{"{keys.get(column, column)}": {of_first}}}'
    message = (
        f"The panel file mixes units: {listed} ({shares}). {words}. Read one unit at a time, such "
        f"as {example}; NPX and pg/mL cannot be pooled."
    )
    raise PanelError(message)


def stated_units(matched: Matched, *, same: bool) -> tuple[str, ...]:
    """Return the units a file states; refuse rows in several, their groups named.

    Parameters
    ----------
    matched : Matched
        Rows with their clinical columns.
    same : bool
        Whether the samples table is the panel file itself.

    Returns
    -------
    tuple of str
        As the file spells them, of the rows that are left; empty where it says nothing.

    Raises
    ------
    PanelError
        As for `refuse_mixed_units`.

    Examples
    --------
    >>> from subtyping.panel.wide import read_wide
    >>> table = pd.DataFrame({"id": ["a"], "IL6": ["1"], "unit": ["pg/mL"]})
    >>> measured = read_wide(table, analytes="IL6")
    >>> stated_units(Matched(measured, measured.carried.iloc[:, :0]), same=False)
    ('pg/mL',)
    """
    carried = matched.measured.carried
    found = [name for name in carried if str(name).casefold() in ("unit", "units")]
    others = carried.drop(columns=found)
    clinical = others.iloc[:, :0] if same else matched.clinical
    columns = pd.concat([clinical, others.drop(columns=clinical.columns, errors="ignore")], axis=1)
    for name in found:
        keys = {
            str(column): str(column) if same or column in clinical else f"{IN_PANEL}{column}"
            for column in [*columns, name]
        }
        refuse_mixed_units(carried[name], columns, keys)
    stated = [str(u) for name in found for u in as_category(carried[name]).dropna().unique()]
    return tuple(stated) or matched.measured.unit_in_file
