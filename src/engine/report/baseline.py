"""Findings that an earlier audit had already: a pipeline fails on the new ones alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.arguments import path
from engine.columns.frame import Coded, Frame
from engine.descriptors import small_file
from engine.errors import InputError

__all__ = ["known_findings", "read_baseline", "with_known"]

_LARGEST = 1 << 30
"""Bytes; some four million findings."""

_REMEDY = "give the jsonl or sarif that 'audit' wrote"


def read_baseline(file: str) -> frozenset[str]:
    """Return the fingerprints that a file of findings has, in JSON Lines, JSON or SARIF.

    Raises
    ------
    InputError
        If it cannot be read, or a finding in it has no fingerprint.
    """
    path(file, "--baseline")
    try:
        content = small_file(file, _LARGEST)
    except OSError as error:
        raise InputError(file, f"it cannot be read ({error.strerror})", _REMEDY) from error
    found = set()
    for row, fingerprint in _fingerprints(file, content):
        if not isinstance(fingerprint, str):
            raise InputError(file, "a finding has no fingerprint", _REMEDY, row=row)
        found.add(fingerprint)
    return frozenset(found)


def _fingerprints(file: str, content: bytes) -> Iterator[tuple[int | None, Any]]:
    """Each finding's line, where it is JSON Lines, and what it has for a fingerprint."""
    try:
        whole = msgspec.json.decode(content)
    except msgspec.DecodeError:
        whole = None
    if isinstance(whole, dict) and isinstance(runs := whole.get("runs"), list):
        results = (each for run in runs for each in _member(run, "results") or ())
        for result in results:
            prints = _member(result, "partialFingerprints")
            yield None, next(iter(prints.values()), None) if isinstance(prints, dict) else None
        return
    if isinstance(whole, dict) and isinstance(listed := whole.get("findings"), list):
        yield from ((None, _member(each, "fingerprint")) for each in listed)
        return
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                yield number, _member(msgspec.json.decode(line), "fingerprint")
            except msgspec.DecodeError as error:
                raise InputError(file, "it is no JSON", _REMEDY, row=number) from error


def _member(told: object, name: str) -> Any:
    return told.get(name) if isinstance(told, dict) else None


def known_findings(frame: Frame, baseline: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Return which findings of a table with fingerprints the baseline has."""
    prints = frame.columns["fingerprint"].cells()
    return np.array([each in baseline for each in prints], np.bool_)


def with_known(frame: Frame, known: npt.NDArray[np.bool_]) -> Frame:
    """Return the table with a column ``known``."""
    column = Coded(known.astype(np.int8), pa.array([False, True]))
    return Frame({**frame.columns, "known": column}, len(frame))
