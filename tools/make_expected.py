"""Write the expected result beside each report in fixtures/codes and fixtures/pairs.

    python tools/make_expected.py

The files are a contract: after a change read the difference, and ask which of the two is wrong.
They were first checked against an independent implementation of semantics.md.
"""

from __future__ import annotations

from pathlib import Path

from engine.cases.expected import expected_file, outcome_of, text_of

FIXTURES = Path(__file__).parent.parent / "fixtures"


def reports() -> list[Path]:
    """Return the reports that have an expected result, in order of their names."""
    pairs = [*FIXTURES.glob("codes/*/bad.csv"), *FIXTURES.glob("codes/*/ok.csv")]
    return sorted([*pairs, *FIXTURES.glob("pairs/*.csv")])


if __name__ == "__main__":
    for each in reports():
        expected_file(each).write_text(text_of(outcome_of(each)), encoding="utf-8")
