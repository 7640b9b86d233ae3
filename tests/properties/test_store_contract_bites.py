"""The contract of a store can be kept by another backend, and each thing it asks for can be broken.

The backend here is in memory, in plain Python; the broken ones are it but for one method.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from engine.dialects.dialect import canonical
from engine.dialects.usual import TYPES
from engine.event import Event
from engine.testing import StoreContract, store_contract
from engine.testing.store_model import Counts, Rejected, Row, Status, StoreModel


def rows_of(report: Path) -> list[Row]:
    with open(report, encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    return [row_of(dict(zip(header, line, strict=False))) for line in lines]


def row_of(cells: dict[str, str]) -> Row:
    if len(cells) < 7:
        return Rejected("R001", ())
    if not cells["Email"]:
        return Rejected("R002", ())
    if canonical(cells["Type"]) not in TYPES:
        return Rejected("R003", ())
    if cells["Timestamp"] == "never":
        return Rejected("R005", ())
    return Event(
        type=cells["Type"],
        source=cells["Source"],
        at=datetime.fromisoformat(cells["Timestamp"]),
        learner=cells["Email"],
        panorama=cells["Panorama Name"],
        content_type=cells["Content Type"],
        content_title=cells["Content Title"],
        content_id=cells.get("Content Id", ""),
        id=cells.get("Id", ""),
    )


class Memory:
    """A store that forgets everything at the end of the process."""

    def __init__(self) -> None:
        self.model = StoreModel()

    def import_reports(self, reports: Sequence[Path], now: datetime) -> list[Counts]:
        return [self.model.add(rows_of(report), now) for report in reports]

    def break_off(self, report: Path, now: datetime, moment: int) -> None:
        if moment > 7:
            self.import_reports([report], now)

    def imports(self) -> list[tuple[datetime, Counts]]:
        return self.model.imports

    def statuses(self, as_of: datetime | None, known_on: datetime | None) -> Counter[Status]:
        return self.model.statuses(as_of, known_on)

    def findings(self, known_on: datetime | None) -> Counter[str]:
        return self.model.findings(known_on)

    def views(self) -> Mapping[str, object]:
        return {"records": self.statuses(None, None)}

    def rebuild(self) -> None:
        pass

    def faults(self) -> Sequence[object]:
        return []

    def head(self) -> str:
        return str(len(self.imports()) or "")

    def close(self) -> None:
        pass


class TestMemory(StoreContract):
    examples, steps = 20, 8

    def open(self, folder: Path) -> Memory:
        return Memory()


class KnowsNoPast(Memory):
    def statuses(self, as_of: datetime | None, known_on: datetime | None) -> Counter[Status]:
        return super().statuses(as_of, None)


class KnowsNoTime(Memory):
    def statuses(self, as_of: datetime | None, known_on: datetime | None) -> Counter[Status]:
        return super().statuses(None, known_on)


class TakesRepeatsForNew(Memory):
    def import_reports(self, reports: Sequence[Path], now: datetime) -> list[Counts]:
        done = super().import_reports(reports, now)
        return [
            each._replace(new_events=each.new_events + each.duplicates, duplicates=0)
            for each in done
        ]


class KnowsNoIds(Memory):
    def import_reports(self, reports: Sequence[Path], now: datetime) -> list[Counts]:
        plain = []
        for report in reports:
            text = report.read_text().replace(",Id", ",Ignored")
            plain.append(report.with_suffix(".txt"))
            plain[-1].write_text(text)
        return super().import_reports(plain, now)


class LosesTheRejected(Memory):
    def findings(self, known_on: datetime | None) -> Counter[str]:
        found = super().findings(known_on)
        del found["R003"]
        return found


class ImportsInHalf(Memory):
    def break_off(self, report: Path, now: datetime, moment: int) -> None:
        rows = rows_of(report)
        self.model.add(rows[: 1 + len(rows) // 2], now)


class TurnsBackTheClock(Memory):
    def imports(self) -> list[tuple[datetime, Counts]]:
        found = super().imports()
        return [(found[0][0], counts) for _, counts in found]


class KeepsOldViews(Memory):
    kept: Any = None

    def views(self) -> Mapping[str, object]:
        self.kept = self.kept or super().views()
        found: Mapping[str, object] = self.kept
        return found

    def rebuild(self) -> None:
        self.kept = None


class HasOneHead(Memory):
    def head(self) -> str:
        return "always" if self.imports() else ""


class FindsFault(Memory):
    def faults(self) -> Sequence[object]:
        return ["something"] if len(self.imports()) > 1 else []


@pytest.mark.parametrize(
    "backend",
    [
        KnowsNoPast,
        KnowsNoTime,
        TakesRepeatsForNew,
        KnowsNoIds,
        LosesTheRejected,
        ImportsInHalf,
        TurnsBackTheClock,
        KeepsOldViews,
        HasOneHead,
        FindsFault,
    ],
)
def test_what_breaks_it_is_found(backend: type[Memory]) -> None:
    # As the contract runs it, but for the search for the shortest example.
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            lambda: store_contract._Machine(lambda folder: backend()),  # type: ignore[arg-type]
            settings=settings(
                max_examples=100,
                stateful_step_count=12,
                phases=[Phase.generate],
                database=None,
                deadline=None,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
