"""Files that a person names on the command line."""

import sys
from pathlib import Path

from blastdoor.errors import InputError


def read_file(name: str, limit: int) -> bytes:
    """The bytes of a file, or of standard input for `-`. InputError if it cannot be read or is too large."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise InputError(f"{name} is larger than {limit} bytes")
    return data


def write_file(name: str, data: bytes) -> None:
    """Write a file whole or not at all. InputError if it cannot be written."""
    path = Path(name)
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise InputError(f"{name} cannot be written: {error.strerror}") from error
