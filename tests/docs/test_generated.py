"""The generated pages are what their tool writes, and they cover everything."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from engine.rules.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "make_docs.py"))


@pytest.mark.parametrize("name", TOOL["PAGES"])
def test_the_page_is_current(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == TOOL["PAGES"][name](), "run 'make docs'"


def test_every_code_has_a_section_and_a_link_that_leads_there() -> None:
    page = TOOL["codes"]()
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert headings == [f"{rule.code} {rule.name}" for rule in CATALOGUE.values()]
    links = re.findall(r"\]\(#([^)]+)\)", page)
    assert links == [heading.lower().replace(" ", "-") for heading in headings]
