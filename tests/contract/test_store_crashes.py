"""An import that ends before its time: the store is as before it or as after it, never between.

The long version is ``tools/crash_store.py --kills 200``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import engine

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import crash_store  # noqa: E402 - tools is a folder of scripts, not a package

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


class Prepared(NamedTuple):
    folder: Path
    report: Path
    earlier: Path
    after: dict[str, crash_store.State]
    times: dict[str, list[float]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("crash")
    report = folder / "report.csv"
    crash_store.make_report(report, streams=4000)
    return Prepared(folder, report, *crash_store.prepared(report, folder))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "trial"
    folder.mkdir()
    return folder


@posix
def test_killed_at_any_moment(prepared: Prepared, place: Path) -> None:
    trials = crash_store.trials(3, prepared.times)
    killed = 0
    for trial, _ in zip(trials, range(10), strict=False):
        after = prepared.after[trial.case]
        outcome = crash_store.attempt(trial, prepared.report, prepared.earlier, after, place)
        killed += outcome != crash_store.NOT_KILLED
        if killed == 3:
            break
    assert killed


@posix
@pytest.mark.parametrize("case", crash_store.CASES)
def test_ctrl_c_is_one_line(prepared: Prepared, place: Path, case: str) -> None:
    trial = crash_store.Trial(case, True, 0.0, signal.SIGINT)
    after = prepared.after[case]
    # What is said and the exit status are looked at there.
    crash_store.attempt(trial, prepared.report, prepared.earlier, after, place)


@posix
@pytest.mark.parametrize("share", [0.02, 0.3, 0.95])
@pytest.mark.parametrize("case", crash_store.CASES)
def test_a_full_disk_is_one_line(prepared: Prepared, place: Path, case: str, share: float) -> None:
    import resource

    store, complete = place / "s.duckdb", prepared.folder / f"complete-{case}.duckdb"
    if case == "second":
        shutil.copy(prepared.earlier, store)
    before = crash_store.state(store)
    # No file may grow past this: for whoever writes it, the disk is full there. Beside a store that
    # is there already, the log of a commit is what has to find room.
    room = int(share * complete.stat().st_size * (1 if case == "new" else 0.1))
    done = subprocess.run(
        crash_store.command(store, prepared.report),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    after = prepared.after[case]._replace(head="")
    if done.returncode == 0:
        # Each file has its own limit here: the log had room, the store itself follows later.
        assert share > 0.1
        assert crash_store.state(store)._replace(head="") == after
        return
    assert done.returncode == 2
    assert done.stderr == (
        f"learner-engine: {store}: the disk is full; the store is as it was before; make room "
        "there, then try again.\n"
    )
    assert crash_store.state(store) == before
    if case == "new":
        assert list(place.iterdir()) == [], "what was begun may not fill the disk"
    engine.Store(store).import_reports(prepared.report)
    assert crash_store.state(store)._replace(head="") == after
