"""What one file says by itself: a pure function of its bytes, so that it can be remembered by blob id."""

import msgspec

from blastdoor.model import Value

#: The version of the extractors. Any change to what `extract` gives for the same bytes changes it.
EXTRACTOR = "imports-1"

#: Files larger than this are not read (bytes).
MAX_BYTES = 2_000_000

_LANGUAGES = {".py": "python", ".pyi": "python"}


class Import(Value, frozen=True, kw_only=True, array_like=True, gc=False):
    """One imported module.

    `level` counts leading dots; `module` is empty for `from . import x`. `names` are those after `import`
    in a from-import (`*` stands as it is). `weak`: under `if TYPE_CHECKING:`, so not there when it runs.
    """

    module: str
    level: int = 0
    names: tuple[str, ...] = ()
    weak: bool = False


class FileFacts(Value, frozen=True, kw_only=True, array_like=True, gc=False):
    """The imports of a file, and what could not be told.

    `dynamic`: it imports modules whose names are only known when it runs. `unread` says why the file was not
    read as its language reads it ("" if it was); the imports found nevertheless are kept.
    """

    language: str
    imports: tuple[Import, ...] = ()
    dynamic: bool = False
    unread: str = ""


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileFacts)


def language_of(path: str) -> str | None:
    """The language that `extract` reads a file of this name as; None if there is no reader for it."""
    name = path.rpartition("/")[2]
    return _LANGUAGES.get(name[name.rfind(".") :].lower()) if "." in name else None


def fact_key(language: str, blob: str) -> str:
    """The key of a blob's facts in a cache: content and extractor, never the path."""
    return f"{blob}:{language}:{EXTRACTOR}"


def unread_facts(language: str, why: str) -> FileFacts:
    """The facts of a file whose bytes are not at hand (too large, absent from a partial clone)."""
    return FileFacts(language=language, unread=why)


def encode_facts(facts: FileFacts) -> bytes:
    """Facts as MessagePack, for a cache."""
    return _ENCODER.encode(facts)


def decode_facts(data: bytes) -> FileFacts | None:
    """Facts as `encode_facts` wrote them; None for anything else, which a caller takes as not remembered."""
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
