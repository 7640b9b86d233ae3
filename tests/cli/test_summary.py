"""``summary``, and ``status`` with a policy and filters: fields, formats, faults."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from cli_reports import Run

# Typed in from interface.md.
FIELDS = [
    "group",
    "records",
    "enrolled",
    "started",
    "completed",
    "certified",
    "revoked",
    "uncertain",
    "ever_completed",
    "ever_certified",
    "completion_rate",
    "median_days_to_completion",
    "errors",
]
VALIDITY = ["valid", "expiring", "expired", "no_certificate", "unlimited", "validity_uncertain"]

HEAD = "Email,Panorama Name,Content Type,Content Title,Type,Source,Timestamp\n"
ROWS = """\
ana@x,North,course,Fire,enrollment,registration,2024-01-10T00:00:00Z
ana@x,North,course,Fire,status_change,course_started,2024-01-11T00:00:00Z
ana@x,North,course,Fire,status_change,course_completed,2024-01-14T12:00:00Z
ana@x,North,course,Fire,certificate_grant,course_completed,2024-01-31T12:00:00Z
bob@x,,course,Fire,enrollment,registration,2024-02-01T00:00:00Z
bob@x,,course,Fire,revoked_access,access_expiration,2024-03-05T00:00:00Z
ana@x,North,video,Water,enrollment,registration,2024-03-02T00:00:00Z
ana@x,North,video,Water,certificate_grant,passed_exam,2024-03-03T00:00:00Z
"""
POLICY = """\
[[validity]]
content = "Fi*"
certificate = "1 month"   # to 29 February 2024
warn = "10 days"
"""


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "report.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return str(path)


@pytest.fixture
def policy(tmp_path: Path) -> str:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    return str(path)


def rows_of(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_row_a_content_with_the_fields_of_the_contract(command: Run, report: str) -> None:
    found = command("summary", report, "--format", "jsonl")
    assert found.returncode == 0
    fire, water = rows_of(found.stdout)
    assert list(fire) == FIELDS
    assert fire == dict(zip(FIELDS, ["Fire", 2, 0, 0, 0, 1, 1, 0, 1, 1, 0.5, 4.5, 0], strict=True))
    assert water == dict(
        zip(FIELDS, ["Water", 1, 0, 0, 0, 1, 0, 0, 0, 1, 0.0, None, 0], strict=True)
    )


@pytest.mark.parametrize(
    ("by", "records"),
    [
        ("content_type", {"course": 2, "video": 1}),
        ("panorama", {"": 1, "North": 2}),
        ("month", {"2024-01": 1, "2024-02": 2, "2024-03": 3}),
    ],
)
def test_groups(command: Run, report: str, by: str, records: dict[str, int]) -> None:
    rows = rows_of(command("summary", report, "--by", by, "--format", "jsonl").stdout)
    assert {row["group"]: row["records"] for row in rows} == records


def test_months_end_with_as_of(command: Run, report: str) -> None:
    def months(as_of: str) -> dict[object, object]:
        found = command("summary", report, "--by", "month", "--as-of", as_of, "--format", "jsonl")
        return {row["group"]: row["revoked"] for row in rows_of(found.stdout)}

    assert months("2024-03-04") == {"2024-01": 0, "2024-02": 0, "2024-03": 0}
    assert months("2024-04-10") == {"2024-01": 0, "2024-02": 0, "2024-03": 1, "2024-04": 1}
    assert months("2023-01-01") == {}


def test_validity_is_counted_by_month(command: Run, report: str, policy: str) -> None:
    found = command("summary", report, "--by", "month", "--policy", policy, "--format", "jsonl")
    rows = rows_of(found.stdout)
    assert list(rows[0]) == FIELDS + VALIDITY
    told = {row["group"]: [row[name] for name in VALIDITY] for row in rows}
    assert told == {
        "2024-01": [1, 0, 0, 0, 0, 0],
        "2024-02": [0, 0, 1, 1, 0, 0],
        "2024-03": [0, 0, 1, 1, 1, 0],
    }


@pytest.mark.parametrize(
    ("as_of", "validity", "until"),
    [
        ("2024-02-18", "valid", "2024-02-29T12:00:00Z"),
        ("2024-02-19T12:00:00Z", "expiring", "2024-02-29T12:00:00Z"),
        ("2024-02-29T11:59:59Z", "expiring", "2024-02-29T12:00:00Z"),
        ("2024-02-29T12:00:00Z", "expired", "2024-02-29T12:00:00Z"),
        ("2024-01-15", "none", None),
    ],
)
def test_validity_at_an_instant(
    command: Run, report: str, policy: str, as_of: str, validity: str, until: str | None
) -> None:
    found = command(
        "status", report, "--learner", "ana@x", "--content", "Fire", "--as-of", as_of,
        "--policy", policy, "--format", "jsonl",
    )  # fmt: skip
    (row,) = rows_of(found.stdout)
    assert (row["validity"], row["valid_until"]) == (validity, until)


def test_status_is_filtered(command: Run, report: str, policy: str) -> None:
    def kept(*options: str) -> list[tuple[object, object]]:
        found = command("status", report, *options, "--format", "jsonl")
        assert found.returncode == 0, found.stderr
        return [(row["learner"], row["content_title"]) for row in rows_of(found.stdout)]

    certified = [("ana@x", "Fire"), ("ana@x", "Water")]
    assert kept("--status", "certified") == certified
    assert kept("--status", "revoked,Certified") == [*certified, ("bob@x", "Fire")]
    assert kept("--holding-certificate") == certified
    assert kept("--status", "revoked", "--holding-certificate") == []
    march = ("--as-of", "2024-03-04", "--policy", policy, "--validity")
    assert kept(*march, "expired") == [("ana@x", "Fire")]
    assert kept(*march, "none,unlimited") == [("ana@x", "Water"), ("bob@x", "Fire")]
    page = command("status", report, "--status", "started")
    assert "No record is such." in page.stdout


def test_every_format(command: Run, report: str, policy: str, tmp_path: Path) -> None:
    page = command("summary", report, "--policy", policy).stdout
    for word in ("Fire", "Ever completed", "50.0 %", "Validity", "Unlimited"):
        assert word in page
    for form in ("json", "csv", "parquet", "html", "md", "xlsx"):
        file = tmp_path / f"s.{form}"
        assert command("summary", report, "--policy", policy, "-o", str(file)).returncode == 0
        assert file.stat().st_size > 100
    with open(tmp_path / "s.csv", encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["median_days_to_completion"] for row in rows] == ["4.5", ""]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[validity]]\ncertificate = "12 moons"', "line 2: validity.1.certificate: '12 moons'"),
        ('[[validity]]\ncertificate = "0 days"', "line 2: validity.1.certificate: '0 days'"),
        (
            '[[validity]]\ncertificate = "1 day"\n[[validity]]\nwarm = "2 days"',
            "line 4: validity.2.warm: there is no key 'warm' here",
        ),
        (
            '[[validity]]\ncertificate = "1 day"\ncompletion = "1 day"',
            "line 3: validity.1.completion: 'certificate' and 'completion' exclude each other",
        ),
        ('[[validity]]\ncontent = "x"', "line 1: validity.1: nothing says how long it is valid"),
        ('[[validity]]\nends_with_access = "no"\ncertificate = "1 day"', "line 2"),
        ("[validity]\nwarn = 1", "line 1: validity: this must be a list of tables"),
        ("[[valid]]\nwarn = 1", "line 1: valid: there is no key 'valid' here"),
        ("validity = [", "this is no TOML"),
        ("", "it has no rule"),
    ],
)
def test_a_wrong_policy_is_one_line(
    command: Run, report: str, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    for name in ("status", "summary"):
        found = command(name, report, "--policy", str(path))
        assert found.returncode == 2
        assert said in found.stderr
        assert found.stderr.count("\n") == 1
        assert "wrong.toml" in found.stderr


def test_wrong_calls(command: Run, report: str, policy: str) -> None:
    for options, said in (
        (("--validity", "expired"), "--validity needs --policy"),
        (("--validity", "gone", "--policy", policy), "'gone' is none of valid, expiring"),
        (("--status", "done"), "'done' is none of not_enrolled, enrolled"),
        (("--policy", "missing.toml"), "missing.toml: it cannot be read"),
    ):
        found = command("status", report, *options)
        assert found.returncode == 2
        assert said in found.stderr


def test_no_event_by_then(command: Run, report: str, policy: str) -> None:
    for by in ("content", "month"):
        call = ("summary", report, "--by", by, "--as-of", "2020-01-01", "--policy", policy)
        found = command(*call, "--format", "csv")
        assert found.returncode == 0, found.stderr
        (head,) = csv.reader(io.StringIO(found.stdout))
        assert head == FIELDS + VALIDITY
        assert "No record has an event up to then." in command(*call).stdout
