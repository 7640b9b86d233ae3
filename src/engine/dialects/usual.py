"""The dialect that a report is taken for, under short names: for code that writes such reports
(synthesis, examples, the testing kit) or knows one event alone and no report."""

from __future__ import annotations

from typing import Final

from engine.dialects import shipped
from engine.dialects.dialect import Classified, Pair

__all__ = ["PAIRS", "REPORT_COLUMNS", "TYPES", "USUAL", "classify"]

USUAL: Final = shipped()

PAIRS: Final[tuple[Pair, ...]] = USUAL.listed
"""The 54 documented pairs, in the order in which they are published."""

TYPES: Final[tuple[str, ...]] = USUAL.types

REPORT_COLUMNS: Final = tuple(
    USUAL.columns.names[field][0]
    for field in (
        "email",
        "panorama",
        "content_type",
        "content_title",
        "type",
        "source",
        "timestamp",
    )
)
"""The columns of a report as its header names them, in their order."""


def classify(type_: str, source: str) -> Classified:
    """Return :meth:`engine.dialects.dialect.Dialect.classify` of this dialect."""
    return USUAL.classify(type_, source)
