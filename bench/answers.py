"""Answers counted: each tool's number of bad records next to the true one, on the same report.

A tool is compared with the truth of the machine that it replays, never with that of another.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import Any

from contest import Tell
from contestants import CONTESTANTS
from measure import FailedError, Run, run, script
from reports import Reports
from tables import table
from usual import TOOLS

REDUCED, FULL = "reduced", "full"
_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception)\b.*", re.MULTILINE)
_WIDTH = 80


def tied(rows: int, reports: Reports, tell: Tell) -> list[str]:
    """Return the table on a report in which every tenth row has the time of the row before."""
    path = reports.generated("tied", rows)
    truth = run(script("truth.py", path)).said
    lines = [_engine(path, reports, tell)[0]]
    for name, (package, order, _) in TOOLS.items():
        tell(f"answers, tied report: {name}")
        done = run(script("usual.py", path, name), check=False)
        found = f"{done.said['bad']:,}" if done.status == 0 else _stopped(done)
        off = f"{done.said['bad'] - truth['bad']:+,}" if done.status == 0 else ""
        lines.append([_tool(package), f"`{order}`", REDUCED, found, f"{truth['bad']:,}", off])
    head = ["tool", "order", "machine", "bad records", "truth", "off by"]
    return table(head, lines, numbers=3)


def dirty(rows: int, reports: Reports, tell: Tell) -> list[str]:
    """Return the table on a report in which a row in a hundred is faulty by itself."""
    path = reports.generated("dirty", rows)
    truth = run(script("truth.py", path)).said
    lines = [_engine(path, reports, tell)[1]]
    for name, (package, order, _) in TOOLS.items():
        if name in ("pandas-stable", "pandas-reversed"):
            continue
        for lenient in ((), ("lenient",)):
            tell(f"answers, dirty report: {name} {' '.join(lenient)}")
            done = run(script("usual.py", path, name, *lenient), check=False)
            called = "lenient" if lenient else f"`{order}`"
            cells = [_tool(package), called, _outcome(done, truth), REDUCED]
            found = ["–", "–"]
            if done.status == 0:
                found = [f"{done.said['rows']:,}", f"{done.said['bad']:,}"]
            cells += [found[0], f"{truth['rows']:,}", found[1], f"{truth['bad']:,}"]
            lines.append(cells)
    head = ["tool", "script", "what happens", "machine"]
    head += ["rows replayed", "truth", "bad records", "truth"]
    return table(head, lines, numbers=4)


def _engine(path: str, reports: Reports, tell: Tell) -> tuple[list[str], list[str]]:
    """The program's line in both tables."""
    tell("answers: learner-engine and its twin")
    run(CONTESTANTS[0].command(path, reports.output()))
    summary = _summary(reports.output())
    twin = run(script("twin.py", path)).said
    found, true = summary["streams_with_errors"], twin["bad"]
    kept = summary["findings"].get("R004", 0)
    outcome = f"sets {summary['quarantined']:,} rows aside, each with its reason"
    outcome += f"; keeps {kept:,} with a new source, each with a warning"
    tool = _tool("learner-engine")
    bad = [f"{found:,}", f"{true:,}"]
    return (
        [tool, "any", FULL, *bad, f"{found - true:+,}"],
        [tool, "`audit`", outcome, FULL, f"{summary['events']:,}", f"{twin['rows']:,}", *bad],
    )


def _summary(path: str) -> dict[str, Any]:
    """Return the summary at the head of an audit, without the findings: see measure.py."""
    with open(path, encoding="utf-8") as file:
        head = file.read(1 << 16)
    found, _ = json.JSONDecoder().raw_decode(head, head.index("{", 1))
    return found


def _outcome(done: Run, truth: dict[str, int]) -> str:
    if done.status:
        return _stopped(done)
    said, parts = done.said, []
    dropped = truth["rows"] - (said["rows"] - said["faulty"])
    if dropped > 0:
        loudly = "with a warning" if "Warning" in done.err else "without a word"
        parts.append(f"drops {dropped:,} events {loudly}")
    if said["faulty"]:
        parts.append(f"replays {said['faulty']:,} rows that are no events")
    if said["bad"] != truth["bad"]:
        parts.append("counts wrong")
    return "; ".join(parts) or "counts right"


def _stopped(done: Run) -> str:
    """The exception that ended a script, short enough for a cell."""
    found = _EXCEPTION.findall(done.err)
    if not found:
        raise FailedError(f"exit status {done.status}: {done.err.strip()[-200:]}")
    message = found[-1].replace("|", "/")
    return f"stops: `{message[:_WIDTH]}{'…' if len(message) > _WIDTH else ''}`"


def _tool(package: str) -> str:
    return f"{package} {version(package)}"
