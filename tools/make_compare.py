"""Write fixtures/compare: two exports of the demo log that overlap by half, the later one altered.

Beside them goes a list of statuses to reconcile the earlier one with.

    python tools/make_compare.py [FOLDER]

``differences.json`` is written from the list of alterations below, not from what the program finds:
tests/contract/test_compare_fixture.py holds the one to the other.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from engine.dialects.usual import REPORT_COLUMNS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "fixtures" / "compare"

EMAIL, PANORAMA, TITLE, SOURCE, AT = 0, 1, 3, 5, 6
ZONE = timezone(timedelta(hours=2))

Row = list[str]


class Alteration(NamedTuple):
    """What was done to a row, and which findings that has to lead to.

    ``row`` names it by learner, title and time. ``becomes`` holds other cells for it, None takes
    it away; with ``beside`` the row stays and the altered copy is added. ``codes`` are the
    findings in the record of the row as it was, ``elsewhere`` those in another record.
    """

    what: str
    row: tuple[str, str, str]
    becomes: dict[int, str] | None
    codes: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    beside: bool = False


ALTERATIONS = (
    Alteration(
        "a certificate was taken away, and the status with it",
        ("aaron.abe@northwind.example", "Capacity Planning Onboarding", "2023-08-25T00:40:09Z"),
        None,
        ("C101", "C202"),
    ),
    Alteration(
        "a start was taken away that the status does not rest on",
        ("aaron.rossi@example.com", "Public Speaking Masterclass", "2024-02-29T18:59:46Z"),
        None,
        ("C101",),
    ),
    Alteration(
        "a manager's completion became the learner's own",
        ("amir.abe@fabrikam.example", "Vector Search: Case Studies", "2024-04-27T05:29:31Z"),
        {SOURCE: "course_completed"},
        ("C102",),
    ),
    Alteration(
        "a completion became a reset",
        ("ada.santos@mueller.example", "The Indexing Handbook", "2024-06-08T17:59:55Z"),
        {SOURCE: "manager_change_not_started"},
        ("C102", "C202"),
    ),
    Alteration(
        "an enrolment was moved to another Panorama",
        ("ana.becker@tailspin.example", "Schema Design for Operators", "2024-03-20T03:17:02Z"),
        {PANORAMA: "Northwind Traders"},
        ("C102",),
    ),
    Alteration(
        "a revocation was dated back by nine days",
        ("carla.costa@northwind.example", "Data Protection in Practice", "2024-07-05T14:48:13Z"),
        {AT: "2024-06-26T14:48:13Z"},
        ("C101", "C201"),
    ),
    Alteration(
        "a completion was given to somebody else",
        ("aisha.sato@tokyo.example", "Access Control Self-Assessment", "2024-06-27T19:06:53Z"),
        {EMAIL: "akira.silva@litware.example"},
        ("C101", "C202"),
        ("C201", "C202"),
    ),
    Alteration(
        "a revocation was put in",
        ("ana.adeyemi@proseware.example", "Backup and Recovery 301", "2024-04-21T06:29:21Z"),
        {4: "revoked_access", SOURCE: "manager_revoked_access", AT: "2024-06-01T09:00:00Z"},
        ("C201", "C202"),
        beside=True,
    ),
    Alteration(
        "a second enrolment was put in, which changes nothing",
        ("amir.banerjee@contoso.example", "Data Modelling Essentials", "2024-04-07T07:04:50Z"),
        {AT: "2024-04-08T07:00:00Z"},
        ("C201",),
        beside=True,
    ),
)

STATUSES = """\
Learner;Course;State;Certificate;Completed On
Amir.Abe@fabrikam.example;Vector Search: Case Studies;completed;no;28/04/2024
carla.bianchi@example.com;Vector Search: Case Studies;completed;yes;
fatima.flores@example.com;Vector Search: Case Studies;Not Started;;
farid.fontaine@example.com;Vector Search: Case Studies;revoked;;
jamal.klein@contoso.example;Vector Search: Case Studies;completed;yes;08/08/2022
akira.silva@litware.example;Vector Search: Case Studies;on hold;;
nora.newcomer@fabrikam.example;Vector Search: Case Studies;started;;
"""
"""A platform's list of who stands where in one course, on the day the earlier export ends."""


def files() -> dict[str, bytes]:
    """Return the name and the bytes of each file."""
    with open(ROOT / "fixtures" / "demo.csv", encoding="utf-8", newline="") as file:
        log = [row for row in list(csv.reader(file))[1:] if len(row) == len(REPORT_COLUMNS)]
    times = sorted(row[AT] for row in log)
    # The first two thirds of the log, and the last two thirds: half of each is in both.
    begin, end = times[len(times) // 3], times[2 * len(times) // 3]
    old = [row for row in log if row[AT] <= end]
    new = [row for row in log if row[AT] >= begin]
    expected = []
    for each in ALTERATIONS:
        new, found = _altered(new, each, end)
        expected += found
    expected.sort(key=lambda each: list(each.values()))
    # The later export is another program's: oldest first, other header, other clock.
    new.sort(key=lambda row: row[AT])
    header = [name.lower().replace(" ", "_") for name in REPORT_COLUMNS]
    told = [[*row[:AT], _elsewhere(row[AT])] for row in new]
    lines = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in expected)
    return {
        "old.csv": _csv([list(REPORT_COLUMNS), *old]),
        "new.csv": _csv([header, *told]),
        "statuses.csv": STATUSES.encode(),
        "differences.json": f"[\n{lines}\n]\n".encode(),
    }


def _altered(rows: list[Row], each: Alteration, end: str) -> tuple[list[Row], list[dict[str, Any]]]:
    (place,) = [n for n, row in enumerate(rows) if (row[EMAIL], row[TITLE], row[AT]) == each.row]
    was = rows[place]
    now = None if each.becomes is None else [each.becomes.get(n, c) for n, c in enumerate(was)]
    kept = [*rows[:place], *([was] if each.beside else []), *rows[place + 1 :]]
    found = [_finding(code, was, now, end, each.what) for code in each.codes]
    found += [_finding(code, now or was, now, end, each.what) for code in each.elsewhere]
    return [*kept, *([now] if now else [])], found


def _finding(code: str, of: Row, now: Row | None, end: str, what: str) -> dict[str, Any]:
    if code == "C202":
        at = end
    elif code == "C201":
        assert now is not None
        at = now[AT]
    else:
        at = of[AT]
    return {
        "learner": of[EMAIL],
        "content_title": of[TITLE],
        "at": at,
        "code": code,
        "root": code != "C202",
        "because": what,
    }


def _elsewhere(at: str) -> str:
    try:
        return datetime.fromisoformat(at).astimezone(ZONE).isoformat()
    except ValueError:  # The demo has a day that is none.
        return at


def _csv(rows: list[Row]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


if __name__ == "__main__":
    folder = Path(*sys.argv[1:] or [FOLDER])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)
