"""What comes from a repository must not steer a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.cli.text import named, plain


@given(st.text())
def test_no_control_or_direction_character_gets_through(text: str) -> None:
    shown = plain(text)
    assert "\x1b" not in shown
    assert "\n" not in shown
    assert not any("\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" for char in shown)
    assert all(char.isprintable() for char in shown)


def test_an_escape_sequence_is_shown_not_obeyed() -> None:
    assert plain("a\x1b[2Jb\u202ec") == "a\\x1b[2Jb\\x202ec"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("p_ines said no", "Ines said no"),
        ("(p_ines, u_1)", "(Ines, x@y.example)"),
        ("p_ines2", "p_ines2"),
        ("up_ines", "up_ines"),
    ],
)
def test_ids_are_shown_as_names_where_they_are_known(text: str, shown: str) -> None:
    assert named(text, {"p_ines": "Ines", "u_1": "x@y.example"}) == shown


def test_a_hostile_name_is_made_safe_as_well() -> None:
    assert named("p_ines", {"p_ines": "\x1b[31mInes"}) == "\\x1b[31mInes"
