"""Bytes to trees and back: canonical JSON (RFC 8785) and YAML that remembers its lines.

Invariant: knows nothing of Blastdoor's words; everything above may use it.
"""

from blastdoor.formats.canonical import canonical_bytes, digest, escape_path, moment_text, short_id
from blastdoor.formats.tree import Mapping, Node, Scalar, Sequence, parse_yaml, parse_yaml_documents

__all__ = [
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "canonical_bytes",
    "digest",
    "escape_path",
    "moment_text",
    "parse_yaml",
    "parse_yaml_documents",
    "short_id",
]
