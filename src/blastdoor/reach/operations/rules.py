"""Operations to levels: each kind of harm is a named rule."""

from collections.abc import Iterator, Sequence

from blastdoor.model import Level, Operation, RuleHit

_NOTHING = frozenset({"read", "no-op", "move"})
_GONE = frozenset({"delete", "replace"})
#: What each danger is called, its level, and how it is said.
_DANGERS: dict[str, tuple[str, Level, str]] = {
    "access": ("changes-access", "high", "changes who may do what"),
    "network": ("changes-network", "high", "changes what can be reached"),
    "names": ("changes-names", "high", "changes where names lead"),
    "keys": ("changes-keys", "high", "changes keys, secrets or certificates"),
    "availability": ("endangers-availability", "high", "may lock, stop or leave something unprotected"),
    "defaults": ("changes-defaults", "high", "changes what everybody gets by default"),
    "orphan": ("leaves-orphans", "high", "leaves something that nobody manages"),
    "unknown": ("unknown-effect", "high", "has an effect that is not known"),
}


def operation_rules(operations: Sequence[Operation]) -> Iterator[RuleHit]:
    """The rules that operations hit, each once, with the first operation as its witness."""
    lost = [one for one in operations if one.irreversible and one.action != "unreadable"]
    yield from _hit("destroys-state", "critical", "cannot be undone", lost)
    unreadable = [one for one in operations if one.action == "unreadable"]
    yield from _hit("unread-operations", "high", "may destroy stored state", unreadable)
    for danger, (rule, level, words) in _DANGERS.items():
        yield from _hit(rule, level, words, [one for one in operations if one.danger == danger])
    gone = [one for one in operations if one.action in _GONE and not one.irreversible]
    yield from _hit("removes-resource", "medium", "is removed or made anew", gone)
    rest = [one for one in operations if one.action not in _NOTHING and one.action != "unreadable"]
    yield from _hit("changes-resource", "low", "changes", rest)


def _hit(rule: str, level: Level, words: str, found: Sequence[Operation]) -> Iterator[RuleHit]:
    if not found:
        return
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    deed = first.resource if first.action == "unreadable" else f"{first.action} of {first.resource}"
    why = f"{deed}{more} {words}: {first.why}"
    places = [first.where] if isinstance(first.where, str) else []
    yield RuleHit(id=rule, level=level, why=why, witness=tuple(dict.fromkeys([*places, first.resource])))
