"""Where the time of one audit goes: the command itself, in this process, with its stages timed.

python bench/stages.py REPORT.csv OUT.json

The stages are functions of the program, wrapped where the command looks them up. So what is timed
is what runs; a stage that is renamed ends this script with an error.
"""

from __future__ import annotations

import time

BEGAN = time.perf_counter()

import importlib  # noqa: E402
import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

_SCALE = 1 if sys.platform == "darwin" else 1024

STAGES = {
    "read": ("engine.sources", "read"),
    "encode": ("engine.sources", "encode"),
    "arrange": ("engine.auditor", "arrange"),
    "classify": ("engine.projection.history", "classified"),
    "replay": ("engine.projection.history", "replay"),
    "across": ("engine.auditor", "Across"),
    "roots": ("engine.auditor", "own_findings"),
    "find": ("engine.auditor", "find"),
    "summarise": ("engine.auditor", "summarise"),
    "findings": ("engine.auditor", "findings_frame"),
    "write": ("engine.report.emit", "write_json_object"),
}
"""Stage → where the audit command looks its function up. None of them calls another; on several
cores ``across`` and ``roots`` run side by side, and so do ``summarise`` and ``findings``."""


def main(report: str, out: str) -> None:
    call = ["audit", report, "--format", "json", "-o", out, "--fail-on", "never", "-q"]
    main_module = importlib.import_module("engine.cli.main")
    main_module.prepare(call)
    importlib.import_module("numpy")
    modules = {name: importlib.import_module(name) for name, _ in STAGES.values()}
    imported = (BEGAN, time.perf_counter(), _peak())
    taken: dict[str, tuple[float, float, int]] = {"import": imported}

    def timed(stage: str, module: Any, name: str) -> None:
        function = getattr(module, name)

        def wrapper(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                taken[stage] = (began, time.perf_counter(), _peak())

        setattr(module, name, wrapper)

    for stage, (module, name) in STAGES.items():
        timed(stage, modules[module], name)
    status = main_module.run(call)
    ended = time.perf_counter()
    rows = [(stage, taken[stage][1] - taken[stage][0], taken[stage][2]) for stage in _ORDER]
    rows.append(("rest", ended - BEGAN - _covered(list(taken.values())), _peak()))
    print(json.dumps({"stages": rows, "whole": ended - BEGAN, "status": status}))


_ORDER = ("import", *STAGES)


def _covered(spans: list[tuple[float, float, int]]) -> float:
    """How long at least one of them lasted."""
    total, until = 0.0, 0.0
    for began, ended, _ in sorted(spans):
        total += max(0.0, ended - max(began, until))
        until = max(until, ended)
    return total


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _SCALE


if __name__ == "__main__":
    main(*sys.argv[1:])
