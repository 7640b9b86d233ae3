"""Timestamps of every form understood ↔ instants: the one place to import them from.

An instant is an int: microseconds since 1970-01-01T00:00:00Z.
"""

from engine.intake.timestamp_columns import parse_column
from engine.intake.timestamp_output import format_utc, format_utc_column
from engine.intake.timestamp_rules import DateOrder, TimestampRules
from engine.intake.timestamp_text import column_date_order, parse_instant, parse_text

__all__ = [
    "DateOrder",
    "TimestampRules",
    "column_date_order",
    "format_utc",
    "format_utc_column",
    "parse_column",
    "parse_instant",
    "parse_text",
]
