"""Reading a registry: TOML bytes in, a checked `Registry` out."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

import msgspec

from blastdoor.errors import InputError
from blastdoor.formats import digest
from blastdoor.provenance.entries import Entries, Identity, Registry, Tool, Trailer

_MAX_BYTES = 1_000_000
_MAX_TEXT = 200
_BUILTIN = "registry.toml"
_ENTRY = re.compile(r"\$\.tool\[(\d{1,9})\]")
_TOOL_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
#: Shorter texts occur in any message, and would make every line a suspect.
_SHORTEST = {"footer": 12, "link": 10, "key": 3}


def load_registry(data: bytes, file: str) -> Registry:
    """The registry in the bytes of a TOML file. `file` is the name that errors carry.

    Raises InputError naming file and entry: not TOML, an unknown field, a wrong type, two tools of one name,
    one identity for two tools, a text too short or too long to match by.
    """
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
        entries = msgspec.convert(tree, Entries)
    except msgspec.ValidationError as error:
        raise InputError(f"{file}: {_named(str(error), tree)}") from error
    for place, problem in _problems(entries):
        raise InputError(f"{file}: {place}: {problem}", hint="the format is in docs/spec/registry.md")
    return Registry(digest=digest(data), entries=entries)


@lru_cache(maxsize=1)
def builtin_registry() -> Registry:
    """The registry that comes with Blastdoor, read once."""
    data = resources.files(__package__).joinpath(_BUILTIN).read_bytes()
    return load_registry(data, _BUILTIN)


def _named(message: str, tree: dict[str, object]) -> str:
    """The message with the tool's name beside its place in the file."""
    place, tools = _ENTRY.search(message), tree.get("tool")
    if place is None or not isinstance(tools, list):
        return message
    entry = tools[int(place[1])]
    name = entry.get("name") if isinstance(entry, dict) else None
    return f'tool "{name[:_MAX_TEXT]}": {message}' if isinstance(name, str) else message


def _problems(entries: Entries) -> Iterator[tuple[str, str]]:
    for group in ("identity", "disclosing", "declaring"):
        for key in getattr(entries.trailers, group):
            yield from _text_problems(f"trailers.{group}", "key", key)
    for word in (*entries.models.families, *entries.models.lines):
        if not (word.isascii() and word.isalpha() and word.islower()):
            yield "models", f"{word!r} is not one word of small ASCII letters"
    seen: set[str] = set()
    for tool in entries.tool:
        place = f'tool "{tool.name}"'
        if not _TOOL_NAME.fullmatch(tool.name):
            yield place, "a name is small letters, digits and dashes, at most 40"
        if tool.name in seen:
            yield place, "this name stands here twice"
        seen.add(tool.name)
        yield from ((place, problem) for problem in _tool_problems(tool))
    if entries.unnamed not in {tool.name for tool in entries.tool if tool.marks == "ai"}:
        yield "unnamed", f'{entries.unnamed!r} is no tool with marks = "ai" of this file'
    yield from _clashes(entries.tool)


def _tool_problems(tool: Tool) -> Iterator[str]:
    for number, identity in enumerate(tool.identities, 1):
        yield from (f"identities, entry {number}: {problem}" for problem in _identity_problems(identity))
    for trailer in tool.trailers:
        yield from (problem for _, problem in _text_problems("", "key", trailer.key))
        yield from _value_problems(trailer)
    for kind, texts in (("footer", tool.footers), ("link", tool.links)):
        for text in texts:
            yield from (problem for _, problem in _text_problems("", kind, text))
    for name in (*tool.names, *tool.common):
        if not 0 < len(name) <= _MAX_TEXT or not any(char.isalnum() for char in name):
            yield f"name {name[:_MAX_TEXT]!r} has no word in it, or too many"
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


def _text_problems(place: str, kind: str, text: str) -> Iterator[tuple[str, str]]:
    if not text.isascii() or not text.isprintable():
        yield place, f"{kind} {text[:_MAX_TEXT]!r}: printable ASCII is wanted"
    if not _SHORTEST[kind] <= len(text.strip()) <= _MAX_TEXT:
        yield place, f"{kind} {text[:_MAX_TEXT]!r}: {_SHORTEST[kind]} to {_MAX_TEXT} characters are wanted"
    if kind == "key" and not text.replace("-", "").isalnum():
        yield place, f"key {text[:_MAX_TEXT]!r}: letters, digits and dashes are wanted"


def _clashes(tools: tuple[Tool, ...]) -> Iterator[tuple[str, str]]:
    """Identities that two tools claim on equal terms, so that the order of the file would decide."""
    owners: dict[tuple[str, str], str] = {}
    for tool in tools:
        for identity in tool.identities:
            for handle in _handles(identity):
                for name in identity.names or ("",):
                    other = owners.setdefault((handle, name.casefold()), tool.name)
                    if other != tool.name:
                        yield f'tool "{tool.name}"', f'{handle} is an identity of "{other}" already'


def _handles(identity: Identity) -> Iterator[str]:
    for handle in (identity.mail, identity.id, identity.login):
        if handle is not msgspec.UNSET:
            yield str(handle).casefold()
