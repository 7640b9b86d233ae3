"""Each claim of docs/demo.md, executed; and the demo report is what its script writes."""

from __future__ import annotations

import re
import runpy
import time
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "fixtures" / "demo.csv"
PAGE = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")

COMPLAINTS = (
    "re-enrolled learner is still shown as completed",
    "completion time is set while the enrolment time is empty",
    "duplicate completions",
    "duplicate certificates",
    "certificate for someone who never started",
    "certificate for someone who was never enrolled",
    "old certificate date is reused",
    "manual edit that one table has and another lacks",
    "day's shift from time zones",
    "completed turns to incomplete on relaunch",
)


def blocks(kind: str) -> list[list[tuple[str, str]]]:
    found = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return [[_claim(line) for line in each.splitlines()] for each in found]


def _claim(line: str) -> tuple[str, str]:
    name, _, said = line.partition(": ")
    return name, said


@cache
def audit(history: str, timezone: str) -> engine.Audit:
    return engine.audit(DEMO, history=history, timezone=timezone)


def cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list):
        return " ".join(value)
    return "-" if value is None else str(value)


def told(claims: dict[str, str], claim: str) -> str:
    """What the engine says where the page makes a claim."""
    result = audit(claims.get("history", "complete"), claims.get("timezone", "UTC"))
    learner = claims["learner"]
    if claim == "findings":
        # The report is newest first: by falling row is by time, also for rows set aside.
        found = [each for each in result.findings.rows() if each["learner"] == learner]
        found.sort(key=lambda each: -each["row"])
        return " ".join(each["code"] for each in found) or "none"
    as_of = claim.removeprefix("as of ") if claim.startswith("as of ") else None
    (record,) = result.status(as_of, learner=learner).rows()
    return cell(record["status" if as_of else claim])


CLAIMS = blocks("demo")


@pytest.mark.parametrize("block", CLAIMS, ids=lambda block: block[0][1].split("@")[0])
def test_claim(block: list[tuple[str, str]]) -> None:
    claims = dict(block)
    for claim, said in block:
        if claim not in {"learner", "history", "timezone"}:
            assert told(claims, claim) == said, claim


def test_every_complaint_has_a_story() -> None:
    headings = re.findall(r"^### (.*)$", PAGE, re.MULTILINE)
    for complaint in COMPLAINTS:
        assert any(complaint in heading.lower() for heading in headings), complaint


def test_totals() -> None:
    (block,) = blocks("demo-summary")
    summary = audit("complete", "UTC").summary
    found = {code: count for code, count in summary.findings.items() if not code.startswith("S3")}
    totals = {name: int(count) for name, count in block}
    assert totals == found | {name: getattr(summary, name) for name in totals if name[0].islower()}


def test_what_is_no_info_is_in_a_story() -> None:
    tellers = {claims["learner"] for claims in map(dict, CLAIMS)}
    for finding in audit("complete", "UTC").findings.rows():
        if finding["severity"] != "info" and finding["code"] != "R001":
            assert finding["learner"] in tellers, finding


def test_report_is_newest_first_and_as_its_script_writes_it() -> None:
    script = runpy.run_path(str(ROOT / "tools" / "make_demo.py"))
    assert DEMO.read_bytes() == script["demo"]()
    times = [line.rsplit(",", 1)[1] for line in DEMO.read_text(encoding="utf-8").splitlines()[1:]]
    assert times == sorted(times, reverse=True)


def test_audit_takes_well_under_a_second() -> None:
    engine.audit(DEMO)
    began = time.perf_counter()
    assert len(engine.audit(DEMO).findings)
    assert time.perf_counter() - began < 0.5
