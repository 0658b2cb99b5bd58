"""The registry as it is written: one value per table of the TOML. Specified in `docs/spec/registry.md`."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from blastdoor.model import Strength, Value


class Identity(Value, frozen=True, kw_only=True):
    """One way a tool signs: an exact `mail`, a numeric GitHub `id`, the `login` of a GitHub App, or several.

    With `names`, it is the tool only under one of these names (any case).
    """

    mail: str | msgspec.UnsetType = msgspec.UNSET
    id: int | msgspec.UnsetType = msgspec.UNSET
    login: str | msgspec.UnsetType = msgspec.UNSET
    names: tuple[str, ...] = ()


class Trailer(Value, frozen=True, kw_only=True):
    """A trailer that only this tool writes. Without `starts` and `equals` any value but a denial counts."""

    key: str
    starts: tuple[str, ...] = ()
    equals: tuple[str, ...] = ()
    strength: Strength = "strong"


class Branch(Value, frozen=True, kw_only=True):
    """Head branches that a tool makes: they begin with `starts`, and at least so many `digits` follow."""

    starts: str
    digits: int = 0


class Tool(Value, frozen=True, kw_only=True):
    """A program that writes into commits. `strength` is that of its identities.

    `names` mean it wherever a name stands; `common` names are also persons' names or plain words, and mean
    it only where nothing else can be meant. `suffixes` end the name of a person who used it. `agents` are
    what notes and traces call it. `templated`: a robot whose messages quote what others wrote. `given`: its
    common names are persons' given names. `checked` is the month (YYYY-MM) in which the entry was last held
    against its sources.
    """

    name: str
    checked: str
    marks: Literal["ai", "automation"]
    strength: Strength = "strong"
    names: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    trailers: tuple[Trailer, ...] = ()
    footers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    labels: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    templated: bool = False
    given: bool = False


class Keys(Value, frozen=True, kw_only=True):
    """The trailers that any tool may stand in, by what they say of their value."""

    identity: tuple[str, ...]
    disclosing: tuple[str, ...]
    helping: tuple[str, ...] = ()
    declaring: tuple[str, ...]


class Models(Value, frozen=True, kw_only=True):
    """Words that models' names begin with: alone (`families`), or before a version or family (`lines`)."""

    families: tuple[str, ...]
    lines: tuple[str, ...]


class Shared(Value, frozen=True, kw_only=True):
    """What is no single tool's.

    `unnamed` is the tool that stands where AI is disclosed and no tool named, `app` the one for a GitHub App
    that no entry knows. `releases` begin the subjects of commits that workflows make from a template. Of
    prose, only sentences with one of the words `spoken` are read.
    """

    version: Literal[1]
    unnamed: str
    app: str
    trailers: Keys
    models: Models
    releases: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()


class Entries(Value, frozen=True, kw_only=True):
    """The whole registry."""

    shared: Shared
    tools: tuple[Tool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The tools we can tell. `digest` is that of the files they were read from; registries equal by it."""

    digest: str
    entries: Entries = field(compare=False, repr=False)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """Every tool, in the order of their files."""
        return self.entries.tools
