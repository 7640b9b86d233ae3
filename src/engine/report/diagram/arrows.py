"""Which arrows the machine has, and what is written on each: the same for every kind of picture.

The definition is asked, not copied: each trigger is tried in each configuration that a record can
be in, and a row of the definition that is never taken there is not drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Final

import msgspec

from engine.lifecycle.configuration import Configuration, Status
from engine.lifecycle.machine import DEFINITION, SAME, TRIGGERS, Memory
from engine.lifecycle.step import reachable
from engine.rules.catalogue import CATALOGUE, Severity

__all__ = ["Arrow", "Line", "arrows", "shared_exits"]


class Line(msgspec.Struct, frozen=True):
    """Triggers that do the same under the same guards.

    Attributes
    ----------
    triggers:
        Their names; several that differ in their beginning alone are one: ``set/import_started``.
    guards:
        What must hold, where that is not so in all configurations of the status.
    finding:
        The code that the transition carries, None if it is in order.
    """

    triggers: tuple[str, ...]
    guards: tuple[str, ...]
    finding: str | None

    @property
    def severity(self) -> Severity | None:
        """How grave the finding is."""
        return None if self.finding is None else CATALOGUE[self.finding].severity

    @property
    def text(self) -> str:
        """The line as a diagram shows it."""
        guards = f" [{', '.join(self.guards)}]" if self.guards else ""
        finding = f" {self.finding}" if self.finding else ""
        return f"{', '.join(self.triggers)}{guards}{finding}"


class Arrow(msgspec.Struct, frozen=True):
    """All transitions from one status to another, or to itself."""

    source: Status
    dest: Status
    lines: tuple[Line, ...]

    @property
    def severity(self) -> Severity | None:
        """That of the best line: None if the arrow can be taken in order."""
        found = [line.severity for line in self.lines]
        return None if None in found else min(each for each in found if each is not None)


def arrows(*, findings: bool = False, loops: bool = False) -> list[Arrow]:
    """Return the arrows in the order of the statuses.

    Parameters
    ----------
    findings:
        Also what carries a warning or an error.
    loops:
        Also what leaves the status as it is.
    """
    drawn = []
    for (source, dest), lines in sorted(_lines().items()):
        kept = tuple(line for line in lines if findings or line.severity in (None, Severity.INFO))
        if kept and (loops or source is not dest):
            drawn.append(Arrow(source, dest, kept))
    return drawn


@cache
def _lines() -> dict[tuple[Status, Status], list[Line]]:
    grouped: dict[tuple[Status, Status], dict[tuple[str, tuple[str, ...]], list[str]]]
    grouped = defaultdict(lambda: defaultdict(list))
    for (source, trigger), rows in _taken().items():
        guards = _guards(source, rows)
        whole = len({(dest, DEFINITION[row]["finding"]) for row, dest in rows}) == 1
        for row, dest in rows:
            kind = (DEFINITION[row]["finding"] or "", () if whole else guards[row])
            triggers = grouped[source, dest][kind]
            if trigger not in triggers:
                triggers.append(trigger)
    return {
        ends: [
            Line(_families(triggers), guards, finding or None)
            for (finding, guards), triggers in sorted(kinds.items(), key=lambda kind: kind[0])
        ]
        for ends, kinds in grouped.items()
    }


def _taken() -> dict[tuple[Status, str], list[tuple[int, Status]]]:
    """For each status and trigger the rows of the definition that are taken, and where to."""
    taken: dict[tuple[Status, str], set[tuple[int, Status]]] = defaultdict(set)
    for configuration in reachable():
        for trigger in _TRIGGERS:
            taken[configuration.status, trigger].add(_row(configuration, trigger))
    return {
        (status, trigger): sorted(taken[status, trigger])
        for status in Status
        for trigger in _TRIGGERS
    }


def _row(configuration: Configuration, trigger: str) -> tuple[int, Status]:
    """The row that the trigger takes in a configuration, and the status after it."""
    status = configuration.status
    number, row = next(
        (number, row)
        for number, row in enumerate(DEFINITION)
        if row["trigger"] == trigger
        and status.label in _listed(row["source"])
        and all(_holds(configuration, guard) for guard in row["conditions"])
    )
    return number, status if row["dest"] == SAME else Status[row["dest"].upper()]


def _listed(source: str | list[str]) -> list[str]:
    return [source] if isinstance(source, str) else source


def _holds(configuration: Configuration, guard: str) -> bool:
    memory = Memory()
    memory.load(configuration)
    return bool(getattr(memory, guard)())


def _guards(source: Status, rows: Sequence[tuple[int, Status]]) -> dict[int, tuple[str, ...]]:
    """What must hold for each of the rows: its guards, and that no row before it is taken.

    What holds in every configuration of the status goes without saying.
    """
    configurations = [each for each in reachable() if each.status is source]
    said: list[list[str]] = []
    guards: dict[int, tuple[str, ...]] = {}
    for row, _ in rows:
        own = [
            guard
            for guard in DEFINITION[row]["conditions"]
            if not all(_holds(each, guard) for each in configurations)
        ]
        # A row before this one is not taken: of its guards that this one lacks, one does not hold.
        missing = [set(each) - set(own) for each in said]
        never = {guard for each in missing if len(each) == 1 for guard in each}
        clear = all(each & never for each in missing)
        here = [each for each in configurations if all(_holds(each, guard) for guard in own)]
        negated = [
            guard
            for each in said
            for guard in each
            if guard in never and any(_holds(configuration, guard) for configuration in here)
        ]
        guards[row] = (
            *map(_words, own),
            *(f"not {_words(guard)}" for guard in dict.fromkeys(negated)),
            *([] if clear else ["else"]),
        )
        said.append(own)
    return guards


_CAUSES: Final = ("course_bought", "collection_bought", "manager_enrolled", "manager_completed")
"""Guards of one certificate each: what it is granted for."""


def _words(guard: str) -> str:
    return "its cause" if guard in _CAUSES else guard.replace("_", " ")


_TRIGGERS: Final = tuple(trigger for triggers in TRIGGERS.values() for trigger in triggers)
_ENROLMENTS: Final = tuple(each for each in _TRIGGERS if each.startswith("enrol"))
_FAMILIES: Final = {
    "any enrolment": _ENROLMENTS,
    "enrol, enrol_by_*": tuple(each for each in _ENROLMENTS if each != "enrol_echo"),
    "any certificate": tuple(each for each in _TRIGGERS if each.startswith("certify")),
}
_SETTABLE: Final = ("not_started", "started", "completed")
_ALIKE: Final = (
    *(("", ("set", "import", "become"), f"_{status}") for status in _SETTABLE),
    ("certify_for_", ("course", "collection"), "_purchase"),
    ("certify_for_manager_", ("enrolment", "completion"), ""),
)
"""Triggers that differ in one part of their names."""


def _families(triggers: Sequence[str]) -> tuple[str, ...]:
    """The triggers; those of one family by one name: ``set/import/become_started``."""
    names = list(triggers)
    for family, members in _FAMILIES.items():
        _put_together(names, members, family)
    for begin, parts, end in _ALIKE:
        some = [part for part in parts if f"{begin}{part}{end}" in names]
        members = tuple(f"{begin}{part}{end}" for part in some)
        _put_together(names, members, f"{begin}{'/'.join(some)}{end}")
    return tuple(names)


def _put_together(names: list[str], members: Sequence[str], name: str) -> None:
    """Put one name in the place of the first of ``members`` if all of them are there."""
    if members and set(members) <= set(names):
        names[names.index(members[0])] = name
        names[:] = [each for each in names if each == name or each not in members]


def shared_exits(
    drawn: Sequence[Arrow], inner: Sequence[Status]
) -> tuple[list[Arrow], list[Arrow]]:
    """Return the arrows that leave all ``inner`` statuses alike, once each, and the other arrows.

    One arrow from the frame around the statuses then stands for all of them.
    """
    alike: dict[tuple[Status, tuple[Line, ...]], list[Arrow]] = defaultdict(list)
    for each in drawn:
        if each.source in inner and each.dest not in inner:
            alike[each.dest, each.lines].append(each)
    exits = [some[0] for some in alike.values() if len(some) == len(inner)]
    replaced = [each for some in alike.values() if len(some) == len(inner) for each in some]
    return exits, [each for each in drawn if each not in replaced]
