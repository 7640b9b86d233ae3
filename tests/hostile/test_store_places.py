"""What stands where a store should: pipes, sockets, devices, names that are no text, torn files."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import engine
from engine.cli.main import run

DEMO = str(Path(__file__).parents[2] / "fixtures" / "demo.csv")

COMMANDS = [
    ["import", "STORE", DEMO],
    ["imports", "STORE"],
    ["verify", "STORE"],
    ["rebuild", "STORE"],
]

Say = Callable[..., str]


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Say:
    """Return what a command says of a store that it refuses, in one line."""

    def call(command: list[str], store: str) -> str:
        capfd.readouterr()
        assert run([store if word == "STORE" else word for word in command]) == 2
        out, err = capfd.readouterr()
        assert (out, err.count("\n")) == ("", 1), err
        return err

    return call


@pytest.fixture(params=["a named pipe", "a socket", "a device"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    path = str(tmp_path / "s.duckdb")
    if sys.platform == "win32":
        pytest.skip("no such files there")
    if request.param == "a device":
        yield os.devnull, request.param
    elif request.param == "a named pipe":
        os.mkfifo(path)
        yield path, request.param
    else:
        before = os.getcwd()
        os.chdir(tmp_path)  # A socket's name may be a hundred bytes long.
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("s.duckdb")
            os.chdir(before)
            yield path, request.param


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_what_is_no_file_is_not_waited_for(
    command: list[str], special: tuple[str, str], said: Say
) -> None:
    path, what = special
    assert f"this is {what}, and a store is a file" in said(command, path)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("command", [*COMMANDS, ["status", "STORE"]], ids=lambda words: words[0])
def test_a_name_that_is_no_text(command: list[str], there: bool, tmp_path: Path, said: Say) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/s\xff.duckdb")
    if there:
        made = tmp_path / "made.duckdb"
        list(engine.Store(made).import_reports(DEMO))
        try:
            os.rename(made, path)
        except OSError:
            pytest.skip("the file system takes only names that are text")
    elif command[0] == "status":
        return  # That is a report that is not there.
    assert "UTF-8" in said(command, path)


def test_a_folder_whose_name_is_no_text(
    tmp_path: Path, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = os.fsencode(tmp_path) + b"/f\xff"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("the file system takes only names that are text")
    path = os.fsdecode(folder + b"/s.duckdb")
    assert "UTF-8" in said(COMMANDS[0], path)
    monkeypatch.chdir(os.fsdecode(folder))
    assert "UTF-8" in said(COMMANDS[0], "s.duckdb")


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_name_that_is_no_name(name: str) -> None:
    for call in ("verify", "imports", "rebuild"):
        with pytest.raises(engine.UserError, match="path is "):
            getattr(engine.Store(name), call)()
    with pytest.raises(engine.UserError, match="path is "):
        engine.Store(name).import_reports(DEMO)


@pytest.mark.parametrize("place", [0.2, 0.5])
def test_verify_sends_nobody_to_verify(place: float, tmp_path: Path, said: Say) -> None:
    path = tmp_path / "s.duckdb"
    list(engine.Store(path).import_reports(DEMO))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * place)])
    assert "'verify'" not in said(["verify", "STORE"], str(path))
    assert "'verify' tells" in said(["audit", "STORE"], str(path))
