"""What a reader of plans, manifests or SQL found: operations, and what it could not tell."""

from dataclasses import dataclass, field

from blastdoor.model import Operation, Unknown


@dataclass(slots=True, kw_only=True)
class Findings:
    """Operations and unknowns in the order in which they stand in what was read."""

    operations: list[Operation] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Take over what another reader found."""
        self.operations += other.operations
        self.unknowns += other.unknowns
