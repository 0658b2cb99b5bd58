"""SQL text cut into statements and tokens: quotes and comments neither hide a statement nor fake one.

How texts, names and comments are spelled differs between databases, and the difference decides where a
statement ends (https://www.postgresql.org/docs/current/sql-syntax-lexical.html,
https://dev.mysql.com/doc/refman/8.4/en/string-literals.html,
https://dev.mysql.com/doc/refman/8.4/en/comments.html): `Spelling` holds the differences. Every text is
read once, from left to right; where a quote or comment is never closed, reading stops and says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

#: Tokens kept of one statement; a longer one is marked as cut short.
MAX_TOKENS = 400_000
#: Times a script may change its `DELIMITER`.
MAX_DELIMITERS = 200

Kind = Literal["word", "name", "text", "number", "mark"]


class Token(NamedTuple):
    """A word, quoted name, text, number or single mark. `gap`: white space or a comment stands before it."""

    kind: str
    text: str
    at: int
    gap: bool


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a database writes texts, names and comments. The defaults are those of the SQL standard."""

    backslash: bool = False
    escape_texts: bool = False
    double_is_text: bool = False
    backtick: bool = False
    brackets: bool = False
    dollars: bool = False
    nested: bool = False
    comments: str = r"--[^\n]*+"
    executable: bool = False
    client: str = ""


_MYSQL = Spelling(
    backslash=True,
    double_is_text=True,
    backtick=True,
    comments=r"--(?=[\s\x00-\x1f]|$)[^\n]*+|\#[^\n]*+",
    executable=True,
    client="mysql",
)
_POSTGRES = Spelling(escape_texts=True, dollars=True, nested=True, client="psql")
_SPELLINGS = {
    # Several dialects are tried where none is known, so a backtick is a quote there too.
    "": Spelling(escape_texts=True, dollars=True, nested=True, backtick=True, client="psql"),
    "postgres": _POSTGRES,
    "redshift": Spelling(backslash=True, dollars=True, nested=True, client="psql"),
    "duckdb": Spelling(escape_texts=True, dollars=True, nested=True),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    # As MySQL reads it, in a script that may be PostgreSQL's all the same: $$ still quotes.
    "mysql-like": replace(_MYSQL, dollars=True),
    "sqlite": Spelling(backtick=True, brackets=True, client="sqlite"),
    "tsql": Spelling(brackets=True, nested=True, client="tsql"),
    "oracle": Spelling(client="oracle"),
    "snowflake": Spelling(backslash=True, dollars=True, comments=r"--[^\n]*+|//[^\n]*+"),
    "bigquery": Spelling(
        backslash=True, double_is_text=True, backtick=True, comments=r"--[^\n]*+|\#[^\n]*+", client="bigquery"
    ),
    "clickhouse": Spelling(
        backslash=True, backtick=True, dollars=True, nested=True, comments=r"--[^\n]*+|\#[ !][^\n]*+"
    ),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `line` counts from 1; `trouble` says why it cannot be read, "" where it can.

    `client`: a line for the client program, as psql's backslash commands are, not for the database.
    """

    tokens: tuple[Token, ...]
    line: int
    start: int
    end: int
    trouble: str = ""
    client: str = ""

    @property
    def text(self) -> str:
        """The statement without its comments, white space drawn together."""
        return "".join(f" {token.text}" if token.gap else token.text for token in self.tokens).strip()


def statements(text: str, dialect: str) -> Iterator[Statement]:
    """The statements of `text` in order; empty ones are left out. `dialect` is one of the known ones."""
    return _Splitter(text, _SPELLINGS[dialect]).run()


@lru_cache(maxsize=64)
def _pattern(spelling: Spelling, delimiter: str) -> re.Pattern[str]:
    """One alternation for all tokens; the first that fits wins, so the order matters."""
    escaped = r"'(?:[^'\\]++|\\.|'')*+'"
    plain = r"'(?:[^']++|'')*+'"
    texts = [escaped if spelling.backslash else plain]
    names = []
    if spelling.client == "bigquery":
        texts = [r"[rR]?'''(?:[^'\\]++|\\.|'(?!''))*+'''", r'[rR]?"""(?:[^"\\]++|\\.|"(?!""))*+"""', *texts]
    if spelling.escape_texts:
        texts.insert(0, "[eE]" + escaped)
    if spelling.client == "oracle":
        texts.insert(0, r"[nN]?[qQ]'(?:\[.*?\]'|\{.*?\}'|\(.*?\)'|<.*?>'|([^\s\[{(<]).*?\1')")
    if spelling.double_is_text:
        texts.append(r'"(?:[^"\\]++|\\.|"")*+"')
    else:
        names.append(r'"(?:[^"]++|"")*+"')
    if spelling.backtick:
        names.append(r"`(?:[^`]++|``)*+`")
    if spelling.brackets:
        names.append(r"\[(?:[^\]\[\n]|\]\]){1,128}+\]")
    groups = [
        rf"(?P<gap>(?:\s++|{spelling.comments})++)",
        rf"(?P<end>{re.escape(delimiter)})",
        rf"(?P<text>{'|'.join(texts)})",
        rf"(?P<name>{'|'.join(names)})",
        r"(?P<open>['\"])" if not spelling.backtick else r"(?P<open>['\"`])",
        r"(?P<block>/\*)",
        r"(?P<close>\*/)",
        *([r"(?P<dollar>\$(?:[^\W\d]\w*+)?\$)"] if spelling.dollars else []),
        # A dollar belongs to a word, except where it may be part of MySQL's delimiter.
        r"(?P<word>[^\W\d]\w*+)" if spelling.client == "mysql" else r"(?P<word>[\#@]*+[^\W\d][\w$\#@]*+)",
        r"(?P<number>\d[\w.]*+)",
        r"(?P<mark>.)",
    ]
    return re.compile("|".join(groups), re.DOTALL)


_BLOCK = re.compile(r"/\*|\*/")
_VERSION = re.compile(r"/\*M?!\d*")
_COPY_END = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_BATCH = re.compile(r"[gG][oO][ \t]*(?:\d+[ \t]*)?;?[ \t]*\r?(?:\n|\Z)")


@dataclass(slots=True)
class _Splitter:
    """Where reading stands. `tokens` are those of the statement being read."""

    source: str
    spelling: Spelling
    delimiter: str = ";"
    delimiters: int = 0
    at: int = 0
    counted: int = 0
    line: int = 1
    gap: bool = False
    inside: int = 0  # executable comments that are open
    cut: bool = False
    trouble: str = ""
    tokens: list[Token] = field(default_factory=list)

    def run(self) -> Iterator[Statement]:
        pattern = _pattern(self.spelling, self.delimiter)
        size = len(self.source)
        while self.at < size:
            match = pattern.match(self.source, self.at)
            if match is None or self.trouble:  # the last group takes any character
                break
            yield from self._take(match)
            if self.delimiter != ";" or self.delimiters:
                pattern = _pattern(self.spelling, self.delimiter)
        if self.inside and not self.trouble:
            self.trouble = "a comment that is not closed"
        yield from self._finish(size)

    def _take(self, match: re.Match[str]) -> Iterator[Statement]:
        kind = match.lastgroup or "mark"
        if kind == "gap":
            self.gap, self.at = True, match.end()
        elif kind == "end":
            yield from self._finish(match.start())
            self.at = max(self.at, match.end())
        elif kind == "block":
            self._comment()
        elif kind == "close" and self.inside:
            self.inside, self.at, self.gap = self.inside - 1, match.end(), True
        elif kind == "dollar":
            self._dollar(match)
        elif kind == "open":
            self.trouble = "a quote that is not closed"
        elif special := self._special(kind, match):
            yield from special
        else:
            self._keep("mark" if kind == "close" else kind, match.group(), match.end())

    def _keep(self, kind: str, text: str, end: int) -> None:
        if len(self.tokens) < MAX_TOKENS:
            self.tokens.append(Token(kind, text, self.at, self.gap))
        else:
            self.cut = True
        self.at, self.gap = end, False

    def _comment(self) -> None:
        """Step over a comment, or into one that MySQL executes."""
        if self.spelling.executable and (version := _VERSION.match(self.source, self.at)):
            self.inside, self.at, self.gap = self.inside + 1, version.end(), True
            return
        depth, at = 0, self.at
        while step := _BLOCK.search(self.source, at):
            at = step.end()
            if step.group() == "*/":
                depth -= 1
            elif self.spelling.nested or not depth:
                depth += 1
            if not depth:
                self.at, self.gap = at, True
                return
        self.trouble = "a comment that is not closed"

    def _dollar(self, match: re.Match[str]) -> None:
        tag = match.group()
        end = self.source.find(tag, match.end())
        if end < 0:
            self.trouble = f"a {tag} quote that is not closed"[:80]
            return
        self._keep("text", self.source[self.at : end + len(tag)], end + len(tag))

    def _special(self, kind: str, match: re.Match[str]) -> Iterator[Statement] | None:
        """What is spoken to a client program rather than to the database."""
        text, client = match.group(), self.spelling.client
        first = not self.tokens
        if kind == "word" and first and client in ("mysql", "psql") and text.upper() == "DELIMITER":
            return self._set_delimiter(match.end())
        if kind == "word" and client in ("tsql", "psql") and text.upper() == "GO" and self._starts_line():
            return self._batch()
        if text == "\\" and client == "psql":
            return self._meta()
        if text == "." and client == "sqlite" and first and self._starts_line():
            return self._meta()
        if text == "/" and client == "oracle" and self._starts_line() and self._ends_line(match.end()):
            return self._stop(match.end())
        return None

    def _starts_line(self) -> bool:
        low = max(0, self.at - 200)
        line = self.source.rfind("\n", low, self.at) + 1
        return (line > 0 or low == 0) and not self.source[line : self.at].strip()

    def _ends_line(self, at: int) -> bool:
        return not self.source[at : at + 200].partition("\n")[0].strip()

    def _stop(self, end: int) -> Iterator[Statement]:
        yield from self._finish(self.at)
        self.at = max(self.at, end)

    def _batch(self) -> Iterator[Statement] | None:
        match = _BATCH.match(self.source, self.at)
        return self._stop(match.end()) if match else None

    def _set_delimiter(self, at: int) -> Iterator[Statement]:
        end = self.source.find("\n", at)
        end = len(self.source) if end < 0 else end
        wanted = self.source[at : min(end, at + 64)].strip()
        self.delimiters += 1
        if not wanted or len(wanted) > 16 or re.search(r"[\w\s'\"`\\]", wanted):
            self.trouble = "a delimiter that cannot be told from the text"
        elif self.delimiters > MAX_DELIMITERS:
            self.trouble = f"more than {MAX_DELIMITERS} changes of the delimiter"
        else:
            self.delimiter, self.at = wanted, end
        yield from ()

    def _meta(self) -> Iterator[Statement]:
        r"""A line for the client: it ends the statement before it, as `\g` does."""
        if self.source.startswith("\\;", self.at):
            yield from self._stop(self.at + 2)
            return
        end = self.source.find("\n", self.at)
        end = len(self.source) if end < 0 else end
        split = self.source.find("\\\\", self.at + 1, end)
        end = end if split < 0 else split + 2
        start, line = self.at, self.source[self.at : min(end, self.at + 400)].strip()
        yield from self._finish(start)
        yield Statement(tokens=(), line=self._line(start), start=start, end=end, client=line)
        self.at = end

    def _line(self, at: int) -> int:
        """Lines are counted once, from the last statement on, so that counting stays linear."""
        if at > self.counted:
            self.line += self.source.count("\n", self.counted, at)
            self.counted = at
        return self.line

    def _finish(self, end: int) -> Iterator[Statement]:
        """Hand over the statement read so far, and step over the data of a COPY."""
        trouble = self.trouble
        if self.cut:
            trouble = trouble or f"more than {MAX_TOKENS} tokens"
        if not self.tokens and not trouble:
            return
        start = self.tokens[0].at if self.tokens else self.at
        tokens = tuple(self.tokens)
        self.tokens, self.cut, self.gap = [], False, False
        yield Statement(tokens=tokens, line=self._line(start), start=start, end=end, trouble=trouble)
        if self.spelling.client == "psql" and not self.trouble:
            self._skip_data(tokens, end)

    def _skip_data(self, tokens: tuple[Token, ...], end: int) -> None:
        words = [token.text.upper() for token in tokens[:200] if token.kind == "word"]
        if words[:1] != ["COPY"] or ("FROM", "STDIN") not in pairwise(words):
            return
        found = _COPY_END.search(self.source, end)
        if found is None:
            self.trouble = "data of a COPY that does not end"
            self.at = end
        else:
            self.at = found.end()
