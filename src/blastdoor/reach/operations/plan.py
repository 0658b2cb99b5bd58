"""Terraform and OpenTofu plans, as `terraform show -json` writes them.

Format: https://developer.hashicorp.com/terraform/internals/json-format (format_version 0.1 to 1.x). Terraform
promises that a minor version only adds; another major version is refused by name.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from blastdoor.errors import InputError
from blastdoor.model import Action, Danger, Operation, Unknown
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.resources import Nature, nature_of

#: Larger plans are refused (bytes).
MAX_PLAN_BYTES = 256_000_000
_MAX_LOOKED_OVER = 20_000_000
_LIST = "resource_changes"
_HINT = "write it with: terraform show -json FILE.tfplan"


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    actions: tuple[str, ...]
    before: msgspec.Raw = msgspec.Raw(b"null")
    after: msgspec.Raw = msgspec.Raw(b"null")
    after_unknown: msgspec.Raw = msgspec.Raw(b"null")
    replace_paths: tuple[tuple[str | int, ...], ...] | None = None
    importing: dict[str, Any] | None = None


class _Resource(msgspec.Struct, frozen=True, kw_only=True):
    address: str
    change: _Change
    type: str = ""
    mode: str = "managed"
    previous_address: str = ""
    deposed: str = ""
    action_reason: str = ""


class _Output(msgspec.Struct, frozen=True, kw_only=True):
    actions: tuple[str, ...] = ()


class _Deferred(msgspec.Struct, frozen=True, kw_only=True):
    reason: str = ""
    resource_change: _Resource | None = None


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    format_version: str
    resource_changes: tuple[_Resource, ...] | None = None
    resource_drift: tuple[_Resource, ...] | None = None
    deferred_changes: tuple[_Deferred, ...] | None = None
    output_changes: dict[str, _Output] | None = None
    errored: bool = False
    complete: bool = True
    action_invocations: tuple[Any, ...] | None = None
    deferred_action_invocations: tuple[Any, ...] | None = None


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """As much as tells what a document is."""

    format_version: Any = None
    resource_changes: msgspec.Raw = msgspec.Raw()
    planned_values: msgspec.Raw = msgspec.Raw()
    values: msgspec.Raw = msgspec.Raw()
    output_changes: msgspec.Raw = msgspec.Raw()
    serial: Any = None
    lineage: Any = None


class Summary(NamedTuple):
    """What Terraform's last line counts: `Plan: N to add, N to change, N to destroy.`"""

    add: int
    change: int
    destroy: int
    imports: int
    forget: int


def read_plan(data: bytes, *, where: str) -> tuple[Findings, Summary]:
    """What a plan does. InputError where it is no plan, of another version, too large or damaged."""
    if len(data) > MAX_PLAN_BYTES:
        raise InputError(
            f"{where}: {len(data):,} bytes; a plan is read up to {MAX_PLAN_BYTES:,} bytes",
            hint="plan in smaller parts, each with its own state",
        )
    _refuse_others(data, where)
    try:
        plan = msgspec.json.decode(data, type=_Plan)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{where}: {error}", hint=_HINT) from error
    _refuse_doubles(data, where)
    findings = Findings()
    _unfinished(plan, where, findings)
    for one in plan.resource_changes or ():
        _resource(one, where, findings)
    for one in plan.resource_drift or ():
        _drift(one, where, findings)
    for deferred in plan.deferred_changes or ():
        _deferred(deferred, where, findings)
    for name, output in (plan.output_changes or {}).items():
        _output(name, output, where, findings)
    return findings, _summary(plan)


def _refuse_doubles(data: bytes, where: str) -> None:
    """Of a key that stands twice, readers differ in which one counts. Looked for in plans of a usual size."""
    if len(data) > _MAX_LOOKED_OVER:
        return

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            double = next(name for name in names if names.count(name) > 1)
            raise InputError(f"{where}: the key {double[:60]!r} stands twice in one object", hint=_HINT)
        if any(name != _LIST and name.replace("_", "").lower() == "resourcechanges" for name in found):
            raise InputError(f"{where}: a key is nearly called {_LIST!r}", hint=_HINT)
        return found

    try:
        json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not readable as a plan: {str(error)[:200]}", hint=_HINT) from error


def _refuse_others(data: bytes, where: str) -> None:
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        if not data.strip():
            raise InputError(f"{where}: the file is empty", hint=_HINT) from error
        if data[:2] == b"PK":
            raise InputError(f"{where}: this is the binary plan, not its JSON", hint=_HINT) from error
        raise InputError(f"{where}: not readable as a plan: {error}", hint=_HINT) from error
    version = head.format_version
    if version is None or not isinstance(version, str):
        told = "a state file" if head.serial is not None and head.lineage is not None else "not a plan"
        raise InputError(f"{where}: this is {told}: it has no format_version", hint=_HINT)
    number = re.fullmatch(r"(\d{1,6})\.(\d{1,6})(?:[.-][\w.-]{0,50})?", version)
    if number is None or int(number[1]) > 1:
        raise InputError(
            f"{where}: format_version {version[:40]!r} is not known here (0.1 to 1.x are)",
            hint="a newer Blastdoor may read it; until then it cannot be judged",
        )
    if not head.resource_changes and not head.planned_values and head.values:
        raise InputError(f"{where}: this is a state, not a plan: it has `values`", hint=_HINT)
    if not head.resource_changes and not head.planned_values and not head.output_changes:
        raise InputError(
            f"{where}: this is not a plan: it has neither resource_changes nor planned_values", hint=_HINT
        )


def _unfinished(plan: _Plan, where: str, findings: Findings) -> None:
    if plan.errored:
        _unknown(
            findings, "plan-errored", "planning ended with an error: what is missing is not known", where
        )
    if plan.action_invocations or plan.deferred_action_invocations:
        what = "the plan runs actions of providers, and what they do is not known"
        _unknown(findings, "plan-actions", what, where)
    if not plan.complete:
        _unknown(findings, "plan-incomplete", "the plan is not complete: some changes were put off", where)


def _unknown(findings: Findings, code: str, what: str, where: str) -> None:
    step = "plan again until it is complete, and judge that plan"
    findings.unknowns.append(Unknown(code=code, what=what, step=step, where=where))


# ---------------------------------------------------------------- one resource


def _resource(one: _Resource, where: str, findings: Findings) -> None:
    actions = one.change.actions
    nature = _nature(one)
    if _is_data(one):
        if actions != ("no-op",) and "delete" not in actions:
            findings.operations.append(_operation(one, "read", nature, "read while applying", where))
        return
    match actions:
        case ("delete", "create") | ("create", "delete"):
            _replace(one, nature, where, findings)
        case ("delete",):
            _delete(one, nature, where, findings)
        case ("create",):
            findings.operations.append(_operation(one, "create", nature, f"made anew{_imported(one)}", where))
        case ("update",):
            _update(one, nature, where, findings)
        case ("no-op",):
            _nothing(one, nature, where, findings)
        case ("forget",) | ("create", "forget") | ("forget", "create"):
            _forget(one, nature, where, findings)
        case ("read",):
            findings.operations.append(_operation(one, "read", nature, "read while applying", where))
        case _:
            _odd(one, nature, where, findings)


def _is_data(one: _Resource) -> bool:
    """Whether it is only read, or lives only while the plan is applied. Other modes are as managed."""
    if one.mode == "ephemeral" and set(one.change.actions) <= _FLEETING:
        return True
    if one.mode not in {"data", "ephemeral"}:
        return False
    return re.search(rf"(?:^|[.\]]){one.mode}\.[\w-]+\.[\w-]", one.address[:5000]) is not None


def _delete(one: _Resource, nature: Nature, where: str, findings: Findings) -> None:
    reason = _REASONS.get(one.action_reason, "")
    what = "an old copy that a failed replacement left behind" if one.deposed else _what(nature)
    why = f"destroys {what}{f', since {reason}' if reason else ''}"
    operation = _operation(one, "delete", nature, why, where, irreversible=_holds_state(nature))
    findings.operations.append(operation)


def _replace(one: _Resource, nature: Nature, where: str, findings: Findings) -> None:
    paths = ", ".join(_dotted(path) for path in (one.change.replace_paths or ())[:5])
    reason = f"{paths} cannot be changed in place" if paths else _REASONS.get(one.action_reason, "")
    order = (
        "made anew before the old is destroyed"
        if one.change.actions[0] == "create"
        else "destroyed and made anew"
    )
    why = f"{_what(nature)} is {order}{f': {reason}' if reason else ''}"
    findings.operations.append(
        _operation(one, "replace", nature, why, where, irreversible=_holds_state(nature))
    )


def _update(one: _Resource, nature: Nature, where: str, findings: Findings) -> None:
    unknown = sorted(_unknown_identity(one))
    why = f"changes {_what(nature)}"
    if unknown:
        why += f"; {', '.join(unknown)} is known only after applying, so it may become another one"
        _unknown(findings, "plan-identity", f"{_shown(one)}: {', '.join(unknown)} is not known yet", where)
    weakened = _weakened(one)
    if weakened:
        why += f"; {weakened} no longer protects it"
    danger: Danger | None = nature.danger or ("unknown" if unknown or weakened else None)
    findings.operations.append(_operation(one, "update", nature, why, where, danger=danger))


def _nothing(one: _Resource, nature: Nature, where: str, findings: Findings) -> None:
    if one.previous_address and one.previous_address != one.address:
        why = f"moved from {_plain(one.previous_address)}; nothing is destroyed"
        findings.operations.append(_operation(one, "move", nature, why, where, danger=None))
    elif one.change.importing is not None:
        why = "taken under management as it is"
        findings.operations.append(_operation(one, "no-op", nature, why, where, danger=None))
    else:
        findings.operations.append(_operation(one, "no-op", nature, "stays as it is", where, danger=None))


def _forget(one: _Resource, nature: Nature, where: str, findings: Findings) -> None:
    anew = " and made anew" if "create" in one.change.actions else ""
    why = f"{_what(nature)} is forgotten{anew}: it stays, and nothing here manages it any more"
    findings.operations.append(
        _operation(one, "forget", nature, why, where, danger=nature.danger or "orphan")
    )


def _odd(one: _Resource, nature: Nature, where: str, findings: Findings) -> None:
    told = ", ".join(one.change.actions) or "no action"
    why = f"the actions [{told}] are not known here; they count as destroying it"
    findings.operations.append(_operation(one, "unreadable", nature, why, where, irreversible=True))
    _unknown(findings, "plan-actions", f"{_shown(one)}: the actions [{told}] are not known", where)


def _drift(one: _Resource, where: str, findings: Findings) -> None:
    """What was found changed behind Terraform's back: applying may change it back, or build upon it."""
    if _is_data(one) or one.change.actions == ("no-op",):
        return
    gone = "is gone" if "delete" in one.change.actions else "was changed"
    what = f"{_shown(one)} {gone} outside of Terraform since it was last applied"
    step = "find out who changed it and why, before the plan undoes it or builds on it"
    findings.unknowns.append(Unknown(code="plan-drift", what=what, step=step, where=where))


def _output(name: str, one: _Output, where: str, findings: Findings) -> None:
    """A value that others may read from this state."""
    action = next((known for known in ("delete", "update", "create") if known in one.actions), None)
    if action is not None:
        why = "what others read of this state changes"
        found: Action = action
        operation = Operation(
            resource=f"output.{name[:300]}",
            type="output",
            action=found,
            irreversible=False,
            why=why,
            where=where,
        )
        findings.operations.append(operation)


def _deferred(one: _Deferred, where: str, findings: Findings) -> None:
    named = "a resource" if one.resource_change is None else _shown(one.resource_change)
    reason = f" ({one.reason[:80]})" if one.reason else ""
    _unknown(findings, "plan-deferred", f"what happens to {named} is put off{reason}", where)


# ---------------------------------------------------------------- words

_REASONS = {
    "replace_because_tainted": "it is tainted",
    "replace_because_cannot_update": "it cannot be changed in place",
    "replace_by_request": "somebody asked for it",
    "replace_by_triggers": "replace_triggered_by says so",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_wrong_repetition": "count or for_each came or went",
    "delete_because_count_index": "its number is beyond count",
    "delete_because_each_key": "its key is no longer in for_each",
    "delete_because_no_move_target": "it was moved to where nothing is configured",
}
_PROTECTIONS = {
    "deletion_protection": True,
    "deletion_protection_enabled": True,
    "enable_deletion_protection": True,
    "termination_protection": True,
    "disable_api_termination": True,
    "prevent_destroy": True,
    "purge_protection_enabled": True,
    "point_in_time_recovery_enabled": True,
    "skip_final_snapshot": False,
    "force_destroy": False,
    "force_delete": False,
    "delete_automated_backups": False,
}
#: What OpenTofu does to what lives only while it runs.
_FLEETING = frozenset({"open", "renew", "close", "read", "no-op"})
_IDENTITY = frozenset(
    {"id", "arn", "name", "identifier", "bucket", "self_link", "cluster_identifier", "table_name"}
)


def _nature(one: _Resource) -> Nature:
    return nature_of(one.type or _type_of(one.address))


def _type_of(address: str) -> str:
    """The type in `module.a["x.y"].aws_db_instance.main[0]`, where a plan leaves it out."""
    bare = re.sub(r"\[(?:\"(?:[^\"\\]|\\.){0,2000}+\"|\d{1,20})\]", "", address[:5000])
    parts = bare.split(".")
    while len(parts) > 2 and parts[0] == "module":
        parts = parts[2:]
    return parts[0]


def _operation(
    one: _Resource,
    action: Action,
    nature: Nature,
    why: str,
    where: str,
    *,
    irreversible: bool = False,
    danger: Danger | Literal["", "by nature"] | None = "by nature",
) -> Operation:
    harmless = action in {"read", "no-op", "move"}
    put_at_risk = nature.danger if danger == "by nature" and not harmless else danger
    return Operation(
        resource=one.address if not one.deposed else f"{one.address} (deposed {one.deposed})",
        type=one.type or _type_of(one.address),
        action=action,
        irreversible=irreversible,
        why=why,
        danger=msgspec.UNSET if put_at_risk in {None, "", "by nature"} else put_at_risk,  # type: ignore[arg-type]
        where=where,
    )


def _holds_state(nature: Nature) -> bool:
    """Whether destroying it loses something; what is not known to hold nothing may hold anything."""
    return nature.state != "none"


def _what(nature: Nature) -> str:
    return nature.what or "a resource"


def _imported(one: _Resource) -> str:
    return " and imported" if one.change.importing is not None else ""


def _shown(one: _Resource) -> str:
    return _plain(one.address)


def _plain(address: str) -> str:
    return address[:300]


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part)[:60] for part in path)[:120] or "the whole"


def _unknown_identity(one: _Resource) -> Iterator[str]:
    """Attributes that name the thing, and are known only when it is applied."""
    unknown = _table(one.change.after_unknown)
    for name in _IDENTITY:
        if unknown.get(name) is True:
            yield name


def _weakened(one: _Resource) -> str:
    """A protection against losing the resource that the change takes away."""
    before, after = _table(one.change.before), _table(one.change.after)
    lost = [
        name
        for name, safe in _PROTECTIONS.items()
        if before.get(name) is safe and after.get(name) is not safe
    ]
    kept, keeps = before.get("backup_retention_period"), after.get("backup_retention_period")
    if isinstance(kept, int) and isinstance(keeps, int) and keeps < kept:
        lost.append("backup_retention_period")
    return ", ".join(lost)


def _table(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _summary(plan: _Plan) -> Summary:
    """Counted as Terraform counts for its own last line."""
    counts: Counter[tuple[str, ...]] = Counter()
    imports = 0
    for one in plan.resource_changes or ():
        actions = one.change.actions
        imports += one.change.importing is not None
        if not _is_data(one) or "delete" not in actions:
            counts[actions] += actions != ("no-op",)
    replaced = counts["delete", "create"] + counts["create", "delete"]
    forgotten = counts["create", "forget"] + counts["forget", "create"]
    return Summary(
        add=counts["create",] + replaced + forgotten,
        change=counts["update",],
        destroy=counts["delete",] + replaced,
        imports=imports,
        forget=counts["forget",] + forgotten,
    )
