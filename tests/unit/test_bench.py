"""The benchmark's reduced machine is what it says, its truth is true, and its parts still run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from engine.cli.main import run
from engine.dialects.usual import PAIRS
from engine.lifecycle.belief import severity_rank
from engine.lifecycle.step import reachable, step

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "bench"

STRICTER = {
    ("not_enrolled", "complete"),
    ("not_enrolled", "set_not_started"),
    ("not_enrolled", "set_started"),
    ("not_enrolled", "grant"),
    ("enrolled", "certify"),
    ("started", "certify"),
    ("revoked", "complete"),
    ("revoked", "set_not_started"),
    ("revoked", "set_started"),
}
"""What only an import or a grant (S208) or an earlier completion (S209) makes possible."""


@pytest.fixture(scope="module", autouse=True)
def _importable() -> Iterator[None]:
    sys.path.insert(0, str(BENCH))
    yield
    sys.path.remove(str(BENCH))


@pytest.fixture
def reduced() -> ModuleType:
    return import_module("reduced")


def script(name: str, *arguments: str | Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, str(BENCH / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def generate(path: Path, *options: str) -> Path:
    assert run(["generate", "--rows", "2000", *options, "-o", str(path)]) == 0
    return path


def test_reduced_machine_knows_every_pair(reduced: ModuleType) -> None:
    assert set(reduced.CLASS) == {(pair.type, pair.source) for pair in PAIRS}
    assert set(reduced.CLASS.values()) == set(range(len(reduced.CLASSES)))


def test_reduced_machine_reaches_every_status(reduced: ModuleType) -> None:
    assert {after for _, after in reduced.SUCCESSOR.items()} == set(range(1, 6))
    assert [reduced.CLASSES[action] for before, action in reduced.SUCCESSOR if not before] == [
        "enrol"
    ]


def test_reduced_machine_forbids_what_the_full_one_forbids(reduced: ModuleType) -> None:
    for status, name in enumerate(reduced.STATUSES):
        for number, action in enumerate(reduced.CLASSES):
            actions = {
                pair.action for pair in PAIRS if reduced.CLASS[pair.type, pair.source] == number
            }
            allowed = any(
                severity_rank(finding) < 3
                for configuration in reachable()
                if configuration.status == status
                for each in actions
                for _, finding in step(configuration, each)
            )
            expected = allowed and (name, action) not in STRICTER
            assert ((status, number) in reduced.SUCCESSOR) == expected, (name, action)


def test_truth_tries_every_order(reduced: ModuleType) -> None:
    truth = import_module("truth")
    early, late = truth.instant("2024-01-01"), truth.instant("2024-01-02")
    enrol, start, certify = map(reduced.CLASSES.index, ("enrol", "start", "certify"))
    assert truth.possible([(early, start), (early, enrol)])
    assert not truth.possible([(late, enrol), (early, start)])
    assert not truth.possible([(early, certify), (early, start), (early, enrol)])


def test_legal_histories_are_legal_on_the_reduced_machine(tmp_path: Path) -> None:
    legal = generate(tmp_path / "legal.csv", "--errors", "0", "--ties", "0.2")
    assert script("truth.py", legal)["bad"] == 0


def test_twin_counts_as_the_program_does(tmp_path: Path) -> None:
    damaged = ("--errors", "0.2", "--ties", "0.2", "--dirty", "0.02")
    report, out = generate(tmp_path / "report.csv", *damaged), tmp_path / "audit.json"
    stages = script("stages.py", report, out)
    assert stages["status"] == 0
    assert [name for name, _, _ in stages["stages"]][:3] == ["import", "read", "encode"]  # type: ignore[attr-defined]
    summary = json.loads(out.read_text(encoding="utf-8"))["summary"]
    found = {
        "rows": summary["events"],
        "records": summary["streams"],
        "bad": summary["streams_with_errors"],
    }
    assert found["bad"] > 0
    assert script("twin.py", report) == found


def test_contest_runs(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the floor is DuckDB, which `make bench` installs")
    only = ("--rows", "2k", "--runs", "1", "--only", "engine,floor", "--data", tmp_path)
    done = subprocess.run(
        [sys.executable, BENCH / "run.py", *only],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "÷ floor, all cores" in done.stdout


def test_repairs_are_measured(tmp_path: Path) -> None:
    only = ("--repairs", "--rows", "2k", "--runs", "1", "--data", tmp_path)
    done = subprocess.run(
        [sys.executable, BENCH / "run.py", *only],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    edits = re.search(r"\| +([0-9]+) edits, 0 of them not known to be the fewest", done.stdout)
    assert edits
    assert int(edits[1]) > 0


TABLES = (
    *("machine", "seconds", "ratios", "memory", "alone"),
    *("stages", "tied", "dirty", "readers", "repairs", "store"),
)


def test_page_has_a_place_for_every_table() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert [name for name in TABLES if page.count(f"<!-- bench: {name} -->\n") != 1] == []
    assert page.count("<!-- end -->") == len(TABLES)
