"""CloudFormation's change sets: what executing one destroys or endangers.

A change set is what `aws cloudformation describe-change-set` prints, as JSON; its fields are described in
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html. It knows what AWS
will do.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from blastdoor.errors import InputError
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.cloudformation_protection import EXPIRIES, PROTECTIONS, Weaker, policy_rank
from blastdoor.reach.operations.cloudformation_report import (
    MAX_DEPTH,
    PLAN,
    STACK,
    Report,
    checked_text,
    from_to,
    holds_state,
    is_custom,
    listed_names,
    refuse_deep,
    short,
    what_it_holds,
)
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.resources import nature_of_cloudformation
from blastdoor.reach.operations.trees import Refused, at_path, no_constant, unique

#: A change set repeats every property before and after.
_MAX_CHANGE_SET = 16_000_000
_MAX_PAGES = 500
#: A stack has at most 500 resources, and seldom many nested ones.
_MAX_CHANGES = 20_000


def read_change_set(data: bytes, *, where: str) -> Findings:
    """What executing a change set does, from the JSON of `aws cloudformation describe-change-set`.

    `data` holds one page, several one after the other, or a list of them; nested stacks' change sets may be
    among them. `where` is the path of the file. A `Conditional` replacement counts as one that happens.
    Raises InputError, naming the file and the field, for what is no change set at all; a change that is not
    understood is an operation `unreadable`, irreversible, and an Unknown `unreadable-change`. Other Unknowns:
    `change-set-incomplete` (pages are missing, or it was not made to its end), `change-set-stale`,
    `nested-change-set`, `drifted` and `custom-resource`.
    """
    report = Report(where)
    pages = _pages(data, where)
    given = {str(page["ChangeSetId"]) for page in pages if "ChangeSetId" in page}
    _doubts_of_pages(pages, report)
    left = _MAX_CHANGES
    for page in pages:
        changes = page.get("Changes") or []
        for index, change in enumerate(changes[: max(left, 0)]):
            _read_change(change, f"Changes[{index}]", given, report)
        left -= len(changes)
    if left < 0:
        _unreadable_change(where, "", f"there are more than {_MAX_CHANGES} of them", report)
    return report.findings


def _pages(data: bytes, where: str) -> list[dict[str, Any]]:
    try:
        documents = list(_json_documents(data))
    except Refused as refused:
        raise InputError(f"{where}: {refused}", hint=PLAN) from refused
    pages = [
        page for document in documents for page in (document if isinstance(document, list) else [document])
    ]
    if not pages:
        raise InputError(f"{where}: it is empty, not a change set", hint=PLAN)
    for index, page in enumerate(pages):
        path = f"[{index}]." if len(pages) > 1 else ""
        if not isinstance(page, dict):
            raise InputError(f"{where}: {path or '$'}: a page of a change set is an object", hint=PLAN)
        if not isinstance(page.get("Changes", []), list):
            raise InputError(f"{where}: {path}Changes: a list is wanted here", hint=PLAN)
        if "Changes" not in page and not isinstance(page.get("ChangeSetId"), str):
            raise InputError(f"{where}: {path}Changes: is missing, so it is no change set", hint=PLAN)
    return pages


def _json_documents(data: bytes) -> Iterator[Any]:
    """The JSON values that stand one after the other."""
    text = checked_text(data, _MAX_CHANGE_SET)
    decoder = json.JSONDecoder(object_pairs_hook=unique, parse_constant=no_constant)
    at, count = _skip_blanks(text, 0), 0
    while at < len(text):
        count += 1
        if count > _MAX_PAGES:
            raise Refused(f"more than {_MAX_PAGES} pages")
        try:
            document, at = decoder.raw_decode(text, at)
        except RecursionError as error:
            raise Refused(f"nested deeper than {MAX_DEPTH} levels") from error
        except json.JSONDecodeError as error:
            raise Refused(f"line {error.lineno}: not readable as JSON: {error.msg}") from error
        except ValueError as error:
            raise Refused("a number in it is longer than any real one") from error
        refuse_deep(document)
        yield document
        at = _skip_blanks(text, at)


_BLANKS = re.compile(r"[ \t\r\n]*+")


def _skip_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _doubts_of_pages(pages: list[dict[str, Any]], report: Report) -> None:
    """Why the pages may not be all that will be done."""
    # The last page of each change set must be the end of it.
    last = {str(page.get("ChangeSetId") or page.get("ChangeSetName")): page for page in pages}
    for page in last.values():
        if page.get("NextToken") is not None:
            report.unknown(
                "change-set-incomplete", "pages of the change set are missing: NextToken stands at its end"
            )
    for page in pages:
        name = short(str(page.get("ChangeSetName") or "the change set"))
        if "Changes" not in page:
            report.unknown("change-set-incomplete", f"{name} lists no Changes")
        status, reason = page.get("Status"), short(str(page.get("StatusReason") or ""))
        if status != "CREATE_COMPLETE":
            what = f"{name} was not made to its end: Status is {short(str(status))} ({reason})"
            report.unknown("change-set-incomplete", what)
        if page.get("ExecutionStatus", "AVAILABLE") != "AVAILABLE":
            what = f"{name} cannot be executed: ExecutionStatus is {short(str(page['ExecutionStatus']))}"
            report.unknown("change-set-stale", what)
        if page.get("StackDriftStatus") == "DRIFTED":
            what = "the stack is not as its template says: what a change overwrites is not known"
            report.unknown("drifted", what, "detect drift, and bring the template up to date")


def _read_change(change: Any, path: str, given: set[str], report: Report) -> None:
    body = at_path(change, "ResourceChange")
    if not isinstance(body, dict) or change.get("Type", "Resource") != "Resource":
        _unreadable_change(path, "", "it is not the change of a resource", report)
        return
    name, kind, action = body.get("LogicalResourceId"), body.get("ResourceType"), body.get("Action")
    if not isinstance(name, str) or not isinstance(kind, str) or not name or not kind:
        _unreadable_change(path, "", "LogicalResourceId or ResourceType is missing", report)
        return
    read = _ACTIONS.get(action) if isinstance(action, str) else None
    problem = _odd_field(body)
    if read is None or problem:
        _unreadable_change(name, kind, problem or f"Action is {short(str(action))}", report)
        return
    read(_Change(name, kind, body, report))
    _doubts_of_change(name, kind, body, given, report)


def _unreadable_change(name: str, kind: str, why: str, report: Report) -> None:
    report.add(name, kind or "unknown", "unreadable", f"a change that is not understood: {why}", lost=True)
    report.unknown("unreadable-change", f"what happens to {short(name)} is not known: {why}")


_WORDS = {
    "Replacement": {None, "True", "False", "Conditional"},
    "PolicyAction": {
        *(None, "Delete", "Retain", "Snapshot"),
        *("ReplaceAndDelete", "ReplaceAndRetain", "ReplaceAndSnapshot"),
    },
}


def _odd_field(body: dict[str, Any]) -> str:
    """What in a change is not of the documented form ("" if nothing is)."""
    for name, words in _WORDS.items():
        value = body.get(name)
        if not isinstance(value, str | None) or value not in words:
            return f"{name} is {short(str(value))}"
    for name in ("Details", "Scope"):
        if not isinstance(body.get(name), list | None):
            return f"{name} is not a list"
    for detail in body.get("Details") or ():
        target = at_path(detail, "Target")
        if not isinstance(target, dict) or target.get("RequiresRecreation") not in _RECREATION:
            return "one of its Details has no Target that is known"
    return ""


_RECREATION = (None, "Never", "Conditionally", "Always")


@dataclass(frozen=True, slots=True)
class _Change:
    """The change of one resource: `body` is its ResourceChange."""

    name: str
    kind: str
    body: dict[str, Any]
    report: Report

    @property
    def policy(self) -> str:
        """What becomes of the old resource; empty where it is not said."""
        return str(self.body.get("PolicyAction") or "")

    def targets(self) -> Iterator[dict[str, Any]]:
        """What changes in the resource."""
        for detail in self.body.get("Details") or ():
            yield detail["Target"]

    def add(self, action: Action, why: str, *, lost: bool = False, danger: Danger | None = None) -> None:
        """An operation on the resource."""
        module = at_path(self.body, "ModuleInfo", "LogicalIdHierarchy")
        inside = f" (in module {short(module)})" if isinstance(module, str) and module else ""
        danger = danger or nature_of_cloudformation(self.kind).danger
        self.report.add(self.name, self.kind, action, why + inside, lost=lost, danger=danger)


def _added(change: _Change) -> None:
    change.add("create", "it is new")


def _removed(change: _Change) -> None:
    if change.policy == "Retain":
        change.add(
            "forget", "its DeletionPolicy keeps it; the stack no longer looks after it", danger="orphan"
        )
    elif change.policy == "Snapshot":
        change.add("delete", "it is deleted; a snapshot of what it holds is kept")
    else:
        along = (
            "everything in the nested stack goes with it"
            if change.kind == STACK
            else what_it_holds(change.kind)
        )
        change.add("delete", f"it is deleted: {along}", lost=holds_state(change.kind))


def _modified(change: _Change) -> None:
    for why in _weakened_targets(change, PROTECTIONS):
        change.add("update", f"state endangered: {why}", danger="availability")
    for why in _weakened_targets(change, EXPIRIES):
        change.add("update", f"what is older is deleted: {why}", lost=True, danger="availability")
    surely, maybe = _replacement(change)
    if not surely and not maybe:
        names = [str(target.get("Name") or target.get("Attribute") or "") for target in change.targets()]
        changed = f": {listed_names(list(dict.fromkeys(filter(None, names))))}" if any(names) else ""
        change.add("update", f"it is changed in place{changed}")
        return
    how = "it is replaced" if surely else "it may be replaced (Conditional)"
    if change.policy == "ReplaceAndRetain":
        change.add("replace", f"{how}; the old one is kept, and nobody looks after it", danger="orphan")
    elif change.policy == "ReplaceAndSnapshot":
        change.add("replace", f"{how} by an empty one; a snapshot of the old one is kept")
    else:
        change.add("replace", f"{how}: {what_it_holds(change.kind)}", lost=holds_state(change.kind))


def _replacement(change: _Change) -> tuple[bool, bool]:
    """Whether the resource is replaced, and whether it may be. Where fields disagree, the worse counts."""
    wanted = [target.get("RequiresRecreation") for target in change.targets()]
    said = change.body.get("Replacement")
    surely = said == "True" or "Always" in wanted or change.policy.startswith("ReplaceAnd")
    maybe = said == "Conditional" or "Conditionally" in wanted
    # Neither the one field nor the other: nothing says that it stays.
    silent = said is None and (not wanted or None in wanted) and change.policy != ""
    return surely, maybe or silent


def _weakened_targets(change: _Change, table: "dict[str, Weaker]") -> Iterator[str]:
    for target in change.targets():
        attribute, name = str(target.get("Attribute")), str(target.get("Name"))
        before, after = target.get("BeforeValue"), target.get("AfterValue")
        if attribute in {"DeletionPolicy", "UpdateReplacePolicy"} and table is PROTECTIONS:
            if after is None or policy_rank(after) < policy_rank(before):
                yield f"{attribute} changes{from_to(before, after)}"
        elif attribute in {"Properties", "None"} and name in table:
            if before is None and after is None:
                yield f"{name} changes, and its values are not given"
            elif table[name](before, after):
                yield f"{name} changes{from_to(before, after)}"


def _imported(change: _Change) -> None:
    change.add("move", "an existing resource comes under the care of the stack")


def _dynamic(change: _Change) -> None:
    why = "what is done to it is only decided while the change set is executed (Dynamic)"
    change.add("unreadable", why, lost=True)
    change.report.unknown("unreadable-change", f"{short(change.name)}: {why}")


def _synced(change: _Change) -> None:
    if change.body.get("Replacement") in {"True", "Conditional"} or change.policy:
        _dynamic(change)
        return
    change.add("no-op", "the stack takes over what the resource is already")


_ACTIONS: dict[str, Callable[[_Change], None]] = {
    "Add": _added,
    "Modify": _modified,
    "Remove": _removed,
    "Import": _imported,
    "Dynamic": _dynamic,
    "SyncWithActual": _synced,
}


def _doubts_of_change(name: str, kind: str, body: dict[str, Any], given: set[str], report: Report) -> None:
    if kind == STACK and body["Action"] != "Remove" and str(body.get("ChangeSetId", "")) not in given:
        what = f"what changes inside the nested stack {short(name)} is not in the file"
        step = "make the change set with --include-nested-stacks, and hand over the nested ones as well"
        report.unknown("nested-change-set", what, step)
    if is_custom(kind):
        what = f"what the provider of {short(name)} ({short(kind)}) does with the change is not known"
        report.unknown("custom-resource", what, "read the code of its provider")
    if body.get("ResourceDriftStatus") in ("MODIFIED", "DELETED", "UNKNOWN"):
        what = f"{short(name)} is not as the stack left it ({body['ResourceDriftStatus']})"
        report.unknown("drifted", what, "detect drift, and bring the template up to date")
