"""Rules in files: one rule, or the one asked for out of a criteria.json."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from subtyping._validation import nearest
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.rule_json import read_json, strict_json
from subtyping.exceptions import InputError

__all__ = ["load_rule", "load_rules"]

_MOST_LISTED = 20


def load_rules(path: str | Path) -> list[EligibilityRule]:
    """Read every rule of a file.

    Parameters
    ----------
    path : str or Path
        A rule as `EligibilityRule.to_json` writes it, a ``criteria.json`` of a run, or a list of
        rules or rows.

    Returns
    -------
    list of EligibilityRule
        In the order of the file.

    Raises
    ------
    InputError
        If the file is not strict JSON, or holds no rule or a broken one.

    Examples
    --------
    >>> import tempfile
    >>> from subtyping.criteria import Clause
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rule.json"
    ...     rule = EligibilityRule((Clause("CCL17", ">=", 510, "pg/mL"),))
    ...     text = rule.to_json(file)
    ...     load_rules(file)
    [Eligible if CCL17 >= 510 pg/mL (claim: candidate)]
    """
    name = Path(path).name
    plain = read_json(path)
    entries, is_list = _entries(plain)
    if not entries:
        message = f"{name} holds no rule; expected a rule or the criteria.json of a run."
        raise InputError(message)
    rules = []
    for number, entry in enumerate(entries, 1):
        try:
            rules.append(_rule_of(entry, name))
        except InputError as error:
            where = f"{name}, rule {number}" if is_list else name
            message = f"{where}: {error}"
            raise InputError(message) from None
    return rules


def load_rule(path: str | Path, chosen: str | None = None) -> EligibilityRule:
    """Read one rule of a file.

    Parameters
    ----------
    path : str or Path
        As in `load_rules`.
    chosen : str, optional
        Number of the rule in the file, from 1, or its text. Needed where there are several.

    Returns
    -------
    EligibilityRule

    Raises
    ------
    InputError
        If there are several rules and none was chosen (they are listed), or none fits.
    """
    rules = load_rules(path)
    name = Path(path).name
    listed = "; ".join(f"{k}: {rule.text}" for k, rule in enumerate(rules[:_MOST_LISTED], 1))
    if chosen is None:
        if len(rules) == 1:
            return rules[0]
        message = f"{name} holds {len(rules)} rules; choose one with --rule. {listed}."
        raise InputError(message)
    wanted = chosen.strip()
    if wanted.isdecimal() and len(wanted) < 10 and 1 <= int(wanted) <= len(rules):
        return rules[int(wanted) - 1]
    same = [rule for rule in rules if _plain(rule.text) == _plain(wanted)]
    if same and all(rule == same[0] for rule in same):
        return same[0]
    if same:
        message = f"{name} holds {len(same)} rules {wanted!r}; choose by number. {listed}."
        raise InputError(message)
    hint = nearest(wanted, [rule.text for rule in rules])
    message = f"{name} has no rule {wanted!r}.{hint} It holds {listed}."
    raise InputError(message)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _entries(plain: Any) -> tuple[list[Any], bool]:
    """Return the rules or rows of a file, and whether it is a list of them."""
    if isinstance(plain, dict) and "criteria" in plain and "clauses" not in plain:
        plain = plain["criteria"]
        if not isinstance(plain, list):
            message = "`criteria` must be a list of rows, each with a rule."
            raise InputError(message)
    return (plain, True) if isinstance(plain, list) else ([plain], False)


def _rule_of(entry: Any, name: str) -> EligibilityRule:
    """Return the rule of a row of criteria, or of a rule by itself."""
    if not isinstance(entry, dict) or "rule" not in entry:
        return EligibilityRule.from_dict(_said(entry))
    inner, text = entry["rule"], entry.get("rule_text")
    if isinstance(inner, str):
        inner = strict_json(inner, name)
    if isinstance(inner, dict) and isinstance(text, str):
        inner = {**inner, "rule_text": text}
    rule = EligibilityRule.from_dict(_said(inner))
    stated = entry.get("claim", rule.claim)
    if isinstance(stated, str) and stated != rule.claim and not rule.notes:
        note = f"The row states the claim {stated!r}; the rule itself carries {rule.claim!r}."
        return replace(rule, notes=(note,))
    return rule


def _said(entry: Any) -> Any:
    """Refuse a rule without clauses that does not say it enrols everybody."""
    if isinstance(entry, dict) and entry.get("clauses") == [] and (
        entry.get("rule_text") != "everybody"
    ):  # fmt: skip
        message = (
            "The rule has no clauses. A rule that enrols everybody must say so: "
            '"rule_text": "everybody".'
        )
        raise InputError(message)
    return entry
