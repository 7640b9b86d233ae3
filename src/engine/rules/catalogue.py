"""Every code that can be reported: the one source of its name, severity and texts.

Each rule is the ``RULE`` of the module that its code names. The lists here are made from those.
"""

from __future__ import annotations

import difflib
import pkgutil
import re
from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final, TypeVar

from engine import rules
from engine.errors import UsageError
from engine.rules.examples import REPORT_HEADER
from engine.rules.rule import (
    AcrossRule,
    ReportsRule,
    RowRule,
    Rule,
    SequenceRule,
    Severity,
    StatusesRule,
)

__all__ = [
    "ACROSS_RULES",
    "CATALOGUE",
    "IMPOSSIBLE",
    "REPORTS_RULES",
    "REPORT_HEADER",
    "ROW_RULES",
    "SEQUENCE_RULES",
    "STATUSES_RULES",
    "TYPICAL",
    "Rule",
    "Severity",
    "matches",
    "rule",
    "selected",
]

_KINDS: Final = "rsxc"
"""Rows, sequences, across records, comparisons: the order in which they are listed."""

Kind = TypeVar("Kind", bound=Rule)


def _found() -> list[Rule]:
    names = [each.name for each in pkgutil.iter_modules(rules.__path__)]
    codes = [name for name in names if re.fullmatch(f"[{_KINDS}][0-9]{{3}}", name)]
    codes.sort(key=lambda name: (_KINDS.index(name[0]), name))
    return [import_module(f"engine.rules.{name}").RULE for name in codes]


def _of(kind: type[Kind]) -> Mapping[str, Kind]:
    return MappingProxyType(
        {code: found for code, found in CATALOGUE.items() if isinstance(found, kind)}
    )


CATALOGUE: Final[Mapping[str, Rule]] = MappingProxyType({each.code: each for each in _found()})
"""Code → rule, in the order of the codes."""

ROW_RULES: Final = _of(RowRule)
SEQUENCE_RULES: Final = _of(SequenceRule)
ACROSS_RULES: Final = _of(AcrossRule)
REPORTS_RULES: Final = _of(ReportsRule)
STATUSES_RULES: Final = _of(StatusesRule)

IMPOSSIBLE: Final = frozenset(
    code for code, each in SEQUENCE_RULES.items() if each.severity is Severity.ERROR
)
"""The codes of what the events before it make impossible."""

TYPICAL: Final = "S104"
"""The code that help texts name where any would do."""

_BY_NAME: Final = {each.name: each for each in CATALOGUE.values()}


def rule(code: str) -> Rule:
    """Return the rule of a code, in any case; ``UsageError`` if there is none."""
    found = CATALOGUE.get(_plain(code))
    if found is None:
        raise UsageError(f"{code!r} is not the code of a finding; {_advice(code)}.")
    return found


def matches(code: str, selectors: Collection[str]) -> bool:
    """Tell whether a selector, a code or the beginning of one, covers the code.

    A selector that covers no code at all is refused, also where another one decides: a
    misspelt ``--ignore`` must not pass as one that found nothing.
    """
    prefixes = []
    for selector in selectors:
        prefix = _plain(selector)
        if not prefix or not any(known.startswith(prefix) for known in CATALOGUE):
            raise UsageError(f"{selector!r} selects no finding; {_advice(selector)}.")
        prefixes.append(prefix)
    return code.startswith(tuple(prefixes))


def selected(
    codes: Iterable[str], select: str | Collection[str], ignore: str | Collection[str]
) -> list[str]:
    """Return those of the codes that ``select`` covers, or all without it, and ``ignore`` does not.

    A text is one selector.

    Raises
    ------
    UsageError
        As :func:`matches` does.
    """
    select = [select] if isinstance(select, str) else select
    ignore = [ignore] if isinstance(ignore, str) else ignore
    return [
        code
        for code in codes
        if (not select or matches(code, select)) and not matches(code, ignore)
    ]


def _plain(text: str) -> str:
    return text.strip().upper()


def _advice(wrong: str) -> str:
    """Name the closest codes: by the code, or by the name if that is what was given."""
    closest = _closest(_plain(wrong), CATALOGUE) or _closest(wrong.strip().lower(), _BY_NAME)
    listing = "'learner-engine rules' lists them all"
    if not closest:
        return listing
    names = " or ".join(f"{entry.code} ({entry.name})" for entry in closest)
    return f"did you mean {names}? {listing}"


_LONGEST_WRONG: Final = 60
"""Characters; what is longer is no slip of the pen, and to compare it takes long."""


def _closest(wrong: str, known: Mapping[str, Rule]) -> list[Rule]:
    """Return at most three similar ones, first those that begin alike, then by code."""
    if len(wrong) > _LONGEST_WRONG:
        return []
    # difflib.get_close_matches knows no position: a digit that moved is as good as one that stayed.
    ratios = {key: difflib.SequenceMatcher(None, wrong, key).ratio() for key in known}
    near = [key for key, ratio in ratios.items() if ratio >= 0.6]
    near.sort(key=lambda key: (not key.startswith(wrong[:2]), -ratios[key]))
    return [known[key] for key in near[:3]]
