"""Whatever somebody edits in a store, ``verify`` finds; the long version is tools/tamper_store.py.

Also that no edited store ends in anything but an answer or a clear sentence.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import tamper_store  # noqa: E402 - tools is a folder of scripts, not a package
from tamper_cover import cover_up  # noqa: E402
from tamper_edits import EDITS  # noqa: E402
from tamper_sample import make_store  # noqa: E402

SEED = 4
FOUND = {"found", "refused", tamper_store.NOTHING, "nothing to edit"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("tamper"))


@pytest.mark.parametrize(
    "low", [0, 6, *(pytest.param(low, marks=pytest.mark.deep) for low in range(12, 240, 6))]
)
def test_every_edit_is_found(store: Path, tmp_path: Path, low: int) -> None:
    shutil.copy(store.with_name("second.csv"), tmp_path)
    for number in range(low, low + 6):
        done = tamper_store.attempt(number, SEED, store, tmp_path / "copy.duckdb")
        assert done.result in FOUND, f"tools/tamper_store.py --seed {SEED} --only {number}: {done}"


def test_what_was_edited_is_named(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    seen = set()
    for number in range(300):
        if tamper_store.kind_of(number, SEED) == "event cell":
            done = tamper_store.attempt(number, SEED, store, copy, ask=False)
            seen.add(done.result)
        if len(seen) == 2:
            break
    assert "found" in seen
    assert seen <= {"found", "refused", tamper_store.NOTHING}


@pytest.mark.parametrize("number", range(3))
def test_a_chain_written_anew_is_found_by_its_head_alone(
    store: Path, tmp_path: Path, number: int
) -> None:
    head = engine.Store(store).verify().head
    done = tamper_store.attempt_covered(number, SEED, store, tmp_path / "copy.duckdb", head)
    assert done is None or done.result == "found by --head alone", done


def test_covering_up_what_was_not_edited_changes_nothing(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(store.read_bytes())
    assert cover_up(copy) == engine.Store(store).verify().head
    assert not engine.Store(copy).verify().faults


def test_every_kind_of_edit_can_be_drawn() -> None:
    assert {tamper_store.kind_of(number, SEED) for number in range(1000)} == set(EDITS)
