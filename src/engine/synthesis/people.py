"""Learners, Panoramas and contents: who and what a synthetic report is about."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.synthesis.bits import Bits, field
from engine.synthesis.habits import CHANNELS, KINDS
from engine.synthesis.names import FAMILY, FORMS, GIVEN, PANORAMAS, SUBJECTS

__all__ = ["Catalogue", "Learner", "contents_of", "learners_of", "panorama_channel", "sizes"]

Indices = npt.NDArray[np.int64]

_CONTENTS_EACH: Final = np.array([1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 9])
"""Contents of a learner, by sixteenths."""

_KIND_OF: Final = np.array([0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0, 1, 0, 2, 0, 0, 0, 3])
"""Kind of a content (a number in KINDS), by its number modulo 20."""


class Learner(NamedTuple):
    """A learner's address and Panorama."""

    email: str
    panorama: str


def learners_of(words: Bits, streams: int) -> tuple[Indices, Indices]:
    """Return for each stream the number of its learner, and its place among that one's streams.

    ``words`` has one a learner, and at least as many as there are streams.
    """
    each = _CONTENTS_EACH[field(words, 0, 4)]
    ends = np.cumsum(each)
    learners = int(np.searchsorted(ends, streams)) + 1
    learner = np.repeat(np.arange(learners), each[:learners])[:streams]
    return learner, np.arange(streams) - (ends - each)[learner]


def panoramas_of(words: Bits) -> Indices:
    """Return the number of each learner's Panorama."""
    slot = field(words, 4, 8) % len(_PANORAMA_SLOTS)
    return np.take(_PANORAMA_SLOTS, slot)


def panorama_channel(panorama: Indices) -> Indices:
    """Return the number of the channel by which a Panorama's learners come (in CHANNELS)."""
    return np.where(panorama == 0, 0, 1 + panorama % (len(CHANNELS) - 1))


_PANORAMA_SLOTS: Final = np.repeat(np.arange(len(PANORAMAS)), [each.share for each in PANORAMAS])


def learner(number: int, panorama: int) -> Learner:
    """Return the learner of this number; addresses differ as numbers do."""
    where = PANORAMAS[panorama]
    # The lengths have no common factor, so the two names together tell as many learners apart as
    # their product; the figure tells the rest.
    name = f"{GIVEN[number % len(GIVEN)]}.{FAMILY[number % len(FAMILY)]}"
    lap = number // (len(GIVEN) * len(FAMILY))
    return Learner(f"{name}{lap or ''}@{where.domain}", where.name)


def sizes(streams: int) -> tuple[int, int, int]:
    """Return the sizes of the catalogue's tiers, all prime: popular, usual, rarely taken."""
    if streams < 2_000:
        return 5, 11, 23
    if streams < 200_000:
        return 7, 41, 199
    return 13, 101, 997


def contents_of(
    learner: Indices, place: Indices, words: Bits, tiers: tuple[int, int, int]
) -> Indices:
    """Return the number of each stream's content; one learner's are all different.

    A learner's streams take the tiers in turn. Within a tier they step by a stride below its
    size, which is prime: no step comes back before all have been taken. ``words`` has three a
    learner.
    """
    tier = place % len(tiers)
    size = np.array(tiers)[tier]
    below = np.cumsum((0, *tiers[:-1]))[tier]
    word = words[learner * len(tiers) + tier]
    offset = field(word, 0, 31) % size
    stride = 1 + field(word, 31, 31) % (size - 1)
    number: Indices = below + (offset + stride * (place // len(tiers))) % size
    return number


class Catalogue(NamedTuple):
    """The contents: the number of each one's kind (in KINDS), and its title."""

    kind: Indices
    titles: list[str]

    @classmethod
    def of(cls, count: int) -> Catalogue:
        """Return a catalogue of so many contents, all titles different."""
        numbers = np.arange(count)
        titles = [_title(number) for number in range(count)]
        return cls(_KIND_OF[numbers % len(_KIND_OF)], titles)

    def texts(self) -> list[tuple[str, str]]:
        """Return (content type, content title) of each."""
        kinds = list(KINDS)
        return [(kinds[kind], title) for kind, title in zip(self.kind, self.titles, strict=True)]


def _title(number: int) -> str:
    # Neighbours differ in subject and form. A subject comes back after len(SUBJECTS), which moves
    # the form by 1 + len(SUBJECTS): prime to len(FORMS), so no title comes twice.
    lap, subject = divmod(number, len(SUBJECTS))
    return FORMS[(lap + number) % len(FORMS)].format(SUBJECTS[subject])
