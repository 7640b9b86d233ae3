"""What the command tells its libraries before they are loaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.cli.main import prepare

PAGES = ("MIMALLOC_ALLOW_THP", "NUMPY_MADVISE_HUGEPAGE")
KEPT = "MIMALLOC_PURGE_DELAY"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PAGES, KEPT, "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "x")  # so that it is put back afterwards
        del os.environ[name]


def sparse(path: Path, size: int) -> str:
    with path.open("wb") as file:
        file.truncate(size)
    return str(path)


def test_a_large_report_is_read_in_small_pages(tmp_path: Path) -> None:
    prepare(["audit", sparse(tmp_path / "r.csv", 300 << 20)])
    assert {os.environ[name] for name in PAGES} == {"0"}
    assert int(os.environ[KEPT]) > 0


def test_so_are_the_files_of_a_folder_that_are_large_together(tmp_path: Path) -> None:
    for number in range(3):
        sparse(tmp_path / f"{number}.csv", 100 << 20)
    prepare(["audit", str(tmp_path)])
    assert {os.environ[name] for name in PAGES} == {"0"}


def test_a_link_that_leads_nowhere_hides_no_other_file(tmp_path: Path) -> None:
    sparse(tmp_path / "m.csv", 300 << 20)
    for name in ("a", "z"):
        (tmp_path / name).symlink_to(tmp_path / "gone")
    prepare(["audit", str(tmp_path)])
    assert {os.environ[name] for name in PAGES} == {"0"}


@pytest.mark.parametrize("word", ["-", "nowhere.csv", "a\0b", "\udcff", "x" * 10_000, ""])
def test_other_calls_are_left_alone(tmp_path: Path, word: str) -> None:
    prepare(["audit", sparse(tmp_path / "r.csv", 1 << 20), word])
    assert not any(name in os.environ for name in (*PAGES, KEPT))
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_what_the_user_has_set_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PAGES[0], "1")
    prepare(["audit", sparse(tmp_path / "r.csv", 300 << 20)])
    assert os.environ[PAGES[0]] == "1"
