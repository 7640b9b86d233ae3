"""Findings as sentences, from plain strings, so that equal findings share one text."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from engine.dialects.dialect import Classified, canonical
from engine.dialects.usual import TYPES
from engine.rules.phrases import PHRASES
from engine.rules.rule import RowRule, SequenceRule, Severity

__all__ = ["clause", "either", "happened", "quote", "row_sentence", "sentence", "type_name"]

_LONGEST = 160
_LONGEST_QUOTE = 32

_CAUSES = {
    "certify_for_course_purchase": "purchase of the content",
    "certify_for_collection_purchase": "purchase of a collection",
    "certify_for_manager_enrolment": "enrolment by a manager",
    "certify_for_manager_completion": "completion set by a manager",
}


def sentence(
    rule: SequenceRule, *, type: str, source: str, action: str, before: tuple[str, ...]
) -> str:
    """Say a sequence finding (S codes) in one sentence of at most 160 characters.

    Parameters
    ----------
    type, source:
        The event's, as the report spells them.
    action:
        Its action, as semantics.md §3 names it.
    before:
        The statuses that the record may have had before the event.
    """
    quoted = _cause(type, source)
    if rule.whole:
        return rule.whole.format(source=quoted)
    said = (rule.again and action in PHRASES and PHRASES[action].again) or clause(action, type)
    event = f"{said} ({quoted})"
    if rule.speaks_of and len(before) > 1:
        return _in_every_status(rule, event, before)
    if rule.where_revoked is not None and before == ("revoked",):
        return f"{event}{rule.where_revoked.reason}."
    return f"{event}{rule.reason.format(cause=_CAUSES.get(action, 'such cause'))}."


def clause(action: str, type: str) -> str:
    """Return the beginning of a sentence on an event of this action."""
    if action == "scorm_progress" and canonical(type) not in TYPES:
        return "Progress was reported"
    phrases = PHRASES.get(action)
    return phrases.clause if phrases else f"A row of type {quote(type)} was recorded"


def happened(pair: Classified) -> str:
    """Return the beginning of a sentence on an event of this type and source."""
    return _happened("" if pair.action is None else pair.action.label, pair.type, pair.source)


@functools.lru_cache(maxsize=256)
def _happened(action: str, type: str, source: str) -> str:
    """A thousand findings have a few dozen pairs among them."""
    return f"{clause(action, type)} ({_cause(type, source)})"


def _cause(type: str, source: str) -> str:
    """Return a row's Source; of another platform's row its kind, which says most, and its cause."""
    if not type or canonical(type) in TYPES:
        return quote(source) or "no source"
    return f"{quote(type, 20)}, {quote(source, 16)}" if source.strip() else quote(type)


def _in_every_status(rule: SequenceRule, event: str, before: tuple[str, ...]) -> str:
    """Say that no status which the record may have had excuses the event.

    The statuses are listed only if all of them fit, for a list cut short would read as a
    complete one.
    """
    verdict = "impossible" if rule.severity is Severity.ERROR else "suspicious at best"
    words = [status.replace("_", " ") for status in before]
    listing = f"{', '.join(words[:-1])} or {words[-1]}"
    full = f"{event}, which is {verdict} whether the record was {listing}."
    if len(full) <= _LONGEST:
        return full
    return f"{event}, which is {verdict} in every status the record may have had."


def row_sentence(rule: RowRule, detail: str) -> str:
    """Say a row finding (R codes) in one sentence of at most 160 characters.

    ``detail`` is what the row alone knows: of a row that cannot be read what is wrong with it
    ("has 5 cells, the header has 7"), of one that lacks fields which ("email"), of a duplicate the
    row that it repeats ("row 12"), of the others the offending cell.
    """
    room = _LONGEST - len(rule.message) + len("{}")
    quoted = quote(detail.removesuffix(".") if rule.message.endswith("{}.") else detail, room)
    return rule.message.format(quoted) if quoted else rule.message_without


def quote(text: str, room: int = _LONGEST_QUOTE) -> str:
    """Make a cell fit for a sentence: one line, nothing unprintable, not too long."""
    if len(text) <= room and text.isprintable() and "  " not in text and text == text.strip():
        return text  # As most are, and there may be a million.
    line = " ".join(text.split())
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return line if len(line) <= room else line[: room - 1] + "…"


def type_name(name: str) -> str:
    """Return a content type as a sentence speaks of it."""
    return f'"{quote(name)}"' if name else "content without a type"


def either(statuses: Sequence[str]) -> str:
    """Return statuses as a sentence speaks of them, whichever it is."""
    return " or ".join(status.replace("_", " ") for status in statuses)
