"""From everything that is known of one commit to what it says of AI's part in it."""

from collections.abc import Sequence

import msgspec

from blastdoor.model import Commit, Lines, Signal, State, Value
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.notes import read_note
from blastdoor.provenance.pull_request import PullRequest, pull_request_signals
from blastdoor.provenance.scan import reader


class Classified(Value, frozen=True, kw_only=True):
    """One commit: its state, the tools and models that speak for it (sorted), and every signal.

    `lines` are those that notes attest; `note_unread` says that a note was there and could not be read;
    `unread` that the message has more lines that could say something than are read.
    """

    id: str
    state: State
    tools: tuple[str, ...]
    models: tuple[str, ...]
    signals: tuple[Signal, ...]
    lines: Lines | msgspec.UnsetType = msgspec.UNSET
    note_unread: bool = False
    unread: bool = False


def classify(
    commit: Commit,
    registry: Registry,
    *,
    notes: Sequence[str | bytes | None] = (),
    traces: Sequence[Signal] = (),
    pull_request: PullRequest | None = None,
) -> Classified:
    """What a commit, its git notes (None: too large to read), traces and pull request say.

    `ai_disclosed` by any AI signal that is not weak; else `automation` if its author is a robot; else
    `no_disclosure`, which says nothing about who wrote it.
    """
    ready = reader(registry)
    robot = ready.owner_of(commit.author.name, commit.author.mail)
    automated = robot is not None and robot.marks == "automation"
    signals, unread = ready.read(commit)
    if automated and robot is not None:
        signals = _without_template(commit, robot.tool, signals, registry)
    attested = ai = 0
    unreadable = False
    for note in notes:
        reading = read_note(note or "", f"note of {commit.id}", registry)
        unreadable = unreadable or not reading.readable
        signals += reading.signals
        attested, ai = attested + reading.attested, ai + reading.ai
    signals += traces
    if pull_request is not None:
        signals += pull_request_signals(pull_request, registry)
    speaking = [one for one in signals if one.marks == "ai" and one.strength != "weak"]
    state: State = "ai_disclosed" if speaking else "automation" if automated else "no_disclosure"
    if state == "automation":
        speaking = [one for one in signals if one.marks == "automation"]
    unnamed = registry.entries.shared.unnamed
    return Classified(
        id=commit.id,
        state=state,
        tools=tuple(sorted({one.tool for one in speaking} - {unnamed})),
        models=tuple(sorted({one.model for one in speaking if isinstance(one.model, str)})),
        signals=tuple(signals),
        lines=Lines(attested=attested, ai=ai) if attested else msgspec.UNSET,
        note_unread=unreadable,
        unread=unread,
    )


def _without_template(commit: Commit, robot: str, signals: list[Signal], registry: Registry) -> list[Signal]:
    """The signals of a robot's commit, those weakened that its template writes or quotes.

    A release commit is its workflow's template from the first word to the last. A dependency bump quotes what
    other projects wrote; only trailers were added to it, by whoever worked on it afterwards.
    """
    subject = commit.message[:200].lstrip().lower()
    released = subject.startswith(registry.entries.shared.releases)
    quoting = any(tool.name == robot and tool.templated for tool in registry.tools)
    if not released and not quoting:
        return signals
    return [
        msgspec.structs.replace(one, strength="weak")
        if one.marks == "ai" and one.kind != "identity" and (released or one.kind != "trailer")
        else one
        for one in signals
    ]
