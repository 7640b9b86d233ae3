"""Temporary files: closed when they are opened by name, and gone in the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import pytest

from engine.intake.spool import remove, spool


def test_it_is_written_closed_and_removed() -> None:
    files: list[IO[bytes]] = []

    def fill(file: IO[bytes]) -> None:
        files.append(file)
        file.write(b"abc")

    path = spool(fill)
    assert files[0].closed
    assert Path(path).read_bytes() == b"abc"
    remove(path)
    assert not os.path.exists(path)
    remove(path)


def test_nothing_is_left_of_one_that_could_not_be_filled() -> None:
    names: list[str] = []

    def fill(file: IO[bytes]) -> None:
        names.append(file.name)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        spool(fill)
    assert not os.path.exists(names[0])
