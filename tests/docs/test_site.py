"""The documentation site builds strictly, loads nothing from elsewhere, and has every name."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import engine
import engine.testing

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def documented() -> dict[str, list[str]]:
    """Module → the names that the reference has from it, in the order of the page."""
    found: dict[str, list[str]] = {}
    module = ""
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    for directive, name in re.findall(r"^\.\. (\w+):: (\S+)$", page, flags=re.M):
        if directive == "currentmodule":
            module = name
        else:
            found.setdefault(module, []).append(name)
    return found


@pytest.mark.parametrize("module", [engine, engine.testing], ids=lambda module: module.__name__)
def test_the_reference_has_every_public_name_once(module: object) -> None:
    name = module.__name__  # type: ignore[attr-defined]
    assert sorted(documented()[name]) == sorted(module.__all__)  # type: ignore[attr-defined]


def test_every_page_is_in_the_contents() -> None:
    start = (DOCS / "index.md").read_text(encoding="utf-8")
    contents = re.findall(r"^```\{toctree\}\n(.*?)^```$", start, flags=re.M | re.S)
    listed = [line for part in contents for line in part.splitlines() if re.match(r"\w", line)]
    assert sorted([*listed, "index"]) == sorted(page.stem for page in DOCS.glob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as ``make docs`` builds it: any warning, such as a dead link, is an error."""
    folder = tmp_path_factory.mktemp("site")
    call = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(folder / "read")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *call, str(DOCS), str(folder / "html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


class Loaded(HTMLParser):
    """Collects what a browser fetches by itself to show a page, and the anchors of the page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.anchors.add(given.get("id") or "")
        if tag != "a":
            fetched = [given.get(name) for name in ("src", "href", "srcset", "data")]
            self.addresses += [address for address in fetched if address]


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = sorted(site.glob("*.html"))
    assert len(pages) > len(list(DOCS.glob("*.md")))
    for page in pages:
        addresses = Loaded(page).addresses
        assert addresses
        assert [each for each in addresses if re.match(r"(\w+:)?//", each)] == [], page.name
    for style in site.rglob("*.css"):
        loaded = re.findall(r"(?:@import|url\()\s*[\"']?([^\"')]+)", style.read_text("utf-8"))
        assert [each for each in loaded if re.match(r"(https?:)?//", each)] == [], style.name


def test_the_reference_is_filled_from_the_docstrings(site: Path) -> None:
    page = site / "reference.html"
    anchors = Loaded(page).anchors
    for module, names in documented().items():
        assert {f"{module}.{name}" for name in names} <= anchors
    assert "engine.Audit.status" in anchors
    said = (engine.audit.__doc__ or "").splitlines()[0]
    assert said in page.read_text(encoding="utf-8")
