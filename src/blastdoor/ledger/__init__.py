"""The ledger's format: one entry after another, each holding the digest of the one before.

Invariant: pure, and append only: there is no way to change an entry. Rows are the store's work.
"""

from blastdoor.ledger.entry import (
    MAX_ENTRY_BYTES,
    Entry,
    Kind,
    next_entry,
    read_entry,
    verify_chain,
)

__all__ = ["MAX_ENTRY_BYTES", "Entry", "Kind", "next_entry", "read_entry", "verify_chain"]
