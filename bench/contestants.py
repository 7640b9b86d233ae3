"""Who is measured: what to run on which report, and up to which size."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from cores import MODES, Cores
from measure import script
from reports import ENGINE

EVERYTHING = 1 << 62
_ONE = MODES[:1]


@dataclass(frozen=True)
class Contestant:
    """A command that reads a report.

    ``command`` takes the report and where to write. ``largest`` is the size up to which a run can
    take less than some two minutes. ``cores``: those that use no second core run on one.
    ``counts`` says that it counts bad records on the reduced machine, as all such must agree.
    """

    name: str
    label: str
    command: Callable[[str, str], list[str]]
    package: str
    report: str = "plain"
    largest: int = EVERYTHING
    cores: tuple[Cores, ...] = MODES
    counts: bool = False

    @property
    def version(self) -> str | None:
        """The version of its package, None if that is not installed."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return None


def _audit(report: str, out: str) -> list[str]:
    return [ENGINE, "audit", report, "--format", "json", "-o", out, "--fail-on", "never", "-q"]


def _peer(name: str, *more: str) -> Callable[[str, str], list[str]]:
    return lambda report, out: script(name, report, *more)


ENGINE_ITSELF = "learner-engine"

# In a round, those whose ratio is shown run next to each other.
CONTESTANTS = (
    Contestant("engine", "learner-engine audit", _audit, ENGINE_ITSELF),
    Contestant("polars", "polars", _peer("peer_polars.py"), "polars", counts=True),
    Contestant(
        "polars-streaming",
        "polars, streaming engine",
        _peer("peer_polars.py", "streaming"),
        "polars",
        counts=True,
    ),
    Contestant("floor", "floor: DuckDB touches every cell", _peer("peer_floor.py"), "duckdb"),
    Contestant(
        "import-duckdb",
        "import duckdb, and nothing else",
        lambda report, out: [sys.executable, "-c", "import duckdb"],
        "duckdb",
        largest=10_000,
    ),
    Contestant("engine-tied", "learner-engine audit, tied report", _audit, ENGINE_ITSELF, "tied"),
    Contestant(
        "engine-dirty", "learner-engine audit, dirty report", _audit, ENGINE_ITSELF, "dirty"
    ),
    Contestant("duckdb", "DuckDB, list_reduce", _peer("peer_duckdb.py"), "duckdb", counts=True),
    Contestant(
        "pandas", "pandas and a loop", _peer("peer_pandas.py"), "pandas", cores=_ONE, counts=True
    ),
    Contestant(
        "transitions",
        "transitions, event by event",
        _peer("peer_transitions.py"),
        "transitions",
        largest=1_000_000,
        cores=_ONE,
        counts=True,
    ),
    Contestant(
        "pm4py",
        "pm4py, alignments",
        _peer("peer_pm4py.py"),
        "pm4py",
        largest=1_000_000,
        cores=_ONE,
        counts=True,
    ),
    Contestant(
        "r4pm",
        "r4pm, alignments",
        _peer("peer_r4pm.py"),
        "r4pm",
        largest=1_000_000,
        counts=True,
    ),
)
