"""One draw: a cohort with a known answer, the verdict, and how far the two agree."""

import ast
import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import subtyping
from subtyping.cohorts import ATTRIBUTION_SUITE, CELLS, NULL_SUITE, PLANTED_SUITE
from subtyping.cohorts.known_answer import KnownAnswer
from subtyping.discovery import discover
from subtyping.discovery.discover import make_procedure
from subtyping.discovery.labelling import FittedLabelling

SUITES = {"null": NULL_SUITE, "attribution": ATTRIBUTION_SUITE, "planted": PLANTED_SUITE}
ROOT_SEED = 20260117
WORDS = {"bmi": "bmi|body mass index"}
NOMINAL_OF_EFFECTIVE = 1.03
"""Nominal over effective separation at the centre, so that cells are named by the effective one."""

COLUMNS = (
    *("suite", "design", "cell", "fraction", "target_separation", "draw", "seed", "code_digest"),
    *("kind", "p_value", "is_rejected", "cause", "names_cause", "explanation"),
    *("says_not_specific", "specificity_ci_low"),
    *("prevalence_frac", "prevalence_ci_low", "prevalence_ci_high"),
    *("covers_population", "covers_sample", "realised_frac"),
    *("effective_separation", "nominal_separation"),
    *("ari_model", "ari_oracle", "unclear_frac", "seconds"),
)


@dataclass(frozen=True)
class Task:
    """One draw to make."""

    suite: str
    design: str
    cell: str
    draw: int
    fraction: float | None = None
    target_separation: float | None = None

    @property
    def seed(self) -> int:
        """Seed of the cohort: the same whatever else is run."""
        text = f"{ROOT_SEED}/{self.suite}/{self.design}/{self.draw}"
        return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16)

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies a draw among stored rows of one code digest."""
        wanted = (self.suite, self.design, self.cell, self.fraction, self.target_separation)
        return tuple(_as_stored(part) for part in (*wanted, self.draw))


def _as_stored(part: object) -> str:
    """Write a part of a key as the table of rows holds it."""
    return "" if part is None else f"{part:.6g}" if isinstance(part, float) else str(part)


def code_digest() -> str:
    """Return the first 16 digits of the SHA-256 of the files that a verdict rests on.

    These are the modules that the designs and `discover` import, directly or by another, and
    the tables of the rooms they lie in.
    """
    package = Path(subtyping.__file__).parent
    modules = _imported_from(package, {"cohorts/suites.py", "discovery/discover.py"})
    rooms = {name.split("/")[0] for name in modules if "/" in name}
    tables = {
        str(path.relative_to(package)) for room in rooms for path in (package / room).rglob("*.csv")
    }
    total = hashlib.sha256()
    for name in sorted(modules | tables):
        total.update(name.encode() + (package / name).read_bytes())
    return total.hexdigest()[:16]


def _imported_from(package: Path, first: set[str]) -> set[str]:
    """Follow the imports of some modules through the package; tables of contents do not count."""
    found, waiting = set(), list(first)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for node in ast.walk(ast.parse((package / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("subtyping."):
                waiting += _files_of(package, node)
    return found


def _files_of(package: Path, node: ast.ImportFrom) -> list[str]:
    """Return the files behind ``from subtyping.x import y``, of a room those that define y."""
    parts = (node.module or "").split(".")[1:]
    path = package.joinpath(*parts)
    if path.with_suffix(".py").is_file():
        return ["/".join(parts) + ".py"]
    wanted = {alias.name for alias in node.names}
    modules = {name for name in wanted if (path / f"{name}.py").is_file()}
    contents = ast.parse((path / "__init__.py").read_text(encoding="utf-8"))
    lines = [line for line in contents.body if isinstance(line, ast.ImportFrom)]
    behind = [
        name
        for line in lines
        if (wanted - modules) & {alias.asname or alias.name for alias in line.names}
        for name in _files_of(package, line)
    ]
    return behind + ["/".join([*parts, f"{name}.py"]) for name in modules]


def one_draw(task: Task) -> dict[str, Any]:
    """Make the cohort, ask for the verdict and compare."""
    planted = {}
    if task.suite == "planted":
        planted = {
            "fraction": task.fraction,
            "separation": task.target_separation * NOMINAL_OF_EFFECTIVE,
        }
    design = SUITES[task.suite][task.design]
    answer = design.make(task.seed, **CELLS[task.cell], **planted)
    people = {"case": list(answer.case), "reference": list(answer.reference), "axis": "Th2"}
    start = time.perf_counter()
    verdict = discover(answer.panel, **people, seed=task.draw, jobs=1, evidence="decide")
    seconds = time.perf_counter() - start
    fitted = make_procedure(answer.panel, **people).fit(answer.panel)
    expected = answer.expectation
    cause = expected.cause or ""
    row: dict[str, Any] = {
        "suite": task.suite,
        "design": task.design,
        "cell": task.cell,
        "fraction": task.fraction,
        "target_separation": task.target_separation,
        "draw": task.draw,
        "seed": task.seed,
        "kind": verdict.kind,
        "p_value": verdict.p_value,
        "is_rejected": verdict.p_value is not None and verdict.p_value <= 0.03,
        "cause": cause,
        "names_cause": bool(re.search(rf"\b({WORDS.get(cause, cause)})\b", verdict.sentence))
        if cause
        else None,
        "explanation": _explanation(verdict.sentence),
        "says_not_specific": "not specific" in verdict.sentence,
        "specificity_ci_low": _low(verdict.evidence),
        "nominal_separation": expected.nominal_separation,
        "seconds": round(seconds, 3),
    }
    row |= _prevalence(answer, verdict)
    return row | _assignment(answer, fitted)


def _low(evidence: Any) -> float | None:
    rows = evidence.loc[evidence["line"] == "specificity", "ci_low"]
    return float(rows.iloc[0]) if len(rows) else None


def _explanation(sentence: str) -> str:
    """Return the few words in which the verdict says what the group is, if it does."""
    for pattern in (
        r"is seen, but (.+?) explains? it",
        r"is seen, but (.+?)[.,;(]",
        r"people\. (.+?) explains? much of who is in it",
    ):
        found = re.search(pattern, sentence)
        if found:
            return found.group(1)[:60]
    return ""


def _prevalence(answer: KnownAnswer, verdict: Any) -> dict[str, Any]:
    is_case = (answer.truth["group"].isin(answer.case)).to_numpy()
    realised = float(answer.truth["is_member"].to_numpy()[is_case].mean())
    low, high = verdict.prevalence_ci_low, verdict.prevalence_ci_high
    fraction = answer.expectation.fraction

    def covers(share: float | None) -> bool | None:
        return None if low is None or not share else bool(low <= share <= high)

    return {
        "prevalence_frac": verdict.prevalence_frac,
        "prevalence_ci_low": low,
        "prevalence_ci_high": high,
        "covers_population": covers(fraction),
        "covers_sample": covers(realised),
        "realised_frac": realised,
    }


def _assignment(answer: KnownAnswer, fitted: FittedLabelling) -> dict[str, Any]:
    """Effective separation; agreement of the mixture's and of an oracle's labels with the truth."""
    is_member = answer.truth["is_member"].to_numpy()[fitted.is_case]
    if min(is_member.sum(), (~is_member).sum()) < 3:
        return {}
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.metrics import adjusted_rand_score

    x = fitted.scores.values.to_numpy()[fitted.is_case]
    upper, lower = x[is_member], x[~is_member]
    within = ((upper - upper.mean()) ** 2).sum() + ((lower - lower.mean()) ** 2).sum()
    probability = fitted.model.probability(x)
    features = fitted.prepared.z[list(fitted.members)].to_numpy()[fitted.is_case]
    if fitted.scores.is_skew_available:
        level = fitted.scores.table["level"].to_numpy()[fitted.is_case]
        features = np.column_stack([features, level])
    oracle = LinearDiscriminantAnalysis().fit(features, is_member).predict(features)
    return {
        "effective_separation": (upper.mean() - lower.mean()) / np.sqrt(within / (len(x) - 2)),
        "ari_model": adjusted_rand_score(is_member, probability > 0.5),
        "ari_oracle": adjusted_rand_score(is_member, oracle),
        "unclear_frac": float(((probability > 0.2) & (probability < 0.8)).mean()),
    }
