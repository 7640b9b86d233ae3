"""X204: a row that only one kind of content can have, on content of another type."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.dialects.dialect import Classified
from engine.rules.argument import Argued, CaseAcross, argued, row_says
from engine.rules.examples import records
from engine.rules.found import Found, Sentences, no_evidence, shared
from engine.rules.rule import AcrossRule, Severity
from engine.rules.view import Kind, View
from engine.rules.wording import happened, quote, type_name

Ints = npt.NDArray[np.int64]

_NEEDS: Final = {Kind.WEBINAR: "webinar", Kind.LEARNING_PATH: "learningpath"}


def find(view: View) -> Found:
    """Return the rows whose content has a type that lacks the word that their source implies."""
    records = view.records
    wrong = np.sort(np.concatenate([_lacking(view, kind, word) for kind, word in _NEEDS.items()]))

    def words(which: Ints) -> Sentences:
        types = len(records.content_types)

        def say(key: int) -> str:
            pair, content_type = divmod(key, types)
            shown = records.content_types[content_type].as_py()
            return _say(records.pairs[pair], shown)

        record = view.record(wrong[which])
        return shared(
            records.pair[record].astype(np.int64) * types + records.content_type[record], say
        )

    return Found(wrong, no_evidence, words)


def _lacking(view: View, kind: Kind, word: str) -> Ints:
    position = view.of_kind(kind)
    codes = view.records.content_type[view.record(position)]
    lacks = np.zeros(len(view.records.content_types), np.bool_)
    for code in np.flatnonzero(np.bincount(codes)).tolist():
        letters = _letters(view.records.content_types[code].as_py())
        # A type that is not given, as in the vendor's event API, contradicts nothing.
        lacks[code] = bool(letters) and word not in letters
    return position[lacks[codes]]


def _letters(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalpha())


def _say(pair: Classified, content_type: str) -> str:
    """Say that content of this type has no such rows."""
    return f'{happened(pair)}, but the content is of type "{quote(content_type)}".'


def _argue(case: CaseAcross) -> Argued:
    webinar = case.event.told.action == "attend"
    rule = (
        "Only a webinar is attended."
        if webinar
        else f"Only a learning path is recertified in this way ({case.event.told.source})."
    )
    return argued(
        row_says(case.event.told),
        rule,
        [f"the report gives the type of this content as {type_name(case.event.content_type)}"],
        "the row or the type is wrong, unless your site calls its "
        f"{'webinars' if webinar else 'learning paths'} {type_name(case.event.content_type)}",
        known=True,
    )


RULE = AcrossRule(
    code="X204",
    name="content-type-mismatch",
    severity=Severity.WARNING,
    what=(
        "The row says that a webinar was attended or a learning path recertified, but the content "
        "is of another type. A row without a content type is not flagged."
    ),
    why=(
        "Attending a webinar completes it without a start, and a learning path stands for all that "
        "is in it. On other content the row may count more, or less, than it should."
    ),
    false_alarm=(
        "Sites can name their content types as they like, and a type in another language is not "
        "recognised. If the type is right, only renamed, leave the finding out with --ignore X204. "
        "If not, correct the content at the platform."
    ),
    example=records("01 enrollment registration", "02 status_change webinar_attended"),
    twin=records("01 enrollment registration", "02 status_change course_completed"),
    says='The webinar was attended (webinar_attended), but the content is of type "course".',
    find=find,
    argue=_argue,
)
