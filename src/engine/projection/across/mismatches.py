"""X204: a row that only one kind of content can have, on content of another type."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.findings.wording_across import content_type_mismatch
from engine.projection.across.found import Found, Sentences, no_evidence, shared
from engine.projection.across.view import Kind, View

__all__ = ["content_type_mismatches"]

Ints = npt.NDArray[np.int64]

_NEEDS: Final = {Kind.WEBINAR: "webinar", Kind.LEARNING_PATH: "learningpath"}


def content_type_mismatches(view: View) -> Found:
    """Return the rows whose content has a type that lacks the word that their source implies."""
    records = view.records
    wrong = np.sort(np.concatenate([_lacking(view, kind, word) for kind, word in _NEEDS.items()]))

    def words(which: Ints) -> Sentences:
        types = len(records.content_types)

        def say(key: int) -> str:
            pair, content_type = divmod(key, types)
            shown = records.content_types[content_type].as_py()
            return content_type_mismatch(records.pairs[pair], shown)

        record = view.record(wrong[which])
        return shared(
            records.pair[record].astype(np.int64) * types + records.content_type[record], say
        )

    return Found("X204", wrong, no_evidence, words)


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
