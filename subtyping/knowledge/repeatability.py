"""How far one person's blood markers stay where they are."""

from dataclasses import dataclass

import pandas as pd

from subtyping._validation import nearest
from subtyping.knowledge._tables import load_table
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.knowledge.routine import routine_analyte, routine_markers

__all__ = ["KINDS", "WithinPersonIcc", "repeatability_table", "within_person_icc"]

KINDS = ("estimate", "range", "lower_bound")

_TEXT = ("unit", "time_apart", "population", "assay", "note")
_MISLEADS = "how often one sample misleads at a threshold"
_IN_WORDS = {
    "within_sd": "the spread of one person's samples",
    "within_cv_pct": "the spread of one person's samples",
    "crossed_2_mg_l_frac": _MISLEADS,
    "error_chance_20_pct": _MISLEADS,
    "retest_normal_frac": _MISLEADS,
    "assay_cv_pct": "the noise of the assay",
}


@dataclass(frozen=True, eq=False)
class WithinPersonIcc:
    """What is known of an analyte's repeatability within a person.

    Attributes
    ----------
    analyte : str
        Symbol, or routine marker, that was looked up.
    kind : {"estimate", "range", "lower_bound"} or None
        None where nothing is known.
    value, low, high : float
        The estimate; or the ends of the range; or the lower bound. NaN where not given.
    reason : str
        Which row was taken and why, or why there is none.
    source : str
        Of the row that was taken; blank where there is none.
    rows : pandas.DataFrame
        Every ICC of the analyte in the table, best first.
    """

    analyte: str
    kind: str | None
    value: float
    low: float
    high: float
    reason: str
    source: str
    rows: pd.DataFrame

    @property
    def is_known(self) -> bool:
        """Whether the table holds any ICC of the analyte."""
        return self.kind is not None


def repeatability_table() -> pd.DataFrame:
    """Return what is published on the variability of blood markers within a person.

    Returns
    -------
    pandas.DataFrame
        ``analyte`` (``all``: over the analytes of the study), ``statistic`` (``icc``,
        ``within_sd``, ``within_cv_pct``, ``crossed_2_mg_l_frac``, ``error_chance_20_pct``,
        ``retest_normal_frac``, ``assay_cv_pct``), ``kind`` (estimate, range, lower_bound: as
        printed; no bound was made into an estimate), ``value, low, high, unit, as_printed, ci_low,
        ci_high`` (interval; none was seen), ``time_apart, population, n_people, assay, note,
        source, mark``. Blank is not known.

    Examples
    --------
    >>> table = repeatability_table()
    >>> table[table["analyte"] == "CCL17"][["statistic", "as_printed"]].values.tolist()
    [['icc', '> 0.40'], ['assay_cv_pct', '2.3-5.0 %']]
    """
    table = load_table("repeatability", ("analyte", "statistic", "as_printed", "source")).copy()
    for column in ("value", "low", "high", "ci_low", "ci_high"):
        table[column] = table[column].astype(float)
    for column in _TEXT:
        table[column] = table[column].astype(object).where(table[column].notna(), "")
    table["n_people"] = table["n_people"].astype("Int64")
    return table


def within_person_icc(analyte: str, platform: str | None = None) -> WithinPersonIcc:
    """Look up the repeatability (ICC) of one sample of an analyte; nothing is made up.

    Of several rows the first in this order is taken: measured by the platform asked for; an
    estimate before a range before a lower bound; more people; the higher lower bound. The others
    stay in `rows` and are named in the reason.

    Parameters
    ----------
    analyte : str
        Any name of an analyte, or a routine marker.
    platform : str, optional
        Assay platform of the values the ICC is wanted for; a row matches where one names the
        other (``Luminex`` and ``hs-Luminex``).

    Returns
    -------
    WithinPersonIcc
        With ``kind`` None and the reason where the table has no ICC of it.

    Examples
    --------
    >>> found = within_person_icc("IL-8")
    >>> found.kind, found.value, found.source
    ('estimate', 0.33, 'CEBP 22:2009')
    >>> within_person_icc("TARC").low, within_person_icc("TARC").kind
    (0.4, 'lower_bound')
    >>> within_person_icc("IL31").kind, within_person_icc("IL31").reason
    (None, 'No ICC of IL31 is known.')
    >>> within_person_icc("crp").reason[:54]
    'No ICC of CRP is known: there is only the spread of on'
    """
    name = routine_analyte(analyte)
    table = repeatability_table()
    mine = table[table["analyte"] == name]
    rows = mine[mine["statistic"] == "icc"]
    if rows.empty:
        return _nothing(name, mine, table)
    fits = [_is_on(str(assay), platform) for assay in rows["assay"]]
    ranked = rows.assign(
        fits=fits,
        order=[KINDS.index(kind) for kind in rows["kind"]],
        people=rows["n_people"].fillna(0).astype(int),
    ).sort_values(["fits", "order", "people", "low"], ascending=[False, True, False, False])
    best = ranked.iloc[0]
    return WithinPersonIcc(
        analyte=name,
        kind=str(best["kind"]),
        value=float(best["value"]),
        low=float(best["low"]),
        high=float(best["high"]),
        reason=_why(ranked, platform),
        source=str(best["source"]),
        rows=ranked.drop(columns=["fits", "order", "people"]).reset_index(drop=True),
    )


def _is_on(assay: str, platform: str | None) -> bool:
    """Return whether the platform of a study and that asked for name one another."""
    one, other = assay.casefold(), (platform or "").casefold()
    return bool(one and other) and (one in other or other in one)


def _why(ranked: pd.DataFrame, platform: str | None) -> str:
    best = ranked.iloc[0]
    told = [str(best[name]) for name in ("assay", "time_apart", "population") if best[name]]
    said = f"ICC {best['as_printed']} ({', '.join([*told, str(best['source'])])})"
    if str(best["kind"]) != "estimate":
        said += ", known as a " + ("range" if best["kind"] == "range" else "lower bound") + " only"
    if platform and not best["fits"]:
        is_stated = bool(best["assay"])
        said += f"; {'not measured' if is_stated else 'not known whether measured'} on {platform}"
    others = [f"{row['as_printed']} ({row['source']})" for _, row in ranked.iloc[1:].iterrows()]
    said += f"; others say {', '.join(others)}" if others else ""
    return f"{said}." + (f" {best['note']}." if best["note"] else "")


def _nothing(name: str, mine: pd.DataFrame, table: pd.DataFrame) -> WithinPersonIcc:
    known = sorted(set(table.loc[table["statistic"] == "icc", "analyte"]))
    if len(mine):
        held = " and ".join(dict.fromkeys(_IN_WORDS[one] for one in mine["statistic"]))
        reason = f"No ICC of {name} is known: there is only {held}, from which none follows."
    else:
        is_name = resolve_analyte(name) is not None or name in set(routine_markers()["marker"])
        reason = f"No ICC of {name} is known.{'' if is_name else nearest(name, known)}"
    nan = float("nan")
    return WithinPersonIcc(name, None, nan, nan, nan, reason, "", mine.iloc[:0])
