"""The gate: one pure decision over recorded inputs.

Invariant: no I/O, so that a decision can be made again from its bundle. Start reading at `decide.py`.
"""

from blastdoor.gate.attested import settle
from blastdoor.gate.decide import decide, exit_status
from blastdoor.gate.demands import assign
from blastdoor.gate.seals import content_of, risk_of, seal_of
from blastdoor.gate.votes import excluded, related

__all__ = [
    "assign",
    "content_of",
    "decide",
    "excluded",
    "exit_status",
    "related",
    "risk_of",
    "seal_of",
    "settle",
]
