"""What takes a person at a verifying key: approvals where the policy asks, denials, overrides."""

from typing import Any

import msgspec
import pytest

from blastdoor.formats import canonical_bytes
from blastdoor.gate import decide
from blastdoor.model import NAMESPACE, OVERRIDES, Case, Envelope, Override, Overriding, Recorded, Roster
from builders import (
    NOW,
    POLICY,
    ROSTER,
    a_case,
    a_contributor,
    a_policy,
    a_statement,
    public_key,
    with_votes,
    yes,
)
from passkey import in_person, passkey

PEOPLE: Roster = msgspec.structs.replace(
    ROSTER,
    persons=tuple(
        msgspec.structs.replace(one, keys=(public_key(one.id), passkey(one.id))) for one in ROSTER.persons
    ),
)


def said(case: Case, person: str, answer: str, *, verified: bool = True) -> Recorded:
    payload = canonical_bytes(a_statement(case, person, answer))
    signature = in_person(person, payload, NAMESPACE, verified=verified)
    then = PEOPLE.person(person)
    return Recorded(
        envelope=Envelope(payload=payload.decode(), signature=signature),
        then=msgspec.UNSET if then is None else then,
    )


@pytest.mark.promise(11)
@pytest.mark.parametrize("verified", [True, False])
def test_promise_11_a_yes_in_person_takes_a_key_that_verified_its_user(verified: bool) -> None:
    policy = a_policy(POLICY.replace("from: peer }] }", "from: peer, presence: true }] }", 1))
    case = a_case(people=PEOPLE)
    verdict = decide(with_votes(case, said(case, "p_peer", "yes", verified=verified)), policy, NOW)
    assert (verdict.verdict == "pass") is verified


def claimed(roles: tuple[str, ...] = ("co-author",)) -> Case:
    hands = (a_contributor(), a_contributor("p_peer", roles=roles))
    case = a_case(people=PEOPLE, contributors=hands)
    return yes(case, "p_peer")


def test_promise_4_who_is_named_as_a_co_author_cannot_approve() -> None:
    assert decide(claimed(), a_policy(), NOW).verdict == "hold"


@pytest.mark.parametrize(
    ("roles", "verified", "verdict"),
    [
        (("co-author",), True, "pass"),
        (("co-author",), False, "hold"),
        (("author",), True, "hold"),
        (("author", "co-author"), True, "hold"),
        (("committer",), True, "hold"),
    ],
)
def test_promise_4_who_denies_it_in_person_is_struck(
    roles: tuple[str, ...], verified: bool, verdict: str
) -> None:
    case = claimed(roles)
    case = with_votes(case, said(case, "p_peer", "not_mine", verified=verified))
    assert decide(case, a_policy(), NOW).verdict == verdict


def test_promise_4_nobody_denies_it_for_another() -> None:
    case = claimed()
    payload = canonical_bytes(a_statement(case, "p_peer", "not_mine"))
    then = PEOPLE.person("p_peer")
    assert then is not None
    forged = Recorded(
        envelope=Envelope(payload=payload.decode(), signature=in_person("p_other", payload, NAMESPACE)),
        then=then,
    )
    assert decide(with_votes(case, forged), a_policy(), NOW).verdict == "hold"


DOOR = POLICY.replace("default:", "override: { from: senior, reviewed_by: peer }\ndefault:", 1)


def overridden(*, verified: bool = True, review_by: str = "", **fields: Any) -> Case:
    case = a_case(people=PEOPLE)
    values: dict[str, Any] = {
        "answer": "override",
        "person": "p_senior",
        "requested_by": "p_author",
        "repository": "shop",
        "environment": "production",
        "revision": case.change.head,
        "reason": "down",
        "incident": "I-1",
        "given_at": "2026-03-10T08:00:00Z",
        "expires": "2026-03-10T11:00:00Z",
        "rules": "a" * 40,
    }
    first = _signed(Override(**{**values, **fields}), verified=verified)
    found = [first]
    if review_by:
        review = {
            **values,
            **fields,
            "answer": "review",
            "person": review_by,
            "of": first.envelope.id_as("ovr"),
        }
        found.append(_signed(Override(**{**review, "given_at": "2026-03-10T08:30:00Z"}), verified=verified))
    return msgspec.structs.replace(case, overrides=tuple(found))


def _signed(made: Override, *, verified: bool) -> Overriding:
    payload = canonical_bytes(made)
    envelope = Envelope(
        payload=payload.decode(), signature=in_person(made.person, payload, OVERRIDES, verified=verified)
    )
    then = PEOPLE.person(made.person)
    return Overriding(envelope=envelope, then=msgspec.UNSET if then is None else then)


@pytest.mark.promise(10)
@pytest.mark.parametrize(
    ("fields", "opens"),
    [
        ({}, True),
        ({"verified": False}, False),
        ({"person": "p_peer"}, False),
        ({"person": "p_author", "requested_by": "p_peer"}, False),
        ({"requested_by": "p_senior"}, False),
        ({"requested_by": "p_nobody"}, False),
        ({"revision": "9" * 40}, False),
        ({"environment": "staging"}, False),
        ({"repository": "other"}, False),
        ({"target": "stock"}, False),
        ({"expires": "2026-03-10T09:00:00Z"}, False),
        ({"expires": "2026-03-10T13:00:00Z"}, False),
        ({"given_at": "2026-03-10T10:00:00Z", "expires": "2026-03-10T11:00:00Z"}, False),
        ({"expires": "9999-99-99T99:99:99Z"}, False),
        ({"given_at": "0000-00-00T00:00:00Z"}, False),
    ],
)
def test_promise_10_an_override_opens_what_it_names_while_it_lasts(
    fields: dict[str, Any], opens: bool
) -> None:
    verdict = decide(overridden(**fields), a_policy(DOOR), NOW)
    assert (verdict.verdict == "pass") is opens, verdict.notes


@pytest.mark.promise(10)
@pytest.mark.parametrize(("review_by", "opens"), [("", False), ("p_peer", True), ("p_author", False)])
def test_promise_10_an_overdue_review_closes_the_door_for_both(review_by: str, opens: bool) -> None:
    """An older override that nobody (or only who asked for it) reviewed, and one for now by the same two."""
    old: dict[str, Any] = {
        "given_at": "2026-03-01T08:00:00Z",
        "expires": "2026-03-01T09:00:00Z",
        "revision": "9" * 40,
    }
    before = overridden(review_by=review_by, **old).overrides
    now = overridden(incident="I-2")
    case = msgspec.structs.replace(now, overrides=(*before, *now.overrides))
    verdict = decide(case, a_policy(DOOR), NOW)
    assert (verdict.verdict == "pass") is opens, verdict.notes


@pytest.mark.promise(10)
def test_promise_10_an_override_does_not_open_what_a_rule_forbids() -> None:
    forbids = DOOR + "  - name: never\n    when: 'true'\n    forbid: no\n"
    assert decide(overridden(), a_policy(forbids), NOW).verdict == "deny"
