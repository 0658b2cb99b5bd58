"""Whose yes and whose no counts: persons, not accounts; keys, not words."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from builders import POLICY, public_key
from scenes import (
    a_person_line,
    commit,
    land,
    on_feature,
    only_statement,
    opens,
    put,
    rebase,
    roster,
    said_again,
    statements,
    still_shut,
    vote_of,
)
from shopfloor import AI, Shop, a_shop, mail, people_yaml, who

TWO = POLICY.replace("default: { require: [{ approvals: 1", "default: { require: [{ approvals: 2")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A change by p_author that waits for one peer."""
    shop = a_shop(tmp_path)
    shop.change()
    return shop


def a_yes(shop: Shop, person: str = "p_peer") -> dict[str, Any]:
    """A good yes of a person, taken out of the repository again."""
    shop.yes(person)
    return only_statement(shop)


def codes(shop: Shop) -> set[str]:
    return {reason["code"] for reason in shop.check()["reasons"]}


# A yes that is not what it says ----------------------------------------------------------------------


def test_a_statement_made_by_hand_after_the_specification_counts(shop: Shop) -> None:
    """The twin of every forgery below: the same work, done honestly."""
    put(shop, said_again(a_yes(shop), "p_peer"))
    assert vote_of(opens(shop), "p_peer")["counts"] is True


@pytest.mark.promise(2)
@pytest.mark.parametrize(
    "fields",
    [
        {"seal__repository": "other-shop"},
        {"seal__target_branch": "release"},
        {"seal__base": "1" * 40},
        {"seal__tree": "1" * 40},
        {"seal__patch": "sha256:" + "1" * 64},
        {"seal__base": "1" * 40, "seal__head": "2" * 40, "seal__tree": "3" * 40},
        {"seal__patch": "", "seal__tree": "", "seal__base": "", "seal__head": ""},
        {"risk__level": "none"},
        {"risk__state": "attested_none"},
        {"rules": "1" * 40},
        {"rules": ""},
    ],
    ids="+".join,
)
def test_promise_2_a_signed_yes_for_something_else_opens_nothing(shop: Shop, fields: dict[str, str]) -> None:
    put(shop, said_again(a_yes(shop), "p_peer", **fields))
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"]) == ("hold", 10)
    assert not any(vote["counts"] for vote in verdict["votes"])


@pytest.mark.promise(2)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"person":"p_peer"', '"person":"p_other"'),
        ('"answer":"yes"', '"answer": "yes"'),
        ('"target_branch":"main"', '"target_branch":"mein"'),
        ('"level":"low"', '"level":"critical"'),
    ],
)
def test_promise_2_a_payload_edited_after_signing_opens_nothing(shop: Shop, old: str, new: str) -> None:
    envelope = a_yes(shop)
    assert old in envelope["payload"]
    put(shop, {**envelope, "payload": envelope["payload"].replace(old, new)})
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"]) == ("hold", 10)
    assert not any(vote["counts"] for vote in verdict["votes"])


@pytest.mark.promise(2)
@pytest.mark.parametrize("how", ["cut", "empty", "absent", "flipped", "of another text", "words"])
def test_promise_2_a_spoilt_signature_opens_nothing(shop: Shop, how: str) -> None:
    good = a_yes(shop)
    text: str = good["signature"]
    spoilt = {
        "cut": text[: len(text) // 2],
        "empty": "",
        "flipped": text.replace("\n", "\n", 1).replace(text[60], "A" if text[60] != "A" else "B", 1),
        "of another text": said_again(good, "p_peer", given_at="2026-01-01T00:00:00Z")["signature"],
        "words": "LGTM",
    }
    envelope = {**good, "signature": spoilt[how]} if how != "absent" else {**good}
    if how == "absent":
        del envelope["signature"]
    put(shop, envelope)
    still_shut(shop, "p_peer")


@pytest.mark.promise(2)
@pytest.mark.parametrize("namespace", ["file", "git", "", "approval@blastdoor.example", "Approval@blastdoor"])
def test_promise_2_a_signature_made_for_another_purpose_opens_nothing(shop: Shop, namespace: str) -> None:
    put(shop, said_again(a_yes(shop), "p_peer", namespace))
    still_shut(shop, "p_peer")


@pytest.mark.promise(4)
def test_promise_4_nobody_signs_for_somebody_else(shop: Shop) -> None:
    envelope = a_yes(shop)
    put(shop, said_again(envelope, "p_author", person="p_senior"))
    put(shop, said_again(envelope, "a_bot", person="p_elder"))
    put(shop, said_again(envelope, "p_mallory", person="p_peer"))
    put(shop, said_again(envelope, "p_mallory", person="p_mallory"))
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert not any(vote["counts"] for vote in verdict["votes"])
    assert all(vote["why"] for vote in verdict["votes"])


@pytest.mark.promise(2)
def test_promise_2_a_yes_dated_back_to_better_days_gains_nothing(tmp_path: Path) -> None:
    """p_junior was an engineer once; whoever is one no longer does not become it by an older date."""
    shop = a_shop(tmp_path, people=people_yaml(p_junior="engineer"))
    before = shop.git("rev-parse", "main")
    land(shop, {".blastdoor/people.yaml": people_yaml()})
    shop.git("reset", "--quiet", "--hard", "main")
    shop.change()
    shop.yes("p_peer")
    envelope = only_statement(shop)
    dated = {"person": "p_junior", "rules": before, "given_at": "2026-01-01T00:00:00Z"}
    put(shop, said_again(envelope, "p_junior", **dated))
    assert shop.check()["verdict"] == "hold"


@pytest.mark.parametrize(
    "blob",
    [b"", b"null", b"[]", b"{}", b'{"v":1}', b"\xff\xfe", b'{"v":2,"payload":"{}"}', b"[" * 5000],
    ids=repr,
)
@pytest.mark.promise(1)
def test_promise_1_what_lies_among_the_approvals_and_is_none_never_opens(shop: Shop, blob: bytes) -> None:
    made = shop.git("hash-object", "-w", "--stdin", stdin=blob)
    shop.git("update-ref", "refs/blastdoor/approvals/apr_aaaaaaaaaaaaaaaa", made)
    assert shop.check()["verdict"] == "hold"


# Persons ---------------------------------------------------------------------------------------------


@pytest.mark.promise(4)
def test_promise_4_two_keys_of_one_person_are_one_vote(tmp_path: Path) -> None:
    people = people_yaml().replace(public_key("p_peer"), f"{public_key('p_peer')}, {public_key('second')}")
    shop = a_shop(tmp_path, TWO, people)
    shop.change()
    shop.yes("p_peer", "second")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert {vote["person"] for vote in verdict["votes"]} == {"p_peer"}
    (demand,) = verdict["demands"]
    assert (demand["need"], demand["have"], demand["by"]) == (2, 1, ["p_peer"])
    shop.yes("p_other")
    opens(shop)


@pytest.mark.promise(4)
def test_promise_4_saying_yes_twice_is_saying_it_once(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, TWO)
    shop.change()
    shop.yes("p_peer")
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "hold"


@pytest.mark.promise(4)
@pytest.mark.parametrize(
    ("account", "mailbox"),
    [
        ("{ provider: git, id: private@home.example }", "Private@Home.Example"),
        ("{ provider: github, id: 1234567 }", "1234567+whatever@users.noreply.github.com"),
    ],
)
def test_promise_4_the_second_account_of_a_person_is_that_person(
    tmp_path: Path, account: str, mailbox: str
) -> None:
    own = f"[{{ provider: git, id: {mail('p_peer')} }}, {account}]"
    people = roster(
        a_person_line("p_peer", "engineer", public_key("p_peer"), accounts=own),
        a_person_line("p_other", "engineer", public_key("p_other")),
    )
    shop = a_shop(tmp_path, people=people)
    on_feature(shop, {"src/app.py": "x = 2\n"}, by=f"Somebody <{mailbox}>")
    assert {one["id"] for one in shop.check()["contributors"]} == {"p_peer"}
    said = shop.approve("p_peer")
    assert said.status == 11
    shop.yes("p_other")
    opens(shop)


@pytest.mark.promise(4)
def test_promise_4_a_hand_in_any_one_of_many_commits_is_a_hand_in_the_change(shop: Shop) -> None:
    on_feature(shop, {"src/b.py": "b = 1\n"}, by="p_senior")
    on_feature(shop, {"src/b.py": None}, by="p_author", committer="p_other")
    on_feature(shop, {"src/c.py": "c = 1\n"}, "c\n\nCo-authored-by: P <peer@shop.example>")
    for person in ("p_author", "p_senior", "p_other", "p_peer"):
        assert shop.approve(person).status == 11, person
    shop.yes("p_elder")
    opens(shop)


@pytest.mark.promise(4)
def test_promise_4_the_hand_of_somebody_who_merged_main_in_counts_as_well(shop: Shop) -> None:
    land(shop, {"docs/x": "1\n"})
    shop.git("merge", "--quiet", "--no-edit", "main", who=who("p_peer"))
    assert shop.approve("p_peer").status == 11
    shop.yes("p_other")
    opens(shop)


@pytest.mark.promise(4)
@pytest.mark.parametrize("how", ["shared agent", "tool"])
def test_promise_4_an_agent_that_came_alone_asks_for_one_more(tmp_path: Path, how: str) -> None:
    shop = a_shop(tmp_path)
    by = {"shared agent": "a_shared", "tool": "Claude <noreply@anthropic.com>"}[how]
    on_feature(shop, {"README.md": "# by the agent\n"}, by=by)
    assert {one["kind"] for one in shop.check()["contributors"]} == {"agent"}
    shop.yes("p_peer")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    (demand,) = verdict["demands"]
    assert (demand["need"], demand["have"]) == (2, 1)
    assert any("1 higher" in note for note in verdict["notes"])
    shop.yes("p_other")
    opens(shop)


@pytest.mark.promise(4)
def test_promise_4_an_agent_beside_its_person_asks_for_no_more(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    on_feature(shop, {"README.md": "# with the agent\n"}, f"words\n\n{AI}", by="p_author")
    shop.yes("p_peer")
    opens(shop)


def test_a_stranger_who_is_listed_later_asks_for_no_more(shop: Shop) -> None:
    on_feature(shop, {"src/b.py": "b = 1\n"}, by="New <new@shop.example>")
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "hold"
    new = "  - { id: p_new, level: engineer, accounts: [{ provider: git, id: new@shop.example }] }\n"
    land(shop, {".blastdoor/people.yaml": people_yaml().replace("agents:", f"{new}agents:")})
    verdict = shop.check()
    assert "unmapped" not in {one["kind"] for one in verdict["contributors"]}
    assert verdict["verdict"] == "pass"


def test_who_is_no_longer_active_no_longer_vouches(shop: Shop) -> None:
    shop.yes("p_peer")
    opens(shop)
    gone = people_yaml().replace("id: p_peer, level", "id: p_peer, active: false, level")
    assert gone != people_yaml()
    land(shop, {".blastdoor/people.yaml": gone})
    still_shut(shop, "p_peer")
    shop.yes("p_other")
    opens(shop)


def test_a_key_taken_off_the_roster_no_longer_speaks(shop: Shop) -> None:
    shop.yes("p_peer")
    land(shop, {".blastdoor/people.yaml": people_yaml().replace(public_key("p_peer"), public_key("new"))})
    still_shut(shop, "p_peer")


def test_a_key_added_to_the_roster_later_does_not_reach_back(shop: Shop) -> None:
    envelope = a_yes(shop)
    early = said_again(envelope, "new")
    two = f"{public_key('p_peer')}, {public_key('new')}"
    land(shop, {".blastdoor/people.yaml": people_yaml().replace(public_key("p_peer"), two)})
    put(shop, early)
    still_shut(shop, "p_peer")


def test_saying_who_one_is_does_not_help_against_the_key(shop: Shop) -> None:
    said = shop.approve("p_peer", "--as", "p_senior")
    assert said.status in {2, 11}
    assert said.err
    assert statements(shop) == {}


# Groups ----------------------------------------------------------------------------------------------


def test_teams_and_named_persons_make_groups_and_all_fields_must_hold(tmp_path: Path) -> None:
    policy = POLICY.replace(
        "  peer:",
        "  oncall: { team: oncall, level_at_least: senior }\n  two: { persons: [p_peer, p_other] }\n  peer:",
    )
    rule = (
        "  - { name: call, when: 'true', require: [{ approvals: 1, from: oncall },"
        " { approvals: 1, from: two }] }\n"
    )
    people = people_yaml()
    for person in ("p_senior", "p_peer"):
        people = people.replace(f"id: {person}, ", f"id: {person}, teams: [oncall], ")
    shop = a_shop(tmp_path, policy + rule, people)
    shop.change()
    shop.yes("p_peer")
    first = {one["requirement"]: one["met"] for one in shop.check()["demands"] if one["rule"] == "call"}
    assert sorted(first.values()) == [False, True]
    assert shop.approve("p_elder", "--anyway").status == 0
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_senior")
    opens(shop)


@pytest.mark.parametrize(("training", "counts"), [("2026-11-01", True), ("2020-01-01", False), (None, False)])
def test_a_training_must_be_there_and_be_fresh(tmp_path: Path, training: str | None, counts: bool) -> None:
    rule = (
        '  - name: trained\n    when: at_least(provenance.state, "ai_disclosed")\n'
        "    require: [{ approvals: 1, from: senior, trained: genai-review, within_days: 365 }]\n"
    )
    people = people_yaml()
    if training:
        had = f"id: p_senior, trainings: {{ genai-review: {training} }}, "
        people = people.replace("id: p_senior, ", had)
    shop = a_shop(tmp_path, POLICY + rule, people)
    shop.change(f"change\n\n{AI}")
    shop.yes("p_senior")
    met = {one["rule"]: one["met"] for one in shop.check()["demands"]}
    assert met == {"default": True, "AI needs a senior": True, "trained": counts}


@pytest.mark.promise(11)
def test_promise_11_a_plain_key_is_no_presence(tmp_path: Path) -> None:
    rule = "  - { name: here, when: 'true', require: [{ approvals: 1, from: senior, presence: true }] }\n"
    shop = a_shop(tmp_path, POLICY + rule)
    shop.change()
    shop.approve("p_senior", "--anyway")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert {one["rule"]: one["met"] for one in verdict["demands"]} == {"default": True, "here": False}
    text = json.dumps([verdict["reasons"], verdict["demands"], verdict["openings"]])
    assert "security key" in text


# No, and taking back ---------------------------------------------------------------------------------


def test_one_no_outweighs_any_number_of_yes_whoever_came_first(shop: Shop) -> None:
    assert shop.approve("p_other", "--reject", "--reason", "not yet").status == 0
    for person in ("p_peer", "p_senior", "p_elder"):
        assert shop.approve(person, "--anyway").status == 0
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"]) == ("hold", 10)
    (reason,) = verdict["reasons"]
    assert (reason["code"], "p_other" in reason["text"], "not yet" in reason["text"]) == (
        "rejected",
        True,
        True,
    )
    assert any("p_other" in step.get("of", []) for one in verdict["openings"] for step in one["steps"])


def test_an_unsigned_no_holds_as_well_since_raising_is_for_anyone(shop: Shop) -> None:
    shop.yes("p_peer")
    said = shop.run("approve", "--unsigned", "--as", "p_other", "--reject", "--reason", "wait")
    assert said.status == 0, said.err
    assert codes(shop) == {"rejected"}


@pytest.mark.promise(22)
def test_promise_22_an_unsigned_withdrawal_takes_no_signed_no_back(shop: Shop) -> None:
    shop.yes("p_peer")
    said = shop.approve("p_other", "--reject", "--reason", "no")
    apr = said.out.split()[0]
    shop.run("approve", "--unsigned", "--as", "p_other", "--withdraw", apr, "--anyway")
    assert codes(shop) == {"rejected"}
    assert shop.approve("p_other", "--withdraw", apr).status == 0
    opens(shop)


def test_a_forged_withdrawal_of_a_no_ends_nothing(shop: Shop) -> None:
    shop.yes("p_peer")
    assert shop.approve("p_other", "--reject", "--reason", "no").status == 0
    no = next(one for one in statements(shop).values() if '"answer":"no"' in one["payload"])
    apr = next(ref.rpartition("/")[2] for ref, one in statements(shop).items() if one == no)
    taken: dict[str, Any] = {"answer": "withdraw", "withdraws": apr, "reason": msgspec.UNSET}
    put(shop, said_again(no, "p_author", **taken))
    assert codes(shop) == {"rejected"}
    put(shop, said_again(no, "p_author", **taken, person="p_author"))
    assert codes(shop) == {"rejected"}


def test_the_no_of_somebody_gone_ends_when_two_others_of_their_group_say_so(tmp_path: Path) -> None:
    third = f"  - {a_person_line('p_third', 'engineer', public_key('p_third'))}\n"
    people = people_yaml().replace("agents:", f"{third}agents:")
    shop = a_shop(tmp_path, people=people)
    shop.change()
    shop.yes("p_peer")
    apr = shop.approve("p_other", "--reject", "--reason", "no").out.split()[0]
    gone = people.replace("id: p_other, level", "id: p_other, active: false, level")
    land(shop, {".blastdoor/people.yaml": gone})
    assert codes(shop) == {"rejected"}
    shop.approve("p_peer", "--withdraw", apr, "--anyway")
    assert codes(shop) == {"rejected"}
    shop.approve("p_author", "--withdraw", apr, "--anyway")
    assert codes(shop) == {"rejected"}
    shop.approve("p_third", "--withdraw", apr, "--anyway")
    opens(shop)


def test_a_yes_taken_back_no_longer_counts(shop: Shop) -> None:
    apr = shop.approve("p_peer").out.split()[0]
    opens(shop)
    assert shop.approve("p_peer", "--withdraw", apr).status == 0
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert not any(vote["counts"] and vote["answer"] == "yes" for vote in verdict["votes"])


def test_a_no_is_found_again_when_its_commit_moves_to_another_branch(shop: Shop) -> None:
    shop.approve("p_other", "--reject", "--reason", "no")
    shop.git("switch", "--quiet", "-c", "second-try", "main")
    shop.git("cherry-pick", "feature", who=who("p_author"))
    shop.git("branch", "--quiet", "-D", "feature")
    assert "rejected" in codes(shop)


def test_a_no_to_one_change_says_nothing_about_another(shop: Shop) -> None:
    shop.approve("p_other", "--reject", "--reason", "no")
    shop.git("switch", "--quiet", "-c", "unrelated", "main")
    commit(shop.git, "unrelated", {"src/other.py": "o = 1\n"})
    shop.git("reset", "--quiet", "--hard")
    verdict = shop.check()
    assert "rejected" not in {reason["code"] for reason in verdict["reasons"]}


def test_a_no_survives_the_commit_that_answers_it_and_a_rebase(shop: Shop) -> None:
    shop.approve("p_other", "--reject", "--reason", "no")
    on_feature(shop, {"src/fix.py": "f = 1\n"})
    land(shop, {"docs/x": "1\n"})
    rebase(shop)
    assert "rejected" in codes(shop)


def test_what_is_taken_back_must_be_there(shop: Shop) -> None:
    said = shop.approve("p_peer", "--withdraw", "apr_aaaaaaaaaaaaaaaa")
    assert said.status in {2, 11}
    assert "apr_aaaaaaaaaaaaaaaa" in said.out + said.err
    assert statements(shop) == {}


def test_an_answer_as_json_tells_whether_it_counts_and_where_the_door_stands(shop: Shop) -> None:
    said = shop.approve("p_peer", "--json")
    document = said.json
    assert (said.status, document["person"], document["verdict"]) == (0, "p_peer", "pass")
    assert document["vote"]["counts"] is True
    assert [f"refs/blastdoor/approvals/{document['id']}"] == list(statements(shop))
