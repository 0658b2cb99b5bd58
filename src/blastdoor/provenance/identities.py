"""Whether a name and mailbox are a tool's."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from blastdoor.model import Strength
from blastdoor.provenance.entries import Entries, Identity, Registry, Tool
from blastdoor.provenance.names import READ, Named, Namer

_NOREPLY = "@users.noreply.github.com"
_LONGEST_ID = 20
#: What stands in evidence where a person's mailbox stood.
REDACTED = "<redacted>"


class Owner(msgspec.Struct, frozen=True):
    """The tool that a name and mailbox belong to, and how sure that is."""

    tool: str
    marks: str
    strength: Strength
    model: str = ""


class Claim(msgspec.Struct, frozen=True):
    """A name and mailbox that speak for a tool, and what may be shown of them."""

    owner: Owner
    shown: str


class Identities:
    """The identities of a registry, ready to be looked up."""

    def __init__(self, entries: Entries) -> None:
        self.namer = Namer(entries)
        self.unnamed, self.app = entries.shared.unnamed, entries.shared.app
        self.suffixes = [(suffix.casefold(), tool) for tool in entries.tools for suffix in tool.suffixes]
        self.known_names: set[str] = set()
        # A handle is a mailbox, an id or an App's login; those that need a name come first in its list.
        self.handles: dict[str, list[tuple[frozenset[str], Tool]]] = {}
        for tool in entries.tools:
            self.known_names.update(name.casefold() for name in (*tool.names, *tool.common))
            for identity in tool.identities:
                self._learn(tool, identity)
        for owners in self.handles.values():
            owners.sort(key=lambda owner: not owner[0])
        # Histories repeat few names; longer ones than people have are not worth the room.
        self._remembered = lru_cache(maxsize=8192)(self._claim)

    def claim(self, name: str, mail: str) -> Claim | None:
        """Whose identity this is, or who is called so; None for a person."""
        return (self._remembered if len(name) + len(mail) <= READ else self._claim)(name, mail)

    def _claim(self, name: str, mail: str) -> Claim | None:
        owner = self.owner(name, mail) or self._called(name, mail)
        return None if owner is None else Claim(owner, self._shown(name, mail))

    def _learn(self, tool: Tool, identity: Identity) -> None:
        names = frozenset(name.casefold() for name in identity.names)
        self.known_names.update(names)
        for handle in (identity.mail, identity.id, identity.login):
            if isinstance(handle, str | int):
                self.handles.setdefault(str(handle).casefold(), []).append((names, tool))

    def owner(self, name: str, mail: str) -> Owner | None:
        """The tool whose identity this is by mailbox, id, login or suffix; by name alone it is nobody's."""
        folded = name.strip().casefold()
        for suffix, tool in self.suffixes:
            if folded == suffix or folded.endswith(" " + suffix):
                return Owner(tool.name, tool.marks, "strong")
        found = self._tool(mail, folded)
        if found is None:
            return self._app(mail)
        if found.marks == "automation":
            # A model's name over a robot's mailbox: the mailbox says a program, the name says which kind.
            named = self.namer.is_called(name, alone=False)
            if named is not None:
                return Owner(named.tool or self.unnamed, "ai", "medium", named.model)
            return Owner(found.name, found.marks, found.strength)
        if folded in self.handles:  # its own login: "chatgpt-codex-connector[bot]" is not ChatGPT
            return Owner(found.name, found.marks, found.strength)
        named = self.namer.mentioned(name, loose=True) or Named("", "")
        tool_name = found.name if named.tool in {"", self.unnamed} else named.tool
        return Owner(tool_name, found.marks, found.strength, named.model)

    def _app(self, mail: str) -> Owner | None:
        """An App that no entry knows: a robot, unless its login names a tool of AI."""
        login = _app_login(mail)
        if not login:
            return None
        named = self.namer.mentioned(login.replace("-", " "), sure=True)
        if named is not None and named.tool not in {"", self.unnamed}:
            return Owner(named.tool, "ai", "medium", named.model)
        return Owner(self.app, "automation", "strong")

    def _called(self, name: str, mail: str) -> Owner | None:
        """The tool that this whole name is, whatever mailbox stands beside it. A hint, never an identity."""
        login = name.strip().casefold()
        if login.endswith("[bot]") and login in self.handles:
            tool = self.handles[login][-1][1]
            return Owner(tool.name, tool.marks, "medium")
        named = self.namer.is_called(name, alone=not mail)
        return None if named is None else Owner(named.tool or self.unnamed, "ai", "medium", named.model)

    def owns_mailbox(self, mail: str) -> bool:
        """Whether the mailbox is a program's own, whatever name stands beside it."""
        return self._tool(mail, "") is not None or bool(_app_login(mail))

    def _shown(self, name: str, mail: str) -> str:
        """The identity as evidence: no mailbox that is not a tool's, no name that no tool has."""
        folded, ours = name.strip().casefold(), self.owns_mailbox(mail)
        suffix = next((suffix for suffix, _ in self.suffixes if folded.endswith(suffix)), "")
        known = (
            folded in self.known_names
            or folded in self.handles
            or (ours and folded == mail.partition("@")[0].casefold())
            or self.namer.is_called(name, alone=ours or not mail)
        ) and "@" not in name
        who = f"… {suffix}" if suffix else name.strip() if known else "…"
        return f"{who} {f'<{mail.strip()}>' if ours else REDACTED}" if mail else who

    def _tool(self, mail: str, folded_name: str) -> Tool | None:
        for handle, login in _handles(mail.strip().casefold()):
            for names, tool in self.handles.get(handle, ()):
                if not names or folded_name in names or login in names:
                    return tool
        return None


def _app_login(mail: str) -> str:
    """The login of a GitHub App whose mailbox this is, without its [bot]; "" for any other mailbox."""
    local = mail.strip().casefold().removesuffix(_NOREPLY)
    if "@" in local or not local.endswith("[bot]") or not mail.strip().casefold().endswith(_NOREPLY):
        return ""
    return local.rpartition("+")[2].removesuffix("[bot]")


@lru_cache(maxsize=4)
def identities(registry: Registry) -> Identities:
    """The lookup of a registry, built once."""
    return Identities(registry.entries)


def _handles(mail: str) -> Iterator[tuple[str, str]]:
    """The mailbox itself, then its GitHub id and login if it has them; each with the login beside it."""
    local = mail.removesuffix(_NOREPLY)
    if local == mail or "@" in local:
        yield mail, ""
        return
    id_, plus, login = local.partition("+")
    yield mail, login or local
    if id_.isascii() and id_.isdigit() and len(id_) <= _LONGEST_ID:
        yield id_, login
    # Only an App's login: a person's may be all digits, and would pass for an id.
    bot = login if plus else local
    if bot.endswith("[bot]"):
        yield bot, bot
