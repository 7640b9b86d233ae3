"""A table in memory is audited as a file of the same rows, whatever library and types it has."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import polars
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from strategies import NOW, Row, reports, stamp, write

import engine

FAIR = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

FIELDS: Final = (
    ("Email", "user_email", "LEARNER EMAIL"),
    ("Panorama Name", "client", "panorama-name"),
    ("Content Type", "content_type", "contentType"),
    ("Content Title", "course title", "TITLE"),
    ("Type", "type", "action_type"),
    ("Source", "source", "SOURCE"),
    ("Timestamp", "timestamp", "created at"),
    ("Id", "event_id", "eventId"),
    ("Content Id", "content_id", "courseSku"),
)
TIMES: Final = 6

Cells = tuple[str | datetime | None, ...]

TEXTS: Final = (
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.binary(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.uint32(), pa.large_string()),
    pa.dictionary(pa.int64(), pa.string()),
)
STAMPS: Final = (
    *(pa.timestamp(unit, zone) for unit in ("ms", "us", "ns") for zone in (None, "UTC")),
    pa.timestamp("us", "Asia/Kathmandu"),
    pa.timestamp("us", "-07:00"),
    *TEXTS[:3],
    TEXTS[5],
)
"""What a column may be; the zone of the audits is UTC, in which naive timestamps are read."""


@st.composite
def rows_of_tables(draw: st.DrawFn) -> list[Cells]:
    """The rows of a report, some with ids, some with cells missing."""
    found: list[Cells] = []
    identified = draw(st.sampled_from([0, 0, 1, 3]))
    for row in draw(reports()):
        cells: list[Any] = [cell or None for cell in (*row[:6], None)]
        cells[TIMES] = row.at
        cells += [
            draw(st.sampled_from([None, "1", "2", "e-3"])) if identified & 1 else None,
            draw(st.sampled_from([None, "k", "K2"])) if identified & 2 else None,
        ]
        if draw(st.integers(0, 14)) == 0:
            cells[draw(st.integers(0, len(cells) - 1))] = None
        found.append(tuple(cells))
    return found


def file_of(path: Path, rows: Sequence[Cells]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names[0] for names in FIELDS)
        writer.writerows([_text(cell) or "" for cell in row] for row in rows)
    return path


def _text(cell: str | datetime | None) -> str | None:
    return stamp(cell) if isinstance(cell, datetime) else cell


def _array(cells: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        return (
            pa.array(cells, pa.timestamp("us", "UTC")).cast(pa.timestamp("us", kind.tz)).cast(kind)
            if kind.tz
            else pa.array([cell and cell.replace(tzinfo=None) for cell in cells], kind)
        )
    texts = [_text(cell) for cell in cells]
    if pa.types.is_dictionary(kind):
        # A text more than any row has, and one of them twice: both are allowed.
        known = ["nobody@x", *dict.fromkeys(text for text in texts if text is not None)]
        known += known[-1:]
        places = [None if text is None else known.index(text) for text in texts]
        if places and places[-1] == len(known) - 2:
            places[-1] = len(known) - 1
        values = pa.array(known, kind.value_type)
        return pa.DictionaryArray.from_arrays(pa.array(places, kind.index_type), values)
    if pa.types.is_binary(kind):
        return pa.array([text and text.encode() for text in texts], kind)
    return pa.array(texts, kind)


@st.composite
def arrow_tables(draw: st.DrawFn, rows: Sequence[Cells]) -> pa.Table:
    """The rows with columns of any type, under any name, in any number of chunks."""
    columns = {}
    order = draw(st.permutations(range(len(FIELDS))))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    for number in order:
        kind = draw(st.sampled_from(STAMPS if number == TIMES else TEXTS))
        whole = _array([row[number] for row in rows], kind)
        bounds = [0, *cuts, len(rows)]
        if draw(st.booleans()):  # Slices of one array, or arrays of their own.
            parts = [whole[low:high] for low, high in pairwise(bounds)]
        else:
            parts = [
                _array([row[number] for row in rows[low:high]], kind)
                for low, high in pairwise(bounds)
            ]
        columns[draw(st.sampled_from(FIELDS[number]))] = pa.chunked_array(parts, kind)
    if draw(st.booleans()):
        columns["something else"] = pa.array([[1, 2]] * len(rows))
    return pa.table(columns)


class Capsule:
    """Nothing but the interface, and that once."""

    def __init__(self, table: pa.Table) -> None:
        self._reader = table.to_reader(max_chunksize=3)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._reader.__arrow_c_stream__(requested_schema)


def _plain(table: pa.Table) -> pa.Table:
    """Without what this library does not take: it is of Arrow, not of data frames."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if pa.types.is_dictionary(kind):
            column = pa.chunked_array(
                [c.dictionary_decode() for c in column.chunks], kind.value_type
            )
            column = column.cast(pa.string()).dictionary_encode()
        elif pa.types.is_binary(kind) or pa.types.is_string_view(kind):
            column = column.cast(pa.string())
        columns[name] = column
    return pa.table(columns)


def _batch(table: pa.Table) -> Any:
    batches = _plain(table).combine_chunks().to_batches()
    return batches[0]


LIBRARIES: Final[dict[str, Callable[[pa.Table], Any]]] = {
    "a table of pyarrow": lambda table: table,
    "a reader of pyarrow": lambda table: table.to_reader(max_chunksize=4),
    "a record batch": _batch,
    "polars": lambda table: polars.DataFrame(_plain(table)),
    "pandas": lambda table: _plain(table).to_pandas(),
    "DuckDB": lambda table: duckdb.from_arrow(_plain(table)),
    "the interface alone": Capsule,
}


def told(audit: engine.Audit, first: Sequence[int]) -> dict[str, Any]:
    """What an audit says; ``first`` is the number of the first row of each source."""
    starts = dict(zip(audit.records.files, first, strict=True))
    places = {name: number for number, name in enumerate(audit.records.files)}

    def place(file: str | None, row: int | None) -> Any:
        return None if file is None or row is None else (places[file], row - starts[file])

    findings = []
    for row in audit.findings.rows():
        because = [
            {**each, "file": None, "row": place(each["file"], each["row"])}
            for each in row["because"] or []
        ]
        moved = {
            "row": place(row["file"], row["row"]),
            "root_row": place(row["root_file"], row["root_row"]),
        }
        left_out = dict.fromkeys(("file", "root_file", "message"))
        findings.append(row | moved | left_out | {"because": because})
    return {
        "findings": findings,
        "status": audit.status().rows(),
        "timeline": [
            row | {"file": None, "row": place(row["file"], row["row"])}
            for row in audit.timeline().rows()
        ],
        "summary": audit.summary,
        "quarantined": [
            (place(each.file, each.row), each.code, each.detail) for each in audit.quarantined
        ],
    }


@pytest.mark.parametrize("library", LIBRARIES)
@FAIR
@given(data=st.data())
def test_a_table_is_audited_as_the_file_of_its_rows(
    tmp_path: Path, library: str, data: st.DataObject
) -> None:
    rows = data.draw(rows_of_tables())
    table = data.draw(arrow_tables(rows))
    expected = told(engine.audit(file_of(tmp_path / "r.csv", rows), now=NOW), [2])
    event("with findings" if expected["findings"] else "without")
    event("with quarantine" if expected["quarantined"] else "all rows sound")
    audit = engine.audit(LIBRARIES[library](table), now=NOW)
    assert audit.records.files == ["table"]
    assert told(audit, [1]) == expected


@FAIR
@given(data=st.data())
def test_files_and_tables_are_read_one_after_another(tmp_path: Path, data: st.DataObject) -> None:
    rows = data.draw(rows_of_tables().filter(lambda rows: len(rows) > 2))
    low = data.draw(st.integers(1, len(rows) - 2))
    high = data.draw(st.integers(low + 1, len(rows) - 1))
    parts = [rows[:low], rows[low:high], rows[high:]]
    files = [file_of(tmp_path / f"{n}.csv", part) for n, part in enumerate(parts)]
    expected = told(engine.audit(files, now=NOW), [2, 2, 2])
    given_: list[Any] = list(files)
    first = [2, 2, 2]
    for number in data.draw(st.sets(st.integers(0, 2), min_size=1)):
        given_[number] = data.draw(arrow_tables(parts[number]))
        first[number] = 1
    assert told(engine.audit(given_, now=NOW), first) == expected


@FAIR
@given(reports(), reports())
def test_two_tables_are_compared_as_two_files(
    tmp_path: Path, old: list[Row], new: list[Row]
) -> None:
    files = [write(tmp_path / "old.csv", old), write(tmp_path / "new.csv", new)]
    tables = [polars.read_csv(file, infer_schema=False) for file in files]
    by_file = engine.compare(*files, now=NOW)
    by_table = engine.compare(*tables, now=NOW)
    moved = [
        row
        | {
            name: row[name] - 1
            for name in ("old_row", "new_row", "root_row")
            if row[name] is not None
        }
        | dict.fromkeys(("old_file", "new_file", "root_file", "message"))
        for row in by_file.findings.rows()
    ]
    assert [
        row | dict.fromkeys(("old_file", "new_file", "root_file", "message"))
        for row in by_table.findings.rows()
    ] == moved


@settings(FAIR, max_examples=8)
@given(data=st.data())
def test_a_store_takes_tables_as_it_takes_files(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("store")
    rows = data.draw(rows_of_tables())
    file = file_of(folder / "r.csv", rows)
    stores = [engine.Store(folder / name) for name in ("files.duckdb", "tables.duckdb")]
    table = data.draw(arrow_tables(rows))
    (of_file,), (of_table,) = stores[0].append(file), stores[1].append(table)
    counts = ("rows", "new_events", "already_known", "duplicates", "quarantined")
    assert [getattr(of_file, name) for name in counts] == [
        getattr(of_table, name) for name in counts
    ]
    by_file, by_table = (store.audit(now=NOW) for store in stores)
    assert told(by_table, [1]) == told(by_file, [2])
    # Once more in other parts and types: known already, and the same digest of what it says.
    (again,) = stores[1].append(data.draw(arrow_tables(rows)))
    assert again.new_events == 0
    listed = stores[1].imports().rows()
    assert [row["file"] for row in listed] == ["table", "table"]
    assert not stores[1].verify().faults
    for store in stores:
        store.close()


def test_the_digest_of_a_table_is_that_of_its_text(tmp_path: Path) -> None:
    cells = {
        "Email": ["a@x", "a@x"],
        "Content Title": ["T", "T"],
        "Type": ["enrollment", "status_change"],
        "Source": ["registration", "course_started"],
        "Timestamp": ["2024-03-01 09:00:00", "2024-03-02 09:00:00"],
    }
    plain = pa.table(cells)
    coded = pa.table({name: pa.array(column).dictionary_encode() for name, column in cells.items()})
    typed = plain.set_column(4, "Timestamp", plain["Timestamp"].cast(pa.timestamp("s")))
    parted = pa.concat_tables([coded[:1], coded[1:]])
    other = plain.set_column(0, "Email", pa.array(["a@x", "b@x"]))
    with engine.Store(tmp_path / "s.duckdb") as store:
        store.append([plain, coded, typed, parted, other])
        digests = store.imports()["sha256"].to_pylist()
    assert len(set(digests[:4])) == 1
    assert digests[4] != digests[0]
