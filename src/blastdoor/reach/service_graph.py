"""Who was seen to call whom: a file of `client,server,count`, as a service graph of traces gives it.

OpenTelemetry's service graph connector counts `traces_service_graph_request_total{client,server}`; Jaeger's
`/api/dependencies` gives `{"data": [{"parent", "child", "callCount"}]}`. Both forms are read.
"""

import csv
import io
from typing import Any

import msgspec

from blastdoor.errors import InputError
from blastdoor.reach.catalogue import Call

_MAX_CALLS = 200_000
_HINT = "give lines `client,server,count` with that heading, or Jaeger's JSON of dependencies"


class _Edge(msgspec.Struct, frozen=True):
    parent: str
    child: str
    callCount: int = 1  # noqa: N815 - Jaeger's word


def read_service_graph(data: bytes, *, where: str) -> tuple[Call, ...]:
    """The calls in a file. InputError with the line where it is something else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 text", hint=_HINT) from error
    if text.lstrip().startswith(("{", "[")):
        return _json(data, where)
    return _csv(text, where)


def _json(data: bytes, where: str) -> tuple[Call, ...]:
    try:
        read: Any = msgspec.json.decode(data)
        listed = read.get("data", read.get("dependencies")) if isinstance(read, dict) else read
        edges = msgspec.convert(listed, tuple[_Edge, ...])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InputError(f"{where}: {error}", hint=_HINT) from error
    return tuple(Call(client=one.parent, server=one.child, count=one.callCount) for one in edges)


def _csv(text: str, where: str) -> tuple[Call, ...]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {"client", "server"} <= set(names):
        raise InputError(f"{where}:1: no columns client and server", hint=_HINT)
    rows.fieldnames = names
    calls: list[Call] = []
    try:
        for row in rows:
            if len(calls) == _MAX_CALLS:
                raise InputError(f"{where}:{rows.line_num}: more than {_MAX_CALLS} calls", hint=_HINT)
            calls.append(_call(row, f"{where}:{rows.line_num}"))
    except csv.Error as error:
        raise InputError(f"{where}:{rows.line_num}: {error}", hint=_HINT) from error
    return tuple(calls)


def _call(row: dict[str, str | Any], where: str) -> Call:
    client, server = (row.get(name) or "" for name in ("client", "server"))
    count = (row.get("count") or "1").strip()
    if not client.strip() or not server.strip():
        raise InputError(f"{where}: client and server must both be named", hint=_HINT)
    try:
        number = int(float(count))
    except (ValueError, OverflowError) as error:
        raise InputError(f"{where}: count is {count[:40]!r}, not a number", hint=_HINT) from error
    return Call(client=client.strip(), server=server.strip(), count=number)
