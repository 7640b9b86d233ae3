"""What a report says never acts on a terminal, and colour is for terminals alone."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from cli_reports import HEADER, IMPOSSIBLE, LEGAL, Run, write_report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.cli.progress import Progress
from engine.report.page import Bar, Bars, Column, Table
from engine.report.plain import Guarded, plain_line
from engine.report.terminal import text_of

# Typed in, and wider than what the code names: whatever is not a character to be seen.
DANGEROUS = (
    set(map(chr, range(0x20)))
    | set(map(chr, range(0x7F, 0xA0)))
    | set("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e")
    | set("\u2060\u2066\u2067\u2068\u2069\ufeff\u2028\u2029\u00ad")
)

NASTY = st.text(
    st.one_of(st.sampled_from(sorted(DANGEROUS)), st.sampled_from("a[]/火=\\"), st.characters())
)


def harmless(text: str) -> bool:
    return not any(
        (c in DANGEROUS or unicodedata.category(c) in ("Cc", "Cf", "Cs")) and c != "\n"
        for c in text
    )


@given(NASTY)
def test_a_plain_line_is_harmless_and_says_the_same(text: str) -> None:
    shown = plain_line(text)
    assert harmless(shown)
    assert "\n" not in shown
    assert plain_line(shown) == shown
    visible = [c for c in text if c.isprintable() and c not in "\u2800\u3164"]
    assert set(visible) - set(shown) <= set("\u034f\u115f\u1160\u17b4\u17b5\uffa0")


@given(st.dictionaries(st.text("abc", min_size=1), NASTY))
def test_json_on_a_terminal_is_harmless_and_means_the_same(record: dict[str, str]) -> None:
    out = io.BytesIO()
    Guarded(out, json=True).write(json.dumps(record, ensure_ascii=False).encode(errors="replace"))
    shown = out.getvalue().decode()
    assert harmless(shown)
    assert json.loads(shown) == json.loads(
        json.dumps(record, ensure_ascii=False).encode(errors="replace")
    )


CELL = st.text(
    st.characters(exclude_categories=("Cs",)) | st.sampled_from(sorted(DANGEROUS)), max_size=12
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(email=CELL, title=CELL, kind=CELL, source=CELL, stamp=CELL, header=CELL)
def test_no_page_and_no_note_holds_a_control_character(
    command: Run,
    tmp_path: Path,
    email: str,
    title: str,
    kind: str,
    source: str,
    stamp: str,
    header: str,
) -> None:
    path = write_report(
        tmp_path / "r.csv",
        [
            ("a" + email, title, title, "t" + title, "status_change", source, "2024-03-01", ""),
            ("b" + email, title, title, "t" + title, kind, source, stamp, ""),
        ],
        header=(*HEADER, header),
    )
    learner = "a" + email
    for arguments in (
        ("audit", path),
        ("status", path),
        ("timeline", path, "--all"),
        ("timeline", path, "--learner", learner),
        ("timeline", path, "--learner", learner + "?"),
    ):
        if "\0" in learner and "--learner" in arguments:
            continue
        ran = command(*arguments)
        assert harmless(ran.stdout)
        assert harmless(ran.stderr)


def test_markup_in_data_is_shown_not_obeyed(command: Run, tmp_path: Path) -> None:
    title = "[red]Fire[/red] :fire: [link=http://x]y[/link]"
    rows = [(*row[:3], title, *row[4:]) for row in (*LEGAL, IMPOSSIBLE)]
    path = write_report(tmp_path / "r.csv", rows)
    for arguments in (("audit", path), ("status", path), ("timeline", path, "--all")):
        assert title in command(*arguments).stdout


def on_terminal(
    *arguments: str, width: int = 100, **environment: str
) -> tuple[str, subprocess.Popen[bytes]]:
    """Run a command whose standard output and error are a terminal."""
    ours, theirs = pty.openpty()
    environ = {
        key: value
        for key, value in os.environ.items()
        if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")
    }
    environ.update({"TERM": "xterm-256color", "COLUMNS": str(width), **environment})
    child = subprocess.Popen(
        [sys.executable, "-m", "engine", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environ,
    )
    os.close(theirs)
    read = bytearray()
    while select.select([ours], [], [], 60)[0]:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        read += chunk
    os.close(ours)
    child.wait(60)
    return read.decode().replace("\r\n", "\n"), child


def test_colour_on_a_terminal_only(command: Run, report: str) -> None:
    coloured, child = on_terminal("audit", report)
    assert child.returncode == 1
    assert "\x1b[1;31mS101" in coloured
    assert "\x1b" not in command("audit", report).stdout
    for setting in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain, _ = on_terminal("audit", report, **setting)
        assert "\x1b" not in plain
        assert "S101 error" in plain


def test_pages_fit_the_terminal(report: str) -> None:
    for arguments in (("status", report), ("rules",), ("rules", "S204"), ("rules", "--pairs")):
        shown, _ = on_terminal(*arguments, width=60, NO_COLOR="1")
        # But for the first line: a path is left whole, for the terminal to break.
        assert max(map(len, shown.splitlines()[1:])) <= 60


def test_data_on_a_terminal_is_escaped(tmp_path: Path) -> None:
    evil = "T\x1b]0;pwned\x07\u202e"
    path = write_report(tmp_path / "r.csv", [(*LEGAL[0][:3], evil, *LEGAL[0][4:])])
    shown, _ = on_terminal("status", path, "--format", "json", "-q")
    assert harmless(shown)
    assert json.loads(shown)[0]["content_title"] == evil
    shown, _ = on_terminal("status", path, "--format", "csv", "-q")
    assert harmless(shown)
    assert r"T\x1b]0;pwned\x07\u202e" in shown


def test_parquet_is_not_written_to_a_terminal(report: str) -> None:
    shown, child = on_terminal("status", report, "--format", "parquet")
    assert child.returncode == 2
    assert "-o FILE.parquet" in shown


def test_a_page_ends_its_lines_without_spaces_and_draws_bars() -> None:
    bars = Bars("Fruit", (Bar("apple", 2), Bar("fig", 1)), 3)
    table = Table("", (Column("A"), Column("B")), (("x", ""), ("y", "z")))
    lines = text_of([bars, table]).split("\n")
    assert [line.count("█") for line in lines[:2]] == [30, 15]
    assert lines == [line.rstrip() for line in lines]


def test_a_narrow_encoding_gets_other_bars(process: Run, report: str) -> None:
    ran = process("audit", report, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "█" not in ran.stdout
    assert "#" * 30 in ran.stdout


def test_only_pages_import_rich(report: str) -> None:
    code = (
        "import sys; from engine.cli.main import run; "
        "run(sys.argv[1:]); print('rich' in sys.modules, file=sys.stderr)"
    )
    for form, imported in (("json", "False"), ("csv", "False"), ("text", "True")):
        ran = subprocess.run(
            [sys.executable, "-c", code, "audit", report, "--format", form, "-q"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert ran.stderr.strip() == imported


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_after_a_while_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cli.progress._PATIENCE", 0.05)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress() as progress:
        progress.stage("reading [red]r.csv[/red]\x1b (1 of 3)")
        deadline = time.monotonic() + 20
        while "(1 of 3)" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.02)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    assert r"reading [red]r.csv[/red]\x1b (1 of 3)" in shown
    after = terminal.getvalue()
    assert after.rstrip().endswith("\x1b[2K")


@pytest.mark.parametrize(("quiet", "stream"), [(True, Terminal()), (False, io.StringIO())])
def test_progress_does_nothing_when_quiet_or_without_terminal(
    monkeypatch: pytest.MonkeyPatch, quiet: bool, stream: io.StringIO
) -> None:
    monkeypatch.setattr("engine.cli.progress._PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(quiet=quiet) as progress:
        progress.stage("reading")
        time.sleep(0.1)
    assert stream.getvalue() == ""


def test_an_audit_loads_nothing_slow_that_it_can_do_without() -> None:
    """Each of these takes a tenth of the time that the audit of a small report takes, or more."""
    slow = {"numpy.ma", "pyarrow.compute", "pandas", "polars", "duckdb", "hypothesis"}
    code = (
        "import sys; from engine.cli.main import run; run(sys.argv[1:]);"
        f"print({slow!r} & set(sys.modules), file=sys.stderr)"
    )
    demo = Path(__file__).parents[2] / "fixtures" / "demo.csv"
    for form in ("json", "text"):
        call = ["audit", str(demo), "--format", form, "-q", "--fail-on", "never"]
        ran = subprocess.run([sys.executable, "-c", code, *call], capture_output=True, text=True)
        assert ran.stderr.strip() == "set()"
