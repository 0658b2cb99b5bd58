"""A commit as somebody gives it in JSON."""

import msgspec

from blastdoor.model import Commit, Signature


class _Who(msgspec.Struct):
    name: str | None = None
    email: str | None = None

    def signature(self) -> Signature:
        return Signature(name=self.name or "", mail=self.email or "")


class Given(msgspec.Struct):
    """A commit, its note and its pull request. Unknown fields are passed over."""

    message: str
    sha: str | None = None
    author: _Who | None = None
    committer: _Who | None = None
    parents: list[str] | None = None
    note: str | None = None
    pull_request: dict[str, object] | None = None

    def commit(self) -> Commit:
        """The commit; nobody where no author or committer is given."""
        return Commit(
            id=self.sha or "",
            parents=tuple(self.parents or ()),
            author=(self.author or _Who()).signature(),
            committer=(self.committer or _Who()).signature(),
            message=self.message,
        )


def read_given(decoded: object) -> Given:
    """A commit from decoded JSON. ValueError names the field that is missing or of a wrong type."""
    return msgspec.convert(decoded, Given)
