"""What a store holds, what was added to it and whether it was edited, as pages for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from engine.columns.frame import Frame
from engine.report.call import Call
from engine.report.page import (
    Block,
    Column,
    Facts,
    Gap,
    Heading,
    Line,
    Page,
    Prose,
    Span,
    Steps,
    Table,
)
from engine.report.pages.status import instant
from engine.report.words import counted, number

if TYPE_CHECKING:
    from engine.store.verifying import Fault

__all__ = ["imported_page", "imports_page", "verified_page"]

_COUNTS: Final = ("rows", "new_events", "already_known", "duplicates", "quarantined")
_HEADS: Final = ("Rows", "New events", "Already known", "Duplicates", "Quarantined")


class _Verified(Protocol):
    """What verifying found."""

    @property
    def imports(self) -> int: ...
    @property
    def events(self) -> int: ...
    @property
    def head(self) -> str: ...
    @property
    def since(self) -> int: ...
    @property
    def faults(self) -> list[Fault]: ...


def imported_page(store: str, frame: Frame) -> Page:
    """Return one line a report, and the head of the chain."""
    rows = frame.rows()
    return Page(f"Imported into {store}", (_imports(rows), *_head(store, rows[-1]["digest"])))


def imports_page(store: str, frame: Frame) -> Page:
    """Return what each import was, and the head of the chain."""
    rows = frame.rows()
    each = [block for row in rows for block in _import(row)]
    blocks = _imports(rows), *each, *_head(store, rows[-1]["digest"])
    return Page(f"Imports of {store}", blocks)


def _imports(rows: list[dict[str, Any]]) -> Block:
    counts = (Column(head, "number") for head in _HEADS)
    return Table(
        "Imports",
        (Column("Import", "number"), Column("File"), *counts),
        tuple(
            (str(row["import"]), row["file"], *(number(row[name]) for name in _COUNTS))
            for row in rows
        ),
    )


def _import(row: dict[str, Any]) -> tuple[Block, ...]:
    window = "no event"
    if row["window_first"]:
        window = f"{instant(row['window_first'])} to {instant(row['window_last'])}"
    facts = {
        "recorded": instant(row["recorded_at"]),
        "window": window,
        "time zone": f"{row['timezone']} for times without a time zone",
        "file": f"{row['file']}, {number(row['bytes'])} bytes",
        "SHA-256": row["sha256"],
        "digest": row["digest"],
    }
    return Heading(f"Import {row['import']}"), Facts(facts)


def _head(store: str, digest: str) -> tuple[Block, ...]:
    return (
        Gap(),
        Line((Span("Head digest  ", "quiet"), Span(digest, "strong"))),
        Prose(
            "Write it down elsewhere: it covers every row that was ever imported. Whether the "
            "store still fits it says:"
        ),
        Steps(((Call((store,)).command("verify", "--head", digest), ""),), indent=4),
    )


def verified_page(store: str, found: _Verified, *, with_head: bool) -> Page:
    """Return what does not fit, or that everything does and what that proves."""
    if found.faults:
        rows = tuple(
            ("–" if each.number is None else str(each.number), Span(each.problem + "."))
            for each in found.faults
        )
        columns = Column("Import", "number"), Column("What does not fit")
        first = "The first line is where to look first. What follows may be a consequence."
        return Page(f"{store} was edited", (Table("Faults", columns, rows), Gap(), Prose(first)))
    if with_head:
        since = f"{counted(found.since, 'import')} came after it." if found.since else ""
        proved = f"The digest given is in the chain. {since or 'It is the head.'}"
    else:
        proved = (
            "Somebody who rewrote everything, digests included, would not be found: for that give "
            "a head digest written down earlier, --head."
        )
    fits = (
        f"{counted(found.imports, 'import')} and {counted(found.events, 'event')} fit the chain of "
        "digests, and the read models follow from them."
    )
    head = Line((Span("Head digest  ", "quiet"), Span(found.head, "strong")))
    return Page(f"{store} is as it was written", (Prose(fits), Prose(proved), Gap(), head))
