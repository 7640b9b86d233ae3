"""S206: a second certificate."""

from __future__ import annotations

from engine.lifecycle.kinds import GRANTS
from engine.rules.arguing import EVERY, Case, Grounds
from engine.rules.argument import ANY_ROLE
from engine.rules.examples import records
from engine.rules.rule import SequenceRule, Severity


def _argue(case: Case) -> Grounds:
    granted = case.last(GRANTS)
    return [("certificate", granted)], case.missing("completion", granted)


RULE = SequenceRule(
    code="S206",
    name="repeated-certificate",
    severity=Severity.WARNING,
    what=(
        "A certificate was granted although the learner held one from this enrolment already and "
        "did not complete the content in between."
    ),
    why=(
        "The learner may hold two certificates, with two dates, for one achievement. Counts of "
        "certificates are too high."
    ),
    false_alarm=(
        "One achievement may trigger two grants, for instance for the exam and for the completion. "
        "A manager may have issued it again to correct a name. Then say which one is valid. A "
        "repeat after a reset without a row is also possible: look for a second completion "
        "elsewhere."
    ),
    example=records(
        "01 enrollment registration",
        "02 certificate_grant passed_exam",
        "03 certificate_grant manager_grant",
    ),
    twin=records("01 enrollment registration", "02 certificate_grant passed_exam"),
    reason=" although a certificate was already held",
    speaks_of="certified",
    argue=_argue,
    takes="One completion usually earns one certificate.",
    conclusion="one certificate was granted twice, or a completion in between is missing",
    already=ANY_ROLE,
    rests_on=((GRANTS, EVERY),),
)
