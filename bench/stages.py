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
    "find": ("engine.auditor", "find"),
    "summarise": ("engine.auditor", "summarise"),
    "findings": ("engine.auditor", "findings_frame"),
    "write": ("engine.cli.audit", "write_json_object"),
}
"""Stage → where the audit command looks its function up. None of them calls another."""


def main(report: str, out: str) -> None:
    importlib.import_module("numpy")
    main_module = importlib.import_module("engine.cli.main")
    modules = {name: importlib.import_module(name) for name, _ in STAGES.values()}
    rows: list[tuple[str, float, int]] = [("import", time.perf_counter() - BEGAN, _peak())]

    def timed(stage: str, module: Any, name: str) -> None:
        function = getattr(module, name)

        def wrapper(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                rows.append((stage, time.perf_counter() - began, _peak()))

        setattr(module, name, wrapper)

    for stage, (module, name) in STAGES.items():
        timed(stage, modules[module], name)
    call = ["audit", report, "--format", "json", "-o", out, "--fail-on", "never", "-q"]
    status = main_module.run(call)
    whole = time.perf_counter() - BEGAN
    rows.append(("rest", whole - sum(seconds for _, seconds, _ in rows), _peak()))
    print(json.dumps({"stages": rows, "whole": whole, "status": status}))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _SCALE


if __name__ == "__main__":
    main(*sys.argv[1:])
