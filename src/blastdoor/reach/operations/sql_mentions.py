"""SQL that stands within texts of other languages: which statements that destroy occur in it."""

import re

#: Characters that are looked at.
MAX_CHARACTERS = 10_000_000

_KINDS = (
    "TABLE|COLUMN|INDEX|SCHEMA|DATABASE|VIEW|MATERIALIZED|TYPE|DOMAIN|SEQUENCE|FUNCTION|PROCEDURE|TRIGGER|ROLE|USER"
    "|OWNED|EXTENSION|CONSTRAINT|PARTITION|POLICY|RULE|LOGIN|TABLESPACE|FOREIGN|PRIMARY|DEFAULT|NOT|TEMPORARY|SYSTEM"
    "|STAGE|STREAM|GROUP|KEY"
)
_FINDER = re.compile(
    rf"""(?ix)(?<![\w.])(?:
      (?P<kind>DROP|ALTER)\ (?:{_KINDS})\b
    | (?P<any>DROP|ALTER|TRUNCATE|DELETE\ FROM|UPDATE)\ ?[{{$%\#:?"'`\[]
    | (?P<one>TRUNCATE|EXEC|EXECUTE|CALL|GRANT|REVOKE|DENY|RENAME|VACUUM|REINDEX|CLUSTER|PURGE|COPY)\ \w
    | (?P<two>DELETE\ FROM|DELETE\ \w++\ FROM|MERGE\ INTO|REPLACE\ INTO|INSERT\ OVERWRITE|OR\ REPLACE
        |LOCK\ TABLES?|LOAD\ DATA|ATTACH\ DATABASE|ON\ CONFLICT|ON\ DUPLICATE|CREATE\ (?:UNIQUE\ )?INDEX
        |CREATE\ (?:ROLE|USER|POLICY)
        |SECURITY\ DEFINER|DO\ \$|SET\ SESSION_REPLICATION_ROLE|SET\ FOREIGN_KEY_CHECKS)
    | (?P<set>UPDATE)\ [^;]{{1,200}}?\ SET\b
    )"""
)
_GAP = re.compile(r"(?:\s|--[^\n]*+(?:\n|\Z)|/\*(?:[^*]++|\*(?!/))*+\*/)++")
_HINT = re.compile(r"/\*M?!\d*+")


def destructive_words(text: str) -> tuple[str, ...]:
    """Which statements that destroy, endanger or lock occur in a text, each once, in capitals.

    Cheap, and rather too many than too few: what stands in quotes or in prose counts as well. Only the first
    ten million characters are looked at; in a longer text `...` stands last.
    """
    cut = ("...",) if len(text) > MAX_CHARACTERS else ()
    raw = _HINT.sub(" ", text[:MAX_CHARACTERS])
    # With comments left out, words that one divides meet; as it stands, what is only said in one counts too.
    found = [
        _say(match)
        for form in (_GAP.sub(" ", raw), " ".join(raw.split()))
        for match in _FINDER.finditer(form)
    ]
    return tuple(dict.fromkeys(found)) + cut


def _say(match: re.Match[str]) -> str:
    if match["set"] or match["any"]:
        return (match["set"] or match["any"]).upper()
    words = match.group().upper().split()
    if match["one"]:
        return words[0]
    return "DELETE FROM" if words[0] == "DELETE" else " ".join(words)
