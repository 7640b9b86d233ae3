"""Sorting, gathering and numbering: the fast ways are the plain ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.columns import kernels, parted, slices, texts
from engine.columns.order import stable_argsort
from engine.columns.slices import gather, sliced
from engine.columns.texts import combined, distinct, fold_case, normalised, tidy

THOROUGH = settings(max_examples=200, deadline=None)
INT64 = 2**63 - 1


@contextmanager
def small(slice_: int = 1 << 18, dense: int = 1 << 23, many: int = 1 << 18) -> Iterator[None]:
    """The limits from which on work is split or done differently, small enough to be met."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", slice_)
        patch.setattr(texts, "_DENSE", dense)
        patch.setattr(texts, "_MANY", many)
        patch.setattr(slices, "workers", lambda: 2)
        patch.setattr(texts, "workers", lambda: 2)
        yield


KEYS = st.one_of(
    st.lists(st.integers(0, 5), max_size=40),
    st.lists(st.integers(0, INT64), max_size=40),
    st.lists(st.sampled_from([0, 1, 2**57, 2**58, 2**62, INT64]), max_size=40),
)


@THOROUGH
@example([], 1)
@example([INT64], 1)
@example([0, 0], 1)
@given(KEYS, st.integers(1, 10))
def test_stable_argsort_is_that_of_numpy(keys: list[int], slice_: int) -> None:
    array = np.array(keys, np.int64)
    with small(slice_):
        order, ordered = stable_argsort(array)
    assert order.tolist() == np.argsort(array, kind="stable").tolist()
    assert ordered.tolist() == sorted(keys)
    assert array.tolist() == keys


@THOROUGH
@given(st.integers(1, 62), st.integers(1, 70))
def test_stable_argsort_where_key_and_position_just_fit_or_do_not(bits: int, count: int) -> None:
    keys = np.array([(2**bits - 1) - (n % 3) for n in range(count)], np.int64)
    order, ordered = stable_argsort(np.abs(keys))
    assert order.tolist() == np.argsort(np.abs(keys), kind="stable").tolist()
    assert ordered.tolist() == np.sort(np.abs(keys)).tolist()


@THOROUGH
@given(st.integers(0, 50), st.integers(1, 60))
def test_slices_are_the_whole_once(length: int, slice_: int) -> None:
    seen: list[int] = []
    with small(slice_):
        sliced(length, lambda part: seen.extend(range(part.start, part.stop)))
    assert sorted(seen) == list(range(length))


@THOROUGH
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=20), st.data(), st.integers(1, 8))
def test_gather_is_indexing(values: list[int], data: st.DataObject, slice_: int) -> None:
    index = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=40))
    with small(slice_):
        found = gather(np.array(values, np.int16), np.array(index, np.int32))
        wide = gather(np.array(values, np.int16), np.array(index, np.int32), np.int64)
    assert found.tolist() == wide.tolist() == [values[each] for each in index]
    assert (found.dtype, wide.dtype) == (np.int16, np.int64)


@THOROUGH
@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.data(),
    st.sampled_from([0, 1 << 23]),
    st.integers(1, 8),
)
def test_combined_numbers_pairs(
    majors: int, minors: int, data: st.DataObject, dense: int, slice_: int
) -> None:
    pairs = data.draw(
        st.lists(st.tuples(st.integers(0, majors - 1), st.integers(0, minors - 1)), max_size=30)
    )
    major, minor = (np.array([pair[n] for pair in pairs], np.int32) for n in (0, 1))
    with small(slice_, dense):
        codes, keys = combined(major, majors, minor, minors)
    present = sorted({a * minors + b for a, b in pairs})
    assert keys.tolist() == present
    assert codes.tolist() == [present.index(a * minors + b) for a, b in pairs]
    assert codes.dtype == np.int32


def test_combined_where_the_product_does_not_fit_into_32_bits() -> None:
    # 65536 · 65536 is 0 in 32 bits: both pairs would be one.
    wide = 1 << 17
    major, minor = np.array([0, 65536, 32768], np.int32), np.array([5, 5, 5], np.int32)
    codes, keys = combined(major, wide, minor, wide)
    assert keys.tolist() == [5, 32768 * wide + 5, 65536 * wide + 5]
    assert codes.tolist() == [0, 2, 1]


CELLS = st.lists(st.one_of(st.none(), st.text("ab\u0301é ", max_size=3)), max_size=12)
CHUNKS = st.lists(st.tuples(CELLS, st.booleans()), max_size=5)


def arrow(cells: Sequence[str | None], dictionary: bool) -> pa.Array:
    array = pa.array(cells, pa.string())
    if dictionary:
        return array.dictionary_encode().cast(pa.dictionary(pa.int32(), pa.string()))
    return array


@THOROUGH
@given(CHUNKS, st.sampled_from([0, 1 << 18]))
def test_distinct_numbers_texts(chunks: list[tuple[list[str | None], bool]], many: int) -> None:
    with small(many=many):
        codes, values = distinct([arrow(cells, dictionary) for cells, dictionary in chunks])
    cells = [cell or "" for chunk, _ in chunks for cell in chunk]
    known = values.to_pylist()
    assert [known[code] for code in codes] == cells
    assert len(known) == len(set(known)), "numbers are equal if and only if the texts are"


@THOROUGH
@given(CHUNKS, st.integers(0, 5), st.integers(0, 5))
def test_distinct_of_parts_of_arrays(
    chunks: list[tuple[list[str | None], bool]], skipped: int, taken: int
) -> None:
    parts = [arrow(*chunk).slice(skipped, taken) for chunk in chunks]
    codes, values = distinct(parts)
    known = values.to_pylist()
    expected = [cell or "" for chunk, _ in chunks for cell in chunk[skipped : skipped + taken]]
    assert [known[code] for code in codes] == expected


@THOROUGH
@given(st.lists(st.text(max_size=6), min_size=1, max_size=12))
def test_rules_do_to_all_texts_what_they_do_to_one(cells: list[str]) -> None:
    codes, values = distinct([arrow(cells, False)])
    for rule in (tidy, fold_case):
        changed_codes, changed = normalised(codes, values, rule)
        known = changed.to_pylist()
        alone = [rule(arrow([cell], False))[0].as_py() for cell in cells]
        assert [known[code] for code in changed_codes] == alone
        assert len(known) == len(set(known))


@THOROUGH
@given(st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=8))
def test_ascii_takes_a_short_cut_to_the_same_text(text: str) -> None:
    # The accent forces the long way for the text beside it.
    for rule in (tidy, fold_case):
        alone = rule(arrow([text], False))[0].as_py()
        beside = rule(arrow([text, "é"], False))[0].as_py()
        assert alone == beside


# Some that differ only behind the words that are looked at, or only where those overlap.
LONG = st.builds(
    lambda start, size, end: (start * 40)[:size] + end,
    st.sampled_from(["a", "ab", "abcdefg"]),
    st.integers(0, 40),
    st.sampled_from(["", "x", "y", "é"]),
)


@THOROUGH
@example([["aaaa", "aaab", "aaac"], ["aaaa"]], 0, [])
@given(
    st.lists(st.lists(LONG, max_size=20), max_size=7), st.integers(0, 3), st.lists(st.integers(0))
)
def test_texts_numbered_in_parts_are_those_numbered_at_once(
    blocks: list[list[str]], skipped: int, turns: list[int]
) -> None:
    chunks = [pa.array(block, pa.string())[skipped:] for block in blocks]
    waiting = list(enumerate(chunks))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parted, "_STEP", 3)
        patch.setattr(parted, "_BATCH", 2)
        numbering, in_turn = parted.Numbering(), parted.Numbering()
        for number, chunk in waiting:
            in_turn.add(number, [parted.part_texts(chunk)])
        for turn in [*turns, *([0] * len(chunks))][: len(chunks)]:
            number, chunk = waiting.pop(turn % len(waiting))
            numbering.add(number, [parted.part_texts(chunk)])
        codes, found = numbering.finish()
        codes_in_turn, found_in_turn = in_turn.finish()
    assert codes.tolist() == codes_in_turn.tolist()
    assert found.equals(found_in_turn)
    plain, plain_texts = distinct(chunks)
    assert found.take(pa.array(codes)).to_pylist() == plain_texts.take(pa.array(plain)).to_pylist()
    assert sorted(found.to_pylist()) == sorted(plain_texts.to_pylist())


@THOROUGH
@given(st.lists(LONG, max_size=30), st.integers(0, 3), LONG)
def test_a_text_found_in_its_part_is_the_first_of_all(
    cells: list[str], skipped: int, wanted: str
) -> None:
    array = pa.array(cells, pa.string())[skipped:]
    finder = parted.Finder(array)
    for text in [*cells, wanted, ""]:
        assert finder.position(text) == kernels.position(array, text)
