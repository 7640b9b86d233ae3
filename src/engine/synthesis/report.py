"""A whole synthetic report: blocks of histories, put together and ordered newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from engine.synthesis.across import connected
from engine.synthesis.bits import RATE_BITS, Purpose, field, happens, raw, scaled
from engine.synthesis.chances import context
from engine.synthesis.damage import damage
from engine.synthesis.people import (
    Catalogue,
    Learner,
    contents_of,
    learner,
    learners_of,
    panorama_channel,
    panoramas_of,
    sizes,
)
from engine.synthesis.walk import Rows, walk

__all__ = ["Flaw", "Plan", "Report", "synthesise"]

BEGIN: Final = int(datetime(2021, 1, 1, tzinfo=UTC).timestamp())
END: Final = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
"""The report's window; fixed, for the same seed must give the same bytes next year."""

_BLOCK: Final = 1 << 16
"""Streams of a block. Blocks bound the memory; another size would give other reports."""

_SPREAD: Final = 540 * 86_400
"""Seconds over which a learner's contents begin."""

_ROWS_A_STREAM: Final = 4


class Flaw(IntEnum):
    """What is wrong with a row by itself."""

    NONE = 0
    NO_EMAIL = 1
    NO_TITLE = 2
    NO_TYPE = 3
    NO_TIMESTAMP = 4
    BAD_TIMESTAMP = 5
    UNKNOWN_SOURCE = 6


_FLAWS: Final = np.array([1, 2, 3, 4, 5, 5, 6, 6], np.uint8)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to generate: ``rows`` of them exactly, or else ``streams``; rates are from 0 to 1.

    Attributes
    ----------
    errors:
        Share of streams damaged.
    ties:
        Share of gaps between rows that are zero.
    dirty:
        Share of rows that are faulty by themselves.
    """

    streams: int | None = None
    rows: int | None = None
    seed: int = 0
    errors: float = 0.03
    ties: float = 0.0
    dirty: float = 0.0


class Report(NamedTuple):
    """A report in columns: numbers that stand for texts, in the order of the rows.

    Attributes
    ----------
    learner, content, pair, flaw:
        Numbers in ``learners``, ``contents``, ``engine.dialects.usual.PAIRS`` and :class:`Flaw`.
    at:
        Seconds since 1970.
    streams, damaged:
        How many histories there are, and how many of them were damaged.
    """

    learner: npt.NDArray[np.int32]
    content: npt.NDArray[np.int32]
    pair: npt.NDArray[np.uint8]
    at: npt.NDArray[np.int64]
    flaw: npt.NDArray[np.uint8]
    learners: list[Learner]
    contents: list[tuple[str, str]]
    streams: int
    damaged: int


class _Block(NamedTuple):
    """Rows with the numbers of their learners (in the whole report) and contents."""

    rows: Rows
    learner: npt.NDArray[np.int32]
    content: npt.NDArray[np.int32]
    learners: list[Learner]
    damaged: npt.NDArray[np.bool_]

    def cut(self, rows: int) -> _Block:
        """Return the first rows; of the last history these are the oldest, so it stays legal."""
        return self._replace(
            rows=self.rows.take(np.arange(min(rows, len(self.rows.stream)))),
            learner=self.learner[:rows],
            content=self.content[:rows],
        )


def synthesise(plan: Plan) -> Report:
    """Return the report of a plan; the same plan gives the same report on every machine."""
    expected = plan.streams if plan.rows is None else plan.rows // _ROWS_A_STREAM
    tiers = sizes(expected or 0)
    catalogue = Catalogue.of(sum(tiers))
    blocks: list[_Block] = []
    learners: list[Learner] = []
    streams = rows = damaged = 0
    while (missing := _missing(plan, streams, rows)) > 0:
        # Each stream has a row or more, so there are never more streams than rows.
        block = _block(plan, len(blocks), min(_BLOCK, missing), tiers, catalogue, len(learners))
        if plan.rows is not None:
            block = block.cut(missing)
        blocks.append(block)
        learners += block.learners
        present = np.unique(block.rows.stream)
        streams, rows = streams + len(present), rows + len(block.rows.stream)
        damaged += int(block.damaged[present].sum())
    return _newest_first(plan, blocks, learners, catalogue, streams, damaged)


def _missing(plan: Plan, streams: int, rows: int) -> int:
    """Return how many streams, or rows if the plan counts those, are still to be made."""
    return (plan.streams or 0) - streams if plan.rows is None else plan.rows - rows


def _block(
    plan: Plan,
    number: int,
    streams: int,
    tiers: tuple[int, int, int],
    catalogue: Catalogue,
    known: int,
) -> _Block:
    """Return a block of histories; its learners are numbered from ``known`` on."""

    def words(purpose: Purpose, count: int) -> npt.NDArray[np.uint64]:
        return raw(plan.seed, number, purpose).random_raw(count)

    of_learners = words(Purpose.LEARNERS, streams)
    who, place = learners_of(of_learners, streams)
    count = int(who[-1]) + 1
    panorama = panoramas_of(of_learners[:count])
    content = contents_of(who, place, words(Purpose.CONTENTS, count * len(tiers)), tiers)
    # A learner comes at some time, and takes one content after another from then on.
    came = BEGIN + scaled(of_learners[:count], 12, 32, END - BEGIN)[who]
    later = scaled(words(Purpose.STARTS, streams), 0, 32, np.minimum(END - came, _SPREAD))
    contexts = context(panorama_channel(panorama)[who], catalogue.kind[content])
    steps = raw(plan.seed, number, Purpose.STEPS)
    rows = walk(contexts, came + later, END, plan.ties, steps)
    rows, damaged = damage(rows, streams, plan.errors, words(Purpose.DAMAGE, streams))
    return _Block(
        rows=rows,
        learner=(who[rows.stream] + known).astype(np.int32),
        content=content[rows.stream].astype(np.int32),
        learners=[learner(known + each, portal) for each, portal in enumerate(panorama.tolist())],
        damaged=damaged,
    )


def _newest_first(
    plan: Plan,
    blocks: list[_Block],
    learners: list[Learner],
    catalogue: Catalogue,
    streams: int,
    damaged: int,
) -> Report:
    def whole(columns: list[npt.NDArray[Any]], kind: type[np.generic]) -> npt.NDArray[Any]:
        return np.concatenate([*columns, np.empty(0, kind)], dtype=kind)

    at = whole([block.rows.at for block in blocks], np.int64)
    who = whole([block.learner for block in blocks], np.int32)
    content = whole([block.content for block in blocks], np.int32)
    pair = whole([block.rows.pair for block in blocks], np.uint8)
    pair = connected(who, content, pair, at)
    order = np.argsort(at, kind="stable")[::-1]

    flaw = np.zeros(len(at), np.uint8)
    if plan.dirty:
        words = raw(plan.seed, 0, Purpose.DIRT).random_raw(len(at))
        flaws = _FLAWS[field(words, RATE_BITS, 3)]
        flaw = np.where(happens(words, 0, plan.dirty), flaws, flaw)
    return Report(
        learner=who[order],
        content=content[order],
        pair=pair[order],
        at=at[order],
        flaw=flaw,
        learners=learners,
        contents=catalogue.texts(),
        streams=streams,
        damaged=damaged,
    )
