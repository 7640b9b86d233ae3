"""What the differences as a whole suggest: often another filter, and not the records."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.projection.between.differences import (
    BACKDATED,
    BETWEEN_CODES,
    REWRITTEN,
    VANISHED,
    Differences,
    Window,
)
from engine.projection.between.matching import Matching
from engine.projection.between.merged import Merged

__all__ = ["hints"]

_LEAST: Final = 3
_MOST: Final = 0.5
"""From which share on differences speak of the exports. A few cases prove nothing."""


def hints(
    merged: Merged, matching: Matching, found: Differences, old: Window, new: Window
) -> list[str]:
    """Return the hints, a sentence or two each."""
    said = []
    records = merged.records
    if not len(matching.old) or not len(matching.new):
        return ["One of the reports has no event, so nothing was compared."]
    if max(old.first, new.first) > min(old.last, new.last):
        said.append(
            "The two reports cover no time together: the one ends before the other begins. No "
            "event and no status could be compared."
        )
    elif not bool((old.learners & new.learners).any()):
        said.append("The reports have no learner in common: are they of the same site?")
    added = found.new[found.code == BACKDATED]
    unknown = ~old.learners[records.learner[added]] | ~old.contents[records.content[added]]
    before = records.at[added] < old.first
    for count, which in (
        (int(np.count_nonzero(before)), "are from before the earlier report begins"),
        (
            int(np.count_nonzero(unknown & ~before)),
            "are of learners or contents that the earlier report does not name",
        ),
    ):
        if count >= _LEAST:
            said.append(
                f"{count:,} of {len(added):,} backdated rows ({BETWEEN_CODES[BACKDATED]}) "
                f"{which}: was it filtered otherwise than the later one?"
            )
    gone = found.old[found.code == VANISHED]
    share = len(gone) / max(1, len(gone) + matching.same)
    if len(gone) >= _LEAST and share >= _MOST:
        said.append(
            f"{100 * share:.0f} % of the rows that the later report should have are not in it "
            f"({BETWEEN_CODES[VANISHED]}): is it filtered otherwise, or read in another time zone?"
        )
    rewritten = found.code == REWRITTEN
    if records.event_id is not None:
        ids = records.event_id[found.old[rewritten]] != records.event_id[found.new[rewritten]]
        if np.count_nonzero(ids) >= _LEAST and np.count_nonzero(ids) >= _MOST * len(ids):
            said.append(
                f"In {int(np.count_nonzero(ids)):,} of {len(ids):,} rewritten rows "
                f"({BETWEEN_CODES[REWRITTEN]}) the id is another one: were ids issued anew? "
                "Then compare copies without that column."
            )
    moved = records.panorama[found.old[rewritten]] != records.panorama[found.new[rewritten]]
    if np.count_nonzero(moved) >= _LEAST and np.count_nonzero(moved) >= _MOST * len(moved):
        said.append(
            f"In {int(np.count_nonzero(moved)):,} of {len(moved):,} rewritten rows "
            f"({BETWEEN_CODES[REWRITTEN]}) the Panorama is another one: a portal was "
            "renamed, or learners were moved."
        )
    return said
