"""Policies of other gates into ours: what can be carried over, and what was left.

Invariant: what is drafted loads, and is never weaker than what it was drafted from. What cannot be said here
becomes a stricter demand, or one that holds until somebody provides what is missing; each is listed.
"""

from typing import Literal

from blastdoor.errors import InputError
from blastdoor.model import Value
from blastdoor.policy.importing.codeowners import draft_codeowners, looks_like_codeowners
from blastdoor.policy.importing.draft import PRODUCER, Left
from blastdoor.policy.importing.page import left_page
from blastdoor.policy.importing.policy_bot import draft_policy_bot
from blastdoor.policy.importing.source import is_policy_bot
from blastdoor.policy.load import load_policy

Kind = Literal["policy-bot", "CODEOWNERS"]

_MAX_BYTES = 1_000_000
_MAX_BRANCH = 200


class Imported(Value, frozen=True, kw_only=True):
    """What a file became: the texts of `policy.yaml` and `people.yaml`, and what was left, by line."""

    kind: Kind
    policy: str
    people: str
    left: tuple[Left, ...]


def import_policy(data: bytes, file: str, branch: str = "main") -> Imported:
    """The policy and the roster that a `.policy.yml` of policy-bot or a CODEOWNERS file comes to.

    `branch` feeds the environment `production`; rules for other branches are left out. InputError, with the
    line, if the file cannot be read, or if it asks for what no policy here could.
    """
    if len(data) > _MAX_BYTES:
        raise InputError(f"{file}: {len(data)} bytes; at most {_MAX_BYTES} are read")
    if not 0 < len(branch) <= _MAX_BRANCH:
        raise InputError("a branch has a name of at most 200 characters", hint="--branch main")
    kind = kind_of(data, file)
    draft, left = (
        draft_policy_bot(data, file, branch) if kind == "policy-bot" else draft_codeowners(data, branch)
    )
    policy = draft.policy(file)
    try:
        load_policy(policy.encode("utf-8"), "policy.yaml")
    except InputError as error:
        raise InputError(
            f"{file}: what it says cannot be drafted: {error.message}", hint=error.hint or "write it by hand"
        ) from error
    unique = dict.fromkeys(sorted(left, key=lambda one: (one.line, one.what, one.why)))
    return Imported(kind=kind, policy=policy, people=draft.people(file), left=tuple(unique))


def kind_of(data: bytes, file: str) -> Kind:
    """What a file is, by its name and else by its content. InputError if it is neither."""
    name = file.replace("\\", "/").rpartition("/")[2].casefold()
    if name == "codeowners":
        return "CODEOWNERS"
    if name.endswith((".yml", ".yaml")) or is_policy_bot(data):
        return "policy-bot"
    if looks_like_codeowners(data):
        return "CODEOWNERS"
    raise InputError(
        f"{file} is neither a policy of policy-bot nor a CODEOWNERS file",
        hint="the first has `policy:` and `approval_rules:`, the second lines of a path and its @owners",
    )


__all__ = ["PRODUCER", "Imported", "Kind", "Left", "import_policy", "kind_of", "left_page"]
