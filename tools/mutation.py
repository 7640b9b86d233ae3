"""Mutate the pure core, one small change at a time, and see whether the tests notice.

    python tools/mutation.py [--only NAME] [--limit N] [--again] [--fresh] [--report]

Works on a copy of the tree (``build/mutation``), so that an interrupted run leaves nothing mutated,
and goes on where it stopped. Exit status 1 if less than :data:`BAR` of the mutants are killed.
docs/mutation.md says what is mutated, what is not, and why the survivors survive.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis  # noqa: F401 - so that no test process spends time on it
import numpy  # noqa: F401
import pyarrow  # noqa: F401
import pytest
import transitions  # noqa: F401
from cosmic_ray.commands import init
from cosmic_ray.modules import filter_paths, find_modules
from cosmic_ray.mutating import mutate_code, use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem, WorkResult
from mutation_tests import FEW, PLUGIN, TESTS

ROOT = Path(__file__).parent.parent
COPY = ROOT / "build" / "mutation"
ROOMS = ("src/engine/lifecycle", "src/engine/replay")
COPIED = ("src", "tests", "fixtures", "tools", "docs", "pyproject.toml", "README.md")
BAR = 0.95
VERBOSE = "MUTATION_VERBOSE" in os.environ

# What is left out decides nothing: a second replacement of the same operator that a test of types
# or of the first replacement would catch as well. Kept are one for each arithmetic operator, the
# negation and the neighbour of each comparison, and everything about numbers, truth and control.
KEPT_BINARY = {
    *("Add_Sub", "Sub_Add", "Mul_FloorDiv", "FloorDiv_Mul", "BitAnd_BitOr", "BitOr_BitAnd"),
    *("LShift_RShift", "RShift_LShift"),
}
KEPT_COMPARISON = {
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt"),
    *("Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
}
_OPERATOR = re.compile(r"core/Replace(Binary|Comparison)Operator_(\w+)")


def copy_tree() -> None:
    """Put the tree into the copy, anew."""
    shutil.rmtree(COPY, ignore_errors=True)
    skip = shutil.ignore_patterns("__pycache__", ".hypothesis")
    for name in COPIED:
        source, target = ROOT / name, COPY / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=skip)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    (COPY / "mutation_plugin.py").write_text(PLUGIN, encoding="utf-8")


def passed(tests: tuple[str, ...], *, few: bool) -> bool:
    """Tell whether the tests pass in a process of their own, up to the first failure.

    The process is a fork of this one, which has imported everything but the program: to start
    afresh for each mutant would take longer than most mutants live.
    """
    child = os.fork()
    if child == 0:
        os.environ["MUTATION_EXAMPLES"] = str(FEW if few else 0)
        sink = os.open(os.devnull, os.O_WRONLY)
        if not VERBOSE:
            os.dup2(sink, 1)
            os.dup2(sink, 2)
        hanging = ("faulthandler_timeout=600", "faulthandler_exit_on_timeout=true")
        options = ["-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "mutation_plugin"]
        options += [word for setting in hanging for word in ("-o", setting)]
        os._exit(int(pytest.main([*options, *(f"tests/{test}" for test in tests)])))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def is_kept(mutation: MutationSpec) -> bool:
    """Tell whether the operator is one of those that are applied."""
    match = _OPERATOR.fullmatch(mutation.operator_name)
    if match is None:
        return True
    return match[2] in (KEPT_BINARY if match[1] == "Binary" else KEPT_COMPARISON)


def annotations(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where a module's annotations stand: they are never evaluated."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef():
                found.append(node.returns)
            case ast.arg() | ast.AnnAssign():
                found.append(node.annotation)
    return [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in found
        if node is not None
    ]


def is_python(mutation: MutationSpec) -> bool:
    """Tell whether the mutant compiles: the star before keyword-only parameters is no product."""
    source = mutation.module_path.read_text(encoding="utf-8")
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    mutated = mutate_code(source, operator, mutation.occurrence)
    try:
        compile(mutated or "", str(mutation.module_path), "exec")
    except SyntaxError:
        return False
    return mutated is not None


def make_session(db: WorkDB) -> None:
    """Fill the session with the mutants, and mark those left out."""
    modules = filter_paths(find_modules([Path(room) for room in ROOMS]), [])
    init(sorted(modules), db, {})
    where = {path: annotations(path) for path in modules}
    skipped = WorkResult(worker_outcome=WorkerOutcome.SKIPPED)
    left_out = [
        item.job_id
        for item in db.work_items
        for mutation in item.mutations
        if not is_kept(mutation)
        or any(low <= mutation.start_pos < high for low, high in where[mutation.module_path])
        or not is_python(mutation)
    ]
    db.set_multiple_results(left_out, skipped)


def tested(mutation: MutationSpec, *, few: bool) -> WorkResult:
    """Test a mutant."""
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    path = mutation.module_path
    with use_mutation(path, operator, mutation.occurrence) as (before, after):
        survived = passed(TESTS[path.name], few=few)
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    outcome = TestOutcome.SURVIVED if survived else TestOutcome.KILLED
    return WorkResult(WorkerOutcome.NORMAL, "few" if few else "all", outcome, "\n".join(diff))


def run(items: list[WorkItem], db: WorkDB, *, few: bool) -> None:
    """Test each mutant, and remember the result."""
    for tests in {TESTS[item.mutations[0].module_path.name] for item in items}:
        if not passed(tests, few=few):
            sys.exit(f"these fail without a mutation: {', '.join(tests)}")
    sys.dont_write_bytecode = True
    for number, item in enumerate(items, start=1):
        began = time.monotonic()
        [mutation] = item.mutations
        result = tested(mutation, few=few)
        db.set_result(item.job_id, result)
        outcome = "killed" if result.is_killed else "SURVIVED"
        took = f"{time.monotonic() - began:.1f} s"
        print(number, len(items), outcome, took, place(mutation), file=sys.stderr, flush=True)


def place(mutation: MutationSpec) -> str:
    """Return where a mutation is, and what it does."""
    line, column = mutation.start_pos
    operator = mutation.operator_name.removeprefix("core/")
    return f"{mutation.module_path}:{line}:{column} {operator} #{mutation.occurrence}"


def equivalent() -> set[tuple[str, str]]:
    """Return the mutants that docs/mutation.md explains: file, and the changed line in full."""
    page = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+\.py)` \| `(.+?)` \| `(.+?)` \|", page, re.M)
    return {(name, f"{line} {becomes}") for name, line, becomes in rows}


def identity(mutation: MutationSpec, diff: str | None) -> tuple[str, str]:
    """Return the mutant as docs/mutation.md names it."""
    lines = [(line[4], line[5:].strip()) for line in changed(diff)]
    before, after = (
        " ".join(text for sign, text in lines if sign == wanted and text) for wanted in "-+"
    )
    return mutation.module_path.name, f"{before} {after or 'nothing'}".replace("|", r"\|")


def changed(diff: str | None) -> Iterator[str]:
    """Return the changed lines of a difference."""
    for line in (diff or "").splitlines():
        if line[:1] in "+-" and not line.startswith(("---", "+++")):
            yield f"    {line}"


def report(db: WorkDB) -> float:
    """Print what survived and the score of each file; return the score of all."""
    explained = equivalent()
    unseen = explained.copy()
    counts: dict[str, Counter[str]] = {}
    alive = []
    for item, result in db.completed_work_items:
        if result.worker_outcome is WorkerOutcome.SKIPPED:
            continue
        [mutation] = item.mutations
        name = str(mutation.module_path)
        kind = "killed" if result.is_killed else "alive"
        if kind == "alive" and (who := identity(mutation, result.diff)) in explained:
            kind = "equivalent"
            unseen.discard(who)
        counts.setdefault(name, Counter())[kind] += 1
        if kind == "alive":
            alive.append((name, mutation.start_pos, place(mutation), result.diff))
    for _, _, where, diff in sorted(alive, key=lambda each: each[:3]):
        print(where, *changed(diff), sep="\n")
    if not db.pending_work_items:
        for name, lines in sorted(unseen):
            print("explained in docs/mutation.md, but no survivor:", name, lines)
    counts["all"] = sum(counts.values(), Counter())
    for name, count in counts.items():
        print(f"{name:40}" + "".join(f" {count[kind]:5} {kind}" for kind in KINDS), end="")
        print(f"  {score(count):7.1%}")
    return score(counts["all"])


KINDS = ("killed", "alive", "equivalent")


def score(count: Counter[str]) -> float:
    """Return the share killed of those that can be."""
    return count["killed"] / max(1, count["killed"] + count["alive"])


def survivors(db: WorkDB, passes: set[str]) -> list[WorkItem]:
    """Return what the tests let through, with few examples or with all."""
    results = db.completed_work_items
    return [item for item, result in results if not result.is_killed and result.output in passes]


def in_order(items: list[WorkItem], only: str) -> list[WorkItem]:
    """Return these mutants shuffled, in the same way each time: a part of them is a fair sample."""
    chosen = sorted(
        (item for item in items if only in place(item.mutations[0])),
        key=lambda item: place(item.mutations[0]),
    )
    random.Random(0).shuffle(chosen)
    return chosen


def main() -> int:
    """Run, report, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="mutants whose place contains this")
    parser.add_argument("--limit", type=int, help="no more mutants than this, at random")
    parser.add_argument("--again", action="store_true", help="the survivors so far, once more")
    parser.add_argument("--fresh", action="store_true", help="forget the last run")
    parser.add_argument("--report", action="store_true", help="only report")
    asked = parser.parse_args()
    session = ROOT / "build" / "mutation.sqlite"
    if asked.fresh:
        session.unlink(missing_ok=True)
    new = not session.exists()
    session.parent.mkdir(exist_ok=True)
    if not asked.report:
        copy_tree()
        os.chdir(COPY)
    sys.path[:0] = [str(COPY / "src"), str(COPY)]
    os.environ["PYTHONPATH"] = str(COPY / "src")
    with use_db(session, WorkDB.Mode.create) as db:
        if new:
            make_session(db)
        if not asked.report:
            again = survivors(db, {"few", "all"}) if asked.again else []
            chosen = [*db.pending_work_items, *again]
            run(in_order(chosen, asked.only)[: asked.limit], db, few=True)
            run(in_order(survivors(db, {"few"}), asked.only), db, few=False)
        return int(report(db) < BAR)


if __name__ == "__main__":
    sys.exit(main())
