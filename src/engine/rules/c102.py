"""C102: a row that the later report has otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from engine.rules.examples import EARLIER, ENROLLED, STARTED
from engine.rules.rule import ReportsRule, Severity
from engine.rules.wording import quote

_ROOM = 40

_FIELDS = {
    "learner": "learner",
    "panorama": "Panorama",
    "content_type": "content type",
    "content_title": "content title",
    "content_id": "content id",
    "type": "type",
    "source": "source",
    "at": "timestamp",
    "id": "id",
}


def _say(changed: Sequence[tuple[str, str, str]]) -> str:
    """Say which fields of an event are other ones now: (field, was, is) of each."""
    said = [
        f'{_FIELDS[field]} was "{quote(was, _ROOM)}" and is "{quote(now, _ROOM)}"'
        if was and now
        else f'{_FIELDS[field]} was "{quote(was, _ROOM)}" and is blank'
        if was
        else f'{_FIELDS[field]} was blank and is "{quote(now, _ROOM)}"'
        for field, was, now in changed
    ]
    return f"The row was rewritten: {', '.join(said)}."


RULE = ReportsRule(
    code="C102",
    name="rewritten-event",
    severity=Severity.ERROR,
    what=(
        "Both reports have a row of this learner, content, type and instant, but with another "
        "source, Panorama, title or id; or both have a row of this id, and another field differs."
    ),
    why=(
        "The record of an action was changed after it had been reported. What the learner did, or "
        "who did it for them, now reads otherwise than it did."
    ),
    false_alarm=(
        "A Panorama that was renamed, or a learner who was moved to another one, changes all rows "
        "of the past at many platforms, and so does a content's new title. If that is known and "
        "meant, leave the finding out with --ignore C102."
    ),
    against=EARLIER + ENROLLED + STARTED,
    example=ENROLLED.replace("registration", "manager_course_enrollment") + STARTED,
    twin=ENROLLED + STARTED,
    says=('The row was rewritten: source was "registration" and is "manager_course_enrollment".'),
    say=_say,
)
