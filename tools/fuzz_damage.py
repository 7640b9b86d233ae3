"""Damage to the bytes of a report, drawn from a seeded source: the fuzzer's hands.

Pure: bytes in, bytes out. Text is damaged as text, and what is packed is often unpacked first,
since damage to a compressed stream alone never gets past its checksum.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["damaged"]

Damage = Callable[[bytes, random.Random, bytes], bytes]

_TOKENS = (
    b'"',
    b'""',
    b"'",
    b",",
    b";",
    b"\t",
    b"|",
    b"\n",
    b"\r",
    b"\r\n",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"=1+1",
    b"@",
    b"\x00",
    b"\x1b[31m",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xed\xa0\x80",
    b"\xc3\x28",
    b"\xf0\x9f\x92\xa9",
    b"\xe2\x80\xae",
    b"\xe2\x80\xa8",
    b"\xc2\xa0",
    b"\xc2\x85",
    b"e\xcc\x81",
    b"\\ud800",
    b"\\u0000",
    b"1e999",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"253402300800",
    b"-62135596801",
    b"9999-12-31T23:59:59+00:01",
    b"0001-01-01T00:00:00+23:59",
    b"1/2/2024",
    b"31/12/2024",
    b"2024-02-30",
    b"2024-03-04T09:00:60Z",
    b"24:00",
    b"enrollment",
    b"revoked_access",
    b"certificate_grant",
    b"manager_changed_status",
)
_ENCODINGS = ("utf-16-le", "utf-16-be", "utf-16", "cp1252", "utf-8-sig", "utf-32", "cp037")


def damaged(data: bytes, name: str, rng: random.Random, other: bytes) -> bytes:
    """Return the file damaged in one to four ways.

    Parameters
    ----------
    data, name:
        The whole file; the ending of its name tells how it is packed.
    rng:
        Decides everything.
    other:
        Another file, to splice from.
    """
    if rng.random() < 0.8:
        if name.endswith(".gz"):
            return gzip.compress(_several(gzip.decompress(data), rng, other), 1, mtime=0)
        if name.endswith(".zst"):
            plain = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
            return bytes(pa.compress(_several(plain, rng, other), codec="zstd", asbytes=True))
        if name.endswith(".xlsx"):
            return _workbook(data, rng, other)
        if name.endswith(".parquet"):
            return _parquet(data, rng)
    return _several(data, rng, other)


def _several(data: bytes, rng: random.Random, other: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        data = rng.choice(_WAYS)(data, rng, other)
    return data


def _span(data: bytes, rng: random.Random, most: int = 400) -> tuple[int, int]:
    low = rng.randrange(len(data) + 1)
    return low, min(len(data), low + rng.randrange(1, most))


def _flip(data: bytes, rng: random.Random, other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(data), rng.choice((1, 1, 2, 8, 64)))):
        changed[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random, other: bytes) -> bytes:
    low, high = _span(data, rng)
    return rng.choice((data[:low], data[low:], data[:low] + data[high:]))


def _repeat(data: bytes, rng: random.Random, other: bytes) -> bytes:
    low, high = _span(data, rng)
    return data[:high] + data[low:high] * rng.choice((1, 1, 3, 50)) + data[high:]


def _insert(data: bytes, rng: random.Random, other: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 3, 10))):
        place = rng.randrange(len(data) + 1)
        data = data[:place] + rng.choice(_TOKENS) + data[place:]
    return data


def _nulls(data: bytes, rng: random.Random, other: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + b"\0" * rng.choice((1, 2, 100, 5000)) + data[place:]


def _huge(data: bytes, rng: random.Random, other: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    size = rng.choice((20, 400, 5000, 70_000))
    return data[:place] + rng.choice((b"9", b"-9", b"a", b'"', b"[")) * size + data[place:]


def _mix_encodings(data: bytes, rng: random.Random, other: bytes) -> bytes:
    low, high = _span(data, rng, 4000)
    part = data[low:high].decode("utf-8", "replace").encode(rng.choice(_ENCODINGS), "replace")
    return rng.choice((data[:low] + part + data[high:], part))


def _splice(data: bytes, rng: random.Random, other: bytes) -> bytes:
    low, high = _span(other, rng, 3000)
    place = rng.randrange(len(data) + 1)
    return data[:place] + other[low:high] + data[place:]


def _swap_cells(data: bytes, rng: random.Random, other: bytes) -> bytes:
    mark = rng.choice((b",", b";", b"\t", b"|", b'"', b":"))
    cells = data.split(mark)
    for _ in range(rng.choice((1, 2, 20))):
        first, second = rng.randrange(len(cells)), rng.randrange(len(cells))
        cells[first], cells[second] = cells[second], cells[first]
    return mark.join(cells)


def _shuffle_lines(data: bytes, rng: random.Random, other: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if rng.random() < 0.5:
        rng.shuffle(lines)
    else:
        lines = [line for line in lines for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    return b"".join(lines)


def _blank_cells(data: bytes, rng: random.Random, other: bytes) -> bytes:
    cells = data.split(b",")
    return b",".join(b"" if rng.random() < 0.05 else cell for cell in cells)


def _line_ends(data: bytes, rng: random.Random, other: bytes) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n", b"\n\r", b"", b"\x85")))


_WAYS: tuple[Damage, ...] = (
    _flip,
    _flip,
    _cut,
    _repeat,
    _insert,
    _insert,
    _nulls,
    _huge,
    _mix_encodings,
    _splice,
    _swap_cells,
    _swap_cells,
    _shuffle_lines,
    _blank_cells,
    _line_ends,
)


def _workbook(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """Damage one or two members of the archive, and pack it again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in rng.sample(sorted(members), rng.choice((1, 2))):
        members[name] = _several(members[name], rng, other)
    if rng.random() < 0.1:
        del members[rng.choice(sorted(members))]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=zlib.Z_BEST_SPEED) as out:
        for name, content in members.items():
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _parquet(data: bytes, rng: random.Random) -> bytes:
    """Change the table's columns, types or names, and write it again."""
    table = pq.read_table(io.BytesIO(data))
    rows = len(table)
    columns: dict[str, pa.Array] = dict(zip(table.column_names, table.columns, strict=True))
    name = rng.choice(sorted(columns))
    strange: tuple[pa.Array, ...] = (
        pa.nulls(rows),
        pa.array([rng.randrange(-(2**63), 2**63) for _ in range(rows)], pa.int64()),
        pa.array([rng.choice((0.0, -1e300, float("nan"), 1.7e12)) for _ in range(rows)]),
        pa.array([[1, 2]] * rows),
        pa.array([{"a": 1}] * rows),
        pa.array([rng.randbytes(4) for _ in range(rows)], pa.binary()),
        pa.array([rng.randrange(-(2**63), 2**63) for _ in range(rows)], pa.timestamp("ns")),
        pa.array([rng.randrange(-(2**53), 2**53) for _ in range(rows)], pa.timestamp("s", "UTC")),
        pa.array([rng.randrange(2**31) for _ in range(rows)], pa.date32()),
        pa.array([rng.random() < 0.5 for _ in range(rows)]),
        pa.array([rng.choice((None, "", "\0", "x" * 9000)) for _ in range(rows)], pa.string()),
        columns[rng.choice(sorted(columns))],
    )
    columns[name] = rng.choice(strange)
    if rng.random() < 0.2:
        del columns[rng.choice(sorted(columns))]
    names = [rng.choice(_TOKENS).hex() if rng.random() < 0.03 else each for each in columns]
    sink = io.BytesIO()
    pq.write_table(pa.table(list(columns.values()), names=names), sink)
    return sink.getvalue()
