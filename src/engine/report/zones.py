"""The time zones that timestamps without one were read in, in words."""

from __future__ import annotations

import msgspec

from engine.report.plain import plain_line

__all__ = ["Zones"]

_ASSUMED = "assumed, --timezone sets it"
_TOLD = "as when they were imported"


class Zones(msgspec.Struct, frozen=True):
    """In which zone timestamps that carry none were read.

    Attributes
    ----------
    named:
        The zone of ``--timezone``; None if nobody named one, and so UTC.
    stored:
        Of a store the zones that its imports were read in; None if there is no store.
    reports:
        Whether there are reports that the call itself says how to read.
    """

    named: str | None = None
    stored: tuple[str, ...] | None = None
    reports: bool = True

    @property
    def fact(self) -> str:
        """What a page says in its line "Time zone"."""
        zone = f"{self.named or 'UTC'} for times without a time zone"
        if self.named is None:
            zone += f": {_ASSUMED}"
        if self.stored is None:
            return plain_line(zone)
        if self.reports:
            return plain_line(f"{self._imported}, for those of the store; else {zone}")
        said = f"{self._imported}, for times without a time zone"
        return plain_line(said + (f"; {self.named} for dates of this call" if self.named else ""))

    @property
    def sentence(self) -> str:
        """What a page says at its end."""
        if self.stored is None:
            if self.named is None:
                return f"Times are UTC, and times without a time zone were read as UTC: {_ASSUMED}."
            return plain_line(
                f"Times are UTC; times without a time zone were read as {self.named}."
            )
        said = f"Times are UTC; times without a time zone were read as {self._imported}."
        return plain_line(said + (f" Dates of this call are {self.named}." if self.named else ""))

    @property
    def note(self) -> str | None:
        """What data says beside itself, where pages say it themselves; None: the user said it."""
        if self.stored:
            of_store = f"times without a time zone were read as {self._imported}"
            if not self.reports:
                return f"{of_store}."
            return f"of the store, {of_store}; {self.fact.partition('; ')[2]}."
        if self.named is not None or not self.reports:
            return None
        return (
            "times without a time zone were read as UTC; for Berlin add --timezone Europe/Berlin."
        )

    @property
    def _imported(self) -> str:
        return f"{' or '.join(self.stored or ('UTC',))}, {_TOLD}"
