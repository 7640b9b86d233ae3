"""A record driven live comes to what the audit of the same rows comes to."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_audit import Finding, SlowAudit, event_of, findings_in, labels, slow_audit, tidy
from strategies import NOW, Row, reports, write

import engine

FAIR = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HISTORIES = st.sampled_from(["complete", "partial"])


@st.composite
def streams(draw: st.DrawFn) -> list[Row]:
    """The rows of one stream, in the order in which they arrive: no two of them are one event."""
    rows = draw(reports(streams=1, instants=6, repeats=False))
    alone = {event_of(row): row for row in rows if row.type != "lesson"}
    return list(alone.values())


def event(row: Row) -> engine.Event:
    return engine.Event(
        type=row.type,
        source=row.source,
        at=row.at,
        learner=row.email,
        panorama=row.panorama,
        content_type=row.content_type,
        content_title=row.title,
    )


def findings_of(record: engine.Record) -> Counter[Finding]:
    found: Counter[Finding] = Counter()
    for each in record.findings:
        row = event_of(
            Row(
                each.event.learner,
                each.event.panorama,
                each.event.content_type,
                each.event.content_title,
                each.event.type,
                each.event.source,
                0,
            )
        )
        assert row is not None
        found[
            Finding(
                each.code,
                row.learner,
                row.panorama,
                row.content_type,
                row.title,
                row.type,
                row.source,
                each.event.at,
                labels(each.before),
                labels(each.after),
            )
        ] += 1
    return found


def of_sequence(findings: Counter[Finding]) -> Counter[Finding]:
    """Without those on rows, which a record knows nothing of."""
    return Counter({each: count for each, count in findings.items() if each.code[0] == "S"})


def last_statuses(slow: SlowAudit) -> tuple[str, ...]:
    ((_, instants),) = slow.instants.items()
    return instants[-1][1]


@FAIR
@given(streams(), HISTORIES)
def test_events_in_any_order_of_arrival_come_to_what_the_file_comes_to(
    tmp_path: Path, rows: list[Row], history: str
) -> None:
    if not rows:
        return
    record = engine.Record(history=history)  # type: ignore[arg-type]
    for row in rows:
        record.apply(event(row))
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW, history=history)
    (status,) = audit.status().rows()
    assert [label.label for label in record.possible] == status["possible"]
    assert findings_of(record) == of_sequence(findings_in(audit))


@FAIR
@given(streams(), HISTORIES)
def test_after_each_event_it_is_the_replay_of_those_so_far(rows: list[Row], history: str) -> None:
    record = engine.Record(history=history)  # type: ignore[arg-type]
    for count, row in enumerate(rows, 1):
        each = event(row)
        applied = record.apply(each)
        slow = slow_audit(rows[:count], history=history)
        assert applied.belief == record.belief
        assert labels(record.possible) == last_statuses(slow)
        assert findings_of(record) == of_sequence(slow.findings)
        on_it = [
            finding
            for finding in record.findings
            if finding.event is each and finding.code != "S304"
        ]
        assert [applied.finding] == (on_it or [None])


@FAIR
@given(streams(), HISTORIES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_shows(
    rows: list[Row], history: str, chance: random.Random
) -> None:
    results = []
    for order in (rows, chance.sample(rows, len(rows)), sorted(rows, key=lambda row: row.at)):
        record = engine.Record(history=history)  # type: ignore[arg-type]
        for row in order:
            record.apply(event(row))
        results.append((record.belief, record.findings))
    assert results[0] == results[1] == results[2]


@FAIR
@given(streams())
def test_margins_and_spelling_of_an_event_do_not_count(rows: list[Row]) -> None:
    plain, loud = engine.Record(), engine.Record()
    for row in rows:
        plain.apply(event(row._replace(title=tidy(row.title))))
        loud.apply(event(row._replace(type=f" {row.type.upper()}", source=row.source.upper())))
    assert loud.belief == plain.belief
    assert [each.code for each in loud.findings] == [each.code for each in plain.findings]
