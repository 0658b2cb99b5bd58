"""From a commit to the signals in it."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from blastdoor.model import Commit, Signal, Strength
from blastdoor.provenance.entries import Registry, Tool, Trailer
from blastdoor.provenance.identities import Owner, identities
from blastdoor.provenance.lines import fold_key, identities_in, suspects, trailer, wanted
from blastdoor.provenance.names import is_denial
from blastdoor.provenance.raw import LONGEST, clean, without_mailboxes

#: What a footer may be decorated with, and lose. No backtick and no quotation mark: a quoted footer is none.
_DECORATION = " \t*_-\u2013\u2014\u2022\u00b7~✨🤖🧠🚀⚡💘👾🤝🛠\ufe0f\u200d"
_ADDRESS_END = re.compile(r"[\s()<>\[\]\"']")


class _Find(msgspec.Struct, frozen=True):
    """What a line holds, before it is placed in a commit."""

    kind: str
    owner: Owner
    raw: str


class _Scanner:
    """A registry made ready for reading lines."""

    def __init__(self, registry: Registry) -> None:
        entries = registry.entries
        self.identities = identities(registry)
        self.identity_keys = {fold_key(key) for key in entries.shared.trailers.identity}
        self.disclosing = {fold_key(key) for key in entries.shared.trailers.disclosing}
        self.declaring = {fold_key(key) for key in entries.shared.trailers.declaring}
        self.trailers: dict[str, list[tuple[Trailer, Tool]]] = {}
        self.footers: list[tuple[str, Tool]] = []
        self.links: list[tuple[str, Tool]] = []
        for tool in entries.tools:
            for one in tool.trailers:
                self.trailers.setdefault(fold_key(one.key), []).append((one, tool))
            self.footers += [(text.lower(), tool) for text in tool.footers]
            self.links += [(text.lower(), tool) for text in tool.links]
        keys = {*self.identity_keys, *self.disclosing, *self.declaring, *self.trailers}
        self.wanted = wanted(keys, (text for text, _ in self.footers + self.links))
        # Tools write the same line under every commit.
        self._remembered = lru_cache(maxsize=8192)(self._finds)

    def signals(self, commit: Commit) -> Iterator[Signal]:
        """What `scan` returns."""
        for role, who in (("author", commit.author), ("committer", commit.committer)):
            claim = self.identities.claim(who.name, who.mail)
            if claim is not None:
                yield _signal(_Find("identity", claim.owner, claim.shown), f"commit {commit.id} {role}")
        for line in suspects(commit.message, self.wanted):
            finds = (self._remembered if len(line.text) <= LONGEST else self._finds)(line.text)
            for find in finds:
                yield _signal(find, f"commit {commit.id} line {line.number}")

    def _finds(self, line: str) -> tuple[_Find, ...]:
        """Everything a line says. What a trailer said is not said again by a link in it."""
        parts = trailer(line)
        if parts is None:
            return tuple(self._in_text(line))
        key = fold_key(parts[0])
        found = tuple(self._in_trailer(*parts, line))
        return found if found or key in self.identity_keys else tuple(self._in_text(line))

    def _in_trailer(self, key: str, value: str, line: str) -> Iterator[_Find]:
        folded = fold_key(key)
        if folded in self.identity_keys:
            for name, mail in identities_in(value):
                claim = self.identities.claim(name, mail)
                if claim is not None:
                    yield _Find("trailer", claim.owner, f"{key}: {claim.shown}")
        elif folded in self.disclosing or folded in self.declaring:
            yield from self._in_disclosure(key, value, line, declaring=folded in self.declaring)
        else:
            for one, tool in self.trailers.get(folded, ()):
                if _fits(one, value):
                    owner = Owner(tool.name, tool.marks, one.strength, self.identities.namer.model(value))
                    yield _Find("trailer", owner, self._redacted(line))

    def _in_disclosure(self, key: str, value: str, line: str, *, declaring: bool) -> Iterator[_Find]:
        if is_denial(value):
            return
        found, names = False, []
        for name, mail in identities_in(value) if "@" in value else ():
            names.append(name)
            claim = self.identities.claim(name, mail)
            if claim is not None:
                found = True
                yield _Find("trailer", claim.owner, f"{key}: {claim.shown}")
        if found:
            return
        named = self.identities.namer.mentioned("; ".join(names) if names else value, sure=bool(names))
        if named is not None or declaring:
            tool, model = (named.tool, named.model) if named else ("", "")
            owner = Owner(tool or self.identities.unnamed, "ai", "medium", model)
            yield _Find("trailer", owner, self._redacted(line))

    def _in_text(self, line: str) -> Iterator[_Find]:
        bare = line.lstrip(_DECORATION)
        folded = bare[:400].lower()
        for text, tool in self.footers:
            if folded.startswith(text) and _is_whole(text, folded[len(text) :]):
                yield _Find("footer", _speaks_for(tool), self._redacted(bare))
                return
        folded = line.lower()
        for text, tool in self.links:
            at = _find_host(folded, text)
            if at >= 0:
                # Folding can lengthen a text, and then offsets in it are not offsets in the line.
                address = (line if len(line) == len(folded) else folded)[at : at + LONGEST]
                yield _Find("link", _speaks_for(tool), self._redacted(_ADDRESS_END.split(address, 1)[0]))

    def _redacted(self, text: str) -> str:
        return without_mailboxes(text, self.identities.owns_mailbox)


def scan(commit: Commit, registry: Registry) -> tuple[Signal, ...]:
    """Every signal in a commit: its author, its committer, and each line of its message, in this order.

    Never raises, whatever the text; takes time in proportion to it.
    """
    return tuple(_scanner(registry).signals(commit))


@lru_cache(maxsize=4)
def _scanner(registry: Registry) -> _Scanner:
    return _Scanner(registry)


def _signal(find: _Find, where: str) -> Signal:
    model = clean(find.owner.model)
    return Signal(
        source="commit",
        kind=find.kind,  # type: ignore[arg-type] # the three kinds this module makes
        tool=find.owner.tool,
        raw=clean(find.raw),
        where=where,
        strength=find.owner.strength,
        marks=find.owner.marks,  # type: ignore[arg-type] # checked when the registry was read
        model=model or msgspec.UNSET,
    )


def _speaks_for(tool: Tool) -> Owner:
    # People quote, cite and template footers and links: a reason to ask, seldom a signature.
    strength: Strength = "medium" if tool.marks == "ai" else "weak"
    return Owner(tool.name, tool.marks, strength)


def _fits(one: Trailer, value: str) -> bool:
    folded = value.strip().casefold()
    if one.equals:
        return any(folded == text.casefold() for text in one.equals)
    if one.starts:
        return any(folded.startswith(text.casefold()) for text in one.starts)
    return not is_denial(value)


def _is_whole(footer: str, rest: str) -> bool:
    """Whether a footer's words end where it ends: "Generated with Claude Code footers: drop" is prose."""
    rest = rest.lstrip()
    return footer.endswith("]") or not rest or not rest[0].isalnum()


def _find_host(line: str, link: str) -> int:
    """Where the link stands with its whole host: not in `notclaude.ai/…`. -1: nowhere."""
    at = line.find(link)
    while at >= 0:
        before = line[max(0, at - 4) : at]
        if not before or before == "www." or not (before[-1].isalnum() or before[-1] in ".-_"):
            return at
        at = line.find(link, at + 1)
    return -1
