"""An audit as a notebook shows it."""

from __future__ import annotations

from engine.columns.html import html_table
from engine.projection.summary import Summary
from engine.report.words import counted
from engine.rules.catalogue import CATALOGUE

__all__ = ["audit_html"]


def audit_html(summary: Summary) -> str:
    """Return the summary of an audit as HTML: what was read, the statuses, and the findings."""
    read = (
        f"{counted(summary.rows, 'row')} read: {counted(summary.events, 'event')}, "
        f"{summary.duplicates:,} repeated, {summary.quarantined:,} in quarantine"
        + (f", {summary.ignored:,} ignored; " if summary.ignored else "; ")
        + f"{counted(summary.streams, 'record')} of {counted(summary.learners, 'learner')}."
    )
    statuses = [(status, f"{count:,}") for status, count in summary.statuses.items() if count]
    findings = [
        (code, CATALOGUE[code].severity.value, CATALOGUE[code].name, f"{count:,}")
        for code, count in sorted(summary.findings.items())
    ]
    return (
        f"<p>{read}</p>"
        + html_table(("status", "records"), statuses, len(statuses))
        + html_table(("code", "severity", "name", "findings"), findings, len(findings))
    )
