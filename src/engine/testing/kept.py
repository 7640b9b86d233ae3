"""Counter-examples kept in a folder, one folder each: ``report.csv`` and ``expected.json``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from engine.errors import InputError, UsageError
from engine.testing.disagreement import Disagreement
from engine.testing.oracle import Expected, HistoryKind, audit_of
from engine.testing.report import Report, fold, read_report, tidy

__all__ = ["Case", "keep", "kept"]

_REPORT: Final = "report.csv"
_EXPECTED: Final = "expected.json"


class Case(msgspec.Struct, frozen=True):
    """A kept report, and what its records come to."""

    folder: Path
    report: Report
    history: HistoryKind
    expected: list[Expected]


class _File(msgspec.Struct):
    """``expected.json``: learner, title, status, possible statuses; code, row, learner."""

    status: list[tuple[str, str, str, list[str]]]
    findings: list[tuple[str, int, str]] = []
    history: HistoryKind = "complete"


def keep(found: Disagreement, folder: Path, history: HistoryKind) -> Path:
    """Write the report of a disagreement and what it comes to, and return their folder.

    The same report is kept once: the folder is named after what was expected and given, and
    after the report.

    Raises
    ------
    UsageError
        If the folder cannot be written.
    """
    text = found.report.to_csv()
    digest = sha256(f"{history}\n{text}".encode()).hexdigest()[:8]
    what = f"{found.expected}-not-{found.given}" if found.error is None else "fails"
    words = "".join(each if each.isalnum() else "-" for each in what.split(",")[0].lower())
    place = folder / f"{words.strip('-')[:60]}-{digest}"
    audit = audit_of(found.report, history)
    content = _File(
        status=[
            (row["learner"], row["content_title"], row["status"], row["possible"])
            for row in audit.status().rows()
        ],
        findings=[(row["code"], row["row"], row["learner"]) for row in audit.findings.rows()],
        history=history,
    )
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / _REPORT).write_text(text, encoding="utf-8", newline="")
        (place / _EXPECTED).write_text(_text(content), encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(
            f"{place}: it cannot be written ({error.strerror}); name another folder."
        ) from error
    return place


def _text(content: _File) -> str:
    """JSON with one record and one finding a line, so that differences are readable."""
    members = [f'  "history": {json.dumps(content.history)}']
    for name, rows in (("status", content.status), ("findings", content.findings)):
        lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
        members.append(f'  "{name}": [\n{lines}\n  ]' if rows else f'  "{name}": []')
    return "{\n" + ",\n".join(members) + "\n}\n"


def kept(folder: Path) -> Iterator[Case]:
    """Yield the cases of a folder, by name; a folder that does not exist has none.

    Raises
    ------
    InputError
        If a case cannot be read.
    """
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(
            str(folder), f"it cannot be read ({error.strerror})", "name a folder"
        ) from error
    for name in names:
        place = folder / name
        if not (place / _REPORT).is_file():
            continue
        file = place / _EXPECTED
        try:
            content = msgspec.json.decode(file.read_bytes(), type=_File)
        except (OSError, msgspec.MsgspecError) as error:
            raise InputError(
                str(file),
                f"it does not say what to expect ({error})",
                f"mend it, or remove the folder {place}",
            ) from error
        records = [
            Expected(
                fold(learner),
                tidy(title),
                {"status": status} if len(possible) == 1 else {},
                tuple(possible),
            )
            for learner, title, status, possible in content.status
        ]
        yield Case(place, read_report(str(place / _REPORT)), content.history, records)
