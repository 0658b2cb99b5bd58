"""CloudFormation: what a change set or a new version of a template destroys or endangers.

A change set is what `aws cloudformation describe-change-set` prints, as JSON; its fields are described in
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html. It knows what AWS
will do. Templates are compared where there is no change set: which properties cannot change without a new
resource stands in a table for the types that hold state, and is an Unknown for all others.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import yaml

from blastdoor.errors import InputError
from blastdoor.model import Operation, Unknown
from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.resources import nature_of_cloudformation

_MAX_BYTES = 1_000_000
#: A change set repeats every property before and after.
_MAX_CHANGE_SET = 16_000_000
_MAX_DEPTH = 50
_MAX_PAGES = 500
#: A stack has at most 500 resources, and seldom many nested ones.
_MAX_CHANGES = 20_000
_MAX_WHY = 600
_SHOWN = 120
_LISTED = 6

_STACK = "AWS::CloudFormation::Stack"
_PLAN = "create a change set, and hand over what `aws cloudformation describe-change-set` prints"


@dataclass(slots=True)
class _Report:
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
                resource=_short(resource),
                type=_short(kind),
                action=action,
                irreversible=lost,
                why=_short(why, _MAX_WHY),
                danger=danger or msgspec.UNSET,
                where=f"{self.where}:{line}" if line else self.where,
            )
        )

    def unknown(self, code: str, what: str, step: str = _PLAN) -> None:
        """Something that could not be known; said once."""
        if (code, what) not in self._said:
            self._said.add((code, what))
            unknown = Unknown(code=code, what=_short(what, _MAX_WHY), step=step, where=self.where)
            self.findings.unknowns.append(unknown)


def _short(text: str, limit: int = _SHOWN) -> str:
    cut = text if len(text) <= limit else text[:limit] + "…"
    # JSON can spell halves of characters, which no other format can write down again.
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")


def _names(found: list[str]) -> str:
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return ", ".join(_short(name) for name in found[:_LISTED]) + more


def _at(tree: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(key)
    return tree


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _holds_state(kind: str) -> bool:
    """Whether a resource of the type holds what cannot be made again. A type that is not known does."""
    return kind == _STACK or nature_of_cloudformation(kind).state != "none"


def _what(kind: str) -> str:
    nature = nature_of_cloudformation(kind)
    if nature.state == "unknown":
        return "a type that is not known counts as one that holds state"
    return nature.what or f"a resource of type {_short(kind)}"


# --- change sets ------------------------------------------------------------------------------------------


class _Refused(Exception):  # noqa: N818 - not an error: a file that is not read, and why
    """The file is not read; the message says why."""


def read_change_set(data: bytes, *, where: str) -> Findings:
    """What executing a change set does, from the JSON of `aws cloudformation describe-change-set`.

    `data` holds one page, several one after the other, or a list of them; nested stacks' change sets may be
    among them. `where` is the path of the file. A `Conditional` replacement counts as one that happens.
    Raises InputError, naming the file and the field, for what is no change set at all; a change that is not
    understood is an operation `unreadable`, irreversible, and an Unknown `unreadable-change`. Other Unknowns:
    `change-set-incomplete` (pages are missing, or it was not made to its end), `change-set-stale`,
    `nested-change-set`, `drifted` and `custom-resource`.
    """
    report = _Report(where)
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
    except _Refused as refused:
        raise InputError(f"{where}: {refused}", hint=_PLAN) from refused
    pages = [
        page for document in documents for page in (document if isinstance(document, list) else [document])
    ]
    if not pages:
        raise InputError(f"{where}: it is empty, not a change set", hint=_PLAN)
    for index, page in enumerate(pages):
        path = f"[{index}]." if len(pages) > 1 else ""
        if not isinstance(page, dict):
            raise InputError(f"{where}: {path or '$'}: a page of a change set is an object", hint=_PLAN)
        if not isinstance(page.get("Changes", []), list):
            raise InputError(f"{where}: {path}Changes: a list is wanted here", hint=_PLAN)
        if "Changes" not in page and not isinstance(page.get("ChangeSetId"), str):
            raise InputError(f"{where}: {path}Changes: is missing, so it is no change set", hint=_PLAN)
    return pages


def _json_documents(data: bytes) -> Iterator[Any]:
    """The JSON values that stand one after the other."""
    text = _text(data, _MAX_CHANGE_SET)
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
    at, count = _skip_blanks(text, 0), 0
    while at < len(text):
        count += 1
        if count > _MAX_PAGES:
            raise _Refused(f"more than {_MAX_PAGES} pages")
        try:
            document, at = decoder.raw_decode(text, at)
        except RecursionError as error:
            raise _Refused(f"nested deeper than {_MAX_DEPTH} levels") from error
        except json.JSONDecodeError as error:
            raise _Refused(f"line {error.lineno}: not readable as JSON: {error.msg}") from error
        except ValueError as error:
            raise _Refused("a number in it is longer than any real one") from error
        _refuse_deep(document)
        yield document
        at = _skip_blanks(text, at)


_BLANKS = re.compile(r"[ \t\r\n]*+")


def _skip_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _text(data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise _Refused(f"{len(data)} bytes; at most {limit} are read")
    if b"\0" in data:
        raise _Refused("it holds NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _Refused(f"line {line}: not UTF-8 text (byte {error.start})") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("a key stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise _Refused(f"{name} is no JSON")


def _refuse_deep(tree: Any) -> None:
    level = [tree]
    for _ in range(_MAX_DEPTH + 1):
        if not level:
            return
        level = [child for node in level for child in _children(node)]
    raise _Refused(f"nested deeper than {_MAX_DEPTH} levels")


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _doubts_of_pages(pages: list[dict[str, Any]], report: _Report) -> None:
    """Why the pages may not be all that will be done."""
    # The last page of each change set must be the end of it.
    last = {str(page.get("ChangeSetId") or page.get("ChangeSetName")): page for page in pages}
    for page in last.values():
        if page.get("NextToken") is not None:
            report.unknown(
                "change-set-incomplete", "pages of the change set are missing: NextToken stands at its end"
            )
    for page in pages:
        name = _short(str(page.get("ChangeSetName") or "the change set"))
        if "Changes" not in page:
            report.unknown("change-set-incomplete", f"{name} lists no Changes")
        status, reason = page.get("Status"), _short(str(page.get("StatusReason") or ""))
        if status != "CREATE_COMPLETE":
            what = f"{name} was not made to its end: Status is {_short(str(status))} ({reason})"
            report.unknown("change-set-incomplete", what)
        if page.get("ExecutionStatus", "AVAILABLE") != "AVAILABLE":
            what = f"{name} cannot be executed: ExecutionStatus is {_short(str(page['ExecutionStatus']))}"
            report.unknown("change-set-stale", what)
        if page.get("StackDriftStatus") == "DRIFTED":
            what = "the stack is not as its template says: what a change overwrites is not known"
            report.unknown("drifted", what, "detect drift, and bring the template up to date")


def _read_change(change: Any, path: str, given: set[str], report: _Report) -> None:
    body = _at(change, "ResourceChange")
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
        _unreadable_change(name, kind, problem or f"Action is {_short(str(action))}", report)
        return
    read(_Change(name, kind, body, report))
    _doubts_of_change(name, kind, body, given, report)


def _unreadable_change(name: str, kind: str, why: str, report: _Report) -> None:
    report.add(name, kind or "unknown", "unreadable", f"a change that is not understood: {why}", lost=True)
    report.unknown("unreadable-change", f"what happens to {_short(name)} is not known: {why}")


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
            return f"{name} is {_short(str(value))}"
    for name in ("Details", "Scope"):
        if not isinstance(body.get(name), list | None):
            return f"{name} is not a list"
    for detail in body.get("Details") or ():
        target = _at(detail, "Target")
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
    report: _Report

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
        module = _at(self.body, "ModuleInfo", "LogicalIdHierarchy")
        inside = f" (in module {_short(module)})" if isinstance(module, str) and module else ""
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
        along = "everything in the nested stack goes with it" if change.kind == _STACK else _what(change.kind)
        change.add("delete", f"it is deleted: {along}", lost=_holds_state(change.kind))


def _modified(change: _Change) -> None:
    for why in _weakened_targets(change, _PROTECTIONS):
        change.add("update", f"state endangered: {why}", danger="availability")
    for why in _weakened_targets(change, _EXPIRIES):
        change.add("update", f"what is older is deleted: {why}", lost=True, danger="availability")
    surely, maybe = _replacement(change)
    if not surely and not maybe:
        names = [str(target.get("Name") or target.get("Attribute") or "") for target in change.targets()]
        changed = f": {_names(list(dict.fromkeys(filter(None, names))))}" if any(names) else ""
        change.add("update", f"it is changed in place{changed}")
        return
    how = "it is replaced" if surely else "it may be replaced (Conditional)"
    if change.policy == "ReplaceAndRetain":
        change.add("replace", f"{how}; the old one is kept, and nobody looks after it", danger="orphan")
    elif change.policy == "ReplaceAndSnapshot":
        change.add("replace", f"{how} by an empty one; a snapshot of the old one is kept")
    else:
        change.add("replace", f"{how}: {_what(change.kind)}", lost=_holds_state(change.kind))


def _replacement(change: _Change) -> tuple[bool, bool]:
    """Whether the resource is replaced, and whether it may be. Where fields disagree, the worse counts."""
    wanted = [target.get("RequiresRecreation") for target in change.targets()]
    said = change.body.get("Replacement")
    surely = said == "True" or "Always" in wanted or change.policy.startswith("ReplaceAnd")
    maybe = said == "Conditional" or "Conditionally" in wanted
    # Neither the one field nor the other: nothing says that it stays.
    silent = said is None and (not wanted or None in wanted) and change.policy != ""
    return surely, maybe or silent


def _weakened_targets(change: _Change, table: "dict[str, _Weaker]") -> Iterator[str]:
    for target in change.targets():
        attribute, name = str(target.get("Attribute")), str(target.get("Name"))
        before, after = target.get("BeforeValue"), target.get("AfterValue")
        if attribute in {"DeletionPolicy", "UpdateReplacePolicy"} and table is _PROTECTIONS:
            if after is None or _policy_rank(after) < _policy_rank(before):
                yield f"{attribute} changes{_from_to(before, after)}"
        elif attribute in {"Properties", "None"} and name in table:
            if before is None and after is None:
                yield f"{name} changes, and its values are not given"
            elif table[name](before, after):
                yield f"{name} changes{_from_to(before, after)}"


def _from_to(before: Any, after: Any) -> str:
    return f" from {_short(str(before))} to {_short(str(after))}" if (before, after) != (None, None) else ""


def _imported(change: _Change) -> None:
    change.add("move", "an existing resource comes under the care of the stack")


def _dynamic(change: _Change) -> None:
    why = "what is done to it is only decided while the change set is executed (Dynamic)"
    change.add("unreadable", why, lost=True)
    change.report.unknown("unreadable-change", f"{_short(change.name)}: {why}")


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


def _is_custom(kind: str) -> bool:
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def _doubts_of_change(name: str, kind: str, body: dict[str, Any], given: set[str], report: _Report) -> None:
    if kind == _STACK and body["Action"] != "Remove" and str(body.get("ChangeSetId", "")) not in given:
        what = f"what changes inside the nested stack {_short(name)} is not in the file"
        step = "make the change set with --include-nested-stacks, and hand over the nested ones as well"
        report.unknown("nested-change-set", what, step)
    if _is_custom(kind):
        what = f"what the provider of {_short(name)} ({_short(kind)}) does with the change is not known"
        report.unknown("custom-resource", what, "read the code of its provider")
    if body.get("ResourceDriftStatus") in ("MODIFIED", "DELETED", "UNKNOWN"):
        what = f"{_short(name)} is not as the stack left it ({body['ResourceDriftStatus']})"
        report.unknown("drifted", what, "detect drift, and bring the template up to date")


# --- what protects state ----------------------------------------------------------------------------------


def _policy_rank(policy: Any) -> int:
    """How much a DeletionPolicy keeps. Absent, or not a plain word: nothing."""
    return (
        {"Retain": 2, "RetainExceptOnCreate": 2, "Snapshot": 1}.get(policy, 0)
        if isinstance(policy, str)
        else 0
    )


def _number(value: Any) -> int | None:
    """A whole number as templates write it, also as text."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_TRUE, _FALSE = (True, "true", "True", "ACTIVE", "ENABLED"), (False, "false", "False", "INACTIVE", "DISABLED")


def _switched_off(before: Any, after: Any) -> bool:
    return before is not None and before not in _FALSE and after not in _TRUE


def _disabled(before: Any, after: Any) -> bool:
    return before != after and after is not None and after not in _TRUE


def _no_longer_off(before: Any, after: Any) -> bool:
    return before in _FALSE and after not in _FALSE


def _fewer(before: Any, after: Any) -> bool:
    old, new = _number(before), _number(after)
    return before != after and before is not None and (old is None or new is None or new < old)


def _sooner(before: Any, after: Any) -> bool:
    # Absent means for ever, or as long as AWS likes; only a higher number than before surely keeps longer.
    old, new = _number(before), _number(after)
    return before != after and after is not None and (old is None or new is None or new < old)


def _another(before: Any, after: Any) -> bool:
    return bool(before != after) and before not in (None, [], {})


def _rules(before: Any, after: Any) -> bool:
    return bool(before != after) and after not in (None, [], {})


_Weaker = Callable[[Any, Any], bool]


def _each(words: str, weaker: _Weaker) -> dict[str, _Weaker]:
    return dict.fromkeys(words.split(), weaker)


#: Properties that protect what is held, and when a change of them protects it less.
_PROTECTIONS: dict[str, _Weaker] = {
    **_each(
        "DeletionProtection DeletionProtectionEnabled TerminationProtectionEnabled DisableApiTermination"
        " EnableTerminationProtection MultiAZ MultiAZEnabled AutomaticFailoverEnabled CopyTagsToSnapshot"
        " ObjectLockEnabled",
        _switched_off,
    ),
    **_each("Enabled EnableKeyRotation", _disabled),
    **_each("DeleteAutomatedBackups", _no_longer_off),
    **_each(
        "BackupRetentionPeriod SnapshotRetentionLimit AutomatedSnapshotRetentionPeriod BackupRetention"
        " ManualSnapshotRetentionPeriod FinalSnapshotRetentionPeriod PendingWindowInDays MinRetentionDays",
        _fewer,
    ),
    **_each(
        "PointInTimeRecoverySpecification VersioningConfiguration BackupPolicy ObjectLockConfiguration"
        " ReplicationConfiguration FileSystemProtection LockConfiguration",
        _another,
    ),
}
#: Properties by which AWS deletes what is older, and when a change of them deletes more.
_EXPIRIES: dict[str, _Weaker] = {
    **_each("RetentionInDays RetentionPeriodHours MessageRetentionPeriod RetentionPeriod", _sooner),
    **_each("RetentionDays", _sooner),
    **_each("LifecycleConfiguration LifecyclePolicy TimeToLiveSpecification RetentionProperties", _rules),
}


# --- templates: reading -----------------------------------------------------------------------------------

_ESCAPED = re.compile(rb"\\(?:u00|x)([2-7][0-9a-fA-F])")
_RESOURCES = re.compile(rb"(?<![\w.-])Resources[\"']?\s{0,9}+:")
_SIGN = re.compile(
    rb"AWSTemplateFormatVersion|(?<![\w.-])Type[\"']?\s{0,9}+:\s{0,9}+[\"']?[A-Za-z0-9]{1,64}+::\w"
)


def is_template(data: bytes) -> bool:
    """Whether a YAML or JSON file seems to be a CloudFormation or SAM template. In doubt, yes.

    Reads no structure, so that a broken template is one as well.
    """
    plain = data.replace(b"\0", b"")
    if b"\\" in plain:
        plain = _ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), plain)
    return bool(_RESOURCES.search(plain) and _SIGN.search(plain))


@dataclass(slots=True)
class _Template:
    """A template: its sections, and on which line each resource stands. Every scalar is text, or None."""

    sections: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Any]:
        """A section; empty where there is none."""
        return _mapping(self.sections.get(name))


def _template(data: bytes | None) -> _Template:
    """The template; one that is not there has no resources. Raises _Refused."""
    if data is None:
        return _Template()
    text = _text(data, _MAX_BYTES)
    template = _from_json(text) if text.lstrip()[:1] == "{" else None
    template = template or _from_yaml(text)
    if not isinstance(template.sections.get("Resources"), dict):
        raise _Refused("it has no Resources, so it is no template")
    for name in ("Parameters", "Mappings", "Conditions", "Outputs"):
        if not isinstance(template.sections.get(name), dict | None):
            raise _Refused(f"{name} is not a mapping")
    return template


def _from_json(text: str) -> _Template | None:
    """None where it is not JSON: YAML may begin like it."""
    try:
        tree = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=str, parse_float=str
        )
    except RecursionError as error:
        raise _Refused(f"nested deeper than {_MAX_DEPTH} levels") from error
    except ValueError:
        return None
    _refuse_deep(tree)
    return _Template(_words(tree))


def _words(tree: Any) -> Any:
    """The tree with `true` and `false` as text, as CloudFormation takes them. Its depth is bounded."""
    if isinstance(tree, dict):
        return {key: _words(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_words(value) for value in tree]
    return str(tree).lower() if isinstance(tree, bool) else tree


#: The short forms that YAML has for functions; all but two stand for `Fn::` and the same word.
_TAGS = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    **{
        f"!{name}": f"Fn::{name}"
        for name in (
            *("And", "Base64", "Cidr", "Equals", "FindInMap", "ForEach", "GetAZs", "GetAtt", "If"),
            *("ImportValue", "Join", "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString"),
            "Transform",
        )
    },
}
_STANDARD_TAGS = {
    "!",
    *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "map", "seq")),
}
_WORD_OF = {**dict.fromkeys(("true", "yes", "on"), "true"), **dict.fromkeys(("false", "no", "off"), "false")}


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read: `key` awaits its value, `tag` is put around all of it."""

    value: dict[str, Any] | list[Any]
    tag: str | None
    line: int
    key: str | None = None


def _from_yaml(text: str) -> _Template:
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _Refused(
            f"line {mark.line + 1 if mark else 1}: not readable as YAML: {error.problem}"
        ) from error
    except yaml.YAMLError as error:
        raise _Refused(f"not readable as YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(builder.root, dict):
        raise _Refused("it is empty" if builder.root is None else "it is not a mapping")
    return _Template(builder.root, builder.lines)


class _Builder:
    """Events in, a tree out. An explicit stack, so that depth is counted and never recursed on."""

    def __init__(self) -> None:
        self.root: Any = None
        self.lines: dict[str, int] = {}
        self._stack: list[_Frame] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the file."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self._stack.pop()
            self._place(_tagged(frame.tag, frame.value, frame.line), frame.line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _Refused(f"line {line}: a second document begins, where a template is one")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line)

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            raise _Refused(f"line {line}: anchors and aliases (& and *) are not read here")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in {None, ""} and event.tag is None
            self._place(_tagged(event.tag, _scalar(event.value, plain=plain), line), line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self._stack) == _MAX_DEPTH:
                raise _Refused(f"line {line}: nested deeper than {_MAX_DEPTH} levels")
            value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._stack.append(_Frame(value, event.tag, line))

    def _place(self, value: Any, line: int) -> None:
        if not self._stack:
            self.root = value
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None
        else:
            if not isinstance(value, str) or value == "<<":
                raise _Refused(f"line {line}: a key must be a plain word, and no merge (<<)")
            if value in top.value:
                raise _Refused(f"line {line}: {_short(value)} stands twice in one mapping")
            top.key = value
            if len(self._stack) == 2 and self._stack[0].key == "Resources":
                self.lines[value] = line


def _scalar(text: str, *, plain: bool) -> str | None:
    if not plain:
        return text
    return None if text in {"", "~", "null", "Null", "NULL"} else _WORD_OF.get(text.lower(), text)


def _tagged(tag: str | None, value: Any, line: int) -> Any:
    """A value in the long form of its tag: `!Ref x` is `{"Ref": "x"}`."""
    if tag is None or tag in _STANDARD_TAGS:
        return value
    name = _TAGS.get(tag)
    if name is None:
        raise _Refused(f"line {line}: the tag {_short(tag)} is not known")
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


# --- templates: comparing ---------------------------------------------------------------------------------


def compare_templates(old: bytes | None, new: bytes | None, *, where: str) -> Findings:
    """What a template's new version does to what its old version made. None: there is no such version.

    `where` is the path of the file. Never raises on content: a template that is not read is an operation
    `unreadable`, irreversible, and an Unknown `unreadable-template`. Other Unknowns: `maybe-replaced` (a
    property changed, and whether AWS replaces the resource for that is not known here), `template-values`
    (parameters, mappings or conditions changed), `macro` (a transform makes what is not seen here),
    `nested-change-set`, `custom-resource`. Operations: removed resources first, then those of the new version
    as they stand, then outputs.
    """
    report = _Report(where)
    if old == new:
        return report.findings
    try:
        comparison = _Comparison(_template(old), _template(new), report)
    except _Refused as refused:
        report.add(where, "Template", "unreadable", str(refused), lost=True)
        report.unknown("unreadable-template", f"what {where} does is not known: {refused}")
        return report.findings
    comparison.run()
    return report.findings


_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9:]{1,255}+)")


def _references(tree: Any) -> dict[str, None]:
    """What a value depends on: logical ids, `map:` and a mapping, `if:` and a condition. As ordered keys."""
    found: dict[str, None] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        for name, value in node.items() if isinstance(node, dict) else ():
            first = value[0] if isinstance(value, list) and value else value
            if name == "Fn::Sub" and isinstance(first, str):
                found.update(dict.fromkeys(_SUBSTITUTED.findall(first)))
            elif isinstance(first, str) and name in _REFERRING:
                found[_REFERRING[name] + first.split(".", 1)[0]] = None
        waiting += _children(node)
    return found


_REFERRING = {"Ref": "", "Fn::GetAtt": "", "Fn::FindInMap": "map:", "Fn::If": "if:", "Condition": "if:"}


class _Comparison:
    """Two versions of a template.

    `touched`: by resource, the properties that change, each with the reason. `replaced`: the resources that
    are replaced, each with the reason. `values`: what changed beside them, each with what to call it.
    """

    def __init__(self, before: _Template, after: _Template, report: _Report) -> None:
        self.report = report
        self.before, self.after = before, after
        self.old, self.new = before.section("Resources"), after.section("Resources")
        self.touched: dict[str, dict[str, str]] = defaultdict(dict)
        self.replaced: dict[str, str] = {}
        self.values = self._changed_values()

    def run(self) -> None:
        """Report everything that differs."""
        self._follow()
        for name, resource in self.old.items():
            if name not in self.new:
                self._removed(name, resource, "it is no longer in the template")
        for name, resource in self.new.items():
            if name not in self.old:
                self._created(name, resource)
            else:
                self._both(name, self.old[name], resource)
        self._outputs()
        self._sections()

    # What changes where nothing of the resource itself was edited.

    def _changed_values(self) -> dict[str, str]:
        """Parameters, mappings and conditions that changed, each with what to call it."""
        found: dict[str, str] = {}
        for section, prefix in (("Parameters", ""), ("Mappings", "map:"), ("Conditions", "if:")):
            old, new = self.before.section(section), self.after.section(section)
            # What refers to a value that came or went was edited itself.
            for name in (name for name in old if name in new):
                before, after = old[name], new[name]
                if section == "Parameters":
                    before, after = _essence(before), _essence(after)
                if before != after:
                    found[prefix + name] = f"{section} {name}"
        return found

    def _users(self) -> dict[str, list[tuple[str, str]]]:
        """By what it depends on: (resource, property), or a condition as (`if:` name, "")."""
        users: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for template in (self.before, self.after):
            for name, condition in template.section("Conditions").items():
                for reference in _references(condition):
                    users[reference].append((f"if:{name}", ""))
        for resources in (self.old, self.new):
            for name, resource in resources.items():
                for prop, value in _mapping(_at(resource, "Properties")).items():
                    for reference in _references(value):
                        users[reference].append((name, prop))
        return users

    def _follow(self) -> None:
        """Go from what changed to the properties that change with it, through everything that is replaced."""
        for name in self.new:
            if name not in self.old:
                continue
            old, new = self.old[name], self.new[name]
            if not _is_odd(old) and not _is_odd(new):
                self._touch_edited(name, old, new)
        users = self._users()
        waiting = [*self.values, *self.replaced]
        seen = set(waiting)
        while waiting:
            cause = waiting.pop()
            for user, prop in users[cause]:
                if self._touch(user, prop, cause) and user not in seen:
                    seen.add(user)
                    waiting.append(user)

    def _touch_edited(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        if old["Type"] != new["Type"]:
            self.replaced[name] = f"its Type changed from {_short(old['Type'])}"
        before, after = _mapping(old.get("Properties")), _mapping(new.get("Properties"))
        for prop in {**before, **after}:
            if before.get(prop) != after.get(prop):
                self.touched[name][prop] = "edited"
        if old["Type"] == new["Type"]:
            paths = _IMMUTABLE.get(new["Type"], ())
            hit = [path for path in paths if _at(before, *path.split("/")) != _at(after, *path.split("/"))]
            if hit:
                self.replaced.setdefault(name, f"{_names(hit)} cannot change without a new resource")

    def _touch(self, user: str, prop: str, cause: str) -> bool:
        """Note that a property changes; whether what depends on its owner changes as well."""
        if user.startswith("if:"):
            self.values.setdefault(user, f"Conditions {user.removeprefix('if:')}")
            return True
        if user not in self.old or user not in self.new or _is_odd(self.new[user]):
            return False
        self.touched[user].setdefault(prop, f"through {_short(cause.rpartition(':')[2])}")
        heads = {path.partition("/")[0] for path in _IMMUTABLE.get(self.new[user]["Type"], ())}
        if prop in heads:
            self.replaced.setdefault(user, f"{_short(prop)} may change through {_short(cause)}")
        return user in self.replaced

    # Resources.

    def _add(self, name: str, kind: str, action: Action, why: str, **more: Any) -> None:
        more.setdefault("danger", nature_of_cloudformation(kind).danger)
        self.report.add(name, kind, action, why, line=self.after.lines.get(name, 0), **more)

    def _odd(self, name: str) -> None:
        why = "it is not a resource with a Type, as far as this reader knows"
        self.report.add(name, "unknown", "unreadable", why, lost=True, line=self.after.lines.get(name, 0))
        self.report.unknown("unreadable-template", f"what {_short(name)} does is not known: {why}")

    def _created(self, name: str, resource: Any) -> None:
        if _is_odd(resource):
            self._odd(name)
            return
        self._add(name, resource["Type"], "create", "it is new")
        self._foreign(name, resource["Type"])

    def _removed(self, name: str, resource: Any, why: str) -> None:
        if _is_odd(resource):
            self._odd(name)
            return
        kind, policy = resource["Type"], _deletion_policy(resource)
        if policy == "Retain":
            why += "; its DeletionPolicy keeps it, and nobody looks after it"
            self._add(name, kind, "forget", why, danger="orphan")
        elif policy == "Snapshot":
            self._add(name, kind, "delete", f"{why}; a snapshot of what it holds is kept")
        else:
            along = "everything in the nested stack goes with it" if kind == _STACK else _what(kind)
            self._add(name, kind, "delete", f"{why}: {along}", lost=_holds_state(kind))
        self._foreign(name, kind)

    def _both(self, name: str, old: Any, new: Any) -> None:
        if _is_odd(old) or _is_odd(new):
            if old != new:
                self._odd(name)
            return
        conditional = self._condition(name, old, new)
        weakened = self._weakened(name, old, new)
        if name in self.replaced:
            self._replaced(name, old, new)
        elif old != new or self.touched[name]:
            self._updated(name, old, new, weakened, said=conditional or bool(weakened))
        if name not in self.replaced:
            self._maybe_replaced(name, new["Type"])
        if self.touched[name] or old != new:
            self._foreign(name, new["Type"])

    def _condition(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Whether a resource may go or come since the condition it stands under is another."""
        before, after = old.get("Condition"), new.get("Condition")
        if after is None or (before == after and f"if:{after}" not in self.values):
            return False
        self._removed(
            name, old, f"its Condition {_short(str(after))} is another: where it is not met, it goes"
        )
        return True

    def _replaced(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        policy = min(_replace_rank(old), _replace_rank(new))
        if old["Type"] != new["Type"]:
            # What was made as one type is deleted as that type.
            policy = min(policy, _policy_rank(old.get("DeletionPolicy")))
        kept = {
            0: f": {_what(old['Type'])}",
            1: "; a snapshot of the old one is kept",
            2: "; the old one is kept, and nobody looks after it",
        }
        lost = policy == 0 and (_holds_state(old["Type"]) or _holds_state(new["Type"]))
        more: dict[str, Any] = {"danger": "orphan"} if policy == 2 else {}
        self._add(name, new["Type"], "replace", f"{self.replaced[name]}{kept[policy]}", lost=lost, **more)

    def _updated(
        self, name: str, old: dict[str, Any], new: dict[str, Any], known: set[str], *, said: bool
    ) -> None:
        """What changes in place. `known`: parts that were reported, `said`: whether anything was."""
        edited = [part for part in {**old, **new} if part != "Properties" and old.get(part) != new.get(part)]
        through = self.touched[name].items()
        parts = [*edited, *(prop if why == "edited" else f"{prop} ({why})" for prop, why in through)]
        parts = [part for part in parts if part.partition(" ")[0] not in known]
        if said and parts in ([], ["Condition"]):
            return
        self._add(name, new["Type"], "update", f"changed: {_names(parts)}")

    def _maybe_replaced(self, name: str, kind: str) -> None:
        known = {*_PROTECTIONS, *_EXPIRIES, "Tags"}
        props = [prop for prop in self.touched[name] if prop not in known]
        if props and _holds_state(kind):
            called = f"{_short(name)} ({_short(kind)})"
            what = f"whether AWS replaces {called} for its new {_names(props)} is not known"
            self.report.unknown("maybe-replaced", what)

    def _weakened(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> set[str]:
        """Say what protects the resource less; which parts of it those are."""
        policies = [
            policy
            for policy in ("DeletionPolicy", "UpdateReplacePolicy")
            if _policy_rank(new.get(policy)) < _policy_rank(old.get(policy))
        ]
        whys = [f"{policy}{_from_to(old.get(policy), new.get(policy))}" for policy in policies]
        before, after = _mapping(old.get("Properties")), _mapping(new.get("Properties"))
        through = {prop for prop, why in self.touched[name].items() if why != "edited"}
        less = _weaker(_PROTECTIONS, before, after, through)
        sooner = _weaker(_EXPIRIES, before, after, through)
        whys += [_lowered(prop, before, after) for prop in less]
        expired = [_lowered(prop, before, after) for prop in sooner]
        if whys:
            why = f"state endangered: less protected by {'; '.join(whys)}"
            self._add(name, new["Type"], "update", why, danger="availability")
        if expired:
            why = f"what is older is deleted: {'; '.join(expired)}"
            self._add(name, new["Type"], "update", why, lost=True, danger="availability")
        return {*policies, *less, *sooner}

    def _foreign(self, name: str, kind: str) -> None:
        if kind == _STACK:
            what = f"what changes inside the nested stack {_short(name)} is not in this template"
            self.report.unknown("nested-change-set", what)
        elif _is_custom(kind):
            what = f"what the provider of {_short(name)} ({_short(kind)}) does with the change is not known"
            self.report.unknown("custom-resource", what, "read the code of its provider")

    # The rest of the template.

    def _outputs(self) -> None:
        old, new = self.before.section("Outputs"), self.after.section("Outputs")
        for name, output in old.items():
            if new.get(name) == output:
                continue
            gone = name not in new
            exported = _at(output, "Export") is not None
            why = "the output is no longer there" if gone else "the output is another"
            if exported:
                why += "; other stacks may import it"
            action: Action = "delete" if gone else "update"
            danger: Danger | None = "availability" if exported else None
            self.report.add(f"output {name}", "Output", action, why, danger=danger)

    def _sections(self) -> None:
        """What the template as a whole leaves open."""
        if self.values:
            what = f"with another value, more may change: {_names(list(self.values.values()))}"
            self.report.unknown("template-values", what)
        if any(map(_has_macro, (self.before, self.after))):
            self.report.unknown("macro", "what its transform (SAM or another macro) makes of it is not known")
        old, new = self.before.sections, self.after.sections
        others = [
            name
            for name in {**old, **new}
            if name not in _SECTIONS and _differing(old.get(name), new.get(name))
        ]
        if others:
            self.report.unknown(
                "unreadable-template", f"sections that are not read changed: {_names(others)}"
            )


_SECTIONS = {
    *("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings", "Conditions"),
    *("Resources", "Outputs", "Rules", "Transform"),
}


def _differing(before: Any, after: Any) -> bool:
    return bool(before != after)


def _essence(definition: Any) -> Any:
    """What of a parameter's definition can change its value."""
    if not isinstance(definition, dict):
        return definition
    described = {"Description", "ConstraintDescription", "NoEcho", "AllowedValues", "AllowedPattern"}
    return {key: value for key, value in definition.items() if key not in described}


def _is_odd(resource: Any) -> bool:
    """Whether it is no resource as templates have them."""
    return (
        not isinstance(resource, dict)
        or not isinstance(resource.get("Type"), str)
        or not isinstance(resource.get("Properties"), dict | None)
        or not isinstance(resource.get("Condition"), str | None)
    )


def _has_macro(template: _Template) -> bool:
    if template.sections.get("Transform") is not None:
        return True
    waiting: list[Any] = [template.sections]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and any(_is_macro(key) for key in node):
            return True
        waiting += _children(node)
    return False


def _is_macro(key: str) -> bool:
    return key == "Fn::Transform" or key.startswith("Fn::ForEach")


#: AWS keeps a snapshot of these for a DeletionPolicy `Snapshot`; for others it knows no such policy. See
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
_SNAPSHOTS = {
    *("AWS::DocDB::DBCluster", "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster"),
    *("AWS::ElastiCache::ReplicationGroup", "AWS::Neptune::DBCluster", "AWS::RDS::DBCluster"),
    *("AWS::RDS::DBInstance", "AWS::Redshift::Cluster"),
}


def _deletion_policy(resource: dict[str, Any]) -> str:
    """`Retain`, `Snapshot` or `Delete`: what becomes of the resource when it leaves the template."""
    kind, policy = resource["Type"], resource.get("DeletionPolicy")
    if policy is None and (
        kind == "AWS::RDS::DBCluster"
        or (kind == "AWS::RDS::DBInstance" and not _at(resource, "Properties", "DBClusterIdentifier"))
    ):
        return "Snapshot"
    rank = _policy_rank(policy)
    if rank == 1 and kind not in _SNAPSHOTS:
        return "Delete"
    return ("Delete", "Snapshot", "Retain")[rank]


def _replace_rank(resource: dict[str, Any]) -> int:
    rank = _policy_rank(resource.get("UpdateReplacePolicy"))
    return 0 if rank == 1 and resource["Type"] not in _SNAPSHOTS else rank


def _weaker(
    table: dict[str, _Weaker], before: dict[str, Any], after: dict[str, Any], through: set[str]
) -> list[str]:
    """The properties of a table that got weaker, or may have through a value from elsewhere."""
    return [
        prop
        for prop, is_weaker in table.items()
        if prop in through or (prop in {**before, **after} and is_weaker(before.get(prop), after.get(prop)))
    ]


def _lowered(prop: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    old, new = before.get(prop), after.get(prop)
    plain = all(isinstance(value, str | None) for value in (old, new))
    return f"{prop}{_from_to(old, new)}" if plain else prop


#: What cannot change without a new resource, of the types that most often hold what cannot be made again:
#: `createOnlyProperties` and `conditionalCreateOnlyProperties` in the resource schemas that AWS publishes
#: (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html), and "Update
#: requires: Replacement" in the template reference where there is none. A `/` leads into a property. A line
#: that begins with blanks carries on the one before.
_IMMUTABLE_TEXT = """
AWS::ACMPCA::CertificateAuthority: Type KeyAlgorithm SigningAlgorithm Subject CsrExtensions
    KeyStorageSecurityStandard UsageMode
AWS::AmazonMQ::Broker: BrokerName StorageType DeploymentMode EngineType SubnetIds AuthenticationStrategy
    EncryptionOptions PubliclyAccessible
AWS::APS::Workspace: KmsKeyArn
AWS::Backup::BackupVault: BackupVaultName EncryptionKeyArn
AWS::Backup::LogicallyAirGappedBackupVault: BackupVaultName MinRetentionDays MaxRetentionDays
    EncryptionKeyArn
AWS::Bedrock::KnowledgeBase: StorageConfiguration KnowledgeBaseConfiguration
AWS::Cassandra::Keyspace: KeyspaceName
AWS::Cassandra::Table: KeyspaceName TableName PartitionKeyColumns ClusteringKeyColumns
    ClientSideTimestampsEnabled
AWS::CodeArtifact::Domain: DomainName EncryptionKey
AWS::CodeArtifact::Repository: RepositoryName DomainName DomainOwner
AWS::Cognito::UserPool: AliasAttributes UsernameAttributes UsernameConfiguration
AWS::Connect::Instance: DirectoryId InstanceAlias IdentityManagementType
AWS::DAX::Cluster: IAMRoleARN SSESpecification ClusterEndpointEncryptionType NetworkType ClusterName
    NodeType SubnetGroupName
AWS::DirectoryService::MicrosoftAD: VpcSettings Edition Name Password ShortName CreateAlias
AWS::DirectoryService::SimpleAD: Size VpcSettings Name Password ShortName Description CreateAlias
AWS::DocDB::DBCluster: SnapshotIdentifier KmsKeyId MasterUsername SourceDBClusterIdentifier
    DBClusterIdentifier AvailabilityZones DBSubnetGroupName StorageEncrypted
AWS::DocDB::DBInstance: DBClusterIdentifier AvailabilityZone DBInstanceIdentifier
AWS::DocDBElastic::Cluster: AdminUserName AuthType ClusterName KmsKeyId
AWS::DynamoDB::GlobalTable: TableName KeySchema LocalSecondaryIndexes GlobalTableSourceArn
AWS::DynamoDB::Table: TableName KeySchema LocalSecondaryIndexes ImportSourceSpecification
AWS::EC2::Instance: AvailabilityZone CpuOptions ElasticGpuSpecifications ElasticInferenceAccelerators
    EnclaveOptions HibernationOptions HostResourceGroupArn ImageId Ipv6AddressCount Ipv6Addresses KeyName
    LaunchTemplate LicenseSpecifications NetworkInterfaces PlacementGroupName PrivateIpAddress
    SecurityGroups SubnetId BlockDeviceMappings Tenancy KernelId RamdiskId SecurityGroupIds UserData
AWS::EC2::Volume: AvailabilityZone Encrypted KmsKeyId OutpostArn SnapshotId SourceVolumeId
AWS::ECR::PublicRepository: RepositoryName
AWS::ECR::Repository: RepositoryName EncryptionConfiguration
AWS::EFS::FileSystem: AvailabilityZoneName Encrypted KmsKeyId PerformanceMode
AWS::EKS::Cluster: OutpostConfig EncryptionConfig KubernetesNetworkConfig/IpFamily
    KubernetesNetworkConfig/ServiceIpv4Cidr AccessConfig/BootstrapClusterCreatorAdminPermissions Name
    RoleArn BootstrapSelfManagedAddons
AWS::ElastiCache::CacheCluster: Port SnapshotArns SnapshotName CacheSubnetGroupName ClusterName Engine
    NetworkType PreferredAvailabilityZones IpDiscovery
AWS::ElastiCache::ReplicationGroup: AtRestEncryptionEnabled CacheSubnetGroupName DataTieringEnabled
    GlobalReplicationGroupId KmsKeyId NetworkType Port PreferredCacheClusterAZs ReplicasPerNodeGroup
    ReplicationGroupId SnapshotArns SnapshotName AuthToken NodeGroupConfiguration
AWS::ElastiCache::ServerlessCache: ServerlessCacheName KmsKeyId SnapshotArnsToRestore SubnetIds
AWS::Elasticsearch::Domain: DomainName
AWS::Events::Archive: ArchiveName SourceArn
AWS::Events::EventBus: Name
AWS::FSx::FileSystem: KmsKeyId SecurityGroupIds FileSystemType SubnetIds BackupId StorageType
AWS::FSx::Volume: BackupId VolumeType
AWS::Glue::Database: DatabaseName CatalogId
AWS::Glue::Table: Name DatabaseName CatalogId
AWS::HealthLake::FHIRDatastore: DatastoreName DatastoreTypeVersion PreloadDataConfig SseConfiguration
    IdentityProviderConfiguration
AWS::IAM::User: UserName
AWS::Kinesis::Stream: Name
AWS::KMS::Key: KeySpec KeyUsage MultiRegion Origin
AWS::KMS::ReplicaKey: PrimaryKeyArn
AWS::Lightsail::Bucket: BucketName
AWS::Lightsail::Database: RelationalDatabaseName AvailabilityZone RelationalDatabaseBlueprintId
    RelationalDatabaseBundleId MasterDatabaseName MasterUsername
AWS::Lightsail::Disk: DiskName AvailabilityZone SizeInGb
AWS::Lightsail::Instance: InstanceName BlueprintId BundleId AvailabilityZone
AWS::Logs::LogGroup: LogGroupName
AWS::Logs::LogStream: LogGroupName LogStreamName
AWS::MemoryDB::Cluster: ClusterName TLSEnabled DataTiering KmsKeyId Port SubnetGroupName SnapshotArns
    MultiRegionClusterName SnapshotName NetworkType
AWS::MSK::Cluster: BrokerNodeGroupInfo/BrokerAZDistribution BrokerNodeGroupInfo/ClientSubnets
    BrokerNodeGroupInfo/SecurityGroups EncryptionInfo/EncryptionAtRest
    EncryptionInfo/EncryptionInTransit/InCluster ClusterName
AWS::MSK::ServerlessCluster: ClusterName VpcConfigs ClientAuthentication Tags
AWS::Neptune::DBCluster: AvailabilityZones DBClusterIdentifier DBSubnetGroupName KmsKeyId RestoreToTime
    RestoreType SnapshotIdentifier SourceDBClusterIdentifier StorageEncrypted UseLatestRestorableTime
AWS::Neptune::DBInstance: AvailabilityZone DBClusterIdentifier DBInstanceIdentifier DBSnapshotIdentifier
    DBSubnetGroupName
AWS::NeptuneGraph::Graph: GraphName ReplicaCount VectorSearchConfiguration KmsKeyIdentifier
    ProvisionedMemory
AWS::OpenSearchServerless::Collection: Name Tags Type StandbyReplicas CollectionGroupName EncryptionConfig
    VectorOptions
AWS::OpenSearchService::Domain: DomainName EncryptionAtRestOptions AdvancedSecurityOptions/Enabled
AWS::QLDB::Ledger: Name
AWS::RDS::DBCluster: AvailabilityZones ClusterScalabilityType DBClusterIdentifier DBSubnetGroupName
    DBSystemId DatabaseName EngineMode KmsKeyId PubliclyAccessible RestoreToTime RestoreType
    SnapshotIdentifier SourceDBClusterIdentifier SourceDbClusterResourceId SourceRegion StorageEncrypted
    UseLatestRestorableTime Engine GlobalClusterIdentifier MasterUsername
AWS::RDS::DBInstance: BackupTarget CharacterSetName CustomIAMInstanceProfile DBClusterIdentifier
    DBInstanceIdentifier DBName DBSubnetGroupName DBSystemId KmsKeyId MasterUsername NcharCharacterSetName
    SourceRegion StorageEncrypted Timezone AvailabilityZone DBClusterSnapshotIdentifier
    DBSnapshotIdentifier Engine RestoreTime SourceDBClusterIdentifier SourceDBInstanceIdentifier
    SourceDBInstanceAutomatedBackupsArn SourceDbiResourceId UseLatestRestorableTime
AWS::RDS::GlobalCluster: GlobalClusterIdentifier SourceDBClusterIdentifier StorageEncrypted Engine
AWS::Redshift::Cluster: ClusterIdentifier OwnerAccount SnapshotIdentifier DBName SnapshotClusterIdentifier
    ClusterSubnetGroupName MasterUsername
AWS::RedshiftServerless::Namespace: NamespaceName
AWS::Route53::HostedZone: Name
AWS::S3::Bucket: BucketName BucketNamePrefix BucketNamespace
AWS::S3Express::DirectoryBucket: BucketName LocationName DataRedundancy
AWS::S3Tables::Table: TableBucketARN OpenTableFormat IcebergMetadata WithoutMetadata
    StorageClassConfiguration
AWS::S3Tables::TableBucket: TableBucketName
AWS::SageMaker::Domain: AuthMode DomainName DomainSettings KmsKeyId VpcId
AWS::SageMaker::FeatureGroup: FeatureGroupName RecordIdentifierFeatureName EventTimeFeatureName
    OnlineStoreConfig OfflineStoreConfig RoleArn Description Tags
AWS::SageMaker::NotebookInstance: KmsKeyId NotebookInstanceName SecurityGroupIds SubnetId
    DirectInternetAccess PlatformIdentifier
AWS::SecretsManager::Secret: Name
AWS::SNS::Topic: TopicName FifoTopic
AWS::SQS::Queue: QueueName FifoQueue
AWS::SSM::Parameter: Name
AWS::Timestream::Database: DatabaseName
AWS::Timestream::InfluxDBInstance: Name Username Password Organization Bucket VpcSubnetIds
    VpcSecurityGroupIds PubliclyAccessible NetworkType
AWS::Timestream::Table: DatabaseName TableName
AWS::WorkSpaces::Workspace: UserName DirectoryId BundleId VolumeEncryptionKey RootVolumeEncryptionEnabled
    UserVolumeEncryptionEnabled
"""
_IMMUTABLE: dict[str, tuple[str, ...]] = {
    kind: tuple(properties.split())
    for kind, _, properties in (
        entry.partition(": ") for entry in re.split(r"\n(?! )", _IMMUTABLE_TEXT.strip())
    )
}
