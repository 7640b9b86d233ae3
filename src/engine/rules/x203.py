"""X203: an enrolment that comes with a new account, for a learner who is known already."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.dialects.dialect import Classified
from engine.rules.argument import Argued, CaseAcross, argued, row_says, says
from engine.rules.examples import records
from engine.rules.found import Evidence, Found, Sentences, one_each, shared
from engine.rules.rule import AcrossRule, Severity
from engine.rules.view import Kind, View, parts
from engine.rules.wording import quote

Ints = npt.NDArray[np.int64]

_DAY: Final = 86_400_000_000
_NEVER: Final = np.iinfo(np.int64).max


def find(view: View) -> Found:
    """Return the enrolments of new accounts more than a day after the learner's first event."""
    records, at = view.records, view.history.at
    created = view.of_kind(Kind.ACCOUNT_CREATED)
    first = np.full(len(records.learners), _NEVER)
    if len(created):
        for part in parts(len(view.learner)):
            np.minimum.at(first, view.learner[part], view.began(part))
    delay = at[created] - view.of(first, records.learner, created)
    late, delay = created[delay > _DAY], delay[delay > _DAY]

    def because(which: Ints) -> Evidence:
        learner = records.learner[view.record(late[which])]
        wanted = np.zeros(len(records.learners), np.bool_)
        wanted[learner] = True
        streams = np.flatnonzero(wanted[view.learner])
        streams = streams[view.began(streams) == first[view.learner[streams]]]
        earliest = view.events_of(streams)
        earliest = earliest[at[earliest] == view.of(first, records.learner, earliest)]
        known, record = view.first_of_each(records.learner, view.record(earliest))
        return one_each(record[np.searchsorted(known, learner)])

    def words(which: Ints) -> Sentences:
        pairs = len(records.pairs)

        def say(key: int) -> str:
            days, pair = divmod(key, pairs)
            return _say(records.pairs[pair], days)

        return shared(delay[which] // _DAY * pairs + records.pair[view.record(late[which])], say)

    return Found(late, because, words)


def _say(pair: Classified, days: int) -> str:
    """Say that an account was created for a learner whom the report knows already."""
    span = "1 day" if days == 1 else f"{days} days"
    source = quote(pair.source)
    return f"The account was created ({source}) {span} after the learner's first event."


def _argue(case: CaseAcross) -> Argued:
    (earlier,) = case.because
    return argued(
        row_says(case.event.told),
        f"The source {case.event.told.source} stands for a new account, which has no history yet.",
        [
            f"{earlier.told.name}, more than a day before, already {says(earlier.told)}, "
            f'in "{earlier.content_title or "(no title)"}"'
        ],
        "the learner had an account already, or two people use this address",
    )


RULE = AcrossRule(
    code="X203",
    name="created-after-activity",
    severity=Severity.WARNING,
    what=(
        "The learner was enrolled as an account was made for them (a registration, an invite or a "
        "bulk import of users), but the report knows them for more than a day already."
    ),
    why=(
        "An account is made once. A second one may mean that two people share an address, that an "
        "account was deleted and its history with it, or that old rows were imported under dates "
        "that are not theirs."
    ),
    false_alarm=(
        "Platforms let a bulk import name learners who exist already, and give them content: that "
        "is in order. So is a registration for each site or event where these are apart. If it "
        "happens all the time, leave the finding out with --ignore X203."
    ),
    example=records("01 enrollment sso", "03 enrollment manager_created_user"),
    twin=records("01 enrollment sso", "02 enrollment manager_created_user"),
    says=("The account was created (manager_created_user) 2 days after the learner's first event."),
    find=find,
    argue=_argue,
    role="earlier event",
)
