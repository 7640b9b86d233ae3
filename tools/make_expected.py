"""Write X.expected.json beside each fixtures/codes/CODE/X.csv and fixtures/pairs/X.csv.

    python tools/make_expected.py

The files are a contract: after a change read the difference, and ask which of the two is wrong.
They were first checked against an independent implementation of semantics.md.
"""

from __future__ import annotations

import json
from pathlib import Path

import engine

FIXTURES = Path(__file__).parent.parent / "fixtures"


def reports() -> list[Path]:
    """Return the reports that have an expected result, in order of their names."""
    pairs = [*FIXTURES.glob("codes/*/bad.csv"), *FIXTURES.glob("codes/*/ok.csv")]
    return sorted([*pairs, *FIXTURES.glob("pairs/*.csv")])


def expected_file(report: Path) -> Path:
    """Return the file that says what a report comes to."""
    return report.with_suffix(".expected.json")


def result(report: Path) -> dict[str, list[list[object]]]:
    """Return what a report comes to: the status of each record, and each finding's place.

    With an old.csv beside it, it is the later of two reports, and with a statuses.csv it is
    reconciled with that; the findings are those, each at its row in either file.
    """
    audit = engine.audit(report, across=True)
    if (old := report.with_name("old.csv")).exists():
        found = engine.compare(old, report).findings.rows()
        places = [[row["code"], [row["old_row"], row["new_row"]], row["learner"]] for row in found]
    elif (export := report.with_name("statuses.csv")).exists():
        found = engine.reconcile(report, against=export).findings.rows()
        places = [[row["code"], [row["row"], row["their_row"]], row["learner"]] for row in found]
    else:
        found = audit.findings.rows()
        places = [[row["code"], row["row"], row["learner"]] for row in found]
    return {
        "status": [
            [row["learner"], row["content_title"], row["status"], row["possible"]]
            for row in audit.status().rows()
        ],
        "findings": places,
    }


def text(content: dict[str, list[list[object]]]) -> str:
    """Return the JSON with one record and one finding a line, so that differences are readable."""
    members = []
    for name, rows in content.items():
        lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
        members.append(f'  "{name}": [\n{lines}\n  ]' if rows else f'  "{name}": []')
    return "{\n" + ",\n".join(members) + "\n}\n"


if __name__ == "__main__":
    for each in reports():
        expected_file(each).write_text(text(result(each)), encoding="utf-8")
