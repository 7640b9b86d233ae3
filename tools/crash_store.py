"""Break imports off at random moments: the store must be as before or as after, never between.

    python tools/crash_store.py [--kills 200] [--streams 50000] [--seed 1] [--signal INT]

Half the kills fall anywhere in the life of the process; the other half are counted from the moment
when the store's file or its log begins to change, where a commit can be torn. After each one the
store must answer, ``verify`` must pass, and repeating the import must complete it. Of a Ctrl-C
(``--signal INT``) the command must also say so, in one line.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

import engine

NOT_KILLED = "was over before the kill"

_GOLDEN = 0.6180339887498949

_EMPTY = 16_384
"""Bytes that a database without any table may have."""

CASES = ("new", "second")
"""Into a store that is not there yet; into one that has an earlier import."""


INTERRUPTED = "learner-engine: interrupted."

_START = 0.5
"""Seconds that the interpreter and its libraries may take to load."""

_BEYOND = 1.25
"""How far past the usual end of an import kills fall, so that some come after its commit."""


class State(NamedTuple):
    """What a store holds, as far as an outsider can tell."""

    imports: int
    head: str
    events: int
    faults: int


class Broken(Exception):  # noqa: N818 - not an error of this program
    """The store was neither as before nor as after."""


def state(store: Path) -> State:
    """Read and verify a store; one that is not there, or empty, holds nothing."""
    if not store.exists():
        return State(0, "", 0, 0)
    try:
        found = engine.Store(store).verify()
    except engine.InputError as fault:
        if "nothing was imported yet" in str(fault):
            return State(0, "", 0, 0)
        raise Broken(str(fault)) from fault
    return State(found.imports, found.head, found.events, len(found.faults))


def command(store: Path, report: Path) -> list[str]:
    """Return the call that is going to be killed."""
    return [sys.executable, "-m", "engine", "import", str(store), str(report), "-q"]


def written(store: Path) -> int:
    """Return the bytes of the store and of its log, 0 while the store is empty or not there."""
    found = 0
    for path in (store, store.with_name(store.name + ".wal")):
        with suppress(OSError):
            found += path.stat().st_size
    return found if found > _EMPTY else 0


class Trial(NamedTuple):
    """When to send what: ``after`` seconds from the start, or from the first write."""

    case: str
    from_write: bool
    after: float
    signal: int = signal.SIGKILL


def killed(trial: Trial, store: Path, report: Path) -> bool:
    """Run an import and kill it; return whether it still ran."""
    before = written(store)
    with subprocess.Popen(
        command(store, report), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        if trial.from_write:
            while process.poll() is None and written(store) == before:
                time.sleep(0.0005)
        deadline = time.perf_counter() + trial.after
        while process.poll() is None and time.perf_counter() < deadline:
            time.sleep(0.0005)
        alive = process.poll() is None
        if alive:
            process.send_signal(trial.signal)
        said = process.communicate()[1].decode()
        if not alive and process.returncode:
            raise Broken(f"the import failed by itself: {said}")
        # Until the command has begun, Ctrl-C is Python's.
        begun = trial.from_write or trial.after > _START
        broken_off = alive and trial.signal == signal.SIGINT and process.returncode and begun
        if broken_off and (said.strip() != INTERRUPTED or process.returncode != 130):
            raise Broken(f"exit status {process.returncode}: {said}")
    return alive


def attempt(trial: Trial, report: Path, earlier: Path, after: State, folder: Path) -> str:
    """Kill one import and hold the store against before and after; return what it was.

    Parameters
    ----------
    earlier:
        A store with one import.
    after:
        What the store holds when the import is complete; its head is not compared, since it
        covers the recorded time.

    Raises
    ------
    Broken
        If it was neither, or did not recover.
    """
    for path in folder.glob("*"):
        path.unlink()
    store = folder / "s.duckdb"
    if trial.case == "second":
        shutil.copy(earlier, store)
    before = state(store)
    alive = killed(trial, store, report)
    found = state(store)
    if found == before:
        outcome = "before"
    elif found._replace(head="") == after._replace(head=""):
        outcome = "after"
    else:
        raise Broken(f"between: {before} {found} {after}")
    if not alive:
        outcome = NOT_KILLED
        if found == before:
            raise Broken("the import was done, and nothing was added")
    done = engine.Store(store).import_reports(report)[0]
    again = state(store)
    new = after.events - before.events
    if done.new_events != (new if found == before else 0):
        raise Broken(f"repeating it found {done.new_events} new events, not {new}")
    if again.faults or again.events != after.events:
        raise Broken(f"repeating it gave {again}, not {after}")
    if outcome == "after" and again.imports != after.imports + 1:
        raise Broken("a repeated import was not recorded")
    return outcome


def prepared(report: Path, folder: Path) -> tuple[Path, dict[str, State], dict[str, list[float]]]:
    """Make the store with one import; learn what complete imports hold and how long they take.

    The times are (whole process, from its first write to its end), for each case.
    """
    first = folder / "earlier.csv"
    lines = report.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join([lines[0], *lines[1 : len(lines) // 2]]))
    earlier = folder / "earlier.duckdb"
    engine.Store(earlier).import_reports(first)
    after, times = {}, {}
    for case in CASES:
        store = folder / f"complete-{case}.duckdb"
        if case == "second":
            shutil.copy(earlier, store)
        before = written(store)
        start = time.perf_counter()
        with subprocess.Popen(command(store, report), stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and written(store) == before:
                time.sleep(0.0005)
            begun = time.perf_counter()
            process.wait()
        end = time.perf_counter()
        after[case], times[case] = state(store), [end - start, end - begun]
    return earlier, after, times


def trials(
    seed: int, times: dict[str, list[float]], number_of: int = signal.SIGKILL
) -> Iterator[Trial]:
    """Yield when to kill: each moment far from those before, so that few already cover all."""
    offset = random.Random(seed).random()
    for number in count():
        case = CASES[number % 2]
        from_write = number // 2 % 2 == 1
        share = (offset + number // 4 * _GOLDEN) % 1
        yield Trial(case, from_write, _BEYOND * share * times[case][from_write], number_of)


def make_report(file: Path, streams: int) -> None:
    """Write a report; four rows a stream."""
    call = ["generate", "--streams", str(streams), "--seed", "7", "-o", str(file)]
    subprocess.run([sys.executable, "-m", "engine", *call], check=True, stderr=subprocess.DEVNULL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill imports and print what was left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--streams", type=int, default=50_000, help="about four rows each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--signal", choices=["KILL", "INT", "TERM"], default="KILL")
    parser.add_argument("--keep", type=Path, help="where a store goes that broke")
    given = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    littered = 0
    with tempfile.TemporaryDirectory(prefix="crash-store-") as name:
        root = Path(name)
        report, folder = root / "report.csv", root / "trial"
        folder.mkdir()
        make_report(report, given.streams)
        earlier, after, times = prepared(report, root)
        print(f"{after['new'].events:,} events; seconds of an import: {times}", flush=True)
        for trial in trials(given.seed, times, signal.Signals[f"SIG{given.signal}"]):
            done = sum(outcomes.values()) - outcomes[NOT_KILLED]
            if sys.stderr.isatty():
                print(f"\r{done} of {given.kills}", end="", file=sys.stderr)
            if done >= given.kills:
                break
            try:
                outcome = attempt(trial, report, earlier, after[trial.case], folder)
            except (Broken, engine.InputError) as fault:
                outcome = "broken"
                print(f"{trial}: {fault}", flush=True)
                if given.keep is not None:
                    shutil.copytree(folder, given.keep / str(done), dirs_exist_ok=True)
            if outcome != NOT_KILLED:
                outcome = f"{trial.case}: {outcome}"
            outcomes[outcome] += 1
            littered += any(path.suffix == ".tmp" for path in folder.iterdir())
    for outcome, times_seen in sorted(outcomes.items()):
        print(f"{times_seen:5}  {outcome}")
    print(f"{littered:5}  left a draft file behind")
    return int(any("broken" in outcome for outcome in outcomes))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
