"""What every store has to hold, as a test that a further backend subclasses.

Hypothesis imports reports in any order, overlapping, repeated, several at a time, breaks imports
off, turns the clock back, and asks on both axes of time; a model in plain Python
(:mod:`engine.testing.store_model`) says what the answers must be.
"""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from engine.dialects.dialect import RowFault
from engine.dialects.usual import REPORT_COLUMNS
from engine.event import Event
from engine.testing.store_backend import StoreBackend
from engine.testing.store_model import Counts, Rejected, Row, Status, StoreModel
from engine.testing.strategies import CONTENTS, reports

__all__ = ["StoreContract"]

_HEADER: Final = (*REPORT_COLUMNS, "Content Id", "Id")

_REJECTED: Final = (
    Rejected(RowFault.MALFORMED_ROW.code, ("a cell too few",)),
    Rejected(
        RowFault.MISSING_FIELD.code,
        ("", "", "course", "Fire Safety", "enrollment", "sso", "2024-01-01"),
    ),
    Rejected(
        RowFault.UNKNOWN_TYPE.code,
        ("a@x.example", "", "course", "Fire Safety", "odd", "sso", "2024-01-01"),
    ),
    Rejected(
        RowFault.INVALID_TIMESTAMP.code,
        ("a@x.example", "", "course", "Fire Safety", "enrollment", "sso", "never"),
    ),
)

_OPENED: Final = datetime(2024, 1, 3, tzinfo=UTC)
"""The first clock: within the first days of what is drawn, so that some events are in the future
when they are recorded."""


class StoreContract(ABC):
    """The contract of a store, as a test class. Subclass it and say how your store is opened.

    >>> class TestOurStore(StoreContract):
    ...     def open(self, folder):
    ...         return OurBackend(folder / "store")  # doctest: +SKIP

    It holds that

    - imports count their rows as the model does, in any order, overlapping and repeated;
    - an import broken off leaves the store as before it or as after it, and can be repeated;
    - the statuses and findings are those of the model, as of any time and as known on any;
    - what was known on a past day is never changed by a later import;
    - what is kept for those who query is what a rebuild makes;
    - verifying finds nothing to object to, and the head changes with every import and only then.

    Attributes
    ----------
    examples:
        How many stores are tried (default 10).
    steps:
        The most things that are done to one (default 7).
    """

    examples: ClassVar[int] = 10
    steps: ClassVar[int] = 7

    @abstractmethod
    def open(self, folder: Path) -> StoreBackend:
        """Return a store that is not there yet; it may keep its files in this folder."""

    def test_it_keeps_the_contract(self) -> None:
        """Run the suite; a failing example is the shortest list of steps that breaks it."""
        run_state_machine_as_test(
            lambda: _Machine(self.open),  # type: ignore[arg-type]  # Any factory will do.
            settings=settings(
                max_examples=self.examples,
                stateful_step_count=self.steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


_PARTS: Final = st.lists(st.tuples(st.integers(0, 23), st.integers(1, 12)), min_size=1, max_size=2)
"""Which rows of all that happened a report has: from here, so many."""

_FILES: Final = st.fixed_dictionaries(
    {
        "parts": _PARTS,
        "columns": st.sampled_from([9, 9, 9, 7, 8]),
        "rewritten": st.integers(0, 3),
        "rejected": st.lists(st.sampled_from(_REJECTED), max_size=2),
        "backwards": st.booleans(),
    }
)

_CLOCK: Final = st.integers(-2, 12)
"""Days that pass before an import; clocks are also turned back."""


class _Machine(RuleBasedStateMachine):
    """One store, and the model of it, side by side."""

    def __init__(self, open_: Any) -> None:
        super().__init__()
        self._scratch = TemporaryDirectory()
        self._folder = Path(self._scratch.name)
        self._store: StoreBackend = open_(self._folder)
        self._model = StoreModel()
        self._clock = _OPENED
        self._files: list[tuple[Path, list[Row]]] = []
        self._past: dict[datetime, tuple[Counter[Status], Counter[str]]] = {}
        self._heads = [""]
        self._world: list[Event] = []

    def teardown(self) -> None:
        self._store.close()
        self._scratch.cleanup()

    @initialize(
        report=reports(max_histories=3, max_events=8), named=st.sampled_from([1, 2, 3, 10**6])
    )
    def happen(self, report: Sequence[Event], named: int) -> None:
        """All that happens in this world; reports show parts of it."""
        self._world = [
            replace(
                event,
                id=f"e{number}" if number % named == 0 else "",
                # Of one content the platform gives an id.
                content_id="sku-2" if event.content_type == CONTENTS[1][0] else "",
            )
            for number, event in enumerate(report)
        ]

    @rule(files=st.lists(_FILES, min_size=1, max_size=2), days=_CLOCK)
    def import_reports(self, files: list[dict[str, Any]], days: int) -> None:
        self._import([self._write(**file) for file in files], days)

    @precondition(lambda self: self._files)
    @rule(which=st.integers(0, 9), days=_CLOCK)
    def import_again(self, which: int, days: int) -> None:
        self._import([self._files[which % len(self._files)]], days)

    @rule(file=_FILES, moment=st.integers(0, 15), days=_CLOCK)
    def break_off(self, file: dict[str, Any], moment: int, days: int) -> None:
        self._clock += timedelta(days=days)
        path, rows = self._write(**file)
        self._store.break_off(path, self._clock, moment)
        done = len(self._store.imports())
        if done == len(self._model.imports) + 1:
            self._added(self._model.add(rows, self._clock))
        else:
            assert done == len(self._model.imports), "an import in half"
            assert self._store.head() == self._heads[-1], "nothing was added, but the head changed"

    @precondition(lambda self: self._model.imports)
    @rule(as_of=st.none() | st.integers(-1, 40), known=st.none() | st.integers(0, 9))
    def ask(self, as_of: int | None, known: int | None) -> None:
        """Both axes at once: at an event's time or just before it, at an import's or before."""
        moment = known_on = None
        if as_of is not None and self._world:
            moment = self._world[as_of // 2 % len(self._world)].at
            moment -= timedelta(microseconds=as_of % 2)
        if known is not None:
            recorded = self._model.imports[known // 2 % len(self._model.imports)][0]
            known_on = recorded - timedelta(microseconds=known % 2)
        assert self._store.statuses(moment, known_on) == self._model.statuses(moment, known_on)

    @precondition(lambda self: self._model.imports)
    @rule()
    def rebuild(self) -> None:
        kept, head = self._store.views(), self._store.head()
        self._store.rebuild()
        again = self._store.views()
        for name in kept:
            assert kept[name] == again[name], f"{name} was not what a rebuild makes"
        assert self._store.head() == head, "a rebuild changed the head"

    @invariant()
    def agree(self) -> None:
        """What holds after every step."""
        assert self._store.imports() == self._model.imports
        if not self._model.imports:
            return
        assert list(self._store.faults()) == []
        now = self._store.statuses(None, None), self._store.findings(None)
        assert now == (self._model.statuses(None, None), self._model.findings(None))
        last = self._model.imports[-1][0]
        for known_on, before in self._past.items():
            if known_on < last:
                answers = self._store.statuses(None, known_on), self._store.findings(known_on)
                assert answers == before, f"what was known on {known_on} has changed"
        self._past[last] = now

    def _import(self, files: list[tuple[Path, list[Row]]], days: int) -> None:
        self._clock += timedelta(days=days)
        counts = self._store.import_reports([path for path, _ in files], self._clock)
        assert counts == [self._model.add(rows, self._clock) for _, rows in files]
        for each in counts:
            assert each.rows == sum(each[1:])
        self._added(*counts)

    def _added(self, *counts: Counts) -> None:
        head = self._store.head()
        assert head not in self._heads, "an import did not change the head"
        self._heads.append(head)

    def _write(
        self,
        parts: list[tuple[int, int]],
        columns: int,
        rewritten: int,
        rejected: list[Rejected],
        backwards: bool,
    ) -> tuple[Path, list[Row]]:
        """Write a report: parts of the world, in some rows otherwise than it was."""
        rows: list[Row] = []
        for start, length in parts:
            start %= max(1, len(self._world))
            rows += self._world[start : start + length]
        for place, row in enumerate(rows):
            assert isinstance(row, Event)
            if rewritten and place % 4 == rewritten:
                row = replace(row, source="rewritten", panorama="West")
            if columns < 9:
                row = replace(row, id="")
            if columns < 8:
                row = replace(row, content_id="")
            rows[place] = row
        rows += rejected
        if backwards:
            rows.reverse()
        path = self._folder / f"report-{len(self._files)}.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(_HEADER[:columns])
            for row in rows:
                cells = _cells(row)
                if len(cells) > 1:
                    cells = (*cells, *[""] * len(_HEADER))[:columns]
                writer.writerow(cells)
        self._files.append((path, rows))
        return path, rows


def _cells(row: Row) -> tuple[str, ...]:
    if isinstance(row, Rejected):
        return row.cells
    return (
        row.learner,
        row.panorama,
        row.content_type,
        row.content_title,
        row.type,
        row.source,
        row.at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
        row.content_id,
        row.id,
    )
