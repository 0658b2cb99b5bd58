"""Provenance: the graded signals that AI took part in a change.

Invariant: pure, and the absence of a signal is never evidence of human work. Which tools there are is data
(`registry.toml`), read once; how text is matched is specified in `docs/spec/registry.md`.
"""

import re

from blastdoor.model import Signature
from blastdoor.provenance.assess import Assessment, assess
from blastdoor.provenance.classify import Classified, classify
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.identities import identities
from blastdoor.provenance.lines import Wanted, identities_in, suspects
from blastdoor.provenance.notes import MOST_BYTES as MOST_NOTE_BYTES
from blastdoor.provenance.presets import PRESETS, Finding, Preset, findings
from blastdoor.provenance.pull_request import PullRequest, pull_request_signals, read_pull_request
from blastdoor.provenance.registry import builtin_registry, load_registry
from blastdoor.provenance.scan import scan
from blastdoor.provenance.screen import Screen
from blastdoor.provenance.traces import FILE as TRACE_FILE
from blastdoor.provenance.traces import read_traces

__all__ = [
    "MOST_NOTE_BYTES",
    "PRESETS",
    "TRACE_FILE",
    "Assessment",
    "Classified",
    "Finding",
    "Preset",
    "PullRequest",
    "Registry",
    "Screen",
    "assess",
    "builtin_registry",
    "classify",
    "co_authors",
    "findings",
    "identity_of",
    "load_registry",
    "owns_mailbox",
    "pull_request_signals",
    "read_pull_request",
    "read_traces",
    "scan",
]

_AFTER_KEY = re.compile(r"^.{0,60}?[Bb][Yy][ \t]")
_CO_AUTHORS = Wanted(
    ("Co-authored-by", "Co-author", "Co-authors", "Co-author-by", "Co-developed-by", "Co-written-by")
)


def identity_of(name: str, mail: str, registry: Registry) -> tuple[str, str] | None:
    """The tool that a claimed name and mailbox are, and what it marks (`ai`, `automation`); None: a person's.

    By exact mailbox, GitHub id, App login or name suffix; never by a name alone or a vendor's domain. With a
    suffix (`Jane Doe (aider)`) the mailbox is still a person's: see `owns_mailbox`.
    """
    owner = identities(registry).owner(name, mail)
    return None if owner is None else (owner.tool, owner.marks)


def owns_mailbox(mail: str, registry: Registry) -> bool:
    """Whether the mailbox is a program's own, whatever name stands beside it."""
    return identities(registry).owns_mailbox(mail)


def co_authors(message: str) -> tuple[Signature, ...]:
    """Everyone a commit message names as a co-author, in its order, each once; `mail` is "" where absent.

    Every line counts, in any spelling (`Co-Authored-By`, `Co-developed-by`), with or without brackets; lines
    that begin with `>` are quotes and do not. What is fenced as code counts all the same, and so does a line
    without its colon: a hand too many asks for one more approval, a hand too few lets somebody vouch for
    their own work.
    """
    found: dict[tuple[str, str], Signature] = {}
    for line in suspects(message, _CO_AUTHORS):
        _, colon, value = line.text.partition(":")
        if not colon:
            value = _AFTER_KEY.sub("", line.text)
        for name, mail in identities_in(value.strip(" *_\t")):
            found.setdefault((name, mail), Signature(name=name, mail=mail))
    return tuple(found.values())
