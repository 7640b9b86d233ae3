"""The store: what it refuses, how it is brought up to date, and what it says of an edited one."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pytest

import engine
from engine.dialects.dialect import Dialect
from engine.intake.rows import RawTable
from engine.intake.sniff import is_store
from engine.store import append, database, schema
from engine.store.models import made
from engine.storekeeper import importing

ROOT = Path(__file__).parents[2]
DEMO: Final = str(ROOT / "fixtures" / "demo.csv")
VENDOR: Final = str(ROOT / "fixtures" / "formats" / "vendor.json")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two reports, made once; every test gets a copy."""
    path = tmp_path_factory.mktemp("store") / "s.duckdb"
    with engine.Store(path) as store:
        store.import_reports(DEMO, VENDOR)
    return path


@pytest.fixture
def store(kept: Path, tmp_path: Path) -> Iterator[engine.Store]:
    with engine.Store(shutil.copy(kept, tmp_path)) as store:
        yield store


def edit(store: engine.Store, *statements: str) -> None:
    """Edit as the owner of the file can: triggers away, edit, triggers back."""
    store.close()
    with duckdb.connect(store.path) as client:
        triggers = client.execute(
            "SELECT trigger_name, schema_name || '.' || table_name, sql FROM duckdb_triggers()"
        ).fetchall()
        for name, table, _ in triggers:
            client.execute(f"DROP TRIGGER {name} ON {table}")
        for statement in statements:
            client.execute(statement)
        for _, _, sql in triggers:
            client.execute(sql)


def refusal(path: Path | str) -> str:
    with pytest.raises(engine.InputError) as fault:
        engine.Store(path).imports()
    assert str(fault.value).count(".\n") == 0
    return str(fault.value)


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "table", ["imports", "texts", "labels", "pairs", "events", "resightings", "quarantine"]
    )
    @pytest.mark.parametrize("what", ["UPDATE journal.{} SET import = 9", "DELETE FROM journal.{}"])
    def test_changing_and_deleting(self, store: engine.Store, table: str, what: str) -> None:
        store.close()
        with (
            duckdb.connect(store.path) as client,
            pytest.raises(duckdb.Error, match="only added to"),
        ):
            client.execute(what.format(table))

    def test_an_import_whose_counts_do_not_add_up(self, store: engine.Store) -> None:
        store.close()
        with (
            duckdb.connect(store.path) as client,
            pytest.raises(duckdb.ConstraintException, match="CHECK"),
        ):
            client.execute(
                "INSERT INTO journal.imports SELECT * REPLACE "
                "(import + 9 AS import, rows + 1 AS rows, sha256 AS digest) FROM journal.imports"
            )


class TestOpening:
    def test_what_is_not_there(self, tmp_path: Path) -> None:
        assert "there is no such file" in refusal(tmp_path / "none.duckdb")

    def test_what_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "s.duckdb").write_bytes(b"Email,Type\n" * 5000)
        assert "this is no store" in refusal(tmp_path / "s.duckdb")

    def test_a_database_that_is_no_store(self, tmp_path: Path) -> None:
        with duckdb.connect(tmp_path / "s.duckdb") as client:
            client.execute("CREATE TABLE events (event INTEGER)")
        assert "no store" in refusal(tmp_path / "s.duckdb")
        with pytest.raises(engine.InputError, match="no store"):
            engine.Store(tmp_path / "s.duckdb").import_reports(DEMO)

    def test_a_newer_store(self, store: engine.Store) -> None:
        edit(store, "INSERT INTO journal.versions VALUES (99, 'later')")
        assert "version 99, newer than this program" in refusal(store.path)
        with pytest.raises(engine.InputError, match="update learner-engine"):
            store.import_reports(DEMO)

    def test_one_that_another_process_writes(self, store: engine.Store) -> None:
        store.close()
        code = (
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]);"
            "print('open', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, store.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            assert "another process has the store open" in refusal(store.path)
            with pytest.raises(engine.InputError, match="another process"):
                store.import_reports(DEMO)
            writer.communicate()
        store.import_reports(DEMO)

    def test_one_that_is_imported_into(
        self, store: engine.Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also after its file was flushed: to close any descriptor of it would let others in."""
        store.close()
        monkeypatch.setattr(database, "_FLUSH", 0.01)
        told, insert = [], append.insert

        def inserted(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
            if name == "journal.quarantine":
                time.sleep(0.1)
                code = "import duckdb, sys; duckdb.connect(sys.argv[1])"
                other = [sys.executable, "-c", code, store.path]
                told.append(subprocess.run(other, capture_output=True, text=True).stderr)
            insert(connection, name, rows)

        monkeypatch.setattr(append, "insert", inserted)
        store.import_reports(DEMO)
        assert len(told) == 1
        assert "Could not set lock" in told[0]

    @pytest.mark.parametrize("ask", [is_store, engine.audit], ids=["sniff", "audit"])
    def test_to_look_at_one_that_is_open_lets_nobody_in(
        self, store: engine.Store, ask: Callable[[str], object]
    ) -> None:
        """To close any descriptor of a file takes away the locks of the whole process on it."""
        assert len(store.imports()) == 2
        ask(store.path)
        code = "import duckdb, sys; duckdb.connect(sys.argv[1])"
        other = subprocess.run(
            [sys.executable, "-c", code, store.path], capture_output=True, text=True
        )
        assert "Could not set lock" in other.stderr
        assert len(store.imports()) == 2

    def test_one_whose_disk_fails_while_it_is_written(
        self, store: engine.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The system tells of it once, and not the database if it was the flushing that heard."""
        before = store.verify()
        report = tmp_path / "r.csv"
        report.write_text(
            "Email,Content Title,Type,Source,Timestamp\n"
            "a@x,Course,enrollment,sso,2024-03-01T00:00:00Z\n"
        )

        def failing(descriptor: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(database, "_FLUSH", 0.001)
        monkeypatch.setattr(os, "fdatasync", failing)
        with pytest.raises(engine.InputError, match="cannot be written") as fault:
            store.import_reports(report)
        assert fault.value.file == store.path
        monkeypatch.undo()
        assert store.verify() == before
        assert store.import_reports(report)[0].new_events

    def test_one_that_this_process_reads(self, store: engine.Store) -> None:
        store.close()
        with (
            duckdb.connect(store.path, read_only=True),
            pytest.raises(engine.InputError, match="this program has it open already"),
        ):
            store.import_reports(DEMO)
        store.import_reports(DEMO)

    def test_one_that_this_process_may_write(self, store: engine.Store) -> None:
        """Both are one database with one lock: opened twice, the file would be written by two."""
        store.close()
        with duckdb.connect(store.path) as client:
            store.import_reports(DEMO)
            assert client.execute("SELECT count(*) FROM imports").fetchall() == [(3,)]
        assert not store.verify().faults

    @pytest.mark.parametrize("name", ["o'brien.duckdb", "a;b c.duckdb", ":memory:", 'naïve".db'])
    def test_whatever_it_is_called(self, tmp_path: Path, name: str) -> None:
        store = engine.Store(tmp_path / name)
        store.import_reports(VENDOR)
        store.import_reports(DEMO)
        assert os.listdir(tmp_path) == [name]
        assert (store.verify().imports, store.verify().faults) == (2, [])

    @pytest.mark.parametrize("name", ["journal.duckdb", "model.duckdb"])
    def test_not_as_its_own_tables(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(engine.InputError, match="named like its own tables; name it otherwise"):
            engine.Store(tmp_path / name).import_reports(VENDOR)
        assert os.listdir(tmp_path) == []

    def test_a_store_stands_alone_as_source(self, store: engine.Store) -> None:
        with pytest.raises(engine.UsageError, match="a source by itself"):
            engine.audit([store.path, DEMO])

    @pytest.mark.parametrize("option", [{"date_order": "dmy"}, {"timestamp_format": "%Y-%m-%d"}])
    def test_how_times_are_read_was_said_before(
        self, store: engine.Store, option: dict[str, str]
    ) -> None:
        with pytest.raises(engine.UsageError, match="when it was imported"):
            engine.audit(store.path, **option)

    def test_a_report_knows_no_recorded_time(self) -> None:
        with pytest.raises(engine.UsageError, match=r"known_on .* needs a store"):
            engine.audit(DEMO, known_on="2024-01-01")


class TestImporting:
    def test_a_store_answers_as_the_report(self, tmp_path: Path) -> None:
        store = engine.Store(tmp_path / "s.duckdb")
        store.import_reports(DEMO)
        report, stored = engine.audit(DEMO), store.audit()
        assert stored.summary == report.summary
        assert stored.findings.rows() == report.findings.rows()
        assert stored.status("2024-01-01").rows() == report.status("2024-01-01").rows()
        assert stored.timeline().rows() == report.timeline().rows()
        assert list(stored.quarantined) == list(report.quarantined)

    def test_again_adds_nothing(self, store: engine.Store) -> None:
        (again,) = store.import_reports(DEMO)
        assert (again.new_events, again.already_known) == (0, 2024)
        assert (again.duplicates, again.quarantined) == (2, 2)

    def test_a_known_id_with_another_field_is_no_event_and_not_lost(self, tmp_path: Path) -> None:
        head = "Email,Content Title,Type,Source,Timestamp,id\n"
        row = "a@x,Course,enrollment,{},2024-03-01T00:00:00Z,e1\n"
        first, second = tmp_path / "1.csv", tmp_path / "2.csv"
        first.write_text(head + row.format("registration"))
        second.write_text(head + row.format("sso") + row.format("registration"))
        store = engine.Store(tmp_path / "s.duckdb")
        _, done = store.import_reports(first, second)
        assert (done.new_events, done.already_known, done.duplicates) == (0, 1, 1)
        with duckdb.connect(store.path, read_only=True) as client:
            seen = client.execute(
                "SELECT kind, rewritten, source FROM sightings ORDER BY import, row"
            ).fetchall()
        assert seen == [
            ("new", False, "registration"),
            ("known", True, "sso"),
            ("duplicate", False, "registration"),
        ]

    def test_another_spelling_of_a_source_reaches_streams_that_it_does_not_touch(
        self, tmp_path: Path
    ) -> None:
        head = "Email,Content Title,Type,Source,Timestamp\n"
        row = "{},Course,status_change,{},2024-03-01T00:00:00Z\n"
        first, second = tmp_path / "1.csv", tmp_path / "2.csv"
        first.write_text(head + row.format("a@x", "brand_new"))
        second.write_text(head + row.format("b@x", "Brand_New"))
        store = engine.Store(tmp_path / "s.duckdb")
        store.import_reports(first, second)
        assert not store.verify().faults

    def test_a_report_that_is_replaced_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also by what cannot be hashed at all."""
        report, read = tmp_path / "r.csv", importing.read
        report.write_bytes(Path(DEMO).read_bytes())

        def replaced(path: str, dialect: Dialect | None) -> RawTable:
            table = read(path, dialect)
            report.unlink()
            report.mkdir()
            return table

        monkeypatch.setattr(importing, "read", replaced)
        with pytest.raises(engine.InputError, match="it changed while it was read"):
            engine.Store(tmp_path / "s.duckdb").import_reports(report)
        assert os.listdir(tmp_path) == ["r.csv"]

    def test_a_report_that_cannot_be_read_leaves_no_store(self, tmp_path: Path) -> None:
        (tmp_path / "bad.csv").write_text("no,report\n1,2\n")
        with pytest.raises(engine.InputError):
            engine.Store(tmp_path / "s.duckdb").import_reports(tmp_path / "bad.csv")
        assert os.listdir(tmp_path) == ["bad.csv"]

    def test_after_a_fault_the_store_is_as_before(
        self, store: engine.Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = store.imports().rows()
        with monkeypatch.context() as patched:
            patched.setattr("engine.storekeeper.importing.tag", _fail)
            with pytest.raises(KeyboardInterrupt):
                store.import_reports(ROOT / "fixtures" / "codes" / "S101" / "bad.csv")
        assert store.imports().rows() == before
        assert not store.verify().faults

    def test_drafts_of_processes_that_were_killed_are_removed(self, tmp_path: Path) -> None:
        left, other = ".s.duckdb.0123456789abcdef.tmp", ".s.duckdb.b.0123456789abcdef.tmp"
        for name in (left, other, ".s.duckdb.tmp", ".s.duckdb.notes.tmp"):
            (tmp_path / name).write_bytes(b"begun")
        engine.Store(tmp_path / "s.duckdb").import_reports(VENDOR)
        assert sorted(os.listdir(tmp_path)) == sorted(
            [other, ".s.duckdb.tmp", ".s.duckdb.notes.tmp", "s.duckdb"]
        )

    def test_so_is_one_that_is_the_store_itself(self, tmp_path: Path) -> None:
        store = engine.Store(tmp_path / "s.duckdb")
        store.import_reports(VENDOR)
        os.link(store.path, tmp_path / ".s.duckdb.0123456789abcdef.tmp")
        store.import_reports(DEMO)
        assert os.listdir(tmp_path) == ["s.duckdb"]
        assert not store.verify().faults

    def test_a_draft_that_another_process_removes_is_made_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path, link, taken = tmp_path / "s.duckdb", os.link, []

        def late(draft: str, store: str) -> None:
            if len(taken) < 3:
                taken.append(draft)
                database._remove_drafts(str(path))  # As the other process does.
            link(draft, store)

        monkeypatch.setattr(os, "link", late)
        engine.Store(path).import_reports(VENDOR)
        assert len({*taken}) == 3
        assert os.listdir(tmp_path) == ["s.duckdb"]

    def test_processes_that_make_it_at_one_moment(self, tmp_path: Path) -> None:
        path = tmp_path / "s.duckdb"
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(database._make, [str(path)] * 16))
        assert os.listdir(tmp_path) == ["s.duckdb"]
        engine.Store(path).import_reports(VENDOR)

    def test_an_empty_database_is_a_store_to_be(self, tmp_path: Path) -> None:
        duckdb.connect(tmp_path / "s.duckdb").close()
        assert "nothing was imported yet" in refusal(tmp_path / "s.duckdb")
        engine.Store(tmp_path / "s.duckdb").import_reports(DEMO)

    def test_a_future_event_is_one_when_it_was_recorded(self, tmp_path: Path) -> None:
        report = ROOT / "fixtures" / "codes" / "R006" / "bad.csv"
        store = engine.Store(tmp_path / "s.duckdb")
        store.import_reports(report)
        late = store.audit(now=40_000_000_000_000_000)
        assert late.summary.findings == engine.audit(report).summary.findings


def _fail(*_: object) -> None:
    raise KeyboardInterrupt


class TestUpgrading:
    def test_a_store_of_the_first_version(self, store: engine.Store, tmp_path: Path) -> None:
        store.close()
        old = tmp_path / "old.duckdb"
        with duckdb.connect(old) as client:
            client.execute(schema.steps()[0])
            client.execute(f"ATTACH '{store.path}' AS kept (READ_ONLY)")
            tables = client.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'old' "
                "AND table_name NOT IN ('versions', 'refused')"
            ).fetchall()
            for (table,) in tables:
                client.execute(f"INSERT INTO journal.{table} SELECT * FROM kept.journal.{table}")
        assert "of version 1" in refusal(old)
        upgraded = engine.Store(old)
        upgraded.rebuild()
        assert not upgraded.verify(store.imports().rows()[-1]["digest"]).faults
        assert upgraded.audit().findings.rows() == store.audit().findings.rows()

    def test_an_import_brings_it_up_to_date_too(self, tmp_path: Path) -> None:
        path = tmp_path / "old.duckdb"
        with duckdb.connect(path) as client:
            client.execute(schema.steps()[0])
        old = engine.Store(path)
        old.import_reports(DEMO)
        assert not old.verify().faults

    def test_rules_that_changed_lead_to_a_rebuild(
        self, store: engine.Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        edit(store, "UPDATE model.made SET fingerprint = 'old'", "DELETE FROM model.records")
        store.import_reports(DEMO)
        assert not store.verify().faults


class TestVerifying:
    def test_what_nobody_edited(self, store: engine.Store) -> None:
        found = store.verify()
        assert (found.imports, found.events, found.faults) == (2, 2032, [])

    @pytest.mark.parametrize(
        ("statement", "number", "event", "words"),
        [
            ("UPDATE journal.events SET pair = pair + 1 WHERE event = 7", 1, 7, "edited"),
            ('UPDATE journal.events SET "at" = "at" + 1 WHERE event = 2030', 2, 2030, "edited"),
            ("UPDATE journal.events SET id = NULL WHERE event = 2030", 2, 2030, "edited"),
            ("UPDATE journal.events SET seal = 0 WHERE event = 9", 1, 9, "edited"),
            ("DELETE FROM journal.events WHERE event = 100", 1, 100, "removed"),
            ("DELETE FROM journal.events WHERE event = 2031", 2, 2031, "removed"),
            (
                "INSERT INTO journal.events SELECT * FROM journal.events WHERE event = 50",
                1,
                50,
                "added",
            ),
            (
                "INSERT INTO journal.events SELECT * REPLACE (2024 AS event) FROM journal.events "
                "WHERE event = 50",
                1,
                2024,
                "added",
            ),
            (
                "UPDATE journal.events SET event = CASE event WHEN 3 THEN 4 ELSE 3 END "
                "WHERE event IN (3, 4)",
                1,
                3,
                "edited",
            ),
            ("UPDATE journal.resightings SET row = 3 WHERE import = 2", 2, 2028, "sighting"),
            ("DELETE FROM journal.resightings WHERE import = 1", 1, None, "sighting"),
            ("UPDATE journal.texts SET value = 'x@y' WHERE field = 0 AND number = 3", 1, None, ""),
            ("UPDATE journal.labels SET content = 0 WHERE label = 5", 1, None, "label"),
            ("UPDATE journal.pairs SET source = 'sso' WHERE pair = 2", 1, None, "pair"),
            ("UPDATE journal.quarantine SET raw = ''", 1, None, "rejected"),
            ("UPDATE journal.imports SET file = 'x' WHERE import = 2", 2, None, "digest"),
            ("UPDATE journal.imports SET recorded_at = 0 WHERE import = 1", 1, None, "digest"),
            ("DELETE FROM journal.imports WHERE import = 1", 1, None, "removed"),
            ("DELETE FROM journal.imports WHERE import = 2", 2, None, "not there"),
            ("UPDATE model.records SET cycles = 3 WHERE event < 9", None, None, "model.records"),
            ("DELETE FROM model.intervals WHERE event < 9", None, None, "model.intervals"),
            ("UPDATE model.findings SET message = ''", None, None, "model.findings"),
            ("UPDATE model.codes SET severity = 'info'", None, None, "codes"),
            ("UPDATE model.made SET tolerance = 0.0001", None, None, "made"),
            ("UPDATE model.statuses SET status = 'started' WHERE possible = 2", None, None, ""),
            ("INSERT INTO journal.versions VALUES (0, 'x')", None, None, "versions"),
            ("CREATE OR REPLACE VIEW records AS SELECT 1", None, None, "view main.records"),
            ("DROP VIEW sightings", None, None, "view main.sightings"),
            ("CREATE MACRO nullif(a, b) AS b", None, None, "macro"),
            ("ALTER TABLE journal.pairs ADD COLUMN x INTEGER", None, None, "table journal.pairs"),
        ],
    )
    def test_each_edit_is_found(
        self,
        store: engine.Store,
        statement: str,
        number: int | None,
        event: int | None,
        words: str,
    ) -> None:
        edit(store, statement)
        faults = store.verify().faults
        assert faults
        assert (faults[0].number, faults[0].event) == (number, event)
        assert words in faults[0].problem

    def test_read_models_of_other_rules_are_held_against_these(self, store: engine.Store) -> None:
        """A program of other rules made them: nothing is wrong where its rows are the same."""
        store.close()
        with duckdb.connect(store.path) as client:
            how = made(client)
        assert how is not None
        older = how._replace(fingerprint="that of other rules")
        said = f"fingerprint = '{older.fingerprint}', seal = '{older.seal}'"
        edit(store, f"UPDATE model.made SET {said}")
        assert not store.verify().faults
        edit(store, "UPDATE model.records SET cycles = cycles + 1")
        (fault,) = store.verify().faults
        assert fault.part == "model.made"
        assert "another version of the rules, or were edited" in fault.problem
        store.rebuild()
        assert not store.verify().faults

    def test_a_trigger_that_is_gone(self, store: engine.Store) -> None:
        store.close()
        with duckdb.connect(store.path) as client:
            client.execute("DROP TRIGGER events_keep ON journal.events")
        (fault,) = store.verify().faults
        assert fault.problem == "trigger events_keep was removed"

    def test_an_import_that_is_gone_with_all_its_rows(self, store: engine.Store) -> None:
        head = store.imports().rows()[-1]["digest"]
        tables = ("imports", "texts", "labels", "pairs", "events", "resightings", "quarantine")
        edit(store, *(f"DELETE FROM journal.{table} WHERE import = 2" for table in tables))
        assert store.verify().faults
        store.rebuild()
        assert not store.verify().faults
        (fault,) = store.verify(head).faults
        assert "not in the chain" in fault.problem

    def test_a_chain_that_was_rewritten_as_a_whole(self, tmp_path: Path) -> None:
        store, other = engine.Store(tmp_path / "a.duckdb"), engine.Store(tmp_path / "b.duckdb")
        store.import_reports(DEMO)
        other.import_reports(VENDOR)
        head = store.imports().rows()[-1]["digest"]
        store.close()
        other.close()
        os.replace(other.path, store.path)
        assert not store.verify().faults
        assert store.verify(head).faults

    def test_a_head_with_imports_after_it(self, store: engine.Store) -> None:
        head = store.imports().rows()[0]["digest"]
        found = store.verify(head)
        assert (found.since, found.faults) == (1, [])
