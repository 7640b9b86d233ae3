"""What an audit answers: records are replayed, and every table is made of the replay.

Source: interface.md ("Python" and the commands).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from engine.arguments import (
    checked,
    choice,
    flag,
    instance,
    moment,
    optional,
    path,
    text,
    texts,
    whole,
)
from engine.columns.frame import Frame
from engine.columns.kernels import position
from engine.columns.slices import beside
from engine.columns.texts import fold_case_text, tidy_text
from engine.instants.text import FIRST_INSTANT
from engine.options import By, Options, instant_of
from engine.projection.across import Across
from engine.projection.findings import CODES, Findings, find, own_findings
from engine.projection.findings_frame import findings_frame
from engine.projection.history import History, replayed
from engine.projection.intervals import intervals_frame
from engine.projection.policy import Policy, read_policy
from engine.projection.status import status_frame
from engine.projection.summary import Summary, summarise
from engine.records import Quarantined, Records, unknown_learner
from engine.replay.streams import Streams, arrange
from engine.replay.table import TransitionTable
from engine.rules.catalogue import selected

if TYPE_CHECKING:
    from engine.projection.between.imports import BetweenImports
    from engine.projection.repairs import Repairs
from engine.report.fingerprints import with_fingerprints

__all__ = ["Audit"]

PolicyFile = str | os.PathLike[str] | Policy

_NAMED: Final = 3
"""Files that the short form of an audit names."""

MOST_LISTED: Final = 1000
"""Findings across records that are listed of each code, unless all are asked for."""


class Audit:
    """Reports read and replayed; every table is computed when first asked for.

    Tables are frames (:mod:`engine.columns.frame`): polars, pandas, pyarrow and DuckDB take them
    through the Arrow PyCapsule interface, and ``.rows()`` gives dictionaries. Threads may share an
    audit.
    """

    @checked(
        records=instance(Records),
        options=instance(Options),
        table=optional(instance(TransitionTable)),
        imports=flag,
    )
    def __init__(
        self,
        records: Records,
        options: Options,
        *,
        table: TransitionTable | None = None,
        imports: bool = False,
        rows: tuple[int, int] | None = None,
    ) -> None:
        self.records = records
        # Each file of the records is an import of a store: they can be held against each other.
        self._of_imports = imports
        # Of a part of the records: how many rows there are in all, and of them in quarantine.
        self._rows = rows
        self.options = options
        # Who asks again and again may keep what was compiled.
        self._table = TransitionTable() if table is None else table

    def __getstate__(self) -> dict[str, Any]:
        # What is computed is left out, and computed again where it is asked for; what was compiled
        # holds a lock.
        kept = ("records", "_of_imports", "_rows", "options")
        return {name: self.__dict__[name] for name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._table = TransitionTable()

    def __repr__(self) -> str:
        files = self.records.files
        named = ", ".join(files[:_NAMED]) + (", …" if len(files) > _NAMED else "")
        rows = len(self.records) + self.records.rejects.unread
        return f"<engine.Audit of {rows:,} rows: {named}>"

    def _repr_html_(self) -> str:
        from engine.report.notebook import audit_html

        return audit_html(self.summary)

    @cached_property
    def _streams(self) -> Streams:
        options = self.options
        return arrange(self.records, key=options.key, tolerance=options.tolerance_us)

    @checked(streams=instance(Streams))
    def replayed(self, streams: Streams) -> History:
        """Return the replay of some of the streams alone."""
        partial = self.options.history == "partial"
        return replayed(self.records, streams, partial=partial, table=self._table)

    @cached_property
    def history(self) -> History:
        """The replay of everything."""
        return self.replayed(self._streams)

    @cached_property
    def _listed(self) -> Findings:
        history = self.history
        with beside(lambda: self._across) as across:
            own = own_findings(history)
            return find(history, across(), imports=self._between, most=MOST_LISTED, own=own)

    @cached_property
    def _found(self) -> Findings:
        """Every single finding."""
        unlisted = self._across is not None and self._across.most > MOST_LISTED
        if not unlisted:
            return self._listed
        return find(self.history, self._across, imports=self._between)

    @cached_property
    def _across(self) -> Across | None:
        if self.options.across is False:
            return None
        return Across(self.history, window=self.options.window_us)

    @cached_property
    def _between(self) -> BetweenImports | None:
        if not self._of_imports or len(self.records.files) < 2:
            return None
        from engine.projection.between.imports import find_between_imports

        return find_between_imports(self.records)

    @cached_property
    def summary(self) -> Summary:
        """Counts of rows, records, statuses and findings."""
        return summarise(self.history, self.found())

    @property
    def findings(self) -> Frame:
        """The findings, ordered by file, row, code; of X codes the earliest thousand of each."""
        return self.findings_of()

    @checked(select=texts, ignore=texts, repairs=flag)
    def findings_of(
        self,
        select: str | Sequence[str] = (),
        ignore: str | Sequence[str] = (),
        *,
        repairs: bool = False,
    ) -> Frame:
        """Return the findings whose code some selector matches and no other excludes.

        A selector is a code or the beginning of one, such as ``S1``; one alone may be given as it
        is. X codes that ``select`` names are listed in full, as with the option ``across``.

        Raises
        ------
        UsageError
            If a selector fits no code.
        """
        return self.findings_as_frame(self.found(select, ignore), repairs=repairs)

    @checked(found=instance(Findings), repairs=flag)
    def findings_as_frame(self, found: Findings, *, repairs: bool = False) -> Frame:
        """Put findings in words; with ``repairs`` each error has the repair of its record."""
        frame = with_fingerprints(findings_frame(self.history, found))
        if not repairs:
            return frame
        from engine.projection.repair_frames import with_repairs

        return with_repairs(self.history, found, frame, self.repaired)

    @checked(select=texts, ignore=texts)
    def found(self, select: str | Sequence[str] = (), ignore: str | Sequence[str] = ()) -> Findings:
        """Return the same findings as columns of numbers, not yet put in words."""
        asked = any(code.strip().upper().startswith("X") for code in select)
        found = self._found if asked or self.options.across else self._listed
        if not (select or ignore):
            return found
        wanted = selected(CODES, select, ignore)
        return found.take(np.flatnonzero(np.isin(CODES, wanted)[found.code]))

    @checked(history=instance(History))
    def found_in(self, history: History) -> Findings:
        """Return the findings on the streams of this replay, those across streams included."""
        return find(history, self._across)

    @checked(history=instance(History), row=optional(whole(0, 2**63 - 1)))
    def between_imports(
        self, history: History, row: int | None = None
    ) -> dict[int, list[dict[str, Any]]] | None:
        """Return the findings between the imports of a store (C codes) on these streams.

        Stream → findings, with the fields of :attr:`findings`; with ``row`` those on rows of that
        number alone. None: there are no two imports to compare.
        """
        if self._between is None:
            return None
        from engine.projection.between.told import told_of

        return told_of(history, self._between, row)

    @property
    def notes(self) -> list[str]:
        """What a reader of any answer should know of the files, a sentence each."""
        rejects = self.records.rejects
        rows, rejected = self._rows or (len(self.records) + rejects.unread, len(rejects))
        if not rejected:
            return self.records.notes
        return [
            *self.records.notes,
            f"{rejected:,} of {rows:,} rows are in quarantine and take no part in this; "
            "`learner-engine audit --quarantine FILE` lists them.",
        ]

    @cached_property
    def repaired(self) -> Repairs:
        """For each stream with errors the cheapest edits that leave none, in columns."""
        from engine.projection.repairs import find_repairs

        return find_repairs(self.history)

    @property
    def repairs(self) -> Frame:
        """The same edits, one a row, ordered by learner, content and place in the history."""
        from engine.projection.repair_frames import repairs_frame

        return repairs_frame(self.history, self.repaired)

    @property
    def quarantined(self) -> Sequence[Quarantined]:
        """The rows that became no events."""
        return self.records.rejects

    @checked(as_of=optional(moment), learner=optional(text), content=optional(text))
    def status(
        self,
        as_of: str | date | None = None,
        *,
        learner: str | None = None,
        content: str | None = None,
        policy: PolicyFile | None = None,
    ) -> Frame:
        """Return one record a stream, ordered by learner and content.

        Parameters
        ----------
        as_of:
            A date (its end in the audit's time zone) or a date and time, as text or as Python's;
            None: after every event.
        learner, content:
            Only this learner's address, only this content title (both as semantics.md §1
            normalises them).
        policy:
            How long what is valid: adds ``validity`` and ``valid_until`` (semantics.md §14). The
            name of a TOML file, or what :func:`engine.projection.policy.read_policy` made of it.
            Without ``as_of`` the instant asked for is the moment of the audit, or the last event
            if that is later.

        Raises
        ------
        UnknownLearnerError
            If no row is of that learner; who has no event up to ``as_of`` gives an empty table.
        UsageError
            If ``as_of`` is no date or time.
        InputError
            If the policy file cannot be read, or says what it may not.
        """
        rules = None if policy is None else policy_of(policy)
        if learner is not None:
            self.require_learner(learner)
        history = self.history_of(learner, content, as_of)
        # What several records show together is no fault of one of them, and counts in none.
        found = find(history, own=own_findings(history, roots=False))
        if rules is None:
            return status_frame(history, found)
        from engine.projection.validity import validity_columns

        zone, moment = self.options.timezone, self._moment(history, as_of)
        return status_frame(history, found, validity_columns(history, rules, moment, zone))

    def summary_by(
        self,
        by: By = "content",
        *,
        as_of: str | date | None = None,
        policy: PolicyFile | None = None,
    ) -> Frame:
        """Return what the records of each content, client, type or month come to, a row a group.

        Parameters
        ----------
        by:
            ``"content"`` (its title), ``"panorama"`` or ``"content_type"``, as the record's last
            event has it; or ``"month"``: all records as they were at the end of each month of the
            audit's time zone, from the first event's to that of ``as_of``, or of the last event.
        as_of, policy:
            As with :meth:`status`; a policy adds ``valid``, ``expiring``, ``expired``,
            ``no_certificate``, ``unlimited`` and ``validity_uncertain``.

        Raises
        ------
        UsageError
            If ``by`` is none of these, or ``as_of`` no date or time.
        InputError
            If the policy file cannot be read, or says what it may not.
        """
        from engine.projection.groups import Groups, groups_frame

        choice(*get_args(By))(by, "by")
        rules = None if policy is None else policy_of(policy)
        history = self.history_of(as_of=as_of)
        found = find(history, own=own_findings(history, roots=False))
        zone = self.options.timezone
        until = None if as_of is None else instant_of(as_of, zone)
        return groups_frame(
            Groups(history, by, zone, until), found, rules, self._moment(history, as_of)
        )

    def _moment(self, history: History, as_of: str | date | None) -> int:
        """The instant at which validity is told (semantics.md §14)."""
        if as_of is not None:
            return instant_of(as_of, self.options.timezone)
        now = self.options.now
        latest = int(history.at.max(initial=FIRST_INSTANT))
        return max(latest, time.time_ns() // 1000 if now is None else now)

    @checked(learner=optional(text), content=optional(text))
    def timeline(self, learner: str | None = None, content: str | None = None) -> Frame:
        """Return the status intervals, of one learner or of all, ordered by learner and content.

        Raises
        ------
        UnknownLearnerError
            If no row is of that learner.
        """
        if learner is not None:
            self.require_learner(learner)
        return intervals_frame(self.history_of(learner, content))

    @checked(learner=text)
    def require_learner(self, learner: str) -> None:
        """Refuse a learner who does not occur: a typing error is no empty table.

        Raises
        ------
        UnknownLearnerError
            With the nearest addresses that do occur.
        """
        name = fold_case_text(learner)
        if not self.records.names_learner(name):
            raise unknown_learner(name, self.records.learners)

    @checked(learner=optional(text), content=optional(text), as_of=optional(moment))
    def history_of(
        self,
        learner: str | None = None,
        content: str | None = None,
        as_of: str | date | None = None,
    ) -> History:
        """Return the replay of these streams alone, up to ``as_of`` (see :meth:`status`)."""
        if as_of is not None:
            until = instant_of(as_of, self.options.timezone)
            return self.replayed(self._chosen(learner, content).until(until))
        if learner is None and content is None:
            return self.history
        return self.replayed(self._chosen(learner, content))

    def _chosen(self, learner: str | None, content: str | None) -> Streams:
        streams, records = self._streams, self.records
        keep = np.ones(len(streams), np.bool_)
        first = streams.events[streams.starts[:-1]]
        if learner is not None:
            wanted = fold_case_text(learner)
            keep &= records.learner[first] == position(records.learners, wanted)
        if content is not None:
            title = position(records.content_titles, tidy_text(content))
            last = streams.events[streams.starts[1:] - 1]
            keep &= records.content_title[last] == title
        return streams if keep.all() else streams.only(keep)


def policy_of(policy: PolicyFile) -> Policy:
    """Return the policy that a caller names, or gives."""
    return policy if isinstance(policy, Policy) else read_policy(path(policy, "policy"))
