import pytest

from blastdoor.errors import InputError
from blastdoor.formats import digest
from blastdoor.model import Commit, Signature
from blastdoor.provenance import builtin_registry, identity_of, load_registry, scan

_HEAD = """\
version = 1
unnamed = "ai"
[trailers]
identity = ["Co-authored-by"]
disclosing = ["Assisted-by"]
declaring = ["AI-assisted"]
[models]
families = ["gpt"]
lines = ["claude"]
[[tool]]
name = "ai"
marks = "ai"
names = ["AI"]
"""
_TOOL = '[[tool]]\nname = "mine"\nmarks = "ai"\n'


def test_a_registry_of_ones_own_tells_its_own_tools() -> None:
    text = (
        _HEAD
        + _TOOL
        + 'identities = [{ mail = "agent@corp.example" }]\nfooters = ["Written by the corp agent"]\n'
    )
    registry = load_registry(text.encode(), "mine.toml")
    assert registry.digest == digest(text.encode())
    assert [tool.name for tool in registry.tools] == ["ai", "mine"]
    assert identity_of("x", "agent@corp.example", registry) == ("mine", "ai")
    assert identity_of("Claude", "noreply@anthropic.com", registry) is None
    who = Signature(name="Jane", mail="jane@example.org")
    commit = Commit(
        id="a" * 40, parents=(), author=who, committer=who, message="x\n\nWritten by the Corp Agent.\n"
    )
    assert [one.tool for one in scan(commit, registry)] == ["mine"]


def test_the_built_in_registry_is_read_once_and_is_equal_by_digest() -> None:
    assert builtin_registry() is builtin_registry()
    one, same = (load_registry(_HEAD.encode(), file) for file in ("a.toml", "b.toml"))
    assert one == same
    assert hash(one) == hash(same)
    assert one != builtin_registry()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("version = ", ["not readable as TOML"]),
        ("x = " + "[" * 5000, ["mine.toml"]),
        ("x = " + "9" * 5000, ["mine.toml"]),
        (_HEAD.replace("version = 1", "version = 2"), ["version"]),
        (_HEAD.replace("identity =", "identities ="), ["identities"]),
        (_HEAD.replace('unnamed = "ai"', 'unnamed = "other"'), ["unnamed", "other"]),
        (_HEAD.replace('"gpt"', '"GPT 5"'), ["models", "GPT 5"]),
        (_HEAD + _TOOL + "colour = 1\n", ['tool "mine"', "colour"]),
        (_HEAD + _TOOL.replace('"ai"', '"human"'), ['tool "mine"', "human"]),
        (_HEAD + _TOOL.replace("mine", "My Tool"), ["My Tool", "small letters"]),
        (_HEAD + _TOOL + _TOOL, ["mine", "twice"]),
        (_HEAD + _TOOL + "identities = [{ }]\n", ["mine", "entry 1", "mail, id and login"]),
        (_HEAD + _TOOL + 'identities = [{ mail = "@corp.example" }]\n', ["mine", "exact mailbox"]),
        (_HEAD + _TOOL + 'identities = [{ mail = "*@corp.example" }]\n', ["mine", "exact mailbox"]),
        (_HEAD + _TOOL + "identities = [{ id = -1 }]\n", ["mine", "-1"]),
        (_HEAD + _TOOL + 'identities = [{ login = "jane" }]\n', ["mine", "[bot]"]),
        (_HEAD + _TOOL + 'trailers = [{ key = "a b" }]\n', ["mine", "a b"]),
        (_HEAD + _TOOL + 'trailers = [{ key = "Key", starts = [""] }]\n', ["mine", "Key", "empty"]),
        (
            _HEAD + _TOOL + 'trailers = [{ key = "Key", starts = ["a"], equals = ["b"] }]\n',
            ["mine", "not both"],
        ),
        (_HEAD + _TOOL + 'footers = ["short"]\n', ["mine", "short"]),
        (_HEAD + _TOOL + 'footers = ["🤖 Written by a machine"]\n', ["mine", "ASCII"]),
        (_HEAD + _TOOL + 'links = ["x.ai/"]\n', ["mine", "x.ai/"]),
        (_HEAD + _TOOL + 'names = ["!!"]\n', ["mine", "no word"]),
        (_HEAD + _TOOL + 'suffixes = ["Jane"]\n', ["mine", "suffix"]),
        (
            _HEAD
            + _TOOL
            + "identities = [{ id = 7 }]\n"
            + _TOOL.replace("mine", "other")
            + "identities = [{ id = 7 }]\n",
            ["other", "7", "mine"],
        ),
    ],
)
def test_a_faulty_registry_is_refused_with_file_and_entry(text: str, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        load_registry(text.encode(), "mine.toml")
    assert caught.value.message.startswith("mine.toml")
    for part in parts:
        assert part in caught.value.message


@pytest.mark.parametrize("data", [b"\xff", b"#" * 1_000_001])
def test_bytes_that_are_no_registry_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^mine\.toml"):
        load_registry(data, "mine.toml")


def test_two_tools_may_share_an_account_under_different_names() -> None:
    shared = _TOOL.replace("mine", "other") + 'identities = [{ id = 7, names = ["Other"] }]\n'
    registry = load_registry((_HEAD + _TOOL + "identities = [{ id = 7 }]\n" + shared).encode(), "mine.toml")
    assert identity_of("other", "7+x@users.noreply.github.com", registry) == ("other", "ai")
    assert identity_of("x", "7+x@users.noreply.github.com", registry) == ("mine", "ai")
