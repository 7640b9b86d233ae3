"""The fast reader is the slow one, and no bytes break any reader."""

from __future__ import annotations

import gzip
import io
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from engine.columns import slices
from engine.dialects import shipped
from engine.errors import InputError
from engine.intake.formats import csv_block, csv_blocks, csv_fast, delimited
from engine.intake.formats.builder import DICTIONARY, NUMBERED_FIELDS
from engine.intake.formats.csv_blocks import Blocks, new_buffer
from engine.intake.formats.csv_fast import read_fast
from engine.intake.formats.csv_layout import lay_out
from engine.intake.formats.csv_slow import read_slow
from engine.intake.reader import read
from engine.intake.rows import RawTable

COLUMNS = shipped().columns

HEADER = "Email,Panorama Name,Content Title,Type,Timestamp"

# Few characters, all of them trouble: what the readers could take differently comes up often.
TROUBLE = st.text('a",\n\r é\t', max_size=6)
PLAIN = st.text("ab é;'", max_size=4)
QUOTED = st.text('a",é', max_size=4).map(lambda text: '"' + text.replace('"', '""') + '"')
LINES = st.one_of(
    st.lists(st.one_of(PLAIN, QUOTED), min_size=5, max_size=5).map(",".join),
    st.lists(st.one_of(PLAIN, QUOTED), min_size=5, max_size=5).map(",".join),
    st.lists(st.one_of(PLAIN, QUOTED, TROUBLE), max_size=7).map(",".join),
)
ENDS = st.sampled_from(["\n", "\r\n", "\n", "\n\n", "\r"])
ANYTHING = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def csv_bytes(draw: st.DrawFn) -> bytes:
    end = draw(st.sampled_from(["\n", "\r\n"]))
    mixed = draw(st.booleans())
    text = HEADER + end
    for line in draw(st.lists(LINES, max_size=8)):
        text += line + (draw(ENDS) if mixed else end)
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8", "cp1252"])))
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.sampled_from([b"\0", b"\xff", b'"', b"\r"])) + data[at:]
    return data


def same(a: RawTable, b: RawTable) -> None:
    assert list(a.columns) == list(b.columns)
    for field, column in a.columns.items():
        # The fast reader numbers what records are told apart by.
        assert column.type == (DICTIONARY if field in NUMBERED_FIELDS else b.columns[field].type)
        assert column.to_pylist() == b.columns[field].to_pylist()
    assert (a.rows is None) == (b.rows is None)
    assert a.rows is None or list(a.rows) == list(b.rows)
    assert a.rejects == b.rejects
    assert a.unknown_columns == b.unknown_columns


def both(data: bytes) -> None:
    layout = lay_out(data.decode("utf-8", "replace"), COLUMNS)
    assert layout is not None
    for damaged in (False, True):
        fast = read_fast(lambda: io.BytesIO(data), layout, "x", damaged=damaged)
        if currently_in_test_context():
            event(f"damaged={damaged}: " + ("read" if fast else "left to the slow reader"))
        if fast is not None:
            same(fast, read_slow(io.BytesIO(data), layout, "utf-8", "x"))


@ANYTHING
@given(csv_bytes())
def test_the_fast_reader_agrees_with_the_slow_one(data: bytes) -> None:
    both(data)


@ANYTHING
@given(csv_bytes(), st.integers(1, 40))
def test_they_agree_wherever_the_blocks_end(data: bytes, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", block)
        both(data)


@pytest.mark.parametrize("after", range(3))
def test_a_quoted_line_end_where_a_block_ends_is_seen(after: int) -> None:
    """pyarrow takes a block for a whole text, open quote and all."""
    lines = ["a,b,c,d,e"] * 8 + ['a,b,c,d,"e'] + ["a,b,c,d,e"] * after
    data = "\n".join([HEADER, *lines]).encode()
    for block in range(1, len(data) + 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_blocks, "BLOCK_BYTES", block)
            both(data)


@pytest.mark.parametrize("line", ["a,b,c,d,e", '"a,b",c,d,e', '"a",b,c,d,e', "", "x"])
def test_a_byte_order_mark_within_the_text_is_text(line: str) -> None:
    """pyarrow leaves out one at the start of what it is given, and so of a block."""
    data = "\n".join([HEADER, f"\ufeff{line}", "x", f"\ufeff\ufeff{line}", "a,b,c,d,e"]).encode()
    for block in range(1, len(data) + 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_blocks, "BLOCK_BYTES", block)
            both(data)


@ANYTHING
@given(csv_bytes())
def test_a_column_that_is_not_read_makes_no_difference(data: bytes) -> None:
    both(data.replace(b"Panorama Name", b"Colour", 1))


def test_well_formed_files_take_the_fast_reader() -> None:
    data = (HEADER + '\r\na@b.c,"x, ""y""",é,enrollment,2024-01-01\r\n').encode()
    layout = lay_out(HEADER, COLUMNS)
    assert layout is not None
    assert read_fast(lambda: io.BytesIO(data), layout, "x") is not None


def test_an_encoding_may_show_in_the_header_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    text = HEADER + ",Größe\na@b.c,p,t,enrollment,2024-01-01,x\n"
    path.write_bytes(text.encode("cp1252"))
    assert read(str(path)).unknown_columns == ["Größe"]


DAMAGED = st.one_of(
    st.lists(st.one_of(PLAIN, QUOTED), min_size=5, max_size=5).map(",".join),
    st.lists(st.one_of(PLAIN, QUOTED), max_size=8).map(",".join),
    st.sampled_from(["", " ", ",", ",,,,,,,", "a", '"a"', '"",a', "é,é"]),
)
"""Lines of which each is one record or none."""


@st.composite
def damaged_bytes(draw: st.DrawFn) -> bytes:
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = draw(st.lists(DAMAGED, min_size=1, max_size=12))
    text = end.join([HEADER, *lines]) + draw(st.sampled_from(["", end]))
    return text.encode()


def reads_the_same(data: bytes, block: int, *, damaged: bool = False) -> None:
    """The fast reader takes the text, damage and all, and agrees with the slow one."""
    layout = lay_out(HEADER, COLUMNS)
    assert layout is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", block)
        patch.setattr(csv_block, "_JUDGED", block // 4)
        fast = read_fast(lambda: io.BytesIO(data), layout, "x", damaged=damaged)
    assert fast is not None, "declined"
    same(fast, read_slow(io.BytesIO(data), layout, "utf-8", "x"))


@ANYTHING
@given(damaged_bytes(), st.integers(6, 300))
def test_damaged_lines_do_not_stop_the_fast_reader(data: bytes, block: int) -> None:
    reads_the_same(data, block)


@ANYTHING
@given(
    damaged_bytes(),
    st.integers(6, 300),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from([b"\0", b"\xff", b"\xc3", b"\xa9"]))),
)
def test_nor_do_bytes_that_are_no_text(
    data: bytes, block: int, marks: list[tuple[float, bytes]]
) -> None:
    head = data.find(b"\n") + 1 or len(data)
    for where, mark in marks if len(data) > head else ():
        at = head + round(where * (len(data) - head))
        # Within a line end, or beside a quote, it would make other lines of these.
        if data[at - 1 : at] not in (b"\r", b'"') and data[at : at + 1] != b'"':
            data = data[:at] + mark + data[at:]
    reads_the_same(data, block, damaged=True)


@ANYTHING
@given(csv_bytes(), st.integers(1, 40))
def test_who_reads_which_block_makes_no_difference(data: bytes, block: int) -> None:
    layout = lay_out(data.decode("utf-8", "replace"), COLUMNS)
    assert layout is not None
    tables = []
    for count in (1, 3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_blocks, "BLOCK_BYTES", block)
            patch.setattr(csv_fast, "workers", lambda count=count: count)
            patch.setattr(slices, "workers", lambda count=count: count)
            tables.append(read_fast(lambda: io.BytesIO(data), layout, "x", damaged=True))
    one, three = tables
    assert (one is None) == (three is None)
    if one is not None and three is not None:
        same(one, three)


def test_a_line_without_end_is_not_gathered() -> None:
    """It could be as long as the file."""
    layout = lay_out(HEADER, COLUMNS)
    assert layout is not None
    stream = io.BytesIO(HEADER.encode() + b"\n" + b"a" * (64 << 20))
    assert read_fast(lambda: closing_late(stream), layout, "x") is None
    assert stream.tell() < 16 << 20


def test_nothing_is_handed_out_after_a_stop_while_somebody_reads() -> None:
    """The rest could be hours of work, all of it in vain."""

    class StoppedWhileRead(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            stopper.start()
            stopper.join(0.05)
            return super().read(size)

    blocks = Blocks(StoppedWhileRead(b"a,b\n" * 100))
    stopper = threading.Thread(target=blocks.stop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", 10)
        blocks.fill(buffer := new_buffer())
        stopper.join()
        assert blocks.fill(buffer) is None


def closing_late(stream: io.BytesIO) -> io.BytesIO:
    """The stream, open after its reader is done with it."""
    stream.close = lambda: None  # type: ignore[method-assign]
    return stream


@pytest.mark.parametrize(
    "damage", [b"one,two\n", b"\n\n", b"\xff,,,,\n", b"\0,,,,\n", b'"a""b",c\n', b"a\n" * 50]
)
def test_a_damaged_report_never_sees_the_slow_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    good = "a@b.c,p,é,enrollment,2024-01-01\n".encode() * 20
    path = tmp_path / "r.csv"
    path.write_bytes(HEADER.encode() + b"\n" + good + damage + good)
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "read_fast", lambda *_, **__: None)
        slow = read(str(path))
    monkeypatch.delattr(delimited, "read_slow")
    same(read(str(path)), slow)
    assert slow.records == 40


@ANYTHING
@given(st.lists(st.lists(st.one_of(PLAIN, QUOTED), min_size=1, max_size=7), min_size=1))
def test_records_and_rejects_are_all_there_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("r") / "r.csv"
    lines = [",".join(row) for row in rows]
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    given_rows = {i for i, line in enumerate(lines, 2) if line}
    if not given_rows:
        return
    table = read(str(path))
    seen = range(2, table.records + 2) if table.rows is None else map(int, table.rows)
    assert {*seen, *(reject.row for reject in table.rejects)} == given_rows
    assert table.records + len(table.rejects) == len(given_rows)


STARTS = st.sampled_from(
    [
        b"",
        HEADER.encode() + b"\n",
        b"Email,Type,",
        b"[",
        b'[{"Email":',
        b'{"a":[',
        b"PAR1",
        b"PK\3\4",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
    ]
)
NAMES = st.sampled_from(["r.csv", "r.json", "r.jsonl", "r.xlsx", "r.parquet", "r"])


def survives(path: Path) -> None:
    problem, table = "", None
    try:
        table = read(str(path))
    except InputError as error:
        problem = str(error).removeprefix(str(path))
    assert "\n" not in problem
    if table is not None:
        assert len({len(column) for column in table.columns.values()}) == 1


@ANYTHING
@given(STARTS, st.binary(max_size=300), NAMES)
def test_no_bytes_raise_anything_but_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("r") / name
    path.write_bytes(start + rest)
    survives(path)


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "json", "csv.gz"])
@ANYTHING
@given(
    damage=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=4),
    cut=st.one_of(st.none(), st.floats(0, 1)),
)
def test_damage_raises_nothing_but_an_input_error(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    damage: list[tuple[float, int]],
    cut: float | None,
) -> None:
    data = bytearray(sound_file(kind))
    for where, byte in damage:
        data[int(where * len(data))] = byte
    path = tmp_path_factory.mktemp("r") / f"r.{kind}"
    path.write_bytes(data if cut is None else data[: int(cut * len(data))])
    survives(path)


def sound_file(kind: str) -> bytes:
    rows = [[f"a{i}@b.c", "p", "T", "enrollment", "2024-01-01"] for i in range(5)]
    names = HEADER.split(",")
    out = io.BytesIO()
    if kind == "xlsx":
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.Workbook()
        for row in [names, *rows]:
            book.active.append(row)
        book.save(out)
    elif kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = zip(*rows, strict=True)
        pq.write_table(pa.table(dict(zip(names, map(list, columns), strict=True))), out)
    elif kind == "json":
        import json

        out.write(json.dumps([dict(zip(names, row, strict=True)) for row in rows]).encode())
    else:
        out.write(gzip.compress("\n".join(",".join(r) for r in [names, *rows]).encode()))
    return out.getvalue()
