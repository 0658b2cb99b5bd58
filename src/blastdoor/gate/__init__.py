"""The gate: one pure decision over recorded inputs.

Invariant: no I/O, so that a decision can be made again from its bundle. Start reading at `decide.py`.
"""

from blastdoor.gate.attested import settle
from blastdoor.gate.course import judge_landing, landing_case
from blastdoor.gate.decide import decide, exit_status
from blastdoor.gate.demands import assign
from blastdoor.gate.explain import Explained, Part, RuleExplained, explain
from blastdoor.gate.judge import Judged, judge
from blastdoor.gate.overrides import Given, overrides_of
from blastdoor.gate.reports import proven_deployments
from blastdoor.gate.seals import content_of, risk_of, seal_of
from blastdoor.gate.votes import excluded, related

__all__ = [
    "Explained",
    "Given",
    "Judged",
    "Part",
    "RuleExplained",
    "assign",
    "content_of",
    "decide",
    "excluded",
    "exit_status",
    "explain",
    "judge",
    "judge_landing",
    "landing_case",
    "overrides_of",
    "proven_deployments",
    "related",
    "risk_of",
    "seal_of",
    "settle",
]
