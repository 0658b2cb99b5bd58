"""Use cases: gather, decide, record. They see the world through ports alone, and return values."""

from blastdoor.flows.approve import Answer, Spoken, speak
from blastdoor.flows.bundle import decide_again, read_bundle, write_bundle
from blastdoor.flows.check import Decided, check, record_verdict
from blastdoor.flows.facts import read_facts
from blastdoor.flows.gather import Gathered, Question, gather
from blastdoor.flows.world import World

__all__ = [
    "Answer",
    "Decided",
    "Gathered",
    "Question",
    "Spoken",
    "World",
    "check",
    "decide_again",
    "gather",
    "read_bundle",
    "read_facts",
    "record_verdict",
    "speak",
    "write_bundle",
]
