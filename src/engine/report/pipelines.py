"""Findings for what runs programs: SARIF 2.1.0, JUnit's XML, annotations of GitHub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any, BinaryIO, Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import msgspec
import numpy as np

from engine.columns.frame import Coded, Frame
from engine.report.fingerprints import with_fingerprints
from engine.report.plain import plain_line, short
from engine.rules.catalogue import CATALOGUE, Severity

__all__ = ["MOST_BYTES", "MOST_RESULTS", "write_findings"]

MOST_RESULTS: Final = 25_000
MOST_BYTES: Final = 10_000_000
"""What GitHub takes of one SARIF file."""

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}

_FINGERPRINT: Final = "learnerEngineFinding/v1"

_PLACES: Final = (("file", "row"), ("new_file", "new_row"), ("old_file", "old_row"))

_CHUNK: Final = 1 << 12

Row = dict[str, Any]


def write_findings(frame: Frame, form: str, out: BinaryIO, fail_on: str) -> None:
    """Write a table of findings, the worst first, as ``sarif``, ``junit`` or ``github``.

    ``fail_on`` is the severity from which on a finding is a failure; ``never`` for none.
    """
    writers: dict[str, Callable[[Frame, BinaryIO, str], None]] = {
        "sarif": _write_sarif,
        "junit": _write_junit,
        "github": _write_github,
    }
    severities = frame.columns["severity"]
    assert isinstance(severities, Coded)
    ranks = np.array([-Severity(each).rank for each in severities.values.to_pylist()], np.int64)
    order = np.argsort(ranks[severities.codes], kind="stable") if len(frame) else np.arange(0)
    told = frame if "fingerprint" in frame.columns else with_fingerprints(frame)
    writers[form](told.take(order), out, fail_on)


def _rows(frame: Frame) -> Iterator[Row]:
    for low in range(0, len(frame), _CHUNK):
        yield from frame.take(np.arange(low, min(low + _CHUNK, len(frame)))).rows()


def _place(row: Row) -> tuple[str, int | None]:
    """The file and row of a finding: of several the first that has one."""
    for file, number in _PLACES:
        if row.get(file) is not None:
            return row[file], row.get(number)
    return row.get("their_file") or "", row.get("their_row")


def _about(row: Row) -> str:
    """Whose record of what, and what is wrong with it."""
    who = " · ".join(short(row[name]) for name in ("learner", "content_title") if row[name])
    return plain_line(f"{who}: {row['message']}" if who else row["message"])


def _write_sarif(frame: Frame, out: BinaryIO, fail_on: str) -> None:
    """Write as many results as GitHub takes, and say how many are left out."""
    head = frame.take(np.arange(min(len(frame), MOST_RESULTS)))
    rules = [_rule(code) for code in CATALOGUE if code in frame.counts("code")]
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    results, size = [], len(msgspec.json.encode(rules)) + 4096
    for row in _rows(head):
        result = msgspec.json.encode(_result(row, places))
        if size + len(result) + 1 > MOST_BYTES:
            break
        size += len(result) + 1
        results.append(msgspec.Raw(result))
    left_out = len(frame) - len(results)
    notes = [
        {
            "level": "warning",
            "message": {
                "text": f"{left_out:,} of {len(frame):,} findings are left out, the least severe "
                "first: a file of SARIF may hold no more. --format jsonl has all."
            },
        }
    ]
    run = {
        "tool": {
            "driver": {
                "name": "learner-engine",
                "semanticVersion": version("learner-engine"),
                "rules": rules,
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": notes if left_out else [],
            }
        ],
        "results": results,
        "columnKind": "unicodeCodePoints",
        "properties": {"findings": len(frame), "leftOut": left_out},
    }
    out.write(msgspec.json.encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + b"\n")


def _rule(code: str) -> dict[str, Any]:
    rule = CATALOGUE[code]
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.false_alarm},
        "defaultConfiguration": {"level": _LEVELS[rule.severity.value]},
    }


def _result(row: Row, places: dict[str, int]) -> dict[str, Any]:
    file, number = _place(row)
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
    if number is not None:
        physical["region"] = {"startLine": number}
    result = {
        "ruleId": row["code"],
        "ruleIndex": places[row["code"]],
        "level": _LEVELS[row["severity"]],
        "message": {"text": _about(row)},
        "locations": [{"physicalLocation": physical}] if file else [],
        "partialFingerprints": {_FINGERPRINT: row["fingerprint"]},
    }
    if "known" in row:
        result["baselineState"] = "unchanged" if row["known"] else "new"
    return result


def _fails(row: Row, fail_on: str) -> bool:
    return (
        fail_on != "never"
        and not row.get("known")
        and Severity(row["severity"]).rank >= Severity(fail_on).rank
    )


def _write_junit(frame: Frame, out: BinaryIO, fail_on: str) -> None:
    """Write each finding as a test that failed; one that does not count is skipped."""
    failures = sum(_fails(row, fail_on) for row in _rows(frame.select(_counted(frame))))
    tests = max(1, len(frame))
    counts = f'tests="{tests}" failures="{failures}" errors="0" skipped="{len(frame) - failures}"'
    out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites {counts}>\n<testsuite name="learner-engine" {counts}>\n'.encode())
    if not len(frame):
        out.write(b'<testcase classname="learner-engine" name="no finding"/>\n')
    for row in _rows(frame):
        file, number = _place(row)
        where = plain_line(f"{file}:{number}" if number is not None else file)
        code = f"{row['code']} {row['name']}"
        said = _about(row)
        result = (
            f"<failure type={quoteattr(row['code'])} message={quoteattr(said)}>"
            f"{escape(where)}</failure>"
            if _fails(row, fail_on)
            else f"<skipped message={quoteattr(said)}/>"
        )
        case = f"<testcase classname={quoteattr(code)} name={quoteattr(f'{where} {said}')}>"
        out.write(f"{case}{result}</testcase>\n".encode())
    out.write(b"</testsuite>\n</testsuites>\n")


def _counted(frame: Frame) -> list[str]:
    return [name for name in ("severity", "known") if name in frame.columns]


def _write_github(frame: Frame, out: BinaryIO, fail_on: str) -> None:
    """Write each finding as a command that a GitHub workflow shows as an annotation."""
    for row in _rows(frame):
        file, number = _place(row)
        kind = "notice" if row.get("known") or row["severity"] == "info" else row["severity"]
        fields = {"file": file, "line": number, "title": f"{row['code']} {row['name']}"}
        told = ",".join(
            f"{name}={_field(plain_line(str(value)))}"
            for name, value in fields.items()
            if value not in (None, "")
        )
        out.write(f"::{kind} {told}::{_data(_about(row))}\n".encode())


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
