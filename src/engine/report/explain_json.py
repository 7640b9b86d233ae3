"""Explanations as data: records, their events, and an argument for each finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.instants import format_utc
from engine.lifecycle.action import Action
from engine.projection.arguments import Arguments
from engine.projection.findings import CODES, Findings
from engine.projection.findings_frame import findings_frame
from engine.projection.history import History
from engine.projection.status import learner_order
from engine.replay.table import AFTER_SHIFT, BEFORE_SHIFT
from engine.report.pages.record import MOST_EVENTS, labels
from engine.report.remarks import code_at
from engine.rules.argument import Argument
from engine.rules.catalogue import CATALOGUE

__all__ = ["explanations"]

Object = dict[str, Any]


def explanations(
    history: History, findings: Findings, between: Mapping[int, list[Object]] | None
) -> list[Object]:
    """Return each record with its events and the explained findings on them.

    ``between`` has what imports of a store say of each other about a stream; None: there are none.

    The findings after the first thousand come without an argument.
    """
    streams = history.streams
    order = learner_order(history, streams.events[streams.starts[1:] - 1]).tolist()
    of_finding = np.searchsorted(streams.starts, findings.position, side="right") - 1
    found = [
        _record(history, stream, findings.take(np.flatnonzero(of_finding == stream)))
        for stream in order
    ]
    if between is not None:
        for stream, each in zip(order, found, strict=True):
            each["between_imports"] = [_between(told) for told in between.get(stream, ())]
    return found


def _record(history: History, stream: int, findings: Findings) -> Object:
    records, streams = history.records, history.streams
    low, high = streams.starts[stream : stream + 2].tolist()
    last = int(streams.events[high - 1])
    by_time = np.argsort(findings.position, kind="stable")
    findings = findings.take(by_time)
    arguments = Arguments(history, findings)
    frame = findings_frame(history, findings).select(["code", "name", "severity", "message"])
    return {
        "learner": records.learners[int(records.learner[last])].as_py(),
        "panorama": records.panoramas[int(records.panorama[last])].as_py(),
        "content_type": records.content_types[int(records.content_type[last])].as_py(),
        "content_title": records.content_titles[int(records.content_title[last])].as_py(),
        "possible": labels(int(history.final_mask[stream])),
        "events": [_event(history, position) for position in range(low, high)],
        "findings": [
            {**row, **_finding(history, findings, arguments, number)}
            for number, row in enumerate(frame.rows())
        ],
    }


def _between(found: Object) -> Object:
    names = "code", "name", "severity", "message", "file", "row", "type", "source", "at", "because"
    return {name: found[name] for name in names}


def _event(history: History, position: int) -> Object:
    outcome = int(history.replay.outcome[position])
    return {
        **_row(history, position),
        "action": Action(int(history.action[position])).label,
        "before": labels(outcome >> BEFORE_SHIFT),
        "after": labels(outcome >> AFTER_SHIFT),
    }


def _finding(history: History, findings: Findings, arguments: Arguments, number: int) -> Object:
    position, root = int(findings.position[number]), int(findings.root[number])
    argument = arguments.argument(number) if number < MOST_EVENTS else None
    argued = arguments.in_words(number) if number < MOST_EVENTS else None
    code = CODES[int(findings.code[number])]
    told: Object | None = None
    if argument is not None:
        told = _argument(history, argument, position)
    elif CATALOGUE[code].role and number < MOST_EVENTS:
        told = _argument_across(history, arguments, number, CATALOGUE[code].role)
    return {
        **_place(history, position),
        "because": [_place_of(history, each) for each in arguments.because(number)],
        "root": root < 0,
        "consequence_of": None
        if root < 0
        else {**_place(history, root), "code": code_at(history, root)},
        "argument": told,
        "sentences": [] if argued is None else list(argued.sentences),
    }


def _argument(history: History, argument: Argument, position: int) -> Object:
    first = position - argument.event
    absence = argument.absence

    def at(event: int | None) -> Object | None:
        return None if event is None else _place(history, first + event)

    return {
        "before": list(argument.before),
        "premises": [
            {"role": each.role, **_row(history, first + each.event), "needed": each.needed}
            for each in argument.premises
        ],
        "absence": None
        if absence is None
        else {"of": absence.of, "since": at(absence.since), "late": at(absence.late)},
        "tied": [at(each) for each in argument.tied],
    }


def _argument_across(history: History, arguments: Arguments, number: int, role: str) -> Object:
    """The rows of any record that a finding across records rests on."""
    premises = []
    for record in arguments.because(number):
        cited = arguments.cited(record)
        whose = ("learner", "panorama", "content_type", "content_title")
        premises.append(
            {
                "role": role,
                **_row_of(history, record),
                **{name: getattr(cited, name) for name in whose},
            }
        )
    return {"premises": premises}


def _row(history: History, position: int) -> Object:
    return _row_of(history, int(history.streams.events[position]))


def _row_of(history: History, record: int) -> Object:
    records = history.records
    pair = records.pairs[int(records.pair[record])]
    return {
        **_place_of(history, record),
        "at": format_utc(int(records.at[record])),
        "type": pair.type,
        "source": pair.source,
    }


def _place(history: History, position: int) -> Object:
    return _place_of(history, int(history.streams.events[position]))


def _place_of(history: History, record: int) -> Object:
    records = history.records
    return {
        "file": records.files[int(records.file[record])],
        "row": int(records.row[record]),
    }
