"""Rows = events + duplicates + quarantined, whatever the cells hold; no bytes break an audit."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from slow_audit import tidy
from strategies import HEADER, NOW, START, pairs, stamp, write

import engine

FAIR = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Any text, and little texts in which equal cells, margins and combining marks come up often.
ANY = st.one_of(st.text(max_size=8), st.text("aAé\u0301 \t\u00a0,;\"'\n\r", max_size=4))
SOUND = ANY.filter(lambda text: "\0" not in text)
"""A NUL is no text: such a row is quarantined (R001)."""
TIMES = st.one_of(
    ANY,
    st.integers(0, 3).map(lambda day: f"2024-03-0{day + 1}T09:00:00Z"),
    st.sampled_from(["2024-03-01", "1709283600", "0000-00-00", "9999-12-31", "1", "-1", "NaN"]),
)
TYPES = st.one_of(ANY, st.sampled_from(["enrollment", "STATUS-CHANGE", " revoked_access "]))
ROWS = st.lists(st.tuples(ANY, ANY, ANY, ANY, TYPES, ANY, TIMES), min_size=1, max_size=12)
ROW_FAULTS = {"R001", "R002", "R003", "R005"}


def ask_everything(audit: engine.Audit) -> None:
    audit.findings.rows()
    audit.timeline().rows()
    audit.status(as_of="2024-03-02").rows()
    assert len(audit.status().rows()) == audit.summary.streams


def accounted(audit: engine.Audit) -> engine.Summary:
    summary = audit.summary
    assert summary.rows == summary.events + summary.duplicates + summary.quarantined
    assert summary.quarantined == len(audit.quarantined)
    findings = audit.findings.rows()
    rejected = {(row["file"], row["row"]) for row in findings if row["code"] in ROW_FAULTS}
    assert rejected == {(each.file, each.row) for each in audit.quarantined}
    assert len(rejected) == summary.quarantined
    assert summary.findings.get("R007", 0) == summary.duplicates
    assert Counter(row["code"] for row in findings) == summary.findings
    assert sum(row["events"] for row in audit.status().rows()) == summary.events
    return summary


@FAIR
@given(ROWS)
def test_every_row_is_accounted_for(tmp_path: Path, rows: list[Sequence[str]]) -> None:
    # No column of these times can be both day-first and month-first: none is refused.
    audit = engine.audit(write(tmp_path / "r.csv", rows), now=NOW)
    assert accounted(audit).rows == len(rows)
    ask_everything(audit)


@FAIR
@given(st.lists(st.tuples(SOUND, SOUND, SOUND, SOUND, pairs), min_size=1, max_size=12))
def test_texts_are_told_apart_exactly(
    tmp_path: Path, rows: list[tuple[str, str, str, str, tuple[str, str]]]
) -> None:
    cells = [(*row[:4], *row[4], stamp(START)) for row in rows]
    audit = engine.audit(write(tmp_path / "r.csv", cells), now=NOW)
    summary = accounted(audit)
    assert summary.rows == len(rows)
    streams = {
        (email.strip().lower(), tidy(content_type), tidy(title))
        for email, _, content_type, title, type_, *_ in cells
        if email.strip() and title.strip() and type_ != "lesson"
    }
    assert summary.streams == len(streams)
    assert summary.learners == len({learner for learner, *_ in streams})
    assert summary.contents == len({stream[1:] for stream in streams})
    found = {
        (row["learner"], row["content_type"], row["content_title"]) for row in audit.status().rows()
    }
    assert found == streams


LETTERS = st.text("abc", min_size=1, max_size=4)


@FAIR
@given(st.sets(st.tuples(LETTERS, LETTERS, LETTERS), min_size=2, max_size=12))
def test_keys_with_the_same_letters_are_not_merged(
    tmp_path: Path, keys: set[tuple[str, str, str]]
) -> None:
    cells = [
        (email, "", content_type, title, "enrollment", "sso", stamp(START))
        for email, content_type, title in sorted(keys)
    ]
    summary = engine.audit(write(tmp_path / "r.csv", cells), now=NOW).summary
    # One title under several types of a learner is worth an info.
    assert (summary.streams, set(summary.findings) - {"X302"}) == (len(keys), set())


IDS = st.sampled_from(["", "", "a", "b", "ab", " a "])


@FAIR
@given(st.lists(st.tuples(LETTERS, st.sampled_from("ab"), IDS), min_size=1, max_size=12))
def test_a_content_id_alone_says_what_the_content_is(
    tmp_path: Path, rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "r.csv"
    lines = [f"{email},c,{title},{id_},enrollment,sso,2024-03-01" for email, title, id_ in rows]
    header = "Email,Content Type,Content Title,courseSku,Type,Source,Timestamp"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    streams = {(email, id_.strip() or ("c", title)) for email, title, id_ in rows}
    summary = accounted(engine.audit(path, now=NOW))
    assert summary.streams == len(streams)
    assert summary.contents == len({content for _, content in streams})


def audit_or_refuse(path: Path) -> None:
    """Audit the file; that it is refused in one line is fine too."""
    problem, audit = "", None
    try:
        audit = engine.audit(path, now=NOW)
    except engine.InputError as error:
        problem = str(error)
    assert "\n" not in problem
    if audit is not None:
        accounted(audit)
        ask_everything(audit)


HEADS = st.sampled_from([b"", (",".join(HEADER) + "\n").encode(), b'[{"Email": "a@b", "Type": "'])


@FAIR
@given(HEADS, st.binary(max_size=200), st.sampled_from(["r.csv", "r.json", "r.jsonl"]))
def test_no_bytes_raise_anything_but_an_input_error(
    tmp_path: Path, head: bytes, rest: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(head + rest)
    audit_or_refuse(path)


HARMLESS = f"a@b,,c,t,enrollment,sso,{stamp(START)}".encode()


@FAIR
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6))
def test_damage_to_a_sound_report_is_contained(
    tmp_path: Path, damage: list[tuple[int, int]]
) -> None:
    path = tmp_path / "r.csv"
    body = bytearray(b"\n".join([HARMLESS] * 8) + b"\n")
    for where, byte in damage:
        body[where % len(body)] = byte
    path.write_bytes(",".join(HEADER).encode() + b"\n" + body)
    audit_or_refuse(path)


@given(st.text(max_size=10))
def test_normalising_once_is_normalising_for_good(text: str) -> None:
    once = tidy(text)
    assume(once)
    assert tidy(once) == once
    assert unicodedata.is_normalized("NFC", once)
