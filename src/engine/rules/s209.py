"""S209: a certificate for a completion that no longer counts."""

from __future__ import annotations

from engine.lifecycle.kinds import ENROLS, FINISHES, RESETS, REVOKES
from engine.rules.arguing import EVERY, Case, Grounds
from engine.rules.argument import Role
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    completed = case.last(FINISHES)
    opened, reset = case.opened(), case.last(RESETS)
    if completed is not None and opened is not None and completed < opened:
        revoked = case.last(REVOKES, before=opened)
        named: list[tuple[Role, int | None]] = [("revocation", revoked), ("enrolment", opened)]
        since = opened
    else:
        named, since = [("reset", reset)], -1 if reset is None else reset
    lacking = case.missing("completion", None if since < 0 else since)
    return [("completion", completed), *named], lacking


RULE = SequenceRule(
    code="S209",
    name="certificate-for-earlier-completion",
    severity=Severity.WARNING,
    what=(
        "A certificate was granted for completing the content while the content was not completed. "
        "Every earlier completion was reset since, or belongs to an earlier enrolment."
    ),
    why=(
        "The certificate looks new but rests on an old completion. Where training must be repeated "
        "at intervals, it does not show that the repeat took place."
    ),
    false_alarm=(
        "A certificate that was delayed, imported or issued again may rightly refer to the old "
        "completion: then keep the old date with it. If the learner did repeat the content, look "
        "for the completion that the report lacks."
    ),
    example=records(
        "01 enrollment registration",
        "02 status_change manager_change_completed",
        "03 status_change manager_change_not_started",
        "04 certificate_grant course_completed",
    ),
    twin=records(
        "01 enrollment registration",
        "02 status_change manager_change_completed",
        "04 certificate_grant course_completed",
    ),
    reason=" although every earlier completion was reset or is of a past enrolment",
    argue=_argue,
    takes="That takes a completion that still counts.",
    conclusion="a new completion is missing, or an old one was certified again",
    effects={
        "revocation": ", which ends that enrolment",
        "enrolment": ", which begins a new one",
        "reset": ", which undoes that",
    },
    rests_on=((REVOKES, EVERY), (RESETS, EVERY), (ENROLS, EVERY), (FINISHES, EVERY)),
)
