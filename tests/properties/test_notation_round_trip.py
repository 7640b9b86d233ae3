"""What is printed of a history is read as the same history."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import UsageError
from engine.dialects.dialect import canonical
from engine.dialects.usual import PAIRS
from engine.lifecycle.action import Action
from engine.testing import History, history
from engine.testing.notation import event_of, in_notation
from engine.testing.plain import BEGINNING, LETTERS

ANY = settings(max_examples=200, deadline=None)

gaps = st.one_of(
    st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=3)]),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)),
)
own_sources = st.sampled_from(PAIRS).map(lambda pair: (pair.action, pair.source))
other_sources = st.tuples(
    st.sampled_from([Action.ENROL, Action.SET_UNKNOWN, Action.CERTIFY_BY_GRANT, Action.REVOKE]),
    st.text(max_size=6),
).filter(lambda drawn: canonical(drawn[1]) not in {canonical(pair.source) for pair in PAIRS})
does = st.one_of(own_sources, other_sources)


@st.composite
def any_histories(draw: st.DrawFn) -> History:
    at, events = BEGINNING, []
    for number, (action, source) in enumerate(draw(st.lists(does, max_size=8))):
        at += draw(gaps) if number or draw(st.booleans()) else timedelta(0)
        events.append(event_of(action, source, at))
    return History(events)


@ANY
@given(any_histories())
def test_what_is_printed_is_read_back(drawn: History) -> None:
    assert history(in_notation(drawn)) == drawn
    assert eval(repr(drawn)) == drawn


words = st.one_of(
    st.sampled_from([*LETTERS, "|", "=", "+1h", "+30m", "set_started", "E/sso", "@2024-05-01"]),
    st.text(max_size=4),
)


@ANY
@given(st.lists(words, max_size=8).map(" ".join))
def test_any_text_is_a_history_or_refused(text: str) -> None:
    with suppress(UsageError):
        read = history(text)
        assert history(str(read)) == read
