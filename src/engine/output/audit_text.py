"""An audit as a page for people: what was read, what was found, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from engine.output.call import Call
from engine.output.findings_text import (
    CodeFound,
    print_codes,
    print_hints,
    print_next,
    worst_first,
)
from engine.output.hints import Facts
from engine.output.paragraphs import Paragraphs
from engine.output.remarks import reasons
from engine.output.terminal import short
from engine.output.words import NO_VERSION, STYLES, counted, number, read_as, share
from engine.projection.arguments import Arguments
from engine.projection.findings import CODES, Findings, count_findings
from engine.projection.findings_frame import findings_frame
from engine.projection.history import History
from engine.projection.summary import Summary
from engine.records import ROW_CODES
from engine.rules.catalogue import (
    ACROSS_RULES,
    CATALOGUE,
    IMPOSSIBLE,
    ROW_RULES,
    SEQUENCE_RULES,
    Severity,
)
from engine.rules.wording import row_sentence

if TYPE_CHECKING:
    from rich.console import Console

    from engine.projection.repairs import Repairs

__all__ = ["AuditPage", "print_audit"]

_BAR: Final = 30

Examples = dict[str, dict[str, Any]]
"""Code → the fields of one finding."""


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is made of.

    Attributes
    ----------
    chosen:
        The findings to show: all of them, or what ``--select`` and ``--ignore`` leave.
    quarantine:
        Where the rejected rows were written, None if nowhere.
    repairs:
        The repairs to show beside the examples, None if they were not asked for.
    """

    call: Call
    summary: Summary
    history: History
    chosen: Findings
    facts: Facts
    hints: list[str]
    quarantine: str | None = None
    repairs: Repairs | None = None


def print_audit(console: Console, given: AuditPage) -> None:
    """Print the page."""
    page = Paragraphs(console)
    examples = _examples(given)
    _print_reading(page, given)
    if not given.summary.events:
        page.heading("Nothing was checked", style="bold red")
        page.prose(
            "No row of the report became an event, so this audit says nothing about any learner."
        )
        print_hints(page, given.hints)
        if len(given.chosen):
            _print_codes(page, given, _counts(given), examples)
    else:
        _print_statuses(page, given.summary)
        print_hints(page, given.hints)
        _print_findings(page, given, examples)
    if given.summary.quarantined:
        _print_quarantine(page, given)
    _print_next(page, given, examples)
    page.gap()
    page.prose(NO_VERSION, style="dim")


def _print_reading(page: Paragraphs, given: AuditPage) -> None:
    summary = given.summary
    page.title(f"Audit of {given.call.title}")
    facts = {
        "Files": number(len(given.history.records.files)),
        "Rows": f"{number(summary.rows)} = {counted(summary.events, 'event')} + "
        f"{counted(summary.duplicates, 'duplicate')} + {number(summary.quarantined)} quarantined",
        "Records": f"{number(summary.streams)}, of {counted(summary.learners, 'learner')} and "
        f"{counted(summary.contents, 'content')}",
        "Span": f"{summary.first} to {summary.last}" if summary.first else "none",
        **read_as(given.call.zones, summary.history),
    }
    if len(given.history.records.files) == 1:
        del facts["Files"]
    page.facts(facts)


def _print_statuses(page: Paragraphs, summary: Summary) -> None:
    page.heading("Records by status")
    shown = {status: count for status, count in summary.statuses.items() if count}
    most = max(shown.values())
    rows = []
    for status, count in shown.items():
        bar = page.bar(max(1, round(_BAR * count / most)))
        rows.append((status.replace("_", " "), number(count), share(count, summary.streams), bar))
    page.columns(rows, right=(1, 2), styles={3: "blue"})
    if shown.get("uncertain"):
        page.prose(
            "Uncertain: several statuses are possible, because the report leaves open what "
            "happened.",
            style="dim",
        )


def _print_findings(page: Paragraphs, given: AuditPage, examples: Examples) -> None:
    summary, counts = given.summary, _counts(given)
    left_out = sum(summary.findings.values()) - sum(counts.values())
    by_severity = {
        severity: sum(n for code, n in counts.items() if CATALOGUE[code].severity is severity)
        for severity in Severity
    }
    page.heading("Findings")
    if not counts:
        page.prose(
            f"None among {'the selected codes' if left_out else 'all codes'}: each of the "
            f"{counted(summary.events, 'event')} is possible after those before it."
            if not left_out
            else "None among the selected codes."
        )
    else:
        page.prose(
            f"{counted(by_severity[Severity.ERROR], 'error')} (impossible), "
            f"{counted(by_severity[Severity.WARNING], 'warning')} (suspicious), "
            f"{number(by_severity[Severity.INFO])} info. Something impossible is in "
            f"{number(summary.streams_with_errors)} of {counted(summary.streams, 'record')} "
            f"({share(summary.streams_with_errors, summary.streams)})."
        )
        follow = int(np.count_nonzero(given.chosen.root >= 0))
        if follow:
            verb = "is a consequence" if follow == 1 else "are consequences"
            page.prose(
                f"{number(follow)} of these {verb} of an earlier finding in the same record: put "
                "that right first."
            )
    if left_out:
        page.prose(
            f"{counted(left_out, 'finding')} of other codes are not shown (--select, --ignore).",
            style="dim",
        )
    if counts:
        _print_codes(page, given, counts, examples)


def _counts(given: AuditPage) -> dict[str, int]:
    """Code → findings, of the codes that are shown; selectors choose by the code."""
    return {code: given.summary.findings[code] for code in count_findings(given.chosen)}


def _print_codes(
    page: Paragraphs, given: AuditPage, counts: dict[str, int], examples: Examples
) -> None:
    """Each code with one example, the worst first; consequences are counted apart."""
    several_files = len(given.history.records.files) > 1
    follows = count_findings(given.chosen.take(np.flatnonzero(given.chosen.root >= 0)))
    found = []
    for code in worst_first(counts):
        example, follow = examples[code], follows.get(code, 0)
        found.append(
            CodeFound(
                code,
                roots=counts[code] - follow,
                follows=follow,
                place=_place(example, several_files),
                said=" ".join([example["message"], *example["reasons"]]),
                reach=_reach(given, code, counts[code]),
                edits=[edit["message"] for edit in example.get("repair", ())],
            )
        )
    print_codes(page, found)


def _reach(given: AuditPage, code: str, count: int) -> str:
    """How much of the report a code touches."""
    summary = given.summary
    streams = given.facts.streams.get(code)
    if streams is not None and _on_events(code) and not CATALOGUE[code].of_report:
        return f"in {counted(streams, 'record')}, {share(streams, summary.streams)}"
    return f"{share(count, summary.rows)} of the rows"


def _on_events(code: str) -> bool:
    return code in SEQUENCE_RULES or code in ACROSS_RULES


def _examples(given: AuditPage) -> Examples:
    """The first finding of each code, in the order of files and rows: a root, if there is one."""
    chosen = given.chosen
    # A position past all others for a consequence: the first root comes before any of them.
    rank = np.where(chosen.root >= 0, len(chosen), 0) + np.arange(len(chosen))
    first = np.full(len(CODES), 2 * len(chosen), np.int64)
    np.minimum.at(first, chosen.code, rank)
    examples = chosen.take(first[first < 2 * len(chosen)] % max(1, len(chosen)))
    arguments = Arguments(given.history, examples)
    frame = findings_frame(given.history, examples)
    if given.repairs is not None:
        from engine.projection.repair_frames import with_repairs

        frame = with_repairs(given.history, examples, frame, given.repairs)
    found = {}
    for place, row in enumerate(frame.rows()):
        argued = arguments.in_words(place)
        found[row["code"]] = {**row, "reasons": [] if argued is None else reasons(argued)}
    return found


def _place(example: dict[str, Any], several_files: bool) -> str:
    row = f"row {example['row']}" + (f" of {example['file']}" if several_files else "")
    return " · ".join(
        short(part) for part in (example["learner"], example["content_title"], row) if part
    )


def _print_quarantine(page: Paragraphs, given: AuditPage) -> None:
    rejects = given.history.records.rejects
    page.heading("Quarantine")
    page.prose(
        f"{counted(len(rejects), 'row')} could not be used and took no part in the audit. "
        "The first of each kind:"
    )
    rows = []
    for code, rule in ROW_RULES.items():
        of_code = np.flatnonzero(rejects.code == ROW_CODES.index(code))
        if len(of_code):
            first = rejects[int(of_code[0])]
            where = f"row {first.row}"
            if len(given.history.records.files) > 1:
                where = f"{first.file}, {where}"
            rows.append((code, number(len(of_code)), where, row_sentence(rule, first.detail)))
    page.columns(rows, right=(1,), styles={0: STYLES[Severity.ERROR]})
    if given.quarantine is not None:
        page.prose(f"All of them are in {given.quarantine}.")


def _print_next(page: Paragraphs, given: AuditPage, examples: Examples) -> None:
    counts = _counts(given)
    on_events = [code for code in counts if _on_events(code)]
    call = given.call
    steps: list[tuple[str, str]] = []
    if counts:
        worst = worst_first({code: counts[code] for code in on_events or counts})[0]
        steps.append((f"learner-engine rules {worst}", "what it means, when it is a false alarm"))
        learner = examples[worst]["learner"]
        if worst in on_events and learner:
            command = call.command("explain", "--learner", learner)
            steps.append((command, "the history behind the example, and why it cannot be"))
        every = ["--across"] if set(counts) & set(given.summary.unlisted) else []
        steps.append(
            (call.command("audit", *every, "-o", "findings.csv"), "every finding, as a table")
        )
    if not IMPOSSIBLE.isdisjoint(counts):
        command = call.command("repairs", "-o", "repairs.csv")
        steps.append((command, "the fewest edits that would leave nothing impossible"))
    if given.summary.quarantined and given.quarantine is None:
        command = call.command("audit", "--quarantine", "rejected.csv")
        steps.append((command, "the rejected rows, with reasons"))
    if given.summary.events:
        command = call.command("status", "-o", "status.csv")
        steps.append((command, "each record's status and facts"))
    if steps:
        print_next(page, steps)
