"""A made-up shop's repository, drawn from a seed: the same parameters give the same commit ids anywhere.

Every name, mailbox and key in it is invented; the keys follow from their owners' ids and protect nothing.
"""

from bench.synthetic.history import Size, write_history
from bench.synthetic.notes import write_notes

__all__ = ["Size", "write_history", "write_notes"]
