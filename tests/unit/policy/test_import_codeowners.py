"""CODEOWNERS as a policy: the owners of what is touched."""

import pytest

from blastdoor.errors import InputError
from blastdoor.people import load_directory
from blastdoor.policy import Approvals, OwnersNeeded, Policy, glob_matches, load_policy
from blastdoor.policy.importing import Imported, import_policy, kind_of
from blastdoor.reach import load_owners

PLAIN = """\
# who looks after what
*           @shop/platform
/db/        @Ada-L ops@shop.example   # both
docs/
*.md        writers
"""

SECTIONS = """\
* @shop/platform
[Backend][2] @shop/backend
src/**/*.py
src/pay/ @@maintainer
^[Docs] @writer
docs/
[Legal]
!legal/drafts/
LICENSE @shop/legal
[Nobody]
secret/ somebody
"""


def drafted(text: str) -> tuple[Imported, Policy]:
    imported = import_policy(text.encode(), ".github/CODEOWNERS")
    load_directory(imported.people.encode(), "people.yaml")
    return imported, load_policy(imported.policy.encode(), "policy.yaml")


def test_one_owner_of_each_touched_path_is_asked_for() -> None:
    _, policy = drafted(PLAIN)
    assert policy.rules[1].when == 'touches("**")'
    assert policy.rules[1].require == (OwnersNeeded(count=1, of="paths"),)


def test_whoever_owns_something_may_give_the_approval_that_every_change_needs() -> None:
    _, policy = drafted(PLAIN)
    assert policy.rules[0].require == (Approvals(count=1, group="all owners"),)
    parts = policy.group("all owners").any_of
    assert isinstance(parts, tuple)
    assert parts[0].team == "platform"
    assert parts[1].persons == ("p_ada_l", "p_ops_shop_example")


def test_a_mailbox_is_an_account_and_a_login_waits_for_its_number() -> None:
    imported, _ = drafted(PLAIN)
    people = load_directory(imported.people.encode(), "people.yaml")
    assert people.owner_of_mailbox("OPS@shop.example") == "p_ops_shop_example"
    assert people.owner_of_login("ada-l") is None
    assert any(one.differs == "shut" and "numbers" in one.why for one in imported.left)


def test_an_owner_that_nobody_can_be_is_told_once_with_its_line() -> None:
    imported, _ = drafted(PLAIN + "*.txt writers\n")
    assert [(one.line, one.differs) for one in imported.left if one.what == "writers"] == [(5, "stricter")]


def test_a_file_that_names_nobody_still_asks_for_one_approval() -> None:
    _, policy = drafted("# nothing yet\n")
    assert policy.rules[0].require == (Approvals(count=1, group="anybody"),)


def test_each_section_asks_for_its_own_approvals() -> None:
    _, policy = drafted(SECTIONS)
    told = [(one.when, one.require[0]) for one in policy.rules[1:] if one.require]
    assert told == [
        ('touches("**/*/**")', Approvals(count=1, group="team platform")),
        ('touches("src/**/*.py/**")', Approvals(count=2, group="team backend")),
        ('touches("src/pay/**")', Approvals(count=2, group="team role maintainer")),
        ('touches("**/LICENSE/**")', Approvals(count=1, group="team legal")),
    ]


def test_a_section_that_nobody_can_approve_forbids() -> None:
    _, policy = drafted(SECTIONS)
    assert policy.rules[-1].when == 'touches("**/secret/**")'
    assert isinstance(policy.rules[-1].forbid, str)


@pytest.mark.parametrize(
    ("what", "differs"), [("[Docs]", "same"), ("[Backend]", "stricter"), ("[Legal]", "stricter")]
)
def test_what_sections_mean_and_rules_cannot_is_told(what: str, differs: str) -> None:
    imported, _ = drafted(SECTIONS)
    assert next(one.differs for one in imported.left if one.what == what) == differs


@pytest.mark.parametrize(
    "pattern",
    ["*", "*.js", "/build/", "docs/*", "apps/", "/apps/github", "**/logs", "a/**/b", "a/**", "/*", "x?z",
     "a**b", "/"],
)  # fmt: skip
def test_a_section_applies_to_whatever_its_pattern_owns(pattern: str) -> None:
    _, policy = drafted(f"[One] @shop/one\n{pattern}\n")
    globs = [part.partition('"')[0] for part in policy.rules[1].when.split('touches("')[1:]]
    owners = load_owners(f"{pattern} @shop/one\n".encode())
    names = ["a", "b", "x", "docs", "apps", "logs", "build", "github", "y.js", "xyz", "aqb"]
    paths = names + [f"{one}/{two}" for one in names for two in names]
    paths += [f"{one}/x/{two}" for one in names for two in names]
    owned = [path for path in paths if owners.owners(path)]
    assert [path for path in owned if not any(glob_matches(glob, path) for glob in globs)] == []


@pytest.mark.parametrize(
    ("file", "text", "kind"),
    [
        ("docs/CODEOWNERS", "", "CODEOWNERS"),
        (".policy.yml", "policy: {}", "policy-bot"),
        ("-", "policy: {}\n", "policy-bot"),
        ("-", "* @ada\n", "CODEOWNERS"),
        ("rules.yaml", "* @ada\n", "policy-bot"),
    ],
)
def test_a_kind_is_told_by_name_and_else_by_content(file: str, text: str, kind: str) -> None:
    assert kind_of(text.encode(), file) == kind


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(InputError, match="neither a policy of policy-bot nor a CODEOWNERS file"):
        import_policy(b"\xff\xfe nothing\n", "notes.txt")


def test_bytes_that_are_no_text_and_long_lines_break_nothing() -> None:
    imported = import_policy(b"* @a\xff\x00 @b\n" + b"x" * 100_000 + b" @c\n[" + b"[" * 5000, "CODEOWNERS")
    assert load_policy(imported.policy.encode(), "policy.yaml").rules[1].when == 'touches("**")'
    assert load_directory(imported.people.encode(), "people.yaml").roster.persons
