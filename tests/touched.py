"""Which test files a change concerns: those changed, and those that import what was changed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

__all__ = ["changed_files", "concerned", "touched_tests"]


def touched_tests(root: Path) -> set[Path]:
    """Return the test files concerned by what is not committed, or else by the last commit."""
    return concerned(root, changed_files(root))


def changed_files(root: Path) -> list[str]:
    """Return the changed files, as git names them; none where there is no git."""
    changed = [*_git(root, "diff", "--name-only", "HEAD")]
    changed += _git(root, "ls-files", "--others", "--exclude-standard")
    return changed or _git(root, "diff", "--name-only", "HEAD~1", "HEAD")


def _git(root: Path, *arguments: str) -> list[str]:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


def concerned(root: Path, changed: Iterable[str]) -> set[Path]:
    """Return the test files that were changed or that import something that was."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in (root / "tests").rglob("*.py")
        if path.name != "conftest.py"
    }
    found = {root / name for name in changed} & set(texts)
    modules = [module for name in changed if (module := _module(name))]
    found |= {path for path, text in texts.items() if any(_imports(text, each) for each in modules)}
    # A helper of tests is no test: those that import it are concerned.
    helpers = [path for path in found if not path.name.startswith("test_")]
    for helper in helpers:
        found |= {path for path, text in texts.items() if _imports(text, helper.stem)}
    return {path for path in found if path.name.startswith("test_")}


def _module(name: str) -> str:
    """Return the module that a file holds, and nothing for a file that is no module."""
    path = Path(name)
    if path.suffix != ".py" or path.parts[0] not in ("src", "tools"):
        return ""
    parts = path.with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(text: str, module: str) -> bool:
    """Whether a test imports a module, by its whole name or out of its package."""
    package, _, name = module.rpartition(".")
    ways = [rf"^\s*(from|import) {re.escape(module)}\b(?!\.)"]
    if package:
        ways.append(rf"^\s*from {re.escape(package)} import .*\b{re.escape(name)}\b")
    return any(re.search(way, text, flags=re.M) for way in ways)
