"""What holds for any text at all, and how long the worst of it takes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.formats import canonical_bytes
from blastdoor.model import Commit, Signature
from blastdoor.provenance import assess, builtin_registry, co_authors, identity_of, scan

# fmt: off
_PIECES = [
    "Co-authored-by: ", "co-developed-by:", "Signed-off-by: ", "Assisted-by: ", "AI-assisted: ", "Claude",
    "Opus 4.6", " <noreply@anthropic.com>", " <jane@example.org>", " jane@example.org ", "<", ">", "@", ":",
    "\n", "\r", "\\n", "> ", "\u2028", "\x85", "\ud800", "(aider)", "Generated with [Claude Code]",
    "claude.ai/code/session_", "https://", "Made-with: Cursor", "GPT-5", "(", ")", "İ", "\u212a", "ß", "\x00",
    "&lt;", "198982749+Copilot@users.noreply.github.com", "Jane", " ",
]
# fmt: on
_texts = st.one_of(
    st.text(st.characters(), max_size=200), st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)
)
_JANE = Signature(name="Jane Doe", mail="jane@example.org")


def a_commit(message: str, name: str = "Jane Doe", mail: str = "jane@example.org") -> Commit:
    return Commit(
        id="a" * 40, parents=(), author=Signature(name=name, mail=mail), committer=_JANE, message=message
    )


@given(message=_texts, name=_texts, mail=_texts)
def test_no_text_makes_a_scan_fail(message: str, name: str, mail: str) -> None:
    """Whatever stands in a commit, its signals can be written down, and hold no person's mailbox."""
    registry = builtin_registry()
    commit = a_commit(message, name, mail)
    canonical_bytes(assess([commit], registry))
    for signal in scan(commit, registry):
        assert len(signal.raw) <= 200
        assert signal.raw.isprintable()
        assert "jane@example.org" not in signal.raw
    co_authors(message)
    identity_of(name, mail, registry)


@given(message=_texts, line=st.text(st.sampled_from("abc xyz.,-"), max_size=80))
def test_one_more_unmarked_line_removes_no_signal(message: str, line: str) -> None:
    registry = builtin_registry()
    before = scan(a_commit(message), registry)
    assert scan(a_commit(f"{message}\n{line}"), registry)[: len(before)] == before
    # The first line is a subject, which says what a change is about; behind another one it may say more.
    assert len(scan(a_commit(f"{line}\n{message}"), registry)) >= len(before)


@given(texts=st.lists(_texts, max_size=5), more=_texts)
def test_one_more_commit_never_takes_a_disclosure_back(texts: list[str], more: str) -> None:
    registry = builtin_registry()
    before = assess([a_commit(text) for text in texts], registry)
    after = assess([a_commit(text) for text in [*texts, more]], registry)
    assert before.state != "ai_disclosed" or after.state == "ai_disclosed"
    assert after.signals[: len(before.signals)] == before.signals


_MEGABYTE = 1_000_000
_LONG = {
    "one word": "x" * _MEGABYTE,
    "at signs": "Assisted-by: AI " + "@" * _MEGABYTE,
    "brackets": "Co-authored-by: " + "<" * _MEGABYTE,
    "many on one line": "Co-authored-by: " + "a <b@c> " * 125_000,
    "trailers of one kind": "Co-authored-by: Claude <noreply@anthropic.com>\n" * 21_000,
    "trailers of persons": "".join(
        f"Co-authored-by: P{number} <p{number}@x.org>\n" for number in range(29_000)
    ),
    "trailers of models": "".join(
        f"Co-authored-by: Claude {i} <noreply@anthropic.com>\n" for i in range(19_000)
    ),
    "disclosures": "".join(f"Assisted-by: AI {number}\n" for number in range(50_000)),
    "written-out breaks": ">" + "\\nCo-authored-by: a <b@c>" * 40_000,
    "backslashes": "\\" * _MEGABYTE,
    "newlines": "\n" * _MEGABYTE,
    "colons": ":" * _MEGABYTE,
    "links": "xclaude.ai/code/session_" * 41_000,
    "half mailboxes": ("Assisted-by: AI " + "y" * 980 + "\n") * 1000,
}


@pytest.mark.parametrize("text", _LONG.values(), ids=_LONG.keys())
def test_a_megabyte_of_anything_is_read_in_no_time(text: str) -> None:
    """Quadratic work on a megabyte takes minutes; the bound is generous for slow machines."""
    registry = builtin_registry()
    begun = time.process_time()
    scan(a_commit(text), registry)
    co_authors(text)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "name", ["x" * _MEGABYTE, "Claude " * 140_000, "(aider)" * 140_000, "a\ud800" * 500_000]
)
def test_a_megabyte_of_name_is_read_in_no_time(name: str) -> None:
    begun = time.process_time()
    scan(a_commit("x", name, name), builtin_registry())
    assert time.process_time() - begun < 5
