"""A decision made again from its bundle alone, on a machine without git, by somebody who trusts nobody."""

import copy
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from builders import POLICY, public_key
from realgit import a_repository
from scenes import APPROVALS, on_feature, said_again, text_of
from shopfloor import AI, Said, Shop, a_shop


@dataclass(frozen=True)
class Checked:
    """What `check --json` said, and the bundle it wrote."""

    shop: Shop
    said: Said
    bundle: str


def checked(shop: Shop, folder: Path) -> Checked:
    path = folder / "case.json"
    said = shop.run("check", "--json", "--bundle", str(path))
    return Checked(shop, said, path.read_text())


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checked]:
    """A case of each kind; nobody changes them."""

    def place(name: str) -> Path:
        return tmp_path_factory.mktemp(name)

    forbid = POLICY + '  - { name: keys, when: touches("keys/**"), forbid: no keys in git }\n'
    held = a_shop(place("hold"))
    on_feature(held, {"src/app.py": "x = 2\n"}, f"change\n\n{AI}", by="Stranger Danger <s@far.example>")
    held.approve("p_peer")
    held.approve("p_junior", "--anyway")
    held.run("approve", "--unsigned", "--as", "p_other", "--reject", "--reason", "näh")
    passed = a_shop(place("pass"))
    passed.change()
    passed.yes("p_peer")
    denied = a_shop(place("deny"), forbid)
    denied.change("a key", "keys/x", "secret\n")
    observed = a_shop(place("observe"), POLICY.replace("enforce", "observe"))
    observed.change()
    bare = Shop(a_repository(place("advisory") / "r"), place("keys"))
    bare.git.commit("1", {"a.py": "x = 1\n"})
    bare.git("switch", "--quiet", "-c", "feature")
    bare.git.commit("2", {"a.py": "x = 2\n"})
    carried = a_shop(place("carried"))
    carried.change()
    carried.yes("p_peer")
    carried.on_main("meanwhile", docs__x="1\n")
    carried.git("rebase", "--quiet", "main", who="p_author <author@shop.example>")
    shops = {
        "hold": held,
        "pass": passed,
        "deny": denied,
        "observe": observed,
        "advisory": bare,
        "carried": carried,
    }
    return {name: checked(shop, place(f"bundle-{name}")) for name, shop in shops.items()}


def decide(shop: Shop, folder: Path, bundle: str | bytes, *words: str) -> Said:
    """Decide a bundle in a folder that holds nothing else, with no program on the PATH."""
    away = folder / "away"
    away.mkdir(exist_ok=True)
    data = bundle.encode() if isinstance(bundle, str) else bundle
    (away / "case.json").write_bytes(data)
    return shop.run("decide", "case.json", *words, cwd=away, env={"PATH": str(away), "HOME": str(away)})


def sealed(bundle: dict[str, Any]) -> str:
    """The bundle with the digest that it should have: over everything but `digest` and `names`."""
    plain = text_of({**bundle, "digest": "", "names": {}})
    return text_of({**bundle, "digest": "sha256:" + hashlib.sha256(plain.encode()).hexdigest()})


def keys_file(folder: Path, *ids: str) -> str:
    path = folder / "keys"
    path.write_text("".join(f"{public_key(id_)}\n" for id_ in ids))
    return str(path)


@pytest.mark.promise(8)
@pytest.mark.parametrize("name", ["hold", "pass", "deny", "observe", "advisory", "carried"])
def test_promise_8_the_same_bytes_and_status_without_git_or_repository(
    cases: dict[str, Checked], tmp_path: Path, name: str
) -> None:
    case = cases[name]
    said = decide(case.shop, tmp_path, case.bundle, "--json")
    assert (said.out, said.status) == (case.said.out, case.said.status)
    assert "not authenticated" in said.err
    assert {path.name for path in (tmp_path / "away").iterdir()} == {"case.json"}


@pytest.mark.promise(8)
def test_promise_8_the_words_for_people_are_the_same_as_well(
    cases: dict[str, Checked], tmp_path: Path
) -> None:
    case = cases["pass"]
    said = decide(case.shop, tmp_path, case.bundle)
    assert (said.status, said.out.split()[0]) == (0, "PASS")
    assert said.out.split("\n")[1:] == case.shop.run("check").out.split("\n")[1:]


@pytest.mark.promise(8)
def test_promise_8_names_can_be_erased_and_the_bytes_stay(cases: dict[str, Checked], tmp_path: Path) -> None:
    case = cases["hold"]
    bundle = json.loads(case.bundle)
    assert bundle["names"]
    said = decide(case.shop, tmp_path, text_of({**bundle, "names": {}}), "--json")
    assert (said.out, said.status) == (case.said.out, case.said.status)
    assert "far.example" not in text_of({**bundle, "names": {}})
    assert "far.example" not in case.said.out


@pytest.mark.promise(8)
def test_promise_8_the_digest_of_these_tests_is_that_of_the_specification(cases: dict[str, Checked]) -> None:
    """The twin of the forgeries below: sealing an honest bundle anew changes nothing."""
    for case in cases.values():
        assert json.loads(sealed(json.loads(case.bundle))) == json.loads(case.bundle)


def altered(bundle: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(bundle)
    *folders, last = place.split(".")
    at: Any = changed
    for folder in folders:
        at = at[int(folder)] if folder.isdigit() else at[folder]
    if value is None:
        del at[last]
    else:
        at[last] = value
    assert changed != bundle
    return changed


ALTERATIONS: dict[str, Any] = {
    "now": "2020-01-01T00:00:00Z",
    "policy": POLICY.replace("senior: { level_at_least: senior }", "senior: { level_at_least: junior }"),
    "case.environment": "staging",
    "case.change.head": "1" * 40,
    "case.change.tree": "1" * 40,
    "case.reach.level": "none",
    "case.reach.docs_only": True,
    "case.provenance.state": "attested_none",
    "case.provenance.signals": [],
    "case.contributors": [],
    "case.statements": [],
    "case.people.persons": [],
    "case.rules.commit": "1" * 40,
    "case.what_if": True,
    "digest": "sha256:" + "0" * 64,
}


@pytest.mark.promise(8)
@pytest.mark.parametrize("place", ALTERATIONS)
def test_promise_8_one_altered_field_is_refused(
    cases: dict[str, Checked], tmp_path: Path, place: str
) -> None:
    case = cases["hold"]
    bundle = altered(json.loads(case.bundle), place, ALTERATIONS[place])
    said = decide(case.shop, tmp_path, text_of(bundle), "--json")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("blastdoor: error: ")


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("v", 2, "2"),
        ("decision", 2, "2"),
        ("case.v", 2, "2"),
        ("kind", "blastdoor-bundel", "kind"),
        ("extra", 1, "extra"),
        ("case.extra", 1, "extra"),
        ("case.reach.level", "apocalyptic", "level"),
        ("case.change.commits", "many", "commits"),
        ("case.rules", None, "rules"),
        ("policy", "version: [", "policy"),
        ("now", "yesterday", "now"),
    ],
)
@pytest.mark.promise(1)
def test_promise_1_a_bundle_of_another_form_or_version_is_refused_by_name(
    cases: dict[str, Checked], tmp_path: Path, place: str, value: Any, says: str
) -> None:
    """Even where its digest is right: whoever made it made it whole."""
    case = cases["pass"]
    bundle = json.loads(case.bundle)
    changed = {**bundle, place: value} if place == "extra" else None
    if place == "case.extra":
        changed = {**bundle, "case": {**bundle["case"], "extra": 1}}
    said = decide(case.shop, tmp_path, sealed(changed or altered(bundle, place, value)), "--json")
    assert (said.status, said.out) == (2, "")
    assert says in said.err


@pytest.mark.promise(1)
@pytest.mark.parametrize(
    "how", ["empty", "cut", "twice", "null", "list", "nest", "not text", "words", "byte mark"]
)
def test_promise_1_a_file_that_is_no_bundle_is_refused(
    cases: dict[str, Checked], tmp_path: Path, how: str
) -> None:
    case = cases["pass"]
    data = {
        "empty": b"",
        "cut": case.bundle.encode()[: len(case.bundle) // 2],
        "twice": case.bundle.encode() * 2,
        "null": b"null",
        "list": b"[]",
        "nest": b"[" * 100_000,
        "not text": b"\xff\xfe\x00",
        "words": b"all is well",
        "byte mark": b"\xef\xbb\xbf" + case.bundle.encode(),
    }[how]
    said = decide(case.shop, tmp_path, data, "--json")
    assert (said.status, said.out) == (2, "")
    assert "case.json" in said.err


def test_a_bundle_that_is_not_there_is_refused_by_name(cases: dict[str, Checked], tmp_path: Path) -> None:
    for name in ("absent.json", str(tmp_path)):
        said = cases["pass"].shop.run("decide", name, "--json")
        assert (said.status, said.out) == (2, "")
        assert name in said.err


# Signatures ------------------------------------------------------------------------------------------


@pytest.mark.promise(8)
def test_promise_8_with_the_keys_of_those_who_signed_it_is_authenticated(
    cases: dict[str, Checked], tmp_path: Path
) -> None:
    case = cases["pass"]
    said = decide(case.shop, tmp_path, case.bundle, "--json", "--key", keys_file(tmp_path, "p_peer"))
    assert (said.out, said.status, said.err) == (case.said.out, 0, "")
    several = keys_file(tmp_path, "p_senior", "p_peer", "p_other")
    assert decide(case.shop, tmp_path, case.bundle, "--json", "--key", several).status == 0


@pytest.mark.promise(8)
def test_promise_8_with_keys_of_others_it_is_refused(cases: dict[str, Checked], tmp_path: Path) -> None:
    case = cases["pass"]
    said = decide(case.shop, tmp_path, case.bundle, "--json", "--key", keys_file(tmp_path, "p_senior"))
    assert (said.status, said.out) == (2, "")


@pytest.mark.promise(8)
def test_promise_8_a_bundle_forged_whole_is_found_by_the_keys(
    cases: dict[str, Checked], tmp_path: Path
) -> None:
    """The roster in it lists a forger's key for p_peer, the forger signs, the digest is right."""
    case = cases["pass"]
    forged = case.bundle.replace(public_key("p_peer"), public_key("p_mallory"))
    bundle = json.loads(forged)
    (recorded,) = bundle["case"]["statements"]
    recorded["envelope"] = said_again(recorded["envelope"], "p_mallory")
    text = sealed(bundle)
    without = decide(case.shop, tmp_path, text, "--json")
    assert "not authenticated" in without.err
    with_keys = decide(case.shop, tmp_path, text, "--json", "--key", keys_file(tmp_path, "p_peer"))
    assert (with_keys.status, with_keys.out) == (2, "")


@pytest.mark.promise(8)
def test_promise_8_signatures_are_verified_again_even_without_keys(
    cases: dict[str, Checked], tmp_path: Path
) -> None:
    case = cases["pass"]
    bundle = json.loads(case.bundle)
    (recorded,) = bundle["case"]["statements"]
    payload = recorded["envelope"]["payload"]
    assert '"person":"p_peer"' in payload
    recorded["envelope"]["payload"] = payload.replace('"given_at":"2', '"given_at":"1')
    said = decide(case.shop, tmp_path, sealed(bundle), "--json")
    assert said.status in {2, 10}, said.out
    assert said.status == 2 or said.json["verdict"] == "hold"


@pytest.mark.parametrize("text", ["", "words\n", "ssh-ed25519 AAAA\n"], ids=["empty", "words", "cut"])
def test_a_file_of_keys_that_holds_none_is_refused(
    cases: dict[str, Checked], tmp_path: Path, text: str
) -> None:
    (tmp_path / "keys").write_text(text)
    case = cases["pass"]
    said = decide(case.shop, tmp_path, case.bundle, "--json", "--key", str(tmp_path / "keys"))
    assert (said.status, said.out) == (2, "")
    assert "keys" in said.err


def test_writing_a_bundle_says_the_same_as_not_writing_it(cases: dict[str, Checked]) -> None:
    case = cases["carried"]
    plain = case.shop.run("check", "--json").json
    for name in ("verdict", "demands", "votes", "reasons", "openings"):
        assert plain[name] == case.said.json[name]
    assert case.shop.git("for-each-ref", "--format=x", APPROVALS) == "x"
