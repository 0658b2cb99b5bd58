"""Votes: counted on persons, signed, for this content, at no less risk; a no wins."""

from typing import Any

import msgspec
import pytest

from blastdoor.formats import canonical_bytes
from blastdoor.gate import decide
from blastdoor.gate.votes import count_votes
from blastdoor.model import Case, Envelope, Person, Recorded, Roster, ServiceReached, Unknown
from builders import (
    ROSTER,
    a_case,
    a_change,
    a_contributor,
    a_person,
    a_policy,
    a_proof,
    a_provenance,
    a_reach,
    a_statement,
    changed,
    public_key,
    signed,
    statement_id,
    with_votes,
    yes,
)

NOW = "2026-03-10T09:00:00Z"


def voters(case: Case) -> list[str]:
    return [voter.now.id for voter in count_votes(case, NOW).voters]


def why(case: Case) -> str:
    (vote,) = count_votes(case, NOW).votes
    assert not vote.counts
    return vote.why


def test_a_signed_yes_for_this_content_counts() -> None:
    assert voters(yes(a_case(), "p_peer")) == ["p_peer"]


def test_promise_4_one_person_counts_once_however_often_they_say_yes() -> None:
    case = a_case()
    second = signed(a_statement(case, "p_peer", given_at="2026-03-10T10:00:00Z"))
    assert voters(with_votes(yes(case, "p_peer"), second)) == ["p_peer"]


@pytest.mark.promise(4)
def test_promise_4_two_keys_of_one_person_are_one_vote() -> None:
    twice = a_person("p_peer", keys=(public_key("p_peer"), public_key("second")))
    roster = msgspec.structs.replace(ROSTER, persons=(a_person("p_author"), twice))
    case = a_case(people=roster)
    votes = with_votes(
        case,
        signed(a_statement(case, "p_peer"), then=twice),
        signed(a_statement(case, "p_peer", given_at="2026-03-10T10:00:00Z"), by="second", then=twice),
    )
    assert voters(votes) == ["p_peer"]


@pytest.mark.parametrize(
    ("contributor", "person"),
    [
        (a_contributor("p_peer"), "p_peer"),
        (a_contributor("p_peer", roles=("co-author",)), "p_peer"),
        (a_contributor("tool:x", owner="p_peer"), "p_peer"),
        (a_contributor("a_bot", owner="p_elder"), "p_elder"),
    ],
)
@pytest.mark.promise(4)
def test_promise_4_who_had_a_hand_or_ran_the_agent_cannot_approve(contributor: Any, person: str) -> None:
    case = yes(a_case(contributors=(contributor,)), person)
    assert voters(case) == []
    assert person in why(case)


@pytest.mark.promise(4)
def test_promise_4_a_bot_never_counts() -> None:
    case = a_case()
    assert "a bot never counts" in why(with_votes(case, signed(a_statement(case, "a_bot"))))


@pytest.mark.promise(4)
def test_promise_4_a_bots_key_does_not_speak_for_a_person() -> None:
    case = a_case()
    assert "a bot never counts" in why(with_votes(case, signed(a_statement(case, "p_peer"), by="a_bot")))


@pytest.mark.promise(2)
def test_promise_2_an_unsigned_yes_is_asserted_and_counts_for_nothing() -> None:
    case = a_case()
    payload = canonical_bytes(a_statement(case, "p_peer")).decode()
    assert why(with_votes(case, Recorded(envelope=Envelope(payload=payload)))).startswith("asserted")


@pytest.mark.promise(2)
def test_promise_2_an_unsigned_copy_does_not_hide_the_signed_original() -> None:
    case = a_case()
    original = signed(a_statement(case, "p_peer"))
    copy = Recorded(envelope=Envelope(payload=original.envelope.payload), then=original.then)
    for order in ((original, copy), (copy, original)):
        assert voters(with_votes(case, *order)) == ["p_peer"]


@pytest.mark.promise(2)
def test_promise_2_an_edited_yes_does_not_count() -> None:
    case = a_case()
    recorded = signed(a_statement(case, "p_peer"))
    edited = recorded.envelope.payload.replace('"person":"p_peer"', '"person":"p_other"')
    forged = msgspec.structs.replace(
        recorded, envelope=Envelope(payload=edited, signature=recorded.envelope.signature)
    )
    assert "does not verify" in why(with_votes(case, forged))


@pytest.mark.promise(2)
def test_promise_2_somebody_elses_key_does_not_speak_for_a_person() -> None:
    case = a_case()
    assert "does not list its key" in why(
        with_votes(case, signed(a_statement(case, "p_senior"), by="p_junior"))
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"head": "9" * 40, "tree": "9" * 40, "patch": "sha256:9"}, "which is not this content"),
        ({"tree": "9" * 40}, "which is not this content"),
        ({"patch": "sha256:9"}, "which is not this content"),
        ({"base": "9" * 40}, "which is not this content"),
        ({"repository": "other"}, "given for repository shop"),
        ({"target_branch": "release"}, "given for branch main"),
    ],
)
@pytest.mark.promise(2)
def test_promise_2_a_yes_speaks_for_what_it_sealed_alone(fields: dict[str, str], says: str) -> None:
    case = yes(a_case(), "p_peer")
    assert says in why(changed(case, change=a_change(**fields)))


@pytest.mark.promise(2)
def test_promise_2_an_amended_message_keeps_the_yes() -> None:
    """The commit's id is new; base, tree and difference are not."""
    case = yes(a_case(), "p_peer")
    amended = changed(case, change=a_change(head="9" * 40, commits=("9" * 40,)))
    assert voters(amended) == ["p_peer"]


def rebased(case: Case, proof: Any) -> Case:
    recorded = tuple(msgspec.structs.replace(one, proof=proof) for one in case.statements)
    change = a_change(base="e" * 40, head="9" * 40, tree="f" * 40, patch="sha256:9")
    return msgspec.structs.replace(case, change=change, statements=recorded)


@pytest.mark.promise(3)
def test_promise_3_a_yes_carries_over_when_our_own_merge_gives_the_same_tree() -> None:
    case = yes(a_case(), "p_peer")
    carried = rebased(case, a_proof(case))
    assert voters(carried) == ["p_peer"]
    assert count_votes(carried, NOW).votes[0].carried


@pytest.mark.parametrize(
    "fields",
    [
        {"tree": "0" * 40},
        {"tree": msgspec.UNSET, "problem": "conflict in src/app.py"},
        {"on_first_parent": False},
        {"bases": ("0" * 40,)},
        {"bases": ("b" * 40, "0" * 40)},
        {"ours": "0" * 40},
        {"theirs": "0" * 40},
    ],
)
@pytest.mark.promise(3)
def test_promise_3_a_yes_does_not_carry_over_without_the_whole_proof(fields: dict[str, Any]) -> None:
    case = yes(a_case(), "p_peer")
    assert voters(rebased(case, a_proof(case, **fields))) == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"reach": a_reach(level="high")}, "given for reach low, now high"),
        ({"provenance": a_provenance("ai_disclosed")}, "given for no_disclosure, now ai_disclosed"),
        ({"reach": a_reach(irreversible=True)}, "now it cannot"),
        (
            {"reach": a_reach(services=(ServiceReached(name="s", tier=1, distance=0, path=()),))},
            "given for less: tier 1 is new",
        ),
        (
            {"reach": a_reach(unknowns=(Unknown(code="x", what="y", step="z"),))},
            "given for less: unknown x y",
        ),
    ],
)
@pytest.mark.promise(3)
def test_promise_3_a_yes_does_not_carry_to_more_risk(more: dict[str, Any], says: str) -> None:
    assert says in why(changed(yes(a_case(), "p_peer"), **more))


def test_promise_5_a_yes_given_for_a_more_critical_tier_holds_for_a_less_critical_one() -> None:
    def reaching(*tiers: int) -> Any:
        return a_reach(
            services=tuple(ServiceReached(name=f"s{t}", tier=t, distance=0, path=()) for t in tiers)
        )

    case = yes(a_case(reach=reaching(2)), "p_peer")
    assert voters(changed(case, reach=reaching(3, 5))) == ["p_peer"]
    assert voters(changed(case, reach=reaching(1))) == []


def test_a_yes_carries_to_less_risk() -> None:
    risky = a_case(reach=a_reach(level="high"))
    assert voters(changed(yes(risky, "p_peer"), reach=a_reach(level="low"))) == ["p_peer"]


def test_a_yes_covers_one_landing() -> None:
    case = a_case()
    assert "used up" in why(with_votes(case, signed(a_statement(case, "p_peer"), landed=True)))


def test_a_person_must_have_been_in_the_roster_when_they_said_yes() -> None:
    case = a_case()
    absent = msgspec.structs.replace(signed(a_statement(case, "p_peer")), then=msgspec.UNSET)
    assert "not in the roster it was given under" in why(with_votes(case, absent))


def test_a_key_must_have_been_listed_when_it_signed() -> None:
    case = a_case()
    before = a_person("p_peer", keys=(public_key("an older key"),))
    assert "not listed when it was given" in why(
        with_votes(case, signed(a_statement(case, "p_peer"), then=before))
    )


def test_a_person_must_still_be_active() -> None:
    persons = tuple(
        msgspec.structs.replace(person, active=person.id != "p_peer") for person in ROSTER.persons
    )
    case = a_case(people=msgspec.structs.replace(ROSTER, persons=persons))
    assert "no longer active" in why(yes(case, "p_peer"))


def test_a_later_promotion_does_not_reach_back() -> None:
    """Somebody who was junior when they said yes is no senior's yes today."""
    case = a_case(provenance=a_provenance("ai_disclosed"))
    junior = a_person("p_senior", "engineer")
    voted = with_votes(case, signed(a_statement(case, "p_senior"), then=junior))
    by_rule = {demand.rule: demand.met for demand in decide(voted, a_policy(), NOW).demands}
    assert by_rule == {"default": True, "AI needs a senior": False}


def no(case: Case, person: str, **fields: Any) -> Recorded:
    return signed(a_statement(case, person, "no", reason="not like this", **fields))


def holds(case: Case) -> list[str]:
    return [rejection.person for rejection in count_votes(case, NOW).rejections]


def test_a_no_wins_over_every_yes() -> None:
    case = a_case()
    verdict = decide(with_votes(yes(case, "p_peer", "p_senior"), no(case, "p_other")), a_policy(), NOW)
    assert verdict.verdict == "hold"
    assert [reason.code for reason in verdict.reasons] == ["rejected"]


@pytest.mark.parametrize(
    "rewritten",
    [
        {
            "head": "9" * 40,
            "commits": ("c" * 40, "9" * 40),
            "tree": "9" * 40,
            "patch": "sha256:9",
            "branch": "x",
        },
        {"head": "9" * 40, "commits": ("9" * 40,), "tree": "9" * 40, "branch": "x"},
        {"head": "9" * 40, "commits": ("9" * 40,), "tree": "9" * 40, "patch": "sha256:9", "base": "9" * 40},
    ],
    ids=["a new commit on top", "the same difference", "the same branch, all else new"],
)
def test_a_no_belongs_to_the_change_however_it_is_rewritten(rewritten: dict[str, Any]) -> None:
    case = a_case()
    assert holds(changed(with_votes(case, no(case, "p_other")), change=a_change(**rewritten))) == ["p_other"]


def test_a_no_to_another_change_is_not_news() -> None:
    case = a_case()
    other = a_change(
        head="9" * 40, commits=("9" * 40,), tree="9" * 40, patch="sha256:9", patches=("sha256:8",), branch="x"
    )
    assert holds(changed(with_votes(case, no(case, "p_other")), change=other)) == []


@pytest.mark.promise(22)
def test_promise_22_an_unsigned_no_holds_since_anyone_may_raise_a_demand() -> None:
    case = a_case()
    unsigned = msgspec.structs.replace(
        no(case, "p_other"),
        envelope=Envelope(payload=canonical_bytes(a_statement(case, "p_other", "no")).decode()),
    )
    assert holds(with_votes(case, unsigned)) == ["p_other"]


def withdraw(case: Case, person: str, target: Recorded, by: str | None = None) -> Recorded:
    return signed(a_statement(case, person, "withdraw", withdraws=statement_id(target)), by=by)


def test_a_no_ends_when_its_person_withdraws_it_and_by_nobody_else() -> None:
    case = a_case()
    rejection = no(case, "p_other")
    for others in (["p_peer"], ["p_peer", "p_senior", "p_elder"]):
        votes = [withdraw(case, person, rejection) for person in others]
        assert holds(with_votes(case, rejection, *votes)) == ["p_other"]
    assert holds(with_votes(case, rejection, withdraw(case, "p_other", rejection))) == []


def test_taking_back_somebody_elses_no_says_that_it_does_nothing() -> None:
    case = a_case()
    rejection = no(case, "p_other")
    votes = count_votes(with_votes(case, rejection, withdraw(case, "p_peer", rejection)), NOW).votes
    (vote,) = [vote for vote in votes if vote.answer == "withdraw"]
    assert (vote.counts, vote.why) == (False, "a no ends when p_other withdraws it, and by nobody else")


def test_a_withdrawal_by_a_strange_key_ends_nothing() -> None:
    case = a_case()
    rejection = no(case, "p_other")
    assert holds(with_votes(case, rejection, withdraw(case, "p_other", rejection, by="p_peer"))) == [
        "p_other"
    ]


def test_two_others_of_their_group_end_the_no_of_somebody_who_is_gone() -> None:
    persons = tuple(
        msgspec.structs.replace(person, active=person.id != "p_other") for person in ROSTER.persons
    )
    case = a_case(people=msgspec.structs.replace(ROSTER, persons=persons))
    rejection = no(case, "p_other")
    one = withdraw(case, "p_peer", rejection)
    two = withdraw(case, "p_senior", rejection)
    author = withdraw(case, "p_author", rejection)
    elsewhere = withdraw(case, "p_elder", rejection)
    assert holds(with_votes(case, rejection, one)) == ["p_other"]
    assert holds(with_votes(case, rejection, one, elsewhere)) == ["p_other"]
    assert holds(with_votes(case, rejection, one, author)) == ["p_other"]
    assert holds(with_votes(case, rejection, one, two)) == []


def test_anybodys_withdrawal_takes_a_yes_away() -> None:
    case = a_case()
    approval = signed(a_statement(case, "p_peer"))
    assert voters(with_votes(case, approval, withdraw(case, "p_other", approval))) == []


@pytest.mark.parametrize("payload", ["", "{}", "[" * 2000, '{"v":2}', "\ud800"])
@pytest.mark.promise(1)
def test_promise_1_what_cannot_be_read_might_be_a_no_and_holds(payload: str) -> None:
    case = with_votes(yes(a_case(), "p_peer"), Recorded(envelope=Envelope(payload=payload)))
    verdict = decide(case, a_policy(), NOW)
    assert verdict.verdict == "hold"
    assert "unreadable-statement" in {reason.code for reason in verdict.reasons}


def test_a_person_of_the_wrong_group_is_told_so() -> None:
    verdict = decide(yes(a_case(), "p_junior"), a_policy(), NOW)
    (vote,) = verdict.votes
    assert not vote.counts
    assert "qualifies for none of the approvals asked" in vote.why


def test_the_roster_is_asked_for_active_persons_alone() -> None:
    roster = Roster(
        levels=("engineer",), persons=(Person(id="p_x", level="engineer", active=False),), agents=()
    )
    assert decide(a_case(people=roster), a_policy(), NOW).openings == ()


def test_a_yes_to_another_change_is_not_news() -> None:
    case = yes(a_case(), "p_peer")
    other = a_change(
        head="9" * 40, commits=("9" * 40,), tree="9" * 40, patch="sha256:9", patches=("sha256:8",), branch="x"
    )
    assert count_votes(changed(case, change=other), NOW).votes == ()


def test_a_signed_yes_of_somebody_who_left_the_roster_is_asserted() -> None:
    case = a_case(people=msgspec.structs.replace(ROSTER, persons=ROSTER.persons[:1]))
    assert why(with_votes(case, signed(a_statement(case, "p_peer")))).startswith(
        "asserted: its person is not"
    )


def test_a_no_of_somebody_no_roster_ever_had_holds_nothing_and_is_shown() -> None:
    case = a_case()
    stranger = signed(a_statement(case, "p_nobody", "no"))
    count = count_votes(with_votes(case, stranger), NOW)
    assert count.rejections == ()
    assert [vote.counts for vote in count.votes] == [False]


def test_a_person_whose_name_is_no_id_is_unreadable() -> None:
    case = a_case()
    odd = signed(a_statement(case, "p_x\x1b[2J"), by="p_peer")
    assert len(count_votes(with_votes(case, odd), NOW).unreadable) == 1


@pytest.mark.parametrize("older", ["2026-03-09T00:00:00Z", "2026-03-09T00:00:01Z", "2026-03-09T00:00:02Z"])
def test_a_second_yes_after_a_promotion_counts_whatever_the_first_was(older: str) -> None:
    """Ids decide the order in which statements are read, and ids are as good as random."""
    case = a_case(provenance=a_provenance("ai_disclosed"))
    first = signed(a_statement(case, "p_senior", given_at=older), then=a_person("p_senior", "engineer"))
    second = signed(a_statement(case, "p_senior"))
    for votes in ((first, second), (second, first)):
        assert decide(with_votes(case, *votes), a_policy(), NOW).verdict == "pass"


def test_taking_somebody_off_the_roster_does_not_take_their_no_away() -> None:
    """Gone is gone, whether inactive or no longer listed: two others of their group end it."""
    remaining = tuple(person for person in ROSTER.persons if person.id != "p_other")
    case = a_case(people=msgspec.structs.replace(ROSTER, persons=remaining))
    rejection = signed(a_statement(case, "p_other", "no"), then=ROSTER.person("p_other"))
    assert holds(with_votes(case, rejection)) == ["p_other"]
    ended = [withdraw(case, person, rejection) for person in ("p_peer", "p_senior")]
    assert holds(with_votes(case, rejection, *ended)) == []


def test_a_worse_signature_of_the_same_words_hides_no_better_one() -> None:
    two_keys = a_person("p_peer", keys=(public_key("p_peer"), public_key("newer")))
    before = a_person("p_peer")
    roster = msgspec.structs.replace(ROSTER, persons=(a_person("p_author"), two_keys))
    case = a_case(people=roster)
    good = signed(a_statement(case, "p_peer"), then=before)
    late = signed(a_statement(case, "p_peer"), by="newer", then=before)
    for order in ((good, late), (late, good)):
        assert voters(with_votes(case, *order)) == ["p_peer"]


def test_a_no_that_nobody_is_left_to_end_has_no_way_out() -> None:
    alone = a_person("p_odd", "principal", active=False)
    case = a_case(people=msgspec.structs.replace(ROSTER, persons=(*ROSTER.persons, alone)))
    rejection = signed(a_statement(case, "p_odd", "no"), then=alone)
    assert decide(with_votes(yes(case, "p_peer"), rejection), a_policy(), NOW).openings == ()


def test_somebody_promoted_since_their_yes_is_a_way_out() -> None:
    seniors = tuple(one for one in ROSTER.persons if one.id != "p_elder")
    case = a_case(
        provenance=a_provenance("ai_disclosed"), people=msgspec.structs.replace(ROSTER, persons=seniors)
    )
    early = signed(a_statement(case, "p_senior"), then=a_person("p_senior", "engineer"))
    (opening,) = decide(with_votes(case, early), a_policy(), NOW).openings
    assert [step.of for step in opening.steps] == [("p_senior",)]


@pytest.mark.parametrize(
    "seal",
    [
        {"head": "--output=x"},
        {"head": "c" * 40 + "\n"},
        {"base": "HEAD"},
        {"tree": "../x"},
        {"patch": "sha256:9"},
        {"head": ""},
    ],
)
def test_a_statement_that_names_no_real_ids_is_unreadable(seal: dict[str, str]) -> None:
    """What it names is handed to git, and anyone can store one."""
    case = a_case()
    statement = a_statement(case, "p_peer")
    odd = msgspec.structs.replace(statement, seal=msgspec.structs.replace(statement.seal, **seal))
    assert len(count_votes(with_votes(case, signed(odd)), NOW).unreadable) == 1
