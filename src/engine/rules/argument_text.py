"""Arguments in words: what the row says, what that takes, what the record has, what follows.

The only place where an argument becomes text; every page that gives a reason takes it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from engine.lifecycle.belief import MAX_ORDERED
from engine.rules.arguing import CAUSES
from engine.rules.argument import (
    Absence,
    Argued,
    Argument,
    Missing,
    Told,
    as_sentence,
    row_says,
    says,
)
from engine.rules.catalogue import SEQUENCE_RULES

__all__ = ["follows", "has_consequences", "put_in_words"]

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

_CAUSE_NAMES: Final[Mapping[Missing, str]] = {
    "purchase": "a purchase of the content",
    "collection purchase": "a purchase of a collection",
    "enrolment by a manager": "an enrolment by a manager",
    "completion by a manager": "a completion set by a manager",
}

_CAUSE_OF: Final = {action.label: missing for action, (missing, _) in CAUSES.items()}


def follows(root: str, code: str) -> str:
    """Say that a finding is a consequence of the one with this code at the row named ``root``."""
    return f"A consequence of {root} ({code}): put that right first."


def has_consequences(names: Sequence[str]) -> str:
    """Say which rows have findings that go with this one."""
    noun = "consequence" if len(names) == 1 else "consequences"
    return f"+ {len(names)} {noun}: {_listed(list(names))}."


def put_in_words(argument: Argument, told: Callable[[int], Told]) -> Argued:
    """Return the argument in sentences; ``told`` gives the rows that it speaks of."""
    words = _Words(argument, told)
    rule = words.rule
    takes, conclusion = rule.takes, rule.conclusion
    if rule.where_revoked is not None and argument.premises:
        takes, conclusion = rule.where_revoked.takes, rule.where_revoked.conclusion
    cause = _CAUSE_OF.get(words.event.action)
    if cause is not None:
        takes, conclusion = takes.format(cause=_CAUSE_NAMES[cause]), conclusion.format(cause=cause)
    return Argued(
        claim=as_sentence(row_says(words.event)),
        rule=takes,
        grounds=tuple(words.grounds()),
        conclusion=f"Therefore {conclusion}.",
        contrary=bool(argument.premises) or argument.absence is not None,
    )


class _Words:
    """The grounds of one argument."""

    def __init__(self, argument: Argument, told: Callable[[int], Told]) -> None:
        self.argument = argument
        self.rule = SEQUENCE_RULES[argument.code]
        self.told = told
        self.event = told(argument.event)

    def grounds(self) -> list[str]:
        found = self._premises()
        absence = self.argument.absence
        if absence is not None:
            missing = self._absence(absence)
            found = [*found[:-1], f"{found[-1]}, and {missing}"] if found else [missing]
        if absence is not None and absence.late is not None:
            late = self.told(absence.late)
            found.append(f"the first row that does, {late.name}, comes later, at {late.at}")
        return [*map(as_sentence, found), *self._notes()]

    def _premises(self) -> list[str]:
        rule = self.rule
        opened, found = [], []
        for premise in self.argument.premises:
            row = self.told(premise.event)
            if premise.role == "status":
                continue
            absence = self.argument.absence
            begins = absence is None or premise.event == absence.since
            if premise.role == "enrolment" and begins and rule.opening:
                source = f" ({row.source})" if row.source else ""
                opened.append(f"this enrolment begins with {row.name}{source}, at {row.at}")
            else:
                already = " already" if premise.role in rule.already else ""
                effect = rule.effects.get(premise.role, "")
                found.append(f"{row.name}{already} {says(row)}{effect}")
        if found:
            found[-1] += rule.so.format(before=_either(self.argument.before))
        return [*found, *opened] if rule.opening == "after" else [*opened, *found]

    def _absence(self, absence: Absence) -> str:
        lacks = _LACKS[absence.of]
        if self.rule.lacks_before:
            return f"no row before that one {lacks}"
        if absence.since is not None:
            if absence.of in _CAUSE_NAMES and absence.of != "completion by a manager":
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
                return f": the last to change the status is {row.name}, which {says(row)}"
        return ""

    def _notes(self) -> list[str]:
        rule, before = self.rule, self.argument.before
        said = []
        if len(before) > 1 and not rule.any_status:
            said.append(f"It is so whether the record was {_either(before)} before.")
        rows = [each for each in self.argument.premises if each.role != "status"]
        if rows and not rule.rests_on_absence and not any(each.needed for each in rows):
            named = _listed([self.told(each.event).name for each in rows])
            said.append(
                f"Other rows of the record show the same, also without {named}."
                if len(rows) == 1
                else f"Other rows of the record show the same, also without any one of {named}."
            )
        if self.argument.tied and not rule.of_order:
            said.append(as_sentence(self._tied()))
        return said

    def _tied(self) -> str:
        tied = self.argument.tied
        if len(tied) >= MAX_ORDERED:
            return "more than eight rows have the same time, and this is one possible order of them"
        verb = "has" if len(tied) == 1 else "have"
        names = _listed([self.told(each).name for each in tied])
        return f"{names} {verb} the same time; this is the order with the fewest errors"


def _either(statuses: tuple[str, ...]) -> str:
    words = [status.replace("_", " ") for status in statuses]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more rows"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
