"""Sizes as options take them."""

from __future__ import annotations

import click
import pytest

from engine.cli.sizes import Size


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("500MB", 500_000_000),
        ("1GB", 10**9),
        ("1 gb", 10**9),
        ("2GiB", 2 * 2**30),
        ("1.5G", 1_500_000_000),
        ("0.5gib", 2**29),
        ("64000kB", 64_000_000),
        ("1TiB", 2**40),
        ("123456789", 123_456_789),
        ("123456789 B", 123_456_789),
    ],
)
def test_sizes(written: str, size: int) -> None:
    assert Size().convert(written, None, None) == size


@pytest.mark.parametrize(
    "written",
    [
        "",
        "GB",
        "-1GB",
        "1e9",
        "1 000MB",
        "nan",
        "inf",
        "1XB",
        "1ib",
        "٣GB",
        "1GBB",
        "9" * 400,
        "1,5GB",
    ],
)
def test_what_is_no_size(written: str) -> None:
    with pytest.raises(click.BadParameter, match="is no size; write it as 500MB, 1GB or 2GiB"):
        Size().convert(written, None, None)


@pytest.mark.parametrize("written", ["0", "49.9MB", "1001TB", "999999999999999TiB"])
def test_out_of_bounds(written: str) -> None:
    with pytest.raises(click.BadParameter, match="from 50 MB to 1,000 TB"):
        Size().convert(written, None, None)
