"""What arguments are worded with: one entry an action, a missing thing, a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.findings.argument import Missing

__all__ = ["CAUSE_NAMES", "CAUSE_OF", "CONCLUSIONS", "LACKS", "RULES", "SAYS"]

SAYS: Final = {
    "enrol_by_course_purchase": "enrols the learner by a purchase",
    "enrol_by_collection_purchase": "enrols the learner by the purchase of a collection",
    "enrol_by_manager": "has the learner enrolled by a manager",
    "enrol": "enrols the learner",
    "enrol_echo": "repeats an enrolment as a status",
    "start": "starts the content",
    "scorm_progress": "reports SCORM progress",
    "complete": "completes the content",
    "attend": "counts the webinar as attended",
    "recertify": "completes a recertification",
    "set_not_started": "sets the status to not started, by a manager",
    "set_started": "sets the status to started, by a manager",
    "set_completed": "sets the status to completed, by a manager",
    "import_not_started": "sets the status to not started, by an import",
    "import_started": "sets the status to started, by an import",
    "import_completed": "sets the status to completed, by an import",
    "set_unknown": "changes the status and does not say to what",
    "certify_for_completion": "grants a certificate for completion",
    "certify_for_exam": "grants a certificate for an exam or survey",
    "certify_by_grant": "grants a certificate by hand or through the API",
    "certify_for_course_purchase": "grants a certificate for the purchase of the content",
    "certify_for_collection_purchase": "grants a certificate for the purchase of a collection",
    "certify_for_manager_enrolment": "grants a certificate for an enrolment by a manager",
    "certify_for_manager_completion": "grants a certificate for a completion set by a manager",
    "revoke": "revokes the learner's access",
}

LACKS: Final[Mapping[Missing, str]] = {
    "enrolment": "enrols the learner",
    "revocation": "revokes the access",
    "start": "starts the content",
    "completion": "completes the content",
    "reset": "undoes that",
    "purchase": "enrols the learner by a purchase",
    "collection purchase": "enrols the learner by the purchase of a collection",
    "enrolment by a manager": "has the learner enrolled by a manager",
    "completion by a manager": "sets the status to completed",
}

CAUSE_NAMES: Final[Mapping[Missing, str]] = {
    "purchase": "a purchase of the content",
    "collection purchase": "a purchase of a collection",
    "enrolment by a manager": "an enrolment by a manager",
    "completion by a manager": "a completion set by a manager",
}

CAUSE_OF: Final[Mapping[str, Missing]] = {
    "certify_for_course_purchase": "purchase",
    "certify_for_collection_purchase": "collection purchase",
    "certify_for_manager_enrolment": "enrolment by a manager",
    "certify_for_manager_completion": "completion by a manager",
}

RULES: Final[Mapping[str, str]] = {
    "S101": "A status changes only while the learner is enrolled.",
    "S102": "A status changes only while the learner has access.",
    "S103": "That takes a completion before it.",
    "S104": "That takes its cause in the same enrolment.",
    "S105": "Only access that was given can be revoked.",
    "S106": "Who completes content has started it before, not after.",
    "S107": "Only what was completed before can be recertified.",
    "S108": "That takes an enrolment before it.",
    "S201": "A start usually comes first.",
    "S202": "That usually happens once in an enrolment.",
    "S203": "That usually happens once in an enrolment.",
    "S204": "What is completed usually stays completed.",
    "S205": "That happens once for each enrolment.",
    "S206": "One completion usually earns one certificate.",
    "S207": "That usually happens while the learner has access.",
    "S208": "That usually happens while the learner is enrolled.",
    "S209": "That takes a completion that still counts.",
    "S301": "That is needed only without access.",
    "S302": "That is needed only if the status was another one.",
    "S303": "The new status may be not started, started or completed.",
    "S304": "More than eight rows of this record share its moment, too many to try every order.",
}

CONCLUSIONS: Final[Mapping[str, str]] = {
    "S101": "an enrolment is missing from the report, or this row belongs to another record",
    "S102": "a new enrolment is missing from the report, or one of the two rows is wrong",
    "S103": "a completion is missing from the report, or the certificate was granted without one",
    "S104": "the {} is missing from the report, or the certificate was granted without it",
    "S105": "an enrolment is missing from the report, or this row belongs to another record",
    "S106": "an earlier start is missing from the report, or one of the two times is wrong",
    "S107": "the first completion is missing from the report, or this row is wrong",
    "S108": "an enrolment is missing from the report, or this row belongs to another record",
    "S201": "the start is missing, or the content was completed without being opened",
    "S202": "one completion was recorded twice, or a reset in between left no row",
    "S203": "one start was recorded twice, or a reset in between left no row",
    "S204": "the learner opened it once more, or a reset in between left no row",
    "S205": "one revocation was recorded twice, or an enrolment in between is missing",
    "S206": "one certificate was granted twice, or a completion in between is missing",
    "S207": "the certificate came late, or a new enrolment is missing from the report",
    "S208": "an enrolment is missing from the report, or it was given along with this row",
    "S209": "a new completion is missing, or an old one was certified again",
    "S301": "this row gives no new access; harmless, unless a revocation in between is missing",
    "S302": "this row changes nothing",
    "S303": "the status is uncertain from here until a later row settles it",
    "S304": "findings at this moment hold for one order only; times to the second would settle it",
}
