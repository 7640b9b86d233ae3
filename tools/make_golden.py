"""Write tests/golden/explain/CODE.txt and CODE.json: what is said of fixtures/codes/CODE/bad.csv.

    python tools/make_golden.py

After a change of words read the difference aloud: would a platform admin understand it?
"""

from __future__ import annotations

import os
import sys
from contextlib import chdir
from pathlib import Path

import engine
from engine.cli.main import run
from engine.rules.catalogue import CATALOGUE

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "explain"
CODES = [code for code in CATALOGUE if code[0] in "SX"]
FORMATS = ("txt", "json")


def write(code: str, target: Path) -> None:
    """Write what ``explain`` says of the learner who has the finding, in the target's format."""
    with chdir(ROOT / "fixtures" / "codes" / code):
        rows = engine.audit("bad.csv").findings.rows()
        learner = next(row["learner"] for row in rows if row["code"] == code)
        call = ["explain", "bad.csv", "--learner", learner, "-q", "-o", os.fspath(target)]
        if run(call):
            sys.exit(f"explain failed on {code}")


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for each in CODES:
        for form in FORMATS:
            write(each, GOLDEN / f"{each}.{form}")
