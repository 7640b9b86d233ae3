"""The picture shows what the machine does: nothing else, and nothing is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from engine.lifecycle.action import Action
from engine.lifecycle.configuration import Status
from engine.lifecycle.step import reachable, step
from engine.report.diagram.arrows import Arrow, arrows, shared_exits
from engine.report.diagram.layout import HEIGHT, NODE, PLACES, WIDTH, ways
from engine.report.diagram.svg import svg
from engine.report.diagram.text import ACTIVE, dot, mermaid
from engine.rules.catalogue import CATALOGUE, Severity

KINDS = [(findings, loops) for findings in (False, True) for loops in (False, True)]
EVERY = arrows(findings=True, loops=True)


def steps() -> Iterator[tuple[Status, Status, str | None]]:
    """What the machine does, asked of its step function."""
    for configuration in reachable():
        for action in Action:
            for after, finding in step(configuration, action):
                yield configuration.status, after.status, finding


def drawn(given: list[Arrow]) -> set[tuple[Status, Status, str | None]]:
    return {(each.source, each.dest, line.finding) for each in given for line in each.lines}


def test_all_arrows_are_all_that_the_machine_does() -> None:
    assert drawn(EVERY) == set(steps())


def test_without_findings_only_what_is_in_order() -> None:
    fine = {
        (source, dest, finding)
        for source, dest, finding in steps()
        if finding is None or CATALOGUE[finding].severity is Severity.INFO
    }
    assert drawn(arrows(loops=True)) == fine
    assert drawn(arrows()) == {each for each in fine if each[0] is not each[1]}


def test_lines_say_what_must_hold() -> None:
    by_ends = {
        (each.source.label, each.dest.label): [line.text for line in each.lines] for each in EVERY
    }
    assert by_ends["not_enrolled", "enrolled"] == [
        "any enrolment",
        "set/become_not_started S101",
        "import_not_started S208",
    ]
    assert by_ends["enrolled", "completed"] == [
        "attend, set/import_completed",
        "recertify [ever completed]",
        "recertify [not ever completed] S107",
        "complete S201",
        "become_completed S303",
    ]
    assert (
        "start, scorm_progress [learner completed, not started seen] S106"
        in by_ends["completed", "completed"]
    )
    assert not any("else" in text for texts in by_ends.values() for text in texts)


def test_each_trigger_is_told_in_each_status() -> None:
    for status in Status:
        names = " ".join(
            line.text for each in EVERY if each.source is status for line in each.lines
        )
        assert re.search(r"any enrolment|enrol_echo", names)
        assert "revoke" in names
        assert "recertify" in names


def test_one_arrow_stands_for_all_that_leave_alike() -> None:
    exits, others = shared_exits(EVERY, ACTIVE)
    assert [(each.dest, [line.text for line in each.lines]) for each in exits] == [
        (Status.REVOKED, ["revoke"])
    ]
    assert len(others) == len(EVERY) - len(ACTIVE)


@pytest.mark.parametrize(("findings", "loops"), KINDS)
def test_mermaid_has_a_line_for_each_arrow(findings: bool, loops: bool) -> None:
    given = arrows(findings=findings, loops=loops)
    text = mermaid(given)
    exits, others = shared_exits(given, ACTIVE)
    found = re.findall(r"^ +(\w+) --> (\w+) : (\S.*)$", text, re.MULTILINE)
    assert len(found) == len(exits) + len(others)
    assert {each for ends in found for each in ends[:2]} <= {s.label for s in Status} | {"access"}
    # Mermaid ends a label at a semicolon, and a second colon is an error.
    assert not any(";" in label or ":" in label for *_, label in found)


@pytest.mark.parametrize(("findings", "loops"), KINDS)
def test_dot_has_an_edge_for_each_arrow(findings: bool, loops: bool) -> None:
    given = arrows(findings=findings, loops=loops)
    exits, others = shared_exits(given, ACTIVE)
    text = dot(given)
    assert len(re.findall(r"^ +\w+ -> \w+ \[.*\];$", text, re.MULTILINE)) == len(exits + others)
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(("findings", "loops"), KINDS)
def test_svg_is_whole_and_all_of_it_is_in_the_picture(findings: bool, loops: bool) -> None:
    given = arrows(findings=findings, loops=loops)
    root = ElementTree.fromstring(svg(given))
    width, height = map(float, (root.attrib["width"], root.attrib["height"]))
    space = "{http://www.w3.org/2000/svg}"
    texts = ["".join(each.itertext()) for each in root.iter(f"{space}text")]
    assert {status.label.replace("_", " ") for status in Status} <= set(texts)
    for each in root.iter(f"{space}text"):
        assert 0 < float(each.attrib["x"]) < width
        assert 0 < float(each.attrib["y"]) < height
    exits, others = shared_exits(given, ACTIVE)
    numbers = [text for text in texts if text.isdigit()]
    # Each number once in the picture and once in the key.
    assert sorted(map(int, numbers)) == sorted([*range(1, len(exits + others) + 1)] * 2)
    said = " ".join(texts).replace("\N{NO-BREAK SPACE}", " ")
    for arrow in others:
        for line in arrow.lines:
            assert line.text in said


@pytest.mark.parametrize(("findings", "loops"), KINDS)
def test_numbers_in_the_picture_hide_neither_one_another_nor_a_status(
    findings: bool, loops: bool
) -> None:
    _, others = shared_exits(arrows(findings=findings, loops=loops), ACTIVE)
    badges = [way.badge for way in ways(others)]
    for place in badges:
        assert 10 < place.x < WIDTH - 10
        assert 90 < place.y + 10 < HEIGHT
        for node in PLACES.values():
            inside_x = abs(place.x - node.x) < NODE.x / 2 + 6
            assert not (inside_x and abs(place.y - node.y) < NODE.y / 2 + 6) or loops
        near = [other for other in badges if abs(other.x - place.x) + abs(other.y - place.y) < 20]
        assert near == [place]
