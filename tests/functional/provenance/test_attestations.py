"""What the authors of a change sign about AI's part in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders import POLICY
from scenes import only_statement, put, said_again, statements
from shopfloor import AI, Shop, a_shop, who

#: Undisclosed counts as AI, so only an attestation gets by with a peer.
_ATTEST = (
    POLICY
    + """
  - name: attest or be treated as AI
    when: at_least(provenance.state, "no_disclosure")
    require: [{ approvals: 1, from: senior }]
"""
)
pytestmark = pytest.mark.promise(22)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path, policy=_ATTEST)


def attest(shop: Shop, person: str, *words: str) -> Any:
    return shop.run("provenance", "attest", "--key", str(shop.key(person)), *(words or ("--none",)))


def state(shop: Shop) -> str:
    return str(shop.check()["provenance"]["state"])


def test_promise_22_the_only_author_attests_and_the_demand_falls(shop: Shop) -> None:
    shop.change()
    assert {demand["rule"] for demand in shop.check()["demands"]} >= {"attest or be treated as AI"}
    said = attest(shop, "p_author")
    assert said.status == 0, said.out + said.err
    verdict = shop.check()
    assert verdict["provenance"]["state"] == "attested_none"
    assert verdict["provenance"]["assurance"] == "key"
    assert "attest or be treated as AI" not in {demand["rule"] for demand in verdict["demands"]}
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


@pytest.mark.parametrize(
    "message",
    [
        "change\n\nCo-authored-by: p_other <other@shop.example>",
        "change\n\nCo-authored-by: Nobody Known <nobody@else.example>",
        "change\n\nCo-authored-by: bot <bot@shop.example>",
    ],
)
def test_promise_22_a_second_hand_that_did_not_attest_leaves_it_open(shop: Shop, message: str) -> None:
    shop.change(message)
    attest(shop, "p_author")
    assert state(shop) == "no_disclosure"


def test_promise_22_all_hands_attest_and_it_counts(shop: Shop) -> None:
    shop.change("change\n\nCo-authored-by: p_other <other@shop.example>")
    attest(shop, "p_author")
    attest(shop, "p_other")
    assert state(shop) == "attested_none"


def test_promise_22_a_mark_wins_over_an_attestation(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    attest(shop, "p_author")
    assert state(shop) == "ai_disclosed"


def test_promise_22_one_who_had_no_hand_in_it_cannot_attest(shop: Shop) -> None:
    shop.change()
    said = attest(shop, "p_peer")
    assert said.status == 11
    assert "had a hand" in said.out
    assert state(shop) == "no_disclosure"


def test_promise_22_other_content_needs_another_attestation(shop: Shop) -> None:
    shop.change()
    attest(shop, "p_author")
    shop.change("more", text="x = 3\n")
    assert state(shop) == "no_disclosure"
    shop.git("reset", "--quiet", "--hard", "HEAD~1")
    assert state(shop) == "attested_none"


def test_promise_22_a_clean_rebase_carries_an_attestation(shop: Shop) -> None:
    shop.change()
    attest(shop, "p_author")
    shop.on_main("meanwhile", docs__x="1\n")
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    assert state(shop) == "attested_none"


def test_promise_22_a_key_that_is_taken_off_the_roster_attests_no_more(shop: Shop) -> None:
    shop.change()
    attest(shop, "p_author")
    roster = shop.git("show", "main:.blastdoor/people.yaml")
    lines = [line for line in roster.splitlines() if "p_author" not in line]
    shop.on_main("leave", **{".blastdoor__people.yaml": "\n".join(lines) + "\n"})
    shop.git("rebase", "--quiet", "main", who=who("p_author"))
    assert state(shop) == "no_disclosure"


def test_promise_22_an_attestation_that_was_edited_or_turned_around_is_none(shop: Shop) -> None:
    shop.change()
    attest(shop, "p_author", "--used")
    forged = only_statement(shop)
    for ref in statements(shop):
        shop.git("update-ref", "-d", ref)
    payload = json.loads(forged["payload"])
    assert payload["answer"] == "used_ai"
    turned = forged["payload"].replace("used_ai", "no_ai")
    put(shop, {**forged, "payload": turned})
    assert state(shop) == "no_disclosure"


def test_promise_22_an_approval_is_no_attestation_and_an_attestation_no_approval(shop: Shop) -> None:
    shop.change()
    attest(shop, "p_author")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    (vote,) = verdict["votes"]
    assert (vote["answer"], vote["counts"]) == ("no_ai", True)
    assert [demand["have"] for demand in verdict["demands"]] == [0] * len(verdict["demands"])


def test_promise_22_signed_under_another_namespace_it_says_nothing(shop: Shop) -> None:
    shop.change()
    attest(shop, "p_author")
    envelope = only_statement(shop)
    for ref in statements(shop):
        shop.git("update-ref", "-d", ref)
    put(shop, said_again(envelope, "p_author", namespace="file"))
    assert state(shop) == "no_disclosure"


def test_an_author_says_which_ai_was_used(shop: Shop) -> None:
    shop.change()
    assert attest(shop, "p_author", "--used", "--tool", "cursor").status == 0
    provenance = shop.check()["provenance"]
    assert provenance["state"] == "ai_disclosed"
    assert [signal["tool"] for signal in provenance["signals"]] == ["cursor"]


def test_lint_takes_an_attested_change(shop: Shop) -> None:
    shop.change()
    assert shop.run("provenance", "lint", "--preset", "attest").status == 11
    attest(shop, "p_author")
    assert shop.run("provenance", "lint", "--preset", "attest").status == 0


def test_an_attestation_can_be_taken_back(shop: Shop) -> None:
    shop.change()
    said = attest(shop, "p_author", "--none", "--json")
    id_ = said.json["id"]
    shop.run("approve", "--key", str(shop.key("p_author")), "--withdraw", id_)
    assert state(shop) == "no_disclosure"


@pytest.mark.promise(8)
def test_promise_8_a_bundle_decides_on_the_attestation_again(shop: Shop, tmp_path: Path) -> None:
    shop.change()
    attest(shop, "p_author")
    bundle = tmp_path / "bundle.json"
    first = shop.run("check", "--json", "--bundle", str(bundle))
    again = shop.run("decide", str(bundle), "--json", "--key", str(shop.key("p_author").with_suffix(".pub")))
    assert again.out == first.out
    assert "attested_none" in again.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--none", "--used"), "either"),
        ((), "either"),
        (("--none", "--tool", "cursor"), "--tool"),
        (("--used", "--tool", "no-such"), "no-such"),
    ],
)
def test_what_cannot_be_attested_is_said(shop: Shop, words: tuple[str, ...], said: str) -> None:
    shop.change()
    answer = shop.run("provenance", "attest", "--key", str(shop.key("p_author")), *words)
    assert answer.status == 2
    assert said in answer.err
