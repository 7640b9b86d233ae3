"""The user's own call, from which the next commands are written out for them."""

from __future__ import annotations

import shlex

import msgspec

from engine.report.plain import plain_line
from engine.report.zones import Zones

__all__ = ["Call"]

_SHOWN = 3
_LOOK_ACROSS = ("audit", "explain", "timeline")


class Call(msgspec.Struct, frozen=True):
    """What was read and how.

    Attributes
    ----------
    source:
        The files or folders, as the user named them.
    flags:
        The options of reading and replaying that were given.
    across:
        The options on what is looked for across records, for the commands that have them.
    zones:
        The time zones that timestamps without one were read in.
    """

    source: tuple[str, ...]
    flags: tuple[str, ...] = ()
    across: tuple[str, ...] = ()
    zones: Zones = Zones()

    @property
    def title(self) -> str:
        """What was read, in a few words."""
        names = ["standard input" if name == "-" else name for name in self.source[:_SHOWN]]
        rest = len(self.source) - len(names)
        return plain_line(", ".join(names) + (f" and {rest} more" if rest else ""))

    def command(self, name: str, *extra: str) -> str:
        """Return a command on the same source, quoted for a shell."""
        source = [shlex.quote(each) for each in self.source] if len(self.source) <= _SHOWN else []
        across = self.across if name in _LOOK_ACROSS else ()
        flags = [each for each in (*self.flags, *across) if each not in extra]
        words = [name, *(source or ["SOURCE..."]), *map(shlex.quote, (*flags, *extra))]
        return plain_line(" ".join(["learner-engine", *words]))
