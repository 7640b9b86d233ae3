"""Whether two checkouts of the program write the same: the gate of a change that only moves code.

    python tools/same_outputs.py OTHER_CHECKOUT [--streams 2000] [--but message,fingerprint]

Four reports are made (the demo; a generated one; one whose times are days, so that most events are
tied; one with damaged lines and cells) and each command that gives data is run on each of them with
the code of this checkout and of the other one. What differs is listed, and is exit status 1.
``--but`` leaves these fields out of the comparison: those whose wording was changed on purpose.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parents[1]

CALLS = {
    "audit": ["audit", "{report}", "--fail-on", "never"],
    "audit partial": ["audit", "{report}", "--fail-on", "never", "--history", "partial"],
    "audit tolerance": ["audit", "{report}", "--fail-on", "never", "--tolerance", "3600"],
    "status": ["status", "{report}"],
    "status as of": ["status", "{report}", "--as-of", "2024-03-01"],
    "timeline": ["timeline", "{report}", "--all"],
    "repairs": ["repairs", "{report}"],
    "compare": ["compare", "{earlier}", "{report}", "--fail-on", "never"],
    "reconcile": ["reconcile", "{report}", "--against", "{list}", "--fail-on", "never"],
}
FORMATS = ("json", "jsonl", "csv", "parquet")


def main() -> int:
    """Make the reports, run both checkouts, say what differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("other", type=Path, help="another checkout of the program")
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--but", default="", help="fields left out, with commas between")
    parser.add_argument("--formats", default=",".join(FORMATS))
    chosen = parser.parse_args()
    but = frozenset(filter(None, chosen.but.split(",")))
    differing = compared = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, files in reports(Path(folder), chosen.streams).items():
            for call, words in CALLS.items():
                for form in chosen.formats.split(","):
                    line = [word.format(**files) for word in words]
                    outputs = [
                        run(checkout, line, form, Path(folder), but)
                        for checkout in (HERE, chosen.other.resolve())
                    ]
                    compared += 1
                    refused += outputs[0][0] == outputs[1][0] == 2
                    if outputs[0] != outputs[1]:
                        differing += 1
                        print(f"differs: {name}, {call}, {form}: {first_difference(outputs)}")
    print(f"{compared} outputs compared, {differing} differ, {refused} refused by both")
    return int(differing > 0)


def reports(folder: Path, streams: int) -> dict[str, dict[str, str]]:
    """The reports by name, each with an earlier one of the same and a list of statuses."""
    made = folder / "plain.csv"
    run_checked(
        HERE, ["generate", "--streams", str(streams), "--errors", "0.1", "-o", str(made)], folder
    )
    rows = list(csv.reader(made.open(newline="", encoding="utf-8")))
    texts = {
        "demo": (HERE / "fixtures/demo.csv").read_text(encoding="utf-8"),
        "plain": made.read_text(encoding="utf-8"),
        "tied": as_csv([rows[0], *([*row[:-1], row[-1][:10]] for row in rows[1:])]),
        "damaged": damaged(made.read_text(encoding="utf-8")),
    }
    files = {}
    for name, text in texts.items():
        report, earlier = folder / f"{name}-report.csv", folder / f"{name}-earlier.csv"
        report.write_text(text, encoding="utf-8", newline="")
        lines = text.splitlines(keepends=True)
        kept = [line for place, line in enumerate(lines) if place == 0 or place % 17]
        earlier.write_text("".join(kept), encoding="utf-8", newline="")
        listed = folder / f"{name}-list.csv"
        run_checked(HERE, ["status", str(earlier), "-o", str(listed)], folder)
        files[name] = {"report": str(report), "earlier": str(earlier), "list": str(listed)}
    return files


def as_csv(rows: list[list[str]]) -> str:
    """Rows as the text of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def damaged(text: str) -> str:
    """The report with one line in twenty damaged in one of several ways, always the same ones."""
    chance = random.Random(1)
    lines = text.split("\n")
    ways = (
        lambda line: line + ",one cell more",
        lambda line: line.rsplit(",", 1)[0],
        lambda line: "",
        lambda line: line.rsplit(",", 1)[0] + ",yesterday",
        lambda line: line.replace("enrollment", "enrolment").replace("status_change", "change"),
        lambda line: line.replace("course_", "a_new_"),
        lambda line: line.replace("@", "", 1).lstrip("abcdefghijklmnopqrstuvwxyz."),
        lambda line: line + "\n" + line,
    )
    for place in range(1, len(lines)):
        if chance.random() < 0.05:
            lines[place] = chance.choice(ways)(lines[place])
    return "\n".join(lines)


def run_checked(checkout: Path, words: list[str], folder: Path) -> None:
    """Run the program for a file that the comparison needs."""
    subprocess.run(
        [sys.executable, "-m", "engine", *words],
        cwd=folder,
        env=environment(checkout),
        check=True,
        capture_output=True,
    )


def environment(checkout: Path) -> dict[str, str]:
    """The variables with which Python takes the code of this checkout."""
    return {**os.environ, "PYTHONPATH": str(checkout / "src"), "COLUMNS": "100"}


def run(
    checkout: Path, words: list[str], form: str, folder: Path, but: frozenset[str]
) -> tuple[int, Any]:
    """The exit status and what was written, without the fields left out."""
    target = folder / f"out.{form}"
    target.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "engine", *words, "--format", form, "-o", str(target), "-q"],
        cwd=folder,
        env=environment(checkout),
        capture_output=True,
        check=False,
    )
    if not target.exists():
        return done.returncode, done.stderr
    if not but and form != "parquet":
        return done.returncode, target.read_bytes()
    return done.returncode, without(target, form, but)


def without(target: Path, form: str, but: frozenset[str]) -> Any:
    """What the file holds, as Python's values, without these fields."""
    if form == "parquet":
        table = pq.read_table(target)
        rows: Any = [table.schema.to_string(), table.to_pylist()]
    elif form == "csv":
        rows = list(csv.DictReader(target.open(newline="", encoding="utf-8")))
    elif form == "jsonl":
        rows = [json.loads(line) for line in target.open(encoding="utf-8")]
    else:
        rows = json.loads(target.read_text(encoding="utf-8"))
    return dropped(rows, but)


def dropped(value: Any, but: frozenset[str]) -> Any:
    """The value without these fields, at any depth."""
    if isinstance(value, dict):
        return {key: dropped(each, but) for key, each in value.items() if key not in but}
    if isinstance(value, list):
        return [dropped(each, but) for each in value]
    return value


def first_difference(outputs: list[tuple[int, Any]]) -> str:
    """Where the two part, in a few words."""
    (status, text), (other_status, other) = outputs
    if status != other_status:
        return f"exit status {status} and {other_status}: {str(text)[:200]} / {str(other)[:200]}"
    text, other = (each if isinstance(each, bytes) else repr(each) for each in (text, other))
    place = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), 0)
    return f"{text[max(0, place - 60) : place + 60]!r} / {other[max(0, place - 60) : place + 60]!r}"


if __name__ == "__main__":
    sys.exit(main())
