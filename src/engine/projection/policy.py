"""A policy file: how long a certificate, or a completion, of which content is valid.

Source: semantics.md §14, interface.md ("status … --policy FILE").
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from engine.columns.texts import tidy_text
from engine.descriptors import small_file
from engine.errors import InputError
from engine.instants.periods import NO_PERIOD, Period, read_period
from engine.toml_files import fault_at, in_plain_words, parsed

__all__ = ["Policy", "Rule", "read_policy"]

_SEE: Final = "docs/validity.md"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """How long what a record has of some content is valid.

    Attributes
    ----------
    content, content_id, content_type:
        A glob on the title, the content id, the content type (without regard to case); all that
        are given must fit.
    length:
        How long.
    of_completion:
        Whether it counts from the latest completion, not from the latest certificate.
    warn:
        How long before its end it counts as expiring.
    ends_with_access:
        Whether a revocation ends it.
    """

    content: str | None = None
    content_id: str | None = None
    content_type: str | None = None
    length: Period
    of_completion: bool = False
    warn: Period = NO_PERIOD
    ends_with_access: bool = False

    def fits(self, title: str, content_type: str, content_id: str) -> bool:
        """Tell whether the rule is about this content."""
        return (
            (self.content is None or fnmatchcase(title, tidy_text(self.content)))
            and (self.content_id is None or content_id == tidy_text(self.content_id))
            and (
                self.content_type is None
                or content_type.casefold() == tidy_text(self.content_type).casefold()
            )
        )


class Policy(msgspec.Struct, frozen=True):
    """The rules; of those that fit a content the first counts."""

    rules: tuple[Rule, ...]

    def rule_of(self, title: str, content_type: str, content_id: str) -> int:
        """Return the position of the first rule that fits, −1 if none does."""
        for position, rule in enumerate(self.rules):
            if rule.fits(title, content_type, content_id):
                return position
        return -1


class _Rule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    content: str | None = None
    content_id: str | None = None
    content_type: str | None = None
    certificate: str | None = None
    completion: str | None = None
    warn: str | None = None
    ends_with_access: bool = False


_KEYS: Final = f"the keys of a rule are {', '.join(_Rule.__struct_fields__)}"
_LENGTHS: Final = "write a number of days, months or years, such as '12 months'"


_LARGEST: Final = 1 << 20
"""Bytes of a policy."""


def read_policy(file: str | os.PathLike[str]) -> Policy:
    """Return the policy that a TOML file describes.

    Raises
    ------
    InputError
        If it cannot be read, or naming the line and the key, and what is allowed there.
    """
    name = os.fspath(file)
    try:
        text = small_file(name, _LARGEST).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InputError(name, "it is no text in UTF-8", f"see {_SEE}") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(name, f"it cannot be read ({said})", "name a policy file") from None
    described = parsed(text, name, _SEE)
    for key in described:
        if key != "validity":
            problem = f"there is no key {key!r} here"
            raise fault_at(text, name, [key], problem, "rules stand under [[validity]]")
    rules = described.get("validity", [])
    if not isinstance(rules, list):
        raise fault_at(
            text, name, ["validity"], "this must be a list of tables", "write [[validity]]"
        )
    if not rules:
        raise InputError(name, "it has no rule", f"begin one with [[validity]]; see {_SEE}")
    return Policy(tuple(_rule(text, name, place, each) for place, each in enumerate(rules)))


def _rule(text: str, name: str, place: int, said: Any) -> Rule:
    at: list[str | int] = ["validity", place]

    def fault(below: Sequence[str], problem: str, remedy: str) -> InputError:
        return fault_at(text, name, [*at, *below], problem, remedy)

    try:
        rule = msgspec.convert(said, _Rule)
    except msgspec.ValidationError as error:
        problem, below = in_plain_words(str(error))
        raise fault(below or _named(problem), problem, _KEYS) from None
    if rule.certificate is not None and rule.completion is not None:
        raise fault(["completion"], "'certificate' and 'completion' exclude each other", _KEYS)
    lengths: dict[str, Period] = {}
    for key in ("certificate", "completion", "warn"):
        written = getattr(rule, key)
        if written is None:
            continue
        length = read_period(written)
        if length is None or not (length.count or key == "warn"):
            raise fault([key], f"{written!r} is no length of time", _LENGTHS)
        lengths[key] = length
    warn = lengths.pop("warn", NO_PERIOD)
    if not lengths:
        raise fault(
            [], "nothing says how long it is valid", f"'certificate' or 'completion': {_LENGTHS}"
        )
    return Rule(
        content=rule.content,
        content_id=rule.content_id,
        content_type=rule.content_type,
        length=next(iter(lengths.values())),
        of_completion="completion" in lengths,
        warn=warn,
        ends_with_access=rule.ends_with_access,
    )


def _named(problem: str) -> list[str]:
    """The key that a message about an unknown key names, so that its line is found."""
    quoted = problem.split("'")
    return [quoted[1]] if problem.startswith("there is no key") and len(quoted) > 2 else []
