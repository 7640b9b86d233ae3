"""What the records of each content, client, type or month come to: one row a group.

A month holds every record as it was at the month's end. Instead of replaying each month, a record
is looked at after the last of its instants in each month that has some; it stays so in every row
until the next such moment. So each moment belongs to the rows from its own up to another one, and
what has one row alone (a content) is the simple case. Source: interface.md ("summary").
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.columns.arrow import texts
from engine.columns.frame import Coded, Column, Frame, Numbers
from engine.instants.periods import add_period
from engine.instants.text import parse_instant
from engine.instants.zones import from_utc
from engine.lifecycle.configuration import Status
from engine.projection.findings import CODES, Findings
from engine.projection.history import UNCERTAIN, History, status_column
from engine.projection.moments import Moments
from engine.projection.policy import Policy
from engine.projection.validity import VALIDITIES, Ends, find_ends, labels_at
from engine.rules.catalogue import CATALOGUE, Severity

__all__ = ["Groups", "groups_frame"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_DAY: Final = 86_400_000_000
_SECOND: Final = 1_000_000
_AT_A_TIME: Final = 1 << 22
"""Durations that are sorted at a time."""

_COUNTED: Final = {status.label: int(status) for status in Status if status} | {
    "uncertain": UNCERTAIN
}
_VALIDITY_COLUMNS: Final = (
    "valid",
    "expiring",
    "expired",
    "no_certificate",
    "unlimited",
    "validity_uncertain",
)
"""The column of each of :data:`VALIDITIES`."""


class Groups:
    """The rows, and to which of them each moment belongs.

    Attributes
    ----------
    names:
        The group of each row, ascending.
    moments:
        The records at the moments that count.
    first, stop:
        Shape (moments,): the first row that each belongs to, and the first that it does not.
    ends:
        Of months the last instant of each, None for other groups.
    """

    def __init__(self, history: History, by: str, zone: str, until: int | None) -> None:
        self.zone = zone
        self.ends: Ints | None = None
        if by == "month":
            self._by_month(history, until)
        else:
            self._by_text(history, by)

    def __len__(self) -> int:
        return len(self.names)

    def _by_text(self, history: History, by: str) -> None:
        records = history.records
        self.moments = Moments.at_the_end(history)
        column, values = {
            "content": (records.content_title, records.content_titles),
            "panorama": (records.panorama, records.panoramas),
            "content_type": (records.content_type, records.content_types),
        }[by]
        codes, which = np.unique(column[self.moments.record], return_inverse=True)
        names = [values[code].as_py() for code in codes.tolist()]
        order = sorted(range(len(names)), key=lambda place: names[place].encode())
        rank = np.empty(len(names), np.int64)
        rank[order] = np.arange(len(names))
        self.names = [names[place] for place in order]
        self.first = rank[which]
        self.stop = self.first + 1

    def _by_month(self, history: History, until: int | None) -> None:
        streams = history.streams
        month = _months(history.stamp, self.zone)
        stream = history.stream_of_instant.astype(np.int64)
        if not len(month):
            self.names = []
            self.ends = self.first = self.stop = np.empty(0, np.int64)
            self.moments = Moments.at_the_end(history)
            return
        begin = int(month.min())
        until_month = None if until is None else int(_months(np.array([until]), self.zone)[0])
        rows = max(int(month.max()), until_month or int(month.max())) - begin + 1
        # The last instant of a stream in a month: the next is of another month or stream.
        following = np.append(stream[1:], -1) == stream
        last = ~following | (np.append(month[1:], -1) != month)
        chosen = np.flatnonzero(last)
        self.moments = Moments(history, stream[chosen], streams.instants[chosen + 1] - 1)
        self.first = month[chosen] - begin
        self.stop = np.where(following[chosen], np.append(self.first[1:], rows), rows)
        numbers = range(begin, begin + rows)
        self.names = [f"{each // 12 + 1970:04}-{each % 12 + 1:02}" for each in numbers]
        self.ends = np.array([_end_of_month(each, self.zone) for each in numbers], np.int64)
        if until is not None:
            self.ends = np.minimum(self.ends, until)

    def count(self, which: Mask | slice = slice(None)) -> Ints:
        """Return how many of these moments are in each row."""
        return self.sum(np.ones(len(self.first), np.int64), self.first, self.stop, which)

    def sum(
        self, weights: Ints, first: Ints, stop: Ints, which: Mask | slice = slice(None)
    ) -> Ints:
        """Return the sum in each row of the weights of what is there from ``first`` to ``stop``."""
        change = np.zeros(len(self) + 1, np.int64)
        np.add.at(change, first[which], weights[which])
        np.add.at(change, stop[which], -weights[which])
        total: Ints = np.cumsum(change)[:-1]
        return total

    def medians(self, values: Ints, which: Mask) -> tuple[npt.NDArray[np.float64], Mask]:
        """Return the median in each row of these moments' values, and which rows have one."""
        first, stop, values = self.first[which], self.stop[which], values[which]
        # Between two rows at which something comes or goes, all have the same median.
        edges = np.unique(np.concatenate([first, stop, [0]]))
        low, high = np.searchsorted(edges, first), np.searchsorted(edges, stop)
        found = np.full(len(edges), np.nan)
        change = np.bincount(low, minlength=len(edges)) - np.bincount(high, minlength=len(edges))
        total = np.cumsum(np.cumsum(change))
        start = 0
        while start < len(edges):
            before = int(total[start - 1]) if start else 0
            end = max(start + 1, int(np.searchsorted(total, before + _AT_A_TIME, "right")))
            mine = np.flatnonzero((low < end) & (high > start))
            begin, end_of = np.maximum(low[mine], start), np.minimum(high[mine], end)
            sizes = end_of - begin
            offsets = np.cumsum(sizes) - sizes
            row = np.arange(int(sizes.sum())) - np.repeat(offsets - begin, sizes)
            found[start:end] = _median_of_each(
                row - start, np.repeat(values[mine], sizes), end - start
            )
            start = end
        row_edge = np.searchsorted(edges, np.arange(len(self)), "right") - 1
        medians = found[row_edge]
        return medians, ~np.isnan(medians)


def _median_of_each(row: Ints, values: Ints, rows: int) -> npt.NDArray[np.float64]:
    """The median of the values of each row, not a number where it has none."""
    ordered = values[np.lexsort([values, row])]
    sizes = np.bincount(row, minlength=rows)
    some = np.flatnonzero(sizes)
    start = (np.cumsum(sizes) - sizes)[some]
    lower, upper = ordered[start + (sizes[some] - 1) // 2], ordered[start + sizes[some] // 2]
    found = np.full(rows, np.nan)
    found[some] = (lower + upper) / 2
    return found


def _months(at: Ints, zone: str) -> Ints:
    """The local month of instants, counted from January 1970."""
    local = from_utc(np.floor_divide(at, _SECOND), zone)
    return local.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)


def _end_of_month(number: int, zone: str) -> int:
    """The last instant of a local month, as ``--as-of`` has it for the month's last day."""
    day = np.datetime64(number + 1, "M").astype("datetime64[D]") - np.timedelta64(1, "D")
    return parse_instant(str(day), zone)


def groups_frame(groups: Groups, findings: Findings, policy: Policy | None, moment: int) -> Frame:
    """Return one row a group; ``moment`` is when validity is told, but of months their ends."""
    moments = groups.moments
    records = groups.count()
    status = status_column(moments.mask).codes
    ever_completed = groups.count(moments.surely_completed)
    columns: dict[str, Column] = {
        "group": Coded(np.arange(len(groups)), texts(groups.names)),
        "records": Numbers(records),
        **{name: Numbers(groups.count(status == code)) for name, code in _COUNTED.items()},
        "ever_completed": Numbers(ever_completed),
        "ever_certified": Numbers(groups.count(moments.certified >= 0)),
        "completion_rate": _decimals(ever_completed / records),
        "median_days_to_completion": _median_days(groups),
        "errors": Numbers(_errors(groups, findings)),
    }
    if policy is not None:
        ends = find_ends(moments, policy, groups.zone)
        counts = (
            _validity_by_month(groups, ends, policy)
            if groups.ends is not None
            else _validity(groups, labels_at(ends, policy, moment, groups.zone))
        )
        columns |= dict(zip(_VALIDITY_COLUMNS, map(Numbers, counts), strict=True))
    return Frame(columns, len(groups))


def _decimals(values: npt.NDArray[np.float64], known: Mask | None = None) -> Coded:
    return Coded(np.arange(len(values)), pa.array(values, mask=None if known is None else ~known))


def _median_days(groups: Groups) -> Coded:
    moments = groups.moments
    both = (moments.enrolled >= 0) & (moments.completed >= 0)
    at = np.append(moments.history.at, 0)
    medians, known = groups.medians(at[moments.completed] - at[moments.enrolled], both)
    return _decimals(medians / _DAY, known)


def _errors(groups: Groups, findings: Findings) -> Ints:
    error = np.array([CATALOGUE[code].severity is Severity.ERROR for code in CODES])
    positions = np.sort(findings.position[error[findings.code] & (findings.position >= 0)])
    return groups.sum(groups.moments.count(positions), groups.first, groups.stop)


def _validity(groups: Groups, labels: npt.NDArray[np.int8]) -> list[Ints]:
    return [groups.count(labels == code) for code in range(len(VALIDITIES))]


def _validity_by_month(groups: Groups, ends: Ends, policy: Policy) -> list[Ints]:
    """The same at the end of each month: what is valid becomes expiring, then expired, in time."""
    assert groups.ends is not None
    months, first, stop = groups.ends, groups.first, groups.stop
    counts = _validity(groups, ends.fixed)
    early_warned, late_warned = np.empty((2, len(first)), np.int64)
    for number, rule in enumerate(policy.rules):
        mine = np.flatnonzero(ends.rule == number)
        warned = add_period(months, rule.warn, groups.zone)
        early_warned[mine] = np.searchsorted(warned, ends.early[mine])
        late_warned[mine] = np.searchsorted(warned, ends.late[mine])
    early_ended = np.searchsorted(months, ends.early)
    late_ended = np.searchsorted(months, ends.late)
    limited = ends.fixed < 0
    ones = np.ones(len(first), np.int64)

    def between(low: Ints, high: Ints) -> Ints:
        begin, end = np.maximum(first, low), np.minimum(stop, high)
        return groups.sum(ones, begin, end, limited & (begin < end))

    valid = between(first, early_warned)
    expiring, expired = between(late_warned, early_ended), between(late_ended, stop)
    unsure = groups.count(limited) - valid - expiring - expired
    return [valid, expiring, expired, counts[3], counts[4], counts[5] + unsure]
