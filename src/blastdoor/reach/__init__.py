"""Reach: what a change touches, what depends on it, up to services and tiers, and what it may destroy.

Invariant: pure, and unknowns only ever raise. A flow lists the tree, asks its cache for `fact_key`s, has the
missing blobs read and `extract`ed, and calls `build`, `load_catalogue` and `measure`. Readers that few
changes need (lockfiles, plans, SQL, pictures) are not loaded here: they are taken from their own modules.
"""

from blastdoor.reach.build import build
from blastdoor.reach.catalogue import Call, Catalogue, Declared, Entity, load_catalogue
from blastdoor.reach.catalogue_locations import locations, may_locate
from blastdoor.reach.extract import LFS, extract
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
from blastdoor.reach.javascript_configs import Configs
from blastdoor.reach.kinds import is_catalogue, is_docs, stateful_kind
from blastdoor.reach.languages import language_of
from blastdoor.reach.measure import coverage_of, measure, measure_operations
from blastdoor.reach.operations.examine import MAX_EXAMINED, Version, examine, pair_moves
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.owners import OWNERS_FILES, Owners, load_owners
from blastdoor.reach.services import reach_services

__all__ = [
    "EXTRACTOR",
    "LFS",
    "MAX_BYTES",
    "MAX_EXAMINED",
    "OWNERS_FILES",
    "Call",
    "Catalogue",
    "Configs",
    "Declared",
    "Edge",
    "Entity",
    "FileFacts",
    "Findings",
    "Graph",
    "Import",
    "Owners",
    "Reached",
    "Version",
    "build",
    "coverage_of",
    "decode_facts",
    "encode_facts",
    "examine",
    "extract",
    "fact_key",
    "is_catalogue",
    "is_docs",
    "language_of",
    "load_catalogue",
    "load_owners",
    "locations",
    "may_locate",
    "measure",
    "measure_operations",
    "pair_moves",
    "reach_services",
    "stateful_kind",
    "unread_facts",
]
