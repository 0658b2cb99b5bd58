"""CloudFormation: what a new version of a template destroys or endangers.

Templates are compared where there is no change set, which knows more: which properties cannot change without
a new resource stands in a table for the types that hold state, and is an Unknown for all others.
"""

import re
from collections import defaultdict
from typing import Any

from blastdoor.model.reach import Action, Danger
from blastdoor.reach.operations.cloudformation_fixed import IMMUTABLE
from blastdoor.reach.operations.cloudformation_protection import EXPIRIES, PROTECTIONS, Weaker, policy_rank
from blastdoor.reach.operations.cloudformation_report import (
    STACK,
    Report,
    from_to,
    holds_state,
    is_custom,
    listed_names,
    short,
    what_it_holds,
)
from blastdoor.reach.operations.cloudformation_template import Template, read_template
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.resources import nature_of_cloudformation
from blastdoor.reach.operations.trees import Refused, at_path, children_of, mapping_of


def compare_templates(old: bytes | None, new: bytes | None, *, where: str) -> Findings:
    """What a template's new version does to what its old version made. None: there is no such version.

    `where` is the path of the file. Never raises on content: a template that is not read is an operation
    `unreadable`, irreversible, and an Unknown `unreadable-template`. Other Unknowns: `maybe-replaced` (a
    property changed, and whether AWS replaces the resource for that is not known here), `template-values`
    (parameters, mappings or conditions changed), `macro` (a transform makes what is not seen here),
    `nested-change-set`, `custom-resource`. Operations: removed resources first, then those of the new version
    as they stand, then outputs.
    """
    report = Report(where)
    if old == new:
        return report.findings
    try:
        comparison = _Comparison(read_template(old), read_template(new), report)
    except Refused as refused:
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
        waiting += children_of(node)
    return found


_REFERRING = {"Ref": "", "Fn::GetAtt": "", "Fn::FindInMap": "map:", "Fn::If": "if:", "Condition": "if:"}


class _Comparison:
    """Two versions of a template.

    `touched`: by resource, the properties that change, each with the reason. `replaced`: the resources that
    are replaced, each with the reason. `values`: what changed beside them, each with what to call it.
    """

    def __init__(self, before: Template, after: Template, report: Report) -> None:
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
                for prop, value in mapping_of(at_path(resource, "Properties")).items():
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
            self.replaced[name] = f"its Type changed from {short(old['Type'])}"
        before, after = mapping_of(old.get("Properties")), mapping_of(new.get("Properties"))
        for prop in {**before, **after}:
            if before.get(prop) != after.get(prop):
                self.touched[name][prop] = "edited"
        if old["Type"] == new["Type"]:
            paths = IMMUTABLE.get(new["Type"], ())
            hit = [
                path
                for path in paths
                if at_path(before, *path.split("/")) != at_path(after, *path.split("/"))
            ]
            if hit:
                self.replaced.setdefault(name, f"{listed_names(hit)} cannot change without a new resource")

    def _touch(self, user: str, prop: str, cause: str) -> bool:
        """Note that a property changes; whether what depends on its owner changes as well."""
        if user.startswith("if:"):
            self.values.setdefault(user, f"Conditions {user.removeprefix('if:')}")
            return True
        if user not in self.old or user not in self.new or _is_odd(self.new[user]):
            return False
        self.touched[user].setdefault(prop, f"through {short(cause.rpartition(':')[2])}")
        heads = {path.partition("/")[0] for path in IMMUTABLE.get(self.new[user]["Type"], ())}
        if prop in heads:
            self.replaced.setdefault(user, f"{short(prop)} may change through {short(cause)}")
        return user in self.replaced

    # Resources.

    def _add(self, name: str, kind: str, action: Action, why: str, **more: Any) -> None:
        more.setdefault("danger", nature_of_cloudformation(kind).danger)
        self.report.add(name, kind, action, why, line=self.after.lines.get(name, 0), **more)

    def _odd(self, name: str) -> None:
        why = "it is not a resource with a Type, as far as this reader knows"
        self.report.add(name, "unknown", "unreadable", why, lost=True, line=self.after.lines.get(name, 0))
        self.report.unknown("unreadable-template", f"what {short(name)} does is not known: {why}")

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
            along = "everything in the nested stack goes with it" if kind == STACK else what_it_holds(kind)
            self._add(name, kind, "delete", f"{why}: {along}", lost=holds_state(kind))
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
            name, old, f"its Condition {short(str(after))} is another: where it is not met, it goes"
        )
        return True

    def _replaced(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        policy = min(_replace_rank(old), _replace_rank(new))
        if old["Type"] != new["Type"]:
            # What was made as one type is deleted as that type.
            policy = min(policy, policy_rank(old.get("DeletionPolicy")))
        kept = {
            0: f": {what_it_holds(old['Type'])}",
            1: "; a snapshot of the old one is kept",
            2: "; the old one is kept, and nobody looks after it",
        }
        lost = policy == 0 and (holds_state(old["Type"]) or holds_state(new["Type"]))
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
        self._add(name, new["Type"], "update", f"changed: {listed_names(parts)}")

    def _maybe_replaced(self, name: str, kind: str) -> None:
        known = {*PROTECTIONS, *EXPIRIES, "Tags"}
        props = [prop for prop in self.touched[name] if prop not in known]
        if props and holds_state(kind):
            called = f"{short(name)} ({short(kind)})"
            what = f"whether AWS replaces {called} for its new {listed_names(props)} is not known"
            self.report.unknown("maybe-replaced", what)

    def _weakened(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> set[str]:
        """Say what protects the resource less; which parts of it those are."""
        policies = [
            policy
            for policy in ("DeletionPolicy", "UpdateReplacePolicy")
            if policy_rank(new.get(policy)) < policy_rank(old.get(policy))
        ]
        whys = [f"{policy}{from_to(old.get(policy), new.get(policy))}" for policy in policies]
        before, after = mapping_of(old.get("Properties")), mapping_of(new.get("Properties"))
        through = {prop for prop, why in self.touched[name].items() if why != "edited"}
        less = _weaker(PROTECTIONS, before, after, through)
        sooner = _weaker(EXPIRIES, before, after, through)
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
        if kind == STACK:
            what = f"what changes inside the nested stack {short(name)} is not in this template"
            self.report.unknown("nested-change-set", what)
        elif is_custom(kind):
            what = f"what the provider of {short(name)} ({short(kind)}) does with the change is not known"
            self.report.unknown("custom-resource", what, "read the code of its provider")

    # The rest of the template.

    def _outputs(self) -> None:
        old, new = self.before.section("Outputs"), self.after.section("Outputs")
        for name, output in old.items():
            if new.get(name) == output:
                continue
            gone = name not in new
            exported = at_path(output, "Export") is not None
            why = "the output is no longer there" if gone else "the output is another"
            if exported:
                why += "; other stacks may import it"
            action: Action = "delete" if gone else "update"
            danger: Danger | None = "availability" if exported else None
            self.report.add(f"output {name}", "Output", action, why, danger=danger)

    def _sections(self) -> None:
        """What the template as a whole leaves open."""
        if self.values:
            what = f"with another value, more may change: {listed_names(list(self.values.values()))}"
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
                "unreadable-template", f"sections that are not read changed: {listed_names(others)}"
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


def _has_macro(template: Template) -> bool:
    if template.sections.get("Transform") is not None:
        return True
    waiting: list[Any] = [template.sections]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and any(_is_macro(key) for key in node):
            return True
        waiting += children_of(node)
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
        or (kind == "AWS::RDS::DBInstance" and not at_path(resource, "Properties", "DBClusterIdentifier"))
    ):
        return "Snapshot"
    rank = policy_rank(policy)
    if rank == 1 and kind not in _SNAPSHOTS:
        return "Delete"
    return ("Delete", "Snapshot", "Retain")[rank]


def _replace_rank(resource: dict[str, Any]) -> int:
    rank = policy_rank(resource.get("UpdateReplacePolicy"))
    return 0 if rank == 1 and resource["Type"] not in _SNAPSHOTS else rank


def _weaker(
    table: dict[str, Weaker], before: dict[str, Any], after: dict[str, Any], through: set[str]
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
    return f"{prop}{from_to(old, new)}" if plain else prop
