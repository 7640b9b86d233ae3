"""What a report comes to, kept beside it as JSON: a regression test that needs no code.

``report.csv`` has ``expected.json``, any other ``X.csv`` has ``X.expected.json``. The file holds
the ``status`` of each record (learner, title, status, possible ones), the ``findings`` (code, row,
learner), those across records among them, and ``options`` of the audit where it needs any.

With an ``old.csv`` beside it a report is the later of two, with a ``statuses.csv`` it is reconciled
with that; the findings are those then, each at its row in either file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from engine.auditor import Audit
from engine.comparison import compare
from engine.errors import InputError
from engine.intake.reader import REPORT_ENDINGS
from engine.reconciliation import reconcile
from engine.sources import audit

__all__ = [
    "Outcome",
    "differences",
    "expected_file",
    "expected_of",
    "fixtures",
    "outcome_of",
    "text_of",
]

Outcome = dict[str, Any]
"""``options``, ``status`` and ``findings``, as the file has them."""

_COLUMNS: Final = {
    "status": ("learner", "content", "status", "possible"),
    "findings": ("code", "row", "learner"),
}


def expected_file(report: Path) -> Path:
    """Return the file that says what a report comes to."""
    stem = _stem(report)
    return report.with_name("expected.json" if stem == "report" else f"{stem}.expected.json")


def _stem(report: Path) -> str:
    endings = sorted((each for each in REPORT_ENDINGS if report.name.endswith(each)), key=len)
    return report.name.removesuffix(endings[-1]) if endings else report.name


def fixtures(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the reports in a folder, and in those below it, that have an expected result.

    Raises
    ------
    InputError
        If the folder is none, or an expected result lies there without its report.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(str(folder), "it is no folder", "name the folder of the fixtures")
    found = [
        path
        for path in sorted(root.rglob("*"))
        if path.name.endswith(REPORT_ENDINGS)
        and not path.name.endswith("expected.json")
        and expected_file(path).exists()
    ]
    alone = {*root.rglob("expected.json"), *root.rglob("*.expected.json")}
    alone -= {expected_file(path) for path in found}
    if alone:
        raise InputError(str(min(alone)), "no report lies beside it", "add the report or remove it")
    return found


def expected_of(report: Path) -> Outcome:
    """Return what a report is expected to come to.

    Raises
    ------
    InputError
        If the file is no such JSON.
    """
    file = expected_file(report)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})"
        raise InputError(str(file), problem, "write it anew") from None
    except ValueError as error:
        raise InputError(str(file), f"it is no JSON ({error})", "write it anew") from None
    if not isinstance(content, dict) or not _COLUMNS.keys() <= content.keys():
        raise InputError(str(file), "it lacks status or findings", "write it anew")
    return {"options": {}} | content


def outcome_of(report: str | os.PathLike[str], **options: Any) -> Outcome:
    """Return what a report comes to under these options of :func:`engine.audit`."""
    result = audit(report, **(options | {"across": True}))
    return {
        "options": {name: value for name, value in options.items() if name != "across"},
        "status": [
            [row["learner"], row["content_title"], row["status"], row["possible"]]
            for row in result.status().rows()
        ],
        "findings": _findings(Path(report), result),
    }


def _findings(report: Path, result: Audit) -> list[list[object]]:
    """Return code, row and learner of each finding; of what takes two files, both rows."""
    if (old := report.with_name("old.csv")).exists():
        found = compare(old, report).findings.rows()
        return [[row["code"], [row["old_row"], row["new_row"]], row["learner"]] for row in found]
    if (statuses := report.with_name("statuses.csv")).exists():
        found = reconcile(report, against=statuses).findings.rows()
        return [[row["code"], [row["row"], row["their_row"]], row["learner"]] for row in found]
    return [[row["code"], row["row"], row["learner"]] for row in result.findings.rows()]


def text_of(outcome: Outcome) -> str:
    """Return the JSON with one record and one finding a line, so that differences are readable."""
    members = []
    if outcome["options"]:
        members.append(f'  "options": {json.dumps(outcome["options"])}')
    for name in _COLUMNS:
        lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in outcome[name])
        members.append(f'  "{name}": [\n{lines}\n  ]' if lines else f'  "{name}": []')
    return "{\n" + ",\n".join(members) + "\n}\n"


def differences(expected: Outcome, given: Outcome) -> list[str]:
    """Return what is missing (−) and what is too much (+), a sentence-like line each."""
    told = []
    for name, columns in _COLUMNS.items():
        wanted, found = ([_line(row) for row in each[name]] for each in (expected, given))
        lines = [f"  - {line}" for line in wanted if line not in found]
        lines += [f"  + {line}" for line in found if line not in wanted]
        if not lines and wanted != found:
            lines = ["  the same lines, but in another order or number"]
        if lines:
            told += [f"{name} ({', '.join(columns)}); - expected, + given:", *lines]
    return told


def _line(row: list[object]) -> str:
    return ", ".join(
        "|".join(map(str, cell)) if isinstance(cell, list) else str(cell) for cell in row
    )
