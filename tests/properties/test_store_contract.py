"""Our own store keeps the contract that :class:`engine.testing.StoreContract` lays down."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import settings

import engine
from engine.instants import TimestampRules
from engine.store import database
from engine.store.models import MODELS, shown
from engine.storekeeper import importing
from engine.testing import StoreContract
from engine.testing.store_model import Counts, Status

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TABLES = (
    "imports",
    "events",
    "sightings",
    "records",
    "intervals",
    "findings",
    *(f"({shown(model)})" for model in MODELS),
    "model.codes",
    "model.made",
)


class Died(BaseException):
    """The process is gone."""


class OurBackend:
    """The store of this program, asked through its public face."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "s.duckdb"
        self._store = engine.Store(self._path)
        self._read: dict[Any, Any] = {}

    def import_reports(self, reports: Sequence[Path], now: datetime) -> list[Counts]:
        self._read = {}
        done = importing.import_reports(
            str(self._path),
            [str(report) for report in reports],
            TimestampRules(),
            now=lambda: (now - _EPOCH) // timedelta(microseconds=1),
        )
        return [Counts(*(getattr(each, name) for name in Counts._fields)) for each in done]

    def break_off(self, report: Path, now: datetime, moment: int) -> None:
        """Half the moments raise; the others leave what is on the disk at that moment."""
        killed = bool(moment % 2)
        with suppress(Died), dying(moment // 2, self._keep if killed else lambda: None):
            self.import_reports([report], now)
        if killed:
            self._restore()

    def _keep(self) -> None:
        for path in self._files():
            shutil.copy(path, path.with_name(f"kept-{path.name}"))

    def _restore(self) -> None:
        kept = [path.with_name(f"kept-{path.name}") for path in self._files()]
        if not any(path.exists() for path in kept):
            return  # It was over before.
        for path in self._files():
            path.unlink()
        for path in self._path.parent.glob("kept-*"):
            path.rename(path.with_name(path.name.removeprefix("kept-")))

    def _files(self) -> list[Path]:
        return list(self._path.parent.glob("s.duckdb*"))

    def _once(self, key: Any, read: Callable[[], Any]) -> Any:
        """What was read since the last change."""
        if key not in self._read:
            self._read[key] = read()
        return self._read[key]

    def _listed(self) -> list[dict[str, Any]]:
        def read() -> list[dict[str, Any]]:
            try:
                with self._store as store:
                    return list(store.imports().rows())
            except engine.InputError:
                return []

        rows: list[dict[str, Any]] = self._once("imports", read)
        return rows

    def _audit(self, known_on: datetime | None) -> engine.Audit:
        moment = _text(known_on)
        audit: engine.Audit = self._once(moment, lambda: self._store.audit(known_on=moment))
        return audit

    def imports(self) -> list[tuple[datetime, Counts]]:
        return [
            (row["recorded_at"], Counts(*(row[name] for name in Counts._fields)))
            for row in self._listed()
        ]

    def statuses(self, as_of: datetime | None, known_on: datetime | None) -> Counter[Status]:
        return Counter(
            (row["learner"], row["content_type"], row["content_title"], tuple(row["possible"]))
            for row in self._audit(known_on).status(_text(as_of)).rows()
        )

    def findings(self, known_on: datetime | None) -> Counter[str]:
        rows = self._audit(known_on).findings.rows()
        return Counter(row["code"] for row in rows if row["code"][0] in "RS")

    def views(self) -> dict[str, Any]:
        with duckdb.connect(self._path, read_only=True) as connection:
            return {
                table: connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
                for table in _TABLES
            }

    def rebuild(self) -> None:
        self._read = {}
        self._store.rebuild()

    def faults(self) -> Sequence[object]:
        return self._store.verify(self.head()).faults

    def head(self) -> str:
        rows = self._listed()
        return str(rows[-1]["digest"]) if rows else ""

    def close(self) -> None:
        self._store.close()


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


@contextmanager
def dying(step: int, last_words: Callable[[], None]) -> Iterator[None]:
    """Let the import die at a step, after doing something: there are about eight of them.

    The last ones come after the commit, while the file is being closed.
    """
    left = step

    def fatal(work: Callable[..., Any]) -> Callable[..., Any]:
        def step_of(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left == -1:
                last_words()
                raise Died
            return work(*arguments, **options)

        return step_of

    steps = ("prepare", "add", "clear_models", "hide", "add_to_model", "conclude", "tag", "tidy")
    places = [(importing, name) for name in steps]
    places.append((database, "_close"))
    before = [getattr(module, name) for module, name in places]
    for (module, name), work in zip(places, before, strict=True):
        setattr(module, name, fatal(work))
    try:
        yield
    finally:
        for (module, name), work in zip(places, before, strict=True):
            setattr(module, name, work)


class TestOurStore(StoreContract):
    # The suite's own ten take half a minute; profiles scale these as they do other properties.
    examples = max(1, 4 * settings.default.max_examples // 100)

    def open(self, folder: Path) -> OurBackend:
        return OurBackend(folder)
