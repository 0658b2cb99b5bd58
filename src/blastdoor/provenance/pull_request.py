"""What a pull request says of AI: who opened it, its branch, its labels, its text.

Read in our own form, in that of GitHub's REST API, and in that of its command line, since people have those
at hand.
"""

from collections.abc import Iterator, Mapping

import msgspec

from blastdoor.model import Signal, Value
from blastdoor.provenance.entries import Registry
from blastdoor.provenance.identities import Owner
from blastdoor.provenance.scan import place, reader

_NOREPLY = "users.noreply.github.com"
_APP = "app/"


class PullRequest(Value, frozen=True, kw_only=True):
    """A pull request: `author` is the account's login, `id` its number (0: not known), `head` its branch.

    `number` is the request's own, by which it is known again (0: not given).
    """

    author: str = ""
    id: int = 0
    number: int = 0
    name: str = ""
    head: str = ""
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()


class _Account(msgspec.Struct):
    login: str = ""
    id: int | str | None = None
    name: str | None = None


class _Ref(msgspec.Struct):
    ref: str = ""


class _Given(msgspec.Struct):
    author: str | _Account | None = None
    user: str | _Account | None = None
    head: str | _Ref | None = None
    head_ref: str | None = None
    headRefName: str | None = None  # noqa: N815 - the name that GitHub's command line prints
    title: str | None = None
    body: str | None = None
    labels: list[str] | None = None
    number: int | None = None


def read_pull_request(given: Mapping[str, object]) -> PullRequest:
    """A pull request from decoded JSON. ValueError names the field that is of a wrong type."""
    labels = given.get("labels")
    if isinstance(labels, list):
        # GitHub gives objects, people write texts.
        texts = [one.get("name", "") if isinstance(one, dict) else one for one in labels]
        given = {**given, "labels": texts}
    read = msgspec.convert(given, _Given)
    who = read.author or read.user or ""
    account = _Account(login=who) if isinstance(who, str) else who
    login = account.login
    if login.startswith(_APP):
        login = f"{login.removeprefix(_APP)}[bot]"
    head = read.head.ref if isinstance(read.head, _Ref) else read.head
    return PullRequest(
        author=login,
        id=account.id if isinstance(account.id, int) else 0,
        number=read.number or 0,
        name=account.name or "",
        # `owner:branch` is how a fork's branch is labelled.
        head=(head or read.head_ref or read.headRefName or "").rpartition(":")[2],
        title=read.title or "",
        body=read.body or "",
        labels=tuple(read.labels or ()),
    )


def pull_request_signals(pull: PullRequest, registry: Registry) -> tuple[Signal, ...]:
    """Every signal in a pull request: its author, branch, labels, and each line of title and body."""
    return tuple(_signals(pull, registry))


def _signals(pull: PullRequest, registry: Registry) -> Iterator[Signal]:
    ready = reader(registry)
    if pull.author:
        number = f"{pull.id}+" if pull.id > 0 else ""
        mail = f"{number}{pull.author}@{_NOREPLY}"
        claim = ready.identities.claim(pull.name or pull.author, mail)
        if claim is not None:
            yield place("pull_request", "identity", claim.owner, claim.shown, "pull request author")
    tool = ready.merged.made_by(pull.head)
    if tool is not None:
        owner = Owner(tool.name, tool.marks, "medium")
        yield place("pull_request", "branch", owner, pull.head, "pull request branch")
    folded = {label.strip().casefold() for label in pull.labels}
    for tool in registry.tools:
        for label in sorted(folded.intersection(tool.labels)):
            yield place(
                "pull_request", "label", Owner(tool.name, tool.marks, "medium"), label, "pull request label"
            )
    yield from ready.read_text(f"{pull.title}\n\n{pull.body}", "pull_request", "pull request line ")[0]
