"""The table that an ALTER TABLE is about, and how an operation on it or a part of it is told."""

from dataclasses import dataclass

from blastdoor.model import Operation
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.sql_words import Script, bare


@dataclass(frozen=True, slots=True)
class AlteredTable:
    """The table altered. `name` as it is spelled; `only_new`: made by this script, so nobody waits for it."""

    name: str
    only_new: bool
    script: Script

    def op(
        self,
        action: Action,
        why: str,
        *,
        kind: str = "table",
        part: str = "",
        lost: bool = False,
        danger: Danger | None = None,
    ) -> Operation:
        """An operation on the table, or on the part of it that is named."""
        if self.only_new and (lost or danger == "availability"):
            lost, danger, why = False, None, "the table was created in this script: nothing is lost or waits"
        resource = f"table {bare(self.name)}"
        if kind == "column":
            resource = f"column {bare(self.name)}.{bare(part)}"
        elif kind != "table":
            resource = f"{kind} {bare(part)}" if part else f"{kind} of {bare(self.name)}"
        return self.script.op(resource, kind, action, why, lost=lost, danger=danger)

    def locked(
        self, why: str, *, kind: str = "table", part: str = "", action: Action = "update"
    ) -> Operation:
        """An operation that loses nothing, but during which others wait."""
        return self.op(action, why, kind=kind, part=part, danger="availability")
