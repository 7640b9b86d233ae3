"""What an audit of a store says of its imports is what a comparison of the reports says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_compare import Identified
from slow_imports import Told, slow_imports
from strategies import NOW
from two_reports import several_reports, two_reports, written

import engine
from engine.dialects.dialect import canonical
from engine.projection.between.imports import BetweenImports, find_between_imports
from engine.projection.findings import find
from engine.projection.findings_frame import findings_frame

FAIR = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Both = tuple[list[Identified], list[Identified]]


def between(files: Sequence[str]) -> tuple[engine.Audit, BetweenImports]:
    """What reports say of each other, read like the imports of a store."""
    audit = engine.audit(files, now=NOW)
    return audit, find_between_imports(audit.records)


def in_audit(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found = []
    for row in rows:
        if row["code"][0] == "C":
            (because,) = row["because"]
            other = (because["file"], because["row"]) if row["code"] == "C102" else None
            found.append((row["code"], row["file"], row["row"], other, row["message"]))
    return sorted(found, key=repr)


def in_comparison(result: engine.Comparison) -> list[tuple[Any, ...]]:
    found = []
    summary = result.summary
    together = summary.common_to is not None
    for row in result.findings.rows():
        # A store takes no event for backdated by an import that covers none of the same time.
        if row["code"] == "C202" or (row["code"] == "C201" and not together):
            continue
        side = "old" if row["code"] == "C101" else "new"
        other = (row["old_file"], row["old_row"]) if row["code"] == "C102" else None
        found.append((row["code"], row[f"{side}_file"], row[f"{side}_row"], other, row["message"]))
    return sorted(found, key=repr)


@FAIR
@given(two_reports(), st.tuples(st.booleans(), st.booleans()))
def test_of_two_imports_they_are_those_of_the_comparison(
    tmp_path: Path, both: Both, ids: tuple[bool, bool]
) -> None:
    files = [
        written(tmp_path, name, rows, ids=with_ids and any(each.id for each in rows))
        for name, rows, with_ids in zip(("old", "new"), both, ids, strict=True)
    ]
    audit, found = between(files)
    frame = findings_frame(audit.history, find(audit.history, imports=found))
    assert in_audit(frame.rows()) == in_comparison(engine.compare(*files, now=NOW))


@settings(max_examples=5, deadline=None)
@given(two_reports(), st.booleans())
def test_a_store_tells_them_and_gives_its_imports_back(both: Both, ids: bool) -> None:
    with TemporaryDirectory() as folder:
        files = [
            written(Path(folder), name, rows, ids=ids and any(each.id for each in rows))
            for name, rows in zip(("old", "new"), both, strict=True)
        ]
        store = engine.Store(Path(folder) / "s.duckdb")
        store.import_reports(*files)
        compared = engine.compare(*files, now=NOW)
        audit = store.audit(now=NOW)
        assert in_audit(audit.findings.rows()) == in_comparison(compared)
        told = {row[0] for row in in_comparison(compared)}
        assert {code for code in audit.summary.findings if code[0] == "C"} == told
        imports = engine.compare(f"{store.path}@1", f"{store.path}@2", now=NOW)
        assert imports.findings.rows() == compared.findings.rows()
        assert imports.summary == compared.summary
        mixed = engine.compare(files[0], f"{store.path}@2", now=NOW)
        assert mixed.findings.rows() == compared.findings.rows()


@FAIR
@given(several_reports(), st.booleans())
def test_of_several_imports_they_are_those_of_the_slow_twin(
    tmp_path: Path, reports: list[list[Identified]], ids: bool
) -> None:
    by_id = ids and all(any(each.id for each in rows) for rows in reports)
    files = [written(tmp_path, str(number), rows, ids=by_id) for number, rows in enumerate(reports)]
    audit, found = between(files)
    records, differences = audit.records, found.differences
    told = []
    for code, record, because in zip(
        differences.code.tolist(), found.record.tolist(), found.because.tolist(), strict=True
    ):
        event = {name: getattr(records, name)[record] for name in ("learner", "content_title")}
        told.append(
            Told(
                ("C101", "C102", "C201")[code],
                records.learners[int(event["learner"])].as_py(),
                records.content_titles[int(event["content_title"])].as_py(),
                records.at[record].item(),
                int(records.file[record]),
                -1 if code == 2 else int(records.file[because]),
                canonical(records.pairs[int(records.pair[record])].source),
            )
        )
    slow = [
        each._replace(at=round(each.at.timestamp() * 1_000_000))
        for each in slow_imports(reports, by_id=by_id)
    ]
    assert sorted(told) == sorted(slow)


@FAIR
@given(several_reports())
def test_an_import_repeated_says_nothing_new(
    tmp_path: Path, reports: list[list[Identified]]
) -> None:
    files = [written(tmp_path, str(n), rows, ids=False) for n, rows in enumerate(reports)]
    again = written(tmp_path, "again", reports[-1], ids=False)
    once, twice = (between(each)[1].differences for each in (files, [*files, again]))
    assert len(once) == len(twice)
