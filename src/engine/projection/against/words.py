"""Which of our configurations a status word of another system agrees with.

The platform's words speak of progress alone: a certificate stands in a column of its own. So a
word is not set against our status, which shows the certificate before the progress, but against
every configuration that the record may be in. Source: semantics.md §12, domain.md (the words).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from engine.errors import UsageError
from engine.lifecycle.belief import Belief
from engine.lifecycle.configuration import Progress, Status

__all__ = ["EVERYTHING", "NO_RECORD", "WORDS", "accepted", "extended", "kinds_of_belief", "plain"]

_ACTIVE: Final = (Status.ENROLLED, Status.STARTED, Status.COMPLETED, Status.CERTIFIED)


def _bit(status: Status, progress: Progress) -> int:
    return 1 << (status * len(Progress) + progress)


def _kinds(statuses: Iterable[Status], progresses: Iterable[Progress] = tuple(Progress)) -> int:
    listed = tuple(progresses)
    kinds = 0
    for status in statuses:
        for progress in listed:
            kinds |= _bit(status, progress)
    return kinds


EVERYTHING: Final = _kinds(Status)
NO_RECORD: Final = _kinds([Status.NOT_ENROLLED])
"""What a learner and content without any row is."""

_FRESH: Final = _kinds(_ACTIVE, [Progress.NOT_STARTED])
_UNDERWAY: Final = _kinds(_ACTIVE, [Progress.STARTED])
_DONE: Final = _kinds(_ACTIVE, [Progress.COMPLETED]) | _kinds([Status.CERTIFIED])

WORDS: Final[Mapping[str, int]] = {
    "available": _FRESH | NO_RECORD,
    "notstarted": _FRESH,
    "started": _UNDERWAY,
    "inprogress": _UNDERWAY,
    "completed": _DONE,
    "complete": _DONE,
    "notcompleted": _FRESH | _UNDERWAY,
    "incomplete": _FRESH | _UNDERWAY,
    "notenrolled": NO_RECORD,
    "enrolled": _kinds([Status.ENROLLED]),
    "certified": _kinds([Status.CERTIFIED]),
    "revoked": _kinds([Status.REVOKED]),
    "uncertain": EVERYTHING,
}
"""Word, as :func:`plain` makes it → the kinds (status, progress) that it agrees with."""

_IGNORED: Final = re.compile(r"[\s_\-]+")


def plain(word: str) -> str:
    """Return a word without what does not count: case, ``-``, ``_`` and spaces."""
    return _IGNORED.sub("", word).casefold()


def extended(given: Mapping[str, str]) -> dict[str, int]:
    """Return the words with those of the user: their word → one of ours or the platform's.

    Raises
    ------
    UsageError
        If a word is to mean one that nobody knows.
    """
    words = dict(WORDS)
    for theirs, ours in given.items():
        if plain(ours) not in WORDS:
            raise UsageError(
                f"--word {theirs}={ours}: {ours!r} is no known status; known are available, "
                "not-started, started, completed, not-completed, enrolled, certified and revoked."
            )
        words[plain(theirs)] = WORDS[plain(ours)]
    return words


def accepted(words: Mapping[str, int], word: str, possible: str) -> int | None:
    """Return the kinds that an entry's word agrees with, None if nobody knows the word.

    ``possible`` lists the statuses of our own ``uncertain``, joined with ``|``; blank for none.
    """
    kinds = words.get(plain(word))
    if plain(word) == "uncertain" and possible:
        kinds = 0
        for each in possible.split("|"):
            kinds |= words.get(plain(each), 0)
    return kinds


def kinds_of_belief(belief: Belief) -> int:
    """Return the kinds that a record may be of."""
    kinds = 0
    for configuration in belief:
        kinds |= _bit(configuration.status, configuration.progress)
    return kinds
