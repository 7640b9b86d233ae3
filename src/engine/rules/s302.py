"""S302: a status set to what it was."""

from __future__ import annotations

from engine.lifecycle.action import Action
from engine.lifecycle.kinds import ENROLS, FINISHES, FINISHES_BY_MANAGER, SETS_NOT_STARTED, STARTS
from engine.rules.arguing import Case, Grounds
from engine.rules.argument import ANY_ROLE
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    if case.action in FINISHES_BY_MANAGER:
        return [("completion", case.last(FINISHES))], None
    if case.action in SETS_NOT_STARTED:
        opened, reset = case.opened(), case.last(SETS_NOT_STARTED)
        found = max((each for each in (opened, reset) if each is not None), default=None)
        return [("enrolment" if found == opened else "reset", found)], None
    return [("start", case.last(STARTS))], None


RULE = SequenceRule(
    code="S302",
    name="redundant-status-change",
    severity=Severity.INFO,
    what="A manager or an import set a status that the learner had already.",
    why=(
        "The status stays the same, but the row can look like the moment at which it was reached. "
        "It may also show that the manager saw another status than the report does."
    ),
    false_alarm=(
        "Bulk imports set many learners to one status, whatever it was before: that is in order. "
        "If a manager made the change by hand, ask what was to be corrected, and which of the two "
        "dates is meant to count."
    ),
    example=records("01 enrollment registration", "02 status_change manager_change_not_started"),
    twin=records("01 enrollment registration", "02 status_change manager_change_started"),
    reason=" although it was that already",
    argue=_argue,
    takes="That is needed only if the status was another one.",
    conclusion="this row changes nothing",
    already=ANY_ROLE,
    so=", so the status was {before} already",
    any_status=True,
    rests_on=(
        (SETS_NOT_STARTED, SETS_NOT_STARTED),
        (ENROLS, SETS_NOT_STARTED),
        (STARTS, frozenset({Action.SET_STARTED, Action.IMPORT_STARTED})),
        (FINISHES, FINISHES_BY_MANAGER),
    ),
)
