"""Repairs as sentences, from plain strings and numbers."""

from __future__ import annotations

from collections.abc import Collection

from engine.rules.phrases import PHRASES

__all__ = ["repair_sentence"]

_FAMILIES = (
    (
        frozenset({"enrol_by_course_purchase", "enrol_by_collection_purchase"}),
        "an enrolment by a purchase",
    ),
    (
        frozenset(
            {
                "enrol",
                "enrol_by_course_purchase",
                "enrol_by_collection_purchase",
                "enrol_by_manager",
                "enrol_echo",
            }
        ),
        "an enrolment",
    ),
    (frozenset({"set_started", "import_started"}), "a change to started by a manager"),
    (frozenset({"start", "scorm_progress", "set_started", "import_started"}), "a start"),
    (frozenset({"set_completed", "import_completed"}), "a change to completed by a manager"),
    (
        frozenset({"complete", "attend", "recertify", "set_completed", "import_completed"}),
        "a completion",
    ),
    (frozenset({"set_not_started", "import_not_started"}), "a reset to not started"),
)
"""What to call an event where several of a family would do: the first that covers them."""


def repair_sentence(
    edit: str,
    action: str,
    row: int | str | None,
    before: int | str | None = None,
    after: int | str | None = None,
    alternatives: Collection[str] = (),
) -> str:
    """Say one edit of a repair in a sentence.

    A row is its number, or a text that names it ("row 17 of b.csv").

    Parameters
    ----------
    edit:
        ``insert``, ``drop`` or ``move``.
    action:
        The action of the event, as semantics.md §3 names it.
    row:
        The row that is dropped or moved; None for an insertion.
    before, after:
        The rows between which an event is inserted or moved; None where there is none.
    alternatives:
        The other actions that would do as well as an inserted one.

    Examples
    --------
    >>> repair_sentence("insert", "enrol", None, None, 17)
    'An enrolment before row 17 is missing.'
    >>> repair_sentence("move", "start", 12, 14)
    'Row 12 should come after row 14.'
    >>> repair_sentence("drop", "revoke", 9)
    'Row 9 should not be there.'
    """
    named = _capital(_name(row)) if row is not None else ""
    if edit == "drop":
        return f"{named} should not be there."
    if edit == "move":
        sides = [f"after {_name(before)}"] if before is not None else []
        sides += [f"before {_name(after)}"] if after is not None else []
        return f"{named} should come {' and '.join(sides) or 'at another time'}."
    noun = _capital(_noun(action, alternatives))
    if after is not None:
        return f"{noun} before {_name(after)} is missing."
    if before is not None:
        return f"{noun} after {_name(before)} is missing."
    return f"{noun} is missing."


def _noun(action: str, alternatives: Collection[str]) -> str:
    """Name what is missing no more closely than the alternatives allow."""
    widest = next((family for family, _ in reversed(_FAMILIES) if action in family), frozenset())
    fitting = {action, *(widest & set(alternatives))}
    if len(fitting) == 1:
        return PHRASES[action].noun
    return next(noun for family, noun in _FAMILIES if fitting <= family)


def _name(row: int | str | None) -> str:
    return f"row {row}" if isinstance(row, int) else str(row)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
