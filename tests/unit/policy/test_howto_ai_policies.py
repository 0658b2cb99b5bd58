"""The rules that the page on AI policies shows load, and do what it says."""

import re
from pathlib import Path

import msgspec
import pytest

from blastdoor.gate import decide
from blastdoor.policy import load_policy
from builders import POLICY, a_case, a_provenance, changed

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "howto" / "ai-policies.md"
RULES = re.findall(r"```yaml\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
NOW = "2026-03-10T12:00:00Z"


def policy(rule: str) -> str:
    return POLICY + "".join(f"  {line}\n" for line in rule.splitlines())


def test_the_page_has_its_four_rules() -> None:
    assert len(RULES) == 4


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_loads(rule: str) -> None:
    load_policy(policy(rule).encode(), "policy.yaml")


@pytest.mark.parametrize(
    ("rule", "fields", "verdict"),
    [
        (1, {"state": "ai_disclosed"}, "deny"),
        (1, {"state": "no_disclosure"}, "hold"),
        (2, {"tool_as_author": True}, "deny"),
        (2, {"tool_as_author": False}, "hold"),
    ],
)
def test_a_rule_denies_what_it_says(rule: int, fields: dict[str, object], verdict: str) -> None:
    loaded = load_policy(policy(RULES[rule]).encode(), "policy.yaml")
    case = changed(a_case(), provenance=msgspec.structs.replace(a_provenance(), **fields))
    assert decide(case, loaded, NOW).verdict == verdict


@pytest.mark.parametrize(("rule", "fields"), [(0, {"undeclared": True}), (3, {"state": "no_disclosure"})])
def test_a_rule_asks_for_what_it_says(rule: int, fields: dict[str, object]) -> None:
    loaded = load_policy(policy(RULES[rule]).encode(), "policy.yaml")
    case = changed(a_case(), provenance=msgspec.structs.replace(a_provenance(), **fields))
    assert any("from senior" in demand.requirement for demand in decide(case, loaded, NOW).demands)
