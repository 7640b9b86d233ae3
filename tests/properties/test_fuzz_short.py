"""Damaged files are audited or refused in good order; the long version is ``make fuzz``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import fuzz  # noqa: E402 - tools is a folder of scripts, not a package
import fuzz_check  # noqa: E402

SEED = 7
KEPT = sorted(fuzz.KEPT.glob("*")) if fuzz.KEPT.exists() else []


@pytest.mark.parametrize("low", range(0, 200, 20))
def test_damaged_files_are_audited_or_refused(low: int, tmp_path: Path) -> None:
    for number in range(low, low + 20):
        code, fault = fuzz.attempt(fuzz.trial(SEED, number), tmp_path)
        assert not fault, f"tools/fuzz.py --seed {SEED} --only {number}: {fault}"
        assert code in fuzz_check.EXIT_STATUSES


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.name)
def test_what_once_broke_something_does_no_more(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    fuzz_check.check(copy, (), apart=False)


def test_trials_are_the_same_each_time() -> None:
    assert [fuzz.trial(SEED, n) for n in range(5)] == [fuzz.trial(SEED, n) for n in range(5)]
    assert fuzz.trial(SEED, 1).data != fuzz.trial(SEED + 1, 1).data


def test_both_outcomes_and_all_formats_occur() -> None:
    names = {fuzz.trial(SEED, number).name for number in range(200)}
    for ending in (".csv", ".json", ".jsonl", ".xlsx", ".parquet", ".gz", ".zst"):
        assert any(name.endswith(ending) for name in names), ending


# A check that cannot fail proves nothing: what follows breaks the commands on purpose.


def _trial() -> fuzz.Trial:
    data = (ROOT / "fixtures" / "codes" / "S101" / "bad.csv").read_bytes()
    return fuzz.Trial(0, "bad.csv", data, (), (), apart=False)


def _raises(line: list[str]) -> int:
    raise ValueError("a fault of ours")


def _silent(line: list[str]) -> int:
    return 2


def _wordy(line: list[str]) -> int:
    print("one line\nand another, of a report that cannot be read", file=sys.stderr)
    return 2


def _odd(line: list[str]) -> int:
    return 70


def _loses_a_row(line: list[str]) -> int:
    content = (
        '{"summary": {"rows": 3, "events": 1, "duplicates": 0, "quarantined": 1, "ignored": 0,'
        ' "findings": {}, "streams": 0, "statuses": {}}, "findings": []}'
        if line[0] == "audit"
        else "[]"
    )
    Path(line[line.index("-o") + 1]).write_text(content, encoding="utf-8")
    return 0


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (_raises, "a fault of ours"),
        (_silent, "exactly one line"),
        (_wordy, "exactly one line"),
        (_odd, "exit status 70"),
        (_loses_a_row, "rows = events + duplicates + quarantined + ignored"),
    ],
)
def test_a_fault_is_noticed(
    command: object, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz_check, "run", command)
    code, fault = fuzz.attempt(_trial(), tmp_path)
    assert code == -1
    assert told in fault


def test_nothing_is_wrong_with_what_was_broken_on_purpose(tmp_path: Path) -> None:
    assert fuzz.attempt(_trial(), tmp_path) == (1, "")
