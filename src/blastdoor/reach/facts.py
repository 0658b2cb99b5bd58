"""What one file says by itself: a pure function of its bytes, so that it can be remembered by blob id."""

import msgspec

from blastdoor.model import Value

#: The version of the extractors. Any change to what `extract` gives for the same bytes changes it.
EXTRACTOR = "imports-4"

#: Files larger than this are not read (bytes).
MAX_BYTES = 2_000_000


class Import(Value, frozen=True, kw_only=True, array_like=True, gc=False):
    """One thing that a file says it uses: a module, a path, an image, a name.

    `module` is what is written, `kind` in which way (docs/spec/reach.md lists the kinds of each language),
    `line` where, counted from 1 (0: nowhere in particular). In Python, `level` counts leading dots, `module`
    is empty for `from . import x`, and `names` are those after `import` (`*` stands as it is). `weak`: only
    types are used, so it is not there when the program runs.
    """

    module: str
    level: int = 0
    names: tuple[str, ...] = ()
    weak: bool = False
    kind: str = "import"
    line: int = 0


class FileFacts(Value, frozen=True, kw_only=True, array_like=True, gc=False):
    """The imports of a file, and what could not be told.

    `dynamic`: it imports modules whose names are only known when it runs. `unread` says why the file was not
    read as its language reads it ("" if it was); the imports found nevertheless are kept. `detail` is what a
    manifest says, as JSON for the resolver of its language. `tables`: those of databases that it names, of
    kind `table` where it uses one and `alters` where it makes or changes one.
    """

    language: str
    imports: tuple[Import, ...] = ()
    dynamic: bool = False
    unread: str = ""
    detail: str = ""
    tables: tuple[Import, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileFacts)


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
