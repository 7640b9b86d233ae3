"""The pytest plug-in: reports from a line of letters, and folders of fixtures as tests.

Loaded at the start of every pytest run of whoever has the package installed, so it imports nothing
but pytest until a test asks for something.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pyarrow as pa

    from engine.event import Event
    from engine.testing.report import Report

__all__ = ["LearnerFixture", "LearnerReport", "learner_fixture", "learner_report"]

_MARK = "learner_fixtures"
_UPDATE = "--update-learner-fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes expected results anew."""
    parser.getgroup("learner-engine").addoption(
        _UPDATE,
        action="store_true",
        help="Write what each learner fixture comes to as its expected result, and pass.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{_MARK}(*folders): run the test once for each report in these folders that has an "
        "expected.json, as the fixture learner_fixture.",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a marked test one run for each fixture."""
    if "learner_fixture" not in metafunc.fixturenames:
        return
    folders = [
        folder
        for mark in metafunc.definition.iter_markers(_MARK)
        for folder in (*mark.args, *mark.kwargs.values())
    ]
    if not folders:
        raise pytest.Collector.CollectError(
            f"{metafunc.definition.nodeid}: learner_fixture needs the folders; "
            f'mark the test with @pytest.mark.{_MARK}("folder").'
        )
    reports, names = _reports(metafunc.config.rootpath, folders)
    metafunc.parametrize("learner_fixture", reports, ids=names, indirect=True)


def _reports(root: Path, folders: Iterable[str | Path]) -> tuple[list[Path], list[str]]:
    from engine.cases.expected import fixtures
    from engine.errors import InputError

    reports, names = [], []
    for folder in folders:
        place = root / folder
        try:
            found = fixtures(place)
        except InputError as error:
            raise pytest.Collector.CollectError(str(error)) from None
        if not found:
            raise pytest.Collector.CollectError(f"{place}: no report in it has an expected.json.")
        reports += found
        names += [report.relative_to(place).as_posix() for report in found]
    return reports, names


class LearnerFixture:
    """A report and what it is expected to come to.

    Attributes
    ----------
    report:
        The file.
    """

    def __init__(self, report: Path, *, update: bool) -> None:
        self.report = report
        self._update = update

    def check(self) -> None:
        """Audit the report, and fail with the differences from what is expected."""
        __tracebackhide__ = True
        from engine.cases.expected import (
            differences,
            expected_file,
            expected_of,
            outcome_of,
            text_of,
        )

        expected = expected_of(self.report)
        given = outcome_of(self.report, **expected["options"])
        if self._update:
            expected_file(self.report).write_text(text_of(given), encoding="utf-8")
            return
        told = differences(expected, given)
        if told:
            told.append(f"If it is right as given, {_UPDATE} writes it down as expected.")
            pytest.fail("\n".join([str(self.report), *told]), pytrace=False)


class LearnerReport:
    """Writes reports from histories, each in a file of its own; see docs/testing.md."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0

    def __call__(self, *histories: str | Iterable[Event], name: str | None = None) -> Path:
        """Return the file of a report with these histories.

        Parameters
        ----------
        histories:
            Each in the notation (``"E S | G"``), or as events.
        name:
            The file's name.
        """
        self._written += 1
        path = self._folder / (name or f"report-{self._written}.csv")
        path.write_text(self._of(histories).to_csv(), encoding="utf-8")
        return path

    def table(self, *histories: str | Iterable[Event]) -> pa.Table:
        """Return the same report as an Arrow table."""
        return self._of(histories).to_arrow()

    @staticmethod
    def _of(histories: Iterable[str | Iterable[Event]]) -> Report:
        from engine.testing.notation import history
        from engine.testing.report import Report

        return Report(*(history(each) if isinstance(each, str) else each for each in histories))


@pytest.fixture
def learner_report(tmp_path: Path) -> LearnerReport:
    """Write reports from histories: ``learner_report("E S | G")`` is the file of one."""
    return LearnerReport(tmp_path)


@pytest.fixture
def learner_fixture(request: pytest.FixtureRequest) -> LearnerFixture:
    """One report of the marked folders; ``learner_fixture.check()`` checks it."""
    return LearnerFixture(request.param, update=request.config.getoption(_UPDATE))
