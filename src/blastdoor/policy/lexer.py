"""Reading a condition before the expression engine does, to hold it to the rules for graded facts.

Only a plain part of CEL is let through: names, `at_least`, `touches`, a few text methods, literals, lists,
and the logical and comparing operators. What this does not know is refused, so nothing can hide from it
(raw and triple-quoted strings, comments, macros, `has`, `dyn`).
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<string>"[^"\\\n]*"|'[^'\\\n]*')
      | (?P<number>[0-9]+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<operator>&&|\|\||==|!=|<=|>=|[!<>?:(),.\[\]+\-*/%])
    """,
    re.VERBOSE,
)


class ConditionError(Exception):
    """A condition is not acceptable; `column` counts from 1 within its text."""

    def __init__(self, message: str, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.column, self.hint = message, column, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token: its kind (string, number, name, fact, call, operator), its text, and its column from 1.

    A dotted name is one token: a `fact`, or a `call` where a parenthesis follows.
    """

    kind: str
    text: str
    column: int


def tokens(condition: str) -> list[Token]:
    """The tokens of a condition; dotted names joined. Raises ConditionError at the first unknown one."""
    found: list[Token] = []
    at = 0
    while at < len(condition):
        match = _TOKEN.match(condition, at)
        if match is None or match.lastgroup is None:
            raise ConditionError(f"{condition[at]!r} has no meaning in a condition", at + 1)
        kind, text = match.lastgroup, match.group()
        if kind == "string" and found and found[-1].kind in {"string", "name"} and found[-1].text != "in":
            raise ConditionError("only plain quoted text is read in a condition", at + 1)
        if text == "/" and found and found[-1].text == "/":
            raise ConditionError("comments are not read in a condition", at + 1)
        if kind != "space":
            found.append(Token(kind=kind, text=text, column=at + 1))
        at = match.end()
    return _joined(found)


def _joined(raw: list[Token]) -> list[Token]:
    joined: list[Token] = []
    for index, token in enumerate(raw):
        previous = joined[-1] if joined else None
        if token.kind == "name" and token.text not in {"in", "true", "false"}:
            if previous and previous.text == "." and len(joined) > 1 and joined[-2].kind == "fact":
                joined.pop()
                owner = joined.pop()
                token = Token(kind="fact", text=f"{owner.text}.{token.text}", column=owner.column)  # noqa: PLW2901
            else:
                token = Token(kind="fact", text=token.text, column=token.column)  # noqa: PLW2901
            if index + 1 < len(raw) and raw[index + 1].text == "(":
                token = Token(kind="call", text=token.text, column=token.column)  # noqa: PLW2901
        joined.append(token)
    return joined
