"""Commit objects as git stores them. Nothing in them is trusted, and anything may be broken."""

import re

from blastdoor.model import Commit, Signature

#: `name <mail> seconds zone`; the name may be anything, the mail has no angle brackets.
_IDENTITY = re.compile(rb"(?P<name>[^<\n]{0,5000})<(?P<mail>[^>\n]{0,5000})>")


def parse_commit(id_: str, raw: bytes) -> Commit:
    """A commit from its raw object. A header that is missing or broken gives empty text, never an error."""
    head, _, message = raw.partition(b"\n\n")
    parents: list[str] = []
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):
        if line.startswith(b" "):
            continue  # a header that goes on, such as a signature
        key, _, value = line.partition(b" ")
        if key == b"parent":
            parents.append(value.decode("ascii", "replace"))
        else:
            fields.setdefault(key, value)
    codec = fields.get(b"encoding", b"").decode("ascii", "replace").strip()
    return Commit(
        id=id_,
        parents=tuple(parents),
        author=_signature(fields.get(b"author", b""), codec),
        committer=_signature(fields.get(b"committer", b""), codec),
        message=_text(message, codec),
    )


def _signature(value: bytes, codec: str) -> Signature:
    match = _IDENTITY.match(value)
    if match is None:
        return Signature(name=_text(value[:5000], codec).strip(), mail="")
    return Signature(name=_text(match["name"], codec).strip(), mail=_text(match["mail"], codec).strip())


def _text(data: bytes, codec: str) -> str:
    # The encoding is named by the commit: only plain character sets are let in, none that transform.
    if codec and codec.lower() not in {"utf-8", "utf8"} and _PLAIN.fullmatch(codec):
        try:
            return data.decode(codec)
        except (LookupError, ValueError):
            return data.decode("utf-8", "backslashreplace")
    return data.decode("utf-8", "backslashreplace")


_PLAIN = re.compile(
    r"(?:iso[-_]?8859[-_][0-9]{1,2}|windows-?[0-9]{4}|cp[0-9]{3,4}|latin-?[0-9]|koi8-[ru]|euc-(?:jp|kr)|shift_?jis|gbk?|gb18030|big5|us-ascii)",
    re.IGNORECASE,
)
