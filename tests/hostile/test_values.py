"""Whatever a call is given, it is answered or refused in one sentence: every option, every value.

Options and functions are found by looking at the program, so that what is added later is tried as
well; only how each is called rightly stands here.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from hostile_values import TEXTS

from engine import descriptors
from engine.cli.main import cli, run

HEADER = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp"
ROWS = (
    "ana@example.com,,course,Fire,enrollment,registration,2024-03-01T09:00:00Z",
    "ana@example.com,,course,Fire,status_change,course_started,2024-03-01T10:00:00Z",
    "bob@example.com,,course,Fire,certificate_grant,course_completed,2024-03-02T10:00:00Z",
)
STATUSES = "learner,content_title,status\nana@example.com,Fire,started\n"
WRONG_MODEL = "SELECT email AS learner, content_title, 'started' AS status FROM report LIMIT 1"

CALLS: dict[str, tuple[str, ...]] = {
    "audit": ("report.csv",),
    "status": ("report.csv",),
    "summary": ("report.csv",),
    "dialects": (),
    "timeline": ("report.csv", "--learner", "ana@example.com"),
    "explain": ("report.csv", "--learner", "bob@example.com"),
    "repairs": ("report.csv",),
    "compare": ("report.csv", "report.csv"),
    "reconcile": ("report.csv", "--against", "statuses.csv"),
    "shrink": ("report.csv", "--code", "S102", "--output", "small.csv"),
    "import": ("store.duckdb", "report.csv"),
    "imports": ("store.duckdb",),
    "verify": ("store.duckdb",),
    "rebuild": ("store.duckdb",),
    "rules": ("S101",),
    "diagram": (),
    "generate": ("--streams", "3", "--output", "made.csv"),
    "check-sql": ("model.sql", "--examples", "2"),
}
"""A right call of each command, arguments first. Of a new command one is to be added here."""

BOUND = 20.0
"""Seconds that no such call may take, on a busy machine."""


class Option(NamedTuple):
    """One option or argument of a command, and the call that tries a value there."""

    command: str
    name: str
    argument: int | None
    flag: bool

    def call(self, value: str) -> list[str]:
        """Return the right call with this value in the option's place."""
        words = list(CALLS[self.command])
        if self.argument is not None:
            before, after = words[: self.argument], words[self.argument + 1 :]
            # What begins with a dash is an option, unless it is said that none follows.
            return (
                [self.command, *after[self.argument - len(after) :], "--", *before, value]
                if (value.startswith("-") and not any(each.startswith("-") for each in words))
                else [self.command, *before, value, *after]
            )
        if self.name in words:
            place = words.index(self.name)
            del words[place : place + 2]
        return [self.command, *words, f"{self.name}={value}"]


def _options() -> list[Option]:
    context = click.Context(cli)
    found = []
    for command in cli.list_commands(context):
        known = cli.get_command(context, command)
        assert known is not None
        arguments = 0
        for parameter in known.params:
            if isinstance(parameter, click.Argument):
                found.append(Option(command, str(parameter.name), arguments, False))
                arguments += 1
            else:
                name = max(parameter.opts, key=len)
                flag = isinstance(parameter, click.Option) and parameter.is_flag
                found.append(Option(command, name, None, flag))
    return found


OPTIONS = _options()


def _id(option: Option) -> str:
    return f"{option.command}-{option.name.lstrip('-')}"


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "report.csv").write_text("\n".join([HEADER, *ROWS, ""]))
    (folder / "statuses.csv").write_text(STATUSES)
    (folder / "model.sql").write_text(WRONG_MODEL)
    assert run(["import", str(folder / "store.duckdb"), str(folder / "report.csv"), "-q"]) == 0
    return folder


@pytest.fixture
def place(fixtures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Run in a folder of its own that has the files which the right calls name."""
    for file in fixtures.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    standard_input = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    monkeypatch.setattr(sys, "stdin", open(0, closefd=False))  # noqa: SIM115
    yield tmp_path
    os.dup2(standard_input, 0)
    os.close(nothing)
    os.close(standard_input)


def _ran(words: Sequence[str]) -> tuple[int, str]:
    """Run a command in this process; its exit status and what it said on standard error."""
    said = io.BytesIO()
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    err = io.TextIOWrapper(said, encoding="utf-8", errors="backslashreplace")
    with redirect_stdout(out), redirect_stderr(err):
        status = run(list(words))
        err.flush()
    return status, said.getvalue().decode()


def wrong_with(words: Sequence[str]) -> str | None:
    """Run a call, and say what is wrong with how it was answered, if anything is."""
    began = time.monotonic()
    try:
        status, said = _ran(words)
    except BaseException as fault:
        return f"raised {type(fault).__name__}: {fault}"[:500]
    if time.monotonic() - began > BOUND:
        return f"took {time.monotonic() - began:.0f} seconds"
    if status not in (0, 1, 2, 3):
        return f"exit status {status}"
    if "Traceback" in said or "\0" in said:
        return said
    lines = [line for line in said.splitlines() if not line.startswith("learner-engine: note: ")]
    if status in (2, 3):
        if len(lines) != 1 or not lines[0].startswith("learner-engine: "):
            return f"said {said!r}"[:500]
        if not re.search(r"[.?!]( See '.*' for help\.| See '.* --help'\.)?$", lines[0]):
            return f"no sentence: {lines[0]!r}"[:500]
        if "$." in lines[0] or re.search(r"(Expected `|Errno|codec|object at 0x)", lines[0]):
            return f"a machine's words: {lines[0]!r}"[:500]
    return None


def _wrong(option: Option, values: Sequence[str]) -> list[str]:
    found = []
    for value in values:
        words = option.call(value)
        fault = wrong_with(words)
        if fault is not None:
            found.append(f"{' '.join(map(ascii, words))[:300]}\n    {fault}")
    return found


def test_every_command_is_tried() -> None:
    missing = set(cli.list_commands(click.Context(cli))) - CALLS.keys()
    assert not missing, f"add a right call of each of these commands to CALLS: {sorted(missing)}"


EACH = 25
"""One text in so many is tried of each option where time is short, other ones of the next."""


@pytest.mark.parametrize("number", range(len(OPTIONS)), ids=lambda n: _id(OPTIONS[n]))
def test_every_option_with_some_texts(number: int, place: Path) -> None:
    wrong = _wrong(OPTIONS[number], TEXTS[number % EACH :: EACH])
    assert not wrong, "\n".join([f"{len(wrong)} values:", *wrong])


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "-"],
        ["import", "other.duckdb", "-"],
        ["reconcile", "report.csv", "--against", "-"],
        ["check-sql", "-"],
    ],
    ids=" ".join,
)
def test_a_closed_standard_input_is_said(
    words: list[str], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    status, said = _ran(words)
    assert (status, said.count("\n")) == (2, 1)
    assert "standard input: it is closed; name" in said


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "report.csv", "--baseline", "FILE"],
        ["status", "report.csv", "--policy", "FILE"],
        ["audit", "report.csv", "--dialect", "FILE"],
        ["check-sql", "FILE"],
    ],
    ids=" ".join,
)
def test_no_small_file_is_read_from_a_device(words: list[str], place: Path) -> None:
    os.symlink("/dev/zero", "zero.toml")
    status, said = _ran([word.replace("FILE", "zero.toml") for word in words])
    assert (status, said.count("\n")) == (2, 1)
    assert "this is a device" in said


def test_a_small_file_may_be_a_pipe(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors, "PATIENCE", 0.1)
    os.mkfifo("policy.toml")
    words = ["status", "report.csv", "--policy", "policy.toml", "-q"]
    status, said = _ran(words)
    assert (status, said.count("\n")) == (2, 1)
    assert "nobody writes to this pipe" in said
    monkeypatch.setattr(descriptors, "PATIENCE", 30)
    policy = b'[[validity]]\ncontent = "*"\ncompletion = "1 month"\n'
    with ThreadPoolExecutor(1) as beside:
        beside.submit(Path("policy.toml").write_bytes, policy)
        assert _ran(words) == (0, "")


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("/dev/full", "No space left"),
        (".", "directory"),
        ("report.csv/below.csv", "Not a directory"),
        ("no/such/folder.csv", "No such file"),
        ("x" * 300 + ".csv", "too long"),
    ],
)
def test_odd_places_to_write_to(place: Path, output: str, word: str) -> None:
    status, said = _ran(["status", "report.csv", "--format", "csv", "-o", output])
    assert status == 2
    assert word in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", [b"r\xe9sum\xe9.csv", b"\xff.csv", b"a\nb.csv", b"\x1b[2J.csv"])
@pytest.mark.parametrize("form", ["text", "csv", "jsonl", "json", "parquet"])
def test_names_of_any_bytes(place: Path, name: bytes, form: str) -> None:
    """Such files are read and written; what UTF-8 cannot hold is replaced where they are named."""
    source, target = os.fsdecode(name), os.fsdecode(b"out-" + name)
    Path(source).write_text("\n".join([HEADER, *ROWS, "broken", ""]))
    status, said = _ran(["audit", source, "--format", form, "-o", target])
    assert status == 1, said
    assert "\x1b" not in said
    assert Path(target).read_bytes()
    assert all(line.startswith("learner-engine: note: ") for line in said.splitlines())


@pytest.mark.deep
@pytest.mark.parametrize("option", OPTIONS, ids=_id)
def test_every_option_with_every_text(option: Option, place: Path) -> None:
    wrong = _wrong(option, TEXTS)
    assert not wrong, "\n".join([f"{len(wrong)} values:", *wrong])
