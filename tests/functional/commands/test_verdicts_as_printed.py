"""Verdicts as the command prints them: exits, words, documents, and where it may be asked from."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from builders import POLICY
from realgit import RealGit, a_repository
from scenes import commit, files_below, land, on_feature
from schemas import FOLDER
from shopfloor import AI, Said, Shop, a_shop, catalogue, people_yaml

FORBIDDING = POLICY + '  - { name: keys, when: touches("keys/**"), forbid: no keys in git }\n'
STATUS = {"pass": 0, "hold": 10, "deny": 11}


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shop]:
    """One shop for each answer that the door gives; nobody writes to them."""

    def place(name: str) -> Path:
        return tmp_path_factory.mktemp(name)

    held = a_shop(place("hold"))
    held.change(f"change\n\n{AI}")
    passed = a_shop(place("pass"))
    passed.change()
    passed.yes("p_peer")
    denied = a_shop(place("deny"), FORBIDDING)
    denied.change("a key", "keys/x", "secret\n")
    observed = a_shop(place("observe"), POLICY.replace("enforce", "observe"))
    observed.change()
    bare = Shop(a_repository(place("advisory") / "r"), place("keys"))
    bare.git.commit("1", {"a.py": "x = 1\n"})
    bare.git("switch", "--quiet", "-c", "feature")
    bare.git.commit("2", {"a.py": "x = 2\n"})
    return {"hold": held, "pass": passed, "deny": denied, "observe": observed, "advisory": bare}


@pytest.fixture(scope="module")
def answers(doors: dict[str, Shop]) -> dict[str, Said]:
    return {name: shop.run("check", "--json") for name, shop in doors.items()}


@pytest.mark.parametrize("name", ["hold", "pass", "deny", "observe", "advisory"])
def test_every_answer_is_one_canonical_document_of_the_schema(answers: dict[str, Said], name: str) -> None:
    said = answers[name]
    document = json.loads(said.out)
    jsonschema.validate(document, json.loads((FOLDER / "verdict.json").read_text()))
    assert said.out == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert said.err == ""


@pytest.mark.parametrize("name", ["hold", "pass", "deny", "observe", "advisory"])
def test_the_exit_status_is_the_verdict_and_the_words_agree(
    doors: dict[str, Shop], answers: dict[str, Said], name: str
) -> None:
    document = answers[name].json
    expected = 0 if document["mode"] == "observe" else STATUS[document["verdict"]]
    said = doors[name].run("check")
    assert (answers[name].status, said.status) == (expected, expected)
    assert said.out.split()[:1] == (["WOULD"] if name == "observe" else [document["verdict"].upper()])
    assert "\x1b" not in said.out
    for opening in document["openings"]:
        for step in opening["steps"]:
            assert step["text"] in " ".join(said.out.split())


def test_the_answers_are_those_expected(answers: dict[str, Said]) -> None:
    told = {name: (said.json["verdict"], said.json["mode"], said.status) for name, said in answers.items()}
    assert told == {
        "hold": ("hold", "enforce", 10),
        "pass": ("pass", "enforce", 0),
        "deny": ("deny", "enforce", 11),
        "observe": ("hold", "observe", 0),
        "advisory": ("hold", "enforce", 10),
    }


def test_what_passes_has_no_reasons_and_what_does_not_has_some(answers: dict[str, Said]) -> None:
    for said in answers.values():
        document = said.json
        assert bool(document["reasons"]) == (document["verdict"] != "pass")
        assert bool(document["openings"]) == (document["verdict"] == "hold")


def test_a_denial_names_its_rule_and_its_reason(answers: dict[str, Said], doors: dict[str, Shop]) -> None:
    (reason,) = [one for one in answers["deny"].json["reasons"] if one["code"] == "forbidden"]
    assert (reason["rule"], "no keys in git" in reason["text"]) == ("keys", True)
    assert "no keys in git" in doors["deny"].run("check").out


def test_no_approval_opens_what_is_denied(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, FORBIDDING)
    shop.change("a key", "keys/x", "secret\n")
    for person in ("p_peer", "p_senior", "p_elder"):
        shop.approve(person, "--anyway")
    verdict = shop.check()
    assert (verdict["verdict"], verdict["exit"], verdict["openings"]) == ("deny", 11, [])


def test_without_a_roster_nobody_can_approve_and_nothing_is_written(doors: dict[str, Shop]) -> None:
    bare = doors["advisory"]
    said = bare.approve("p_peer")
    assert said.status in {2, 11}
    assert bare.git("for-each-ref", "refs/blastdoor") == ""
    assert bare.check()["verdict"] == "hold"


def test_the_same_question_has_the_same_answer_but_for_the_time(
    doors: dict[str, Shop], answers: dict[str, Said]
) -> None:
    def timeless(document: Any) -> Any:
        return {name: value for name, value in document.items() if name not in {"id", "decided_at"}}

    assert timeless(doors["hold"].run("check", "--json").json) == timeless(answers["hold"].json)


def test_check_changes_nothing_in_the_repository(doors: dict[str, Shop]) -> None:
    before = files_below(doors["hold"].repository)
    doors["hold"].run("check")
    assert files_below(doors["hold"].repository) == before


# Where it may be asked from --------------------------------------------------------------------------


def answer(verdict: Any) -> tuple[Any, ...]:
    return verdict["verdict"], verdict["change"], verdict["reach"], verdict["provenance"], verdict["rules"]


def test_a_folder_inside_another_folder_and_a_detached_head_give_the_same_answer(
    doors: dict[str, Shop], answers: dict[str, Said], tmp_path: Path
) -> None:
    shop = doors["hold"]
    expected = answer(answers["hold"].json)
    inside = shop.run("check", "--json", cwd=shop.repository / "src")
    outside = shop.run("check", "--json", "--repo", str(shop.repository), cwd=tmp_path)
    by_commit = shop.run("check", "--json", "--head", shop.git("rev-parse", "feature"))
    by_branch = shop.run("check", "--json", "--head", "feature")
    for said in (inside, outside, by_commit, by_branch):
        assert answer(said.json) == expected


def test_a_bare_repository_and_a_work_tree_beside_give_the_same_answer(
    doors: dict[str, Shop], answers: dict[str, Said], tmp_path: Path
) -> None:
    shop = doors["hold"]
    shop.git("clone", "--quiet", "--mirror", str(shop.repository), str(tmp_path / "bare"))
    RealGit(tmp_path / "bare")("symbolic-ref", "HEAD", "refs/heads/main")
    bare = shop.run("check", "--json", "--head", "feature", "--repo", str(tmp_path / "bare"))
    expected = answers["hold"].json["change"]
    ignored = {"repository", "id"}
    assert {k: v for k, v in bare.json["change"].items() if k not in ignored} == {
        k: v for k, v in expected.items() if k not in ignored
    }
    assert bare.json["verdict"] == "hold"


def test_a_base_of_ones_own_is_a_what_if_and_is_marked(doors: dict[str, Shop]) -> None:
    shop = doors["hold"]
    verdict = shop.check("--base", "main")
    assert verdict["what_if"] is True
    assert "what" in shop.run("check", "--base", "main").out.lower()
    assert shop.check()["what_if"] is False


# Demands ---------------------------------------------------------------------------------------------


def test_a_distant_tier_one_service_takes_two_persons_one_of_them_senior(tmp_path: Path) -> None:
    files = {
        "libs/money/money/__init__.py": "",
        "libs/money/money/rates.py": "RATE = 1\n",
        "libs/money/money/sums.py": "from money.rates import RATE\n",
        "services/checkout/catalog-info.yaml": catalogue("checkout", 1),
        "services/checkout/app.py": "from money.sums import RATE\n",
    }
    shop = a_shop(tmp_path, **files)
    shop.change("rates", "libs/money/money/rates.py", "RATE = 2\n")
    verdict = shop.check()
    assert (verdict["reach"]["level"], verdict["reach"]["tier"]) == ("high", 1)
    witness = next(rule["witness"] for rule in verdict["reach"]["rules"] if rule["level"] == "high")
    assert witness[0] == "libs/money/money/rates.py"
    shop.yes("p_peer")
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_other")
    assert shop.check()["verdict"] == "hold"
    shop.yes("p_senior")
    assert shop.check()["verdict"] == "pass"


@pytest.mark.parametrize(
    "path",
    ["AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md", ".cursor/rules/a.md", "docs/conf.py"],
)
def test_what_agents_and_tools_obey_is_no_document(tmp_path: Path, path: str) -> None:
    shop = a_shop(tmp_path)
    on_feature(shop, {path: "do this\n"}, f"words\n\n{AI}")
    verdict = shop.check()
    assert verdict["reach"]["docs_only"] is False
    assert "AI needs a senior" in {demand["rule"] for demand in verdict["demands"]}


def test_each_environment_has_its_own_mode_and_conditions(tmp_path: Path) -> None:
    policy = POLICY.replace("{ production: enforce }", "{ production: enforce, staging: observe }").replace(
        "  production: { branch: main }\n",
        "  production: { branch: main }\n  staging: { branch: main }\n",
    )
    rule = '  - name: more for production\n    when: environment.name == "production"\n'
    shop = a_shop(tmp_path, policy + rule + "    require: [{ approvals: 2, from: peer }]\n")
    shop.change()
    production, staging = shop.check(), shop.check("--environment", "staging")
    assert [one["rule"] for one in production["demands"]] == ["default", "more for production"]
    assert [one["rule"] for one in staging["demands"]] == ["default"]
    assert (staging["environment"], staging["mode"], staging["exit"]) == ("staging", "observe", 0)
    assert (production["environment"], production["mode"], production["exit"]) == (
        "production",
        "enforce",
        10,
    )


@pytest.mark.parametrize(
    ("begins", "ends", "applies"),
    [
        ("2020-01-01", "2099-12-31", True),
        ("2020-01-01", "2020-12-31", False),
        ("2099-01-01", "2099-12-31", False),
    ],
)
def test_an_overlay_asks_between_its_dates_alone(
    tmp_path: Path, begins: str, ends: str, applies: bool
) -> None:
    overlay = (
        f"overlays:\n  - name: reset\n    from: {begins}\n    until: {ends}\n    when: 'true'\n"
        "    require: [{ approvals: 2, from: peer }, { change_record: true }]\n"
    )
    shop = a_shop(tmp_path, POLICY + overlay)
    shop.change()
    shop.yes("p_peer")
    shop.approve("p_other", "--anyway")
    verdict = shop.check()
    assert ("reset" in {demand["rule"] for demand in verdict["demands"]}) is applies
    assert verdict["verdict"] == ("hold" if applies else "pass")


@pytest.mark.parametrize(
    ("requirement", "what"),
    [
        ("{ change_record: true }", "change"),
        ("{ rollback_plan: true }", "rollback"),
        ("{ check: unit, producer: ci }", "unit"),
    ],
)
@pytest.mark.promise(22)
def test_promise_22_what_nobody_proven_gives_stays_owed(tmp_path: Path, requirement: str, what: str) -> None:
    rule = f"  - {{ name: more, when: 'true', require: [{requirement}] }}\n"
    shop = a_shop(tmp_path, POLICY + rule)
    shop.change()
    shop.yes("p_peer")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    (owed,) = [demand for demand in verdict["demands"] if not demand["met"]]
    assert what in owed["requirement"]


def test_touches_matches_names_of_every_kind_and_both_sides_of_a_rename(tmp_path: Path) -> None:
    rule = '  - { name: vault, when: touches("vault/**"), require: [{ approvals: 2, from: senior }] }\n'
    shop = a_shop(tmp_path, POLICY + rule, vault__x="")
    land(shop, {"vault/a.txt": "one long line that git will see again\n" * 9})
    shop.git("reset", "--quiet", "--hard", "main")
    on_feature(shop, {"vault/a.txt": None, "free.txt": "one long line that git will see again\n" * 9})
    assert "vault" in {demand["rule"] for demand in shop.check()["demands"]}


def test_a_roster_that_cannot_serve_a_demand_is_told_so_and_nothing_opens(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, POLICY, people_yaml(p_senior="engineer", p_elder="engineer"))
    shop.change(f"change\n\n{AI}")
    verdict = shop.check()
    assert verdict["verdict"] == "hold"
    assert all(not opening["certain"] or opening["steps"] for opening in verdict["openings"])
    said = shop.run("check").out
    assert "senior" in said


def test_commits_written_by_plumbing_are_seen_like_any_other(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    made = commit(shop.git, "feature", {"src/app.py": "x = 9\n"}, by="p_author", committer="p_other")
    verdict = shop.check()
    assert (verdict["change"]["head"], verdict["change"]["files"]) == (made, 1)
    assert {one["id"] for one in verdict["contributors"]} == {"p_author", "p_other"}
