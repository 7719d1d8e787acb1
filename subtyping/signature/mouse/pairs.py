"""Fold changes of people and mice brought to pairs; what finds no partner keeps its row."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from subtyping.knowledge.orthologs import to_human, to_mouse

__all__ = ["COLUMNS", "paired_effects"]

Floats = NDArray[np.float64]
Z95 = float(special.ndtri(0.975))
COLUMNS = [
    "pair", "human", "mouse", "relation", "human_log2_fc", "human_ci_low", "human_ci_high",
    "human_q_value", "mouse_log2_fc", "mouse_ci_low", "mouse_ci_high", "mouse_q_value", "human_se",
    "mouse_se", "agrees", "is_used", "reason",
]  # fmt: skip


def paired_effects(
    human: pd.DataFrame,
    mouse: pd.DataFrame,
    *,
    also_use: Collection[str] = (),
    leave_out: Collection[str] = (),
) -> tuple[pd.DataFrame, list[list[int]]]:
    """Return one row per pair, and the rows of `mouse` that each used pair averages.

    A pair is a connected set of usable ortholog rows: where genes doubled after the species
    parted, all measured members of a side are averaged and the set counts once. The standard error
    of such a mean is taken as the mean of the standard errors, an upper bound that holds however
    the members are correlated; its q-value is the smallest of the members'.

    Parameters
    ----------
    human, mouse : pandas.DataFrame
        From `effects_of`.
    also_use : collection of str
        Human analytes used although the table says not to, one-to-one ones only (``CXCL11`` in a
        strain that makes it).
    leave_out : collection of str
        Human analytes not to use.

    Returns
    -------
    table : pandas.DataFrame
        Used pairs first, in the order of the human table; then human analytes and mouse analytes
        without a partner, each with its reason.
    members : list of list of int
        Positions in `mouse`, for each used pair.

    Examples
    --------
    >>> from subtyping.signature.mouse.effects import effects_of
    >>> human = effects_of(pd.DataFrame(
    ...     {"analyte": ["CXCL5", "CXCL6", "CXCL8"], "log2_fc": [1.0, 2.0, 1.0]}), None, "human")[0]
    >>> mouse = effects_of(pd.DataFrame(
    ...     {"analyte": ["Cxcl5", "Retnla"], "log2_fc": [0.5, 1.0]}), None, "mouse")[0]
    >>> table, _ = paired_effects(human, mouse)
    >>> table[["pair", "human_log2_fc", "mouse_log2_fc", "is_used"]].values.tolist()[:2]
    [['CXCL5+CXCL6 / Cxcl5', 1.5, 0.5, True], ['CXCL8', 1.0, nan, False]]
    >>> table.loc[1, "reason"]
    'no mouse ortholog; these take its part and have human orthologs of their own'
    """
    forward, backward = to_mouse(human["analyte"]), to_human(mouse["analyte"])
    allowed = forward["is_usable"] | (
        forward["human"].isin(list(also_use)) & (forward["relation"] == "one_to_one")
    )
    left_out = set(to_mouse(leave_out)["human"]) if leave_out else set()
    allowed &= ~forward["human"].isin(left_out)
    symbol = dict(zip(backward["given"], backward["mouse"], strict=True))
    mouse_symbol = mouse["analyte"].map(symbol)
    human_symbol = human["analyte"].map(dict(zip(forward["given"], forward["human"], strict=True)))
    left_at = _positions(human["analyte"], human["log2_fc"])
    right_at = _positions(mouse_symbol, mouse["log2_fc"])
    edges = [
        (i, j)
        for given, name in zip(
            forward.loc[allowed, "given"], forward.loc[allowed, "mouse"], strict=True
        )
        for i in left_at.get(given, ())
        for j in right_at.get(name, ())
    ]
    relation = {
        (row["human"], row["mouse"]): row["relation"] for row in forward[allowed].to_dict("records")
    }
    columns = _columns(human), _columns(mouse)
    left_names, right_names = human_symbol.tolist(), mouse_symbol.tolist()
    rows, members = [], []
    for left, right in _components(edges, len(human), len(mouse)):
        names = (
            list(dict.fromkeys(left_names[i] for i in left)),
            list(dict.fromkeys(right_names[j] for j in right)),
        )
        found = {relation[a, b] for a in names[0] for b in names[1] if (a, b) in relation}
        kind = found.pop() if len(found) == 1 else "many_to_many"
        both = _mean(columns[0], left, "human") | _mean(columns[1], right, "mouse")
        rows.append(_row(both, names, kind, is_mean=len(left) > 1 or len(right) > 1))
        members.append(right)
    used_h = {i for i, _ in edges}
    used_m = {j for _, j in edges}
    for i in sorted(set(range(len(human))) - used_h):
        why = _why_human(human.iloc[i], forward, left_out)
        rows.append(_alone(human.iloc[i], str(human_symbol[i]), why, "human"))
    for j in sorted(set(range(len(mouse))) - used_m):
        why = _why_mouse(mouse.iloc[j], backward, set(human_symbol))
        rows.append(_alone(mouse.iloc[j], str(mouse_symbol[j]), why, "mouse"))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["agrees"] = table["agrees"].astype("boolean")
    numbers = [name for name in COLUMNS if name.startswith(("human_", "mouse_"))]
    return table.astype({"is_used": bool, **dict.fromkeys(numbers, float)}), members


def _positions(names: pd.Series, effect: pd.Series) -> dict[str, list[int]]:
    """Return where each name stands with an effect."""
    found: dict[str, list[int]] = {}
    for i, (name, is_there) in enumerate(zip(names, effect.notna(), strict=True)):
        if is_there:
            found.setdefault(str(name), []).append(i)
    return found


def _components(
    edges: list[tuple[int, int]], n_human: int, n_mouse: int
) -> list[tuple[list[int], list[int]]]:
    """Return the connected sets of pairs, by their first human row."""
    if not edges:
        return []
    left, right = np.array(edges).T
    size = n_human + n_mouse
    graph = coo_array((np.ones(len(left)), (left, right + n_human)), shape=(size, size))
    labels = connected_components(graph.tocsr(), directed=False)[1]
    sets = []
    for label in dict.fromkeys(labels[np.sort(left)]):
        nodes = np.flatnonzero(labels == label)
        sets.append((nodes[nodes < n_human].tolist(), (nodes[nodes >= n_human] - n_human).tolist()))
    return sets


def _columns(effects: pd.DataFrame) -> dict[str, Floats]:
    names = ("log2_fc", "se", "ci_low", "ci_high", "q_value")
    return {name: effects[name].to_numpy(dtype=float) for name in names}


def _mean(columns: dict[str, Floats], rows: list[int], side: str) -> dict[str, float]:
    """Return the mean effect of a few analytes with a standard error that is never too small."""
    effect, se = float(columns["log2_fc"][rows].mean()), float(columns["se"][rows].mean())
    low, high = effect - Z95 * se, effect + Z95 * se
    if len(rows) == 1:
        low, high = float(columns["ci_low"][rows[0]]), float(columns["ci_high"][rows[0]])
    q_value = columns["q_value"][rows]
    known = q_value[np.isfinite(q_value)]
    found = {"log2_fc": effect, "ci_low": low, "ci_high": high, "se": se}
    found["q_value"] = float(known.min()) if len(known) else float("nan")
    return {f"{side}_{name}": value for name, value in found.items()}


def _row(
    both: dict[str, float], names: tuple[list[str], list[str]], relation: str, *, is_mean: bool
) -> dict[str, object]:
    left, right = ("+".join(side) for side in names)
    return {
        "pair": left if right.upper() == left.upper() else f"{left} / {right}",
        "human": left,
        "mouse": right,
        "relation": relation,
        **both,
        "agrees": bool(both["human_log2_fc"] * both["mouse_log2_fc"] > 0),
        "is_used": True,
        "reason": "averaged and used once" if is_mean else "",
    }


def _alone(row: pd.Series, symbol: str, reason: tuple[str, str], side: str) -> dict[str, object]:
    found = {
        f"{side}_{name}": row[name] for name in ("log2_fc", "ci_low", "ci_high", "se", "q_value")
    }
    return {
        "pair": symbol or row["analyte"],
        "human": symbol if side == "human" else "",
        "mouse": symbol if side == "mouse" else "",
        "relation": reason[0],
        **found,
        "agrees": pd.NA,
        "is_used": False,
        "reason": reason[1],
    }


def _why_human(row: pd.Series, forward: pd.DataFrame, left_out: set[str]) -> tuple[str, str]:
    """Return relation and reason of a human analyte that found no partner."""
    mine = forward[forward["given"] == row["analyte"]]
    relation = str(mine["relation"].iloc[0])
    if set(mine["human"]) & left_out:
        return relation, "left out as asked"
    if relation == "unknown" or not mine["is_usable"].any():
        return relation, str(mine["reason"].iloc[0])
    if pd.isna(row["log2_fc"]):
        return relation, f"no fold change in people{': ' if row['reason'] else ''}{row['reason']}"
    return relation, f"{' and '.join(mine['mouse'].unique())} not measured in the mouse"


def _why_mouse(row: pd.Series, backward: pd.DataFrame, measured: set[str]) -> tuple[str, str]:
    """Return relation and reason of a mouse analyte that found no partner."""
    mine = backward[backward["given"] == row["analyte"]]
    relation = str(mine["relation"].iloc[0])
    if relation == "unknown" or not mine["is_usable"].any():
        return relation, str(mine["reason"].iloc[0])
    if pd.isna(row["log2_fc"]):
        return (
            relation,
            f"no fold change in the mouse{': ' if row['reason'] else ''}{row['reason']}",
        )
    there = [name for name in mine["human"].unique() if name in measured]
    if there:
        return relation, f"{' and '.join(there)} without a fold change in people, or left out"
    return relation, f"{' and '.join(mine['human'].unique())} not measured in people"
