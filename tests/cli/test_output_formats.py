"""Each command that gives a page or a table writes every format, whatever the names in it are."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import click
import openpyxl
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from cli_reports import HEADER, IMPOSSIBLE, LEGAL, Run, write_report

from engine.cli.main import cli
from engine.report import xlsx
from engine.report.write import FORMATS

HOSTILE = (
    '"><script>alert(1)</script>@example.com',
    "<img src=x onerror=alert(2)>",
    "course | `x` | [l](http://evil.example) <!--",
    "=1+1 | a\n\n# b \u202e ![i](http://evil.example/i.png) '\" {{ 7*7 }}",
    "status_change",
    "course_completed",
    "2024-03-02T10:00:00Z",
)
STATUSES = (
    "Email,Content Title,Status\nana@example.com,Fire,completed\nx@example.com,Fire,certified\n"
)


@pytest.fixture
def calls(command: Run, tmp_path: Path) -> dict[str, tuple[str, ...]]:
    """Command → a call of it that finds something."""
    report = write_report(tmp_path / "r.csv", [*LEGAL, IMPOSSIBLE, HOSTILE])
    later = write_report(tmp_path / "later.csv", [LEGAL[0], IMPOSSIBLE, HOSTILE])
    statuses, store = tmp_path / "statuses.csv", str(tmp_path / "s.duckdb")
    statuses.write_text(STATUSES)
    assert command("import", store, report, later).returncode == 0
    return {
        "audit": (report, "--repairs"),
        "status": (report,),
        "summary": (report,),
        "dialects": (),
        "timeline": (report, "--learner", HOSTILE[0]),
        "explain": (report, "--learner", HOSTILE[0]),
        "repairs": (report,),
        "compare": (report, later),
        "reconcile": (report, "--against", str(statuses)),
        "import": (str(tmp_path / "new.duckdb"), report),
        "imports": (store,),
        "verify": (store,),
        "rules": (),
    }


def writers() -> set[str]:
    """The commands that offer every format."""
    context = click.Context(cli)
    commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {
        name
        for name, each in commands.items()
        if each is not None
        for option in each.params
        if option.name == "form" and set(FORMATS) <= set(getattr(option.type, "choices", ()))
    }


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.classes: set[str] = set()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src"):
                self.links.append(value or "")
            if name == "class":
                self.classes |= set((value or "").split())
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


ELEMENTS = frozenset(
    """html head meta title body style main header nav section details summary h1 h2 h3 p ol li a b
    bdi code div dl dt dd span table caption thead tbody tr th td""".split()  # noqa: SIM905
)
ATTRIBUTES = frozenset(
    """lang charset name content http-equiv class dir id href style title scope colspan role
    aria-label tabindex""".split()  # noqa: SIM905
)


def check_html(text: str) -> None:
    seen = Seen(text)
    assert seen.open == []
    assert seen.elements <= ELEMENTS
    assert seen.attributes <= ATTRIBUTES
    assert all(re.fullmatch(r"#[\w-]+", link) for link in seen.links)
    assert {link[1:] for link in seen.links} <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))
    assert "url(" not in text
    assert "@import" not in text
    assert "\u202e" not in text


def check_markdown(text: str) -> None:
    """No HTML, no link; every table has the same number of cells in each of its lines."""
    outside = re.sub(r"(?ms)^(`{3,})sh\n.*?\n\1$", "", text)
    assert "<" not in outside
    assert not re.search(r"(?<!\\)\]\(", outside)
    assert not re.search(r"(?<!\\):(?://)", outside)
    for table in re.findall(r"(?:^\|.*\n)+", outside, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def check_workbook(file: Path, table: list[dict[str, object]]) -> None:
    sheet = openpyxl.load_workbook(file).worksheets[0]
    header, *rows = sheet.iter_rows()
    names = [str(cell.value).removesuffix(" (UTC)") for cell in header]
    assert not table or names == list(table[0])
    assert len(rows) == len(table)
    assert sheet.freeze_panes == "A2"
    for cells, row in zip(rows, table, strict=True):
        for cell, (name, value) in zip(cells, row.items(), strict=True):
            assert cell.data_type != "f"
            assert cell.hyperlink is None
            if isinstance(value, int | bool):
                assert cell.value == value, name
            elif cell.is_date:
                assert f"{cell.value:%Y-%m-%dT%H:%M:%S}" == str(value)[:19]
            elif isinstance(value, str) and value:
                assert str(cell.value).replace("\r\n", "\n") == value, name


def test_every_command_that_writes_tables_is_tried(calls: dict[str, tuple[str, ...]]) -> None:
    assert writers() == set(calls)


@pytest.mark.parametrize("name", sorted(writers()))
def test_a_command_writes_every_format(
    command: Run, calls: dict[str, tuple[str, ...]], tmp_path: Path, name: str
) -> None:
    for form in FORMATS:
        file = tmp_path / f"out.{form}"
        again = tmp_path / "new.duckdb"
        if name == "import" and again.exists():
            again.unlink()
        ran = command(name, *calls[name], "--format", form, "-o", str(file), "-q")
        assert ran.returncode in (0, 1), ran.stderr
        match form:
            case "json":
                told = json.loads(file.read_bytes())
            case "jsonl":
                lines = [json.loads(line) for line in file.read_bytes().splitlines()]
            case "csv":
                columns = pcsv.read_csv(
                    file, parse_options=pcsv.ParseOptions(newlines_in_values=True)
                ).column_names
            case "parquet":
                assert pq.read_table(file).column_names == columns
            case "html":
                check_html(file.read_text("utf-8"))
            case "md":
                check_markdown(file.read_text("utf-8"))
            case "xlsx":
                if name not in ("explain", "rules", "import"):
                    check_workbook(file, lines)
            case _:
                assert file.read_text()
    assert told or name == "verify"


def test_an_ending_names_the_format(command: Run, report: str, tmp_path: Path) -> None:
    for ending, start in ((".html", b"<!DOCTYPE html>"), (".md", b"# Audit"), (".xlsx", b"PK")):
        file = tmp_path / f"x{ending}"
        assert command("audit", report, "-o", str(file)).returncode == 1
        assert file.read_bytes().startswith(start)


def test_more_rows_than_a_sheet_are_refused_in_a_sentence(
    command: Run, report: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 1)
    file = tmp_path / "x.xlsx"
    ran = command("status", report, "-o", str(file))
    assert ran.returncode == 2
    assert ".csv or .parquet" in ran.stderr
    assert not file.exists()


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(command: Run, tmp_path: Path) -> None:
    long = "x" * 40_000
    path = write_report(tmp_path / "r.csv", [(*LEGAL[0][:3], long, *LEGAL[0][4:])], HEADER)
    file = tmp_path / "x.xlsx"
    assert command("status", path, "-o", str(file)).returncode == 0
    title = openpyxl.load_workbook(file).worksheets[0]["D2"].value
    assert len(str(title)) == xlsx.MOST_CHARACTERS
    assert str(title).endswith("[cut: a cell holds no more]")


def test_a_page_begins_with_the_verdict_and_the_worst(command: Run, report: str) -> None:
    text = command("audit", report, "--format", "html").stdout
    assert text.index("Not sound: 1 of 2 records") < text.index("<dl>")
    assert '<a href="#S101">' in text
    assert 'class="picture"' in text
