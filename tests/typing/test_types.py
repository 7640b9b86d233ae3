"""mypy and pyright accept the right uses of the public names, and refuse each wrong one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
RIGHT, WRONG = HERE / "right.py", HERE / "wrong.py"
MARKED = {
    number
    for number, line in enumerate(WRONG.read_text(encoding="utf-8").splitlines(), 1)
    if line.endswith("# wrong")
}

Faults = dict[str, set[int]]


def mypy() -> Faults:
    call = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"]
    call += ["--no-error-summary", "--cache-dir", str(ROOT / ".mypy_cache" / "typing")]
    # The checkout's own packages alone are to be checked, not all that pyproject.toml names.
    call += ["--config-file", str(HERE / "mypy.ini"), str(RIGHT), str(WRONG)]
    ran = subprocess.run(call, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found: Faults = {}
    for name, line in re.findall(r"(\w+\.py):(\d+): error", ran.stdout):
        found.setdefault(name, set()).add(int(line))
    return found


def pyright() -> Faults:
    if not find_spec("basedpyright"):
        pytest.skip("basedpyright, which brings node along, is not installed")
    call = [sys.executable, "-m", "basedpyright", "--outputjson", "--level", "error"]
    call += ["--project", str(HERE / "pyrightconfig.json"), "--pythonpath", sys.executable]
    ran = subprocess.run(call, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found: Faults = {}
    for each in json.loads(ran.stdout)["generalDiagnostics"]:
        line = each["range"]["start"]["line"] + 1
        found.setdefault(Path(each["file"]).name, set()).add(line)
    return found


@pytest.mark.parametrize("check", [mypy, pyright])
def test_right_uses_pass_and_wrong_ones_do_not(check: object) -> None:
    assert callable(check)
    assert len(MARKED) > 25
    assert check() == {"wrong.py": MARKED}
