"""Timestamps of every form understood ↔ instants: the one place to import them from.

An instant is an int: microseconds since 1970-01-01T00:00:00Z.
"""

from engine.instants.columns import parse_column
from engine.instants.rules import DateOrder, TimestampRules
from engine.instants.text import (
    FIRST_INSTANT,
    LAST_INSTANT,
    column_date_order,
    parse_instant,
    parse_text,
)
from engine.instants.writing import format_utc, format_utc_column

__all__ = [
    "FIRST_INSTANT",
    "LAST_INSTANT",
    "DateOrder",
    "TimestampRules",
    "column_date_order",
    "format_utc",
    "format_utc_column",
    "parse_column",
    "parse_instant",
    "parse_text",
]
