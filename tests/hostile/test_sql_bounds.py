"""``check-sql`` on statements that never end or take all memory: it ends, and says why."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from statements import EXPENSIVE, LATE, QUICK

from engine.cli.main import run
from engine.testing import Report, history
from engine.testing.checking import judge
from engine.testing.kept import keep
from engine.testing.oracle import expected
from engine.testing.sql import SqlModel
from engine.testing.sql_process import ModelStopped

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux bounds the memory of a process"
)

RIGHT = Path(__file__).parents[2] / "fixtures" / "models" / "right.sql"
MOST_SECONDS = 15.0
MOST_BYTES = 2_000_000_000
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Ended(NamedTuple):
    status: int
    out: str
    err: str
    seconds: float
    peak: int


def family(process: int) -> list[int]:
    """A process and those it has started."""
    found = [process]
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            children = Path(f"/proc/{process}/task/{task}/children").read_text()
            for child in children.split():
                found += family(int(child))
    except OSError:
        pass
    return found


def resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def check(tmp_path: Path, sql: str, *options: str) -> Ended:
    """Run the command, watching how much memory it and its worker hold together."""
    (tmp_path / "model.sql").write_text(sql, encoding="utf-8")
    call = [sys.executable, "-m", "engine", "check-sql", "model.sql", *options]
    began = time.monotonic()
    with (
        open(tmp_path / "out", "w+", encoding="utf-8") as out,
        open(tmp_path / "err", "w+", encoding="utf-8") as err,
        subprocess.Popen(call, cwd=tmp_path, stdout=out, stderr=err) as process,
    ):
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(map(resident, family(process.pid))))
            time.sleep(0.01)
        seconds = time.monotonic() - began
        out.seek(0)
        err.seek(0)
        return Ended(process.returncode, out.read(), err.read(), seconds, peak)


def holds(ended: Ended, within: float = MOST_SECONDS) -> None:
    print(f"{ended.seconds:.1f} s, {ended.peak / 1e6:,.0f} MB, {ended.status}: {ended.err[:200]}")
    assert ended.status in (1, 2)
    assert ended.seconds <= within
    assert ended.peak <= MOST_BYTES
    assert "Traceback" not in ended.out + ended.err
    assert len(ended.out + ended.err) < 5000
    if ended.status == 2:
        assert ended.err.startswith("learner-engine: model.sql")
        assert ended.err.count("\n") == 1


@pytest.mark.parametrize("name", QUICK)
def test_a_statement_of_each_kind_is_over_soon(tmp_path: Path, name: str) -> None:
    holds(check(tmp_path, EXPENSIVE[name], "--timeout", "2"))


@pytest.mark.deep
@pytest.mark.parametrize("name", [name for name in EXPENSIVE if name not in QUICK])
def test_an_expensive_statement_is_over_soon(tmp_path: Path, name: str) -> None:
    holds(check(tmp_path, EXPENSIVE[name], "--timeout", "2", "--examples", "30"))


@pytest.mark.deep
@pytest.mark.parametrize("name", LATE)
def test_one_that_the_search_meets_ends_the_search(tmp_path: Path, name: str) -> None:
    right = RIGHT.read_text(encoding="utf-8").rstrip().rstrip(";")
    ended = check(
        tmp_path,
        "select learner, content_title, if((select count(*) from report) > 2 "
        f"and {LATE[name]}, 'x', status) as status from ({right}\n)",
        "--timeout",
        "2",
    )
    # The right model itself takes its time for each report that is tried before.
    holds(ended, within=2 * MOST_SECONDS)
    assert ended.status == 1
    assert "ModelStopped: it " in ended.out


def test_kept_reports_that_take_too_long_are_not_all_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for days in range(3):
        report = Report(history("E | S" + " | S" * days))
        found = judge(lambda _: {}, report, history="complete", records=expected(report))
        assert found is not None
        keep(found, tmp_path / "kept", "complete")
    model = tmp_path / "model.sql"
    cost = LATE["time"].replace("learner", "email")
    model.write_text(
        f"select email as learner, content_title, if(type != 'enrollment' and {cost}, 'x', "
        "'enrolled') as status from report",
        encoding="utf-8",
    )
    call = ["check-sql", str(model), "--save", str(tmp_path / "kept"), "--timeout", "1"]
    assert run(call) == 1
    said = capsys.readouterr().out
    assert said.count("ModelStopped: it ") == 1
    assert "Wrong on 1 of 1 kept report" in said


def worker_of(process: int) -> int:
    """The worker that a process has started, once it is there."""
    for _ in range(600):
        found = family(process)[1:]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError("no worker was started")


def is_gone(process: int) -> bool:
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_the_worker_ends_with_the_command(tmp_path: Path, end: signal.Signals) -> None:
    model = tmp_path / "model.sql"
    model.write_text(EXPENSIVE["levenshtein"], encoding="utf-8")
    call = [sys.executable, "-m", "engine", "check-sql", str(model), "--timeout", "300"]
    with subprocess.Popen(call, stderr=subprocess.PIPE, text=True) as process:
        worker = worker_of(process.pid)
        time.sleep(3)  # It runs the statement by now, which takes minutes.
        began = time.monotonic()
        process.send_signal(end)
        _, said = process.communicate()
        assert is_gone(worker)
        assert time.monotonic() - began < MOST_SECONDS
    assert process.returncode == (130 if end == signal.SIGINT else -end)
    assert "Traceback" not in said


class TestWorker:
    """What its process may do, whatever the database believes that it may."""

    @pytest.fixture
    def worker(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SqlModel, int]]:
        monkeypatch.setenv("SECRET_TOKEN", "hunter2")
        before = set(family(os.getpid()))
        with SqlModel(RIGHT.read_text(encoding="utf-8"), "right.sql") as model:
            model.try_out(Report(history("E")))
            (started,) = set(family(os.getpid())) - before
            yield model, started
        assert is_gone(started)

    def test_has_no_variables_of_the_environment(self, worker: tuple[SqlModel, int]) -> None:
        assert b"hunter2" not in Path(f"/proc/{worker[1]}/environ").read_bytes()

    def test_is_bounded_by_the_system(self, worker: tuple[SqlModel, int]) -> None:
        lines = Path(f"/proc/{worker[1]}/limits").read_text().splitlines()
        limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}
        for name in ("file size", "core file size", "open files", "processes"):
            assert limits[f"Max {name}"] == ["0", "0"]
        assert 1_000_000_000 < int(limits["Max address space"][1]) < 2_000_000_000
        assert limits["Max cpu time"][0] != "unlimited"

    @pytest.mark.parametrize(
        ("end", "told"),
        [
            (signal.SIGSEGV, "it made the database crash for a report of 1 row"),
            (signal.SIGKILL, "it needs more than 1,000 MB of memory"),
            (signal.SIGABRT, "it needs more than 1,000 MB of memory"),
            (signal.SIGXCPU, "it took longer than 10 s"),
        ],
    )
    def test_one_that_died_is_a_sentence_and_another_is_started(
        self, worker: tuple[SqlModel, int], end: signal.Signals, told: str
    ) -> None:
        model, process = worker
        report = Report(history("E"))
        answer = model(report)
        os.kill(process, end)
        with pytest.raises(ModelStopped, match=told):
            model(report)
        assert model(report) == answer

    def test_an_error_is_the_databases_own(self) -> None:
        with (
            SqlModel("select error('no') as learner, 1, 2 from report", "m.sql") as model,
            pytest.raises(duckdb.Error, match="no"),
        ):
            model(Report(history("E")))

    def test_values_of_any_type_arrive(self) -> None:
        values = {
            "1.50::decimal(5, 2)": "Decimal('1.50')",
            "interval 1 day": "datetime.timedelta(days=1)",
            "[1, 2]": "[1, 2]",
            "date '2024-01-02'": "'2024_01_02'",
            "timestamp '2024-01-02 03:04:05'": "'2024_01_02t03:04:05z'",
            "'Not Enrolled'": "'not_enrolled'",
            "null": "None",
            "'nan'::double": "None",
            "7": "7",
            "true": "True",
        }
        for value, shown in values.items():
            sql = f"select email as learner, content_title, {value} as status from report"
            with SqlModel(sql, "m.sql") as model:
                answer = model(Report(history("E"), history("S", learner="x\u200b\U0001f600")))
            assert [repr(rows[0]["status"]) for rows in answer.values()] == [shown] * 2
            assert ("x\u200b\U0001f600", "Fire Safety") in answer


@pytest.mark.parametrize("name", ["temp.x.y", "system.main.x", "information_schema.x"])
def test_a_table_that_cannot_be_is_a_sentence(tmp_path: Path, name: str) -> None:
    ended = check(tmp_path, RIGHT.read_text(encoding="utf-8"), "--table", name, "--examples", "1")
    assert ended.status == 2
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("model", ["-", "/dev/zero", "/dev/urandom", "no\0name"])
def test_what_is_no_text_is_a_sentence(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", None)
        assert run(["check-sql", model]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_standard_input_that_is_closed_is_a_sentence() -> None:
    call = f"exec {shlex.quote(sys.executable)} -m engine check-sql - <&-"
    ran = subprocess.run(["sh", "-c", call], capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr == (
        "learner-engine: standard input: it is closed; name a file with one SELECT.\n"
    )
