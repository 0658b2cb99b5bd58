"""Whose a path is, by CODEOWNERS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.reach import load_owners


@pytest.mark.parametrize(
    ("pattern", "path", "owned"),
    [
        ("*", "a/b.py", True),
        ("*.js", "a/b.js", True),
        ("*.js", "a/b.jsx", False),
        ("/docs/", "docs/a/b.md", True),
        ("/docs/", "a/docs/b.md", False),
        ("docs/", "a/docs/b.md", True),
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/a/b.md", False),
        ("apps/", "x/apps/y/z.py", True),
        ("/apps/web", "apps/web/a.py", True),
        ("/apps/web", "apps/webb/a.py", False),
        ("apps/web/a.py", "apps/web/a.py", True),
        ("**/logs", "a/b/logs/c.txt", True),
        ("/a/**/b", "a/x/y/b/c", True),
        ("/a/**", "a/x/y", True),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("README.md", "x/README.md", True),
    ],
)
def test_patterns_fit_as_they_do_for_the_forge(pattern: str, path: str, owned: bool) -> None:
    assert bool(load_owners(f"{pattern} @team\n".encode()).owners(path)) is owned


def test_the_last_rule_that_fits_counts_and_may_name_nobody() -> None:
    owners = load_owners(b"# all\n* @all\n/lib/ @lib me@shop.example # why\n/lib/gen/\n")
    assert owners.owners("a.py") == ("@all",)
    assert owners.owners("lib/a.py") == ("@lib", "me@shop.example")
    assert owners.owners("lib/gen/a.py") == ()
    assert owners.of(["a.py", "lib/a.py"]) == ("@all", "@lib", "me@shop.example")


def test_headings_of_sections_are_no_rules() -> None:
    assert load_owners(b"[Docs] @docs\n^[Optional]\n*.md @docs\n").owners("a.md") == ("@docs",)


@given(st.binary(max_size=100), st.text(max_size=30))
def test_nothing_written_makes_it_fail(data: bytes, path: str) -> None:
    assert isinstance(load_owners(data).owners(path), tuple)
