from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_reports import DEMO, IMPOSSIBLE, LEGAL, Ran, Run, write_report

import engine
from engine.cli.main import run


@pytest.fixture
def report(tmp_path: Path) -> str:
    """Three rows: Ana's are legal, Bob's only one is not."""
    return write_report(tmp_path / "report.csv", [*LEGAL, IMPOSSIBLE])


@pytest.fixture
def legal(tmp_path: Path) -> str:
    return write_report(tmp_path / "legal.csv", LEGAL)


@pytest.fixture
def command(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run a command in this process; what it printed and its exit status."""

    def call(*arguments: str) -> Ran:
        capfdbinary.readouterr()
        sys.stdout.flush()
        status = run(list(arguments))
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return subprocess.CompletedProcess(arguments, status, out.decode(), err.decode())

    return call


@pytest.fixture
def process() -> Run:
    """Run a command in a process of its own."""

    def call(*arguments: str, **options: object) -> Ran:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [sys.executable, "-m", "engine", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            **options,
        )

    return call


@pytest.fixture(scope="session")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the demo report, made once; ``store`` is a copy of it."""
    path = tmp_path_factory.mktemp("store") / "s.duckdb"
    with engine.Store(path) as store:
        store.import_reports(DEMO)
    return path


@pytest.fixture
def store(kept_store: Path, tmp_path: Path) -> str:
    """A store of the demo report, for this test alone."""
    return str(shutil.copy(kept_store, tmp_path))
