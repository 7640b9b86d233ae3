"""The notation of histories: what it means, what it refuses, and that it is printed back."""

from __future__ import annotations

import doctest
import re
from datetime import UTC, datetime, timedelta

import pytest

import engine
import engine.testing.notation as module
from engine.dialects.dialect import Pair
from engine.dialects.usual import PAIRS, classify
from engine.lifecycle.action import Action
from engine.testing import History, history
from engine.testing.notation import in_notation
from engine.testing.plain import BEGINNING, LETTERS, SUBJECT


def hours(text: str) -> list[float]:
    """When each event is, in hours since the beginning."""
    return [(event.at - BEGINNING) / timedelta(hours=1) for event in history(text)]


def test_examples_in_docstrings_run() -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_an_event_is_an_hour_after_the_one_before() -> None:
    assert hours("E S C") == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("E S | C G", [0, 1, 24, 25]),
        ("E | | S", [0, 48]),
        ("E = S = C", [0, 0, 0]),
        ("E|S=C", [0, 24, 24]),
        ("E +90m S +2d C +0.5s G", [0, 1.5, 49.5, 49.5 + 0.5 / 3600]),
        ("+2h E", [2]),
        ("| E", [24]),
        ("E | +30m S", [0, 24.5]),
        ("@2024-01-02T09:00:00Z E @2024-01-03T10:00:00+01:00 S", [24, 48]),
    ],
)
def test_marks(text: str, when: list[float]) -> None:
    assert hours(text) == when


def test_a_day_begins_at_nine_however_late_the_one_before_ended() -> None:
    assert hours("E +14.5h S | C +16h G | R") == [0, 14.5, 24, 40, 72]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_its_action(letter: str) -> None:
    assert history(letter).actions == (LETTERS[letter],)


@pytest.mark.parametrize("action", Action)
def test_a_name_is_its_action(action: Action) -> None:
    for written in (action.label, action.label.upper(), action.label.replace("_", "-")):
        (event,) = history(written)
        assert classify(event.type, event.source).action is action
        assert classify(event.type, event.source).code is None, "a plain source is documented"


@pytest.mark.parametrize("pair", PAIRS)
def test_a_source_can_be_chosen(pair: Pair) -> None:
    (event,) = history(f"{pair.action.label}/{pair.source}")
    assert (event.type, event.source) == (pair.type, pair.source)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("E/brand_new", "brand_new"),
        ('E/"brand new"', "brand new"),
        ('E/""', ""),
        ('E/"a=b|\\"c\\""', 'a=b|"c"'),
        ("U/x", "x"),
        ("certify_by_grant/x", "x"),
        ("R/course_started", "course_started"),
    ],
)
def test_a_source_that_nobody_has_documented(text: str, source: str) -> None:
    assert [event.source for event in history(text)] == [source]


def test_whose_history_it_is() -> None:
    (event,) = history(
        "E", learner="bob@x.example", panorama="N", content_type="webinar", content_title="Y"
    )
    assert event == engine.Event(
        type="enrollment",
        source="registration",
        at=datetime(2024, 1, 1, 9, tzinfo=UTC),
        learner="bob@x.example",
        panorama="N",
        content_type="webinar",
        content_title="Y",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Q", "'Q' is no notation"),
        ("ES", "'ES' is no notation"),
        ("e", "'e' is no notation"),
        ("E ; S", "';' is no notation"),
        ("E/", "'E/' is no notation"),
        ('E/"x', "'E/\"x' is no notation"),
        ("E +3x S", "'+3x' is no notation"),
        ("E +1h2m S", "'+1h2m' is no notation"),
        ("= E", "before the first"),
        ("E |", "no event follows"),
        ("E @yesterday S", "'@yesterday' is no time"),
        ("E @2023-12-31 S", "earlier than what stands before"),
        ("E +9999999d S", "years 1 to 9999"),
        ("E/course_purchase", "write P/course_purchase"),
        ("S/scorm_started", "write scorm_progress/scorm_started"),
        ("S/x", "write U/x"),
        ('E/"\\x"', "escape"),
    ],
)
def test_what_is_no_notation_is_refused_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(engine.UsageError, match=re.escape(told)) as caught:
        history(text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("", ""),
        ("E", "E"),
        ("enrol/registration", "E"),
        ("E S C|R", "E S C | R"),
        ("E||S", "E +2d S"),
        ("E +24h S", "E | S"),
        ("E +60m S", "E S"),
        ("E +0s S", "E = S"),
        ("E +1500m S", "E +25h S"),
        ("E +0.25s S", "E +0.25s S"),
        ('E/"sso"', "E/sso"),
        ("@2024-03-01 E", "@2024-03-01T00:00:00Z E"),
    ],
)
def test_printed_in_the_shortest_form(written: str, printed: str) -> None:
    assert str(history(written)) == in_notation(history(written)) == printed


def test_representation_is_the_call_that_makes_it() -> None:
    plain, other = history("E | G"), history("E", learner="b@x", content_title='"Y"')
    assert repr(plain) == "history('E | G')"
    assert repr(other) == "history('E', learner='b@x', content_title='\"Y\"')"
    assert eval(repr(other)) == other


def test_a_history_sorts_its_events_and_puts_them_in_utc() -> None:
    first, second = history("E S")
    local = engine.Event(
        type=second.type, source=second.source, at=second.at.replace(tzinfo=None), **SUBJECT
    )
    assert History([local, first]) == history("E S")
    with pytest.raises(engine.UsageError, match="by time"):
        in_notation([second, first])


def test_a_history_is_one_learners_of_one_content() -> None:
    with pytest.raises(engine.UsageError, match="one learner's of one content"):
        History([*history("E"), *history("S", learner="bob@x.example")])


def test_a_type_that_no_notation_can_say() -> None:
    with pytest.raises(engine.UsageError, match="'lesson'"):
        in_notation([engine.Event(type="lesson", source="x", at=BEGINNING)])
