"""From a commit to the signals in it."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from blastdoor.model import Commit, Kind, Signal, Source, Strength
from blastdoor.provenance.branches import Branches
from blastdoor.provenance.denials import denies
from blastdoor.provenance.entries import Registry, Tool, Trailer
from blastdoor.provenance.identities import Owner, identities
from blastdoor.provenance.lines import MOST_LINES, Message, Wanted, fold_key, identities_in, trailer
from blastdoor.provenance.prose import Prose
from blastdoor.provenance.raw import LONGEST, clean, without_mailboxes

#: A message that discloses so often is read no further.
_ENOUGH = 100
#: What a footer may be decorated with, and lose. No backtick and no quotation mark: a quoted footer is none.
_DECORATION = " \t*_-\u2013\u2014\u2022\u00b7~✨🤖🧠🚀⚡💘👾🤝🛠\ufe0f\u200d"
_NO_COLON = re.compile(r"[ \t*•_-]{0,40}((?:[A-Za-z]{2,12}[-_ ]){1,3}[Bb][Yy])[ \t]+(\S.*@.*)")
_ADDRESS_END = re.compile(r"[\s()<>\[\]\"']")


class _Find(msgspec.Struct, frozen=True):
    """What a line holds, before it is placed in a commit."""

    kind: Kind
    owner: Owner
    raw: str


class Reader:
    """A registry made ready for reading commits."""

    def __init__(self, registry: Registry) -> None:
        entries = registry.entries
        keys = entries.shared.trailers
        self.identities = identities(registry)
        self.prose = Prose(entries)
        self.merged = Branches(entries)
        self.identity_keys = {fold_key(key) for key in keys.identity}
        self.helping = {fold_key(key) for key in keys.helping}
        self.disclosing = {fold_key(key) for key in keys.disclosing} | self.helping
        self.given = {tool.name for tool in entries.tools if tool.given}
        self.declaring = {fold_key(key) for key in keys.declaring}
        self.trailers: dict[str, list[tuple[Trailer, Tool]]] = {}
        self.footers: list[tuple[str, Tool]] = []
        self.links: list[tuple[str, Tool]] = []
        for tool in entries.tools:
            for one in tool.trailers:
                self.trailers.setdefault(fold_key(one.key), []).append((one, tool))
            self.footers += [(text.lower(), tool) for text in tool.footers]
            self.links += [(text.lower(), tool) for text in tool.links]
        own = (one.key for tool in entries.tools for one in tool.trailers)
        self.wanted = Wanted(
            (*keys.identity, *keys.disclosing, *keys.helping, *keys.declaring, *own),
            (text for text, _ in self.footers + self.links),
        )
        self.known_keys = {*self.identity_keys, *self.disclosing, *self.declaring, *self.trailers}
        # Tools write the same line under every commit.
        self._remembered = lru_cache(maxsize=8192)(self._finds)

    def read(self, commit: Commit) -> tuple[list[Signal], bool]:
        """Every signal in a commit: its author, its committer, and its message, in this order.

        And whether the message has more lines that could say something than are read.
        """
        signals = []
        for role, who in (("author", commit.author), ("committer", commit.committer)):
            claim = self.identities.claim(who.name, who.mail)
            if claim is not None:
                where = f"commit {commit.id} {role}"
                signals.append(place("commit", "identity", claim.owner, claim.shown, where))
        said, unread = self.read_text(commit.message, "commit", f"commit {commit.id} line ")
        return signals + said, unread

    def read_text(self, text: str, source: Source, where: str) -> tuple[list[Signal], bool]:
        """What a message or a pull request's body says; `where` is said with the line's number after it."""
        message, told, signals = Message(text), dict[tuple[int, int], int](), list[Signal]()
        spans = self.wanted.spans(message.cut, MOST_LINES + 1)
        disclosed = 0
        for line in message.lines(spans[:MOST_LINES]):
            finds = (self._remembered if len(line.text) <= LONGEST else self._finds)(line.text)
            if finds and line.text.lstrip()[:6].lower() == "agent:" and b"\nmodel:" not in message.cut:
                continue  # an agent in the text; with a model beside it, it is who wrote this
            for find in finds:
                told[line.span] = line.number
                signals.append(place(source, find.kind, find.owner, find.raw, f"{where}{line.number}"))
                disclosed += find.owner.marks == "ai" and find.owner.strength != "weak"
            if disclosed >= _ENOUGH:
                break
        tool = self.merged.merged_by(text)
        if tool is not None:
            raw = self._redacted(text.strip().partition("\n")[0])
            signals.append(place(source, "branch", Owner(tool.name, tool.marks, "medium"), raw, f"{where}1"))
        numbers = set(told.values())
        for said in self.prose.disclosures(message, told):
            if said.number not in numbers:
                owner = Owner(said.tool, "ai", "medium" if said.counts else "weak", said.model)
                raw = self._redacted(said.raw)
                signals.append(place(source, said.kind, owner, raw, f"{where}{said.number}"))
        return signals, len(spans) > MOST_LINES and disclosed < _ENOUGH

    def says_something(self, line: str) -> bool:
        """Whether one line says anything, were it no quote."""
        return bool(self._remembered(line) if len(line) <= LONGEST else self._finds(line))

    def owner_of(self, name: str, mail: str) -> Owner | None:
        """Whose a name and mailbox are, or who is called so; None for a person."""
        claim = self.identities.claim(name, mail)
        return None if claim is None else claim.owner

    def _finds(self, line: str) -> tuple[_Find, ...]:
        """Everything a line says. What a trailer said is not said again by a link in it."""
        parts = trailer(line)
        if parts is None or fold_key(parts[0]) not in self.known_keys:
            parts = self._without_colon(line)
        if parts is None:
            return tuple(self._in_text(line))
        key = fold_key(parts[0])
        found = tuple(self._in_trailer(*parts, line))
        return found if found or key in self.identity_keys else tuple(self._in_text(line))

    def _without_colon(self, line: str) -> tuple[str, str] | None:
        """`Co-authored-by Name <mail>`: by hand, and only before a mailbox."""
        found = _NO_COLON.match(line)
        return (found[1], found[2].strip()) if found and fold_key(found[1]) in self.identity_keys else None

    def _in_trailer(self, key: str, value: str, line: str) -> Iterator[_Find]:
        folded = fold_key(key)
        if folded in self.identity_keys:
            for name, mail in identities_in(value):
                claim = self.identities.claim(name, mail)
                if claim is not None:
                    yield _Find("trailer", claim.owner, f"{key}: {claim.shown}")
            return
        own = [(one, tool) for one, tool in self.trailers.get(folded, ()) if self._fits(one, value)]
        for one, tool in own:
            owner = Owner(tool.name, tool.marks, one.strength, self.identities.namer.model(value))
            yield _Find("trailer", owner, self._redacted(line))
        if not own and (folded in self.disclosing or folded in self.declaring):
            yield from self._in_disclosure(key, value, line, declaring=folded in self.declaring)

    def _in_disclosure(self, key: str, value: str, line: str, *, declaring: bool) -> Iterator[_Find]:
        if denies(value, self._names_a_tool):
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
        if (
            named is not None
            and named.tool in self.given
            and not named.model
            and fold_key(key) in self.helping
        ):
            named = self.identities.namer.mentioned(value, sure=True)
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

    def _fits(self, one: Trailer, value: str) -> bool:
        folded = value.strip().casefold()
        if one.equals:
            return any(folded == text.casefold() for text in one.equals)
        if one.starts:
            return any(folded.startswith(text.casefold()) for text in one.starts)
        return not denies(value, self._names_a_tool)

    def _names_a_tool(self, text: str) -> bool:
        return self.identities.namer.mentioned(text) is not None

    def _redacted(self, text: str) -> str:
        return without_mailboxes(text, self.identities.owns_mailbox)


def scan(commit: Commit, registry: Registry) -> tuple[Signal, ...]:
    """Every signal in a commit: its author, its committer, and its message, in this order.

    Never raises, whatever the text; takes time in proportion to it.
    """
    return tuple(reader(registry).read(commit)[0])


@lru_cache(maxsize=4)
def reader(registry: Registry) -> Reader:
    """The reader of a registry, built once."""
    return Reader(registry)


def place(source: Source, kind: Kind, owner: Owner, raw: str, where: str) -> Signal:
    """A signal: what was found, as it may be kept, and where."""
    return Signal(
        source=source,
        kind=kind,
        tool=owner.tool,
        raw=clean(raw),
        where=where,
        strength=owner.strength,
        marks=owner.marks,  # type: ignore[arg-type] # checked when the registry was read
        model=clean(owner.model) or msgspec.UNSET,
    )


def _speaks_for(tool: Tool) -> Owner:
    # People quote, cite and template footers and links: a reason to ask, seldom a signature.
    strength: Strength = "medium" if tool.marks == "ai" else "weak"
    return Owner(tool.name, tool.marks, strength)


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
