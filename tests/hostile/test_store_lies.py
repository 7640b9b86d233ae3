"""Nothing in a store is asked about itself: a catalogue that lies is found, and read by nobody."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb
import pytest
import store_lies

import engine
from engine.cli.main import run
from engine.store.catalogue import digest_of
from engine.store.schema import _DIGEST, pristine, steps

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from tamper_cover import cover_up
from tamper_sample import make_store

ADDED, CHANGED, ROWS = store_lies.added(), store_lies.changed(), store_lies.rows()

LEARNER = "--learner=amara.bakker@fabrikam.example"

READERS = {
    "status": ["status", "STORE"],
    "audit": ["audit", "STORE"],
    "imports": ["imports", "STORE"],
    "import": ["import", "STORE", "REPORT"],
    "rebuild": ["rebuild", "STORE"],
    "timeline": ["timeline", "STORE", LEARNER],
    "explain": ["explain", "STORE", LEARNER],
    "repairs": ["repairs", "STORE"],
    "compare": ["compare", "STORE@1", "STORE@2"],
    "compare with a report": ["compare", "REPORT", "STORE"],
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("lies"))


@pytest.fixture
def told(sound: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Run a command on the store of this test: exit status, output, what it said of faults."""

    def call(*words: str) -> tuple[int, str, str]:
        named = {
            "STORE": str(tmp_path / "lying.duckdb"),
            "REPORT": str(sound.with_name("fifth.csv")),
        }
        for name, path in named.items():
            words = tuple(word.replace(name, path) for word in words)
        capfd.readouterr()
        status = run(list(words))
        out, err = capfd.readouterr()
        assert "Traceback" not in err + out
        return status, out, err

    return call


def lie(sound: Path, folder: Path, statements: list[str]) -> None:
    copy = folder / "lying.duckdb"
    shutil.copy(sound, copy)
    with duckdb.connect(copy) as client:
        for statement in statements:
            client.execute(statement)


def refused(answer: tuple[int, str, str]) -> str:
    status, out, err = answer
    assert (status, out, err.count("\n")) == (2, "", 1), answer
    return err


def found(answer: tuple[int, str, str]) -> None:
    status, out, err = answer
    assert (status, err) == (1, ""), answer
    assert out.count("\n") > 1, answer


@pytest.mark.parametrize("name", ADDED)
def test_what_was_added_is_found_and_refused(name, sound, tmp_path, told) -> None:
    lie(sound, tmp_path, ADDED[name])
    found(told("verify", "STORE", "--format", "csv", "-q"))
    said = refused(told("status", "STORE", "-q"))
    assert "it was edited: it has a" in said
    assert "which is no part of a store" in said
    assert len(said) < 600


@pytest.mark.parametrize("name", list(ADDED)[::30])
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_refuses_it(name, reader, sound, tmp_path, told) -> None:
    lie(sound, tmp_path, ADDED[name])
    before = (tmp_path / "lying.duckdb").read_bytes()
    assert "which is no part of a store" in refused(told(*READERS[reader]))
    assert (tmp_path / "lying.duckdb").read_bytes() == before


@pytest.mark.deep
@pytest.mark.parametrize("name", ADDED)
def test_every_reader_refuses_every_lie(name, sound, tmp_path, told) -> None:
    lie(sound, tmp_path, ADDED[name])
    for words in READERS.values():
        assert "which is no part of a store" in refused(told(*words))


@pytest.mark.parametrize("name", CHANGED)
def test_what_was_changed_or_taken_is_found_and_refused(name, sound, tmp_path, told) -> None:
    lie(sound, tmp_path, CHANGED[name])
    found(told("verify", "STORE", "--format", "csv", "-q"))
    assert "it was edited" in refused(told("status", "STORE", "-q"))


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_no_import_brought_is_found(name, sound, tmp_path, told) -> None:
    lie(sound, tmp_path, ROWS[name])
    found(told("verify", "STORE", "--format", "csv", "-q"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.deep] if place % 5 else [])
        for place, name in enumerate(ROWS)
    ],
)
def test_such_a_row_ends_in_an_answer_or_one_sentence(name, sound, tmp_path, told) -> None:
    lie(sound, tmp_path, ROWS[name])
    for words in READERS.values():
        status, _, err = told(*words, *(["-q"] if words[0] != "compare" else []))
        assert status in (0, 1) or (status, err.count("\n")) == (2, 1)


def test_the_head_does_not_cover_a_lie_up(sound, tmp_path, told) -> None:
    lie(sound, tmp_path, [])
    head = engine.Store(tmp_path / "lying.duckdb").verify().head
    assert told("verify", "STORE", "--head", head)[0] == 0
    lie(sound, tmp_path, ["CREATE MACRO duckdb_functions() AS TABLE SELECT 1"])
    assert told("verify", "STORE", "--head", head)[0] == 1


@pytest.mark.parametrize(
    "name", ["journal", "system", "Temp", "main", "pg_catalog", "a.b", "ü 'x'"]
)
def test_a_store_of_any_name(name, sound, tmp_path, told) -> None:
    path = str(tmp_path / f"{name}.duckdb")
    shutil.copy(sound, path)
    status, _, err = told("verify", path)
    assert status == (2 if name == "journal" else 0), err
    with duckdb.connect(path) as client:
        client.execute("CREATE MACRO current_database() AS 'x'")
    assert told("verify", path)[0] == 1


def test_what_is_no_store_stays_none(tmp_path, told) -> None:
    path = tmp_path / "lying.duckdb"
    with duckdb.connect(path) as client:
        client.execute("CREATE MACRO count(x) AS 1")
    for words in (["verify", "STORE"], ["status", "STORE"], ["import", "STORE", "REPORT"]):
        assert "this is a database, but no store" in refused(told(*words))
    with duckdb.connect(path) as client:
        client.execute("CREATE TABLE mine (x INT)")
    assert "this is a database, but no store" in refused(told("verify", "STORE"))


def test_a_lie_beside_a_store_of_an_older_version(tmp_path, told) -> None:
    path = tmp_path / "lying.duckdb"
    with duckdb.connect(path) as client:
        for step in steps()[:2]:
            client.execute(step)
    assert "of version 2" in refused(told("verify", "STORE"))
    with duckdb.connect(path) as client:
        client.execute("CREATE MACRO error(x) AS x")
    assert told("verify", "STORE")[0] == 1
    assert "macro main.error" in refused(told("rebuild", "STORE"))
    assert "macro main.error" in refused(told("import", "STORE", "REPORT"))


def test_a_number_that_asks_for_all_memory(sound, tmp_path, told) -> None:
    """A store whose every digest fits, but for a content of a number that would fill 20 GB."""
    trigger = "DROP TRIGGER labels_keep ON journal.labels"
    far = "UPDATE journal.labels SET content = 2147483646 WHERE label = 0"
    lie(sound, tmp_path, [trigger, far])
    with duckdb.connect(tmp_path / "lying.duckdb") as client:
        client.execute(pristine(len(steps()))[0]["trigger labels_keep"])
    with pytest.raises(engine.InputError, match="a label's content is not there"):
        cover_up(tmp_path / "lying.duckdb")  # All is done but for the read models.
    found(told("verify", "STORE", "--format", "csv", "-q"))
    for reader in ("status", "rebuild", "timeline", "import"):
        assert "content is not there" in refused(told(*READERS[reader]))


def test_the_digest_of_the_schema_is_that_of_the_schema() -> None:
    digest, version = _DIGEST
    if duckdb.__version__ == version:
        assert digest == digest_of(pristine(len(steps()))[0])
