"""What a changed file does to stored state, by what kind of file it is: one door to all its readers."""

import re
from typing import NamedTuple

import msgspec

from blastdoor.model import Operation, Unknown
from blastdoor.reach.operations.dialects import dialect_of
from blastdoor.reach.operations.findings import Findings, unreadable

#: Larger files are not examined (bytes).
MAX_EXAMINED = 10_000_000
_LFS = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\r?\n")
_DOWN = re.compile(r"(?:^|[._/-])(?:down|undo|rollback|revert)(?:[._-]|$)|^U\d[^/]*__", re.IGNORECASE)
_CONFIG = (".yaml", ".yml", ".json", ".template")
_KUSTOMIZATION = re.compile(r"(?:^|/)kustomization\.ya?ml$", re.IGNORECASE)


class Version(NamedTuple):
    """A file's two versions, None where it is absent; `readable`: whether what should be here is."""

    path: str
    old: bytes | None
    new: bytes | None
    readable: bool = True


def examine(file: Version, kind: str) -> Findings:
    """What the change of a file does. `kind` as `kinds.stateful_kind` tells by its name ("" for none)."""
    if not file.readable:
        return unreadable(file.path, "it is too large, or its content is not here") if kind else Findings()
    if any(data is not None and _LFS.match(data) for data in (file.old, file.new)):
        return _pointer(file.path)
    if file.path.lower().endswith(_CONFIG) and kind not in {"terraform", "migration"}:
        return _config(file, kind)
    match kind:
        case "":
            return Findings()
        case "sql":
            return _script(file)
        case "migration":
            return _migration(file)
        case "terraform":
            return _without_a_plan(file)
    return unreadable(file.path, f"{kind} files are not read")


def _pointer(path: str) -> Findings:
    what = f"{path} is a pointer of Git LFS; what it stands for is not in the repository"
    return Findings(
        unknowns=[
            Unknown(code="lfs-pointer", what=what, step="have somebody look at the file itself", where=path)
        ]
    )


def _config(file: Version, kind: str) -> Findings:
    """A file of YAML or JSON, by its content: a manifest, a template, or something else."""
    # A change pays for the readers of what is in it.
    from blastdoor.reach.operations.cloudformation import compare_templates  # noqa: PLC0415
    from blastdoor.reach.operations.cloudformation_template import is_template  # noqa: PLC0415
    from blastdoor.reach.operations.kubernetes import compare_manifests  # noqa: PLC0415
    from blastdoor.reach.operations.kubernetes_objects import is_manifest  # noqa: PLC0415
    from blastdoor.reach.operations.settings import (  # noqa: PLC0415
        compare_flags,
        compare_values,
        is_flags,
        is_values,
    )

    sides = [data for data in (file.old, file.new) if data is not None]
    if any(is_template(data) for data in sides):
        return compare_templates(file.old, file.new, where=file.path)
    if any(is_manifest(data) for data in sides) or _KUSTOMIZATION.search(file.path):
        return compare_manifests(file.old, file.new, where=file.path)
    if kind == "kubernetes" and is_values(file.path):
        return compare_values(file.path, file.old, file.new)
    if is_flags(file.path):
        return compare_flags(file.path, file.old, file.new)
    if kind:
        return unreadable(file.path, f"{kind} files of this form are not read")
    return Findings()


def _script(file: Version) -> Findings:
    """A file of SQL: what it does when it is run, once it is there."""
    from blastdoor.reach.operations.sql import read_sql  # noqa: PLC0415

    if file.new is None:
        return _gone(file.path)
    if _DOWN.search(file.path.rpartition("/")[2]):
        what = f"{file.path} takes a migration back, and runs only then"
        step = "look whether it is run"
        return Findings(unknowns=[Unknown(code="down-migration", what=what, step=step, where=file.path)])
    found = read_sql(file.new, dialect=dialect_of(file.path), where=file.path)
    if file.old is None:
        return found
    # What stood there before has been run, or will be as before; what is new in it is what is done.
    before = {
        _deed(one) for one in read_sql(file.old, dialect=dialect_of(file.path), where=file.path).operations
    }
    kept = [one for one in found.operations if _deed(one) not in before]
    return Findings(operations=kept, unknowns=found.unknowns)


def _deed(one: Operation) -> tuple[str, str, bool, str]:
    return one.action, one.resource, one.irreversible, str(one.danger)


def _migration(file: Version) -> Findings:
    from blastdoor.reach.operations.migrations import read_migration  # noqa: PLC0415

    return _gone(file.path) if file.new is None else read_migration(file.path, file.new)


def _gone(path: str) -> Findings:
    what = f"{path} is removed: databases where it ran and those where it did not become different"
    step = "say which databases it ran on"
    return Findings(unknowns=[Unknown(code="removed-migration", what=what, step=step, where=path)])


def _without_a_plan(file: Version) -> Findings:
    return unreadable(
        file.path,
        "what Terraform does stands in a plan, and none is here that is proven to be of this change",
    )


def pair_moves(findings: Findings) -> Findings:
    """Objects that left one manifest and came into another are moved, not destroyed and made."""
    made = {_object(one): one for one in findings.operations if one.action == "create" and _is_config(one)}
    gone = {
        _object(one) for one in findings.operations if one.action == "delete" and _is_config(one)
    } & made.keys()
    kept = []
    for one in findings.operations:
        if _object(one) not in gone or one.action not in {"create", "delete"} or not _is_config(one):
            kept.append(one)
        elif one.action == "create":
            why = "moved from another file; what else of it changed is not compared"
            kept.append(msgspec.structs.replace(one, action="update", why=why))
    return Findings(operations=kept, unknowns=findings.unknowns)


def _object(one: Operation) -> tuple[str, str]:
    return one.resource, one.type


def _is_config(one: Operation) -> bool:
    path = one.where.partition(":")[0] if isinstance(one.where, str) else ""
    return path.lower().endswith(_CONFIG)
