"""Reach: what a change touches, what depends on it, up to services and tiers, and what it may destroy.

Invariant: pure, and unknowns only ever raise. A flow lists the tree, asks its cache for `fact_key`s, has the
missing blobs read and `extract`ed, and calls `build`, `load_catalogue` and `measure`.
"""

from blastdoor.reach.build import build
from blastdoor.reach.catalogue import Catalogue, Entity, load_catalogue
from blastdoor.reach.extract import extract
from blastdoor.reach.facts import (
    EXTRACTOR,
    MAX_BYTES,
    FileFacts,
    Import,
    decode_facts,
    encode_facts,
    fact_key,
    unread_facts,
)
from blastdoor.reach.graph import Edge, Graph, Reached
from blastdoor.reach.kinds import is_catalogue
from blastdoor.reach.languages import language_of
from blastdoor.reach.measure import coverage_of, measure

__all__ = [
    "EXTRACTOR",
    "MAX_BYTES",
    "Catalogue",
    "Edge",
    "Entity",
    "FileFacts",
    "Graph",
    "Import",
    "Reached",
    "build",
    "coverage_of",
    "decode_facts",
    "encode_facts",
    "extract",
    "fact_key",
    "is_catalogue",
    "language_of",
    "load_catalogue",
    "measure",
    "unread_facts",
]
