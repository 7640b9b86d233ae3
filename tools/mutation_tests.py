"""Which tests are to notice the mutants of a file, and how they are run."""

from __future__ import annotations

__all__ = ["FEW", "PLUGIN", "TESTS"]

MACHINE = ("unit/test_machine.py", "unit/test_machine_table.py", "unit/test_definition.py")
CAPACITY = "unit/test_replay_capacity.py"
AUDIT = ("contract/test_fixtures.py", "properties/test_audit_agrees.py")
TESTS = {
    "configuration.py": (*MACHINE, "unit/test_words_compared.py", "unit/test_public_api.py"),
    "kinds.py": ("unit/test_kinds.py",),
    "machine.py": MACHINE,
    "step.py": MACHINE,
    "belief.py": (
        "unit/test_belief.py",
        "properties/test_tied_agrees.py",
        "properties/test_errors_are_certain.py",
        *AUDIT,
    ),
    "roots.py": ("unit/test_root_repairs.py", "properties/test_roots.py", "unit/test_evidence.py"),
    "scalar.py": ("properties/test_replay_agrees.py", *AUDIT),
    "table.py": (CAPACITY, "properties/test_table_agrees.py", *AUDIT),
    "fold.py": (CAPACITY, "properties/test_replay_agrees.py", "properties/test_long_histories.py"),
    "columnar.py": ("properties/test_replay_agrees.py", *AUDIT),
    "streams.py": (
        CAPACITY,
        "properties/test_streams_agree.py",
        "properties/test_status_at_instants.py",
        *AUDIT,
    ),
}
"""The tests of each file, those first that tell soonest."""

FEW = 25
"""Examples a property at first; what lives on is tested once more with as many as always."""

# A mutant is killed by the first example that shows it: to look for the smallest one costs minutes.
# The examples are the same in every run, so that a mutant is killed or not, whoever runs it. A
# mutant may ask for all the memory of the machine. One that hangs is told by the processor time
# that a test takes: on a busy machine, or one that was asleep, an hour on the wall proves nothing.
PLUGIN = """
import os
import resource
import signal
from hypothesis import HealthCheck, Phase, settings

resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
settings.register_profile(
    "mutation",
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutation")
FEW = int(os.environ["MUTATION_EXAMPLES"])


def pytest_runtest_logstart():
    signal.setitimer(signal.ITIMER_PROF, 20 if FEW else 90)


def pytest_itemcollected(item):
    test = getattr(item, "obj", None)
    chosen = getattr(test, "_hypothesis_internal_use_settings", None)
    if chosen is not None and FEW:
        few = settings(chosen, max_examples=min(FEW, chosen.max_examples))
        getattr(test, "__func__", test)._hypothesis_internal_use_settings = few
"""
