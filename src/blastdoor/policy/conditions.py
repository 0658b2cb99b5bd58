"""Conditions: expressions in CEL over recorded facts, type-checked at load, monotone in risk.

The engine is `cel-expr-python`. Its traps, and what is done about each: an evaluation error comes back as a
value (so anything that is not a BOOL is a failure, never a yes); a misspelt name is found at compile time
only because every fact is declared by itself under its dotted name; `has` and `dyn` weaken the types (so the
lexer refuses them).

Monotone: a condition applies if it is true at the facts or at any less risky setting of the graded facts
that it names. More risk can then never switch a rule off, however the condition is written.
"""

import difflib
import itertools
import math
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from blastdoor.policy.facts import FACTS, SCALES, FactSet, FactValue, no_riskier
from blastdoor.policy.globs import paths_of
from blastdoor.policy.lexer import ConditionError, Token, tokens

_METHODS = frozenset({"startsWith", "endsWith", "contains"})
_COMPARING = frozenset({"==", "!=", "<", ">", "<=", ">=", "?", ":", "in", "+", "-", "*", "/", "%", "["})
_MAX_SETTINGS = 2_000
_MAX_TEXT = 4_000
_MAX_ANSWERS = 4_096

# CEL functions take only what the expression gives them; the globs that match the change at hand come by
# a context variable, which is private to each thread.
_matched: ContextVar[frozenset[str]] = ContextVar("matched globs", default=frozenset())


class Condition:
    """A condition that has passed every check at load."""

    def __init__(self, text: str) -> None:
        """Check and compile. Raises ConditionError with the column of what is wrong."""
        if len(text) > _MAX_TEXT:
            raise ConditionError(f"a condition of {len(text)} characters; at most {_MAX_TEXT} are read", 1)
        self.text = text
        read = tokens(text)
        _check(read)
        self.facts = tuple(dict.fromkeys(token.text for token in read if token.kind == "fact"))
        self.globs = tuple(
            dict.fromkeys(
                read[index + 2].text[1:-1] for index, token in enumerate(read) if token.text == "touches"
            )
        )
        self._monotone_as_written = _is_monotone_as_written(read)
        self._program = _compile(text)
        self._answers: dict[tuple[tuple[FactValue, ...], frozenset[str]], tuple[bool, str]] = {}
        if not self._monotone_as_written:
            worst = math.prod(_most_settings(name) for name in self.facts) * 2 ** len(self.globs)
            if worst > _MAX_SETTINGS:
                raise ConditionError("too many graded facts in one condition: split the rule", 1)

    def applies(self, facts: FactSet) -> tuple[bool, str]:
        """Whether it applies, and the text of an evaluation error ("" if none).

        A condition that fails to evaluate applies, and the caller must hold: unknown is never pass.
        """
        paths = paths_of(facts.paths)
        matched = frozenset(glob for glob in self.globs if paths.any_matches(glob))
        # Facts have few values, and a condition looks at few facts: most answers were worked out before.
        key = (tuple(facts.values[name] for name in self.facts if name in facts.values), matched)
        if key not in self._answers:
            if len(self._answers) >= _MAX_ANSWERS:
                self._answers.clear()
            self._answers[key] = self._work_out(facts, matched)
        return self._answers[key]

    def _work_out(self, facts: FactSet, matched: frozenset[str]) -> tuple[bool, str]:
        answer, problem = self._evaluate(facts.values, matched)
        if answer or problem or self._monotone_as_written:
            return answer or bool(problem), problem
        for values, fewer in self._less_risky(facts.values, matched):
            answer, problem = self._evaluate(values, fewer)
            if answer or problem:
                return True, problem
        return False, ""

    def _less_risky(self, values: dict[str, FactValue], matched: frozenset[str]) -> Any:
        named = [name for name in self.facts if name in FACTS]
        settings = itertools.product(*(no_riskier(name, values[name]) for name in named))
        subsets = [
            frozenset(subset)
            for size in range(len(matched), -1, -1)
            for subset in itertools.combinations(sorted(matched), size)
        ]
        for setting in settings:
            changed = values | dict(zip(named, setting, strict=True))
            for subset in subsets:
                yield changed, subset

    def _evaluate(self, values: dict[str, FactValue], matched: frozenset[str]) -> tuple[bool, str]:
        token = _matched.set(matched)
        try:
            result = self._program.eval(data=values)
            if result.type() != _engine().Type.BOOL:
                return False, f"{result.value()}"
            return result.value() is True, ""
        except RuntimeError as error:  # the iteration budget, recursion
            return False, str(error)
        finally:
            _matched.reset(token)


def _most_settings(name: str) -> int:
    kind = FACTS[name]
    return len(SCALES[kind]) if kind in SCALES else (1 if kind == "plain" else 2)


def _check(read: list[Token]) -> None:
    if not read:
        raise ConditionError("the condition is empty", 1)
    for index, token in enumerate(read):
        if token.kind == "fact":
            _check_fact(read, index)
        elif token.kind == "call":
            _check_call(read, index)
        elif token.text == "!":
            _check_negation(read, index)
        elif token.text in {"==", "!=", "<", ">", "<=", ">="}:
            _check_comparison(read, index)


def _text_at(read: list[Token], index: int) -> str:
    return read[index].text if 0 <= index < len(read) else ""


def _check_fact(read: list[Token], index: int) -> None:
    token = read[index]
    kind = FACTS.get(token.text)
    if kind is None:
        near = difflib.get_close_matches(token.text, FACTS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known facts: {', '.join(FACTS)}"
        raise ConditionError(f"no fact is called {token.text}", token.column, hint)
    if kind not in SCALES:
        return
    if _text_at(read, index - 1) != "(" or _text_at(read, index - 2) != "at_least":
        raise ConditionError(
            f"{token.text} is graded and is compared by at_least alone",
            token.column,
            f'write at_least({token.text}, "{SCALES[kind][-1]}")'
            if kind != "tier"
            else "at_least(reach.tier, 1)",
        )
    literal = _text_at(read, index + 2)
    if _text_at(read, index + 1) != "," or _text_at(read, index + 3) != ")":
        raise ConditionError(f"at_least({token.text}, …) takes one plain value", token.column)
    word = literal if kind == "tier" else literal[1:-1]
    if read[index + 2].kind != ("number" if kind == "tier" else "string") or word not in SCALES[kind]:
        known = ", ".join(SCALES[kind])
        raise ConditionError(
            f"{literal} is not on the scale of {token.text}", read[index + 2].column, f"the scale: {known}"
        )


def _check_call(read: list[Token], index: int) -> None:
    token = read[index]
    owner, _, method = token.text.rpartition(".")
    if token.text == "at_least":
        if FACTS.get(_text_at(read, index + 2)) not in SCALES:
            raise ConditionError(
                "at_least takes a graded fact first",
                token.column,
                f"graded: {', '.join(name for name, kind in FACTS.items() if kind in SCALES)}",
            )
    elif token.text == "touches":
        plain = len(read) > index + 2 and read[index + 2].kind == "string" and len(read[index + 2].text) > 2
        if not plain or _text_at(read, index + 3) != ")":
            raise ConditionError('touches takes one pattern in quotes: touches("db/**")', token.column)
    elif FACTS.get(owner) != "plain" or method not in _METHODS:
        raise ConditionError(f"{token.text}(…) is not known in a condition", token.column)


def _is_graded(token: Token) -> bool:
    """Whether the token stands for something that more risk makes true, and so must not be negated."""
    if token.kind == "call":
        return token.text in {"at_least", "touches"}
    return token.kind == "fact" and FACTS.get(token.text) in {"state", "level", "tier", "rising"}


def _check_negation(read: list[Token], index: int) -> None:
    for token in _operand(read, index + 1):
        if _is_graded(token):
            raise ConditionError(
                f"{token.text} must not be negated: more risk would then ask for less",
                read[index].column,
                "say what raises the demand; exemptions are reach.docs_only and reach.tests_only",
            )


def _operand(read: list[Token], start: int) -> list[Token]:
    while start < len(read) and read[start].text == "!":
        start += 1
    depth, end = 0, start
    while end < len(read):
        depth += {"(": 1, ")": -1}.get(read[end].text, 0)
        end += 1
        if depth == 0 and _text_at(read, end) != "(":
            break
    return read[start:end]


def _check_comparison(read: list[Token], index: int) -> None:
    for token in (*_operand_before(read, index - 1), *_operand(read, index + 1)):
        if _is_graded(token) or FACTS.get(token.text) == "falling":
            raise ConditionError(f"{token.text} is a yes or a no: it is not compared", read[index].column)


def _operand_before(read: list[Token], last: int) -> list[Token]:
    depth = 0
    for index in range(last, -1, -1):
        depth += {")": 1, "(": -1}.get(read[index].text, 0)
        if depth == 0:
            # A parenthesis that belongs to a call brings the call's name with it.
            return read[max(index - 1, 0) : last + 1]
    return read[: last + 1]


def _is_monotone_as_written(read: list[Token]) -> bool:
    """Whether only &&, || and parentheses join graded facts, and falling facts are only ever negated."""
    for index, token in enumerate(read):
        if token.text in _COMPARING and token.kind in {"operator", "name"}:
            return False
        if token.text == "!" and _text_at(read, index + 1) in {"(", "!"}:
            return False
        if token.kind == "fact" and FACTS[token.text] == "falling" and _text_at(read, index - 1) != "!":
            return False
    return True


@lru_cache(maxsize=1)
def _engine() -> Any:
    # Imported late: commands that decide nothing should not pay for it.
    from cel_expr_python import cel  # noqa: PLC0415

    return cel


def _at_least_word(fact: str, word: str) -> bool:
    scale = SCALES["state"] if word in SCALES["state"] else SCALES["level"]
    return scale.index(fact) >= scale.index(word)


@lru_cache(maxsize=1)
def _environment() -> Any:
    cel = _engine()
    kinds = cel.Type
    types = {"state": kinds.STRING, "level": kinds.STRING, "tier": kinds.INT, "plain": kinds.STRING}
    at_least = cel.FunctionDecl(
        "at_least",
        [
            cel.Overload("at_least_word", kinds.BOOL, [kinds.STRING, kinds.STRING], False, _at_least_word),
            cel.Overload(
                "at_least_tier", kinds.BOOL, [kinds.INT, kinds.INT], False, lambda fact, tier: fact <= tier
            ),
        ],
    )
    touches = cel.FunctionDecl(
        "touches",
        [
            cel.Overload(
                "touches_glob", kinds.BOOL, [kinds.STRING], False, lambda glob: glob in _matched.get()
            )
        ],
    )
    variables = {name: types.get(kind, kinds.BOOL) for name, kind in FACTS.items()}
    return cel.NewEnv(variables=variables, functions=[at_least, touches])


def _compile(text: str) -> Any:
    cel = _engine()
    try:
        program = _environment().compile(text)
    except RuntimeError as error:
        column, message = _where(str(error))
        raise ConditionError(message, column) from error
    if program.return_type() != cel.Type.BOOL:
        raise ConditionError("the condition is not a yes or a no", 1)
    return program


def _where(report: str) -> tuple[int, str]:
    """The column and the sentence of an engine's report (`…ERROR: <input>:1:6: undeclared reference…`)."""
    first = report.splitlines()[0].partition("<input>:")[2]
    parts = first.split(":", 2)
    if len(parts) == 3 and parts[1].isdigit():
        return int(parts[1]), parts[2].strip().removesuffix(" (in container '')")
    return 1, report.splitlines()[0]
