"""No text of a CSV can become a formula, however its sign is written and whatever stands before."""

from __future__ import annotations

import io
import sys
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columns.formulas import SIGNS, defused, is_formula, is_marked, without_mark
from engine.columns.frame import Frame, Numbers, text_column
from engine.report.write import write_frame

INVISIBLE = "".join(
    each
    for each in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(each) in ("Cc", "Cf", "Zs", "Zl", "Zp")
)
LED = st.builds(
    "".join,
    st.tuples(
        st.text(st.sampled_from(INVISIBLE + "\ufe0f\u034f\u3164\U000e0101\u180c"), max_size=3),
        st.sampled_from([*SIGNS, "", "'", "a", "≠", "–"]),
        st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=4),
    ),
)


@settings(deadline=None)  # The first call loads libraries.
@given(st.lists(LED | st.text(st.characters(exclude_categories=("Cs", "Cn")))))
def test_the_pattern_marks_what_the_plain_reading_marks(cells: list[str]) -> None:
    marked = defused(pa.array(cells, pa.string())).to_pylist()
    assert marked == [f"'{cell}" if is_marked(cell) else cell for cell in cells]
    assert not any(map(is_formula, marked))


def test_every_character_alone_is_judged_alike_by_both() -> None:
    every = [
        each + "=1"
        for each in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(each) != "Cs"
    ]
    marked = defused(pa.array(every, pa.string())).to_pylist()
    assert [
        cell for cell, now in zip(every, marked, strict=True) if (cell != now) != is_marked(cell)
    ] == []


@given(LED)
def test_the_mark_is_taken_away_again(cell: str) -> None:
    for each in (cell, f"'{cell}", f"''{cell}"):
        (marked,) = defused(pa.array([each], pa.string())).to_pylist()
        assert without_mark(marked) == each


def test_every_character_that_becomes_a_sign_by_normalisation_counts() -> None:
    signs = [
        each
        for each in map(chr, range(sys.maxunicode + 1))
        if unicodedata.normalize("NFKC", each).startswith(("=", "+", "-", "@"))
    ]
    assert set(signs) <= set(SIGNS)
    assert set("﹢﹣﹦﹫＋－＝＠−⁺⁻⁼₊₋₌") <= set(SIGNS)


@pytest.mark.parametrize(
    "lead", ["", "\u200b", "\ufeff", "\u00a0", "\u202e", "\t", "\r", "\n", "\x00"]
)
@pytest.mark.parametrize("sign", [*SIGNS])
def test_a_csv_has_the_mark_and_its_numbers_none(lead: str, sign: str) -> None:
    import numpy as np

    frame = Frame({"a": text_column([f"{lead}{sign}1"]), "n": Numbers(np.array([-1]))}, 1)
    out = io.BytesIO()
    write_frame(frame, "csv", out)
    assert out.getvalue().decode() == f'"a","n"\n"\'{lead}{sign}1",-1\n'
