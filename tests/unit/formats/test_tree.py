"""YAML with lines: everything that could mean two things is refused, with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.errors import InputError
from blastdoor.formats import parse_yaml, parse_yaml_documents


def test_a_tree_remembers_where_everything_stands() -> None:
    top = parse_yaml(b"version: 1\nrules:\n  - name: first\n    when: x\n", "policy.yaml").mapping()
    rule = top.need("rules").sequence().items[0].mapping()
    name = rule.need("name")
    assert (name.text(), name.line, name.column, name.path) == ("first", 3, 11, "rules[0].name")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"a: &x 1", "p.yaml:1: a: anchors and aliases"),
        (b"a: 1\nb: *a", "p.yaml:2: b: anchors and aliases"),
        (b"a: 1\nb: 2\na: 3", "p.yaml:3: `a` stands here twice (first on line 1)"),
        (b"<<: {a: 1}", "p.yaml:1: merge keys"),
        (b"a: !!python/object:os.system x", "p.yaml:1: a: a YAML tag"),
        (b"a: [1, 2", "p.yaml:1: not readable as YAML"),
        (b"a: \x00", "p.yaml:1: not readable as YAML"),
        (b"a: 1\nb: \xff", "p.yaml:2: not UTF-8 text"),
        (b"? [a]\n: 1", "p.yaml:1: a key must be a plain word"),
        (b"", "p.yaml:1: one YAML document is wanted, 0 found"),
        (b"a: 1\n---\nb: 2", "p.yaml:3: one YAML document is wanted, 2 found"),
    ],
)
def test_what_could_mean_two_things_is_refused_with_its_line(text: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "p.yaml")
    assert caught.value.message.startswith(says)


@pytest.mark.parametrize("text", [b"when: !x", b"when: !x && y", b"- when: !reach.docs_only && a"])
def test_an_unquoted_negation_is_told_to_be_quoted(text: bytes) -> None:
    """YAML reads `!x` as a tag and would drop the negation without a word."""
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "p.yaml")
    assert "quote the condition" in caught.value.hint


def test_depth_is_bounded() -> None:
    with pytest.raises(InputError, match="nested deeper than 50 levels"):
        parse_yaml(b"[" * 500, "p.yaml")


def test_size_is_bounded() -> None:
    with pytest.raises(InputError, match="at most 1000000 are read"):
        parse_yaml(b"a: " + b"x" * 1_000_000, "p.yaml")


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    bomb = b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"
    with pytest.raises(InputError, match="anchors and aliases"):
        parse_yaml(bomb, "p.yaml")


@pytest.mark.parametrize("word", ["yes", "on", "True", '"true"', "1", "~"])
def test_only_true_and_false_are_a_yes_and_a_no(word: str) -> None:
    node = parse_yaml(f"a: {word}".encode(), "p.yaml").mapping().need("a")
    with pytest.raises(InputError, match="true or false is wanted here"):
        node.boolean()


@pytest.mark.parametrize("word", ["1.0", '"1"', "0x1", "1_000", "one", "", "9" * 30])
def test_only_decimal_digits_are_a_whole_number(word: str) -> None:
    node = parse_yaml(f"a: {word}".encode(), "p.yaml").mapping().need("a")
    with pytest.raises(InputError, match="a whole number is wanted here"):
        node.integer()


def test_an_unknown_field_is_refused_and_the_known_ones_are_named() -> None:
    top = parse_yaml(b"version: 1\nrulse: []\n", "policy.yaml").mapping()
    with pytest.raises(InputError) as caught:
        top.only("version", "rules")
    assert caught.value.message == "policy.yaml:2: unknown field `rulse`"
    assert caught.value.hint == "known here: version, rules"


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_one_clear_error(data: bytes) -> None:
    try:
        parse_yaml_documents(data, "p.yaml")
    except InputError as error:
        assert error.message.startswith("p.yaml:")  # noqa: PT017 - anything else must escape and fail
