"""What a record remembers: one configuration of access, progress, certificate and cycle.

Source: semantics.md §2.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec

__all__ = ["NOT_ENROLLED", "Access", "Certificate", "Configuration", "Progress", "Status"]


class Status(IntEnum):
    """The six statuses, in the order in which possible ones are listed (§5)."""

    NOT_ENROLLED = 0
    ENROLLED = 1
    STARTED = 2
    COMPLETED = 3
    CERTIFIED = 4
    REVOKED = 5

    @property
    def label(self) -> str:
        """The status as reports and outputs spell it."""
        return self.name.lower()


# Configurations are looked up in sets all the time; the hash that Enum gives its members is a
# Python function over the name, and would take most of the time of a step.


class Access(IntEnum):
    """Whether the learner may use the content."""

    __hash__ = int.__hash__

    NONE = 0
    ACTIVE = 1
    REVOKED = 2


class Progress(IntEnum):
    """How far the learner is in the current cycle."""

    __hash__ = int.__hash__

    NOT_STARTED = 0
    STARTED = 1
    COMPLETED = 2


class Certificate(IntEnum):
    """The current cycle's certificate; stale once a newer completion exists."""

    __hash__ = int.__hash__

    NONE = 0
    CURRENT = 1
    STALE = 2


class Configuration(msgspec.Struct, frozen=True, cache_hash=True):
    """One possible state of a record; all but ``ever_completed`` belongs to the current cycle."""

    access: Access = Access.NONE
    progress: Progress = Progress.NOT_STARTED
    certificate: Certificate = Certificate.NONE
    started_seen: bool = False
    learner_completed: bool = False
    manager_completed: bool = False
    course_bought: bool = False
    collection_bought: bool = False
    manager_enrolled: bool = False
    ever_completed: bool = False

    @property
    def status(self) -> Status:
        """The status that this configuration shows (§2)."""
        if self.access is Access.NONE:
            return Status.NOT_ENROLLED
        if self.access is Access.REVOKED:
            return Status.REVOKED
        if self.certificate is not Certificate.NONE:
            return Status.CERTIFIED
        return _BY_PROGRESS[self.progress]


_BY_PROGRESS: Final = {
    Progress.NOT_STARTED: Status.ENROLLED,
    Progress.STARTED: Status.STARTED,
    Progress.COMPLETED: Status.COMPLETED,
}

NOT_ENROLLED: Final = Configuration()
"""Where a complete history begins."""
