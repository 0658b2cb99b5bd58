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


def unreadable(path: str, why: str, line: int = 0) -> Findings:
    """The one finding of a file, or a part of one, that cannot be read: it may destroy anything."""
    where = f"{path}:{line}" if line else path
    operation = Operation(
        resource=path,
        type="migration",
        action="unreadable",
        irreversible=True,
        why=f"cannot be read: {why}",
        where=where,
    )
    unknown = Unknown(
        code="unread-operation",
        what=f"what {where} does to stored state is not known: {why}",
        step="have somebody read it who knows that state",
        where=where,
    )
    return Findings(operations=[operation], unknowns=[unknown])
