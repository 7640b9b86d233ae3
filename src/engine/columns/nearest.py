"""The texts nearest to one that does not occur: what a user may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["nearest"]

_COMPARED: Final = 5000
"""Names that are compared letter by letter, which takes some 10 µs each."""


def nearest(wanted: str, texts: pa.Array) -> str:
    """Return a sentence that names at most three texts that look like the wanted one."""
    candidates = texts.filter(pc.not_equal(texts, ""))
    if len(candidates) > _COMPARED:
        candidates = _alike(wanted, candidates)
    names = candidates.to_pylist()
    lowered: dict[str, str] = {}
    for name in names:
        lowered.setdefault(name.lower(), name)
    close = difflib.get_close_matches(wanted.lower(), lowered, n=3, cutoff=0.6)
    if close:
        return "did you mean " + _listed([repr(lowered[name]) for name in close]) + "?"
    return "nothing looks like it: give it in full, as 'status SOURCE -o status.csv' lists it."


def _alike(wanted: str, texts: pa.Array) -> pa.Array:
    """The texts worth comparing: of about the same length, and with a part in common."""
    lengths = pc.utf8_length(texts)
    near = pc.less_equal(pc.abs(pc.subtract(lengths, len(wanted))), 4)
    texts = texts.filter(near)
    third = max(3, len(wanted) // 3)
    parts = {wanted[:third], wanted[third : 2 * third], wanted[-third:]} - {""}
    shared = sum(
        (
            pc.match_substring(texts, part, ignore_case=True)
            .cast(pa.int8())
            .to_numpy(zero_copy_only=False)
            for part in parts
        ),
        np.zeros(len(texts), np.int8),
    )
    best = np.argsort(-shared, kind="stable")[:_COMPARED]
    return texts.take(pa.array(best[shared[best] > 0]))


def _listed(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
