"""Verifying a store: the chain of digests, the schema and the read models."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from engine.arguments import checked, database_file, optional, text
from engine.columns.frame import Column, Frame, Numbers, text_column
from engine.projection.fingerprint import fingerprint
from engine.projection.kept import catalogue_rows
from engine.store.database import inspecting
from engine.store.models import made
from engine.store.reading import records_of
from engine.store.replaying import Meanings, imports
from engine.store.schema import examine, require_known
from engine.store.soundness import Damaged
from engine.store.stored import events, some_named
from engine.store.verifying import (
    Fault,
    misleads,
    of_other_rules,
    verify_chain,
    verify_definitions,
    verify_models,
    verify_tag,
)
from engine.storekeeper.remaking import model_rows, options_of

__all__ = ["Fault", "Verified", "faults_frame", "verify"]

Tell = Callable[[str], None]


class Verified(msgspec.Struct, frozen=True):
    """What verifying found: ``faults`` in the order of the imports, none if nothing was edited.

    ``head`` is the last recorded digest, ``since`` the number of imports after the one whose
    digest was given, 0 without one.
    """

    imports: int
    events: int
    head: str
    since: int
    faults: list[Fault]


@checked(store=database_file, head=optional(text))
def verify(store: str, head: str | None = None, *, tell: Tell = lambda stage: None) -> Verified:
    """Compute everything again and tell what does not fit.

    Parameters
    ----------
    head:
        A head digest that was written down elsewhere; it must be in the chain.

    Raises
    ------
    InputError
        If the file is no store, or of another version.
    """
    with inspecting(store, verifying=True) as connection:
        tell("comparing the schema")
        state = examine(connection)
        if not state.edits:
            require_known(state, store)
        faults = verify_definitions(connection, state)
        if misleads(state):
            # No statement means any more what it says, and a changed table may lack what it asks.
            return Verified(0, 0, "", 0, faults)
        tell("computing the digests")
        of_chain, digests_found = verify_chain(connection)
        faults = of_chain + faults
        since = 0
        if head is not None:
            wanted = head.strip().lower()
            if wanted in digests_found:
                since = len(digests_found) - 1 - digests_found.index(wanted)
            else:
                problem = "the digest given is not in the chain: it was rewritten or cut off"
                faults.append(Fault(None, "imports", None, problem))
        everything = events(connection, "ORDER BY event", named=some_named(connection))
        faults += verify_tag(connection, len(digests_found))
        if not faults:
            tell("making the read models again")
            try:
                # Also what says who somebody is, and what a row carried again, must be there.
                records_of(connection, None, timezone="UTC")
                meanings = Meanings(connection, imports(connection, None))
                expected: dict[str, list[pa.Table]] = {}
                for model, rows in model_rows(
                    meanings, everything.by_stream(), options_of(made(connection))
                ):
                    expected.setdefault(model, []).append(rows)
            except Damaged as fault:
                # The digests fit, so that all of them were written anew.
                faults.append(Fault(None, "journal", None, str(fault)))
            else:
                of_models = verify_models(connection, expected, catalogue_rows())
                how = made(connection)
                current = how is not None and how.fingerprint == fingerprint()
                faults += of_models if current else of_other_rules(of_models)
        last = digests_found[-1] if digests_found else ""
        return Verified(len(digests_found), len(everything), last, since, faults)


def faults_frame(faults: Sequence[Fault]) -> Frame:
    """Return what does not fit, one a row, with null for what cannot be said."""
    columns: dict[str, Column] = {
        "import": _some([fault.number for fault in faults]),
        "part": text_column([fault.part for fault in faults]),
        "event": _some([fault.event for fault in faults]),
        "problem": text_column([fault.problem for fault in faults]),
    }
    return Frame(columns, len(faults))


def _some(cells: list[int | None]) -> Numbers:
    known = np.array([cell is not None for cell in cells], np.bool_)
    return Numbers(np.array([cell or 0 for cell in cells], np.int64), known)
