"""Expressions over paths as globs: wider if need be, narrower never."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastdoor.policy import glob_matches
from blastdoor.policy.importing.patterns import read_pattern


@pytest.mark.parametrize(
    ("expression", "globs"),
    [
        ("^config/.*$", ("config/**",)),
        ("^config/", ("config/**",)),
        (".*", ("**",)),
        ("^README\\.md$", ("README.md",)),
        ("\\.sql$", ("**/*.sql",)),
        ("^server/views/.*\\.tmpl$", ("server/views/**/*.tmpl",)),
        ("^docs/[^/]+\\.md$", ("docs/?*.md",)),
        ("^(api|web)/", ("api/**", "web/**")),
        ("^(?:go\\.mod|go\\.sum)$", ("go.mod", "go.sum")),
        ("^a/.*/b$", ("a/**/b",)),
        ("^src/.*test", ("src/**/*test*/**",)),
        ("^pkg.*lock$", ("pkg*lock", "pkg*/**/*lock")),
        ("^x\\.ts[x]?$", ("x.ts", "x.tsx")),
        ("^odd/\\*name$", ("odd/?name",)),
    ],
)
def test_an_expression_becomes_globs(expression: str, globs: tuple[str, ...]) -> None:
    pattern = read_pattern(expression)
    assert pattern is not None
    assert pattern.globs() == globs


@pytest.mark.parametrize(
    "expression",
    [
        "(?i)^docs/",
        "a**",
        "(unclosed",
        "unopened)",
        "[unclosed",
        "[[:alpha:]]",
        "\\p{Greek}",
        "\\Qa.b\\E",
        "x^y",
        "(^a|b)c^",
        'quote"s',
        "back\\\\slash",
        "(" * 50 + "a" + ")" * 50,
        "a" * 301,
        "(a|b|c|d|e|f|g)(a|b|c|d|e|f|g)(a|b|c|d|e|f|g)",
        "{2}",
    ],
)
def test_what_globs_cannot_say_is_not_read(expression: str) -> None:
    assert read_pattern(expression) is None


def test_more_globs_than_a_condition_takes_are_not_made() -> None:
    pattern = read_pattern("^a.*b.*c.*d.*e.*f.*g.*h$")
    assert pattern is not None
    assert pattern.globs() == ("**",)


@pytest.mark.parametrize(
    ("expression", "branch", "matches"),
    [
        ("^main$", "main", True),
        ("^(main|master)$", "master", True),
        ("^release/.*$", "main", False),
        ("ain", "main", True),
        ("^release/[^/]+$", "release/1", True),
        ("^release/[^/]+$", "release/1/2", False),
        ("^[a-z]+$", "main", None),
        ("^m\\w+$", "main", None),
    ],
)
def test_a_branch_is_matched_only_where_that_is_exact(
    expression: str, branch: str, matches: bool | None
) -> None:
    pattern = read_pattern(expression)
    assert pattern is not None
    assert pattern.matches(branch) is matches


_ATOMS = st.sampled_from(
    ["a", "b", "ab", "/", "\\.", ".", ".*", ".+", "[^/]*", "[^/]+", "[ab]", "[a-c]", "[^a]", "\\w", "\\w+",
     "a?", "b*", "(a|b/)", "(?:a/)*", "(a|b)+", "a{2}", "/?", ".?", "\\b", "[.-b]", "\\*", "(a|)"]
)  # fmt: skip
_EXPRESSIONS = st.builds(
    lambda start, parts, end: start + "".join(parts) + end,
    st.sampled_from(["", "^"]),
    st.lists(_ATOMS, min_size=1, max_size=6),
    st.sampled_from(["", "$"]),
)
_SEGMENTS = st.text("ab.*c", min_size=1, max_size=4)
_PATHS = st.lists(_SEGMENTS, min_size=1, max_size=4).map("/".join)


@settings(max_examples=1500, deadline=None)
@given(_EXPRESSIONS, st.lists(_PATHS, min_size=1, max_size=12))
def test_the_globs_match_whatever_the_expression_matches(expression: str, paths: list[str]) -> None:
    pattern = read_pattern(expression)
    globs = None if pattern is None else pattern.globs()
    if pattern is None or globs is None:
        return
    theirs = re.compile(expression)
    for path in paths:
        if theirs.search(path):
            assert any(glob_matches(glob, path) for glob in globs), (expression, path, globs)
        if pattern.exact:
            assert pattern.matches(path) is bool(theirs.search(path)), (expression, path)
