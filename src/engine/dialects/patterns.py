"""Regular expressions of dialects: RE2, which takes time in proportion to the text, whatever the
expression. Loaded only where a dialect has one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["fault_of_pattern", "fault_of_rewriting", "group_of", "matching", "rewritten"]


def fault_of_pattern(pattern: str, group: str | None) -> str | None:
    """Return what is wrong with a pattern, or with the group asked of it, one clause."""
    try:
        found = pc.match_substring_regex(pa.array([""]), pattern)
        if group is not None:
            found = pc.extract_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        reason = str(error).rpartition(": ")[2]
        if group is not None and "named" in str(error):
            return "every group of 'match' must have a name, as in (?P<name>…)"
        return f"'match' is no regular expression that is read in linear time ({reason})"
    if group is not None and group not in [field.name for field in found.type]:
        return f"'match' has no group {group!r}"
    return None


def fault_of_rewriting(pattern: str, to: str) -> str | None:
    """Return what is wrong with a pattern or with what is to stand in its place, one clause."""
    try:
        rewritten(pa.array([""]), pattern, to)
    except pa.ArrowInvalid as error:
        reason = str(error).rpartition(": ")[2]
        return f"'match' and 'to' are no regular expression and its replacement ({reason})"
    return None


def rewritten(texts: pa.Array, pattern: str, to: str) -> pa.Array:
    """Return the texts with what fits a pattern replaced; ``\\1`` stands for the first group."""
    return pc.replace_substring_regex(texts, pattern, to)


def matching(texts: pa.Array, pattern: str) -> pa.BooleanArray:
    """Return which texts fit a pattern; null where there is no text."""
    return pc.match_substring_regex(texts, pattern)


def group_of(texts: pa.Array, pattern: str, group: str) -> pa.StringArray:
    """Return a named group of each text, null where it does not fit."""
    return pc.struct_field(pc.extract_regex(texts, pattern), group)
