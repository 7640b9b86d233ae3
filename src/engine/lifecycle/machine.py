"""The lifecycle of one record, defined once: statuses, triggers, guards, effects, findings.

Each row of the definition reads: on this trigger, from these statuses, to that one, *when* these
guards hold, *do* these effects, with this finding. Of the rows of one trigger and status the first
whose guards hold is taken. Source: semantics.md §2 and §4.

A guard or an effect is a method of :class:`Memory`, the model that ``transitions`` drives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final, cast

from msgspec.structs import replace
from transitions import EventData, Machine, Transition

from engine.lifecycle.action import Action
from engine.lifecycle.configuration import (
    Access,
    Certificate,
    Configuration,
    Progress,
    Status,
)

__all__ = ["DEFINITION", "ORDER_NOT_SEARCHED", "SAME", "TRIGGERS", "Memory", "build_machine"]

NONE, REVOKED = "not_enrolled", "revoked"
ENROLLED, STARTED, COMPLETED, CERTIFIED = "enrolled", "started", "completed", "certified"
ACTIVE: Final = (ENROLLED, STARTED, COMPLETED, CERTIFIED)
UNCERTIFIED: Final = (ENROLLED, STARTED, COMPLETED)
SAME: Final = "="

Row = dict[str, Any]

ORDER_NOT_SEARCHED: Final = "S304"
"""The finding of an instant with more events than are put in order; no transition has it."""

TRIGGERS: Final[dict[Action, tuple[str, ...]]] = {
    action: (action.label,) for action in Action if action is not Action.SET_UNKNOWN
} | {Action.SET_UNKNOWN: ("become_not_started", "become_started", "become_completed")}
"""The triggers of each action: one, but for the status change that does not say to what."""


class Memory:
    """The model: a configuration with the guards that read it and the effects that change it.

    ``state`` belongs to ``transitions``; :meth:`load` keeps it in step with the configuration.
    """

    state: str
    configuration: Configuration
    finding: str | None

    def load(self, configuration: Configuration) -> None:
        """Stand in this configuration, with no finding."""
        self.configuration = configuration
        self.state = configuration.status.label
        self.finding = None

    def _set(self, **changes: object) -> None:
        self.configuration = replace(self.configuration, **changes)

    # Guards

    def not_started(self) -> bool:
        """Whether progress is not started."""
        return self.configuration.progress is Progress.NOT_STARTED

    def in_progress(self) -> bool:
        """Whether progress is started."""
        return self.configuration.progress is Progress.STARTED

    def has_completed(self) -> bool:
        """Whether progress is completed."""
        return self.configuration.progress is Progress.COMPLETED

    def uncertified(self) -> bool:
        """Whether the cycle has no certificate."""
        return self.configuration.certificate is Certificate.NONE

    def certificate_current(self) -> bool:
        """Whether a certificate was granted since the last completion."""
        return self.configuration.certificate is Certificate.CURRENT

    def started_seen(self) -> bool:
        """Whether a start was seen in this cycle."""
        return self.configuration.started_seen

    def learner_completed(self) -> bool:
        """Whether the learner completed it in this cycle."""
        return self.configuration.learner_completed

    def manager_completed(self) -> bool:
        """Whether a manager set it to completed in this cycle."""
        return self.configuration.manager_completed

    def course_bought(self) -> bool:
        """Whether this cycle has a purchase of the content."""
        return self.configuration.course_bought

    def collection_bought(self) -> bool:
        """Whether this cycle has a purchase of a collection."""
        return self.configuration.collection_bought

    def manager_enrolled(self) -> bool:
        """Whether this cycle has an enrolment by a manager."""
        return self.configuration.manager_enrolled

    def ever_completed(self) -> bool:
        """Whether it was completed in any cycle."""
        return self.configuration.ever_completed

    # Effects

    def begin_cycle(self) -> None:
        """Forget everything but that it was ever completed, and open the access."""
        ever = self.configuration.ever_completed
        self.configuration = Configuration(access=Access.ACTIVE, ever_completed=ever)

    def end_cycle(self) -> None:
        """Forget everything but that it was ever completed, and close the access."""
        ever = self.configuration.ever_completed
        self.configuration = Configuration(access=Access.REVOKED, ever_completed=ever)

    def buy_course(self) -> None:
        """Note the purchase of the content."""
        self._set(course_bought=True)

    def buy_collection(self) -> None:
        """Note the purchase of a collection."""
        self._set(collection_bought=True)

    def enrol_as_manager(self) -> None:
        """Note the enrolment by a manager."""
        self._set(manager_enrolled=True)

    def mark_started(self) -> None:
        """Set progress to started, and note that a start was seen."""
        self._set(progress=Progress.STARTED, started_seen=True)

    def see_start(self) -> None:
        """Note that a start was seen, and leave progress as it is."""
        self._set(started_seen=True)

    def finish(self) -> None:
        """Complete it: a current certificate turns stale."""
        held = self.configuration.certificate
        certificate = Certificate.STALE if held is Certificate.CURRENT else held
        self._set(progress=Progress.COMPLETED, ever_completed=True, certificate=certificate)

    def finish_by_learner(self) -> None:
        """Complete it, and note that the learner did."""
        self._set(learner_completed=True)
        self.finish()

    def finish_by_manager(self) -> None:
        """Complete it, and note that a manager did."""
        self._set(manager_completed=True)
        self.finish()

    def remember_completion(self) -> None:
        """Note that it was ever completed, and nothing else."""
        self._set(ever_completed=True)

    def reset(self) -> None:
        """Set to not started: what the cycle saw of starts and completions is undone."""
        self._set(
            progress=Progress.NOT_STARTED,
            certificate=Certificate.NONE,
            started_seen=False,
            learner_completed=False,
            manager_completed=False,
        )

    def reset_to_started(self) -> None:
        """Set to started: what the cycle saw of completions is undone."""
        self.reset()
        self.mark_started()

    def grant(self) -> None:
        """Grant the certificate."""
        self._set(certificate=Certificate.CURRENT)


def _row(
    trigger: str,
    source: str | Sequence[str],
    dest: str,
    *,
    when: Sequence[str] = (),
    do: Sequence[str] = (),
    finding: str | None = None,
) -> Row:
    source = source if isinstance(source, str) else list(source)
    return {
        "trigger": trigger,
        "source": source,
        "dest": dest,
        "conditions": list(when),
        "before": list(do),
        "finding": finding,
    }


def _keeping_certificate(
    trigger: str,
    dest: str,
    *,
    when: Sequence[str] = (),
    do: Sequence[str] = (),
    finding: str | None = None,
) -> Iterator[Row]:
    """Move progress; a certified record still shows as certified."""
    yield _row(trigger, UNCERTIFIED, dest, when=when, do=do, finding=finding)
    yield _row(trigger, CERTIFIED, CERTIFIED, when=when, do=do, finding=finding)


def _enrolment(
    trigger: str, *, do: Sequence[str] = (), again: str | None = "S301"
) -> Iterator[Row]:
    yield _row(trigger, (NONE, REVOKED), ENROLLED, do=("begin_cycle", *do))
    yield _row(trigger, ACTIVE, SAME, do=do, finding=again)


def _without_access(
    trigger: str,
    dest: str,
    *,
    do: str,
    remember: bool = False,
    unenrolled: str = "S101",
    revoked: str = "S102",
) -> Iterator[Row]:
    """A status change where no access is: a cycle is assumed, or the access stays revoked."""
    yield _row(trigger, NONE, dest, do=("begin_cycle", do), finding=unenrolled)
    kept = ("remember_completion",) if remember else ()
    yield _row(trigger, REVOKED, SAME, do=kept, finding=revoked)


def _start(trigger: str, *, again: str | None) -> Iterator[Row]:
    done = "has_completed"
    yield from _keeping_certificate(trigger, STARTED, when=("not_started",), do=("mark_started",))
    yield from _keeping_certificate(
        trigger, STARTED, when=("in_progress",), do=("mark_started",), finding=again
    )
    for guards, finding in (
        ((done, "started_seen"), "S204"),
        ((done, "learner_completed"), "S106"),
        ((done,), None),
    ):
        yield from _keeping_certificate(
            trigger, COMPLETED, when=guards, do=("see_start",), finding=finding
        )
    yield from _without_access(trigger, STARTED, do="mark_started")


def _completion(trigger: str, *cases: tuple[tuple[str, ...], str | None], do: str) -> Iterator[Row]:
    for guards, finding in cases:
        yield from _keeping_certificate(trigger, COMPLETED, when=guards, do=(do,), finding=finding)
    yield from _without_access(trigger, COMPLETED, do=do, remember=True)


def _setting(kind: str, *, unenrolled: str, revoked: str) -> Iterator[Row]:
    """A manager sets the status, by hand (``set``) or in an import (``import``)."""
    without_access = partial(_without_access, unenrolled=unenrolled, revoked=revoked)
    for name, dest, guard, effect in (
        ("not_started", ENROLLED, "not_started", "reset"),
        ("started", STARTED, "in_progress", "reset_to_started"),
    ):
        trigger = f"{kind}_{name}"
        already = (guard, "uncertified")
        yield _row(trigger, ACTIVE, dest, when=already, do=(effect,), finding="S302")
        yield _row(trigger, ACTIVE, dest, do=(effect,))
        yield from without_access(trigger, dest, do=effect)
    trigger, effect = f"{kind}_completed", "finish_by_manager"
    yield from _keeping_certificate(
        trigger, COMPLETED, when=("has_completed",), do=(effect,), finding="S302"
    )
    yield from _keeping_certificate(trigger, COMPLETED, do=(effect,))
    yield from without_access(trigger, COMPLETED, do=effect, remember=True)


def _becoming() -> Iterator[Row]:
    """The three outcomes of a status change that does not say to what."""
    for name, dest, effect in (
        ("become_not_started", ENROLLED, "reset"),
        ("become_started", STARTED, "reset_to_started"),
    ):
        yield _row(name, ACTIVE, dest, do=(effect,), finding="S303")
        yield from _without_access(name, dest, do=effect)
    name, effect = "become_completed", "finish_by_manager"
    yield from _keeping_certificate(name, COMPLETED, do=(effect,), finding="S303")
    yield from _without_access(name, COMPLETED, do=effect, remember=True)


def _certificate(
    trigger: str,
    *,
    cause: Sequence[str] = (),
    otherwise: Sequence[tuple[tuple[str, ...], str]] = (),
    unenrolled: str = "S108",
) -> Iterator[Row]:
    yield _row(
        trigger,
        ACTIVE,
        CERTIFIED,
        when=(*cause, "certificate_current"),
        do=("grant",),
        finding="S206",
    )
    yield _row(trigger, ACTIVE, CERTIFIED, when=cause, do=("grant",))
    for guards, finding in otherwise:
        yield _row(trigger, ACTIVE, CERTIFIED, when=guards, do=("grant",), finding=finding)
    yield _row(trigger, NONE, CERTIFIED, do=("begin_cycle", "grant"), finding=unenrolled)


def _definition() -> Iterator[Row]:
    yield from _enrolment("enrol_by_course_purchase", do=("buy_course",))
    yield from _enrolment("enrol_by_collection_purchase", do=("buy_collection",))
    yield from _enrolment("enrol_by_manager", do=("enrol_as_manager",))
    yield from _enrolment("enrol")
    yield from _enrolment("enrol_echo", again=None)

    yield from _start("start", again="S203")
    yield from _start("scorm_progress", again=None)

    yield from _completion(
        "complete",
        (("has_completed", "learner_completed"), "S202"),
        (("has_completed",), None),
        (("started_seen",), None),
        ((), "S201"),
        do="finish_by_learner",
    )
    yield from _completion("attend", (("has_completed",), "S202"), ((), None), do="finish")
    yield from _completion(
        "recertify", (("ever_completed",), None), ((), "S107"), do="finish_by_learner"
    )

    yield from _setting("set", unenrolled="S101", revoked="S102")
    yield from _setting("import", unenrolled="S208", revoked="S208")
    yield from _becoming()

    yield from _certificate(
        "certify_for_completion",
        cause=("has_completed",),
        otherwise=((("ever_completed",), "S209"), ((), "S103")),
    )
    yield _row("certify_for_completion", REVOKED, SAME, when=("ever_completed",), finding="S207")
    yield _row("certify_for_completion", REVOKED, SAME, finding="S103")
    for trigger, cause in (
        ("certify_for_course_purchase", "course_bought"),
        ("certify_for_collection_purchase", "collection_bought"),
        ("certify_for_manager_enrolment", "manager_enrolled"),
        ("certify_for_manager_completion", "manager_completed"),
    ):
        yield from _certificate(trigger, cause=(cause,), otherwise=(((), "S104"),))
        yield _row(trigger, REVOKED, SAME, finding="S207")
    for trigger, unenrolled in (("certify_for_exam", "S108"), ("certify_by_grant", "S208")):
        yield from _certificate(trigger, unenrolled=unenrolled)
        yield _row(trigger, REVOKED, SAME, finding="S207")

    yield _row("revoke", NONE, REVOKED, do=("end_cycle",), finding="S105")
    yield _row("revoke", ACTIVE, REVOKED, do=("end_cycle",))
    yield _row("revoke", REVOKED, SAME, finding="S205")


DEFINITION: Final[tuple[Row, ...]] = tuple(_definition())


class _FindingTransition(Transition):
    """A transition that tells the model which finding it carries."""

    def __init__(self, *args: Any, finding: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.finding = finding

    def execute(self, event_data: EventData) -> bool:
        taken: bool = super().execute(event_data)
        if taken:
            memory = cast(Memory, event_data.model)
            memory.finding = self.finding
        return taken


class _Lifecycle(Machine):
    transition_cls = _FindingTransition


def build_machine(model: Memory) -> Machine:
    """Return the lifecycle as a ``transitions`` machine that drives ``model``."""
    return _Lifecycle(
        model=model,
        states=[status.label for status in Status],
        transitions=list(DEFINITION),
        initial=Status.NOT_ENROLLED.label,
        auto_transitions=False,
    )
