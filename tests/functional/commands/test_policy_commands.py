"""Policies are code: linted, tested, replayed over history."""

import json
from pathlib import Path

import pytest

from builders import POLICY
from shopfloor import AI, a_shop, people_yaml
from yard import DEPLOYED, Yard


def put(folder: Path, policy: str, people: str | None = None) -> Path:
    """A policy and a roster in a folder of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(policy)
    (folder / "people.yaml").write_text(people or people_yaml())
    return folder


def test_a_sound_policy_has_nothing_to_say_but_notes(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY)
    said = shop.run("policy", "lint", str(put(tmp_path / "rules", POLICY)), "--json")
    assert said.status == 0, said.out
    assert {one["severity"] for one in said.json["findings"]} <= {"note"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('at_least(reach.level, "high")', 'environment.name == \\"staging\\"', "dead-rule"),
        ('at_least(reach.level, "high")', 'touches(\\"/db/**\\")', "pattern"),
        ('at_least(reach.level, "high")', 'touches(\\"*.sql\\")', "pattern"),
        ("  peer: {", "  idle: { team: none }\n  peer: {", "unused-group"),
        ("level_at_least: senior }", "persons: [p_nobody] }", "unknown-person"),
        ("level_at_least: senior }", "team: pagers }", "too-small"),
        ("level_at_least: senior }", "persons: [p_senior] }", "too-small"),
        ("[{ approvals: 1, from: senior }]", "[{ approvals: 1, from: peer }]", "idle-rule"),
        ("[{ approvals: 1, from: senior }]", "[{ check: unit, producer: ci }]", "unknown-producer"),
        ("{ approvals: 1, from: senior }]", "{ approvals: 1, from: senior, trained: x }]", "too-small"),
        ("default:", "override: { from: senior, presence: false }\ndefault:", "override-without-presence"),
    ],
)
def test_a_mistake_is_found(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in POLICY
    text = POLICY.replace(old, new.replace('\\"', '"'), 1)
    if "touches" in new or "environment.name" in new:
        text = text.replace(f"when: {new}".replace('\\"', '"'), "when: '" + new.replace('\\"', '"') + "'")
    shop = a_shop(tmp_path, POLICY)
    said = shop.run("policy", "lint", str(put(tmp_path / "rules", text)), "--json")
    assert said.status in {0, 11}, said.err
    found = [one for one in said.json["findings"] if one["code"] == code]
    assert found, said.json["findings"]
    assert said.status == (11 if found[0]["severity"] != "note" else 0)


TRIALS = """\
version: 1
cases:
  - name: an ordinary change needs a peer
    authors: [p_author]
    approved_by: [p_peer]
    expect: pass
  - name: AI needs a senior
    provenance: ai_disclosed
    approved_by: [p_peer]
    expect: hold
    needs: ["1 approval from senior"]
  - name: a no holds
    approved_by: [p_peer]
    rejected_by: [p_other]
    expect: hold
    needs: []
"""


def test_policy_tests_are_decided_by_the_same_gate(tmp_path: Path) -> None:
    rules = put(tmp_path / "rules", POLICY)
    (rules / "tests").mkdir()
    (rules / "tests" / "ai.yaml").write_text(TRIALS)
    shop = a_shop(tmp_path, POLICY)
    said = shop.run("policy", "test", str(rules), "--json")
    assert said.status == 0, said.out
    assert [one["verdict"] for one in said.json["cases"]] == ["pass", "hold", "hold"]


def test_a_policy_test_that_comes_out_otherwise_fails_with_its_line(tmp_path: Path) -> None:
    rules = put(tmp_path / "rules", POLICY)
    (rules / "tests").mkdir()
    (rules / "tests" / "ai.yaml").write_text(TRIALS.replace("provenance: ai_disclosed", "level: low"))
    said = a_shop(tmp_path, POLICY).run("policy", "test", str(rules))
    assert said.status == 11
    assert "ai.yaml:7: AI needs a senior: expected hold, and it is pass" in said.out


def test_no_policy_tests_are_no_success(tmp_path: Path) -> None:
    said = a_shop(tmp_path, POLICY).run("policy", "test", str(put(tmp_path / "rules", POLICY)))
    assert said.status == 2


def test_a_replay_says_what_another_policy_would_have_asked(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    yard.push("src/a.py", "a = 1\n")
    yard.git.commit(f"by a tool\n\n{AI}", {"src/b.py": "b = 1\n"})
    stricter = DEPLOYED.replace("from: peer }] }", "from: peer }, { rollback_plan: true }] }", 1)
    rules = put(tmp_path / "rules", stricter)
    said = yard.shop.run("policy", "replay", str(rules), "--since", "2000-01-01", "--json")
    assert said.status == 0, said.err
    found = said.json
    assert (found["changes"], found["held"], found["released"]) == (2, 2, 0)
    assert [one["state"] for one in found["landings"]] == ["ai_disclosed", "no_disclosure"]
    assert all("rollback plan" in json.dumps(one["asks"]) for one in found["landings"])
    again = yard.shop.run("policy", "replay", str(rules), "--since", "2000-01-01", "--json")
    assert again.out == said.out, "from the cache the same"
    looser = DEPLOYED.replace(
        "require: [{ approvals: 1, from: senior }]", "require: [{ approvals: 1, from: peer }]"
    )
    rules = put(tmp_path / "looser", looser)
    found = yard.shop.run("policy", "replay", str(rules), "--since", "2000-01-01", "--json").json
    assert (found["held"], found["released"]) == (0, 1)
