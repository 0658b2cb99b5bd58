"""Who may vouch for a change, and who may not."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from blastdoor.model import NAMESPACE
from shopfloor import Shop, a_shop, who, why


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ("p_author", "had a hand in the change"),
        ("a_bot", "a bot never counts"),
        ("p_junior", "qualifies for none"),
    ],
)
@pytest.mark.promise(4)
def test_promise_4_who_cannot_vouch_is_refused_with_the_reason(shop: Shop, person: str, says: str) -> None:
    shop.change()
    said = shop.approve(person)
    assert (said.status, said.out.startswith("refused")) == (11, True)
    assert says in said.out
    assert shop.check()["votes"] == []
    assert shop.approve(person, "--anyway").status == 0
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert says in why(verdict, person)


@pytest.mark.parametrize(
    "trailer",
    [
        "Co-authored-by: X <senior@shop.example>",
        "CO-AUTHORED-BY: X <Senior@Shop.Example>",
        "Co-developed-by: X <senior@shop.example>",
        "Co-authored-by: X senior@shop.example",
        "text in between\nCo-authored-by: X <senior@shop.example>\n\nand the rest of a squash",
    ],
)
@pytest.mark.promise(4)
def test_promise_4_a_co_author_in_any_spelling_cannot_approve(shop: Shop, trailer: str) -> None:
    shop.change(f"change\n\n{trailer}")
    assert shop.approve("p_senior").status == 11


@pytest.mark.promise(4)
def test_promise_4_the_owner_of_an_agent_cannot_approve_its_work(shop: Shop) -> None:
    shop.change(by="a_bot")
    assert shop.approve("p_elder").status == 11
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "pass"


def test_a_committer_had_a_hand_as_well(shop: Shop) -> None:
    shop.change()
    shop.git("commit", "--quiet", "--amend", "--no-edit", "--author", who("p_other"), who=who("p_peer"))
    assert shop.approve("p_peer").status == 11


def test_a_stranger_among_the_authors_asks_for_one_more(shop: Shop) -> None:
    shop.change()
    shop.git.commit("by a stranger", {"src/b.py": "y = 1\n"}, who="S <s@elsewhere.example>")
    shop.yes("p_peer")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert [one["id"] for one in verdict["contributors"] if one["kind"] == "unmapped"] == ["u_1"]
    assert "elsewhere.example" not in json.dumps(verdict)
    shop.yes("p_other")
    assert shop.check()["verdict"] == "pass"


def test_a_key_nobody_holds_is_told_so(shop: Shop) -> None:
    shop.change()
    said = shop.approve("p_mallory")
    assert said.status == 2
    assert "lists this key for nobody" in said.err


def test_an_unsigned_yes_is_shown_and_opens_nothing(shop: Shop) -> None:
    shop.change()
    assert shop.run("approve", "--unsigned", "--as", "p_peer").status == 11
    assert shop.run("approve", "--unsigned", "--as", "p_peer", "--anyway").status == 0
    assert why(shop.check(), "p_peer").startswith("asserted")


def test_a_signature_by_ssh_keygen_counts(shop: Shop) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    shop.change()
    shop.approve("p_peer")
    (ref,) = shop.git("for-each-ref", "--format=%(refname)", "refs/blastdoor").split()
    envelope = json.loads(shop.git("cat-file", "blob", ref))

    def sign(namespace: str) -> None:
        words = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(shop.key("p_peer"))]
        done = subprocess.run(words, input=envelope["payload"].encode(), capture_output=True, check=True)
        again = json.dumps({**envelope, "signature": done.stdout.decode()})
        blob = shop.git("hash-object", "-w", "--stdin", stdin=again.encode())
        shop.git("update-ref", ref, blob)

    sign("file")
    assert "does not verify" in why(shop.check(), "p_peer")
    sign(NAMESPACE)
    assert shop.check()["verdict"] == "pass"
