"""S104: a certificate without the cause that it names."""

from __future__ import annotations

from engine.lifecycle.action import Action
from engine.lifecycle.kinds import RESETS, REVOKES
from engine.rules.arguing import CAUSES, EVERY, LACKS_CAUSE, Case, Grounds, role_of
from engine.rules.argument import Role
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    of, kinds = CAUSES[case.action]
    opened = case.opened()
    had = case.last(kinds)
    named: list[tuple[Role, int | None]] = [("enrolment", opened)]
    since = opened
    if had is not None and opened is not None and had < opened:
        named += [(role_of(case.events[had].action), had)]
        named += [("revocation", case.last(REVOKES, before=opened))]
    elif had is not None:
        since = case.last(RESETS)
        named = [("completion", had), ("reset", since)]
    return named, case.missing(of, since)


RULE = SequenceRule(
    code="S104",
    name="certificate-without-cause",
    severity=Severity.ERROR,
    what=(
        "The certificate names a cause that the current enrolment does not have: a purchase, an "
        "enrolment by a manager, or a completion that a manager set."
    ),
    why=(
        "The stated ground of the certificate cannot be confirmed. It may have been granted by a "
        "wrong setting, or on a ground that was withdrawn afterwards."
    ),
    false_alarm=(
        "The cause may lie before the first row of the report, or in a row that a filter left out: "
        "audit the full report, or pass --history partial. A purchase that reached the learner "
        "another way, such as a subscription, does not count as a purchase of the content: check "
        "the order at the platform."
    ),
    example=records("01 enrollment registration", "02 certificate_grant course_purchase"),
    twin=records("01 enrollment course_purchase", "02 certificate_grant course_purchase"),
    reason=", but the current enrolment shows no {cause}",
    argue=_argue,
    takes="That takes {cause} in the same enrolment.",
    conclusion="the {cause} is missing from the report, or the certificate was granted without it",
    effects={"revocation": ", which ends that enrolment", "reset": ", which undoes that"},
    opening="after",
    rests_on_absence=True,
    rests_on=((REVOKES, EVERY), (RESETS, frozenset({Action.CERTIFY_FOR_MANAGER_COMPLETION}))),
    missing=LACKS_CAUSE,
    cures={
        each: frozenset({each})
        for each in CAUSES
        if each is not Action.CERTIFY_FOR_MANAGER_COMPLETION
    },
)
