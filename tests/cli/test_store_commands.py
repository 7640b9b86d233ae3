"""The commands of a store: what they print, where it goes, and their exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from cli_reports import DEMO, Run


def test_import_says_what_came_of_each_report(tmp_path: Path, command: Run) -> None:
    store = str(tmp_path / "s.duckdb")
    done = command("import", store, DEMO, DEMO, "--format", "json")
    assert done.returncode == 0
    first, second = json.loads(done.stdout)
    counts = ("rows", "new_events", "already_known", "duplicates", "quarantined")
    assert [first[each] for each in counts] == [2028, 2024, 0, 2, 2]
    assert [second[each] for each in counts] == [2028, 0, 2024, 2, 2]
    text = command("import", store, DEMO).stdout
    assert "Already known" in text
    assert "Head digest" in text


def test_standard_input_is_a_report(tmp_path: Path, process: Run, command: Run) -> None:
    store = str(tmp_path / "s.duckdb")
    with open(DEMO, "rb") as given:
        done = process("import", store, "-", "--format", "json", stdin=given)
    assert json.loads(done.stdout)[0]["new_events"] == 2024
    (listed,) = json.loads(command("imports", store, "--format", "json").stdout)
    assert (listed["file"], listed["bytes"]) == ("-", Path(DEMO).stat().st_size)


def test_imports_prints_the_head_that_verify_takes(store: str, command: Run) -> None:
    (listed,) = json.loads(command("imports", store, "--format", "json").stdout)
    right = command("verify", store, "--head", listed["digest"])
    assert (right.returncode, "in the chain" in right.stdout) == (0, True)
    wrong = command("verify", store, "--head", "0" * 64)
    assert wrong.returncode == 1


def test_verify_fails_on_an_edited_store(store: str, command: Run) -> None:
    with duckdb.connect(store) as client:
        client.execute("UPDATE model.records SET cycles = 9 WHERE event < 9")
    found = command("verify", store, "--format", "json")
    assert found.returncode == 1
    assert json.loads(found.stdout)[0]["part"] == "model.records"
    assert command("verify", store, "--fail-on", "never").returncode == 0
    assert command("rebuild", store).returncode == 0
    assert command("verify", store).returncode == 0


def test_every_command_that_reads_reports_reads_a_store(store: str, command: Run) -> None:
    learner = ("--learner", "rita.reenrolled@northwind.example")
    for call in (
        ("audit", "--fail-on", "never", "--format", "json"),
        ("status", "--as-of", "2024-03-01", "--format", "json"),
        ("timeline", *learner, "--format", "json"),
        ("explain", *learner, "--format", "json"),
        ("repairs", "--format", "json"),
    ):
        name, *options = call
        of_report, of_store = command(name, DEMO, *options), command(name, store, *options)
        assert of_store.stdout == of_report.stdout, name
        assert of_store.returncode == of_report.returncode == 0
        past = command(name, store, *options, "--known-on", "2020-01-01")
        assert past.returncode in (0, 2), name
        assert "Traceback" not in past.stderr
        refused = command(name, DEMO, *options, "--known-on", "2020-01-01")
        assert (refused.returncode, "needs a store" in refused.stderr) == (2, True)


def test_a_store_is_never_written_over(store: str, command: Run) -> None:
    before = Path(store).read_bytes()
    assert command("status", store, "-o", store, "--format", "csv").returncode == 2
    assert command("imports", store, "-o", store, "--format", "csv").returncode == 2
    assert Path(store).read_bytes() == before


def test_what_is_no_store_is_refused_and_left_as_it_was(tmp_path: Path, command: Run) -> None:
    # The database would open these beside a database in memory, and lose what is imported.
    report = tmp_path / "r.csv"
    report.write_bytes(Path(DEMO).read_bytes())
    picture = tmp_path / "r.parquet"
    command("status", DEMO, "-q", "-o", str(picture))
    for file in (report, picture):
        before = file.read_bytes()
        for call in (("import", str(file), DEMO), ("verify", str(file)), ("rebuild", str(file))):
            done = command(*call)
            assert done.returncode == 2, call
            assert "this is no store" in done.stderr
            assert file.read_bytes() == before


@pytest.mark.parametrize("name", [":memory:", "md:x", "s.csv", "s.parquet"])
def test_a_store_is_always_a_file(
    name: str, command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert command("import", name, DEMO).returncode == 0
    listed = json.loads(command("imports", name, "--format", "json").stdout)
    assert [each["new_events"] for each in listed] == [2024, 0]
    assert command("verify", name).returncode == 0


def test_a_wrong_place_for_a_store_is_named(tmp_path: Path, command: Run) -> None:
    for call in (
        ("import", str(tmp_path), DEMO),
        ("verify", str(tmp_path)),
        ("rebuild", str(tmp_path)),
    ):
        assert "this is a folder" in command(*call).stderr
    assert "there is no such folder" in command("import", str(tmp_path / "no" / "s"), DEMO).stderr
    assert "STORE is a file" in command("import", "-", DEMO).stderr


def test_a_head_that_is_no_digest_is_a_fault_of_the_call(store: str, command: Run) -> None:
    done = command("verify", store, "--head", "abc")
    assert (done.returncode, done.stdout) == (2, "")
    assert "64 digits" in done.stderr


def test_shrinking_what_was_not_known_yet(tmp_path: Path, store: str, command: Run) -> None:
    past = ("--known-on", "2020-01-01", "-o", str(tmp_path / "c.csv"))
    done = command("shrink", store, "--code", "S103", *past)
    assert done.stderr.startswith("learner-engine: nothing was recorded by then: no row has S103")


def test_an_import_loads_no_library_that_it_does_not_need(tmp_path: Path) -> None:
    """Arrow imports pandas wherever it is installed, if asked carelessly: a third of a second."""
    program = (
        "import sys; from engine.cli.main import run; status = run(sys.argv[1:]); "
        "print(status, [each for each in ('pandas', 'pyarrow.compute') if each in sys.modules])"
    )
    call = [sys.executable, "-c", program, "import", str(tmp_path / "s.duckdb"), DEMO, DEMO, "-q"]
    done = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_pages_of_a_store_tell_the_zones_of_its_imports(tmp_path: Path, command: Run) -> None:
    """``--timezone`` does not change how a store's timestamps were read, so no page may say so."""
    report = tmp_path / "paris.csv"
    report.write_text(
        "Email,Content Title,Type,Source,Timestamp\n"
        "ana@example.com,Fire Safety,enrollment,sso,2024-01-01 00:30\n"
    )
    store = str(tmp_path / "s.duckdb")
    command("import", store, str(report), "--timezone", "Europe/Paris")
    learner = ("--learner", "ana@example.com")
    calls = [
        ("audit", store),
        ("status", store),
        ("timeline", store, *learner),
        ("timeline", store, "--all"),
        ("explain", store, *learner),
        ("compare", store, store),
        ("compare", f"{store}@1", store),
        ("compare", store, str(report)),
        ("status", store, "--format", "csv"),
        ("timeline", store, *learner, "--format", "csv"),
        ("audit", store, "--format", "json"),
    ]
    for call in calls:
        for named in ((), ("--timezone", "Asia/Tokyo")):
            done = command(*call, *named)
            said = " ".join((done.stdout + done.stderr).split())
            assert "Europe/Paris, as when they were imported" in said, (call, named)
            mixed = str(report) in call
            assert ("assumed, --timezone sets it" in said) is (mixed and not named), call
    assert "time zone  Europe/Paris" in command("imports", store).stdout


def test_a_learner_s_pages_tell_what_the_imports_say_of_each_other(
    tmp_path: Path, command: Run
) -> None:
    store = str(tmp_path / "s.duckdb")
    fixtures = Path(DEMO).parent / "compare"
    command("import", store, str(fixtures / "old.csv"), str(fixtures / "new.csv"))
    learner = ("--learner", "carla.costa@northwind.example")
    for name in ("timeline", "explain"):
        page = command(name, store, *learner).stdout
        assert page.count("The imports disagree") == 1
        assert page.index("Data Protection") < page.index("C101") < page.index("Laboratory Safety")
        assert "C101" not in command(name, str(fixtures / "new.csv"), *learner).stdout
    told = json.loads(command("explain", store, *learner, "--format", "json").stdout)
    between = [found["code"] for record in told for found in record["between_imports"]]
    assert between == ["C101", "C201"]
    at_row = command("explain", store, *learner, "--row", "659").stdout
    assert "C201" in at_row
    assert "C101" not in at_row


def test_the_database_shows_no_progress_of_its_own(store: str) -> None:
    """In ``python -c`` it holds itself for interactive, and would write to standard output."""
    program = f"""
from engine.store.database import reading, writing
for connect in (reading({store!r}), writing({store!r}, create=False)):
    with connect as connection:
        shown = "SELECT current_setting('enable_progress_bar')"
        print(connection.execute(shown).fetchone())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.split() == [b"(False,)"] * 2


def test_one_import_is_for_compare_alone(store: str, command: Run) -> None:
    for name in ("audit", "status", "repairs"):
        done = command(name, f"{store}@1")
        assert done.returncode == 2
        assert "only 'compare' takes one import of a store" in done.stderr
    assert command("compare", f"{store}@1", f"{store}@1").returncode == 0
