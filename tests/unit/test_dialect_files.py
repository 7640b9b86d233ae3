"""Dialect files: what they may say, and that each fault is one sentence with line and key."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

import engine
from engine.dialects import dialect_of, shipped, shipped_names
from engine.dialects.mapping import read_dialect
from engine.lifecycle.action import Action

OWN = """\
name = "own"
title = "Our platform"
unnamed = "ignore"
ignored = ["chat*"]

[columns]
email = ["who"]
content_id = ["course"]
type = ["what"]
source = ["why"]
timestamp = ["when"]
note = ["remark"]

[fields]
content_type = { text = "course" }
content_title = { column = "note", match = '^about (?P<title>.+)$', group = "title" }

[times]
rewrite = [{ match = '^on (.*)$', to = '\\1' }]

[unlisted]
joined = "enrol"

[actions.joined]
manual = { action = "enrol_by_manager", meaning = "a manager did it" }

[actions.finished]
"*" = "complete"
"""

ROWS = """\
when,who,course,what,why,remark
on 2024-01-02T10:00:00Z,U1,c1,joined,manual,about Safety
2024-01-03T10:00:00Z,u1,c1,FINISHED,auto,
2024-01-03T11:00:00Z,u1,c1,chatted,,
2024-01-03T11:00:00Z,,,sang,,
2024-01-04T11:00:00Z,u1,c1,joined,otherwise,
"""

NOW = 1_800_000_000_000_000


def nothing(name: str) -> str | None:
    return None


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    dialect, report = tmp_path / "own.toml", tmp_path / "log.csv"
    dialect.write_text(OWN, "utf-8")
    report.write_text(ROWS, "utf-8")
    return dialect, report


def test_a_file_of_ones_own(files: tuple[Path, Path]) -> None:
    dialect, report = files
    audit = engine.audit(report, dialect=dialect, now=NOW)
    summary = audit.summary
    assert (summary.rows, summary.events, summary.ignored, summary.quarantined) == (5, 3, 2, 0)
    assert summary.ignored_kinds == {"chatted": 1, "sang": 1}
    assert any("sang (1)" in note for note in audit.records.notes)
    assert not any("chatted (1)" in note for note in audit.records.notes)
    assert {row["code"] for row in audit.findings.rows()} >= {"R004"}


def test_unnamed_kinds_may_be_quarantined(files: tuple[Path, Path]) -> None:
    dialect, report = files
    dialect.write_text(OWN.replace('unnamed = "ignore"', 'unnamed = "quarantine"'), "utf-8")
    summary = engine.audit(report, dialect=str(dialect), now=NOW).summary
    assert (summary.ignored, summary.quarantined) == (1, 1)


def test_one_dialect_changes_another(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text('name = "ours"\nextends = "xapi"\nignored = ["earned"]\n', "utf-8")
    ours, base = dialect_of(file), shipped("xapi")
    assert ours is not None
    assert ours.digest != base.digest
    assert ours.ignored == ("earned", *base.ignored)
    assert ours.listed == base.listed


def test_a_name_that_is_none_is_answered_with_the_nearest() -> None:
    with pytest.raises(engine.UsageError, match=r"no dialect 'openedx'; did you mean open-edx\?"):
        engine.audit("fixtures/demo.csv", dialect="openedx")
    with pytest.raises(engine.UsageError, match="there are thought-industries, aspects"):
        engine.audit("fixtures/demo.csv", dialect="zzzz")
    with pytest.raises(engine.InputError, match=r"none\.toml: the dialect's file cannot be read"):
        engine.audit("fixtures/demo.csv", dialect="none.toml")


def test_naming_the_usual_dialect_changes_nothing() -> None:
    plain = engine.audit("fixtures/demo.csv", now=NOW)
    named = engine.audit("fixtures/demo.csv", now=NOW, dialect="thought-industries")
    assert plain.findings.rows() == named.findings.rows()
    assert plain.notes == named.notes


@pytest.mark.parametrize("name", shipped_names())
def test_the_shipped_ones_name_actions_and_meanings(name: str) -> None:
    dialect = shipped(name)
    assert dialect.name == name
    assert dialect.title
    assert all(isinstance(each.action, Action) and each.meaning for each in dialect.listed)


FAULTS = {
    'unnamed = "drop"': ('unnamed = "ignore"', 3, "unnamed"),
    'colour = "red"': ('unnamed = "ignore"', 1, "colour"),
    'timestamp = ["when"]\nlearner = ["x"]': ('timestamp = ["when"]', 12, "learner"),
    "email = 3": ('email = ["who"]', 7, "email"),
    "match = '^about (.+)$'": ("match = '^about (?P<title>.+)$'", 16, "content_title"),
    "match = '^about (?P<title>.+)$(?=x)$'": ("match = '^about (?P<title>.+)$'", 16, "content"),
    "match = 'about (?P<title>.+)'": ("match = '^about (?P<title>.+)$'", 16, "begin with"),
    'column = "remarks"': ('column = "note"', 16, "remarks"),
    'joined = "enroll"': ('joined = "enrol"', 22, "joined"),
    '"*" = "completed"': ('"*" = "complete"', 28, "finished"),
    "to = '\\9'": ("to = '\\1'", 19, "rewrite"),
    "[actions.finished": ("[actions.finished]", 27, "TOML"),
}


@pytest.mark.parametrize("wrong", FAULTS)
def test_a_fault_names_line_and_key(wrong: str) -> None:
    right, line, named = FAULTS[wrong]
    assert right in OWN
    with pytest.raises(engine.InputError) as caught:
        read_dialect(OWN.replace(right, wrong, 1), "own.toml", nothing)
    said = str(caught.value)
    assert "\n" not in said
    assert named in said
    found = re.match(r"own\.toml, line (\d+): ", said)
    assert found is not None, said
    assert abs(int(found[1]) - line) <= 1 or int(found[1]) == 1, said


def test_mutated_files_are_read_or_refused_in_one_sentence() -> None:
    random_ = random.Random(7)
    texts = [OWN, *(shipped(name).text for name in shipped_names())]
    refused = 0
    for _ in range(250):
        text = mutated(random_.choice(texts), random_)
        try:
            read_dialect(text, "own.toml", nothing)
        except engine.InputError as error:
            refused += 1
            said = str(error)
            assert "\n" not in said
            assert re.match(r"own\.toml, line \d+: ", said), said
            assert said.endswith(".")
    assert refused >= 100


def mutated(text: str, random_: random.Random) -> str:
    """The text with one line or some characters of it otherwise."""
    lines = text.split("\n")
    meant = [n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    place = random_.choice(meant)
    line = lines[place]
    match random_.randrange(8):
        case 0:
            del lines[place]
        case 1:
            lines[place] = line[: random_.randrange(len(line) + 1)]
        case 2:
            at = random_.randrange(len(line) + 1)
            lines[place] = line[:at] + random_.choice("[]{}\"'=.,#\\\0\x7fé0") + line[at:]
        case 3:
            lines[place] = line.replace('"', "", 1)
        case 4:
            lines[place] = re.sub(r"= .*", f"= {random_.choice(['3', 'true', '{}', '[]'])}", line)
        case 5:
            lines[place] = re.sub(r"\b[a-z_]+\b", "colour", line, count=1)
        case 6:
            lines.insert(place, random_.choice(["x = 1", "[columns]", "name = 3", "[[actions]]"]))
        case _:
            other = random_.choice(meant)
            lines[place], lines[other] = lines[other], line
    return "\n".join(lines)
