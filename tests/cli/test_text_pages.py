"""The pages for people: complete, honest about what was not checked, never too long."""

from __future__ import annotations

import re
from pathlib import Path

from cli_reports import HEADER, IMPOSSIBLE, LEGAL, Run, write_report

DISCLAIMER = "The report carries no content version"


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_an_audit_accounts_for_every_row(command: Run, tmp_path: Path) -> None:
    bad = (*IMPOSSIBLE[:-1], "someday")
    path = write_report(tmp_path / "r.csv", [*LEGAL, LEGAL[0], bad])
    page = command("audit", path).stdout
    counts = re.search(r"Rows +(\d+): (\d+) used, (\d+) repeated, (\d+) could not be read", page)
    assert counts is not None
    rows, events, duplicates, quarantined = map(int, counts.groups())
    assert (rows, events, duplicates, quarantined) == (4, 2, 1, 1)


def test_an_audit_shows_the_worst_first_with_an_example_and_what_to_do(
    command: Run, report: str
) -> None:
    page = command("audit", report).stdout
    assert "bob@example.com · Fire · row 4" in page
    assert page.index("S101") < page.rindex("learner-engine rules S101")
    assert f"learner-engine explain {report} --learner bob@example.com" in page
    assert "UTC for times without a time zone: assumed" in page


def test_a_named_zone_is_not_called_assumed_and_goes_into_the_next_commands(
    command: Run, report: str
) -> None:
    page = command("audit", report, "--timezone", "Europe/Paris", "--tolerance", "60").stdout
    assert "assumed" not in page
    assert f"explain {report} --timezone Europe/Paris --tolerance 60 --learner" in page


def test_a_clean_report_is_said_to_be_possible_not_true(command: Run, legal: str) -> None:
    ran = command("audit", legal)
    assert ran.returncode == 0
    assert "None among all codes: each of the 2 events is possible" in unwrapped(ran.stdout)


def test_nothing_checked_is_never_fine(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", [(*IMPOSSIBLE[:-1], "someday")])
    ran = command("audit", path, "--fail-on", "never")
    assert ran.returncode == 0
    assert "Nothing was checked" in ran.stdout
    assert "None among" not in ran.stdout
    assert "R005" in ran.stdout
    assert "--quarantine" in ran.stdout


def test_nothing_selected_is_not_nothing_found(command: Run, report: str) -> None:
    ran = command("audit", report, "--select", "S3")
    assert ran.returncode == 0
    assert "None among the selected codes." in ran.stdout
    assert "1 finding of other codes are not shown" in ran.stdout


def test_each_page_says_once_that_there_is_no_content_version(command: Run, report: str) -> None:
    for arguments in (
        ("audit", report),
        ("status", report),
        ("timeline", report, "--all"),
        ("timeline", report, "--learner", "ana@example.com"),
        ("explain", report, "--learner", "ana@example.com"),
    ):
        assert command(*arguments).stdout.count(DISCLAIMER) == 1


def test_status_lists_every_record_and_the_totals(command: Run, report: str) -> None:
    page = command("status", report).stdout
    assert re.search(r"ana@example.com +Fire +started +2024-03-02T09:00:00Z", page)
    assert "2 records in all" in page
    assert "1 record of these hold something impossible" in unwrapped(page)


def test_status_before_everything_is_empty_and_says_so(command: Run, report: str) -> None:
    ran = command("status", report, "--as-of", "2020-01-01")
    assert ran.returncode == 0
    assert "No record has an event up to then." in ran.stdout


def test_a_long_table_shows_its_beginning_and_how_to_get_the_rest(
    command: Run, tmp_path: Path
) -> None:
    rows = [(f"learner{n:04}@example.com", *LEGAL[0][1:]) for n in range(300)]
    path = write_report(tmp_path / "r.csv", rows)
    for arguments, rest in (
        (("status", path), f"learner-engine status {path} -o status.csv"),
        (("timeline", path, "--all"), f"learner-engine timeline {path} --all -o timeline.csv"),
    ):
        page = command(*arguments).stdout
        assert page.count("@example.com") == 50
        assert "first 50 of 300 rows" in page
        assert rest in page


def test_a_timeline_tells_events_changes_findings_and_intervals(
    command: Run, report: str, tmp_path: Path
) -> None:
    page = command("timeline", report, "--learner", " BOB@example.com").stdout
    assert re.search(
        r"2024-03-02T10:00:00Z  row 4  completed \(course_completed\)  not enrolled → completed",
        page,
    )
    assert "S101 activity-without-enrolment: The content was completed" in page
    assert re.search(r"2024-03-02T10:00:00Z –  open  completed", page)
    assert "ana@" not in page


def test_a_timeline_tells_what_was_left_out(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", [*LEGAL, LEGAL[0], (*LEGAL[1][:-1], "someday")])
    page = command("timeline", path, "--learner", "ana@example.com").stdout
    assert "Row 4 repeats an earlier one (R007)" in page
    assert "Row 5 is in quarantine" in page


def test_rows_at_one_moment_are_said_to_have_no_order(command: Run, tmp_path: Path) -> None:
    path = write_report(tmp_path / "r.csv", [LEGAL[0], (*LEGAL[1][:-1], LEGAL[0][-1])])
    page = command("timeline", path, "--learner", "ana@example.com").stdout
    assert "Rows with the same time have no known order" in page


def test_several_files_are_told_apart(command: Run, tmp_path: Path) -> None:
    one = write_report(tmp_path / "one.csv", LEGAL)
    two = write_report(tmp_path / "two.csv", [IMPOSSIBLE])
    assert f"row 2 of {two}" in command("audit", one, two).stdout
    page = command("timeline", one, two, "--learner", "bob@example.com").stdout
    assert f"{two} row 2" in page


def test_lines_end_without_spaces(command: Run, report: str) -> None:
    for arguments in (("audit", report), ("status", report), ("rules",), ("rules", "S101")):
        page = command(*arguments).stdout
        assert not [line for line in page.splitlines() if line != line.rstrip()]


def test_ignored_columns_are_one_note(command: Run, tmp_path: Path) -> None:
    path = write_report(
        tmp_path / "r.csv", [(*row, "x") for row in LEGAL], header=(*HEADER, "Extra")
    )
    ran = command("audit", path)
    assert "Extra" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert command("audit", path, "-q").stderr == ""


def test_a_cell_of_a_hundred_thousand_characters_leaves_pages_readable(
    command: Run, tmp_path: Path
) -> None:
    """Data keeps all of it, and so do commands that name a learner."""
    long = "x" * 100_000
    for field in ("Panorama Name", "Content Type", "Content Title", "Source"):
        row = dict(zip(HEADER, IMPOSSIBLE, strict=True)) | {field: long}
        path = write_report(tmp_path / "r.csv", [*LEGAL, tuple(row.values())])
        calls = (
            ("audit", path, "--fail-on", "never", "--repairs"),
            ("status", path),
            ("timeline", path, "--all"),
            ("repairs", path),
            ("compare", path, path),
            *((name, path, "--learner", row["Email"]) for name in ("timeline", "explain")),
        )
        for call in calls:
            done = command(*call)
            assert done.returncode == 0, call[0]
            assert max(map(len, done.stdout.splitlines())) < 1000, (field, call[0])
        assert long in command("audit", path, "--format", "jsonl").stdout
