"""What types of infrastructure resources hold, and what they put at risk.

The knowledge is data, in `resources/*.toml` beside this module: `cloudformation.toml`, `kubernetes.toml`, and
the others for Terraform's and OpenTofu's providers. A file has:

- `providers`: first words of the type names whose naming the file knows, separated by blanks;
- `[[class]]`: `state`, `danger` (if any), `what`, and `types`, whole names separated by blanks. A Kubernetes
  kind is written with its group: `deployment.apps`;
- `[[rule]]`: `state`, `danger`, `what` (each may be absent), and `ends`, `begins` and `has`: parts of names.
  A name is framed by `_` for `has`, so that `_table_` is a whole word and `database` any part of one.

Everything is lower-case. A listed type is what its class says. For any other the rules are asked that fit it:
that with the longest end, those with parts of it from the longest, that with the longest beginning. The first
that says a state, and the first that says a danger, is believed; but that a type holds nothing is never said
of a part, and believed only of a known provider: others may name things as they like.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, NamedTuple

import msgspec

from blastdoor.model import Danger

State = Literal["state", "none", "unknown"]


class Nature(NamedTuple):
    """What a type of resource is.

    `state`: "state" where deleting or replacing it loses what the repository cannot make again, "none" where
    it is known to hold nothing, else "unknown". `danger`: what changing it puts at risk beyond itself, None
    where nothing is known. `what`: a few words for people, with their article; may be empty.
    """

    state: State
    danger: Danger | None
    what: str


_UNKNOWN = Nature("unknown", None, "")
#: No provider has a name half as long (the longest listed have about 90 characters).
_MAX_NAME = 200
_KEPT = 8192

_Scheme = Literal["terraform", "cloudformation", "kubernetes"]


def nature_of(type_name: str) -> Nature:
    """What a Terraform or OpenTofu resource type is: `aws_db_instance`. Upper case is as good as lower."""
    return _terraform(_clean(type_name))


def nature_of_cloudformation(type_name: str) -> Nature:
    """What a CloudFormation resource type is: `AWS::RDS::DBInstance`. Upper case is as good as lower."""
    return _cloudformation(_clean(type_name))


def nature_of_kubernetes(kind: str, group: str = "") -> Nature:
    """What a Kubernetes kind is; `group` is its API group without the version: "apps", "" for the core.

    A kind of the same name in a group that is not listed is another kind. With no group, a kind that the core
    has not is that of any listed group, one that holds state before others.
    """
    return _kubernetes(_clean(kind), _clean(group))


def _clean(name: str) -> str:
    """A name as the tables have it; one longer than any real one is cut, and fits nothing."""
    cut = name[: _MAX_NAME + 1]
    # Letters of other scripts may become ASCII ones as they are lowered.
    return cut.lower() if cut.isascii() else cut


# ---------------------------------------------------------------- looking up


@lru_cache(maxsize=_KEPT)
def _terraform(name: str) -> Nature:
    found = _knowledge("terraform")
    plain = _VERSION.sub("", name)
    exact = found.exact.get(name)
    if exact is None and name.startswith(_VERSIONED):
        exact = found.exact.get(plain)
    if exact is None and name.startswith(_AWSCC):
        joined = name.removeprefix(_AWSCC)
        exact, plain = _joined_cloudformation().get(joined.replace("_", "")), f"aws_{joined}"
    return exact or _by_rules(found, plain)


@lru_cache(maxsize=_KEPT)
def _cloudformation(name: str) -> Nature:
    found = _knowledge("cloudformation")
    return found.exact.get(name) or _by_rules(found, name)


@lru_cache(maxsize=_KEPT)
def _kubernetes(kind: str, group: str) -> Nature:
    found = _knowledge("kubernetes")
    full = f"{kind}.{group}" if group else kind
    exact = found.exact.get(full) or (None if group else _bare_kinds().get(kind))
    # A kind has no dots: one that has must not pass for a kind and its group.
    return exact if exact and "." not in kind else _by_rules(found, full)


#: `kubernetes_deployment_v1`, `kubernetes_cron_job_v1beta1`, `openstack_compute_instance_v2`
_VERSION = re.compile(r"_v\d{1,3}(?:(?:alpha|beta)\d{1,3})?\Z")
#: The provider whose types may be written with the version of the API that they are of.
_VERSIONED = "kubernetes_"
#: The provider that is generated from CloudFormation's types: `awscc_rds_db_instance`.
_AWSCC = "awscc_"


@cache
def _joined_cloudformation() -> dict[str, Nature]:
    """CloudFormation's types as one word without `AWS`: `rdsdbinstance`."""
    exact = _knowledge("cloudformation").exact
    return {name.removeprefix("aws").replace("::", ""): nature for name, nature in exact.items()}


@cache
def _bare_kinds() -> dict[str, Nature]:
    """Kinds without their groups. Where groups differ, what holds state comes first, what holds none last."""
    found: dict[str, Nature] = {}
    for name, nature in _knowledge("kubernetes").exact.items():
        kind = name.partition(".")[0]
        known = found.setdefault(kind, nature)
        if _GRAVITY[nature.state] > _GRAVITY[known.state]:
            found[kind] = nature
    return found


_GRAVITY: dict[State, int] = {"none": 0, "unknown": 1, "state": 2}


# ---------------------------------------------------------------- rules


class _Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What parts of names tell. What a rule does not say is left to the next."""

    state: State | None = None
    danger: Danger | None = None
    what: str = ""
    ends: str = ""
    begins: str = ""
    has: str = ""


class _Knowledge(NamedTuple):
    """All files of a scheme. `has`: the longest part first."""

    providers: frozenset[str]
    exact: dict[str, Nature]
    ends: dict[str, _Rule]
    begins: dict[str, _Rule]
    has: tuple[tuple[str, _Rule], ...]


def _by_rules(found: _Knowledge, name: str) -> Nature:
    """What the parts of a name tell. Without a rule that says so, the state is unknown."""
    if len(name) > _MAX_NAME:
        return _UNKNOWN
    fitting = list(_fitting(found, name))
    known = name.isascii() and _SEPARATOR.split(name, maxsplit=1)[0] in found.providers
    state, what = _told_state([rule for rule in fitting if known or rule.state != "none"])
    dangers = [rule for rule in fitting if rule.danger]
    if not what and dangers:
        what = dangers[0].what
    return Nature(state, dangers[0].danger if dangers else None, what)


def _told_state(fitting: list[_Rule]) -> tuple[State, str]:
    for rule in fitting:
        if rule.state:
            return rule.state, rule.what
    return "unknown", ""


_SEPARATOR = re.compile(r"[_:.]")


def _fitting(found: _Knowledge, name: str) -> Iterator[_Rule]:
    """The longest end, all parts from the longest, the longest beginning."""
    ends = (found.ends.get(name[at:]) for at in range(len(name)))
    yield from filter(None, [next(filter(None, ends), None)])
    framed = f"_{name}_"
    yield from (rule for word, rule in found.has if word in framed)
    begins = (found.begins.get(name[:end]) for end in range(len(name), 0, -1))
    yield from filter(None, [next(filter(None, begins), None)])


# ---------------------------------------------------------------- reading the files


class _Class(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Types that are alike."""

    state: State
    what: str
    types: str
    danger: Danger | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of the folder."""

    providers: str
    classes: tuple[_Class, ...] = msgspec.field(default=(), name="class")
    rules: tuple[_Rule, ...] = msgspec.field(default=(), name="rule")


@cache
def _knowledge(scheme: _Scheme) -> _Knowledge:
    files = [file for name, file in _files() if _scheme_of(name) == scheme]
    rules = [rule for file in files for rule in file.rules]
    has = ((word, rule) for rule in rules for word in rule.has.split())
    return _Knowledge(
        providers=frozenset(word for file in files for word in file.providers.split()),
        exact={name: _nature(one) for file in files for one in file.classes for name in one.types.split()},
        ends={word: rule for rule in rules for word in rule.ends.split()},
        begins={word: rule for rule in rules for word in rule.begins.split()},
        has=tuple(sorted(has, key=lambda pair: (-len(pair[0]), pair[0]))),
    )


def _nature(one: _Class) -> Nature:
    return Nature(one.state, one.danger, one.what)


def _scheme_of(file: str) -> _Scheme:
    match file:
        case "cloudformation.toml":
            return "cloudformation"
        case "kubernetes.toml":
            return "kubernetes"
        case _:
            return "terraform"


@cache
def _files() -> tuple[tuple[str, _File], ...]:
    folder = resources.files(__package__).joinpath("resources")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return tuple((name, _read(folder.joinpath(name).read_bytes())) for name in names)


def _read(data: bytes) -> _File:
    return msgspec.convert(tomllib.loads(data.decode("utf-8")), _File)
