"""``diagram``: the format of the option or of the ending, and nothing on a fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_reports import Run


def test_mermaid_is_the_default(command: Run) -> None:
    ran = command("diagram")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("stateDiagram-v2\n")
    assert "S101" not in ran.stdout
    assert "S101" in command("diagram", "--findings").stdout
    assert "certified --> certified" in command("diagram", "--loops").stdout


@pytest.mark.parametrize(
    ("name", "begin"),
    [("m.mmd", "stateDiagram-v2"), ("m.gv", "digraph"), ("m.DOT", "digraph"), ("m.svg", "<svg ")],
)
def test_the_ending_names_the_format(command: Run, tmp_path: Path, name: str, begin: str) -> None:
    assert command("diagram", "-o", str(tmp_path / name)).returncode == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begin)


def test_the_option_wins(command: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.txt"
    assert command("diagram", "--format", "svg", "-o", str(path)).returncode == 0
    assert path.read_text(encoding="utf-8").startswith("<svg ")


def test_another_ending_is_refused(command: Run, tmp_path: Path) -> None:
    ran = command("diagram", "-o", str(tmp_path / "m.png"))
    assert ran.returncode == 2
    assert "use .svg, .mmd or .dot" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
