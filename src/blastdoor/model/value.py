"""The base of every value."""

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen value with named fields. Read from a file of ours, it refuses fields it does not know."""
