"""The catalogue is complete, says what semantics.md says, and every code can be put in words."""

from __future__ import annotations

import csv
import io
import itertools
import re
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.errors import UsageError
from engine.rules.catalogue import (
    CATALOGUE,
    REPORT_HEADER,
    ROW_RULES,
    SEQUENCE_RULES,
    Severity,
    matches,
    rule,
)
from engine.rules.phrases import PHRASES
from engine.rules.wording import row_sentence, sentence

FIXTURES = Path(__file__).parents[2] / "fixtures" / "codes"

# Typed in from semantics.md §7, §8, §10, §11 and §12.
SPECIFIED = """
R001 malformed-row error
R002 missing-field error
R003 unknown-type error
R004 unknown-source warning
R005 invalid-timestamp error
R006 future-timestamp warning
R007 duplicate-row info
R008 source-of-another-type error
S101 activity-without-enrolment error
S102 activity-after-revocation error
S103 certificate-without-completion error
S104 certificate-without-cause error
S105 revocation-without-enrolment error
S106 start-after-completion error
S107 recertification-without-completion error
S108 certificate-without-enrolment error
S201 completion-without-start warning
S202 repeated-completion warning
S203 repeated-start warning
S204 restart-after-completion warning
S205 repeated-revocation warning
S206 repeated-certificate warning
S207 certificate-after-revocation warning
S208 grant-without-enrolment warning
S209 certificate-for-earlier-completion warning
S301 repeated-enrolment info
S302 redundant-status-change info
S303 ambiguous-status-change info
S304 order-not-searched info
X201 unpaired-reschedule warning
X202 activity-after-content-deletion warning
X203 created-after-activity warning
X204 content-type-mismatch warning
X205 shifted-clock warning
X301 several-panoramas info
X302 several-content-types info
C101 vanished-event error
C102 rewritten-event error
C110 status-mismatch error
C111 missing-here warning
C112 missing-there warning
C113 date-mismatch warning
C201 backdated-event warning
C202 status-rewritten warning
"""
CODES = [line.split()[0] for line in SPECIFIED.split("\n") if line]
ROW_CODES = [code for code in CODES if code.startswith("R")]
SEQUENCE_CODES = [code for code in CODES if code.startswith("S")]
ACROSS_CODES = [code for code in CODES if code.startswith("X")]
TWO_FILES_CODES = [code for code in CODES if code.startswith("C")]
COMPARED_CODES = ["C101", "C102", "C201", "C202"]

# Typed in from semantics.md §3.
ACTIONS = [
    "enrol_by_course_purchase",
    "enrol_by_collection_purchase",
    "enrol_by_manager",
    "enrol",
    "enrol_echo",
    "start",
    "scorm_progress",
    "complete",
    "attend",
    "recertify",
    "set_not_started",
    "set_started",
    "set_completed",
    "import_not_started",
    "import_started",
    "import_completed",
    "set_unknown",
    "certify_for_completion",
    "certify_for_exam",
    "certify_by_grant",
    "certify_for_course_purchase",
    "certify_for_collection_purchase",
    "certify_for_manager_enrolment",
    "certify_for_manager_completion",
    "revoke",
]
STATUSES = ["not_enrolled", "enrolled", "started", "completed", "certified", "revoked"]
BEFORES = [before for size in range(7) for before in itertools.combinations(STATUSES, size)]

# One event that can have the code, and the status before it.
TYPICAL = {
    "S101": ("status_change", "course_started", "start", "not_enrolled"),
    "S102": ("status_change", "course_completed", "complete", "revoked"),
    "S103": ("certificate_grant", "course_completed", "certify_for_completion", "started"),
    "S104": ("certificate_grant", "course_purchase", "certify_for_course_purchase", "enrolled"),
    "S105": ("revoked_access", "access_expiration", "revoke", "not_enrolled"),
    "S106": ("status_change", "course_started", "start", "completed"),
    "S107": ("status_change", "recertify_course", "recertify", "enrolled"),
    "S108": ("certificate_grant", "passed_exam", "certify_for_exam", "not_enrolled"),
    "S201": ("status_change", "course_completed", "complete", "enrolled"),
    "S202": ("status_change", "webinar_attended", "attend", "completed"),
    "S203": ("status_change", "course_started", "start", "started"),
    "S204": ("status_change", "scorm_started", "scorm_progress", "completed"),
    "S205": ("revoked_access", "license_deletion", "revoke", "revoked"),
    "S206": ("certificate_grant", "api", "certify_by_grant", "certified"),
    "S207": ("certificate_grant", "manager_grant", "certify_by_grant", "revoked"),
    "S208": ("status_change", "Manager_grant_completed", "import_completed", "not_enrolled"),
    "S209": ("certificate_grant", "course_completed", "certify_for_completion", "enrolled"),
    "S301": ("enrollment", "sso", "enrol", "started"),
    "S302": ("status_change", "manager_change_started", "set_started", "started"),
    "S303": ("status_change", "manager_changed_status", "set_unknown", "started"),
    "S304": ("enrollment", "registration", "enrol", "not_enrolled"),
}


NEEDED = {"S304": 9, "X205": 40}
"""Codes whose example takes many rows."""


def parsed(records: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(records)))


def changes(example: str, twin: str) -> int:
    """Rows added or left out; or else the cells that differ."""
    old, new = parsed(example), parsed(twin)
    if len(old) != len(new):
        shorter, longer = sorted((old, new), key=len)
        rest = iter(longer)
        assert all(row in rest for row in shorter), "rows were changed as well as counted"
        return len(longer) - len(shorter)
    return sum(
        a != b
        for row, other in zip(old, new, strict=True)
        for a, b in itertools.zip_longest(row, other)
    )


class TestCatalogue:
    def test_holds_the_specified_codes_names_and_severities_in_order(self) -> None:
        listed = [f"{r.code} {r.name} {r.severity.value}" for r in CATALOGUE.values()]
        assert listed == SPECIFIED.split("\n")[1:-1]
        assert list(CATALOGUE) == CODES

    def test_names_are_unique(self) -> None:
        assert len({r.name for r in CATALOGUE.values()}) == len(CATALOGUE)

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(TypeError):
            CATALOGUE["R001"] = CATALOGUE["R002"]  # type: ignore[index]
        with pytest.raises(AttributeError):
            CATALOGUE["R001"].name = "other"  # type: ignore[misc]

    def test_severity_of_a_code_on_events_follows_its_first_digit(self) -> None:
        by_digit = {"1": Severity.ERROR, "2": Severity.WARNING, "3": Severity.INFO}
        codes = SEQUENCE_CODES + ACROSS_CODES
        assert all(CATALOGUE[code].severity is by_digit[code[1]] for code in codes)

    def test_severities_are_ordered(self) -> None:
        assert Severity.INFO < Severity.WARNING < Severity.ERROR
        assert max(Severity) is Severity.ERROR
        assert Severity.WARNING >= Severity.WARNING
        assert [s.rank for s in sorted(Severity)] == [0, 1, 2]
        with pytest.raises(TypeError):
            assert Severity.INFO < 1


@pytest.mark.parametrize("code", CODES)
class TestParts:
    @pytest.mark.parametrize("part", ["what", "why", "false_alarm"])
    def test_text_is_whole_sentences(self, code: str, part: str) -> None:
        text = getattr(CATALOGUE[code], part)
        assert len(text) > 40
        assert text[0].isupper()
        assert text.endswith(".")
        assert text == " ".join(text.split()), "stray white space"
        assert not re.search(r"TODO|FIXME|XXX|\?\?|\.\.|[{}]", text)
        assert not re.search(r"[a-z]\.[A-Z]|,[a-z]", text), "two string parts without a space"

    def test_texts_are_short(self, code: str) -> None:
        found = CATALOGUE[code]
        assert 1 <= found.what.count(". ") + 1 <= 3
        assert all(len(t) <= 420 for t in (found.what, found.why, found.false_alarm))

    def test_texts_name_no_code_but_the_own_one(self, code: str) -> None:
        found = CATALOGUE[code]
        named = re.findall(r"\b[RSXC]\d+\b", f"{found.what} {found.why} {found.false_alarm}")
        assert set(named) <= {code}

    def test_examples_are_records_under_the_header(self, code: str) -> None:
        columns = len(REPORT_HEADER.split(","))
        for records in (CATALOGUE[code].example, CATALOGUE[code].twin):
            assert records.endswith("\n")
            assert not records.startswith(REPORT_HEADER)
            widths = {len(row) for row in parsed(records)}
            assert widths == {columns} or (code == "R001" and records == CATALOGUE[code].example)

    def test_example_is_minimal_and_about_one_learner(self, code: str) -> None:
        rows = parsed(CATALOGUE[code].example)
        assert len(rows) == NEEDED[code] if code in NEEDED else 1 <= len(rows) <= 5
        if code == "X205":
            assert len({row[0] for row in rows}) == 20
        elif code in ("X202", "C112"):
            assert {row[0] for row in rows} == {"ana@example.com", "ben@example.com"}
        else:
            assert {row[0] for row in rows} <= {"ana@example.com", ""}
        assert {row[3] for row in rows} == {"Fire Safety"}

    def test_twin_differs_by_one_row_or_cell(self, code: str) -> None:
        found = CATALOGUE[code]
        # The malformed example lacks two cells, which its twin has.
        assert changes(found.example, found.twin) == (2 if code == "R001" else 1)

    def test_only_a_rule_on_two_files_has_the_other_file(self, code: str) -> None:
        header, *rows = CATALOGUE[code].against.splitlines() or [""]
        assert bool(rows) == (code in TWO_FILES_CODES)
        assert (header == REPORT_HEADER) == (code in COMPARED_CODES)
        assert len(rows) <= 3

    def test_has_a_pair_of_fixtures(self, code: str) -> None:
        reports = [(FIXTURES / code / name).read_text("utf-8") for name in ("bad.csv", "ok.csv")]
        for report in reports:
            header, *rows = report.splitlines()
            assert header == REPORT_HEADER
            assert 3 <= len(rows) <= (2 * NEEDED[code] if code in NEEDED else 8)
            assert "ana@example.com" not in report
        assert reports[0] != reports[1]


class TestExamples:
    @pytest.mark.parametrize("code", CODES)
    def test_has_the_finding_and_its_twin_has_not(self, code: str, tmp_path: Path) -> None:
        found = [
            [row for row in told(code, records, tmp_path) if row["code"] == code]
            for records in (CATALOGUE[code].example, CATALOGUE[code].twin)
        ]
        assert len(found[0]) == 1
        assert not found[1]

    @pytest.mark.parametrize("code", TWO_FILES_CODES)
    def test_of_two_files_it_has_this_finding_alone(self, code: str, tmp_path: Path) -> None:
        assert [row["code"] for row in told(code, CATALOGUE[code].example, tmp_path)] == [code]

    @pytest.mark.parametrize("code", [*ACROSS_CODES, *TWO_FILES_CODES])
    def test_it_says_what_the_program_says(self, code: str, tmp_path: Path) -> None:
        (finding,) = [
            row for row in told(code, CATALOGUE[code].example, tmp_path) if row["code"] == code
        ]
        assert finding["message"] == CATALOGUE[code].says


def told(code: str, records: str, folder: Path) -> list[dict[str, Any]]:
    report, other = folder / "r.csv", folder / "other.csv"
    report.write_text(f"{REPORT_HEADER}\n{records}", encoding="utf-8")
    other.write_text(CATALOGUE[code].against, encoding="utf-8")
    if code in COMPARED_CODES:
        return engine.compare(other, report).findings.rows()
    if code in TWO_FILES_CODES:
        return engine.reconcile(report, against=other).findings.rows()
    return engine.audit(report, across=True).findings.rows()


def test_every_fixture_has_its_code() -> None:
    assert sorted(path.name for path in FIXTURES.iterdir()) == sorted(CODES)


class TestRule:
    def test_finds_a_code_in_any_case(self) -> None:
        assert rule("S203").name == "repeated-start"
        assert rule(" s203 ") is CATALOGUE["S203"]

    def test_suggests_the_closest_code(self) -> None:
        with pytest.raises(UsageError, match=r"'S210' is not the code .* did you mean .*S201 \("):
            rule("S210")

    def test_suggests_the_code_of_a_name(self) -> None:
        with pytest.raises(UsageError, match=r"did you mean S203 \(repeated-start\)"):
            rule("repeated-start")

    def test_suggests_nothing_far_fetched(self) -> None:
        with pytest.raises(UsageError) as caught:
            rule("!!")
        assert "did you mean" not in str(caught.value)
        assert "learner-engine rules" in str(caught.value)

    @pytest.mark.parametrize("wrong", ["", "S", "S2", "S2010", "\n", "Ünknown"])
    def test_refuses_what_is_no_code_in_one_line(self, wrong: str) -> None:
        with pytest.raises(UsageError) as caught:
            rule(wrong)
        assert "\n" not in str(caught.value)


class TestMatches:
    @pytest.mark.parametrize("selectors", [["S201"], ["S20"], ["S2"], ["s2"], ["S"], ["R", "S2 "]])
    def test_code_or_prefix(self, selectors: list[str]) -> None:
        assert matches("S201", selectors)

    @pytest.mark.parametrize("selectors", [[], ["S202"], ["S1", "S3"], ["R"]])
    def test_other_codes(self, selectors: list[str]) -> None:
        assert not matches("S201", selectors)

    def test_every_prefix_selects_what_begins_with_it(self) -> None:
        assert [code for code in CODES if matches(code, ["S3", "R007"])] == [
            "R007", "S301", "S302", "S303", "S304",
        ]  # fmt: skip

    @pytest.mark.parametrize("selectors", [["S9"], [""], [" "], ["S201", "Y"], ["repeated-start"]])
    def test_refuses_a_selector_that_covers_nothing(self, selectors: list[str]) -> None:
        with pytest.raises(UsageError, match="selects no finding"):
            matches("S201", selectors)


def said_of(code: str, **given: Any) -> str:
    return sentence(SEQUENCE_RULES[code], **given)


class TestSentence:
    def test_says_the_contradiction(self) -> None:
        assert (
            said_of(
                "S203",
                type="status_change",
                source="course_started",
                action="start",
                before=("started",),
            )
            == "The content was started again (course_started) although it was already started."
        )

    @pytest.mark.parametrize("code", SEQUENCE_CODES)
    def test_names_the_source(self, code: str) -> None:
        kind, source, action, before = TYPICAL[code]
        said = said_of(code, type=kind, source=source, action=action, before=(before,))
        assert f"({source})" in said
        assert said[0].isupper()
        assert said.endswith(".")

    def test_typical_sentences_differ(self) -> None:
        said = {
            said_of(code, type=kind, source="s", action=action, before=(before,))
            for code, (kind, _, action, before) in TYPICAL.items()
        }
        assert len(said) == len(SEQUENCE_CODES)

    @pytest.mark.parametrize("code", SEQUENCE_CODES)
    def test_is_total_and_short(self, code: str) -> None:
        for action in [*ACTIONS, "an_action_of_tomorrow"]:
            for before in BEFORES:
                for source in ("", "a\n\tb\x1b[31m", "a_la_carte_collection_purchase", "x" * 500):
                    said = said_of(
                        code,
                        type="status_change",
                        source=source,
                        action=action,
                        before=before,
                    )
                    assert len(said) <= 160
                    assert said.endswith(".")
                    assert said.isprintable()
                    assert not re.search(r"[{}]|\(\)|  ", said)

    def test_says_when_no_source_is_given(self) -> None:
        said = said_of("S101", type="status_change", source=" ", action="start", before=())
        assert "(no source)" in said

    def test_claims_no_single_cause_where_several_statuses_are_possible(self) -> None:
        said = said_of(
            "S101",
            type="status_change",
            source="course_started",
            action="start",
            before=("not_enrolled", "completed"),
        )
        assert said == (
            "The content was started (course_started), which is impossible "
            "whether the record was not enrolled or completed."
        )

    def test_tells_the_two_cases_of_an_import_apart(self) -> None:
        none, revoked = (
            said_of(
                "S208",
                type="status_change",
                source="manager_grant_started",
                action="import_started",
                before=(before,),
            )
            for before in ("not_enrolled", "revoked")
        )
        assert "no enrolment" in none
        assert "after access was revoked" in revoked

    def test_action_phrases_cover_the_actions(self) -> None:
        assert list(PHRASES) == ACTIONS
        for form in ("short", "clause", "says", "noun"):
            assert len({getattr(each, form) for each in PHRASES.values()}) == len(ACTIONS)
        assert all(len(each.short) <= 60 for each in PHRASES.values())


class TestRowSentence:
    @pytest.mark.parametrize("code", ROW_CODES)
    @pytest.mark.parametrize("detail", ["", "row 12", "{0} {x}", "a\nb\x00", "y" * 500, "ends."])
    def test_is_one_short_line(self, code: str, detail: str) -> None:
        said = row_sentence(ROW_RULES[code], detail)
        assert len(said) <= 160
        assert said.endswith(".")
        assert not said.endswith("..")
        assert said.isprintable()
        assert '""' not in said

    def test_quotes_the_cell(self) -> None:
        assert row_sentence(ROW_RULES["R005"], "31.02.2024") == (
            'The timestamp "31.02.2024" is not a date and time that can be read.'
        )

    def test_says_what_is_missing(self) -> None:
        assert row_sentence(ROW_RULES["R002"], "email") == "The row lacks a needed field: email."
        assert row_sentence(ROW_RULES["R001"], "has 5 cells, the header has 7.") == (
            "The record cannot be read: it has 5 cells, the header has 7."
        )
