"""Arguments in words: what the row says, what that takes, what the record has, what follows.

The only place where an argument becomes text; every page that gives a reason takes it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from engine.findings.argument import Absence, Argument, Premise
from engine.findings.argument_words import CAUSE_NAMES, CAUSE_OF, CONCLUSIONS, LACKS, RULES, SAYS
from engine.lifecycle.belief import MAX_ORDERED

__all__ = ["Argued", "Told", "follows", "has_consequences", "put_in_words", "row_says"]


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
    contrary:
        Whether the grounds begin with what stands against the rule.
    known:
        Whether the finding's message tells the grounds already.
    """

    claim: str
    rule: str
    grounds: tuple[str, ...]
    conclusion: str
    contrary: bool = False
    known: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in order."""
        grounds = list(self.grounds)
        if self.contrary:
            grounds[0] = f"However, {grounds[0][0].lower()}{grounds[0][1:]}"
        return (self.claim, self.rule, *grounds, self.conclusion)


def row_says(row: Told) -> str:
    """Say what a row does and when, without a full stop."""
    return f"{row.name} {_says(row)}"


def _source(row: Told) -> str:
    return f" ({row.source})" if row.source else ""


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
    rule, conclusion = RULES[argument.code], CONCLUSIONS[argument.code]
    if argument.code == "S104":
        cause = CAUSE_OF[words.event.action]
        rule = f"That takes {CAUSE_NAMES[cause]} in the same enrolment."
        conclusion = conclusion.format(cause)
    if argument.code == "S208" and argument.premises:
        rule, conclusion = RULES["S207"], CONCLUSIONS["S207"].replace("certificate", "row")
    return Argued(
        claim=_sentence(row_says(words.event)),
        rule=rule,
        grounds=tuple(words.grounds()),
        conclusion=f"Therefore {conclusion}.",
        contrary=bool(argument.premises) or argument.absence is not None,
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
            absence = self.argument.absence
            begins = absence is None or premise.event == absence.since
            if premise.role == "enrolment" and begins and code in ("S104", "S106", "S201"):
                opened.append(f"this enrolment begins with {row.name}{_source(row)}, at {row.at}")
            else:
                repeats = code in _REPEATS or (code == "S204" and premise.role == "start")
                already = " already" if repeats else ""
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
        if premise.role == "enrolment" and self.argument.code == "S209":
            return ", which begins a new one"
        return ", which undoes that" if premise.role == "reset" else ""

    def _absence(self, absence: Absence) -> str:
        lacks = LACKS[absence.of]
        if self.argument.code == "S106":
            return f"no row before that one {lacks}"
        if absence.since is not None:
            if absence.of in CAUSE_NAMES and absence.of != "completion by a manager":
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
            said.append(_sentence(self._tied()))
        return said

    def _tied(self) -> str:
        tied = self.argument.tied
        if len(tied) >= MAX_ORDERED:
            return "more than eight rows share its moment, and this is but one order of them"
        verb = "shares" if len(tied) == 1 else "share"
        names = _listed([self.told(each).name for each in tied])
        return f"{names} {verb} its moment; this is the order that has the least wrong"


_REPEATS: Final = {"S202", "S203", "S205", "S206", "S301", "S302"}
_ANY_STATUS: Final = {"S302", "S303", "S304"}
_ON_ABSENCE: Final = {"S101", "S103", "S104", "S105", "S107", "S108", "S201"}
"""What rests on an absence does so with every row that is there."""


def _says(row: Told) -> str:
    return f"{SAYS[row.action]}{_source(row)}, at {row.at}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _either(statuses: tuple[str, ...]) -> str:
    words = [status.replace("_", " ") for status in statuses]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more rows"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
