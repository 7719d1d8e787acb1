"""What drugs do to blood (and skin) analytes, as far as it was published and read."""

from collections.abc import Sequence

import pandas as pd

from subtyping._validation import nearest, one_of
from subtyping.exceptions import InputError
from subtyping.knowledge._tables import load_table

__all__ = ["drug_effects", "drug_table", "drugs"]

KEYS = ("drug", "analyte", "tissue", "disease_context", "source")
TISSUES = ("blood", "skin", "breath")


def drugs() -> tuple[str, ...]:
    """Return the names of the drugs (and classes) of the table, gaps included.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> from subtyping.knowledge.drugs import drugs
    >>> drugs()[:4]
    ('dupilumab', 'tralokinumab', 'lebrikizumab', 'ustekinumab')
    """
    return tuple(str(name) for name in load_table("drugs", ("drug",))["drug"])


def drug_effects(
    drug: str | Sequence[str] | None = None, *, tissue: str | None = None
) -> pd.DataFrame:
    r"""Return published effects of drugs on analytes, one row per drug, analyte and trial context.

    Read before use:

    - Placebo arms fall a lot in skin disease (CCL17 by 41 to 54 %): much of an effect is skin that
      healed and does not carry over. `log2_fc_placebo_adjusted` takes that away and is the number
      to lead with.
    - Effects were measured in people with high starting levels, and scale with them.
    - Under receptor blockade the ligands (IL4, IL13) may rise, not fall, because they are no
      longer taken up; eosinophils may rise first. No row claims that a ligand falls.
    - Skin rows are kept for reading; a blood score never uses them.
    - What is blank was not found. It is not 0.

    Parameters
    ----------
    drug : str or sequence of str, optional
        One or several of `drugs`; all by default.
    tissue : {"blood", "skin", "breath"}, optional
        All by default.

    Returns
    -------
    pandas.DataFrame
        ``drug, target, drug_class, analyte`` (gene symbol or routine marker), ``tissue,
        direction`` (down, up, none), ``log2_fc`` (:math:`\log_2(1 + p/100)` of the median
        change *p*; blank where only a direction or a range is known), ``log2_fc_low,
        log2_fc_high`` (range of trials, or interval), ``log2_fc_placebo,
        log2_fc_placebo_adjusted, disease_context, n_drug, n_placebo, weeks, note, source, doi,
        pmid, mark`` (read, calculated, background).

    Raises
    ------
    InputError
        If a drug or the tissue is unknown.

    Examples
    --------
    >>> from subtyping.knowledge.drugs import drug_effects
    >>> rows = drug_effects("tralokinumab").query("analyte == 'CCL17'")
    >>> rows[["log2_fc", "log2_fc_placebo_adjusted"]].iloc[0].tolist()  # -75 %, -41 % on placebo
    [-2.0, -1.24]
    >>> drug_effects("secukinumab").empty
    True
    """
    table = load_table("drug_effects", KEYS).copy()
    for column in ("n_drug", "n_placebo", "weeks", "pmid"):
        table[column] = table[column].astype("Int64")
    if tissue is not None:
        table = table[table["tissue"] == one_of(tissue, TISSUES, "tissue")]
    if drug is not None:
        wanted = [known_drug(name) for name in ([drug] if isinstance(drug, str) else drug)]
        table = table[table["drug"].isin(wanted)]
    return table.reset_index(drop=True)


def drug_table() -> pd.DataFrame:
    """Return one row for each drug: what it blocks and how much is known of it in blood.

    Returns
    -------
    pandas.DataFrame
        ``drug, target, drug_class, n_analytes`` (in blood with a direction or a number),
        ``n_with_number`` (a median change or a range), ``n_placebo_adjusted, n_skin, gap`` (what
        was looked for and not found), ``source, mark``.

    Examples
    --------
    >>> from subtyping.knowledge.drugs import drug_table
    >>> columns = ["n_analytes", "n_with_number", "n_placebo_adjusted"]
    >>> drug_table().set_index("drug").loc["dupilumab", columns].tolist()
    [5, 5, 2]
    """
    table = load_table("drugs", ("drug",)).copy()
    table["gap"] = table["gap"].fillna("")
    effects = drug_effects()
    has_number = effects[["log2_fc", "log2_fc_low"]].notna().any(axis=1)
    is_blood = effects["tissue"] == "blood"
    for column, mask in (
        ("n_analytes", is_blood),
        ("n_with_number", is_blood & has_number),
        ("n_placebo_adjusted", is_blood & effects["log2_fc_placebo_adjusted"].notna()),
        ("n_skin", effects["tissue"] == "skin"),
    ):
        counts = effects[mask].groupby("drug")["analyte"].nunique()
        table[column] = table["drug"].map(counts).fillna(0).astype(int)
    counted = ["n_analytes", "n_with_number", "n_placebo_adjusted", "n_skin"]
    return table[["drug", "target", "drug_class", *counted, "gap", "source", "mark"]]


def known_drug(name: str) -> str:
    """Return the name of a drug as the table spells it.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the table has no such drug; the nearest name is suggested.

    Examples
    --------
    >>> from subtyping.knowledge.drugs import known_drug
    >>> known_drug("Dupilumab")
    'dupilumab'
    """
    spelt = {other.casefold(): other for other in drugs()}
    found = spelt.get(str(name).strip().casefold())
    if found is None:
        message = (
            f"No drug {name!r} in the table of drug effects.{nearest(name, drugs())} It knows "
            f"{', '.join(drugs())}."
        )
        raise InputError(message)
    return found
