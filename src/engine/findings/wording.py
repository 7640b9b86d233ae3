"""Findings as sentences, from plain strings, so that equal findings share one text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ACTION_PHRASES", "row_sentence", "sentence"]

LONGEST = 160
"""No sentence is longer: it has to fit a table cell and a terminal line or two."""

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
        "certify_for_exam": "certificate granted for an exam",
        "certify_by_grant": "certificate granted directly",
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
    "certify_for_exam": "A certificate was granted for an exam",
    "certify_by_grant": "A certificate was granted directly",
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
    "enrol_by_course_purchase": "The learner was enrolled again, by a purchase",
    "enrol_by_collection_purchase": "The learner was enrolled again, by a collection's purchase",
    "enrol_by_manager": "The learner was enrolled again, by a manager",
    "enrol": "The learner was enrolled again",
}

_REPETITIONS = frozenset({"S202", "S203", "S204", "S205", "S301"})

# What follows "<clause> (<source>)" where the finding holds in every configuration that the
# record may have been in.
_REASONS = {
    "S101": "although no enrolment comes before it",
    "S102": "after access was revoked",
    "S103": "although no completion comes before it",
    "S105": "although no enrolment comes before it",
    "S106": "after a completion by the learner that has no start on record",
    "S107": "although no earlier completion comes before it",
    "S108": "although no enrolment comes before it",
    "S201": "although no start is on record for it",
    "S202": "although it was already completed",
    "S203": "although it was already started",
    "S204": "although it was already completed",
    "S205": "although it was already revoked",
    "S206": "although a certificate was already held",
    "S207": "after access was revoked",
    "S209": "for a completion before a reset or in an earlier enrolment",
    "S301": "while access was already active",
    "S302": "although it was that already",
    "S303": "but the report does not say to what",
    "S304": "with over eight events at one moment, whose order was not searched",
}

_MISSING_CAUSES = {
    "certify_for_course_purchase": "a purchase of the content",
    "certify_for_collection_purchase": "a purchase of a collection",
    "certify_for_manager_enrolment": "an enrolment by a manager",
    "certify_for_manager_completion": "a completion set by a manager",
}

# The statuses in which a code's reason is true. Where the record may have had others, other
# codes held there, and a reason that speaks of one of them would claim too much.
_TRUE_IN = {
    "S101": {"not_enrolled"},
    "S102": {"revoked"},
    "S201": {"enrolled", "certified"},
    "S206": {"certified"},
    "S207": {"revoked"},
    "S208": {"not_enrolled"},
}

_STATUS_WORDS = {"not_enrolled": "not enrolled"}


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
    clause = _CLAUSES.get(action) or f"The row of type {_quotable(type)}"
    if code in _REPETITIONS:
        clause = _AGAIN.get(action, clause)
    event = f"{clause} ({_quotable(source) or 'no source'})"
    if code == "S208" and before == ("revoked",):
        return f"{event} after access was revoked."
    if len(before) > 1 and not _TRUE_IN.get(code, set(before)).issuperset(before):
        return _in_every_status(code, event, before)
    if code == "S104":
        cause = _MISSING_CAUSES.get(action, "its cause")
        return f"{event} but the current enrolment has no record of {cause}."
    comma = "," if code in {"S303", "S304"} else ""
    return f"{event}{comma} {_REASONS[_alias(code)]}."


def _alias(code: str) -> str:
    """S208 without an enrolment is said as S101 is: only their severity differs."""
    return "S101" if code == "S208" else code


def _in_every_status(code: str, event: str, before: tuple[str, ...]) -> str:
    """Say that no status which the record may have had excuses the event.

    The statuses are listed as far as the length allows, for a list cut short would read as
    a complete one.
    """
    verdict = "impossible" if code.startswith("S1") else "suspicious"
    words = [_STATUS_WORDS.get(status, status) for status in before]
    listing = f"{', '.join(words[:-1])} or {words[-1]}"
    full = f"{event}, which is {verdict} whether the record was {listing}."
    if len(full) <= LONGEST:
        return full
    return f"{event}, which is {verdict} in every status that the record may have had."


def row_sentence(code: str, detail: str) -> str:
    """Say a row finding (R0xx) in one sentence of at most 160 characters.

    ``detail`` is what the row alone knows: for R001 what is wrong with it ("5 cells where the
    header has 7"), for R002 the missing field, for R007 the row that it repeats ("row 12"),
    for the others the offending cell.
    """
    head, tail, quoted = _ROW_PARTS[code]
    room = LONGEST - len(head) - len(tail) - 2
    text = _quotable(detail.rstrip("."), room)
    if not text:
        head, tail, text = _ROW_PARTS_EMPTY[code], "", ""
    elif quoted:
        text = f'"{text}"'
    return f"{head}{text}{tail}."


# Code → what stands before the detail, what stands after it, whether it is quoted.
_ROW_PARTS = {
    "R001": ("The record cannot be read: ", "", False),
    "R002": ("The row lacks the ", "", False),
    "R003": (
        "The type ",
        " is none of enrollment, status_change, revoked_access and certificate_grant",
        True,
    ),
    "R004": ("The source ", " is not a known one, so the row acts by its type alone", True),
    "R005": ("The timestamp ", " is not a date and time that can be read", True),
    "R006": ("The timestamp ", " is later than the moment of the audit", True),
    "R007": ("The row repeats ", ", and the two count as one event", False),
    "R008": ("The source ", " belongs to another type, so the row acts by its type alone", True),
}

_ROW_PARTS_EMPTY = {
    "R001": "The record cannot be read",
    "R002": "The row lacks a field that it needs",
    "R003": "The row has no type",
    "R004": "The row has no source, so it acts by its type alone",
    "R005": "The row has no timestamp",
    "R006": "The timestamp is later than the moment of the audit",
    "R007": "The row repeats an earlier one, and the two count as one event",
    "R008": "The source belongs to another type, so the row acts by its type alone",
}


def _quotable(text: str, room: int = _LONGEST_QUOTE) -> str:
    """Make a cell fit for a sentence: one line, nothing unprintable, not too long."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _one_line(text))
    return line if len(line) <= room else line[: room - 1] + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())
