"""Write the generated pages: docs/codes.md, docs/machine.md and docs/machine.svg.

    python tools/make_docs.py

tests/docs/test_generated.py checks that they are current.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.report.diagram.arrows import arrows
from engine.report.diagram.svg import svg
from engine.report.diagram.text import mermaid
from engine.report.pages.rules import AGAINST, SAYS, example_message
from engine.rules.catalogue import CATALOGUE, REPORT_HEADER, Rule

DOCS = Path(__file__).parent.parent / "docs"
MOST_ROWS = 10

CODES_HEAD = """\
# The codes

Every finding of `learner-engine`, from the catalogue that the program itself uses
(`learner-engine rules CODE` prints the same). An **error** is impossible, a **warning** suspicious,
an **info** worth knowing. R codes are about a row, S codes about one learner's record of one
content, X codes about several records together: `audit` finds them. C codes are about two files:
`compare` and `reconcile` find them. [Semantics](semantics.md) says exactly when each is reported.

This page is generated: `make docs`.
"""

MACHINE_HEAD = """\
# The machine

What can happen to a record of one learner and one content. An audit replays every record through
this machine; what it does not allow is a finding. The picture is drawn from the machine's own
definition (`src/engine/lifecycle/machine.py`); what it means in words is in
[semantics](semantics.md) §2 to §4.

![The statuses of a record, and the rows that lead from one to another](machine.svg)

Actions are named as in semantics §3. `set/import_started` stands for two of them, `set_started` and
`import_started`; `become_started` is a status change that does not say to what. What stands in
brackets must hold. "Its cause" is what that certificate is granted for, such as a purchase. A code
is the finding that the row has.

`learner-engine diagram --findings` draws what is suspicious or impossible as well, and `--loops`
what leaves the status as it is. The same as Mermaid:

"""


def codes() -> str:
    """Return docs/codes.md."""
    parts = [CODES_HEAD, _table()]
    parts += [_section(rule) for rule in CATALOGUE.values()]
    return "\n".join(parts)


def _table() -> str:
    lines = ["| code | name | severity | |", "|---|---|---|---|"]
    lines += [
        f"| [{rule.code}](#{_anchor(rule)}) | {rule.name} | {rule.severity.value} "
        f"| {_first_sentence(rule.what)} |"
        for rule in CATALOGUE.values()
    ]
    return "\n".join(lines) + "\n"


def _anchor(rule: Rule) -> str:
    return f"{rule.code.lower()}-{rule.name}"


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].removesuffix(".") + "."


def _section(rule: Rule) -> str:
    said = example_message(rule)
    against = rule.against.splitlines()
    parts = [
        f"## {rule.code} {rule.name}",
        f"**{rule.severity.value.capitalize()}.** {rule.what}",
        f"**Why it matters.** {rule.why}",
        f"**When it is a false alarm.** {rule.false_alarm}",
    ]
    if against:
        is_report = against[0] == REPORT_HEADER
        parts.append("\n".join([f"{AGAINST[is_report]}:\n", "```csv", *against, "```"]))
    parts += [
        f"Has it:\n\n{_records(rule.example)}",
        f"Does not have it:\n\n{_records(rule.twin)}",
    ]
    if said:
        parts.append(f"{SAYS[bool(against)]}: *{said}*")
    return "\n\n".join(parts) + "\n"


def _records(report: str) -> str:
    rows = report.splitlines()
    shown = [REPORT_HEADER, *rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        shown.append(f"… and {len(rows) - MOST_ROWS} more rows like these")
    return "\n".join(["```csv", *shown, "```"])


def machine() -> str:
    """Return docs/machine.md."""
    return f"{MACHINE_HEAD}```mermaid\n{mermaid(arrows())}```\n"


PAGES: dict[str, Callable[[], str]] = {
    "codes.md": codes,
    "machine.md": machine,
    "machine.svg": lambda: svg(arrows()),
}
"""Every generated file in docs, and what it has to hold."""


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
