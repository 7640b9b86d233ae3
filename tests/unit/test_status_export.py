"""Status exports of every form are read alike, and every row of them is accounted for."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import engine
from engine.intake.export.columns import Columns
from engine.intake.export.statuses import read_statuses
from engine.projection.against.words import WORDS, accepted, plain
from engine.report.write import write_frame

HEADER = ["User E-mail", "Course Title", "STATUS", "completion_date"]
ROWS = [
    ["Ana@X.example ", "Fire", "Completed", "2024-03-05"],
    ["bob@x.example", "Fire", "not-started", ""],
]

REPORT = """\
Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp
ana@x.example,,course,Fire,enrollment,registration,2024-03-01T09:00:00Z
ana@x.example,,course,Fire,status_change,course_started,2024-03-02T09:00:00Z
ana@x.example,,course,Fire,status_change,course_completed,2024-03-05T23:30:00Z
bob@x.example,,course,Fire,enrollment,registration,2024-03-01T09:00:00Z
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_text(REPORT, encoding="utf-8")
    return path


def text(delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\n" for row in [HEADER, *ROWS])


def records() -> list[dict[str, str]]:
    return [dict(zip(HEADER, row, strict=True)) for row in ROWS]


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["Who stands where"])
    book.active.append([])
    book.active.append(HEADER)
    for learner, title, status, at in ROWS:
        book.active.append([learner, title, status, date.fromisoformat(at) if at else None])
    book.save(path)
    return path


FORMS: dict[str, Any] = {
    "comma.csv": text().encode(),
    "semicolon.csv": text(";").encode(),
    "tab.tsv": text("\t").encode("utf-16"),
    "sep.csv": ("sep=|\n" + text("|")).encode(),
    "mark.csv": b"\xef\xbb\xbf" + text().encode(),
    "packed.csv.gz": gzip.compress(text().encode()),
    "array.json": json.dumps(records()).encode(),
    "object.json": json.dumps({"page": 1, "data": {"users": records()}}).encode(),
    "lines.jsonl": "\n".join(map(json.dumps, records())).encode(),
}


@pytest.mark.parametrize("name", [*FORMS, "book.xlsx", "table.parquet"])
def test_every_form_says_the_same(name: str, tmp_path: Path, report: Path) -> None:
    path = tmp_path / name
    if name == "book.xlsx":
        workbook(path)
    elif name == "table.parquet":
        columns = {n: [row[i] for row in ROWS] for i, n in enumerate(HEADER)}
        pq.write_table(pa.table(columns), path)
    else:
        path.write_bytes(FORMS[name])
    result = engine.reconcile(report, against=path)
    assert not len(result.findings), result.findings.rows()
    assert (result.summary.agree, result.summary.rows) == (2, 2)
    assert result.summary.date_tolerance == {"completed_at": "day"}
    first = 4 if name == "book.xlsx" else 3 if name == "sep.csv" else 2
    assert read_statuses(str(path), {}).row.tolist() == [first, first + 1]


def test_nested_keys_of_the_platform_are_found(tmp_path: Path, report: Path) -> None:
    told = [
        {
            "user": {"email": "ana@x.example"},
            "course": {"title": "Fire"},
            "status": "completed",
            "certificate": False,
            "certificateIssuedAt": None,
        }
    ]
    path = tmp_path / "s.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    result = engine.reconcile(report, against=path)
    assert result.summary.agree == 1
    assert result.summary.columns["certified_at"] == "certificateIssuedAt"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            bytes(8) + b"DUCK",
            "this is a database, not a list of statuses; give the platform's list of current "
            "statuses as CSV, xlsx, JSON or Parquet, or hold a report against a store with "
            "'compare'.",
        ),
        (
            b"%PDF-1.7",
            "this is a PDF document, not a list of statuses; give the platform's list of current "
            "statuses as CSV, xlsx, JSON or Parquet.",
        ),
        (b"\1" * 99, "this is no text; give the platform's list of current statuses as CSV, "),
        (b"<html>", "not a list of statuses; the download may have ended at the sign-in page: "),
        (b"", "the file is empty; export the list of statuses again."),
        (
            b"PK\5\6" + bytes(18),
            "not a workbook; unpack it and name the list of statuses in it.",
        ),
        (None, "this is a folder; name the list of statuses in it."),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_one(
    content: bytes | None, said: str, tmp_path: Path, report: Path
) -> None:
    path = tmp_path / "s"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(engine.InputError, match=re.escape(said)):
        engine.reconcile(report, against=path)


def test_a_list_nested_too_deeply_is_refused(tmp_path: Path, report: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(engine.InputError, match="it is nested too deeply; give a flat list"):
        engine.reconcile(report, against=path)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class TestColumns:
    @pytest.mark.parametrize(
        ("name", "field"),
        [
            ("E-Mail Address", "learner"),
            ("user_email", "learner"),
            ("Course", "content_title"),
            ("courseSku", "content_id"),
            ("Enrollment status", "status"),
            ("certificateIssuedAt", "certified_at"),
            ("Date completed", "completed_at"),
        ],
    )
    def test_names_are_matched_generously(self, name: str, field: str) -> None:
        assert Columns({}).find([name]) == {field: 0}

    def test_the_best_name_wins(self) -> None:
        assert Columns({}).find(["User", "Email", "Progress", "Status"]) == {
            "learner": 1,
            "status": 3,
        }

    def test_what_is_mapped_wins_over_names(self) -> None:
        found = Columns({"content": "Course", "status": "where"}).find(
            ["Where", "Status", "course"]
        )
        assert found == {"content_title": 2, "status": 0}

    def test_a_missing_column_says_what_is_there_and_what_to_write(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "Email,Course,Where they stand", "a@x,Fire,started")
        with pytest.raises(engine.InputError) as caught:
            read_statuses(str(path), {})
        said = str(caught.value)
        assert "no column for the status" in said
        assert "found: Email, Course, Where they stand" in said
        assert "--map status=COLUMN" in said
        assert read_statuses(str(path), {"status": "where they stand"}).cells["status"] == [
            "started"
        ]

    def test_a_column_that_is_mapped_and_missing(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "Email,Course,Status", "a@x,Fire,started")
        with pytest.raises(engine.InputError, match="no column 'Stand' for status; found: Email"):
            read_statuses(str(path), {"status": "Stand"})

    def test_an_unknown_field(self) -> None:
        with pytest.raises(engine.UsageError, match="--map knows no field 'colour'; it knows"):
            Columns({"colour": "x"})


class TestWords:
    @pytest.mark.parametrize("word", ["not-started", "Not Started", "NOT_STARTED", "notStarted"])
    def test_spelling_does_not_count(self, word: str) -> None:
        assert accepted(WORDS, word, "") == WORDS["notstarted"]

    def test_every_word_is_plain_and_says_something(self) -> None:
        assert all(plain(word) == word and kinds for word, kinds in WORDS.items())

    def test_an_uncertain_one_may_list_what_is_possible(self) -> None:
        both = accepted(WORDS, "uncertain", "enrolled|revoked")
        assert both == WORDS["enrolled"] | WORDS["revoked"]

    def test_words_of_the_user(self, tmp_path: Path, report: Path) -> None:
        path = write(tmp_path / "s.csv", "Email,Course,Status", "ana@x.example,Fire,Passed")
        with pytest.raises(engine.InputError, match=r"'Passed'; say .*--word"):
            engine.reconcile(report, against=path)
        result = engine.reconcile(report, against=path, words={"PASSED": "completed"})
        assert result.summary.agree == 1
        with pytest.raises(engine.UsageError, match="'done' is no known status"):
            engine.reconcile(report, against=path, words={"passed": "done"})


class TestEveryRowIsAccountedFor:
    def test_what_is_not_understood_is_listed_with_its_row(
        self, tmp_path: Path, report: Path
    ) -> None:
        path = write(
            tmp_path / "s.csv",
            "Email,Course,Status,Completed",
            "ana@x.example,Fire,completed,2024-03-05",
            "bob@x.example,Fire,paused,",
            ",Fire,started,",
            "ana@x.example,Fire",
            "ana@x.example,Fire,completed,soon",
        )
        result = engine.reconcile(report, against=path)
        assert [(each.row, each.detail) for each in result.unread] == [
            (3, "has the unknown status 'paused'"),
            (4, "has no learner"),
            (5, "has 2 cells, the header has 4"),
            (6, "has no date under Completed: 'soon'"),
        ]
        assert result.summary.rows == 5
        assert result.summary.agree == 1
        assert result.summary.only_here == 0, "the list does have Bob"

    def test_nothing_usable_is_a_fault(self, tmp_path: Path, report: Path) -> None:
        path = write(tmp_path / "s.csv", "Email,Course,Status", ",,", "a@x,,")
        with pytest.raises(engine.InputError, match="no row has a learner, a content and a status"):
            engine.reconcile(report, against=path)

    def test_a_header_alone_is_a_fault(self, tmp_path: Path, report: Path) -> None:
        path = write(tmp_path / "s.csv", "Email,Course,Status")
        with pytest.raises(engine.InputError, match="a header but no rows"):
            engine.reconcile(report, against=path)

    def test_no_such_file(self, tmp_path: Path, report: Path) -> None:
        with pytest.raises(engine.InputError, match="there is no such file"):
            engine.reconcile(report, against=tmp_path / "none.csv")

    def test_broken_json(self, tmp_path: Path, report: Path) -> None:
        path = write(tmp_path / "s.json", '[{"email": "a@x",')
        with pytest.raises(engine.InputError, match="no valid JSON"):
            engine.reconcile(report, against=path)


class TestDates:
    def found(self, folder: Path, report: Path, cell: str, **options: Any) -> list[dict[str, Any]]:
        path = write(
            folder / "s.csv",
            "Email,Course,Status,Completed",
            f"ana@x.example,Fire,completed,{cell}",
        )
        return engine.reconcile(report, against=path, **options).findings_of(["C113"]).rows()

    @pytest.mark.parametrize(
        "cell", ["2024-03-05", "2024-03-05T00:00:00", "2024-03-05 23:30:00", "5.3.2024", ""]
    )
    def test_that_agree(self, tmp_path: Path, report: Path, cell: str) -> None:
        assert not self.found(tmp_path, report, cell, date_order="dmy")

    @pytest.mark.parametrize("cell", ["2024-03-06", "2024-03-05 23:30:01", "2024-03-05T22:30:00"])
    def test_that_differ(self, tmp_path: Path, report: Path, cell: str) -> None:
        (finding,) = self.found(tmp_path, report, cell)
        assert (finding["field"], finding["theirs"], finding["row"]) == ("completed_at", cell, 4)
        assert finding["ours"] == "2024-03-05T23:30:00Z"
        assert finding["at"] == datetime.fromisoformat("2024-03-05T23:30:00Z")

    def test_a_day_is_one_of_the_zone(self, tmp_path: Path, report: Path) -> None:
        assert self.found(tmp_path, report, "2024-03-05", timezone="Europe/Paris")
        assert not self.found(tmp_path, report, "2024-03-06", timezone="Europe/Paris")

    def test_that_could_be_either_order_are_refused(self, tmp_path: Path, report: Path) -> None:
        with pytest.raises(engine.InputError, match=r"s\.csv.*day-first or month-first"):
            self.found(tmp_path, report, "05/03/2024")


def test_as_of_the_day_of_the_list(tmp_path: Path, report: Path) -> None:
    path = write(tmp_path / "s.csv", "Email,Course,Status", "ana@x.example,Fire,started")
    late = engine.reconcile(report, against=path, learner="ana@x.example").findings.rows()
    assert [row["code"] for row in late] == ["C110"]
    assert late[0]["since"] == late[0]["at"] == datetime.fromisoformat("2024-03-05T23:30:00Z")
    for as_of in ("2024-03-04", date(2024, 3, 4), "2024-03-05T23:29:59Z"):
        result = engine.reconcile(report, against=path, as_of=as_of)
        assert [row["code"] for row in result.findings.rows()] == ["C112"]
        assert result.summary.agree == 1


def test_one_list_can_be_compared_twice(tmp_path: Path, report: Path) -> None:
    path = write(
        tmp_path / "s.csv", "Email,Course,Status", "ana@x.example,Fire,started", "b@x,Fire,paused"
    )
    export = read_statuses(str(path), {})
    results = [engine.Reconciliation(engine.audit(report), export) for _ in range(2)]
    assert [result.summary.unread for result in results] == [1, 1]


def test_an_address_that_looks_like_a_formula_is_found(tmp_path: Path) -> None:
    report = tmp_path / "r.csv"
    report.write_text(REPORT.replace("ana@", "+ana@").replace("Fire", "=Fire"), encoding="utf-8")
    own = tmp_path / "status.csv"
    with open(own, "wb") as file:
        write_frame(engine.audit(report).status(), "csv", file)
    assert "'+ana@" in own.read_text(encoding="utf-8")
    result = engine.reconcile(report, against=own)
    assert (result.summary.agree, len(result.findings)) == (2, 0)
