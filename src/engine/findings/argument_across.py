"""Arguments for findings across records (X codes) in words, in the manner of those within one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from engine.findings.argument_text import Argued, Told, row_says
from engine.findings.wording_across import panorama_name, type_name

__all__ = ["ROLES", "Cited", "Told", "argue_across"]


class Cited(msgspec.Struct, frozen=True):
    """A row of any record, as a sentence speaks of it, and whose it is."""

    told: Told
    learner: str
    panorama: str
    content_type: str
    content_title: str


ROLES: Final[Mapping[str, str]] = {
    "X202": "deletion",
    "X203": "earlier event",
    "X205": "other clock",
    "X301": "row before",
    "X302": "other type",
}
"""What the rows of evidence do in the argument for a code."""


_SHOWN: Final = 3
"""Pairs of rows that are named."""


class _Case(msgspec.Struct, frozen=True):
    """What an argument is made from."""

    event: Cited
    because: Sequence[Cited]
    message: str
    hours: float


def argue_across(
    code: str, event: Cited, because: Sequence[Cited], *, message: str, hours: float
) -> Argued:
    """Return the argument for a finding across records.

    Parameters
    ----------
    event, because:
        The row that has the finding, and the rows it rests on.
    message:
        The finding in one sentence.
    hours:
        How far apart the two halves of a move to another session may be.
    """
    return _ARGUMENTS[code](_Case(event, because, message, hours))


def _argued(claim: str, rule: str, grounds: Sequence[str], conclusion: str) -> Argued:
    return Argued(
        claim=_sentence(claim),
        rule=rule,
        grounds=tuple(map(_sentence, grounds)),
        conclusion=f"Therefore {conclusion}.",
        contrary=True,
    )


def _half_a_move(case: _Case) -> Argued:
    left = case.event.told.action == "revoke"
    half = "enrols them in another session" if left else "takes them out of another session"
    ground = (
        f"no row of this learner up to {case.hours:g} h before or after it {half} (reschedule), "
        "unless as half of another move"
    )
    rule = (
        "A move to another session has two halves: access to the old session ends, and an "
        "enrolment in the new one begins."
    )
    conclusion = (
        "the learner has lost a session and got none for it"
        if left
        else "the learner may hold a place in two sessions"
    )
    argued = _argued(
        row_says(case.event.told),
        rule,
        [ground],
        f"{conclusion}, or the other half is missing from the report or further off in time",
    )
    return msgspec.structs.replace(argued, known=True)


def _deleted(case: _Case) -> Argued:
    (deletion,) = case.because
    whose = "the same learner" if deletion.learner == case.event.learner else deletion.learner
    return _argued(
        row_says(case.event.told),
        "Content that was deleted can no longer be taken, by anybody.",
        [
            f"{deletion.told.name}, a row of {whose}, says that this content was deleted "
            f"({deletion.told.source}), at {deletion.told.at}"
        ],
        "the content was not deleted for everybody, or was restored, or another content bears "
        "the same title",
    )


def _known_before(case: _Case) -> Argued:
    (earlier,) = case.because
    return _argued(
        row_says(case.event.told),
        f"The source {case.event.told.source} stands for a new account, which has no history yet.",
        [
            f"{earlier.told.name}, more than a day before, already {_says(earlier)}, "
            f'in "{earlier.content_title or "(no title)"}"'
        ],
        "the learner had an account already, or two people use this address",
    )


def _other_type(case: _Case) -> Argued:
    webinar = case.event.told.action == "attend"
    rule = (
        "Only a webinar is attended."
        if webinar
        else f"Only a learning path is recertified in this way ({case.event.told.source})."
    )
    argued = _argued(
        row_says(case.event.told),
        rule,
        [f"the report gives the type of this content as {type_name(case.event.content_type)}"],
        "the row or the type is wrong, unless your site calls its "
        f"{'webinars' if webinar else 'learning paths'} {type_name(case.event.content_type)}",
    )
    return msgspec.structs.replace(argued, known=True)


def _two_clocks(case: _Case) -> Argued:
    partner, *others = case.because
    pairs = [
        f"{first.told.name} before {second.told.name}"
        for first, second in zip(others[::2], others[1::2], strict=True)
    ]
    more = f" and {len(pairs) - _SHOWN} more such pairs" if len(pairs) > _SHOWN else ""
    also = [f"it is so in other records too: {', '.join(pairs[:_SHOWN])}{more}"] if pairs else []
    return _argued(
        row_says(case.event.told),
        "It should follow from what the next row says, and so come after it.",
        [f"{row_says(partner.told)}, which is later", *also, case.message.removesuffix(".")],
        "the two kinds of rows were written by two clocks: have the report made again with one "
        "time zone before you trust what else seems impossible in it",
    )


def _other_panorama(case: _Case) -> Argued:
    (before,) = case.because
    return _argued(
        f"{case.event.told.name}, at {case.event.told.at}, is of "
        f"{panorama_name(case.event.panorama)}",
        "One learner's record of one content usually stays in one Panorama.",
        [
            f"{before.told.name}, the row before it in this record, is of "
            f"{panorama_name(before.panorama)}"
        ],
        "each of the two client portals sees only a part of this record; in order if the learner "
        "has moved from one to the other",
    )


def _two_types(case: _Case) -> Argued:
    (other,) = case.because
    return _argued(
        f"{case.event.told.name}, at {case.event.told.at}, has this title as "
        f"{type_name(case.event.content_type)}",
        "One content has one type.",
        [
            f"{other.told.name} has the same title as {type_name(other.content_type)} since "
            f"{other.told.at}, and no row up to {case.event.told.name} ends that enrolment"
        ],
        "these are two contents that share a title, or it is one whose type was changed, and its "
        "history is cut in two",
    )


_ARGUMENTS: Final[Mapping[str, Callable[[_Case], Argued]]] = {
    "X201": _half_a_move,
    "X202": _deleted,
    "X203": _known_before,
    "X204": _other_type,
    "X205": _two_clocks,
    "X301": _other_panorama,
    "X302": _two_types,
}


def _says(row: Cited) -> str:
    return row_says(row.told).removeprefix(f"{row.told.name} ")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
