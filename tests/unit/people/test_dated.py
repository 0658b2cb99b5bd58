"""What people.yaml says with dates, of logins, of root keys, and of a directory file beside it."""

import pytest

from blastdoor.errors import InputError
from blastdoor.model import Absence, LevelSince, Membership, Root
from blastdoor.people import load_directory

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPG05bGEDkZBvo1mRGVXjXUbyfTpUR3RF/pLbEfROrcs"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
GOOD = f"""\
version: 1
persons:
  - id: p_ines
    level:
      - {{ is: engineer, from: 2024-01-01 }}
      - {{ is: senior, from: 2026-02-01 }}
    teams:
      - payments
      - {{ name: sre, from: 2026-01-01, until: 2026-06-30 }}
      - {{ name: web, until: 2026-06-30 }}
    accounts:
      - {{ provider: github, id: 1234567, login: Octo-Ines }}
    trainings:
      genai-review: 2026-01-31
      on-call: {{ completed: 2026-01-31, expires: 2027-01-31 }}
    absences:
      - {{ from: 2026-07-01, until: 2026-07-21 }}
  - id: p_jon
    level: junior
    keys: ["{OTHER}"]
root:
  keys: ["{KEY} safe"]
  needed: 1
"""


def test_dates_are_kept_as_they_are_written() -> None:
    ines, jon = load_directory(GOOD.encode(), "people.yaml").roster.persons
    assert ines.levels == (
        LevelSince(level="engineer", since="2024-01-01"),
        LevelSince(level="senior", since="2026-02-01"),
    )
    assert ines.teams == ("payments",)
    assert ines.memberships == (
        Membership(team="sre", since="2026-01-01", until="2026-06-30"),
        Membership(team="web", until="2026-06-30"),
    )
    assert ines.trainings == {"genai-review": "2026-01-31", "on-call": "2026-01-31"}
    assert ines.expiries == {"on-call": "2027-01-31"}
    assert ines.absences == (Absence(since="2026-07-01", until="2026-07-21"),)
    assert not any((jon.levels, jon.memberships, jon.expiries, jon.absences))


def test_before_the_first_dated_level_the_most_junior_holds() -> None:
    ines = load_directory(GOOD.encode(), "people.yaml").roster.persons[0]
    days = ("2023-12-31", "2024-01-01", "2026-02-01")
    assert [ines.on(day).level for day in days] == ["junior", "engineer", "senior"]
    assert ines.level == "junior"


def test_a_login_is_found_in_any_case_and_is_no_mailbox() -> None:
    directory = load_directory(GOOD.encode(), "people.yaml")
    assert directory.owner_of_login("@octo-INES") == "p_ines"
    assert directory.owner_of_login("octo") is None
    assert directory.owner_of_login("octo-ines", "gitlab") is None
    assert directory.owner_of_mailbox("octo-ines@users.noreply.github.com") is None
    assert directory.owner_of_mailbox("octo-ines") is None


def test_root_keys_are_a_number_of_keys_and_nobodys_own() -> None:
    roster = load_directory(GOOD.encode(), "people.yaml").roster
    assert roster.root == Root(keys=(KEY,), needed=1)
    assert not any(KEY in person.keys for person in roster.persons)
    without = GOOD.replace("  needed: 1\n", "")
    assert load_directory(without.encode(), "people.yaml").roster.root == Root(keys=(KEY,), needed=1)


def test_a_level_may_be_left_to_a_directory_file() -> None:
    text = (
        "version: 1\ndirectory: { levels: { staff: senior } }\n"
        "persons: [{ id: p_x }, { id: p_y, level: engineer }]\n"
    )
    directory = load_directory(text.encode(), "people.yaml")
    assert [person.level for person in directory.roster.persons] == ["junior", "engineer"]
    assert (directory.exported, directory.group_levels) == (True, {"staff": "senior"})
    assert directory.unlevelled == {"p_x"}
    assert not load_directory(GOOD.encode(), "people.yaml").exported


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "from: 2026-02-01 }",
            "from: 2024-01-01 }",
            "people.yaml:6: persons[0].level[1].from: 2024-01-01 is not after 2024-01-01",
        ),
        (
            "from: 2026-02-01 }",
            "from: 2023-02-01 }",
            "people.yaml:6: persons[0].level[1].from: 2023-02-01 is",
        ),
        ("is: senior", "is: wizard", "people.yaml:6: persons[0].level[1].is: no level is called 'wizard'"),
        (
            "is: senior, from: 2026-02-01",
            "is: senior",
            "people.yaml:6: persons[0].level[1]: `from:` is missing",
        ),
        ("is: senior, ", "is: senior, until: 2027-01-01, ", "unknown field `until`"),
        (
            "    level: junior\n",
            "    level: []\n",
            "people.yaml:19: persons[1].level: a level is wanted here",
        ),
        ("    level: junior\n", "", "people.yaml:18: persons[1]: `level:` is missing"),
        (
            "2026-06-30 }\n      - { name: web",
            "2025-12-31 }\n      - { name: web",
            "2025-12-31 is before 2026-01-01",
        ),
        ("name: sre", "name: payments", "the team 'payments' stands here with dates and without"),
        (
            "expires: 2027-01-31",
            "expires: 2026-01-30",
            "people.yaml:15: persons[0].trainings.on-call.expires: ",
        ),
        ("completed: 2026-01-31, ", "", "`completed:` is missing"),
        (
            "until: 2026-07-21",
            "until: 2026-06-21",
            "people.yaml:17: persons[0].absences[0].until: 2026-06-21 is",
        ),
        (", until: 2026-07-21", "", "people.yaml:17: persons[0].absences[0]: `until:` is missing"),
        ("provider: github, id: 1234567", "provider: git, id: a@shop.example", "only an account of a forge"),
        (
            "login: Octo-Ines",
            "login: '@octo'",
            "people.yaml:12: persons[0].accounts[0].login: '@octo' is no login",
        ),
        ("needed: 1", "needed: 2", "people.yaml:23: root.needed: 2 of 1 keys can never be"),
        ("needed: 1", "needed: 0", "people.yaml:23: root.needed: 0 of 1 keys can never be"),
        (KEY, OTHER, "people.yaml:22: root.keys[0]: this key is held already on line 20"),
        (f'["{KEY} safe"]', "[]", "people.yaml:22: root.keys: at least one root key is wanted here"),
        (
            "root:\n",
            "directory: { levels: { a: wizard } }\nroot:\n",
            "directory.levels.a: no level is called 'wizard'",
        ),
        ("root:\n", "directory: { teams: {} }\nroot:\n", "unknown field `teams`"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(old: str, new: str, says: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1).encode()
    with pytest.raises(InputError) as caught:
        load_directory(text, "people.yaml")
    assert says in caught.value.message
    assert caught.value.message.startswith("people.yaml:")


@pytest.mark.parametrize(
    "written",
    [
        "2026-1-31",
        "20260131",
        "2026-W05-6",
        "2026-02-30",
        "2026-01-31T00:00:00Z",
        "2026-01-31 00:00:00",
        "'2026-01-31 '",
        "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0663\u0661",
        "0000-01-01",
        "12026-01-31",
        "[2026-01-31]",
        "~",
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        "genai-review: 2026-01-31",
        "completed: 2026-01-31",
        "expires: 2027-01-31",
        "from: 2026-02-01",
        "until: 2026-06-30",
        "until: 2026-07-21",
    ],
)
def test_a_day_is_written_in_one_way_alone(place: str, written: str) -> None:
    text = GOOD.replace(place, f"{place.partition(':')[0]}: {written}", 1)
    with pytest.raises(InputError, match=r"^people\.yaml:[0-9]+: persons\[0\]\."):
        load_directory(text.encode(), "people.yaml")


def test_two_logins_of_one_spelling_are_an_error_that_names_both_lines() -> None:
    text = GOOD.replace(
        "    level: junior\n",
        "    level: junior\n    accounts: [{ provider: github, id: 7, login: octo-ines }]\n",
    )
    with pytest.raises(
        InputError, match=r"people\.yaml:20: .*the github login octo-ines is held already on line 12"
    ):
        load_directory(text.encode(), "people.yaml")
