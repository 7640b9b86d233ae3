"""Damage reports at random, and check that every one is audited or refused in good order.

    python tools/fuzz.py [--files 10000] [--seed 1] [--jobs 4]

File n of a seed is always the same: ``--only N`` tries that one alone and says what breaks. A file
that breaks something is kept in fixtures/regressions/, and the tests try it from then on.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fuzz_check import Broken, check
from fuzz_damage import damaged

FIXTURES = Path(__file__).parent.parent / "fixtures"
KEPT = FIXTURES / "regressions"

APART = 100
"""One file in so many is tried in a process of its own."""

_BATCH = 50
_OPTIONS: tuple[tuple[str, ...], ...] = (
    ("--history", "partial"),
    ("--tolerance", "60"),
    ("--key", "email,panorama,content"),
    ("--timezone", "America/New_York"),
    ("--date-order", "dmy"),
    ("--timestamp-format", "%Y-%m-%dT%H:%M:%SZ"),
)
_MORE: tuple[tuple[str, ...], ...] = (
    ("audit", "--ignore", "S3"),
    ("status", "--as-of", "2024-03-20"),
    ("timeline", "--all"),
)
_ENDINGS = (".csv", ".json", ".jsonl", ".xlsx", ".parquet", ".csv.gz", ".tsv", ".txt")


class Trial(NamedTuple):
    """One damaged file, and what is asked of it."""

    number: int
    name: str
    data: bytes
    options: tuple[str, ...]
    more: tuple[str, ...]
    apart: bool


@cache
def originals() -> tuple[tuple[str, bytes], ...]:
    """Return the name and bytes of each fixture that is a report, in order of their names."""
    files = sorted(path for path in FIXTURES.rglob("*") if path.is_file())
    return tuple(
        (path.name, path.read_bytes())
        for path in files
        if not path.name.endswith(".expected.json")
        and path.parent != KEPT
        and path.stat().st_size < 50_000
    )


def trial(seed: int, number: int) -> Trial:
    """Return the trial of this number; the same each time, as long as the fixtures are."""
    rng = random.Random(f"{seed}/{number}")
    every = originals()
    # The formats are few beside the codes: without a thumb on the scale most trials were CSV.
    formats = [each for each in every if not each[0].startswith(("bad", "ok"))]
    name, data = rng.choice(formats if rng.random() < 0.7 else every)
    data = damaged(data, name, rng, rng.choice(every)[1])
    if rng.random() < 0.1:
        name = name.split(".")[0] + rng.choice(_ENDINGS)
    options = rng.choice(_OPTIONS) if rng.random() < 0.4 else ()
    more = rng.choice(_MORE) if rng.random() < 0.2 else ()
    return Trial(number, name, data, options, more, number % APART == 0)


def attempt(one: Trial, folder: Path) -> tuple[int, str]:
    """Try a damaged file; return the audit's exit status, and what is broken, if anything."""
    file = folder / f"{one.number}-{one.name}"
    file.write_bytes(one.data)
    try:
        return check(file, one.options, one.more, apart=one.apart), ""
    except Broken as broken:
        return -1, f"{' '.join([*one.options, *one.more])}: {broken}".lstrip(": ")
    finally:
        file.unlink()


def _batch(seed: int, numbers: Sequence[int]) -> tuple[Counter[int], dict[int, str]]:
    exits: Counter[int] = Counter()
    broken = {}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number in numbers:
            code, fault = attempt(trial(seed, number), Path(folder))
            exits[code] += 1
            if fault:
                broken[number] = fault
    return exits, broken


def _all(seed: int, files: int, jobs: int) -> Iterator[tuple[Counter[int], dict[int, str]]]:
    batches = [range(low, min(low + _BATCH, files)) for low in range(0, files, _BATCH)]
    # Not forked: the libraries have threads, which a fork leaves in the middle of things.
    context = multiprocessing.get_context("spawn")
    lost: list[range] = []
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        waiting = {pool.submit(_batch, seed, numbers): numbers for numbers in batches}
        for done in as_completed(waiting):
            try:
                yield done.result()
            except BrokenProcessPool:
                lost.append(waiting[done])
    for numbers in lost:
        yield from _one_by_one(seed, numbers)


def _one_by_one(seed: int, numbers: range) -> Iterator[tuple[Counter[int], dict[int, str]]]:
    """Try each file in a process of its own, since one of some ended the process."""
    context = multiprocessing.get_context("spawn")
    for number in numbers:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            try:
                yield pool.submit(_batch, seed, [number]).result()
            except BrokenProcessPool:
                yield Counter({-1: 1}), {number: "the process itself ends"}


def _distinct(broken: dict[int, str]) -> dict[int, str]:
    """Return the first file of each fault; faults are told apart by their first and last line."""
    first: dict[tuple[str, str], int] = {}
    for number, fault in sorted(broken.items()):
        lines = re.sub(r"[0-9]+", "0", fault).strip().splitlines()
        first.setdefault((lines[0][:60], lines[-1][:60]), number)
    return {number: broken[number] for number in first.values()}


def _keep(one: Trial, seed: int) -> Path:
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"{seed}-{one.number}-{one.name}"
    kept.write_bytes(one.data)
    return kept.relative_to(FIXTURES.parent)


def fuzz(seed: int, files: int, jobs: int) -> int:
    """Try so many files, tell the outcome, and return the exit status."""
    began = time.monotonic()
    exits: Counter[int] = Counter()
    broken: dict[int, str] = {}
    for found, faults in _all(seed, files, jobs):
        exits += found
        broken |= faults
        if sys.stderr.isatty():
            print(f"\r{sum(exits.values())} of {files}", end="", file=sys.stderr)
    for number, fault in _distinct(broken).items():
        print(f"BROKEN {_keep(trial(seed, number), seed)}: {fault}")
    holds = "identity holds" if not broken else f"{len(broken)} BROKEN"
    tracebacks = sum("traceback" in fault.lower() for fault in broken.values())
    print(
        f"{files} damaged files: {exits[0] + exits[1]} audited, {exits[2]} refused, "
        f"{tracebacks} tracebacks, {holds} ({time.monotonic() - began:.0f} s, seed {seed})"
    )
    return int(bool(broken))


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, metavar="N", help="try file N alone")
    chosen = parser.parse_args()
    if chosen.only is None:
        return fuzz(chosen.seed, chosen.files, chosen.jobs)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        code, fault = attempt(trial(chosen.seed, chosen.only), Path(folder))
    print(fault or f"exit status {code}")
    return int(bool(fault))


if __name__ == "__main__":
    sys.exit(main())
