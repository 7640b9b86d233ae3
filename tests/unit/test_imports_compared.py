"""What the imports of a store say of each other, case by case; and one import as a source."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

import engine

ROOT = Path(__file__).parents[2]
OLD, NEW = (str(ROOT / "fixtures" / "compare" / name) for name in ("old.csv", "new.csv"))
Build = Callable[..., engine.Store]

_HEAD: Final = "Email,Content Title,Type,Source,Timestamp"
_ENROLLED, _STARTED, _COMPLETED, _GRANTED = (
    f"a@x,Fire,{pair},2024-03-0{day}T00:00:00Z"
    for day, pair in enumerate(
        (
            "enrollment,registration",
            "status_change,course_started",
            "status_change,course_completed",
            "certificate_grant,course_completed",
        ),
        1,
    )
)
_ALL: Final = (_ENROLLED, _STARTED, _COMPLETED, _GRANTED)
_GAP: Final = (_ENROLLED, _COMPLETED, _GRANTED)


@pytest.fixture
def build(tmp_path: Path) -> Build:
    def make(*reports: Sequence[str], head: str = _HEAD) -> engine.Store:
        files = []
        for number, rows in enumerate(reports, 1):
            file = tmp_path / f"{number}.csv"
            # With its own header a report may have other columns than the rest.
            own = () if rows[0].startswith("Email") else (head,)
            file.write_text("\n".join([*own, *rows]) + "\n", encoding="utf-8")
            files.append(file)
        store = engine.Store(tmp_path / "s.duckdb")
        store.import_reports(*files)
        return store

    return make


def told(store: engine.Store, **options: Any) -> list[tuple[str, str, int, str]]:
    """Code, file and row of each finding between imports, and the file of the other row."""
    return [
        (
            row["code"],
            Path(row["file"]).name,
            row["row"],
            "".join(Path(each["file"]).name for each in row["because"]),
        )
        for row in store.audit(**options).findings_of(select=["C"]).rows()
    ]


class TestVanished:
    def test_it_is_told_once_however_many_imports_lack_it(self, build: Build) -> None:
        store = build(_ALL, _ALL, _GAP, _GAP, _GAP)
        assert told(store) == [("C101", "2.csv", 3, "3.csv")]

    def test_what_comes_back_is_neither_backdated_nor_new(self, build: Build) -> None:
        assert told(build(_ALL, _GAP, _ALL)) == [("C101", "1.csv", 3, "2.csv")]

    def test_what_goes_again_is_told_again(self, build: Build) -> None:
        found = told(build(_ALL, _GAP, _ALL, _GAP))
        assert found == [("C101", "1.csv", 3, "2.csv"), ("C101", "3.csv", 3, "4.csv")]

    def test_an_import_between_that_does_not_go_so_far_hides_nothing(self, build: Build) -> None:
        # The second import begins after the row; the third is the first that should have it.
        store = build(_ALL, (_COMPLETED, _GRANTED), _GAP)
        assert told(store) == [("C101", "1.csv", 3, "3.csv")]

    def test_an_import_of_other_learners_says_nothing_of_it(self, build: Build) -> None:
        others = [row.replace("a@x", "b@x") for row in _ALL]
        store = build(_ALL, others, _GAP)
        assert [each for each in told(store) if each[0] == "C101"] == [
            ("C101", "1.csv", 3, "3.csv")
        ]


class TestRewritten:
    def test_the_form_before_is_the_reason(self, build: Build) -> None:
        other = _STARTED.replace("course_started", "scorm_started")
        changed = (_ENROLLED, other, _COMPLETED, _GRANTED)
        assert told(build(_ALL, changed, changed)) == [("C102", "2.csv", 3, "1.csv")]

    def test_each_new_form_is_told(self, build: Build) -> None:
        other = _STARTED.replace("course_started", "scorm_started")
        store = build(_ALL, (_ENROLLED, other, _COMPLETED, _GRANTED), _ALL)
        assert told(store) == [("C102", "2.csv", 3, "1.csv"), ("C102", "3.csv", 3, "2.csv")]

    def test_a_known_id_with_another_field(self, build: Build) -> None:
        rows = [f"{row},e{number}" for number, row in enumerate(_ALL)]
        moved = [rows[0], rows[1].replace("03-02", "03-01"), *rows[2:]]
        store = build(rows, moved, head=f"{_HEAD},id")
        assert told(store) == [("C102", "2.csv", 3, "1.csv")]
        (found,) = store.audit().findings_of(select=["C"]).rows()
        assert found["message"] == (
            'The row was rewritten: timestamp was "2024-03-02T00:00:00Z" and is '
            '"2024-03-01T00:00:00Z".'
        )

    def test_a_row_that_repeats_an_id_is_no_event_to_lose(self, build: Build) -> None:
        rows = [f"{row},e{number}" for number, row in enumerate(_ALL)]
        repeated = rows[0].replace("03-01", "03-03")
        assert told(build([*rows, repeated], rows[1:], head=f"{_HEAD},id")) == []

    @pytest.mark.parametrize("column", ["id", "courseSku"])
    def test_ids_of_one_import_alone_count_for_nothing(self, build: Build, column: str) -> None:
        named = [f"{_HEAD},{column}", *(f"{row},e{number}" for number, row in enumerate(_ALL))]
        assert told(build(_ALL, named, _ALL)) == []


class TestBackdated:
    def test_what_no_earlier_import_had(self, build: Build) -> None:
        assert told(build(_GAP, _ALL, _ALL)) == [("C201", "2.csv", 3, "1.csv")]

    def test_an_earlier_import_than_the_last_may_have_had_it(self, build: Build) -> None:
        assert told(build(_ALL, (_COMPLETED, _GRANTED), _ALL)) == []

    def test_imports_that_share_no_time_say_nothing(self, build: Build) -> None:
        assert told(build(_ALL[2:], _ALL[:2])) == []


class TestInAnAudit:
    def test_they_are_counted_and_sorted_with_the_others(self, build: Build) -> None:
        store = build(_ALL, _GAP)
        audit = store.audit()
        assert audit.summary.findings == {"R007": 3, "C101": 1}
        assert sum(audit.summary.findings.values()) == audit.summary.roots == len(audit.findings)
        (row,) = audit.findings_of(select=["C101"]).rows()
        assert (row["severity"], row["learner"], row["before"], row["root"]) == (
            "error",
            "a@x",
            [],
            True,
        )

    def test_known_on_knows_no_later_import(self, build: Build) -> None:
        store = build(_ALL, _GAP)
        recorded = [row["recorded_at"] for row in store.imports().rows()]
        store.close()
        assert told(store, known_on=recorded[0]) == []
        assert len(told(store, known_on=recorded[1])) == 1

    def test_no_record_is_blamed_for_it(self, build: Build) -> None:
        store = build(_ALL, _GAP)
        assert store.audit().summary.streams_with_errors == 0
        assert store.audit().status().rows()[0]["errors"] == 0

    def test_reports_read_together_are_no_imports(self, tmp_path: Path, build: Build) -> None:
        build(_ALL, _GAP)
        audit = engine.audit([tmp_path / "1.csv", tmp_path / "2.csv"])
        assert not len(audit.findings_of(select=["C"]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three imports; every test gets a copy."""
    path = tmp_path_factory.mktemp("store") / "s.duckdb"
    with engine.Store(path) as store:
        store.import_reports(OLD, NEW, OLD)
    return path


class TestOneImportAsASource:
    @pytest.fixture
    def store(self, made: Path, tmp_path: Path) -> engine.Store:
        return engine.Store(shutil.copy(made, tmp_path))

    def test_it_is_the_report(self, store: engine.Store) -> None:
        reports = engine.compare(OLD, NEW)
        imports = engine.compare(f"{store.path}@1", f"{store.path}@2")
        assert imports.findings.rows() == reports.findings.rows()
        assert imports.summary == reports.summary
        assert imports.hints == reports.hints
        assert [list(side.records.rejects) for side in (imports.old, imports.new)] == [
            list(side.records.rejects) for side in (reports.old, reports.new)
        ]

    def test_a_report_imported_again_is_told_apart(self, store: engine.Store) -> None:
        again = engine.compare(f"{store.path}@1", f"{store.path}@3")
        assert not len(again.findings)
        assert again.summary.new.files == [f"{OLD} (import 3)"]

    def test_it_goes_with_a_report_and_with_the_whole_store(self, store: engine.Store) -> None:
        expected = engine.compare(OLD, NEW).summary.findings
        mixed = engine.compare(f"{store.path}@1", NEW, known_on="2999-01-01", date_order="dmy")
        assert mixed.summary.findings == expected
        assert engine.compare(store.path, f"{store.path}@2").summary.only_new == 0

    def test_a_file_of_such_a_name_is_that_file(self, store: engine.Store) -> None:
        file = Path(f"{store.path}@2")
        file.write_bytes(Path(OLD).read_bytes())
        assert not len(engine.compare(OLD, file).findings)

    @pytest.mark.parametrize("number", ["4", "0", "x", "", "-1", "1.0", "99999999999999999999"])
    def test_a_wrong_number_is_answered_with_those_there_are(
        self, store: engine.Store, number: str
    ) -> None:
        with pytest.raises(engine.UsageError) as fault:
            engine.compare(f"{store.path}@{number}", NEW)
        assert f"it has 1 ({OLD}), 2 ({NEW}), 3 ({OLD})." in str(fault.value)

    def test_a_report_has_no_imports(self) -> None:
        with pytest.raises(engine.UsageError, match="is no store, so it has no imports"):
            engine.compare(f"{OLD}@1", NEW)

    def test_what_is_not_there_is_named_whole(self, tmp_path: Path) -> None:
        with pytest.raises(engine.InputError, match=r"ana@2.csv: there is no such file"):
            engine.compare(tmp_path / "ana@2.csv", NEW)

    def test_an_import_recorded_later_is_not_known(self, store: engine.Store) -> None:
        with pytest.raises(engine.UsageError, match="had no import by 2020-01-01"):
            engine.compare(f"{store.path}@1", f"{store.path}@2", known_on="2020-01-01")

    def test_how_times_are_read_was_said_before(self, store: engine.Store) -> None:
        with pytest.raises(engine.UsageError, match="when it was imported"):
            engine.compare(f"{store.path}@1", f"{store.path}@2", date_order="dmy")


def test_pages_of_learners_tell_all_that_the_audit_tells(tmp_path: Path) -> None:
    """Every finding between imports stands on exactly one learner's page, in the same words."""
    store = engine.Store(tmp_path / "s.duckdb")
    store.import_reports(OLD, NEW)
    for key in ("email,content", "email,panorama,content"):
        audit = store.audit(key=key)
        listed = audit.findings_of(select=["C"]).rows()
        for each in listed:
            del each["fingerprint"]  # It is the audit's alone.
        assert len(listed) > 10
        paged = [
            found
            for learner in dict.fromkeys(each["learner"] for each in listed)
            for told in (audit.between_imports(audit.history_of(learner)) or {}).values()
            for found in told
        ]
        place = ("file", "row", "code")
        assert listed_by(paged, place) == listed_by(listed, place)
        some = listed[0]
        history = audit.history_of(some["learner"], some["content_title"])
        (alone,) = (audit.between_imports(history, some["row"]) or {}).values()
        assert some in alone
        assert {each["row"] for each in alone} == {some["row"]}
    report = engine.audit(OLD)
    assert report.between_imports(report.history) is None


def listed_by(rows: list[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda each: [each[name] for name in names])
