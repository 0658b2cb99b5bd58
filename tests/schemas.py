"""The committed JSON schemas, made from the values themselves: `python tests/schemas.py` writes them anew."""

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec

from blastdoor.flows.facts import FactsFile
from blastdoor.model import Bundle, Envelope, Statement, Verdict

FOLDER = Path(__file__).parent.parent / "docs" / "schema"
DOCUMENTS: dict[str, Any] = {
    "verdict": Verdict,
    "bundle": Bundle,
    "envelope": Envelope,
    "statement": Statement,
    "facts": FactsFile,
}


def schema_text(name: str) -> str:
    """The schema of a document as its file holds it."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"blastdoor {name}, version 1",
        **msgspec.json.schema(DOCUMENTS[name]),
    }
    return json.dumps(_without_indentation(schema), indent=1, sort_keys=True) + "\n"


def _without_indentation(node: Any) -> Any:
    """Docstrings keep their indentation up to Python 3.12, and lose it from 3.13 on."""
    if isinstance(node, dict):
        return {
            key: inspect.cleandoc(child) if key == "description" else _without_indentation(child)
            for key, child in node.items()
        }
    return [_without_indentation(child) for child in node] if isinstance(node, list) else node


if __name__ == "__main__":
    for document in DOCUMENTS:
        (FOLDER / f"{document}.json").write_text(schema_text(document), encoding="utf-8")
