"""Contributors: everybody a commit claims had a hand in it, and nobody taken off the list by a claim."""

from blastdoor.people import NOBODY, Hand, find_contributors, load_directory

DIRECTORY = load_directory(
    b"""\
version: 1
persons:
  - { id: p_ines, level: senior, accounts: [{ provider: git, id: ines@shop.example }] }
  - { id: p_jon, level: engineer, accounts: [{ provider: git, id: jon@shop.example }] }
agents:
  - { id: a_bot, owner: p_ines, accounts: [{ provider: git, id: bot@shop.example }] }
  - { id: a_shared, accounts: [{ provider: git, id: shared@shop.example }] }
""",
    "people.yaml",
)


def hand(mail: str, role: str = "author", tool: str | None = None, personal: bool = True) -> Hand:
    if tool is None:
        return Hand(role=role, name="x", mail=mail, personal=personal)
    return Hand(role=role, name="x", mail=mail, tool=tool, personal=personal)


def found(*commits: tuple[Hand, ...]) -> dict[str, tuple[str, object]]:
    return {one.id: (one.kind, one.owner) for one in find_contributors(commits, DIRECTORY).found}


def owner_of(id_: str, *commits: tuple[Hand, ...]) -> object:
    return next(one.owner for one in find_contributors(commits, DIRECTORY).found if one.id == id_)


def test_author_committer_and_co_author_all_had_a_hand() -> None:
    hands = (
        hand("ines@shop.example"),
        hand("jon@shop.example", "co-author"),
        hand("x@y.example", "committer"),
    )
    assert set(found(hands)) == {"p_ines", "p_jon", "u_1"}


def test_a_mailbox_nobody_answers_to_is_numbered_and_named_beside_the_case() -> None:
    result = find_contributors(
        [(hand("B@y.example"),), (hand("a@y.example"),), (hand("b@y.example"),)], DIRECTORY
    )
    assert [one.id for one in result.found] == ["u_1", "u_2"]
    assert result.names == {"u_1": "B@y.example", "u_2": "a@y.example"}


def test_without_a_roster_each_mailbox_is_a_person() -> None:
    result = find_contributors([(hand("a@y.example"),)], NOBODY)
    assert [(one.id, one.kind, one.assurance) for one in result.found] == [("u_1", "person", "asserted")]


def test_promise_4_the_owner_of_an_agent_had_a_hand() -> None:
    assert set(found((hand("bot@shop.example"),))) == {"a_bot", "p_ines"}


def test_a_shared_agent_was_run_by_whoever_else_had_a_hand_in_the_commit() -> None:
    commit = (hand("shared@shop.example"), hand("jon@shop.example", "co-author"))
    assert owner_of("a_shared", commit) == "p_jon"


def test_one_commit_without_an_owner_leaves_the_question_open() -> None:
    known = (hand("shared@shop.example"), hand("jon@shop.example", "co-author"))
    alone = (hand("shared@shop.example"),)
    for commits in ((known, alone), (alone, known)):
        assert not isinstance(owner_of("a_shared", *commits), str)


def test_a_tool_known_by_its_mailbox_is_no_person() -> None:
    commit = (
        hand("jon@shop.example"),
        hand("noreply@vendor.example", "co-author", "some-tool", personal=False),
    )
    assert set(found(commit)) == {"p_jon", "tool:some-tool"}
    assert owner_of("tool:some-tool", commit) == "p_jon"


def test_a_tool_known_by_its_name_leaves_the_mailbox_to_its_person() -> None:
    """A tool that adds itself to its user's name must not hide the user."""
    assert set(found((hand("ines@shop.example", tool="some-tool"),))) == {"p_ines", "tool:some-tool"}
    assert set(found((hand("new@shop.example", tool="some-tool"),))) == {"u_1", "tool:some-tool"}
