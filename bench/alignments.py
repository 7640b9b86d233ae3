"""All repairs of a report beside the alignments that r4pm finds for the same report, on one core.

Both answer the same kind of question: how few edits would make each history possible.
"""

from __future__ import annotations

from contest import Tell
from contestants import CONTESTANTS
from cores import MODES
from measure import Run, run
from reports import ENGINE, Reports, warm
from tables import mebibytes, ratio, seconds, table

_CORES = MODES[0]
_R4PM = next(each for each in CONTESTANTS if each.name == "r4pm")
_SELF = next(each for each in CONTESTANTS if each.name == "engine")


def repairs(rows: int, rounds: int, reports: Reports, tell: Tell) -> list[str]:
    """Return the table; round follows round, and in a round one tool follows the other."""
    path, out = reports.generated("plain", rows), str(reports.folder / "repairs.jsonl")
    warm(path)
    commands = {"engine": [ENGINE, "repairs", path, "-o", out, "-q"]}
    if _R4PM.version is None:
        tell("left out: r4pm, which is not installed")
    else:
        commands["r4pm"] = _R4PM.command(path, out)
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(1, rounds + 1):
        # Whoever goes second finds the machine as the first has left it: they take turns.
        for name in list(commands)[:: 1 if number % 2 else -1]:
            tell(f"repairs of {rows:,} rows, round {number} of {rounds}: {name}, one core")
            runs[name].append(run(commands[name], _CORES))
    lines = [_line("learner-engine repairs", _SELF.version, runs["engine"], _written(out))]
    if "r4pm" in runs:
        said = runs["r4pm"][0].said
        found = f"{said['bad']:,} of {said['records']:,} records cost something"
        lines.append(_line("r4pm, alignments", _R4PM.version, runs["r4pm"], found))
    told = table(
        ["tool", "version", "what came out", "wall s", "s, range", "MiB"], lines, numbers=3
    )
    if "r4pm" in runs:
        pairs = zip(runs["engine"], runs["r4pm"], strict=True)
        quotient = ratio([mine.wall / theirs.wall for mine, theirs in pairs])
        told += ["", f"learner-engine ÷ r4pm, one core, {rounds} rounds: {quotient}."]
    return [f"{rows:,} rows.", "", *told]


def _line(label: str, version: str | None, runs: list[Run], found: str) -> list[str]:
    walls = sorted(each.wall for each in runs)
    middle = walls[len(walls) // 2] if len(walls) % 2 else sum(walls[len(walls) // 2 - 1 :][:2]) / 2
    spread = f"{seconds(walls[0])}–{seconds(walls[-1])}"
    peak = max(each.peak for each in runs)
    return [label, version or "not installed", found, seconds(middle), spread, mebibytes(peak)]


def _written(path: str) -> str:
    """Count the edits, a line each."""
    edits = cut = 0
    with open(path, "rb") as file:
        for line in file:
            edits += 1
            cut += b'"optimal":false' in line
    return f"{edits:,} edits, {cut:,} of them not known to be the fewest"
