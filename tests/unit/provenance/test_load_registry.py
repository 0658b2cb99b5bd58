import pytest

from blastdoor.errors import InputError
from blastdoor.model import Commit, Signature
from blastdoor.provenance import Registry, builtin_registry, identity_of, load_registry, scan

_SHARED = """\
version = 1
unnamed = "ai"
app = "app"
[trailers]
identity = ["Co-authored-by"]
disclosing = ["Assisted-by"]
declaring = ["AI-assisted"]
[models]
families = ["gpt"]
lines = ["claude"]
"""
_AI = 'name = "ai"\nchecked = "2026-11"\nmarks = "ai"\nnames = ["AI"]\n'
_APP = 'name = "app"\nchecked = "2026-11"\nmarks = "automation"\n'
_TOOL = 'name = "mine"\nchecked = "2026-11"\nmarks = "ai"\n'


def load(*tools: str, shared: str = _SHARED) -> Registry:
    files = {"shared.toml": shared, "ai.toml": _AI, "app.toml": _APP, "mine.toml": _TOOL}
    files |= dict(zip(("mine.toml", "other.toml"), tools, strict=False))
    return load_registry({name: text.encode() for name, text in files.items()})


def test_a_registry_of_ones_own_tells_its_own_tools() -> None:
    registry = load(
        _TOOL + 'identities = [{ mail = "agent@corp.example" }]\nfooters = ["Written by the corp agent"]\n'
    )
    assert [tool.name for tool in registry.tools] == ["ai", "app", "mine"]
    assert identity_of("x", "agent@corp.example", registry) == ("mine", "ai")
    assert identity_of("Claude", "noreply@anthropic.com", registry) is None
    who = Signature(name="Jane", mail="jane@example.org")
    commit = Commit(
        id="a" * 40, parents=(), author=who, committer=who, message="x\n\nWritten by the Corp Agent.\n"
    )
    assert [one.tool for one in scan(commit, registry)] == ["mine"]


def test_the_built_in_registry_is_read_once_and_is_equal_by_digest() -> None:
    assert builtin_registry() is builtin_registry()
    one, same, other = load(_TOOL), load(_TOOL), load(_TOOL + "# a comment\n")
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != builtin_registry()


def test_a_registry_without_its_shared_file_is_refused() -> None:
    with pytest.raises(InputError, match=r"shared\.toml"):
        load_registry({"ai.toml": _AI.encode()})


@pytest.mark.parametrize(
    ("shared", "parts"),
    [
        (_SHARED.replace("version = 1", "version = 2"), ["version"]),
        (_SHARED.replace("identity =", "identities ="), ["identities"]),
        (_SHARED.replace('unnamed = "ai"', 'unnamed = "other"'), ["unnamed", "other"]),
        (_SHARED.replace('app = "app"', 'app = "ai"'), ["app", "automation"]),
        (_SHARED.replace('"gpt"', '"GPT 5"'), ["models", "GPT 5"]),
        (_SHARED.replace('"Assisted-by"', '"No:"'), ["trailers.disclosing", "No:"]),
        (_SHARED.replace("[trailers]", 'releases = ["v"]\n[trailers]'), ["releases"]),
    ],
)
def test_a_faulty_shared_file_is_refused_with_its_field(shared: str, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        load(shared=shared)
    assert caught.value.message.startswith("shared.toml")
    for part in parts:
        assert part in caught.value.message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("version = ", ["not readable as TOML"]),
        ("x = " + "[" * 5000, ["mine.toml"]),
        ("x = " + "9" * 5000, ["mine.toml"]),
        (_TOOL + "colour = 1\n", ["colour"]),
        (_TOOL.replace('"ai"', '"human"'), ["human"]),
        (_TOOL.replace("mine", "My Tool"), ["My Tool", "small letters"]),
        (_TOOL + "identities = [{ }]\n", ["entry 1", "mail, id and login"]),
        (_TOOL + 'identities = [{ mail = "@corp.example" }]\n', ["exact mailbox"]),
        (_TOOL + 'identities = [{ mail = "*@corp.example" }]\n', ["exact mailbox"]),
        (_TOOL + "identities = [{ id = -1 }]\n", ["-1"]),
        (_TOOL + 'identities = [{ login = "jane" }]\n', ["[bot]"]),
        (_TOOL + 'trailers = [{ key = "a b" }]\n', ["a b"]),
        (_TOOL + 'trailers = [{ key = "Key", starts = [""] }]\n', ["Key", "empty"]),
        (
            _TOOL + 'trailers = [{ key = "Key", starts = ["a"], equals = ["b"] }]\n',
            ["not both"],
        ),
        (_TOOL + 'footers = ["short"]\n', ["short"]),
        (_TOOL + 'footers = ["🤖 Written by a machine"]\n', ["ASCII"]),
        (_TOOL + 'links = ["x.ai/"]\n', ["x.ai/"]),
        (_TOOL + 'names = ["!!"]\n', ["no word"]),
        (_TOOL + 'suffixes = ["Jane"]\n', ["suffix"]),
        (_TOOL + 'branches = [{ starts = "cursor" }]\n', ["cursor", "slash"]),
        (_TOOL + 'branches = [{ starts = "mine/", digits = -1 }]\n', ["-1 digits"]),
        (_TOOL.replace("2026-11", "yesterday"), ["checked", "yesterday"]),
    ],
)
def test_a_faulty_registry_is_refused_with_file_and_entry(text: str, parts: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        load(text)
    assert caught.value.message.startswith("mine.toml")
    for part in parts:
        assert part in caught.value.message


@pytest.mark.parametrize("data", [b"\xff", b"#" * 1_000_001])
def test_bytes_that_are_no_registry_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^mine\.toml"):
        load_registry(
            {
                "shared.toml": _SHARED.encode(),
                "ai.toml": _AI.encode(),
                "app.toml": _APP.encode(),
                "mine.toml": data,
            }
        )


@pytest.mark.parametrize("clash", ["identities = [{ id = 7 }]\n", 'name = "mine"\n'])
def test_one_identity_or_name_for_two_tools_is_refused(clash: str) -> None:
    other = _TOOL.replace("mine", "other") if "id = 7" in clash else _TOOL.replace('name = "mine"\n', "")
    with pytest.raises(InputError, match="already") as caught:
        load(_TOOL + "identities = [{ id = 7 }]\n", clash + other if "name" in clash else other + clash)
    assert caught.value.message.startswith("other.toml")


def test_two_tools_may_share_an_account_under_different_names() -> None:
    shared = _TOOL.replace("mine", "other") + 'identities = [{ id = 7, names = ["Other"] }]\n'
    registry = load(_TOOL + "identities = [{ id = 7 }]\n", shared)
    assert identity_of("other", "7+x@users.noreply.github.com", registry) == ("other", "ai")
    assert identity_of("x", "7+x@users.noreply.github.com", registry) == ("mine", "ai")
