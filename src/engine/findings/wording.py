"""Findings as sentences, from plain strings, so that equal findings share one text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ACTION_PHRASES", "clause", "quote", "row_sentence", "sentence"]

_LONGEST = 160
_LONGEST_QUOTE = 32

ACTION_PHRASES: Mapping[str, str] = MappingProxyType(
    {
        "enrol_by_course_purchase": "enrolled by purchase",
        "enrol_by_collection_purchase": "enrolled by purchase of a collection",
        "enrol_by_manager": "enrolled by a manager",
        "enrol": "enrolled",
        "enrol_echo": "status set by an enrolment",
        "start": "started",
        "scorm_progress": "SCORM progress reported",
        "complete": "completed",
        "attend": "webinar attended",
        "recertify": "recertification completed",
        "set_not_started": "set to not started by a manager",
        "set_started": "set to started by a manager",
        "set_completed": "set to completed by a manager",
        "import_not_started": "set to not started by an import",
        "import_started": "set to started by an import",
        "import_completed": "set to completed by an import",
        "set_unknown": "status changed, to what is not said",
        "certify_for_completion": "certificate granted on completion",
        "certify_for_exam": "certificate granted for an exam or survey",
        "certify_by_grant": "certificate granted",
        "certify_for_course_purchase": "certificate granted on purchase",
        "certify_for_collection_purchase": "certificate granted on purchase of a collection",
        "certify_for_manager_enrolment": "certificate granted on enrolment by a manager",
        "certify_for_manager_completion": "certificate granted on completion by a manager",
        "revoke": "access revoked",
    }
)
"""Action → short phrase, for a timeline. The actions are those of semantics.md §3."""

_CLAUSES = {
    "enrol_by_course_purchase": "The learner was enrolled by a purchase",
    "enrol_by_collection_purchase": "The learner was enrolled by a collection's purchase",
    "enrol_by_manager": "The learner was enrolled by a manager",
    "enrol": "The learner was enrolled",
    "enrol_echo": "The status was set by an enrolment",
    "start": "The content was started",
    "scorm_progress": "SCORM progress was reported",
    "complete": "The content was completed",
    "attend": "The webinar was attended",
    "recertify": "A recertification was completed",
    "set_not_started": "A manager set the status to not started",
    "set_started": "A manager set the status to started",
    "set_completed": "A manager set the status to completed",
    "import_not_started": "An import set the status to not started",
    "import_started": "An import set the status to started",
    "import_completed": "An import set the status to completed",
    "set_unknown": "The status was changed",
    "certify_for_completion": "A certificate was granted on completion",
    "certify_for_exam": "A certificate was granted for an exam or survey",
    "certify_by_grant": "A certificate was granted",
    "certify_for_course_purchase": "A certificate was granted on purchase",
    "certify_for_collection_purchase": "A certificate was granted on a collection's purchase",
    "certify_for_manager_enrolment": "A certificate was granted on enrolment by a manager",
    "certify_for_manager_completion": "A certificate was granted on completion by a manager",
    "revoke": "Access was revoked",
}

_AGAIN = {
    "start": "The content was started again",
    "complete": "The content was completed again",
    "attend": "The webinar was attended again",
    "revoke": "Access was revoked again",
}

# Not S204 and S301: what came before may have been a manager's doing, or is merely assumed.
_REPETITIONS = frozenset({"S202", "S203", "S205"})

# What follows "<clause> (<source>)".
_REASONS = {
    "S101": " although no enrolment comes before it",
    "S102": " after access was revoked",
    "S103": " although no completion comes before it",
    "S104": ", but the current enrolment shows no {cause}",
    "S105": " although no enrolment comes before it",
    "S106": " after a completion by the learner that has no start on record",
    "S107": " although no completion comes before it",
    "S108": " although no enrolment comes before it",
    "S201": " although no start is on record since the enrolment or the last reset",
    "S202": " although it was already completed",
    "S203": " although it was already started",
    "S204": " although it was already completed",
    "S205": " although it was already revoked",
    "S206": " although a certificate was already held",
    "S207": " after access was revoked",
    "S208": " although no enrolment comes before it",
    "S209": " although every earlier completion was reset or is of a past enrolment",
    "S301": " while access was already active",
    "S302": " although it was that already",
    "S303": ", but the report does not say to what",
}

_CAUSES = {
    "certify_for_course_purchase": "purchase of the content",
    "certify_for_collection_purchase": "purchase of a collection",
    "certify_for_manager_enrolment": "enrolment by a manager",
    "certify_for_manager_completion": "completion set by a manager",
}

# The one status that a code's reason speaks of. If the record may have had another one too, a
# different code holds there, and the reason alone would claim too much.
_SPEAKS_OF = {
    "S101": "not_enrolled",
    "S102": "revoked",
    "S201": "enrolled",
    "S206": "certified",
    "S207": "revoked",
    "S208": "not_enrolled",
}


def sentence(code: str, *, type: str, source: str, action: str, before: tuple[str, ...]) -> str:
    """Say a sequence finding (S1xx to S3xx) in one sentence of at most 160 characters.

    Parameters
    ----------
    type, source:
        The event's, as the report spells them.
    action:
        Its action, as semantics.md §3 names it.
    before:
        The statuses that the record may have had before the event.
    """
    quoted = quote(source) or "no source"
    if code == "S304":
        return (
            f"More than eight events share the moment of this one ({quoted}), "
            "so their order was not searched."
        )
    happened = clause(action, type)
    if code in _REPETITIONS:
        happened = _AGAIN.get(action, happened)
    event = f"{happened} ({quoted})"
    if code in _SPEAKS_OF and len(before) > 1:
        return _in_every_status(code, event, before)
    if code == "S208" and before == ("revoked",):
        return f"{event}{_REASONS['S207']}."
    return f"{event}{_REASONS[code].format(cause=_CAUSES.get(action, 'such cause'))}."


def clause(action: str, type: str) -> str:
    """Return the beginning of a sentence on an event of this action."""
    return _CLAUSES.get(action) or f"A row of type {quote(type)} was recorded"


def _in_every_status(code: str, event: str, before: tuple[str, ...]) -> str:
    """Say that no status which the record may have had excuses the event.

    The statuses are listed only if all of them fit, for a list cut short would read as a
    complete one.
    """
    verdict = "impossible" if code.startswith("S1") else "suspicious at best"
    words = [status.replace("_", " ") for status in before]
    listing = f"{', '.join(words[:-1])} or {words[-1]}"
    full = f"{event}, which is {verdict} whether the record was {listing}."
    if len(full) <= _LONGEST:
        return full
    return f"{event}, which is {verdict} in every status the record may have had."


# Code → the sentence with the row's detail, and the sentence where there is none.
_ROW_SENTENCES = {
    "R001": (
        "The record cannot be read: it {}.",
        "The record cannot be read.",
    ),
    "R002": (
        "The row lacks a needed field: {}.",
        "The row lacks a needed field.",
    ),
    "R003": (
        'The type "{}" is none of enrollment, status_change, revoked_access, certificate_grant.',
        "The row has no type.",
    ),
    "R004": (
        'The source "{}" is not a known one, so the row acts by its type alone.',
        "The row has no source, so it acts by its type alone.",
    ),
    "R005": (
        'The timestamp "{}" is not a date and time that can be read.',
        "The row has no timestamp.",
    ),
    "R006": (
        'The timestamp "{}" is later than the moment of the audit.',
        "The timestamp is later than the moment of the audit.",
    ),
    "R007": (
        "The row repeats an earlier one ({}), and the two count as one event.",
        "The row repeats an earlier one, and the two count as one event.",
    ),
    "R008": (
        'The source "{}" belongs to another type, so the row acts by its type alone.',
        "The source belongs to another type, so the row acts by its type alone.",
    ),
}


def row_sentence(code: str, detail: str) -> str:
    """Say a row finding (R0xx) in one sentence of at most 160 characters.

    ``detail`` is what the row alone knows: for R001 what is wrong with it ("has 5 cells, the
    header has 7"), for R002 the missing fields ("email"), for R007 the row that it repeats
    ("row 12"), for the others the offending cell.
    """
    with_detail, without = _ROW_SENTENCES[code]
    room = _LONGEST - len(with_detail) + len("{}")
    quoted = quote(detail.removesuffix(".") if with_detail.endswith("{}.") else detail, room)
    return with_detail.format(quoted) if quoted else without


def quote(text: str, room: int = _LONGEST_QUOTE) -> str:
    """Make a cell fit for a sentence: one line, nothing unprintable, not too long."""
    if len(text) <= room and text.isprintable() and "  " not in text and text == text.strip():
        return text  # As most are, and there may be a million.
    line = " ".join(text.split())
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return line if len(line) <= room else line[: room - 1] + "…"
