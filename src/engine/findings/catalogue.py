"""Every code that can be reported: the one source of its name, severity and texts."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from engine.errors import UsageError
from engine.findings import (
    rules_across,
    rules_between,
    rules_errors,
    rules_infos,
    rules_rows,
    rules_warnings,
)
from engine.findings.examples import REPORT_HEADER
from engine.findings.rule import Rule, Severity

__all__ = ["CATALOGUE", "REPORT_HEADER", "Rule", "Severity", "matches", "rule", "selected"]

CATALOGUE: Mapping[str, Rule] = MappingProxyType(
    {
        entry.code: entry
        for entry in (
            *rules_rows.RULES,
            *rules_errors.RULES,
            *rules_warnings.RULES,
            *rules_infos.RULES,
            *rules_across.RULES,
            *rules_between.RULES,
        )
    }
)
"""Code → rule, in the order of the codes."""

_BY_NAME = {entry.name: entry for entry in CATALOGUE.values()}


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


def _closest(wrong: str, known: Mapping[str, Rule]) -> list[Rule]:
    """Return at most three similar ones, first those that begin alike, then by code."""
    # difflib.get_close_matches knows no position: to it S101 is as near to S210 as S201 is.
    ratios = {key: difflib.SequenceMatcher(None, wrong, key).ratio() for key in known}
    near = [key for key, ratio in ratios.items() if ratio >= 0.6]
    near.sort(key=lambda key: (not key.startswith(wrong[:2]), -ratios[key]))
    return [known[key] for key in near[:3]]
