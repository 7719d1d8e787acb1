"""Declared families: which tests share one false discovery rate."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping._validation import count_of, list_some
from subtyping.exceptions import InputError
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["REST", "declared_families", "family_q_values"]

REST = "rest"


def declared_families(
    analytes: Sequence[str], families: Mapping[str, Collection[str]]
) -> tuple[NDArray[np.object_], list[str]]:
    """Return the family of each analyte; one that was put into none belongs to ``rest``.

    Parameters
    ----------
    analytes : sequence of str
        Analytes of the panel.
    families : mapping of str to collection of str
        Name to members. A member that the panel lacks is noted and passed over.

    Returns
    -------
    family : ndarray of str of shape (n_analytes,)
    notes : list of str

    Raises
    ------
    InputError
        If a family is called ``rest``, is a single string, or two hold the same analyte.

    Examples
    --------
    >>> family, notes = declared_families(["CCL11", "CCL17", "IL6"], {"Th2": ["CCL11", "IL4"]})
    >>> family.tolist(), notes
    (['Th2', 'rest', 'rest'], ['Family Th2: 1 member is not on this panel (IL4).'])
    """
    names = [str(analyte) for analyte in analytes]
    present, notes = set(names), list[str]()
    of_analyte: dict[str, str] = {}
    for family, members in families.items():
        if family == REST:
            message = f"A family cannot be called {REST!r}: that is what no other family holds."
            raise InputError(message)
        if isinstance(members, str):
            message = f"Family {family!r} needs a list of analytes; write [{members}]."
            raise InputError(message)
        wanted = list(dict.fromkeys(str(member) for member in members))
        twice = [member for member in wanted if member in of_analyte]
        if twice:
            message = (
                f"Families {of_analyte[twice[0]]!r} and {family!r} both hold {list_some(twice)}. "
                "An analyte is tested in one family only."
            )
            raise InputError(message)
        of_analyte.update(dict.fromkeys(wanted, family))
        absent = [member for member in wanted if member not in present]
        if absent:
            said = "is" if len(absent) == 1 else "are"
            notes.append(
                f"Family {family}: {count_of(len(absent), 'member')} {said} not on this panel "
                f"({', '.join(absent)})."
            )
    return np.array([of_analyte.get(name, REST) for name in names], dtype=object), notes


def family_q_values(p_value: ArrayLike, family: ArrayLike) -> NDArray[np.float64]:
    """Return Benjamini-Hochberg adjusted p-values, each family for itself.

    Parameters
    ----------
    p_value : array of shape (n_tests,)
        NaN where a test was not made.
    family : array of shape (n_tests,)

    Returns
    -------
    ndarray of shape (n_tests,)

    Notes
    -----
    The false discovery rate is held in each family, not over all of them together.

    Examples
    --------
    >>> family_q_values([0.01, 0.03, 0.04], ["a", "b", "b"]).tolist()
    [0.01, 0.04, 0.04]
    """
    p, label = np.asarray(p_value, dtype=float), np.asarray(family, dtype=object)
    q = np.full_like(p, np.nan)
    for name in dict.fromkeys(label.tolist()):
        mine = label == name
        q[mine] = benjamini_hochberg(p[mine])
    return q
