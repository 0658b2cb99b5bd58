"""Reading a registry: TOML files in, a checked `Registry` out. Specified in `docs/spec/registry.md`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import TypeVar

import msgspec

from blastdoor.errors import InputError
from blastdoor.formats import canonical_bytes, digest
from blastdoor.provenance.entries import Branch, Entries, Identity, Registry, Shared, Tool, Trailer

#: The file that belongs to no single tool; every other one is a tool's.
SHARED = "shared.toml"
_MAX_BYTES = 1_000_000
_MAX_TEXT = 200
_FOLDER = "tools"
_TOOL_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
#: Shorter texts occur in any message, and would make every line a suspect.
_SHORTEST = {"footer": 12, "link": 10, "key": 3}
_Read = TypeVar("_Read", Shared, Tool)


def load_registry(files: Mapping[str, bytes]) -> Registry:
    """The registry in the bytes of TOML files by name: `shared.toml`, and one for each tool.

    Raises InputError naming file and field: no shared file, not TOML, an unknown field, a wrong type, two
    tools of one name, one identity for two tools, a text too short or too long to match by.
    """
    if SHARED not in files:
        raise InputError(f"a registry has a {SHARED}", hint=_HINT)
    shared = _read(files[SHARED], SHARED, Shared)
    tools = {file: _read(data, file, Tool) for file, data in sorted(files.items()) if file != SHARED}
    for file, problem in _problems(shared, tools):
        raise InputError(f"{file}: {problem}", hint=_HINT)
    named = {file: digest(data) for file, data in files.items()}
    return Registry(
        digest=digest(canonical_bytes(named)), entries=Entries(shared=shared, tools=tuple(tools.values()))
    )


@lru_cache(maxsize=1)
def builtin_registry() -> Registry:
    """The registry that comes with Blastdoor, read once."""
    folder = resources.files(__package__).joinpath(_FOLDER)
    return load_registry({file.name: file.read_bytes() for file in folder.iterdir()})


_HINT = "the format is in docs/spec/registry.md"


def _read(data: bytes, file: str, type_: type[_Read]) -> _Read:
    if len(data) > _MAX_BYTES:
        raise InputError(f"{file}: {len(data)} bytes; at most {_MAX_BYTES} are read")
    try:
        tree = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: not readable as TOML: {error}") from error
    except (RecursionError, ValueError) as error:  # nesting, and integers of thousands of digits
        raise InputError(f"{file}: nested too deep or with a number too long to be a registry") from error
    try:
        return msgspec.convert(tree, type_)
    except msgspec.ValidationError as error:
        raise InputError(f"{file}: {error}", hint=_HINT) from error


def _problems(shared: Shared, tools: Mapping[str, Tool]) -> Iterator[tuple[str, str]]:
    yield from ((SHARED, problem) for problem in _shared_problems(shared))
    seen: dict[str, str] = {}
    for file, tool in tools.items():
        if not _TOOL_NAME.fullmatch(tool.name):
            yield file, f"name {tool.name!r}: small letters, digits and dashes are wanted, at most 40"
        if tool.name in seen:
            yield file, f"{seen[tool.name]} has a tool of this name already"
        seen[tool.name] = file
        yield from ((file, problem) for problem in _tool_problems(tool))
    if shared.unnamed not in {tool.name for tool in tools.values() if tool.marks == "ai"}:
        yield SHARED, f'unnamed: {shared.unnamed!r} is no tool with marks = "ai"'
    if shared.app not in {tool.name for tool in tools.values() if tool.marks == "automation"}:
        yield SHARED, f'app: {shared.app!r} is no tool with marks = "automation"'
    yield from _clashes(tools)


def _shared_problems(shared: Shared) -> Iterator[str]:
    for group in ("identity", "disclosing", "helping", "declaring"):
        for key in getattr(shared.trailers, group):
            yield from (f"trailers.{group}: {problem}" for problem in _text_problems("key", key))
    for word in (*shared.models.families, *shared.models.lines):
        if not (word.isascii() and word.isalpha() and word.islower()):
            yield f"models: {word!r} is not one word of small ASCII letters"
    for text in shared.releases:
        if not (text.isascii() and text == text.lower() and len(text) >= _SHORTEST["key"]):
            yield f"releases: {text!r}: small ASCII letters are wanted, at least {_SHORTEST['key']}"


def _tool_problems(tool: Tool) -> Iterator[str]:
    for number, identity in enumerate(tool.identities, 1):
        yield from (f"identities, entry {number}: {problem}" for problem in _identity_problems(identity))
    for trailer in tool.trailers:
        yield from _text_problems("key", trailer.key)
        yield from _value_problems(trailer)
    for kind, texts in (("footer", tool.footers), ("link", tool.links)):
        for text in texts:
            yield from _text_problems(kind, text)
    for branch in tool.branches:
        yield from _branch_problems(branch)
    if not _MONTH.fullmatch(tool.checked):
        yield f"checked: {tool.checked!r} is no month as YYYY-MM"
    for name in (*tool.names, *tool.common):
        if not 0 < len(name) <= _MAX_TEXT or not any(char.isalnum() for char in name):
            yield f"name {name[:_MAX_TEXT]!r} has no word in it, or too many"
    yield from _suffix_problems(tool)


def _suffix_problems(tool: Tool) -> Iterator[str]:
    for suffix in tool.suffixes:
        if not (len(suffix) > 2 and suffix[0] == "(" and suffix[-1] == ")"):
            yield f"suffix {suffix[:_MAX_TEXT]!r}: wanted is `(word)`; anything else ends persons' names too"


def _identity_problems(identity: Identity) -> Iterator[str]:
    if identity.mail is identity.id is identity.login is msgspec.UNSET:
        yield "one of mail, id and login is wanted"
    if isinstance(identity.mail, str) and not _is_mailbox(identity.mail):
        yield f"{identity.mail[:_MAX_TEXT]!r} is not one exact mailbox"
    if isinstance(identity.id, int) and identity.id <= 0:
        yield f"{identity.id} is no account's id"
    if isinstance(identity.login, str) and not identity.login.endswith("[bot]"):
        # Only Apps have brackets in their login, so that nobody else can take it.
        yield f"login {identity.login[:_MAX_TEXT]!r} does not end in [bot]; name the account by its id"


def _is_mailbox(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(local and at and domain) and not any(
        char in "<>@*" or char.isspace() for char in local + domain
    )


def _value_problems(trailer: Trailer) -> Iterator[str]:
    if trailer.starts and trailer.equals:
        yield f"trailer {trailer.key}: `starts` or `equals`, not both"
    if not all((*trailer.starts, *trailer.equals, "x")):
        yield f"trailer {trailer.key}: an empty text matches anything"


def _branch_problems(branch: Branch) -> Iterator[str]:
    if not branch.starts.isascii() or not branch.starts.isprintable() or "/" not in branch.starts[1:]:
        # Without the slash, `cursor` would be the beginning of `cursor-style`.
        yield f"branches: {branch.starts[:_MAX_TEXT]!r}: printable ASCII with a slash in it is wanted"
    if not 0 <= branch.digits <= _MAX_TEXT:
        yield f"branches: {branch.digits} digits"


def _text_problems(kind: str, text: str) -> Iterator[str]:
    if not text.isascii() or not text.isprintable():
        yield f"{kind} {text[:_MAX_TEXT]!r}: printable ASCII is wanted"
    if not _SHORTEST[kind] <= len(text.strip()) <= _MAX_TEXT:
        yield f"{kind} {text[:_MAX_TEXT]!r}: {_SHORTEST[kind]} to {_MAX_TEXT} characters are wanted"
    if kind == "key" and not text.replace("-", "").isalnum():
        yield f"key {text[:_MAX_TEXT]!r}: letters, digits and dashes are wanted"


def _clashes(tools: Mapping[str, Tool]) -> Iterator[tuple[str, str]]:
    """Identities that two tools claim on equal terms, so that the order of the files would decide."""
    owners: dict[tuple[str, str], str] = {}
    for file, tool in tools.items():
        for identity in tool.identities:
            for handle in _handles(identity):
                for name in identity.names or ("",):
                    other = owners.setdefault((handle, name.casefold()), tool.name)
                    if other != tool.name:
                        yield file, f'{handle} is an identity of "{other}" already'


def _handles(identity: Identity) -> Iterator[str]:
    for handle in (identity.mail, identity.id, identity.login):
        if handle is not msgspec.UNSET:
            yield str(handle).casefold()
