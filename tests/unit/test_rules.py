"""Each rule stands in one file with all its parts, and no other file names its code."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest
from msgspec.structs import replace

import engine
from engine.dialects.dialect import RowFault
from engine.lifecycle.machine import DEFINITION, ORDER_NOT_SEARCHED
from engine.rules.catalogue import (
    ACROSS_RULES,
    CATALOGUE,
    REPORTS_RULES,
    ROW_RULES,
    SEQUENCE_RULES,
    STATUSES_RULES,
    Rule,
)
from engine.rules.rule import Hint, SequenceRule

SOURCE = Path(engine.__file__).parent
CODE = re.compile(r"\b[RSXC][0-9]{3}\b")

ALLOWED = {
    "lifecycle/machine.py": set(SEQUENCE_RULES),
    "rules/catalogue.py": {"S104"},  # The code that help texts name where any would do.
    "cli/options.py": {"X201"},  # The one finding that the option's help is about.
    "cli/shrink.py": {"S103"},  # The example in its help text.
    "record.py": {"S101"},  # The example in a docstring that is run.
}
"""The files beside the rule's own that may name a code, and which."""

NEEDED = {
    "R": ("message", "message_without"),
    "S": ("argue", "takes", "conclusion"),
    "X": ("says", "find", "argue"),
    "C": ("says", "against"),
}
"""What the rules of a kind have besides the texts of every rule."""


def lacking(rule: Rule) -> set[str]:
    """The parts that a rule should have and has not."""
    texts = ("code", "name", "what", "why", "false_alarm", "example", "twin")
    found = {part for part in (*texts, *NEEDED[rule.code[0]]) if not getattr(rule, part)}
    if isinstance(rule, SequenceRule) and not (rule.reason or rule.whole):
        found.add("reason")
    if rule.code in REPORTS_RULES and not callable(getattr(rule, "say", None)):
        found.add("say")
    if rule.code in STATUSES_RULES and not callable(getattr(rule, "tell", None)):
        found.add("tell")
    return found


@pytest.mark.parametrize("code", CATALOGUE)
class TestRule:
    def test_stands_in_the_module_that_its_code_names(self, code: str) -> None:
        module = import_module(f"engine.rules.{code.lower()}")
        assert module.RULE is CATALOGUE[code]
        assert module.__doc__ is not None
        assert module.__doc__.startswith(f"{code}: ")

    def test_has_every_part(self, code: str) -> None:
        assert not lacking(CATALOGUE[code])

    def test_is_of_one_kind(self, code: str) -> None:
        kinds = ROW_RULES, SEQUENCE_RULES, ACROSS_RULES, REPORTS_RULES, STATUSES_RULES
        assert sum(code in kind for kind in kinds) == 1


def test_a_part_that_is_missing_is_noticed() -> None:
    for code, part in (("R001", "message"), ("S101", "takes"), ("S101", "reason"), ("C101", "why")):
        assert lacking(replace(CATALOGUE[code], **{part: ""})) == {part}


def test_no_other_file_names_a_code() -> None:
    found = defaultdict(set)
    for path in SOURCE.rglob("*.py"):
        file = path.relative_to(SOURCE).as_posix()
        for code in CODE.findall(path.read_text("utf-8")):
            if file != f"rules/{code.lower()}.py" and code not in ALLOWED.get(file, ()):
                found[file].add(code)
    assert not found, "a rule's code stands in its own file alone: ask the rule for what it is"


def test_what_is_allowed_is_there() -> None:
    for file, codes in ALLOWED.items():
        assert codes <= set(CODE.findall((SOURCE / file).read_text("utf-8"))), file


def test_every_rule_on_a_record_is_in_the_machine_and_every_finding_of_it_is_a_rule() -> None:
    found = {finding for row in DEFINITION if (finding := row_finding(row)) is not None}
    assert found | {ORDER_NOT_SEARCHED} == set(SEQUENCE_RULES)


def row_finding(row: dict[str, object]) -> str | None:
    named = CODE.findall(repr(row))
    return named[0] if named else None


def test_a_fault_of_a_row_has_the_name_of_its_rule() -> None:
    assert {fault.code: fault.name.lower().replace("_", "-") for fault in RowFault} == {
        code: rule.name for code, rule in ROW_RULES.items()
    }


def test_hints_have_places_of_their_own() -> None:
    hints = [rule.hint for rule in CATALOGUE.values() if isinstance(rule.hint, Hint)]
    assert len({hint.place for hint in hints}) == len(hints) >= 6


def test_a_rule_module_imports_no_other_rule() -> None:
    for code in CATALOGUE:
        tree = ast.parse((SOURCE / "rules" / f"{code.lower()}.py").read_text("utf-8"))
        imported = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        assert not [each for each in imported if re.search(r"[rsxc]\d{3}$", each)], code
