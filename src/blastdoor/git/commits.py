"""Commit objects as git stores them. Nothing in them is trusted, and anything may be broken."""

import re
from collections.abc import Sequence

from blastdoor.git.workshop import Workshop
from blastdoor.model import Commit, Signature

#: A commit object larger than this is not read; real messages end far below.
MAX_COMMIT = 64_000_000

# The commit names its encoding, so only plain character sets are let in: some of Python's codecs transform,
# take quadratic time, or give text that has no canonical form.
_PLAIN = re.compile(
    r"(?:iso[-_]?8859[-_][0-9]{1,2}|iso[-_]?2022[-_](?:jp|kr)|latin-?[0-9]{1,2}|us-ascii|ascii|utf-?(?:16|32)(?:le|be)?"
    r"|windows-?[0-9]{4}|cp-?[0-9]{3,5}|koi8-[ru]|euc-(?:jp|kr|cn)|shift[-_]?jis|sjis|gb2312|gbk|gb18030|big5"
    r"|mac-?roman|tis-620)",
    re.IGNORECASE,
)


def parse_commit(id_: str, raw: bytes) -> Commit:
    """A commit from its raw object. A header that is missing or broken gives empty text, never an error."""
    head, _, message = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    codec = ""
    if b"\nencoding " in head:
        codec = _header(lines, b"encoding ").decode("ascii", "replace").strip()
    return Commit(
        id=id_,
        parents=_parents(lines),
        author=_signature(_header(lines, b"author "), codec),
        committer=_signature(_header(lines, b"committer "), codec),
        message=_text(message, codec),
    )


def parse_parents(raw: bytes) -> tuple[str, ...]:
    """The parents that a raw commit object names."""
    return _parents(raw.partition(b"\n\n")[0].split(b"\n"))


def parents_of(workshop: Workshop, commit: str) -> tuple[str, ...]:
    """The parents that a commit names, whether they are here or not; none for what is no commit."""
    found = workshop.contents(commit, MAX_COMMIT)
    return parse_parents(found[1]) if found is not None and found[1] is not None else ()


def _parents(lines: Sequence[bytes]) -> tuple[str, ...]:
    # As git reads them: the lines right after the first, and none further down.
    found = []
    for line in lines[1:]:
        if not line.startswith(b"parent "):
            break
        found.append(line[7:].decode("ascii", "replace"))
    return tuple(found)


def _header(lines: Sequence[bytes], key: bytes) -> bytes:
    # Lines that continue a header, as those of a signature do, begin with a space.
    for line in lines:
        if line.startswith(key):
            return line[len(key) :]
    return b""


def _signature(value: bytes, codec: str) -> Signature:
    # `name <mail> seconds zone`; git too takes the first bracket, and the first that closes it.
    name, _, rest = value.partition(b"<")
    mail, closed, _ = rest.partition(b">")
    return Signature(name=_text(name, codec).strip(), mail=_text(mail, codec).strip() if closed else "")


def _text(data: bytes, codec: str) -> str:
    if codec and _PLAIN.fullmatch(codec):
        try:
            return data.decode(codec)
        except (LookupError, ValueError):
            return data.decode("utf-8", "backslashreplace")
    return data.decode("utf-8", "backslashreplace")
