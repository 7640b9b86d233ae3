"""Reports that once broke something: fixtures/regressions/, each the smallest of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine

FOLDER = Path(__file__).parents[2] / "fixtures" / "regressions"


@pytest.mark.parametrize("report", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_is_audited_or_refused_in_one_line(report: Path) -> None:
    problem, audit = "", None
    try:
        audit = engine.audit(report)
    except engine.InputError as error:
        problem = str(error)
    assert "\n" not in problem
    if audit is not None:
        summary = audit.summary
        assert summary.rows == summary.events + summary.duplicates + summary.quarantined
        assert len(audit.findings.rows()) == sum(summary.findings.values())
        assert len(audit.status().rows()) == summary.streams


def test_every_row_rejected_with_content_id() -> None:
    """With a content id column and no record at all, the largest id was asked for."""
    summary = engine.audit(FOLDER / "every-row-rejected-with-content-id.csv").summary
    assert (summary.rows, summary.quarantined, summary.findings) == (1, 1, {"R001": 1})


def test_spelling_of_unlisted_source(tmp_path: Path) -> None:
    """An unlisted source was shown in the spelling of the row that came first (§6)."""
    report = FOLDER / "spelling-of-unlisted-source.csv"
    header, *rows = report.read_text(encoding="utf-8").splitlines()
    turned = tmp_path / "r.csv"
    turned.write_text("\n".join([header, *reversed(rows)]), encoding="utf-8")
    shown = [
        {(row["content_title"], row["source"]) for row in engine.audit(each).findings.rows()}
        for each in (report, turned)
    ]
    assert shown[0] == shown[1]


def test_row_that_ties_others() -> None:
    """With a tolerance a row may tie those before it to those after: without it they part."""
    audit = engine.audit(FOLDER / "row-that-ties-others.csv", tolerance=1)
    assert len(audit.findings.rows()) == sum(audit.summary.findings.values()) > 0


def test_short_row_of_undecodable_bytes(capfd: pytest.CaptureFixture[str]) -> None:
    """pyarrow, asked what to do with such a row, complained on standard error by itself."""
    audit = engine.audit(FOLDER / "short-row-of-undecodable-bytes.csv")
    assert [(each.row, each.detail, each.raw) for each in audit.quarantined] == [
        (3, "holds bytes that are no text", "x\\xe6")
    ]
    assert audit.summary.events == 2
    assert capfd.readouterr() == ("", "")
