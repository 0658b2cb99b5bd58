"""The graded signals that AI took part in a change."""

from typing import Literal

import msgspec

from blastdoor.model.scales import Assurance, State, Strength
from blastdoor.model.value import Value

Source = Literal["commit", "note", "trace", "pull_request", "attestation", "statement"]
#: `lines`: a note or trace says which lines a tool wrote; `session`: it names a tool's session and no line.
Kind = Literal[
    "identity", "trailer", "footer", "link", "prose", "branch", "label", "section", "checkbox", "lines",
    "session", "seal",
]  # fmt: skip


class Signal(Value, frozen=True, kw_only=True):
    """One piece of evidence.

    `tool` is the registry's name (`claude-code`, `dependabot`); `marks` says what it speaks for.
    `raw` is the matched text with mailboxes that are not a tool's own replaced by `<redacted>`;
    `where` is `commit <id> author|committer|line <n>`, `note of <id>`, `pull request line <n>`, …
    `removed_in` names the commit that has the content now, where a mark that was recorded is no longer there.
    """

    source: Source
    kind: Kind
    tool: str
    raw: str
    where: str
    strength: Strength
    marks: Literal["ai", "automation"]
    model: str | msgspec.UnsetType = msgspec.UNSET
    removed_in: str | msgspec.UnsetType = msgspec.UNSET


class Share(Value, frozen=True, kw_only=True):
    """How many commits there are, and how many of them are `ai_disclosed` or `automation`."""

    total: int
    ai_disclosed: int
    automation: int


class Lines(Value, frozen=True, kw_only=True):
    """How many lines notes attest to somebody, and how many of them to a tool."""

    attested: int
    ai: int


class Mark(Value, frozen=True, kw_only=True):
    """A signal as it is remembered: with what it was seen.

    `key` is one of the things by which it is found again (`docs/spec/state.md`); `base` and `head` are those
    of the change, `commit` the one that had the signal ("" for the change as a whole).
    """

    key: str
    base: str
    head: str
    commit: str
    signal: Signal


class Provenance(Value, frozen=True, kw_only=True):
    """What is known of AI's part in a change: the state, and every signal that led to it.

    `tool_as_author`: a tool stands as author, committer, co-author or signer of some commit. `undeclared`:
    some commit has evidence of AI and no trailer (`Assisted-by:` and the like) that declares it.
    `assurance` tells who says so. A state that lowers a demand counts only when it is not `asserted`
    (see `effective`). `registry` is the digest of the signal registry that was used.
    """

    state: State
    assurance: Assurance
    signals: tuple[Signal, ...]
    registry: str
    # Absent in what was recorded before there were these: the bytes of old bundles must not change.
    tool_as_author: bool | msgspec.UnsetType = msgspec.UNSET
    undeclared: bool | msgspec.UnsetType = msgspec.UNSET
    commits: Share | msgspec.UnsetType = msgspec.UNSET
    lines: Lines | msgspec.UnsetType = msgspec.UNSET

    @property
    def effective(self) -> State:
        """The state that conditions are decided on: an asserted claim lowers nothing."""
        if self.assurance == "asserted" and self.state in {"attested_none", "automation"}:
            return "no_disclosure"
        return self.state
