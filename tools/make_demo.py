"""Write fixtures/demo.csv: a legal synthetic report, and the stories that docs/demo.md tells.

    python tools/make_demo.py [FILE]

Deterministic: the same bytes each time. tests/docs/test_demo.py checks that the file is current.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from engine.dialects.usual import REPORT_COLUMNS
from engine.synthesis.report import Plan, synthesise
from engine.synthesis.write import write

DEMO = Path(__file__).parent.parent / "fixtures" / "demo.csv"

BACKGROUND = Plan(streams=500, seed=2024, errors=0)
"""What surrounds the stories is legal, so that an audit finds the stories and nothing else."""

Row = list[str]


def story(who: str, content: str, *steps: str) -> list[Row]:
    """Return rows of one history.

    ``who`` is "email | panorama", ``content`` "type | title", a step "date time type source".
    """
    cells = [part.strip() for part in f"{who}|{content}".split("|")]
    rows = []
    for step in steps:
        date, time, type_, source = step.split()
        rows.append([*cells, type_, source, f"{date}T{time}Z"])
    return rows


STORIES: dict[str, list[Row]] = {
    "a re-enrolled learner still shown as completed": story(
        "rita.reenrolled@northwind.example | Northwind Traders",
        "course | Fire Safety in Practice",
        "2023-02-06 08:00:00 enrollment license_access",
        "2023-02-06 09:12:40 status_change course_started",
        "2023-02-09 15:30:05 status_change course_completed",
        "2023-02-09 15:30:06 certificate_grant course_completed",
        "2024-02-06 08:00:00 revoked_access access_expiration",
        "2024-02-12 10:45:00 enrollment manager_course_enrollment",
    ),
    "completion time set, enrolment time empty": story(
        "emil.emptyenrolment@contoso.example | Contoso Energy",
        "course | Working at Height, Level 2",
        "2024-03-11 07:50:00 status_change course_started",
        "2024-03-14 11:05:30 status_change course_completed",
    ),
    "duplicate completions": story(
        "tom.twicecompleted@example.com |",
        "course | Sécurité au travail",
        "2024-04-02 12:00:00 enrollment course_purchase",
        "2024-04-02 12:08:10 status_change course_started",
        "2024-04-19 17:41:00 status_change course_completed",
        "2024-04-21 09:00:00 status_change course_completed",
    ),
    "duplicate certificates": story(
        "clara.twocertificates@example.com |",
        "course | Sécurité au travail",
        "2024-04-03 12:00:00 enrollment course_purchase",
        "2024-04-03 12:09:00 status_change course_started",
        "2024-04-20 17:41:00 status_change course_completed",
        "2024-04-20 17:41:01 certificate_grant course_completed",
        "2024-04-22 06:30:00 certificate_grant course_completed",
    ),
    "a certificate for someone who never started": story(
        "ned.neverstarted@fabrikam.example | Fabrikam",
        "course | Anti-Bribery for Managers",
        "2024-05-06 08:15:00 enrollment sso",
        "2024-05-06 08:15:02 certificate_grant course_completed",
    ),
    "a certificate for someone never enrolled": story(
        "nora.neverenrolled@fabrikam.example | Fabrikam",
        "course | Anti-Bribery for Managers",
        "2024-05-07 10:00:00 certificate_grant passed_exam",
    ),
    "the old certificate date reused on a repeat": story(
        "olga.olddate@mueller.example | Müller & Söhne",
        "course | Qualitätssicherung Refresher",
        "2023-01-16 09:00:00 enrollment manager_bulk_user_creation",
        "2023-01-17 09:30:00 status_change course_started",
        "2023-01-20 16:00:00 status_change course_completed",
        "2023-01-20 16:00:01 certificate_grant course_completed",
        "2024-01-16 00:00:00 revoked_access access_expiration",
        "2024-01-18 09:00:00 enrollment manager_course_enrollment",
        "2024-01-18 09:30:00 status_change course_started",
        "2024-01-25 14:20:00 status_change course_completed",
        "2023-01-20 16:00:01 certificate_grant course_completed",
    ),
    "a manual edit that one table has and another lacks": story(
        "max.manualedit@litware.example | Litware, Inc.",
        "course | Data Protection 101",
        "2024-06-03 08:00:00 enrollment client_access",
        "2024-06-04 10:00:00 status_change course_started",
        "2024-06-10 13:00:01 certificate_grant manager_change_completed",
    ),
    "a day's shift from time zones": story(
        "dana.dayshift@tokyo.example | 東京支社",
        "course | 品質管理 Essentials",
        "2024-07-02 01:10:00 enrollment registration_code",
        "2024-07-01 01:25:00 status_change course_started",
        "2024-07-03 06:00:00 status_change course_completed",
    ),
    "completed turning to incomplete on relaunch": story(
        "leo.relaunch@norte.example | Região Norte",
        "course | Atención al cliente 201",
        "2024-08-05 12:00:00 enrollment learning_path_access",
        "2024-08-05 12:30:00 status_change course_started",
        "2024-08-08 18:00:00 status_change course_completed",
        "2024-08-20 09:15:00 status_change course_started",
    ),
    "a status nobody can know": story(
        "uma.uncertain@proseware.example | Proseware Academy",
        "course | Indexing by Example",
        "2024-09-02 08:00:00 enrollment subscription_access",
        "2024-09-03 08:30:00 status_change course_started",
        "2024-09-17 16:45:00 status_change manager_changed_status",
    ),
    "a source that the vendor added later": story(
        "sam.newsource@wingtip.example | Wingtip",
        "video | Vector Search Deep Dive",
        "2024-10-01 08:00:00 enrollment mobile_app_access",
        "2024-10-01 08:20:00 status_change course_started",
    ),
    "a timestamp that is none": story(
        "bea.badtimestamp@wingtip.example | Wingtip",
        "video | Vector Search Deep Dive",
        "2024-10-02 08:00:00 enrollment client_access",
        "2024-09-31 09:00:00 status_change course_started",
    ),
    "a row sent again": story(
        "ana.again@example.com |",
        "webinar | Change Streams – What’s New",
        "2024-10-08 12:00:00 enrollment registration",
        "2024-10-10 15:00:00 status_change webinar_attended",
        "2024-10-10 15:00:00 status_change webinar_attended",
    ),
    "unicode all over": story(
        "zoë.łukasz@mueller.example | Müller & Söhne",
        'course | The "Sécurité au travail" Playbook',
        "2024-10-14 07:00:00 enrollment license_access",
        "2024-10-14 07:10:00 status_change course_started",
    ),
}

MALFORMED = (
    "mia.malformed@litware.example,,course,Food Hygiene, Level 2,"
    "enrollment,course_purchase,2024-10-21T08:00:00Z"
)
"""The title has a comma and no quotes: eight cells."""


def demo() -> bytes:
    """Return the bytes of the demo report."""
    background = io.BytesIO()
    write(synthesise(BACKGROUND), ".csv", background)
    rows = list(csv.reader(io.StringIO(background.getvalue().decode())))[1:]
    for each in STORIES.values():
        rows += each
    # Newest first. All timestamps have one form, so their order is that of the texts.
    rows.sort(key=lambda row: row[-1], reverse=True)
    lines = [_line(list(REPORT_COLUMNS)), *(_line(row) for row in rows)]
    newer = sum(row[-1] > MALFORMED[-20:] for row in rows)
    lines.insert(1 + newer, MALFORMED)
    return "".join(f"{line}\n" for line in lines).encode()


def _line(cells: Row) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


if __name__ == "__main__":
    Path(*sys.argv[1:] or [DEMO]).write_bytes(demo())
