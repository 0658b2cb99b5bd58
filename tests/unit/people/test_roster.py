"""The roster: each account and key belongs to one alone."""

import pytest

from blastdoor.errors import InputError
from blastdoor.people import load_directory

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPG05bGEDkZBvo1mRGVXjXUbyfTpUR3RF/pLbEfROrcs"
GOOD = f"""\
version: 1
persons:
  - id: p_ines
    name: Ines Example
    level: senior
    teams: [payments]
    accounts:
      - {{ provider: git, id: Ines@Shop.example }}
      - {{ provider: github, id: 1234567 }}
    keys: ["{KEY} ines@laptop"]
    trainings: {{ genai-review: 2026-01-31 }}
  - id: p_jon
    level: junior
    active: false
agents:
  - id: a_bot
    owner: p_ines
    accounts:
      - {{ provider: git, id: bot@shop.example }}
"""


def test_persons_are_pseudonyms_and_names_stay_beside_them() -> None:
    directory = load_directory(GOOD.encode(), "people.yaml")
    ines, jon = directory.roster.persons
    assert (ines.id, ines.level, ines.teams, ines.keys) == ("p_ines", "senior", ("payments",), (KEY,))
    assert ines.trainings == {"genai-review": "2026-01-31"}
    assert not jon.active
    assert directory.names == {"p_ines": "Ines Example"}


@pytest.mark.parametrize(
    "mail",
    [
        "ines@shop.example",
        "INES@SHOP.EXAMPLE",
        "1234567+ines@users.noreply.github.com",
        "1234567+renamed@users.noreply.github.com",
    ],
)
def test_a_mailbox_is_found_in_any_case_and_by_the_number_in_it(mail: str) -> None:
    assert load_directory(GOOD.encode(), "people.yaml").owner_of_mailbox(mail) == "p_ines"


@pytest.mark.parametrize(
    "mail",
    [
        "",
        "ines@other.example",
        "7654321+ines@users.noreply.github.com",
        "x1234567+a@users.noreply.github.com",
    ],
)
def test_another_mailbox_is_nobodys(mail: str) -> None:
    assert load_directory(GOOD.encode(), "people.yaml").owner_of_mailbox(mail) is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "id: bot@shop",
            "id: INES@shop",
            "people.yaml:19: agents[0].accounts[0].id: the git account ines@shop.example is held already",
        ),
        (
            "    level: junior\n",
            f"    level: junior\n    keys: ['{KEY}']\n",
            "this key is held already on line 10",
        ),
        ("id: p_jon", "id: p_ines", "people.yaml:12: persons[1].id: the id p_ines is held already on line 3"),
        ("level: senior", "level: wizard", "people.yaml:5: persons[0].level: no level is called 'wizard'"),
        ("owner: p_ines", "owner: p_nobody", "no person has the id 'p_nobody'"),
        ("id: p_jon", "id: jon", "'jon' is no id: p_ and up to 40"),
        ("id: 1234567", "id: ines", "a forge account is named by its number"),
        (KEY, "ssh-ed25519 AAAA", "not an OpenSSH public key"),
        ("2026-01-31", "last year", "a date as 2026-03-10 is wanted here"),
        ("active: false", "active: no", "true or false is wanted here"),
        ("    name: Ines", "    nmae: Ines", "people.yaml:4: persons[0]: unknown field `nmae`"),
        ("version: 1", "version: 2", "people.yaml:1: version: this Blastdoor reads version 1"),
        ("provider: git, id: Ines", "provider: Git Hub, id: Ines", "a provider is a short word"),
        ("genai-review:", "genaï:", "a training's name is plain ASCII"),
        ("    teams: [payments]", "    teams: payments", "a list (`- item` lines) is wanted here"),
        ("    level: senior", "    level: [senior]", "a single value is wanted here"),
        ("version: 1", "version: 1\nlevels: [a, a]", "levels are a list without repeats"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        load_directory(GOOD.replace(old, new, 1).encode(), "people.yaml")
    assert says in caught.value.message
    assert caught.value.message.startswith("people.yaml:")


def test_levels_of_ones_own_replace_the_usual_ones() -> None:
    text = "version: 1\nlevels: [cabin, captain]\npersons: [{ id: p_x, level: captain }]\n"
    directory = load_directory(text.encode(), "people.yaml")
    assert (directory.roster.levels, directory.roster.persons[0].level) == (("cabin", "captain"), "captain")
