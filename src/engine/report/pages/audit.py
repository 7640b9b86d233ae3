"""An audit as a page for people: what was read, what was found, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.projection.arguments import Arguments
from engine.projection.findings import CODES, Findings, count_findings
from engine.projection.findings_frame import findings_frame
from engine.projection.history import History
from engine.projection.summary import Summary
from engine.records import ROW_CODES
from engine.replay.streams import Streams
from engine.report.call import Call
from engine.report.hints import Facts as Counted
from engine.report.page import (
    Bars,
    Block,
    Column,
    Facts,
    Gap,
    Heading,
    Page,
    Prose,
    Span,
    Table,
    Timeline,
)
from engine.report.page import Findings as FindingsBlock
from engine.report.pages.findings import finding, hint_blocks, next_steps, not_shown, worst_first
from engine.report.pages.record import intervals_by_stream, record
from engine.report.pages.status import status_bars
from engine.report.plain import short
from engine.report.remarks import reasons, remarks
from engine.report.words import NO_VERSION, counted, number, read_as, share
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
    from engine.projection.repairs import Repairs

__all__ = ["AuditPage", "audit_page"]

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
    baseline, known:
        The file of an earlier audit, and how many of the findings to show it has already.
    replayed:
        How some streams are replayed alone, with what is found in them, to show the records of the
        examples as pictures; None to show none.
    """

    call: Call
    summary: Summary
    history: History
    chosen: Findings
    facts: Counted
    hints: list[str]
    quarantine: str | None = None
    repairs: Repairs | None = None
    baseline: str | None = None
    known: int = 0
    replayed: Callable[[Streams], tuple[History, Findings]] | None = None


def audit_page(given: AuditPage) -> Page:
    """Return the page."""
    blocks = tuple(_blocks(given))
    return Page(f"Audit of {given.call.title}", blocks, verdict=_verdict(given.summary))


def _verdict(summary: Summary) -> Span:
    """Whether the whole report is sound, whatever findings are selected."""
    if not summary.events:
        return Span("Nothing was checked: no row became an event.", "error")
    broken = summary.streams_with_errors
    if broken:
        some = f"{number(broken)} of {counted(summary.streams, 'record')}"
        said = f"Not sound: something impossible is in {some} ({share(broken, summary.streams)})."
        return Span(said, "error")
    worst = {CATALOGUE[code].severity for code in summary.findings}
    if Severity.ERROR in worst:
        return Span("No record is impossible, but some rows could not be used.", "warning")
    if Severity.WARNING in worst:
        return Span("Nothing is impossible, but some things are suspicious.", "warning")
    return Span("Sound: nothing impossible and nothing suspicious was found.", "good")


def _blocks(given: AuditPage) -> Iterator[Block]:
    examples = _examples(given)
    yield _reading(given)
    if not given.summary.events:
        yield Heading("Nothing was checked", "error")
        yield Prose(
            "No row of the report became an event, so this audit says nothing about any learner."
        )
        yield from hint_blocks(given.hints)
        if len(given.chosen):
            yield _codes(given, _counts(given), examples)
    else:
        yield from _statuses(given.summary)
        yield from hint_blocks(given.hints)
        yield from _findings(given, examples)
    if given.summary.quarantined:
        yield from _quarantine(given)
    yield from next_steps(_next(given, examples))
    yield Gap()
    yield Prose(NO_VERSION, "quiet")


def _reading(given: AuditPage) -> Block:
    summary = given.summary
    facts = {
        "Files": number(len(given.history.records.files)),
        "Rows": f"{number(summary.rows)} = {counted(summary.events, 'event')} + "
        f"{counted(summary.duplicates, 'duplicate')} + {number(summary.quarantined)} quarantined"
        + (f" + {number(summary.ignored)} ignored" if summary.ignored else ""),
        "Records": f"{number(summary.streams)}, of {counted(summary.learners, 'learner')} and "
        f"{counted(summary.contents, 'content')}",
        "Span": f"{summary.first} to {summary.last}" if summary.first else "none",
        **read_as(given.call.zones, summary.history),
    }
    if len(given.history.records.files) == 1:
        del facts["Files"]
    return Facts(facts)


def _statuses(summary: Summary) -> Iterator[Block]:
    yield Heading("Records by status")
    yield Bars("Records by status", status_bars(summary.statuses), summary.streams)
    if summary.statuses.get("uncertain"):
        yield Prose(
            "Uncertain: several statuses are possible, because the report leaves open what "
            "happened.",
            "quiet",
        )


def _findings(given: AuditPage, examples: Examples) -> Iterator[Block]:
    summary, counts = given.summary, _counts(given)
    left_out = sum(summary.findings.values()) - sum(counts.values())
    by_severity = {
        severity: sum(n for code, n in counts.items() if CATALOGUE[code].severity is severity)
        for severity in Severity
    }
    yield Heading("Findings")
    if not counts:
        yield Prose(
            f"None among {'the selected codes' if left_out else 'all codes'}: each of the "
            f"{counted(summary.events, 'event')} is possible after those before it."
            if not left_out
            else "None among the selected codes."
        )
    else:
        yield Prose(
            f"{counted(by_severity[Severity.ERROR], 'error')} (impossible), "
            f"{counted(by_severity[Severity.WARNING], 'warning')} (suspicious), "
            f"{number(by_severity[Severity.INFO])} info. Something impossible is in "
            f"{number(summary.streams_with_errors)} of {counted(summary.streams, 'record')} "
            f"({share(summary.streams_with_errors, summary.streams)})."
        )
        follow = int(np.count_nonzero(given.chosen.root >= 0))
        if follow:
            verb = "is a consequence" if follow == 1 else "are consequences"
            yield Prose(
                f"{number(follow)} of these {verb} of an earlier finding in the same record: put "
                "that right first."
            )
    if given.baseline is not None:
        new = len(given.chosen) - given.known
        yield Prose(
            f"{number(given.known)} of these are known from {given.baseline}; "
            f"{number(new)} {'is' if new == 1 else 'are'} new."
        )
    yield from not_shown(left_out)
    if counts:
        yield _codes(given, counts, examples)


def _counts(given: AuditPage) -> dict[str, int]:
    """Code → findings, of the codes that are shown; selectors choose by the code."""
    return {code: given.summary.findings[code] for code in count_findings(given.chosen)}


def _codes(given: AuditPage, counts: dict[str, int], examples: Examples) -> Block:
    """Each code with one example, the worst first; consequences are counted apart."""
    several_files = len(given.history.records.files) > 1
    follows = count_findings(given.chosen.take(np.flatnonzero(given.chosen.root >= 0)))
    pictures = _pictures(given, examples)
    found = []
    for code in worst_first(counts):
        example, follow = examples[code], follows.get(code, 0)
        found.append(
            finding(
                code,
                counts[code] - follow,
                follow,
                _place(example, several_files),
                " ".join([example["message"], *example["reasons"]]),
                reach=_reach(given, code, counts[code]),
                edits=tuple(edit["message"] for edit in example.get("repair", ())),
                picture=pictures.get(code),
            )
        )
    return FindingsBlock(tuple(found))


def _pictures(given: AuditPage, examples: Examples) -> dict[str, Timeline]:
    """The records of the examples, as far as they are on an event."""
    streams = given.history.streams
    of_code = {
        code: int(np.searchsorted(streams.starts, example["position"], side="right")) - 1
        for code, example in examples.items()
        if example["position"] >= 0
    }
    if given.replayed is None or not of_code:
        return {}
    wanted = sorted(set(of_code.values()))
    history, findings = given.replayed(streams.only(np.isin(np.arange(len(streams)), wanted)))
    said = remarks(history, findings, "reasons")
    intervals = intervals_by_stream(history)
    return {
        code: record(history, place := wanted.index(stream), said, intervals[place])
        for code, stream in of_code.items()
    }


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
        found[row["code"]] = {
            **row,
            "reasons": [] if argued is None else reasons(argued),
            "position": int(examples.position[place]),
        }
    return found


def _place(example: dict[str, Any], several_files: bool) -> str:
    row = f"row {example['row']}" + (f" of {example['file']}" if several_files else "")
    return " · ".join(
        short(part) for part in (example["learner"], example["content_title"], row) if part
    )


def _quarantine(given: AuditPage) -> Iterator[Block]:
    rejects = given.history.records.rejects
    yield Heading("Quarantine")
    yield Prose(
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
    columns = Column("Code", tone="error"), Column("Rows", "number"), Column("First"), Column("Why")
    yield Table("Quarantined rows by reason", columns, tuple(rows), headed=False)
    if given.quarantine is not None:
        yield Prose(f"All of them are in {given.quarantine}.")


def _next(given: AuditPage, examples: Examples) -> list[tuple[str, str]]:
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
    return steps
