"""Rules that projects have on AI, held against one commit at a time.

Who has which: `docs/howto/ai-policies.md`.
"""

import re
from collections.abc import Iterator
from typing import Literal, get_args

from blastdoor.model import Signal, Value
from blastdoor.provenance.classify import Classified
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.lines import fold_key, trailer
from blastdoor.provenance.scan import reader

Preset = Literal["disclose", "kernel", "forbid", "no-co-author", "attest"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
#: `Assisted-by: AGENT_NAME:MODEL_VERSION [TOOL1] [TOOL2]`
_KERNEL = re.compile(
    r"assisted-by:\s{0,9}[^\s:]{1,80}:[^\s:]{1,80}(?:\s{1,9}\S{1,80}){0,20}\s{0,9}", re.IGNORECASE
)
_SIGNED = frozenset({"signedoffby", "signedofby"})


class Finding(Value, frozen=True, kw_only=True):
    """Why a commit is refused; `raw` is the evidence, "" where something is missing."""

    commit: str
    what: str
    raw: str = ""


def is_undeclared(one: Classified, registry: Registry) -> bool:
    """Whether a commit has evidence of AI, and no trailer that declares it."""
    keys = reader(registry)
    evidence = _evidence(one)
    return bool(evidence) and not any(_key(signal) in keys.disclosing | keys.declaring for signal in evidence)


def findings(
    one: Classified, preset: Preset, registry: Registry, *, attested: bool = False
) -> tuple[Finding, ...]:
    """What a rule refuses in a commit. `attested`: its author signed that no AI was used."""
    evidence = _evidence(one)
    keys = reader(registry)
    disclosing = keys.disclosing | keys.declaring
    match preset:
        case "disclose" | "kernel":
            return tuple(_undisclosed(one, evidence, disclosing, kernel=preset == "kernel"))
        case "forbid":
            return tuple(_finding(one, "AI-made content is not taken here", signal) for signal in evidence)
        case "no-co-author":
            return tuple(_co_authors(one, evidence, keys.identity_keys))
        case "attest":
            if one.state == "no_disclosure" and not attested:
                what = "neither discloses AI nor is attested to be without, so it counts as AI-assisted"
                return (Finding(commit=one.id, what=what),)
            return ()


def _evidence(one: Classified) -> list[Signal]:
    return [signal for signal in one.signals if signal.marks == "ai" and signal.strength != "weak"]


def _undisclosed(
    one: Classified, evidence: list[Signal], disclosing: set[str], *, kernel: bool
) -> Iterator[Finding]:
    disclosed = [signal for signal in evidence if _key(signal) in disclosing]
    if evidence and not disclosed:
        yield _finding(one, "AI took part, and no `Assisted-by:` line says so", evidence[0])
    if kernel:
        for signal in disclosed:
            if not _KERNEL.fullmatch(signal.raw):
                yield _finding(one, "not of the form `Assisted-by: AGENT:MODEL [TOOL ...]`", signal)
    for signal in evidence:
        if _key(signal) in _SIGNED:
            yield _finding(one, "only persons can sign off", signal)


def _co_authors(one: Classified, evidence: list[Signal], identity_keys: set[str]) -> Iterator[Finding]:
    for signal in evidence:
        if signal.source == "commit" and (signal.kind == "identity" or _key(signal) in identity_keys):
            yield _finding(one, "a tool is no author, committer or co-author", signal)


def _key(signal: Signal) -> str:
    parts = trailer(signal.raw) if signal.source == "commit" and signal.kind == "trailer" else None
    return fold_key(parts[0]) if parts else ""


def _finding(one: Classified, what: str, signal: Signal) -> Finding:
    return Finding(commit=one.id, what=what, raw=signal.raw)
