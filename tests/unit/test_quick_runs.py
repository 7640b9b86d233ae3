"""What a quick run begins with, and how many examples each kind of run takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from touched import changed_files, concerned

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("tests/unit/test_belief.py", {"test_belief.py"}),
        ("tests/cli/cli_reports.py", {"test_calls.py", "test_repairs.py"}),
        ("src/engine/lifecycle/belief.py", {"test_belief.py", "test_tied_agrees.py"}),
        ("tools/tamper_edits.py", {"test_store_tampering.py"}),
        ("README.md", set()),
    ],
)
def test_tests_concerned_by_a_change(changed: str, tests: set[str]) -> None:
    found = concerned(ROOT, [changed])
    assert tests <= {path.name for path in found}
    assert bool(found) == bool(tests)
    assert not found or len(found) < len(list((ROOT / "tests").rglob("test_*.py"))) / 2


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_changes_are_those_not_committed_or_else_the_last_commit(tmp_path: Path) -> None:
    assert changed_files(tmp_path) == []
    git(tmp_path, "init", "-q")
    for name in ("first", "second"):
        (tmp_path / name).touch()
        git(tmp_path, "add", name)
        git(tmp_path, "commit", "-qm", name)
    assert changed_files(tmp_path) == ["second"]
    (tmp_path / "first").write_text("otherwise")
    (tmp_path / "third").touch()
    assert changed_files(tmp_path) == ["first", "third"]


COUNTING = """
from hypothesis import given, settings, strategies as st
tried = {}

@given(st.integers())
def test_as_usual(number):
    tried["usual"] = tried.get("usual", 0) + 1

@settings(max_examples=20)
@given(st.integers())
def test_few(number):
    tried["few"] = tried.get("few", 0) + 1

def test_counts():
    assert tried == WANTED
"""


@pytest.mark.parametrize(
    ("profile", "usual", "few"), [("default", 100, 20), ("quick", 10, 2), ("deep", 1000, 200)]
)
def test_a_profile_scales_every_property(
    tmp_path: Path, profile: str, usual: int, few: int
) -> None:
    wanted = {"usual": usual, "few": few}
    (tmp_path / "test_counting.py").write_text(COUNTING.replace("WANTED", repr(wanted)))
    call = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "conftest", "--rootdir", "."]
    here = os.pathsep.join([str(ROOT / "tests"), *sys.path])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *call, f"--hypothesis-profile={profile}", "."],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": here},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_after_its_time_a_quick_run_starts_no_test(tmp_path: Path) -> None:
    call = ["-p", "no:cacheprovider", "-p", "no:xdist", "-rs", "--budget", "-1"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *call, "tests/unit/test_kinds.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the time of a quick run is over" in done.stdout
    assert "passed" not in done.stdout
