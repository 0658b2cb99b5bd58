"""Kubernetes manifests in two versions: what applying the new one instead of the old destroys or endangers.

Objects are matched by API group, kind, namespace and name. An object that is no longer there counts as
deleted: whoever prunes (Argo CD, Flux, `kubectl apply --prune`, Helm) deletes it. Kustomization files are
compared as what they stand for, which is not read here. Templates are not manifests until they are rendered.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import msgspec

from blastdoor.model import Operation, Unknown
from blastdoor.model.reach import Action
from blastdoor.reach.operations.findings import Findings
from blastdoor.reach.operations.kubernetes_fixed import immutable_effects
from blastdoor.reach.operations.kubernetes_kinds import (
    LISTED,
    RUNS,
    TAKES_ALONG,
    Effect,
    danger_of,
    holds_state,
    listed_names,
    nature_of,
    what_it_holds,
)
from blastdoor.reach.operations.kubernetes_newly import alarming
from blastdoor.reach.operations.kubernetes_objects import (
    KUSTOMIZE,
    MAX_BYTES,
    File,
    Key,
    Object,
    differs,
    read_manifests,
    short,
)
from blastdoor.reach.operations.kubernetes_protection import KEPT, is_kept, weakened


def compare_manifests(old: bytes | None, new: bytes | None, *, where: str) -> Findings:
    """What a manifest file's new version does to what its old version made. None: there is no such version.

    `where` is the path of the file. Never raises on content: what cannot be read is an operation
    `unreadable`, irreversible, and an Unknown `unreadable-manifest`. An Unknown `unknown-kind` stands once
    for each kind whose controller may do anything. Operations: deleted objects first, then those of the new
    version as they stand. An object that moves to another file is a `delete` in one and a `create` in the
    other, with the same `resource` and `type`.
    """
    comparison = _Comparison(where=where)
    if old == new:
        return comparison.findings
    before, after = read_manifests(old, where), read_manifests(new, where)
    if before.problem or after.problem:
        problem = (before.problem and after.problem) or (before.problem or after.problem)
        comparison.unreadable_file(problem, _changed_kinds(old, new))
    else:
        comparison.compare(before, after)
    return comparison.findings


_LINE = re.compile(r"(---|kind:|  name:)[ \t]{0,9}+(.{0,120}+)")


def _changed_kinds(old: bytes | None, new: bytes | None) -> str:
    """What a reader of lines sees of the documents that came and went."""
    before, after = _kinds_by_line(old), _kinds_by_line(new)
    said = []
    for word, kinds in (("removed", before - after), ("added", after - before)):
        if kinds:
            more = "" if len(kinds) <= LISTED else f" and {len(kinds) - LISTED} more"
            said.append(f"{word}: {', '.join(sorted(kinds)[:LISTED])}{more}")
    return f"; by its lines, {'; '.join(said)}" if said else ""


def _kinds_by_line(data: bytes | None) -> Counter[str]:
    found: Counter[str] = Counter()
    kind = name = ""
    for line in (data or b"")[:MAX_BYTES].decode("utf-8", "replace").splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        if match[1] == "---":
            found[f"{kind} {name}".strip()] += bool(kind)
            kind = name = ""
        elif match[1] == "kind:":
            kind = kind or short(match[2].strip())
        else:
            name = name or short(match[2].strip())
    found[f"{kind} {name}".strip()] += bool(kind)
    return +found


@dataclass(slots=True, kw_only=True)
class _Comparison:
    """Two versions of one file, and what was found between them."""

    where: str
    findings: Findings = field(default_factory=Findings)
    _kinds_said: set[tuple[str, str]] = field(default_factory=set)

    def compare(self, before: File, after: File) -> None:
        """Every object that went, came or changed."""
        added: dict[tuple[str, str], list[Key]] = defaultdict(list)
        for key in after.objects:
            if key not in before.objects:
                added[key.group, key.kind].append(key)
        for key, gone in before.objects.items():
            if key not in after.objects:
                self._say(gone, [_removed(gone, added[key.group, key.kind])], line=0)
        for key, now in after.objects.items():
            then = before.objects.get(key)
            if then is None:
                self._say(now, _created(now), line=now.line)
            elif then.text != now.text:
                self._say(now, _changed(then, now), line=now.line)
            if then is None or then.text != now.text:
                self._doubt(now)
        for text in (before.odd - after.odd) + (after.odd - before.odd):
            self._unreadable(
                "a document", "Manifest", f"not an object with apiVersion, kind and name: {text}"
            )

    def unreadable_file(self, problem: str, kinds: str) -> None:
        """The file as a whole is not read."""
        self._unreadable(self.where, "Manifest", f"{problem}{kinds}")

    def _unreadable(self, resource: str, kind: str, why: str) -> None:
        self._add(resource, kind, Effect(_clip(why), "unreadable", lost=True), self.where)
        self._unknown("unreadable-manifest", f"what {resource} does is not known: {_clip(why)}")

    def _unknown(self, code: str, what: str, step: str = "") -> None:
        step = step or "render it (helm template, kustomize build) in both versions, and let that be compared"
        self.findings.unknowns.append(Unknown(code=code, what=what, step=step, where=self.where))

    def _say(self, subject: Object, effects: list[Effect], *, line: int) -> None:
        """One operation for each danger, all of them with the gravest action."""
        action = max((effect.action for effect in effects), key=_GRAVITY.index)
        for danger in dict.fromkeys(effect.danger for effect in effects):
            same = [effect for effect in effects if effect.danger == danger]
            why = _clip("; ".join(dict.fromkeys(effect.why for effect in same)))
            merged = Effect(why, action, lost=any(effect.lost for effect in same), danger=danger)
            place = f"{self.where}:{line}" if line else self.where
            key = subject.key
            self._add(key.resource if key.name else self.where, key.type, merged, place)
        if action == "unreadable":
            self._unknown(
                "unreadable-manifest", f"what {short(subject.key.type)} in {self.where} makes is not known"
            )

    def _add(self, resource: str, kind: str, effect: Effect, place: str) -> None:
        self.findings.operations.append(
            Operation(
                resource=resource,
                type=short(kind),
                action=effect.action,
                irreversible=effect.lost,
                why=effect.why,
                danger=effect.danger or msgspec.UNSET,
                where=place,
            )
        )

    def _doubt(self, subject: Object) -> None:
        """A kind whose controller is not known may do anything with a change."""
        key = subject.key
        nature = nature_of(key)
        foreign = "." in key.group and not key.group.endswith("k8s.io")
        if nature.state == "none" or (nature.state == "state" and not foreign):
            return
        if (key.group, key.kind) not in self._kinds_said and key.group != KUSTOMIZE:
            self._kinds_said.add((key.group, key.kind))
            what = f"what becomes of a {short(key.type)} when it changes is up to its controller"
            self._unknown("unknown-kind", what, "look up what its controller does with the change")


#: Actions, the gravest last.
_GRAVITY: tuple[Action, ...] = ("create", "update", "replace", "delete", "unreadable")


_MAX_WHY = 600


def _clip(text: str) -> str:
    return short(text, _MAX_WHY)


def _removed(gone: Object, added: list[Key]) -> Effect:
    """`added`: objects of the same kind that come."""
    key = gone.key
    why = TAKES_ALONG.get((key.group, key.kind)) or f"it is no longer in the manifest: {what_it_holds(key)}"
    if len(added) == 1:
        why += f"; {added[0].resource} comes instead, and takes nothing over from it"
    kept = [name for name in KEPT if is_kept(gone, name)]
    if kept:
        why += f"; its annotation {kept[0]} may spare it"
    danger = danger_of(key) or ("availability" if key.kind in RUNS else None)
    return Effect(why, "delete", lost=holds_state(key), danger=danger)


def _created(now: Object) -> list[Effect]:
    empty = Object(now.key, {}, 0)
    return [Effect("it is new", "create", danger=danger_of(now.key)), *alarming(empty, now)]


def _changed(then: Object, now: Object) -> list[Effect]:
    why = f"changed: {listed_names(_differing(then, now))}"
    effects = [*immutable_effects(then, now), *weakened(then, now), *alarming(then, now)]
    danger = danger_of(now.key)
    if danger or not effects:
        effects.insert(0, Effect(why, danger=danger))
    return effects


def _differing(then: Object, now: Object) -> list[str]:
    """The fields that differ; of `metadata` and `spec`, those inside."""
    found: list[str] = []
    for name in {**then.body, **now.body}:
        before, after = then.body.get(name), now.body.get(name)
        if name in {"metadata", "spec"} and isinstance(before, dict) and isinstance(after, dict):
            found += [f"{name}.{part}" for part in {**before, **after} if differs(then, now, name, part)]
        elif differs(then, now, name):
            found.append(name)
    return found
