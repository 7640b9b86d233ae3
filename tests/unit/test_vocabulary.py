"""The 54 pairs, typed in from the vendor's documentation, and what is made of all others."""

from __future__ import annotations

import pytest

from engine.dialects.dialect import Classified
from engine.dialects.usual import PAIRS, TYPES, classify
from engine.lifecycle.action import Action

# Action → Type → its Sources, by hand from domain.md and semantics.md §3.
DOCUMENTED = {
    "enrol_by_course_purchase": (
        "enrollment",
        "course_purchase gift-course-purchase redemption_code gift_redemption_code "
        "balance_redemption",
    ),
    "enrol_by_collection_purchase": (
        "enrollment",
        "collection_purchase a_la_carte_collection_purchase gift_collection_purchase",
    ),
    "enrol_by_manager": (
        "enrollment",
        "manager_course_enrollment manager_created_user manager_bulk_user_creation",
    ),
    "enrol": (
        "enrollment",
        "subscription_purchase subscription_access registration registration_code sso "
        "learning_path_access client_access license_access reschedule salesforce_provision "
        "scorm_connect public",
    ),
    "enrol_echo": ("status_change", "enrollment"),
    "start": ("status_change", "course_started"),
    "scorm_progress": ("status_change", "scorm_started"),
    "complete": ("status_change", "course_completed"),
    "attend": ("status_change", "webinar_attended"),
    "recertify": ("status_change", "recertify_course recertify_learning_path"),
    "set_not_started": ("status_change", "manager_change_not_started"),
    "set_started": ("status_change", "manager_change_started"),
    "set_completed": ("status_change", "manager_change_completed"),
    "import_not_started": ("status_change", "manager_grant_not_started"),
    "import_started": ("status_change", "manager_grant_started"),
    "import_completed": ("status_change", "Manager_grant_completed"),
    "set_unknown": ("status_change", "manager_changed_status"),
    "certify_for_completion": ("certificate_grant", "course_completed"),
    "certify_for_exam": ("certificate_grant", "passed_exam"),
    "certify_by_grant": ("certificate_grant", "manager_grant api"),
    "certify_for_course_purchase": ("certificate_grant", "course_purchase"),
    "certify_for_collection_purchase": ("certificate_grant", "collection_purchase"),
    "certify_for_manager_enrolment": ("certificate_grant", "manager_course_enrollment"),
    "certify_for_manager_completion": ("certificate_grant", "manager_change_completed"),
    "revoke": (
        "revoked_access",
        "access_expiration course_deletion manager_revoked_access client_revoked_access "
        "manager_course_enrollment sso reschedule manager_bulk_user_creation license_deletion",
    ),
}
PUBLISHED = [
    (type_, source, action)
    for action, (type_, sources) in DOCUMENTED.items()
    for source in sources.split()
]


def spellings(word: str) -> set[str]:
    return {
        word.upper(),
        word.title(),
        word.replace("_", "-"),
        word.replace("-", "_"),
        f"  {word}\t",
    }


def test_the_table_has_the_54_documented_pairs_and_no_other() -> None:
    assert len(PUBLISHED) == 54
    assert {(pair.type, pair.source, pair.action.label) for pair in PAIRS} == set(PUBLISHED)
    assert len(PAIRS) == 54


def test_each_type_has_as_many_sources_as_are_documented() -> None:
    counts = {type_: sum(pair.type == type_ for pair in PAIRS) for type_ in TYPES}
    assert counts == {
        "enrollment": 23,
        "status_change": 14,
        "revoked_access": 9,
        "certificate_grant": 8,
    }


def test_actions_stand_in_the_order_of_the_table() -> None:
    assert [action.label for action in Action] == list(DOCUMENTED)
    assert [int(action) for action in Action] == list(range(25))


def said(found: Classified) -> tuple[str, str, Action | None, str | None]:
    """What is asked here of a pair: what it says beyond its action is asked of the rules."""
    return found.type, found.source, found.action, found.code


def test_every_pair_says_what_it_means() -> None:
    assert all(pair.meaning and not pair.meaning.endswith(".") for pair in PAIRS)


@pytest.mark.parametrize(("type_", "source", "action"), PUBLISHED)
def test_a_documented_pair_has_its_action(type_: str, source: str, action: str) -> None:
    expected = (type_, source, Action[action.upper()], None)
    assert said(classify(type_, source)) == expected


@pytest.mark.parametrize(("type_", "source", "action"), PUBLISHED)
def test_case_dashes_and_margins_do_not_count(type_: str, source: str, action: str) -> None:
    expected = (type_, source, Action[action.upper()], None)
    for type_spelling in spellings(type_):
        for source_spelling in spellings(source):
            assert said(classify(type_spelling, source_spelling)) == expected


def test_the_same_source_means_different_things_under_different_types() -> None:
    assert {
        type_: found.action and found.action.label
        for type_ in TYPES
        if (found := classify(type_, "manager_course_enrollment")).code is None
    } == {
        "enrollment": "enrol_by_manager",
        "revoked_access": "revoke",
        "certificate_grant": "certify_for_manager_enrolment",
    }


@pytest.mark.parametrize(
    ("type_", "action"),
    [
        ("enrollment", Action.ENROL),
        ("status_change", Action.SET_UNKNOWN),
        ("revoked_access", Action.REVOKE),
        ("certificate_grant", Action.CERTIFY_BY_GRANT),
    ],
)
class TestUnlistedSource:
    def test_a_new_source_acts_by_its_type(self, type_: str, action: Action) -> None:
        assert classify(type_, "Blockchain-Drop") == Classified(
            type_, "Blockchain-Drop", action, "R004"
        )

    @pytest.mark.parametrize("nothing", ["", "   ", "\t"])
    def test_no_source_is_an_unknown_one(self, type_: str, action: Action, nothing: str) -> None:
        assert classify(type_, nothing) == Classified(type_, "", action, "R004")

    def test_the_type_is_shown_as_published(self, type_: str, action: Action) -> None:
        shouted = type_.upper().replace("_", "-")
        assert classify(f" {shouted} ", " new thing ") == Classified(
            type_, "new thing", action, "R004"
        )

    def test_a_source_of_another_type_is_told_from_an_unknown_one(
        self, type_: str, action: Action
    ) -> None:
        own = {pair.source for pair in PAIRS if pair.type == type_}
        foreign = {pair.source for pair in PAIRS} - own
        for source in foreign:
            assert classify(type_, source) == Classified(type_, source, action, "R008")
            assert classify(type_, source.upper()).code == "R008"


@pytest.mark.parametrize("type_", ["", "enrolment", "status change", "enrollments", "course"])
def test_an_unknown_type_is_no_action(type_: str) -> None:
    assert classify(f" {type_} ", " course_purchase ") == Classified(
        type_, "course_purchase", None, "R003"
    )
