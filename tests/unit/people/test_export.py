"""The directory file adds people, teams and departures; people.yaml ranks higher."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.errors import InputError
from blastdoor.people import Hand, find_contributors, load_directory, merge_export, read_people

FILE = ".blastdoor/directory.json"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPG05bGEDkZBvo1mRGVXjXUbyfTpUR3RF/pLbEfROrcs"
LEVELS = ("junior", "engineer", "senior", "principal")
PEOPLE = f"""\
version: 1
directory: {{ levels: {{ staff: senior, leads: principal, everyone: junior }} }}
persons:
  - id: p_ines
    level: engineer
    teams: [payments, {{ name: sre, until: 2026-06-30 }}]
    accounts:
      - {{ provider: git, id: ines@shop.example }}
      - {{ provider: github, id: 1234567, login: octo }}
    keys: ["{KEY}"]
  - id: p_jon
    accounts: [{{ provider: git, id: jon@shop.example }}]
  - id: p_gone
    level: senior
    active: false
    accounts: [{{ provider: git, id: gone@shop.example }}]
agents:
  - id: a_bot
    accounts: [{{ provider: git, id: bot@shop.example }}]
"""
DIRECTORY = load_directory(PEOPLE.encode(), "people.yaml")


def user(id_: str, *mails: str, **fields: Any) -> dict[str, Any]:
    emails = [{"value": mail} for mail in mails]
    return {"schemas": [USER], "id": id_, "userName": f"{id_}-name", "emails": emails, **fields}


def group(id_: str, name: str, *members: str, **fields: Any) -> dict[str, Any]:
    values = [{"value": member} for member in members]
    return {"schemas": [GROUP], "id": id_, "displayName": name, "members": values, **fields}


def scim(*resources: dict[str, Any], **fields: Any) -> bytes:
    top = {"schemas": [LIST], "totalResults": len(resources), "Resources": list(resources), **fields}
    return json.dumps(top).encode()


def teams(**members: list[dict[str, Any]]) -> bytes:
    return json.dumps([{"slug": slug, "members": people} for slug, people in members.items()]).encode()


def merged(data: bytes, text: str = PEOPLE) -> Any:
    directory = load_directory(text.encode(), "people.yaml")
    return merge_export(directory, data, FILE, directory.group_levels)


def person(data: bytes, id_: str = "p_ines") -> Any:
    return merged(data).roster.person(id_)


def test_a_group_is_a_team_of_whoever_has_the_mailbox() -> None:
    data = scim(user("u1", "Ines@Shop.example"), group("g1", "web", "u1"), group("g2", "ops", "u1"))
    assert person(data).teams == ("payments", "ops", "web")


def test_a_forge_s_team_is_one_of_whoever_has_the_number() -> None:
    data = teams(web=[{"id": 1234567, "login": "octo"}], ops=[{"id": 1234567, "login": "octo"}])
    assert person(data).teams == ("payments", "ops", "web")


@pytest.mark.parametrize(
    "one",
    [
        user("u1", "1234567+whoever@users.noreply.github.com"),
        user("u1", externalId="github:1234567"),
        user("u1", "other@shop.example", "INES@shop.example"),
    ],
)
def test_a_number_of_a_forge_or_any_mailbox_finds_the_person(one: dict[str, Any]) -> None:
    assert "web" in person(scim(one, group("g1", "web", "u1"))).teams


@pytest.mark.parametrize(
    "one",
    [
        user("u1", userName="ines@shop.example"),
        user("p_ines"),
        user("u1", userName="octo"),
        user("u1", displayName="p_ines"),
        user("1234567", externalId="1234567"),
        user("u1", externalId="git:1234567"),
        user("u1", externalId="gitlab:1234567"),
        user("u1", "octo@users.noreply.github.com"),
    ],
)
def test_nothing_else_finds_a_person(one: dict[str, Any]) -> None:
    found = merged(scim(one, group("g1", "web", one["id"])))
    assert found.roster.person("p_ines") == DIRECTORY.roster.person("p_ines")
    assert len(found.roster.persons) == len(DIRECTORY.roster.persons) + 1


def test_a_login_alone_finds_nobody_in_a_list_of_teams() -> None:
    with pytest.raises(InputError, match=r"\[0\]\.members\[0\]: the login octo is also p_ines's"):
        merged(teams(web=[{"id": 99, "login": "Octo"}]))


def test_users_say_their_groups_too_as_directories_list_nested_ones() -> None:
    data = scim(
        user("u1", "jon@shop.example", groups=[{"value": "g1"}, {"value": "far", "display": "leads"}]),
        group("g1", "web"),
    )
    assert (person(data, "p_jon").teams, person(data, "p_jon").level) == (("leads", "web"), "principal")


def test_a_team_that_people_yaml_dates_ends_when_it_says() -> None:
    ines = person(scim(user("u1", "ines@shop.example"), group("g1", "sre", "u1")))
    assert [ines.on(day).teams for day in ("2026-06-30", "2026-07-01")] == [
        ("payments", "sre"),
        ("payments",),
    ]


def test_whoever_has_left_is_inactive_and_nobody_comes_back() -> None:
    assert person(scim(user("u1", "ines@shop.example", active=True))).active
    assert person(scim(user("u1", "ines@shop.example"))).active
    assert not person(scim(user("u1", "ines@shop.example", active=False))).active
    assert not person(scim(user("u1", "ines@shop.example", ACTIVE=False))).active
    assert not person(scim(user("u1", "gone@shop.example", active=True)), "p_gone").active


def test_one_departed_user_of_two_makes_the_person_inactive() -> None:
    both = "[{ provider: git, id: jon@shop.example }, { provider: git, id: admin@shop.example }]"
    text = PEOPLE.replace("[{ provider: git, id: jon@shop.example }]", both)
    data = scim(user("u1", "jon@shop.example"), user("u2", "admin@shop.example", active=False))
    assert not merged(data, text).roster.person("p_jon").active


def test_a_level_comes_from_a_group_only_where_people_yaml_gives_none() -> None:
    data = scim(
        user("u1", "ines@shop.example"),
        user("u2", "jon@shop.example"),
        user("u3", "new@shop.example"),
        group("g1", "staff", "u1", "u2", "u3"),
        group("g2", "everyone", "u1", "u2", "u3"),
    )
    found = merged(data)
    levels = {one.id: one.level for one in found.roster.persons}
    new = found.owner_of_mailbox("new@shop.example")
    assert (levels["p_ines"], levels["p_jon"], levels[new]) == ("engineer", "senior", "senior")


def test_without_a_group_the_level_is_the_most_junior() -> None:
    found = merged(scim(user("u1", "jon@shop.example"), user("u2", "new@shop.example")))
    assert {found.roster.person("p_jon").level, found.roster.persons[-1].level} == {"junior"}


def test_dated_levels_are_levels_that_people_yaml_gives() -> None:
    text = PEOPLE.replace("level: engineer", "level: [{ is: engineer, from: 2026-01-01 }]")
    ines = merged(scim(user("u1", "ines@shop.example"), group("g1", "leads", "u1")), text).roster.person(
        "p_ines"
    )
    assert [ines.on(day).level for day in ("2025-12-31", "2026-01-01")] == ["junior", "engineer"]


def test_the_unlisted_are_known_contributors_without_keys() -> None:
    found = merged(scim(user("u1", "new@shop.example", displayName="N. Ew"), group("g1", "web", "u1")))
    new = found.roster.persons[-1]
    assert new.id.startswith("p_")
    assert len(new.id) == 18
    assert set(new.id[2:]) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert (new.keys, new.teams, new.active, found.names[new.id]) == ((), ("web",), True, "N. Ew")
    hand = Hand(role="author", name="N", mail="New@shop.example")
    assert [(one.id, one.kind) for one in find_contributors([[hand]], found).found] == [(new.id, "person")]
    before = find_contributors([[hand]], DIRECTORY).found
    assert [one.kind for one in before] == ["unmapped"]


def test_the_unlisted_of_a_forge_are_known_by_number_and_login() -> None:
    found = merged(teams(web=[{"id": 77, "login": "New-One"}, {"id": 78}]))
    first = found.owner_of_mailbox("77+renamed@users.noreply.github.com")
    assert first == found.owner_of_login("new-one")
    assert first is not None
    assert first.startswith("p_")
    assert found.owner_of_mailbox("78+x@users.noreply.github.com") not in {None, first}


def test_an_id_stays_when_everything_but_the_users_own_changes() -> None:
    before = merged(scim(user("u1", "new@shop.example"), user("u0")))
    after = merged(scim(user("u1", "married@shop.example", displayName="Other", active=False)))
    assert before.owner_of_mailbox("new@shop.example") == after.owner_of_mailbox("married@shop.example")


def test_further_mailboxes_belong_to_the_same_person_or_agent() -> None:
    data = scim(
        user("u1", "ines@shop.example", "i@shop.example"), user("u2", "bot@shop.example", "b@shop.example")
    )
    found = merged(data)
    assert found.owner_of_mailbox("I@shop.example") == "p_ines"
    assert found.owner_of_mailbox("b@shop.example") == "a_bot"
    assert len(found.roster.persons) == 3


@pytest.mark.parametrize(
    "data",
    [
        teams(web=[{"id": 8, "login": "jon"}]),
        scim(user("u1", "8+renamed@users.noreply.github.com")),
        scim(user("u1", externalId="github:8")),
    ],
)
def test_a_mailbox_of_people_yaml_keeps_its_owner_when_the_export_names_its_number(data: bytes) -> None:
    found = merged(data, PEOPLE.replace("id: jon@shop.example", "id: 8+jon@users.noreply.github.com"))
    assert found.owner_of_mailbox("8+jon@users.noreply.github.com") == "p_jon"
    assert len(found.roster.persons) == 3


def test_null_is_no_value() -> None:
    data = scim(user("u1", "ines@shop.example", active=None, externalId=None, displayName=None, groups=None))
    assert person(data) == DIRECTORY.roster.person("p_ines")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            scim(user("u1", "a@shop.example"), user("u2", "A@shop.example")),
            "the git account a@shop.example is claimed by Resources[0]",
        ),
        (
            scim(user("u1", externalId="github:7"), user("u2", "7+x@users.noreply.github.com")),
            "Resources[1]: the github account 7 is claimed",
        ),
        (
            scim(user("u1", "ines@shop.example", "jon@shop.example")),
            "Resources[0]: one user here, but both p_ines and p_jon",
        ),
        (scim(user("u1", "ines@shop.example", "bot@shop.example")), "both a_bot and p_ines"),
        (scim(user("u1"), user("u1")), "Resources[1].id: this id stands here twice"),
        (scim(user("u1"), group("u1", "web")), "Resources[1].id: this id stands here twice"),
        (scim(group("g1", "staff"), group("g2", "staff")), "Resources[1]: two groups are called 'staff'"),
        (
            scim(user("u1", groups=[{"value": "g2", "display": "staff"}]), group("g1", "staff")),
            "Resources[0].groups[0]: two groups are called",
        ),
        (scim(user("u1", active="False")), "Resources[0].active: true or false is wanted here"),
        (scim(user("u1", active=0)), "Resources[0].active: true or false is wanted here"),
        (scim(user("u1", "ines")), "Resources[0].emails[0].value: a mailbox is wanted here"),
        (scim(user("u1", "")), "Resources[0].emails[0].value: a text of 1 to"),
        (scim(user("u1", "a\nb@shop.example")), "a mailbox is wanted here"),
        (scim(user("", "a@shop.example")), "Resources[0].id: a text of 1 to"),
        (scim({"schemas": [USER]}), "Resources[0]: `id` is missing"),
        (scim({"schemas": [GROUP], "id": "g"}), "Resources[0]: `displayName` is missing"),
        (scim({"id": "g"}), "Resources[0]: a resource is either a User or a Group"),
        (scim({"id": "g", "schemas": [USER, GROUP]}), "Resources[0]: a resource is either a User or a Group"),
        (scim(user("\ud800")), "Resources[0].id: half of a surrogate pair"),
        (scim(user("u1", emails={"value": "a@shop.example"})), "Resources[0].emails: a list is wanted here"),
        (scim(user("u1", emails=["a@shop.example"])), "Resources[0].emails[0]: an object is wanted here"),
        (scim(user("u1"), totalResults=2), "totalResults: not the 1 resources that are here"),
        (scim(user("u1"), totalResults=True), "totalResults: not the 1 resources"),
        (scim(schemas=[]), "neither a SCIM 2.0 ListResponse nor a list of teams"),
        (b"{}", "neither a SCIM 2.0 ListResponse nor a list of teams"),
        (b"7", "neither a SCIM 2.0 ListResponse nor a list of teams"),
        (b"", "directory.json:1: not readable as JSON"),
        (b"[\n\n{", "directory.json:3: not readable as JSON"),
        (b"[\n\xff]", "directory.json:2: not UTF-8 text"),
        (b"\xef\xbb\xbf[]", "directory.json:1: not readable as JSON"),
        (b"[NaN]", "a number in it is none that JSON has"),
        (b"[" + b"9" * 9000 + b"]", "a number in it is none that JSON has, or too long"),
        (b'[{"slug": "a", "slug": "b", "members": []}]', "`slug` stands twice in one object"),
        (b'[{"slug": "a", "Slug": "b", "members": []}]', "`Slug` stands twice in one object"),
        (b'[{"slug": "a"}]', "[0]: `members` is missing"),
        (
            b'[{"slug": "a", "members": []}, {"slug": "a", "members": []}]',
            "[1].slug: this team stands here twice",
        ),
        (teams(a=[{"login": "octo"}]), "[0].members[0]: `id` is missing"),
        (teams(a=[{"id": "1234567"}]), "[0].members[0].id: a whole number above 0"),
        (teams(a=[{"id": True}]), "[0].members[0].id: a whole number above 0"),
        (teams(a=[{"id": 7.0}]), "[0].members[0].id: a whole number above 0"),
        (teams(a=[{"id": -7}]), "[0].members[0].id: a whole number above 0"),
        (
            teams(a=[{"id": 7, "login": "a"}], b=[{"id": 7, "login": "b"}]),
            "[1].members[0]: the same id has another login at [0].members[0]",
        ),
        (teams(a=[{"id": 7, "login": "a"}, {"id": 8, "login": "A"}]), "[0].members[1]: the login a is also"),
    ],
)
def test_a_mistake_is_named_with_file_and_field(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        merged(data)
    assert says in caught.value.message
    assert caught.value.message.startswith(FILE + ":")


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(InputError, match="the group 'web' gives a level that is none: 'wizard'"):
        merge_export(DIRECTORY, scim(), FILE, {"web": "wizard"})


def test_an_id_that_people_yaml_uses_otherwise_is_refused() -> None:
    new = merged(scim(user("u1"))).roster.persons[-1].id
    with pytest.raises(InputError, match=rf"Resources\[0\]: its id would be {new}, which is taken"):
        merged(scim(user("u1")), PEOPLE.replace("p_gone", new))


def test_people_yaml_and_its_export_are_read_together() -> None:
    data = scim(user("u1", "ines@shop.example", active=False))
    found = read_people(PEOPLE.encode(), "people.yaml", data, FILE)
    assert found == merged(data)
    with pytest.raises(InputError, match=r"people\.yaml: directory: it counts on .*which is not there"):
        read_people(PEOPLE.encode(), "people.yaml", None, FILE)
    alone = "version: 1\npersons: [{ id: p_x, level: senior }]\n"
    assert read_people(alone.encode(), "people.yaml", None, FILE) == load_directory(
        alone.encode(), "people.yaml"
    )


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"members":'])
def test_deep_nesting_is_an_error_and_no_crash(opening: bytes) -> None:
    with pytest.raises(InputError, match="nested too deeply"):
        merged(opening * 400_000)


def test_a_file_may_be_large_but_not_larger() -> None:
    with pytest.raises(InputError, match="at most 5000000 are read"):
        merged(b" " * 5_000_001)
    fifty = [{"id": number} for number in range(1, 50_001)]
    begun = time.process_time()
    assert len(merged(teams(web=fifty)).roster.persons) == 50_003
    assert time.process_time() - begun < 20
    with pytest.raises(InputError, match=r"\[0\]: more than 50000 users"):
        merged(teams(web=[*fifty, {"id": 50_001}]))


MAILS = st.sampled_from(
    [
        "ines@shop.example",
        "jon@shop.example",
        "gone@shop.example",
        "bot@shop.example",
        "new@shop.example",
        "7+x@users.noreply.github.com",
        "8+renamed@users.noreply.github.com",
    ]
)
NAMES = st.sampled_from(["staff", "leads", "everyone", "sre", "payments", "web"])


@st.composite
def exports(draw: st.DrawFn) -> list[dict[str, Any]]:
    mails = draw(st.lists(MAILS, unique=True, max_size=6))
    users = [user(f"u{n}", mail, active=draw(st.booleans())) for n, mail in enumerate(mails)]
    names = draw(st.lists(NAMES, unique=True, max_size=4))
    ids = st.lists(st.sampled_from([one["id"] for one in users] or ["nobody"]), max_size=4)
    return [*users, *(group(f"g{n}", name, *draw(ids)) for n, name in enumerate(names))]


@given(exports())
def test_no_mailbox_of_people_yaml_changes_hands(resources: list[dict[str, Any]]) -> None:
    text = PEOPLE.replace("id: gone@shop.example", "id: 8+gone@users.noreply.github.com")
    before = load_directory(text.encode(), "people.yaml")
    after = merge_export(before, scim(*resources), FILE, before.group_levels)
    for provider, id_ in before.accounts:
        mail = id_ if provider == "git" else f"{id_}+x@users.noreply.github.com"
        assert after.owner_of_mailbox(mail) == before.owner_of_mailbox(mail)


@given(exports(), st.randoms(use_true_random=False))
def test_the_order_of_an_export_tells_nothing(resources: list[dict[str, Any]], dice: Any) -> None:
    shuffled = list(resources)
    dice.shuffle(shuffled)
    assert merged(scim(*shuffled)) == merged(scim(*resources))


@given(exports())
def test_merging_again_changes_nothing(resources: list[dict[str, Any]]) -> None:
    once = merged(scim(*resources))
    assert merge_export(once, scim(*resources), FILE, once.group_levels) == once


@given(exports())
def test_an_export_adds_no_key_raises_no_given_level_and_revives_nobody(
    resources: list[dict[str, Any]],
) -> None:
    found = merged(scim(*resources)).roster
    assert found.agents == DIRECTORY.roster.agents
    for before in DIRECTORY.roster.persons:
        after = found.person(before.id)
        assert after is not None
        assert after.keys == before.keys
        assert before.id in DIRECTORY.unlevelled or after.level == before.level
        assert before.active or not after.active
        assert set(before.teams) <= set(after.teams)
        assert after.memberships == before.memberships
    assert all(not one.keys for one in found.persons[len(DIRECTORY.roster.persons) :])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["schemas", "Resources", "id", "slug", "members", "emails", "value", "totalResults"]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_whatever_is_given_ends_in_a_directory_or_a_named_error(tree: Any) -> None:
    said = ""
    try:
        merged(json.dumps(tree).encode())
    except InputError as error:
        said = error.message
    assert not said or said.startswith(FILE + ":")
