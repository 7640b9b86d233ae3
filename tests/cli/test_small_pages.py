"""How much a call is to read, which decides how memory is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import _bytes_of_files


def test_files_and_those_in_folders_count(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x" * 300)
    (tmp_path / "b.csv").write_bytes(b"x" * 50)
    assert _bytes_of_files(["audit", str(tmp_path), str(tmp_path / "b.csv")]) == 400


def test_a_link_that_leads_nowhere_hides_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(b"x" * 300)
    for name in ("a", "z"):
        (tmp_path / name).symlink_to(tmp_path / "gone")
    assert _bytes_of_files([str(tmp_path)]) == 300


@pytest.mark.parametrize("word", ["", "-", "a\0b", "\udcff", "x" * 10_000])
def test_words_that_can_be_no_file_count_nothing(word: str) -> None:
    assert _bytes_of_files([word]) == 0
