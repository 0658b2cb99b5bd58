"""What is found in a change set or a template of CloudFormation, in the making."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from blastdoor.model import Operation, Unknown
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.resources import nature_of_cloudformation
from blastdoor.reach.operations.trees import Refused, children_of, shortened

MAX_DEPTH = 50
_MAX_WHY = 600
_SHOWN = 120
_LISTED = 6
STACK = "AWS::CloudFormation::Stack"
PLAN = "create a change set, and hand over what `aws cloudformation describe-change-set` prints"


@dataclass(slots=True)
class Report:
    """Findings in the making. `where` is the path of the file."""

    where: str
    findings: Findings = field(default_factory=Findings)
    _said: set[tuple[str, str]] = field(default_factory=set)

    def add(
        self,
        resource: str,
        kind: str,
        action: Action,
        why: str,
        *,
        lost: bool = False,
        danger: Danger | None = None,
        line: int = 0,
    ) -> None:
        """An operation on a resource of a type. `lost`: irreversible."""
        self.findings.operations.append(
            Operation(
                resource=short(resource),
                type=short(kind),
                action=action,
                irreversible=lost,
                why=short(why, _MAX_WHY),
                danger=danger or msgspec.UNSET,
                where=f"{self.where}:{line}" if line else self.where,
            )
        )

    def unknown(self, code: str, what: str, step: str = PLAN) -> None:
        """Something that could not be known; said once."""
        if (code, what) not in self._said:
            self._said.add((code, what))
            unknown = Unknown(code=code, what=short(what, _MAX_WHY), step=step, where=self.where)
            self.findings.unknowns.append(unknown)


def short(text: str, limit: int = _SHOWN) -> str:
    """A text of at most so many characters that every format can write down."""
    return shortened(text, limit)


def listed_names(found: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return ", ".join(short(name) for name in found[:_LISTED]) + more


def holds_state(kind: str) -> bool:
    """Whether a resource of the type holds what cannot be made again. A type that is not known does."""
    return kind == STACK or nature_of_cloudformation(kind).state != "none"


def what_it_holds(kind: str) -> str:
    """What is lost with one, for people."""
    nature = nature_of_cloudformation(kind)
    if nature.state == "unknown":
        return "a type that is not known counts as one that holds state"
    return nature.what or f"a resource of type {short(kind)}"


def checked_text(data: bytes, limit: int) -> str:
    """The bytes as text. Refused if there are more than `limit`, or they are none."""
    if len(data) > limit:
        raise Refused(f"{len(data)} bytes; at most {limit} are read")
    if b"\0" in data:
        raise Refused("it holds NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused(f"line {line}: not UTF-8 text (byte {error.start})") from error


def refuse_deep(tree: Any) -> None:
    """Refused: a tree of too many levels."""
    level = [tree]
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        level = [child for node in level for child in children_of(node)]
    raise Refused(f"nested deeper than {MAX_DEPTH} levels")


def from_to(before: Any, after: Any) -> str:
    """Two values, for people."""
    return f" from {short(str(before))} to {short(str(after))}" if (before, after) != (None, None) else ""


def is_custom(kind: str) -> bool:
    """Whether code of somebody's own makes resources of a type."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"
