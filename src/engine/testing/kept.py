"""Counter-examples kept in a folder, one folder each: ``report.csv`` and ``expected.json``.

They are fixtures as any other: the pytest plug-in checks this program against them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from engine.cases.expected import expected_file, expected_of, outcome_of, text_of
from engine.errors import InputError, UsageError
from engine.testing.disagreement import Disagreement
from engine.testing.oracle import Expected, HistoryKind
from engine.testing.report import Report, fold, read_report, tidy

__all__ = ["Case", "keep", "kept"]

_REPORT: Final = "report.csv"


class Case(msgspec.Struct, frozen=True):
    """A kept report, and what its records come to."""

    folder: Path
    report: Report
    history: HistoryKind
    expected: list[Expected]


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
    report = place / _REPORT
    options = {} if history == "complete" else {"history": history}
    try:
        place.mkdir(parents=True, exist_ok=True)
        report.write_text(text, encoding="utf-8", newline="")
        outcome = text_of(outcome_of(report, **options))
        expected_file(report).write_text(outcome, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(
            f"{place}: it cannot be written ({error.strerror}); name another folder."
        ) from error
    return place


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
        report = folder / name / _REPORT
        if report.is_file():
            yield _case(report)


def _case(report: Path) -> Case:
    outcome = expected_of(report)
    try:
        rows = msgspec.convert(outcome["status"], list[tuple[str, str, str, list[str]]])
        options = msgspec.convert(outcome["options"], dict[str, Any])
        history = msgspec.convert(options.get("history", "complete"), HistoryKind)
    except msgspec.ValidationError as error:
        raise InputError(
            str(expected_file(report)), f"it is no expected result ({error})", "write it anew"
        ) from None
    records = [
        Expected(
            learner=fold(learner),
            content_title=tidy(title),
            values={"status": status} if len(possible) == 1 else {},
            possible=tuple(possible),
        )
        for learner, title, status, possible in rows
    ]
    return Case(report.parent, read_report(str(report)), history, records)
