"""One record driven live: late, tied and unknown events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

import engine
from engine.lifecycle.configuration import NOT_ENROLLED, Status
from engine.lifecycle.step import reachable

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)

ENROL = ("enrollment", "registration")
START = ("status_change", "course_started")
COMPLETE = ("status_change", "course_completed")
CERTIFY = ("certificate_grant", "course_completed")
REVOKE = ("revoked_access", "access_expiration")


def event(pair: tuple[str, str], hour: float = 0, **fields: str) -> engine.Event:
    type_, source = pair
    return engine.Event(type=type_, source=source, at=NOON + timedelta(hours=hour), **fields)


def found(record: engine.Record) -> list[tuple[str, str]]:
    return [(finding.code, finding.event.source) for finding in record.findings]


def test_a_new_record_is_not_enrolled() -> None:
    record = engine.Record()
    assert record.belief == {NOT_ENROLLED}
    assert record.possible == (Status.NOT_ENROLLED,)
    assert record.findings == ()


def test_apply_returns_the_new_belief_and_the_finding_on_the_event() -> None:
    record = engine.Record()
    applied = record.apply(event(ENROL))
    assert (applied.belief, applied.finding) == (record.belief, None)
    certificate = event(CERTIFY, 1)
    applied = record.apply(certificate)
    assert applied.finding is not None
    assert applied.finding == engine.Finding(
        "S103", certificate, (Status.ENROLLED,), (Status.CERTIFIED,)
    )
    assert record.findings == (applied.finding,)


def test_a_whole_legal_life_has_no_finding() -> None:
    record = engine.Record()
    expected = ["enrolled", "started", "completed", "certified", "revoked", "enrolled"]
    for hour, pair in enumerate((ENROL, START, COMPLETE, CERTIFY, REVOKE, ENROL)):
        assert record.apply(event(pair, hour)).finding is None
        assert [status.label for status in record.possible] == [expected[hour]]


def test_a_late_event_is_put_where_its_time_belongs() -> None:
    record = engine.Record()
    record.apply(event(ENROL, 0))
    record.apply(event(COMPLETE, 2))
    assert found(record) == [("S201", "course_completed")]
    applied = record.apply(event(START, 1))
    assert applied.finding is None
    assert found(record) == [], "the completion has its start now"


def test_a_late_event_may_also_accuse_what_came_after_it() -> None:
    record = engine.Record()
    record.apply(event(ENROL, 0))
    record.apply(event(START, 2))
    assert record.apply(event(REVOKE, 1)).finding is None
    assert found(record) == [("S102", "course_started")]
    assert record.possible == (Status.REVOKED,)


def test_an_event_before_all_others_replays_everything() -> None:
    record = engine.Record()
    for pair, hour in ((START, 1), (COMPLETE, 2), (CERTIFY, 3)):
        record.apply(event(pair, hour))
    assert found(record) == [("S101", "course_started")]
    record.apply(event(ENROL, 0))
    assert found(record) == []
    assert record.possible == (Status.CERTIFIED,)


def test_tied_events_are_legal_in_whatever_order_they_arrive() -> None:
    for pairs in ((ENROL, START, COMPLETE), (COMPLETE, START, ENROL), (START, ENROL, COMPLETE)):
        record = engine.Record()
        for pair in pairs:
            record.apply(event(pair))
        assert found(record) == []
        assert record.possible == (Status.COMPLETED,)


def test_a_tied_event_may_clear_its_neighbour() -> None:
    record = engine.Record()
    first = record.apply(event(START))
    assert first.finding is not None
    assert first.finding.code == "S101"
    assert record.apply(event(ENROL)).finding is None
    assert found(record) == []


def test_equal_actions_at_one_instant_are_told_apart_by_source_then_id() -> None:
    record = engine.Record()
    second = event(("enrollment", "sso"), id="b")
    first = event(("enrollment", "sso"), id="a")
    zeroth = event(("enrollment", "registration"), id="c")
    for each in (second, first, zeroth):
        record.apply(each)
    assert [finding.event for finding in record.findings] == [first, second]


def test_a_crowd_at_one_instant_is_not_searched() -> None:
    record = engine.Record()
    for number in range(9):
        applied = record.apply(event(ENROL, id=str(number)))
    assert [code for code, _ in found(record)] == ["S304", *["S301"] * 8]
    assert applied.finding is not None
    assert applied.finding.code == "S301", "S304 is on the instant"
    assert record.findings[0].event.id == "0"


def test_the_unknown_status_change_leaves_the_status_open() -> None:
    record = engine.Record()
    record.apply(event(ENROL))
    applied = record.apply(event(("status_change", "manager_changed_status"), 1))
    assert applied.finding is not None
    assert applied.finding.code == "S303"
    assert [status.label for status in record.possible] == ["enrolled", "started", "completed"]


def test_a_partial_history_may_have_begun_before() -> None:
    record = engine.Record(history="partial")
    applied = record.apply(event(CERTIFY))
    assert applied.finding is None
    assert record.possible == (Status.CERTIFIED, Status.REVOKED)
    assert applied.belief < reachable()


def test_in_a_partial_history_an_earlier_enrolment_narrows_what_was() -> None:
    record = engine.Record(history="partial")
    record.apply(event(CERTIFY, 1))
    record.apply(event(ENROL, 0))
    assert [code for code, _ in found(record)] == ["S209"], "it may have been completed before"


@pytest.mark.parametrize("type_", ["", "enrolment", "course_started"])
def test_an_unknown_type_is_refused_and_changes_nothing(type_: str) -> None:
    record = engine.Record()
    record.apply(event(ENROL))
    with pytest.raises(engine.UsageError, match="must be enrollment, status_change"):
        record.apply(event((type_, "sso"), 1))
    assert record.possible == (Status.ENROLLED,)
    assert record.apply(event(START, 1)).finding is None


def test_type_and_source_are_matched_without_regard_to_case_and_dash() -> None:
    record = engine.Record()
    record.apply(event(("Enrollment", "GIFT_course-purchase")))
    assert record.apply(event(("CERTIFICATE-GRANT", "Course-Purchase"), 1)).finding is None


def test_an_unlisted_source_acts_by_its_type() -> None:
    record = engine.Record()
    record.apply(event(("enrollment", "something new")))
    assert record.possible == (Status.ENROLLED,)


def test_a_time_without_a_zone_is_utc() -> None:
    record = engine.Record()
    record.apply(engine.Event(type="enrollment", source="sso", at=datetime(2024, 3, 1, 12)))
    paris = timezone(timedelta(hours=1))
    record.apply(
        engine.Event(
            type="status_change",
            source="course_started",
            at=datetime(2024, 3, 1, 12, 30, tzinfo=paris),
        )
    )
    assert found(record) == [("S101", "course_started"), ("S301", "sso")], "12:30 there is 11:30"


class TestOneRecord:
    def test_an_id_counts_once(self) -> None:
        record = engine.Record()
        record.apply(event(ENROL, id="1"))
        record.apply(event(START, 1, id="2"))
        again = record.apply(event(START, 5, id=" 2 "))
        assert (again.belief, again.finding) == (record.belief, None)
        assert found(record) == []
        assert record.apply(event(START, 5, id="3")).finding is not None

    def test_an_event_identical_in_every_field_counts_once(self) -> None:
        record = engine.Record()
        for title in ("Bread", " Bread "):
            record.apply(event(ENROL, content_title=title))
            record.apply(event(START, 1, content_title=title))
        assert found(record) == []
        record.apply(event(START, 1, content_title="Bread", panorama="p"))
        assert found(record) == [("S203", "course_started")]

    def test_another_learner_is_refused(self) -> None:
        record = engine.Record()
        record.apply(event(ENROL))
        record.apply(event(START, 1, learner="Ana@example.com"))
        record.apply(event(COMPLETE, 2, learner=" ana@EXAMPLE.com"))
        with pytest.raises(engine.UsageError, match=r"bob@example.com.*ana@example.com"):
            record.apply(event(CERTIFY, 3, learner="bob@example.com"))
        assert [status.label for status in record.possible] == ["completed"]

    @pytest.mark.parametrize(
        ("first", "second", "refused"),
        [
            ({"content_title": "A"}, {"content_title": "B"}, True),
            ({"content_title": "A"}, {"content_title": " A "}, False),
            ({"content_title": "A", "content_type": "x"}, {"content_title": "A"}, True),
            ({"content_id": "1", "content_title": "A"}, {"content_id": "1"}, False),
            ({"content_id": "1", "content_title": "A"}, {"content_id": "2"}, True),
            ({"content_id": "1"}, {"content_title": "A"}, False),
            ({}, {"content_title": "A"}, False),
        ],
    )
    def test_other_content_is_refused(
        self, first: dict[str, str], second: dict[str, str], refused: bool
    ) -> None:
        record = engine.Record()
        record.apply(event(ENROL, **first))
        if refused:
            with pytest.raises(engine.UsageError, match="one Record for each"):
                record.apply(event(START, 1, **second))
        else:
            record.apply(event(START, 1, **second))
