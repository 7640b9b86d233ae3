"""What a store holds, what was added to it and whether it was edited, as pages for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from engine.columns.frame import Frame
from engine.output.call import Call
from engine.output.paragraphs import Paragraphs, cell
from engine.output.status_text import instant
from engine.output.words import counted, number

if TYPE_CHECKING:
    from rich.console import Console

    from engine.store.verifying import Fault

__all__ = ["print_imported", "print_imports", "print_verified"]

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


def print_imported(console: Console, store: str, frame: Frame) -> None:
    """Print one line a report, and the head of the chain."""
    page = Paragraphs(console)
    rows = frame.rows()
    page.title(f"Imported into {store}")
    page.columns(
        [(each["import"], each["file"], *_counts(each)) for each in rows],
        header=("Import", "File", *_HEADS),
        right=(0, 2, 3, 4, 5, 6),
    )
    _print_head(page, store, rows[-1]["digest"])


def print_imports(console: Console, store: str, frame: Frame) -> None:
    """Print what each import was, and the head of the chain."""
    page = Paragraphs(console)
    rows = frame.rows()
    page.title(f"Imports of {store}")
    page.columns(
        [(each["import"], each["file"], *_counts(each)) for each in rows],
        header=("Import", "File", *_HEADS),
        right=(0, 2, 3, 4, 5, 6),
    )
    for each in rows:
        page.heading(f"Import {each['import']}")
        page.facts(
            {
                "recorded": instant(each["recorded_at"]),
                "window": f"{instant(each['window_first'])} to {instant(each['window_last'])}"
                if each["window_first"]
                else "no event",
                "time zone": f"{each['timezone']} for timestamps that carry none",
                "file": f"{each['file']}, {number(each['bytes'])} bytes",
                "SHA-256": each["sha256"],
                "digest": each["digest"],
            }
        )
    _print_head(page, store, rows[-1]["digest"])


def _counts(row: dict[str, Any]) -> list[str]:
    return [number(row[name]) for name in _COUNTS]


def _print_head(page: Paragraphs, store: str, digest: str) -> None:
    page.gap()
    page.line(("Head digest  ", "dim"), (digest, "bold"))
    page.prose(
        "Write it down elsewhere: it covers every row that was ever imported. Whether the store "
        "still fits it says:"
    )
    page.line(("    " + Call((store,)).command("verify", "--head", digest), ""))


def print_verified(console: Console, store: str, found: _Verified, *, with_head: bool) -> None:
    """Print what does not fit, or that everything does and what that proves."""
    page = Paragraphs(console)
    if found.faults:
        page.title(f"{store} was edited")
        page.columns(
            [
                ("–" if each.number is None else each.number, cell(each.problem + "."))
                for each in found.faults
            ],
            header=("Import", "What does not fit"),
            right=(0,),
        )
        page.gap()
        page.prose("The first line is where to look first. What follows may be a consequence.")
        return
    page.title(f"{store} is as it was written")
    page.prose(
        f"{counted(found.imports, 'import')} and {counted(found.events, 'event')} fit the chain of "
        "digests, and the read models follow from them."
    )
    if with_head:
        later = (
            "It is the head."
            if not found.since
            else (f"{counted(found.since, 'import')} came after it.")
        )
        page.prose(f"The digest given is in the chain. {later}")
    else:
        page.prose(
            "Somebody who rewrote everything, digests included, would not be found: for that give "
            "a head digest written down earlier, --head."
        )
    page.gap()
    page.line(("Head digest  ", "dim"), (found.head, "bold"))
