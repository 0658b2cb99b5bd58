"""The committed schemas are those of the values, and real documents satisfy them."""

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from blastdoor.flows.bundle import make_bundle
from blastdoor.formats import canonical_bytes
from blastdoor.gate import decide
from builders import NOW, a_case, a_policy, a_statement, signed, with_votes, yes
from schemas import DOCUMENTS, FOLDER, schema_text


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_the_committed_schema_is_that_of_the_value(name: str) -> None:
    committed = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert committed == schema_text(name), "run: python tests/schemas.py"


def documents() -> dict[str, Any]:
    case = with_votes(yes(a_case(), "p_peer"), signed(a_statement(a_case(), "p_other", "no", reason="x")))
    return {
        "verdict": decide(case, a_policy(), NOW),
        "bundle": make_bundle(case, a_policy(), NOW, {"p_peer": "A. Peer"}),
        "envelope": case.statements[0].envelope,
        "statement": a_statement(case, "p_peer"),
        "facts": {"v": 1, "checks": [], "texts": [{"kind": "change_record", "text": "x", "source": "y"}]},
    }


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_real_document_satisfies_its_schema(name: str) -> None:
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    document = json.loads(canonical_bytes(documents()[name]))
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "surprise": 1}, schema)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_our_own_files_refuse_unknown_fields(name: str) -> None:
    document = json.loads(canonical_bytes(documents()[name]))
    msgspec.convert(document, DOCUMENTS[name])
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        msgspec.convert({**document, "surprise": 1}, DOCUMENTS[name])
