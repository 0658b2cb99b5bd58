"""Settings that are deployed by themselves: a chart's values, and the defaults of feature flags.

Two versions are compared leaf by leaf. What a chart makes of a value is in its templates, which are not run:
only what names an image or a size is known not to touch state.
"""

import re
from collections.abc import Iterator

import msgspec

from blastdoor import formats
from blastdoor.errors import InputError
from blastdoor.formats import Node, Scalar, parse_yaml_documents
from blastdoor.model import Action, Operation, Unknown
from blastdoor.reach.operations.findings import Findings, unreadable

_MAX_LEAVES = 20_000
_SHOWN = 5
_VALUES = re.compile(
    r"(?:^|/)values(?:[.-][\w.-]{1,60})?\.ya?ml$|[\w-]{1,60}[.-]values\.ya?ml$", re.IGNORECASE
)
_FLAGS = re.compile(
    r"(?:^|/)(?:feature[-_]?)?(?:flags?|toggles?)/|(?:^|[/._-])(?:feature[-_.]?)?(?:flags?|toggles?|flagd|features)[^/]{0,60}$",
    re.IGNORECASE,
)
#: Words in a path or key after which a default is not production's.
_ELSEWHERE = re.compile(
    r"(?:^|[/._-])(?:dev|development|test|testing|staging|stage|qa|local|sandbox|ci)(?:[/._-]|$)",
    re.IGNORECASE,
)
_PRODUCTION = re.compile(r"(?:^|[/._-])(?:prod|production|live)(?:[/._-]|$)", re.IGNORECASE)
#: Values that a chart uses for what runs, and not for what is kept.
_HARMLESS = {
    "tag",
    "digest",
    "imagetag",
    "pullpolicy",
    "imagepullpolicy",
    "cpu",
    "loglevel",
    "log_level",
    "appversion",
}


def is_values(path: str) -> bool:
    """Whether a file holds the values of a Helm chart, by its name."""
    return _VALUES.search(path) is not None


def is_flags(path: str) -> bool:
    """Whether a file holds feature flags, by its name and format."""
    return path.lower().endswith((".yaml", ".yml", ".json")) and _FLAGS.search(path) is not None


def compare_values(path: str, old: bytes | None, new: bytes | None) -> Findings:
    """What a change of a chart's values does: known only where it names an image or a size."""
    try:
        changed = [key for key, _, _ in _changes(path, old, new)]
    except InputError as error:
        return unreadable(path, error.message)
    risky = [key for key in changed if key.rpartition(".")[2].lower() not in _HARMLESS]
    if risky:
        named = ", ".join(key[:80] for key in risky[:_SHOWN])
        return unreadable(path, f"what the chart makes of {named} is not known")
    operation = Operation(
        resource=path,
        type="helm values",
        action="update",
        irreversible=False,
        why=f"changes {', '.join(changed[:_SHOWN])}",
        where=path,
    )
    return Findings(operations=[operation] if changed else [])


def compare_flags(path: str, old: bytes | None, new: bytes | None) -> Findings:
    """Which flags of production get another default."""
    findings = Findings()
    try:
        changes = list(_changes(path, old, new))
    except InputError as error:
        what = f"{path} may hold feature flags, and cannot be read: {error.message}"
        findings.unknowns.append(
            Unknown(code="unreadable-flags", what=what, step="put the file right", where=path)
        )
        return findings
    for key, before, after in changes:
        place = f"{path}/{key}"
        if _ELSEWHERE.search(place) and not _PRODUCTION.search(key):
            continue
        action: Action = "create" if before is None else "delete" if after is None else "update"
        why = f"its value was {_told(before)}, and becomes {_told(after)}"
        operation = Operation(
            resource=f"flag {key[:200]}",
            type="feature flag",
            action=action,
            irreversible=False,
            why=why,
            where=path,
            danger="defaults",
        )
        # A flag that is new changes nothing that anybody has yet.
        findings.operations.append(
            operation if before is not None else msgspec.structs.replace(operation, danger=msgspec.UNSET)
        )
    return findings


def _told(value: str | None) -> str:
    return "not there" if value is None else repr(value[:60])


def _changes(path: str, old: bytes | None, new: bytes | None) -> Iterator[tuple[str, str | None, str | None]]:
    before, after = (dict(_leaves(path, data)) for data in (old, new))
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield key, before.get(key), after.get(key)


def _leaves(path: str, data: bytes | None) -> Iterator[tuple[str, str]]:
    """Each leaf by its dotted path; JSON is YAML here. InputError for what cannot be read, or is too large."""
    stack: list[tuple[str, Node]] = []
    for number, document in enumerate(parse_yaml_documents(data, path) if data is not None else ()):
        stack.append((str(number) if number else "", document))
    count = 0
    while stack:
        key, node = stack.pop()
        count += 1
        if count > _MAX_LEAVES:
            raise InputError(f"{path}: more than {_MAX_LEAVES} values")
        if isinstance(node, Scalar):
            yield key, node.value
        elif isinstance(node, formats.Mapping):
            stack += [(f"{key}.{name}" if key else name, inner) for name, inner in node.entries.items()]
        elif isinstance(node, formats.Sequence):
            stack += [(f"{key}[{place}]", inner) for place, inner in enumerate(node.items)]
