"""One door to all extractors."""

from blastdoor.reach.facts import FileFacts
from blastdoor.reach.python import extract_python

_EXTRACTORS = {"python": extract_python}


def extract(language: str, data: bytes) -> FileFacts:
    """The facts of a file's content. `language` as `language_of` gave it; anything else is a KeyError."""
    return _EXTRACTORS[language](data)
