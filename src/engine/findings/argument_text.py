"""Arguments in words: what the row says, what that takes, what the record has, what follows.

The only place where an argument becomes text; every page that gives a reason takes it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from engine.findings.argument import Absence, Argument, Missing, Premise

__all__ = ["Argued", "Told", "put_in_words", "row_says"]


class Told(msgspec.Struct, frozen=True):
    """A row as a sentence speaks of it: ``row 12``, its source, its action's label, its time."""

    name: str
    source: str
    action: str
    at: str


class Argued(msgspec.Struct, frozen=True):
    """An argument in sentences.

    Attributes
    ----------
    claim:
        What the row says.
    rule:
        What that takes, or what is usual.
    grounds:
        What the record has instead.
    conclusion:
        What follows for whoever answers for the record.
    """

    claim: str
    rule: str
    grounds: tuple[str, ...]
    conclusion: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in order."""
        return tuple(
            each for each in (self.claim, self.rule, *self.grounds, self.conclusion) if each
        )


_SAYS: Final = {
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

_LACKS: Final[Mapping[Missing, str]] = {
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

_NAMES: Final[Mapping[Missing, str]] = {
    "purchase": "a purchase of the content",
    "collection purchase": "a purchase of a collection",
    "enrolment by a manager": "an enrolment by a manager",
    "completion by a manager": "a completion set by a manager",
}

_RULES: Final[Mapping[str, str]] = {
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
    "S303": "It may be any: not started, started or completed.",
    "S304": "More than eight rows of this record share its moment, too many to try every order.",
}

_CONCLUSIONS: Final[Mapping[str, str]] = {
    "S101": "an enrolment is missing from the report, or this row belongs to another record",
    "S102": "a new enrolment is missing from the report, or one of the two rows is wrong",
    "S103": "a completion is missing from the report, or the certificate was granted without one",
    "S104": "the {} is missing from the report, or the certificate was granted without it",
    "S105": "an enrolment is missing from the report, or this row belongs to another record",
    "S106": "an earlier start is missing from the report, or one of the two times is wrong",
    "S107": "the first completion is missing from the report, or this row is wrong",
    "S108": "an enrolment is missing from the report, or this row belongs to another record",
    "S201": "the start is missing from the report, or the content was completed unopened",
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
    "S304": "what is found at this moment holds for one order only; times to the second would tell",
}


def row_says(row: Told) -> str:
    """Say what a row does and when, without a full stop."""
    return f"{row.name} {_says(row)}"


def _source(row: Told) -> str:
    return f" ({row.source})" if row.source else ""


def put_in_words(argument: Argument, told: Callable[[int], Told]) -> Argued:
    """Return the argument in sentences; ``told`` gives the rows that it speaks of."""
    words = _Words(argument, told)
    rule, conclusion = _RULES[argument.code], _CONCLUSIONS[argument.code]
    if argument.code == "S104" and argument.absence is not None:
        rule = f"That takes {_NAMES[argument.absence.of]} in the same enrolment."
        conclusion = conclusion.format(argument.absence.of)
    if argument.code == "S208" and argument.premises:
        rule, conclusion = _RULES["S207"], _CONCLUSIONS["S207"].replace("certificate", "row")
    return Argued(
        claim=_sentence(row_says(words.event)),
        rule=rule,
        grounds=tuple(words.grounds()),
        conclusion=f"Therefore {conclusion}.",
    )


class _Words:
    """The grounds of one argument."""

    def __init__(self, argument: Argument, told: Callable[[int], Told]) -> None:
        self.argument = argument
        self.told = told
        self.event = told(argument.event)

    def grounds(self) -> list[str]:
        found = self._premises()
        absence = self.argument.absence
        if absence is not None:
            missing = self._absence(absence)
            found = [*found[:-1], f"{found[-1]}, and {missing}"] if found else [missing]
        if found:
            found[0] = f"However, {found[0]}"
        if absence is not None and absence.late is not None:
            late = self.told(absence.late)
            found.append(f"the first row that does, {late.name}, comes later, at {late.at}")
        return [*map(_sentence, found), *self._notes()]

    def _premises(self) -> list[str]:
        code = self.argument.code
        opened, found = [], []
        for premise in self.argument.premises:
            row = self.told(premise.event)
            if premise.role == "status":
                continue
            if premise.role == "enrolment" and code in ("S104", "S106", "S201"):
                opened.append(f"this enrolment begins with {row.name}{_source(row)}, at {row.at}")
            else:
                already = " already" if code in _REPEATS else ""
                found.append(f"{row.name}{already} {_says(row)}{self._effect(premise)}")
        if code == "S302" and found:
            found[-1] += f", so the status was {_either(self.argument.before)} already"
        return [*found, *opened] if code == "S104" else [*opened, *found]

    def _effect(self, premise: Premise) -> str:
        """What an earlier row does to what was before it."""
        if self.argument.code not in ("S104", "S209"):
            return ""
        if premise.role == "revocation":
            return ", which ends that enrolment"
        if premise.role == "enrolment":
            return ", which begins a new one"
        return ", which undoes that" if premise.role == "reset" else ""

    def _absence(self, absence: Absence) -> str:
        lacks = _LACKS[absence.of]
        if self.argument.code == "S106":
            return f"no row before that one {lacks}"
        if absence.since is not None:
            if absence.of in _NAMES and absence.of != "completion by a manager":
                return f"neither it nor a row after it, up to {self.event.name}, {lacks}"
            again = " again" if absence.of == "enrolment" else ""
            return f"no row after it, up to {self.event.name}, {lacks}{again}"
        if self.argument.event == 0:
            return f"{self.event.name} is the first of this record, so no row before it {lacks}"
        return f"no row up to then {lacks}{self._status()}"

    def _status(self) -> str:
        for premise in self.argument.premises:
            if premise.role == "status":
                row = self.told(premise.event)
                return f": the last to change the status is {row.name}, which {_says(row)}"
        return ""

    def _notes(self) -> list[str]:
        code, before = self.argument.code, self.argument.before
        said = []
        if len(before) > 1 and code not in _ANY_STATUS:
            said.append(f"It is so whether the record was {_either(before)} before.")
        rows = [each for each in self.argument.premises if each.role != "status"]
        if rows and code not in _ON_ABSENCE and not any(each.needed for each in rows):
            named = _listed([self.told(each.event).name for each in rows])
            said.append(
                f"It does not hang on {named} alone: without it, the other rows of the record "
                "lead to the same."
                if len(rows) == 1
                else f"It does not hang on one of {named} alone: without any one of them, the "
                "other rows of the record lead to the same."
            )
        if self.argument.tied and code != "S304":
            names = _listed([self.told(each).name for each in self.argument.tied])
            verb = "shares" if len(self.argument.tied) == 1 else "share"
            said.append(
                _sentence(f"{names} {verb} its moment; this is the order that has the least wrong")
            )
        return said


_REPEATS: Final = {"S202", "S203", "S205", "S206", "S301", "S302"}
_ANY_STATUS: Final = {"S302", "S303", "S304"}
_ON_ABSENCE: Final = {"S101", "S103", "S104", "S105", "S107", "S108", "S201"}
"""What rests on an absence does so with every row that is there."""


def _says(row: Told) -> str:
    return f"{_SAYS[row.action]}{_source(row)}, at {row.at}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _either(statuses: tuple[str, ...]) -> str:
    words = [status.replace("_", " ") for status in statuses]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more rows"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
