"""docs/testing.md runs: its model, its commands, its Python, and its tables are true."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from engine.cli.main import run
from engine.testing import history
from engine.testing.checking import judge
from engine.testing.kept import keep
from engine.testing.oracle import expected
from engine.testing.plain import LETTERS
from engine.testing.report import Report
from engine.testing.sql import SqlModel

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.M | re.S)


(MODEL,) = blocks("sql")
COMMANDS = [block.strip() for block in blocks("console")]


def test_the_model_is_the_fixture() -> None:
    fixture = ROOT / "fixtures" / "models" / "last_row_wins.sql"
    assert fixture.read_text(encoding="utf-8") == MODEL


def test_the_commands_do_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.sql").write_text(MODEL, encoding="utf-8")
    compiled = Path("target/compiled/learning/models/status.sql")
    compiled.parent.mkdir(parents=True)
    renamed = MODEL.replace("from report", 'from "warehouse"."raw"."actions"')
    compiled.write_text(renamed, encoding="utf-8")
    ran = [line for line in COMMANDS if line.startswith("learner-engine ")]
    assert len(ran) == 3
    for line in ran:
        assert run(shlex.split(line)[1:]) == 1
        assert "The model is wrong on a report of 2 rows" in capsys.readouterr().out
    (case,) = Path("cases").iterdir()
    assert sorted(file.name for file in case.iterdir()) == ["expected.json", "report.csv"]


def test_the_page_shown_is_what_is_printed() -> None:
    """Of this very report: another version of Hypothesis may find another one as small."""
    (shown,) = blocks("text")
    title, _, page = shown.partition("\n\n")
    (written,) = re.findall(r"^  notation  (.*)$", page, flags=re.M)
    report = Report(history(written))
    found = judge(SqlModel(MODEL, title), report, history="complete", records=expected(report))
    assert (title, str(found)) == ("model.sql", page.rstrip("\n"))


def test_the_plug_in_runs(tmp_path: Path) -> None:
    (block,) = [block for block in blocks("python") if "learner_fixture" in block]
    (tmp_path / "test_page.py").write_text(block, encoding="utf-8")
    report = Report(history("E"))
    verdict = judge(lambda _: {}, report, history="complete", records=expected(report))
    assert verdict is not None
    keep(verdict, tmp_path / "cases", "complete")
    call = [sys.executable, "-m", "pytest", "-q", "-p", "engine.pytest_plugin", "test_page.py"]
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run(
        call, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


@pytest.fixture
def patient() -> Iterator[None]:
    """What a page shows may take its time on a busy machine."""
    before = settings.get_current_profile_name()
    settings.register_profile("patient", deadline=None, suppress_health_check=list(HealthCheck))
    settings.load_profile("patient")
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("block", blocks("python"))
def test_python_runs(block: str) -> None:
    names: dict[str, Any] = {}
    exec(compile(block, "testing.md", "exec"), names)


def test_the_letters_are_all_there() -> None:
    told = re.findall(r"^\| `(\w)` \| (\w+) \| (\w+) / (\w+) \|$", PAGE, flags=re.M)
    assert [(letter, action) for letter, action, *_ in told] == [
        (letter, action.label) for letter, action in LETTERS.items()
    ]
    for letter, _, type_, source in told:
        (event,) = history(letter)
        assert (event.type, event.source) == (type_, source)
