"""Many paths at once: what a glob matches is what it matches one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from blastdoor.policy.globs import Paths, glob_matches

words = st.sampled_from(["a", "b", "ab", "a.py", "c", "a\n", ".x"])
paths = st.lists(words, min_size=1, max_size=4).map("/".join)
parts = st.sampled_from(["a", "b", "*", "**", "?", "*.py", "a*", "*b", ".x", "**.py", "c?"])
globs = st.lists(parts, min_size=1, max_size=4).map("/".join)


@settings(max_examples=800, deadline=None)
@given(some=st.lists(paths, max_size=6), glob=globs)
def test_together_as_one_by_one(some: list[str], glob: str) -> None:
    assert Paths(some).any_matches(glob) == any(glob_matches(glob, path) for path in some)
