"""Cells that a spreadsheet could take for formulas, and the apostrophe that keeps it from doing so.

A spreadsheet, or what cleans a file on its way there, may drop what cannot be seen and turn a sign
of another width or height into the plain one (Unicode's NFKC does), so what stands before the sign
is looked through and every such sign counts. A text that is one behind apostrophes gets one more,
so that what was written can be told from what was there.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import pyarrow as pa

from engine.columns.arrow import text

__all__ = ["SIGNS", "defused", "is_formula", "is_marked", "without_mark"]

SIGNS: Final = "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−﬩⩵⩶"
"""The plain signs; wide, small, raised and lowered ones; the minus of mathematics; a Hebrew plus;
two and three equals signs in one character."""

_BLANK: Final = (
    ("\u034f", "\u034f"),
    ("\u115f", "\u1160"),
    ("\u17b4", "\u17b5"),
    ("\u180b", "\u180f"),
    ("\u2065", "\u2065"),
    ("\u2800", "\u2800"),
    ("\u3164", "\u3164"),
    ("\ufe00", "\ufe0f"),
    ("\uffa0", "\uffa0"),
    ("\ufff0", "\ufff8"),
    ("\U00013430", "\U0001343f"),
    ("\U000e0000", "\U000e0fff"),
)
"""First and last of characters that show nothing: what Unicode says may be left out of sight,
blanks that are no spaces, and format characters that not every table of Unicode knows yet."""

_UNSEEN: Final = r"\p{Cc}\p{Cf}\p{Z}" + "".join(f"{low}-{high}" for low, high in _BLANK)

_FORMULA: Final = rf"^'*(?:[\t\r\n]|[{_UNSEEN}]*[{SIGNS.replace('-', '')}-])"


def defused(texts: pa.StringArray) -> pa.StringArray:
    """Put an apostrophe before each text that a spreadsheet could take for a formula."""
    import pyarrow.compute as pc

    suspicious = pc.match_substring_regex(texts, _FORMULA)
    mark, nothing = (text(each).cast(texts.type) for each in ("'", ""))
    return pc.if_else(suspicious, pc.binary_join_element_wise(mark, texts, nothing), texts)


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula."""
    if cell.startswith(("\t", "\r", "\n")):
        return True
    shown = next((each for each in cell if not _invisible(each)), "")
    return shown != "" and shown in SIGNS


def is_marked(cell: str) -> bool:
    """Tell whether :func:`defused` marks a text; the slow twin of its pattern."""
    return is_formula(cell.lstrip("'"))


def without_mark(cell: str) -> str:
    """Take away the apostrophe that :func:`defused` put before a text."""
    return cell[1:] if cell.startswith("'") and is_marked(cell) else cell


def _invisible(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        return True
    return any(low <= character <= high for low, high in _BLANK)
