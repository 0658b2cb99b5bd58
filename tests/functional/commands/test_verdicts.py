"""The door as its users meet it: verdicts on real repositories."""

import json
from pathlib import Path

import jsonschema
import pytest

from builders import POLICY
from realgit import a_repository
from schemas import FOLDER
from shopfloor import AI, Shop, a_shop, catalogue


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path)


def met(verdict: dict[str, list[dict[str, str]]]) -> dict[str, bool]:
    rules: dict[str, bool] = {}
    for demand in verdict["demands"]:
        rules[demand["rule"]] = bool(demand["met"]) and rules.get(demand["rule"], True)
    return rules


def test_an_ordinary_change_needs_one_peer_and_then_passes(shop: Shop) -> None:
    shop.change()
    before = shop.check()
    assert (before["verdict"], before["exit"]) == ("hold", 10)
    shop.yes("p_peer")
    after = shop.check()
    assert (after["verdict"], after["exit"], after["openings"]) == ("pass", 0, [])


def test_an_ai_assisted_change_needs_a_senior(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_peer")
    assert met(shop.check()) == {"default": True, "AI needs a senior": False}
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "pass"


def test_an_ai_assisted_document_needs_only_a_peer(shop: Shop) -> None:
    shop.change(f"words\n\n{AI}", "README.md", "# the shop\n")
    assert set(met(shop.check())) == {"default"}


def test_wide_reach_is_found_through_imports_and_the_catalogue(tmp_path: Path) -> None:
    files = {
        "libs/money/money/__init__.py": "",
        "libs/money/money/rates.py": "RATE = 1\n",
        "services/checkout/catalog-info.yaml": catalogue("checkout", 1),
        "services/checkout/app.py": "from money.rates import RATE\n",
        "services/front/catalog-info.yaml": catalogue("front", 3, "checkout"),
    }
    shop = a_shop(tmp_path, **files)
    shop.change("rates", "libs/money/money/rates.py", "RATE = 2\n")
    reach = shop.check()["reach"]
    assert (reach["level"], reach["tier"]) == ("critical", 1)
    paths = {service["name"]: service["path"] for service in reach["services"]}
    assert paths["front"] == ["libs/money/money/rates.py", "services/checkout/app.py", "checkout", "front"]
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "pass"


def test_only_a_forbidding_rule_denies(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY + '  - { name: keys, when: touches("keys/**"), forbid: not in git }\n')
    shop.change("a key", "keys/x", "secret\n")
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"]) == ("deny", 11)


def test_observing_lets_through_and_says_what_it_would(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY.replace("enforce", "observe"))
    shop.change()
    verdict = shop.check()
    assert (verdict["verdict"], verdict["mode"], verdict["exit"]) == ("hold", "observe", 0)
    assert shop.run("check").out.startswith("WOULD HOLD")


def test_without_any_set_up_the_verdict_is_advisory(tmp_path: Path) -> None:
    git = a_repository(tmp_path / "bare")
    git.commit("1", {"a.py": "x = 1\n"})
    git("switch", "--quiet", "-c", "feature")
    git.commit("2", {"a.py": "x = 2\n"})
    shop = Shop(git, tmp_path)
    verdict = shop.check()
    assert (verdict["advisory"], verdict["exit"]) == (True, 10)
    assert "blastdoor init" in verdict["openings"][0]["steps"][0]["text"]
    assert not (git.folder / ".git" / "blastdoor" / "state.sqlite").exists()


def test_init_and_the_built_in_policy_ask_the_same(tmp_path: Path) -> None:
    git = a_repository(tmp_path / "r")
    git.commit("1", {"a.py": "x = 1\n"})
    git("switch", "--quiet", "-c", "feature")
    git.commit(f"2\n\n{AI}", {"a.py": "x = 2\n", ".github/workflows/ci.yml": "on: push\n"})
    shop = Shop(git, tmp_path)
    built_in = shop.check()
    git("switch", "--quiet", "main")
    assert shop.run("init").status == 0
    git.commit("rules")
    git("switch", "--quiet", "feature")
    own = shop.check()
    assert own["demands"] == built_in["demands"]
    assert (own["advisory"], own["mode"], own["exit"]) == (False, "observe", 0)
    again = shop.run("init")
    assert again.status == 0 or "is there already" in again.err


def test_the_words_for_people_name_verdict_reasons_and_openings(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    said = shop.run("check")
    assert said.status == 10
    for words in ("HOLD", "AI took part", "claude-code", "AI needs a senior", "to open", "p_senior"):
        assert words in said.out
    assert "\x1b" not in said.out


def test_json_is_one_canonical_document_of_the_committed_schema(shop: Shop) -> None:
    shop.change(f"change\n\n{AI}")
    shop.yes("p_senior")
    said = shop.run("check", "--json")
    document = json.loads(said.out)
    jsonschema.validate(document, json.loads((FOLDER / "verdict.json").read_text()))
    assert said.out == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert said.err == ""
