"""The pytest plug-in, in test runs of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

FIXTURES = Path(__file__).parents[2] / "fixtures"


def run(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(test)
    return pytester.runpytest_inprocess(
        "-p", "engine.pytest_plugin", "-p", "no:xdist", "--strict-markers", *options
    )


CHECK = """
    import pytest

    @pytest.mark.learner_fixtures("cases")
    def test_case(learner_fixture):
        learner_fixture.check()
"""


@pytest.fixture
def case(pytester: pytest.Pytester) -> Path:
    folder = pytester.mkdir("cases") / "lost-enrolment"
    folder.mkdir()
    bad = FIXTURES / "codes" / "S101"
    shutil.copy(bad / "bad.csv", folder / "report.csv")
    shutil.copy(bad / "bad.expected.json", folder / "expected.json")
    return folder


def test_a_report_from_the_notation(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import engine
        from engine.testing import history

        def test_file(learner_report):
            path = learner_report("E S | G", history("E", learner="bob@example.com"))
            audit = engine.audit(path)
            assert audit.summary.findings == {"S103": 1}
            assert audit.summary.learners == 2
            assert learner_report("E") != path
            assert learner_report("E", name="mine.csv").name == "mine.csv"

        def test_table(learner_report):
            assert learner_report.table("E S").num_rows == 2
        """,
    )
    result.assert_outcomes(passed=2)


def test_a_folder_of_fixtures(pytester: pytest.Pytester, case: Path) -> None:
    shutil.copytree(FIXTURES / "codes" / "S103", case.parent / "pair")
    result = run(pytester, CHECK, "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*lost-enrolment/report.csv*", "*pair/bad.csv*", "*pair/ok.csv*"])


def test_differences_are_told_line_by_line(pytester: pytest.Pytester, case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text())
    [code, row, learner] = expected["findings"][0]
    expected["findings"][0] = ["S102", row, learner]
    expected["status"][0][2] = "revoked"
    (case / "expected.json").write_text(json.dumps(expected))
    result = run(pytester, CHECK)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*report.csv",
            "status (learner, content, status, possible); - expected, + given:",
            "  - *, revoked, *",
            "  + *",
            "findings (code, row, learner); - expected, + given:",
            f"  - S102, {row}, {learner}",
            f"  + {code}, {row}, {learner}",
            "If it is right as given, --update-learner-fixtures writes it down as expected.",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_expected_results_can_be_written_anew(pytester: pytest.Pytester, case: Path) -> None:
    right = (case / "expected.json").read_text()
    (case / "expected.json").write_text('{"status": [], "findings": []}')
    run(pytester, CHECK).assert_outcomes(failed=1)
    run(pytester, CHECK, "--update-learner-fixtures").assert_outcomes(passed=1)
    assert (case / "expected.json").read_text() == right
    run(pytester, CHECK).assert_outcomes(passed=1)


def test_options_of_the_audit_are_part_of_what_is_expected(
    pytester: pytest.Pytester, case: Path
) -> None:
    partial = '{"options": {"history": "partial"}, "status": [], "findings": []}'
    (case / "expected.json").write_text(partial)
    run(pytester, CHECK, "--update-learner-fixtures").assert_outcomes(passed=1)
    written = json.loads((case / "expected.json").read_text())
    assert written["options"] == {"history": "partial"}
    assert written["findings"] == [], "what a window lacks is no finding"
    run(pytester, CHECK).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda case: (case / "report.csv").unlink(), "no report lies beside it"),
        (lambda case: (case / "expected.json").unlink(), "no report in it has an expected.json"),
        (lambda case: shutil.rmtree(case.parent), "it is no folder"),
    ],
)
def test_folders_that_check_nothing(
    pytester: pytest.Pytester, case: Path, spoil: object, message: str
) -> None:
    assert callable(spoil)
    spoil(case)
    result = run(pytester, CHECK)
    result.assert_outcomes(errors=1)
    assert message in result.stdout.str()


def test_a_test_without_the_marker(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_case(learner_fixture): pass")
    result.assert_outcomes(errors=1)
    assert "needs the folders" in result.stdout.str()


@pytest.mark.parametrize("text", ["{", "[]", '{"status": []}'])
def test_an_expected_result_that_is_none(pytester: pytest.Pytester, case: Path, text: str) -> None:
    (case / "expected.json").write_text(text)
    result = run(pytester, CHECK)
    result.assert_outcomes(failed=1)
    assert "write it anew" in result.stdout.str()


def test_it_costs_pytest_nothing_to_start() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import engine.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["engine", "engine.pytest_plugin"]
