"""A synthetic report to CSV, JSON Lines or Parquet, also compressed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.dialects.usual import PAIRS, REPORT_COLUMNS
from engine.instants import format_utc_column
from engine.synthesis.report import Flaw, Report

__all__ = ["ENDINGS", "write"]

ENDINGS: Final = (".csv", ".csv.gz", ".csv.zst", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")

_CHUNK: Final = 1 << 18
"""Rows written at a time."""

_BAD_TIMES: Final = ("2024-02-31T10:00:00Z", "n/a")
_NEW_SOURCE: Final = "mobile_app_offline_sync"

Progress = Callable[[int], object]
Render = Callable[[Sequence[str], Sequence[str]], str]
Column = npt.NDArray[Any]


def write(
    report: Report, ending: str, out: BinaryIO, progress: Progress = lambda rows: None
) -> None:
    """Write ``report`` to ``out``.

    Parameters
    ----------
    ending:
        One of ``ENDINGS``.
    progress:
        Called with the number of rows written since the last call.
    """
    if ending == ".parquet":
        _write_parquet(report, out, progress)
        return
    form, _, packing = ending[1:].partition(".")
    with _packed(out, packing) as sink:
        if form == "csv":
            sink.write((",".join(REPORT_COLUMNS) + "\n").encode())
        for chunk in _texts(report, _csv if form == "csv" else _json, form):
            sink.write(chunk.buffers()[2])
            progress(len(chunk))


@contextmanager
def _packed(out: BinaryIO, packing: str) -> Iterator[Any]:
    if not packing:
        yield out
        return
    # Arrow's gzip writes no time stamp into the file, Python's would.
    codec = "gzip" if packing == "gz" else "zstd"
    with pa.CompressedOutputStream(pa.PythonFile(out, "w"), codec) as sink:
        yield sink


class _Part:
    """Cells that always stand together, rendered once for each number, and picked by number."""

    def __init__(self, rows: Sequence[Sequence[str]], spare: Sequence[Sequence[str]]) -> None:
        self.rows = [*rows, *spare]
        self.common = len(rows)

    def rendered(self, names: Sequence[str], render: Render) -> pa.Array:
        """Return one text for each number."""
        return pa.array([render(names, row) for row in self.rows], pa.string())


class _Cells:
    """The report as parts with numbers; faulty rows point at spare entries of the parts."""

    def __init__(self, report: Report) -> None:
        self.report = report
        blank = [("", each) for each in sorted({learner.panorama for learner in report.learners})]
        kinds = sorted({kind for kind, _ in report.contents})
        self.learners = _Part(report.learners, blank)
        self.contents = _Part(report.contents, [(kind, "") for kind in kinds])
        pairs = [(pair.type, pair.source) for pair in PAIRS]
        types = list(dict.fromkeys(pair.type for pair in PAIRS))
        self.pairs = _Part(
            pairs,
            [*(("", source) for _, source in pairs), *((each, _NEW_SOURCE) for each in types)],
        )
        self._of_panorama = {panorama: n for n, (_, panorama) in enumerate(blank)}
        self._of_kind = {kind: n for n, kind in enumerate(kinds)}
        self._type_of = np.array([types.index(type_) for type_, _ in pairs])

    def numbers(self, rows: slice) -> tuple[Column, Column, Column, pa.Array]:
        """Return the numbers of these rows' parts, and their timestamps."""
        report = self.report
        learner, content = report.learner[rows], report.content[rows]
        pair, flaw = report.pair[rows].astype(np.int32), report.flaw[rows]
        times = format_utc_column(report.at[rows] * 1_000_000)
        if flaw.any():
            learner, content, pair = self._flawed(learner, content, pair, flaw)
            bad = pa.array(np.array(_BAD_TIMES)[report.at[rows] % 2])
            times = pc.if_else(pa.array(flaw == Flaw.BAD_TIMESTAMP), bad, times)
            times = pc.if_else(pa.array(flaw == Flaw.NO_TIMESTAMP), "", times)
        return learner, content, pair, times

    def _flawed(
        self, learner: Column, content: Column, pair: Column, flaw: Column
    ) -> tuple[Column, Column, Column]:
        learner, content, pair = learner.copy(), content.copy(), pair.copy()
        for row in np.flatnonzero(flaw == Flaw.NO_EMAIL):
            panorama = self.report.learners[learner[row]].panorama
            learner[row] = self.learners.common + self._of_panorama[panorama]
        for row in np.flatnonzero(flaw == Flaw.NO_TITLE):
            kind = self.report.contents[content[row]][0]
            content[row] = self.contents.common + self._of_kind[kind]
        untyped, unknown = flaw == Flaw.NO_TYPE, flaw == Flaw.UNKNOWN_SOURCE
        pair[untyped] += self.pairs.common
        pair[unknown] = 2 * self.pairs.common + self._type_of[pair[unknown]]
        return learner, content, pair


def _texts(report: Report, render: Render, form: str) -> Iterator[pa.Array]:
    """Yield the rows as texts, a chunk at a time: parts rendered once are put side by side."""
    cells = _Cells(report)
    parts = [
        cells.learners.rendered(REPORT_COLUMNS[0:2], render),
        cells.contents.rendered(REPORT_COLUMNS[2:4], render),
        cells.pairs.rendered(REPORT_COLUMNS[4:6], render),
    ]
    opening, before, after = ("", "", "\n")
    if form != "csv":
        opening, before, after = ("{", f'"{REPORT_COLUMNS[-1]}":"', '"}\n')
    for low in range(0, len(report.at), _CHUNK):
        *numbers, times = cells.numbers(slice(low, low + _CHUNK))
        taken = [part.take(pa.array(each)) for part, each in zip(parts, numbers, strict=True)]
        yield pc.binary_join_element_wise(opening, *taken, before, times, after, "")


def _csv(names: Sequence[str], row: Sequence[str]) -> str:
    """Return the cells with a comma after each, quoted where RFC 4180 asks for it."""
    return "".join(
        ('"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell) + ","
        for cell in row
    )


def _json(names: Sequence[str], row: Sequence[str]) -> str:
    """Return the members of an object with a comma after each."""
    return "".join(
        f"{json.dumps(name)}:{json.dumps(cell, ensure_ascii=False)},"
        for name, cell in zip(names, row, strict=True)
    )


def _write_parquet(report: Report, out: BinaryIO, progress: Progress) -> None:
    import pyarrow.parquet as pq

    cells = _Cells(report)
    parts = (cells.learners, cells.contents, cells.pairs)
    texts = [
        pa.array([row[place] for row in part.rows]).dictionary_encode()
        for part in parts
        for place in (0, 1)
    ]
    kind = pa.dictionary(pa.int32(), pa.string())
    *coded, last = REPORT_COLUMNS
    schema = pa.schema([*((name, kind) for name in coded), (last, pa.string())])
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for low in range(0, len(report.at), _CHUNK):
            *numbers, times = cells.numbers(slice(low, low + _CHUNK))
            picks = [pa.array(numbers[place // 2]) for place in range(len(texts))]
            columns = [text.take(pick) for text, pick in zip(texts, picks, strict=True)]
            writer.write_table(pa.table([*columns, times], schema=schema))
            progress(len(times))
