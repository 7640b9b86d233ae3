"""What must hold of any file whatever: the fuzzer's eyes."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, NoReturn

from engine.cli.main import run

__all__ = ["SECONDS", "Broken", "check"]

SECONDS = 30
"""Longer than this a command may not take on any of these small files."""

EXIT_STATUSES = (0, 1, 2)


class Broken(Exception):  # noqa: N818 - it is a verdict, not an error
    """Something that must always hold does not; the text says what."""


def check(file: Path, options: Sequence[str], more: Sequence[str] = (), *, apart: bool) -> int:
    """Audit a file and ask for its statuses; return the audit's exit status.

    Parameters
    ----------
    file:
        Any file.
    options:
        How it is to be read, for both commands.
    more:
        A further command line, to be tried on the file.
    apart:
        Whether to call the command as a process of its own.

    Raises
    ------
    Broken
        If anything that must always hold does not.
    """
    code, audited = _call("audit", file, options, apart=apart)
    _, status = _call("status", file, options, apart=apart)
    if more:
        _call(more[0], file, [*options, *more[1:]], apart=apart, form="text")
    if (audited is None) != (status is None):
        raise Broken("audit and status disagree whether the file can be read")
    if audited is not None:
        _identity(audited, status)
        errors = any(finding["severity"] == "error" for finding in audited["findings"])
        if code != int(errors):
            raise Broken(f"exit status {code} with {'an' if errors else 'no'} error found")
    return code


def _call(
    command: str, file: Path, options: Sequence[str], *, apart: bool, form: str = "json"
) -> tuple[int, Any]:
    """Return the exit status and what the command wrote, None if it refused in one line."""
    output = file.parent / "output"
    output.unlink(missing_ok=True)
    line = [command, str(file), *options, "--format", form, "-o", str(output)]
    code, errors = _apart(line) if apart else _inside(line)
    if code not in EXIT_STATUSES:
        raise Broken(f"{command}: exit status {code}: {errors[-300:]!r}")
    if "Traceback" in errors:
        raise Broken(f"{command}: a traceback\n{errors}")
    if code == 2:
        if errors.count("\n") != 1 or not errors.endswith("\n") or len(errors) < 20:
            raise Broken(f"{command}: exit status 2 without exactly one line: {errors!r}")
        if output.exists():
            raise Broken(f"{command}: exit status 2, and yet it wrote something")
        return code, None
    content = output.read_bytes()
    parsed = json.loads(content, parse_constant=_no_number) if form == "json" else content
    return code, parsed


def _no_number(text: str) -> NoReturn:
    raise Broken(f"{text} is no JSON")


def _apart(line: Sequence[str]) -> tuple[int, str]:
    command = [sys.executable, "-m", "engine", *line]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    return done.returncode, done.stderr.decode("utf-8", "backslashreplace")


def _inside(line: Sequence[str]) -> tuple[int, str]:
    errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    nothing = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    try:
        with redirect_stderr(errors), redirect_stdout(nothing), _time_limit():
            code = run(list(line))
    except Exception:
        raise Broken(f"{line[0]}: an exception\n{traceback.format_exc()}") from None
    finally:
        errors.flush()
    return code, errors.buffer.getvalue().decode()  # type: ignore[attr-defined]


class _TooLong(BaseException):
    """Not an Exception, so that no handler in between takes it for a fault of the file."""


@contextmanager
def _time_limit() -> Iterator[None]:
    def stop(*_: object) -> NoReturn:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    except _TooLong:
        raise Broken(f"it takes longer than {SECONDS} s") from None
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _identity(audited: dict[str, Any], status: list[dict[str, Any]]) -> None:
    """Check that the counts are those of the rows, the findings and the records."""
    summary = audited["summary"]
    counts: dict[str, int] = {}
    for finding in audited["findings"]:
        counts[finding["code"]] = counts.get(finding["code"], 0) + 1
    unread = sum(counts.get(code, 0) for code in ("R001", "R002", "R003", "R005"))
    claims = {
        "rows = events + duplicates + quarantined + ignored": (
            summary["rows"],
            summary["events"] + summary["duplicates"] + summary["quarantined"] + summary["ignored"],
        ),
        "quarantined = R001 + R002 + R003 + R005": (summary["quarantined"], unread),
        "duplicates = R007": (summary["duplicates"], counts.get("R007", 0)),
        "findings are counted": (summary["findings"], counts),
        "streams = statuses": (summary["streams"], sum(summary["statuses"].values())),
        "streams = records": (summary["streams"], len(status)),
        "events = events of the records": (
            summary["events"],
            sum(record["events"] for record in status),
        ),
    }
    for claim, (left, right) in claims.items():
        if left != right:
            raise Broken(f"it does not hold that {claim}: {left} and {right}")
    for record in status:
        with suppress(KeyError):
            if (record["status"] == "uncertain") != (len(record["possible"]) > 1):
                raise Broken(f"a certain status is called uncertain, or not: {record}")
