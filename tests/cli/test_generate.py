"""``generate``: reproducible, legal unless damaged, and as large as asked."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import engine
from engine.cli.main import run
from engine.dialects.usual import PAIRS
from engine.synthesis.damage import Damage
from engine.synthesis.report import Plan, synthesise


def generate(path: Path, *options: str) -> Path:
    assert run(["generate", *options, "-o", str(path)]) == 0
    return path


def records(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def severities(path: Path) -> set[str]:
    return {code[1] for code in engine.audit(path).summary.findings}


def test_same_seed_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    written = []
    for hash_seed in ("1", "2"):
        path = tmp_path / f"{hash_seed}.csv"
        options = ["--streams", "2000", "--seed", "5", "--dirty", "0.02", "--ties", "0.1"]
        subprocess.run(
            [sys.executable, "-m", "engine", "generate", *options, "-o", str(path)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert written[0] != generate(tmp_path / "0.csv", "--streams", "2000").read_bytes()


def test_bytes_are_those_of_the_first_release(tmp_path: Path) -> None:
    # Reports are cited by their seed: a change here is a breaking one.
    path = generate(tmp_path / "r.csv", "--streams", "1000", "--seed", "1")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == (
        "d691e2c027fe90e69f0871c11c39878ea99c6823c6d9754b92489da39cc2c7db"
    )


@pytest.mark.parametrize("ties", ["0", "0.3", "1"])
def test_undamaged_has_no_error_and_no_warning(tmp_path: Path, ties: str) -> None:
    path = generate(tmp_path / "r.csv", "--streams", "20000", "--errors", "0", "--ties", ties)
    assert severities(path) == {"3"}, "nothing but sequence infos"


def test_damage_is_found(tmp_path: Path) -> None:
    path = generate(tmp_path / "r.csv", "--streams", "5000", "--errors", "0.2")
    summary = engine.audit(path).summary
    assert 0.05 < summary.streams_with_errors / summary.streams < 0.2


def test_dirt_is_found(tmp_path: Path) -> None:
    path = generate(tmp_path / "r.csv", "--streams", "2000", "--dirty", "0.05")
    assert {"R002", "R004", "R005"} <= set(engine.audit(path).summary.findings)


@pytest.mark.parametrize("count", [1, 2, 999, 70_001])
def test_rows_are_exactly_as_many_as_asked(tmp_path: Path, count: int) -> None:
    path = generate(tmp_path / "r.csv", "--rows", str(count), "--errors", "0")
    assert engine.audit(path).summary.rows == count
    assert not severities(path) & {"1", "2"}


@pytest.mark.parametrize("count", [1, 2, 999, 70_001])
def test_streams_are_exactly_as_many_as_asked(tmp_path: Path, count: int) -> None:
    path = generate(tmp_path / "r.csv", "--streams", str(count), "--errors", "1")
    assert engine.audit(path).summary.streams == count


def test_all_pairs_occur_newest_first_with_the_documented_header(tmp_path: Path) -> None:
    path = generate(tmp_path / "r.csv", "--streams", "20000")
    rows = records(path)
    assert ",".join(rows[0]) == (
        "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp"
    )
    assert {(row["Type"], row["Source"]) for row in rows} == {
        (pair.type, pair.source) for pair in PAIRS
    }
    times = [row["Timestamp"] for row in rows]
    assert times == sorted(times, reverse=True)


def test_a_learner_has_one_panorama_and_several_contents() -> None:
    report = synthesise(Plan(streams=2000))
    assert len({each.email for each in report.learners}) == len(report.learners)
    assert len({title for _, title in report.contents}) == len(report.contents)
    assert 3 < report.streams / len(report.learners) < 5


def test_every_kind_of_damage_is_done() -> None:
    legal = synthesise(Plan(streams=2000, errors=0))
    damaged = synthesise(Plan(streams=2000, errors=1))
    assert (legal.damaged, damaged.damaged) == (0, 2000)
    assert len(Damage) == 6
    assert len(legal.at) != len(damaged.at)


def test_all_formats_have_the_same_rows(tmp_path: Path) -> None:
    options = ["--streams", "300", "--dirty", "0.1", "--seed", "4"]
    expected = records(generate(tmp_path / "r.csv", *options))
    lines = generate(tmp_path / "r.jsonl", *options).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert pq.read_table(generate(tmp_path / "r.parquet", *options)).to_pylist() == expected
    plain = (tmp_path / "r.csv").read_bytes()
    assert gzip.decompress(generate(tmp_path / "r.csv.gz", *options).read_bytes()) == plain


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["-o", "r.csv"], "--streams"),
        (["--streams", "1", "--rows", "1", "-o", "r.csv"], "--rows"),
        (["--streams", "1", "-o", "r.doc"], ".jsonl"),
        (["--streams", "1", "-o", "nowhere/r.csv"], "nowhere"),
        (["--streams", "0", "-o", "r.csv"], "--streams"),
        (["--streams", "1", "--errors", "2", "-o", "r.csv"], "--errors"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(
    options: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["generate", *options]) == 2
    line = capsys.readouterr().err
    assert told in line
    assert line.count("\n") == 1
    assert not list(tmp_path.iterdir())
