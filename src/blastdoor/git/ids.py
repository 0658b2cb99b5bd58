"""Ids that are handed to git: nothing but hexadecimal digits, so that none can be read as an option."""

import re

from blastdoor.errors import SourceError

_ID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")


def checked(id_: str) -> str:
    """The id, if it is a full object id. SourceError otherwise."""
    if not _ID.match(id_):
        raise SourceError(f"not the id of an object: {id_[:80]!r}")
    return id_
