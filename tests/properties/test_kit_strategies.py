"""The shipped strategies: what they reach, what they promise, and what they shrink to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

import engine
from engine.dialects.usual import classify
from engine.lifecycle.action import Action
from engine.lifecycle.configuration import Status
from engine.testing import History, Report, events, histories, history, reports
from engine.testing.oracle import audit_of, expected
from engine.testing.paths import SEARCHED_CODES
from engine.testing.plain import BEGINNING

ROOT = Path(__file__).parents[2]
FEW = settings(max_examples=60, deadline=None)


def codes_of(drawn: History) -> set[str]:
    record = engine.Record()
    for event in drawn:
        record.apply(event)
    return {finding.code for finding in record.findings}


def codes(report: Report) -> set[str]:
    return set[str]().union(*map(codes_of, report.histories))


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    phases = [Phase.generate, Phase.shrink]
    quiet = settings(max_examples=3000, database=None, deadline=None, phases=phases)
    return find(strategy, condition, settings=quiet, random=Random(0))


def test_a_thousand_reports_have_every_action_code_and_status() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=1000, database=None, deadline=None)
    @seed(0)
    @given(reports())
    def look(report: Report) -> None:
        met.update(codes(report))
        met.update({classify(event.type, event.source).code or "" for event in report})
        met["R007"] += sum(map(len, report.histories)) < len(report)
        met.update(
            each.possible[0] if len(each.possible) == 1 else "uncertain"
            for each in expected(report)
        )
        met.update(action.label for each in report.histories for action in each.actions)
        met["several learners"] += len({each[0].learner for each in report.histories}) > 1
        met["several contents"] += len({each[0].content_title for each in report.histories}) > 1
        met["not by time"] += list(report) != sorted(report, key=lambda event: event.at)
        met["re-enrolled"] += any(_re_enrols(each) for each in report.histories)
        met["tied"] += any(_is_tied(each) for each in report.histories)

    look()
    wanted = {action.label for action in Action}
    wanted |= set(SEARCHED_CODES) | {"R004", "R007", "R008"}
    wanted |= {status.label for status in Status} - {"not_enrolled"} | {"uncertain"}
    wanted |= {"several learners", "several contents", "not by time", "re-enrolled", "tied"}
    assert {name: met[name] for name in wanted if met[name] < 5} == {}


def _re_enrols(drawn: History) -> bool:
    actions = drawn.actions
    return Action.REVOKE in actions and any(
        action <= Action.ENROL for action in actions[actions.index(Action.REVOKE) :]
    )


def _is_tied(drawn: History) -> bool:
    return len({event.at for event in drawn}) < len(drawn)


def test_all_codes_of_sequence_are_searched_for() -> None:
    from engine.rules.catalogue import CATALOGUE

    assert set(SEARCHED_CODES) == {code for code in CATALOGUE if code.startswith("S")}


@FEW
@given(histories(legal=True))
def test_a_legal_history_has_no_error(drawn: History) -> None:
    assert drawn
    assert not any(code.startswith("S1") for code in codes_of(drawn))


@FEW
@given(histories(legal=False))
def test_another_has_one(drawn: History) -> None:
    assert any(code.startswith("S1") for code in codes_of(drawn))


@pytest.mark.parametrize("code", SEARCHED_CODES)
def test_with_a_code(code: str) -> None:
    @settings(max_examples=10, database=None, deadline=None)
    @given(histories(with_codes=[code]))
    def look(drawn: History) -> None:
        assert code in codes_of(drawn)

    look()


@FEW
@given(histories(with_codes=["S107", "S103", "S304"]))
def test_with_several_codes(drawn: History) -> None:
    assert {"S103", "S107", "S304"} <= codes_of(drawn)


@FEW
@given(histories(legal=True, with_codes=["S209", "S203"]))
def test_legal_and_yet_with_warnings(drawn: History) -> None:
    found = codes_of(drawn)
    assert {"S203", "S209"} <= found
    assert not any(code.startswith("S1") for code in found)


@FEW
@given(histories(max_events=4, ties=False, unknown_sources=False))
def test_options_of_histories(drawn: History) -> None:
    assert 1 <= len(drawn) <= 4
    assert not _is_tied(drawn)
    assert eval(repr(drawn), {"history": history}) == drawn
    found = audit_of(Report(drawn)).summary.findings
    assert not {"R004", "R007", "R008"} & set(found)


@FEW
@given(
    reports(
        max_histories=2,
        duplicates=False,
        spellings=False,
        shuffled=False,
        learners=["x@y.example", "z@y.example"],
        contents=[("video", "One")],
        panoramas=["North"],
    )
)
def test_options_of_reports(report: Report) -> None:
    assert {event.learner for event in report} <= {"x@y.example", "z@y.example"}
    assert {(e.content_type, e.content_title, e.panorama) for e in report} == {
        ("video", "One", "North")
    }
    assert list(report) == sorted(report, key=lambda event: event.at)
    summary = audit_of(report).summary
    assert (summary.duplicates, summary.events) == (0, len(report))


@FEW
@given(reports())
def test_a_report_is_what_its_representation_says(report: Report) -> None:
    scope = {"Report": Report, "history": history, "Event": engine.Event}
    scope["datetime"] = __import__("datetime")
    assert eval(repr(report), scope) == report


@FEW
@given(reports(), st.sampled_from(["complete", "partial"]))
def test_what_is_expected_is_what_the_audit_says(report: Report, kind: Any) -> None:
    rows = audit_of(report, kind).status().rows()
    assert {
        (each.learner, each.content_title, each.possible) for each in expected(report, history=kind)
    } == {(row["learner"], row["content_title"], tuple(row["possible"])) for row in rows}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"with_codes": ["S999"]}, "S101 to S304"),
        ({"with_codes": ["S103"], "legal": True}, "no error"),
        ({"with_codes": ["S203"], "legal": False}, "name one"),
        ({"max_events": 0}, "at least one"),
    ],
)
def test_what_no_history_can_have_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidArgument, match=told):
        histories(**options)


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="learners is empty"):
        reports(learners=[])


class TestShrinking:
    def test_an_event(self) -> None:
        drawn = smallest(events(), lambda event: True)
        assert Report([drawn]) == Report(history("E"))
        assert drawn.at == BEGINNING

    @pytest.mark.parametrize(("code", "rows"), [("S101", 1), ("S103", 2), ("S301", 2)])
    def test_a_report_with_a_code(self, code: str, rows: int) -> None:
        drawn = smallest(reports(), lambda report: code in codes(report))
        assert len(drawn) == rows
        assert len({(event.learner, event.content_title) for event in drawn}) == 1
        # A plain name and plain sources, a day apart.
        assert re.fullmatch(r"Report\(history\('\w+( \| \w+)*'\)\)", repr(drawn))

    def test_a_tie(self) -> None:
        drawn = smallest(reports(), lambda report: any(map(_is_tied, report.histories)))
        assert repr(drawn) == "Report(history('E = P'))"

    def test_two_learners(self) -> None:
        drawn = smallest(
            reports(), lambda report: len({each[0].learner for each in report.histories}) > 1
        )
        assert len(drawn) == 2
        assert {event.content_title for event in drawn} == {"Fire Safety"}

    @pytest.mark.parametrize("code", ["S103", "S209", "S304"])
    def test_a_history_with_a_code(self, code: str) -> None:
        drawn = smallest(histories(with_codes=[code]), lambda drawn: True)
        assert len(drawn) == {"S103": 2, "S209": 3, "S304": 9}[code]


def test_hypothesis_finds_the_strategy_by_the_entry_point(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (name, target), *_ = project["entry-points"]["hypothesis"].items()
    installed = tmp_path / "kit-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: kit\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[hypothesis]\n{name} = {target}\n")
    script = (
        "import sys, hypothesis\n"
        "from hypothesis import strategies as st\n"
        "late = {'engine.testing.strategies', 'engine.lifecycle', 'numpy', 'pyarrow'}\n"
        "assert not late & set(sys.modules), 'importing Hypothesis should stay fast'\n"
        "import engine\n"
        "drawn = hypothesis.find(st.from_type(engine.Event), lambda event: True)\n"
        "print(drawn.type, drawn.source)\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert ran.stdout.split() == ["enrollment", "registration"], ran.stderr
