"""The imports of files in the languages that are read by patterns alone.

Surer readers know the grammar of their language; this one knows what an import looks like. What it finds too
much (an import in a comment or a string) seldom names a file of the repository, and could only ever raise the
reach. So comments and strings are not taken out: doing that by patterns loses imports.

Every pattern is linear on hostile text: repetitions are possessive or bounded, and no stretch of text is
scanned from more than a few starting points.
"""

import itertools
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import NamedTuple

from blastdoor.reach.facts import MAX_BYTES, FileFacts, Import

#: More imports than this are not a program that a person wrote.
_MAX_IMPORTS = 10_000
#: Longer names, and names of more parts, are of no program either.
_MAX_NAME = 1_000
_MAX_PARTS = 60
_MAX_NESTING = 30
_MAX_PACKAGES = 100

#: Marks in `Import.names`. A name the file itself goes by: its package, namespace or module.
PACKAGE = "__package__"
#: `Import.names` is this mark and what the file declares at its top, for languages where that is not the
#: name of the file. `Import.module` is empty.
DECLARES = "__declares__"
#: `Import.module` is a path, relative to the file.
PATH = "__path__"
#: A child module of the file (`mod x;` in Rust).
CHILD = "__child__"
#: A module by its name, in a language whose imports are paths (`import a;` in C++).
MODULE = "__module__"
#: An import for every file of the project (`global using` in C#).
GLOBAL = "__global__"
#: A name in the text that may be one of another package, written in full.
INLINE = "__inline__"


def extract_plain(language: str, data: bytes) -> FileFacts:
    """The imports of a file, each once: the names it goes by first, the rest in no order that means anything.

    `Import.module` is as written, without the blanks and comments inside it; a group (`a.{b, c}`) is given as
    its members, and `a.b.*` as `a.b` with the name `*`. An include in angle brackets keeps them. The marks
    above say what else `names` can hold. A language not among those of `languages.PLAIN` is a KeyError.
    """
    read = _READERS[language]
    if len(data) > MAX_BYTES:
        return FileFacts(language=language, unread=f"larger than {MAX_BYTES} bytes")
    text, unread = _decode(data)
    found = _Found(text)
    try:
        read(text, found)
    except _TooManyError:
        unread = f"more than {_MAX_IMPORTS} imports"
    return FileFacts(
        language=language,
        imports=found.all(),
        dynamic=found.dynamic,
        unread=unread or found.unread,
    )


def _decode(data: bytes) -> tuple[str, str]:
    """The text, and why it may not be what its language reads ("" if it is)."""
    unread = "it holds NUL bytes" if b"\0" in data else ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, unread = data.decode("latin-1"), unread or "not UTF-8 text"
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text, unread


class _TooManyError(Exception):
    """The file holds more imports than any real one."""


class _Found:
    """What was found, each import once, with a bound on all of them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._imports: dict[tuple[str, tuple[str, ...]], int] = {}
        self._packages: dict[tuple[str, tuple[str, ...]], int] = {}
        self._left = _MAX_IMPORTS
        self.dynamic = False
        self.unread = ""

    def count(self) -> None:
        """Count a member of a group, also one that was there before: building its name costs time."""
        self._left -= 1
        if self._left < 0:
            raise _TooManyError

    def add(self, module: str, at: int, names: tuple[str, ...] = ()) -> None:
        if len(module) > _MAX_NAME or sum(map(module.count, ".\\/:")) > 2 * _MAX_PARTS:
            self.unread = "a name in it is longer than any real one"
            return
        kept = self._packages if names == (PACKAGE,) else self._imports
        kept.setdefault((module, names), at)
        if len(self._imports) + len(self._packages) > _MAX_IMPORTS:
            raise _TooManyError

    def packages(self) -> list[str]:
        """The names the file goes by, as far as they were found."""
        return [module for module, _ in self._packages]

    def all(self) -> tuple[Import, ...]:
        both = (*self._packages.items(), *self._imports.items())
        read = self._text[: max((at for _, at in both), default=0)]
        ends = [match.start() for match in re.finditer("\n", read)]
        return tuple(
            Import(module=module, names=names, line=bisect_left(ends, at) + 1) for (module, names), at in both
        )


# --- patterns shared by languages -------------------------------------------------------------------------

#: Blanks within a line; blanks and comments where a statement may go on; where a statement may begin.
_B = r"[^\S\n]*+"
_COMMENT = r"/\*(?:[^*]|\*(?!/)){0,120}+\*/|//[^\n]{0,120}+\n"
_GAP = rf"(?:\s|{_COMMENT})*+"
_GAP1 = rf"(?:\s|{_COMMENT})++"
_HEAD = rf"(?:^|[;{{}}]|\*/){_B}"
_DOTTED = rf"[\w$`]++(?:{_GAP}\.{_GAP}[\w$`*]++)*+"
#: A string without escapes. Its first group is what it says.
_STRING = r"[\"']([^\"'\n]{1,500}+)[\"']"

_NOT_A_NAME = re.compile(rf"{_COMMENT}|[\s`]++")
_ESCAPED_ASCII = re.compile(r"\\u++00([2-7][0-9a-fA-F])")
_WRITTEN_IN = re.compile(r"#\{[^}\n]*+\}?|\$\{[^}\n]*+\}?|\$\w++")
_RENAMED = re.compile(r"\s(?:as|=>)\s|=>")
_WORD = re.compile(r"\w++")


class _Rule(NamedTuple):
    """A pattern whose first group is a module. Where the group took no part, its name is known at run time.

    `tree`: what separates the parts of a name that may be a group, such as `a.{b, c}`. `needs`: words of
    which a text must hold one, which is quicker to see.
    """

    pattern: re.Pattern[str]
    names: tuple[str, ...] = ()
    tree: str = ""
    needs: tuple[str, ...] = ("",)


def _rule(pattern: str, *names: str, tree: str = "", needs: str = "") -> _Rule:
    return _Rule(re.compile(pattern, re.MULTILINE), names, tree, tuple(needs.split()) or ("",))


def _reader(*rules: _Rule) -> "_Reader":
    def read(text: str, found: _Found) -> None:
        for rule in rules:
            if any(word in text for word in rule.needs):
                for match in rule.pattern.finditer(text):
                    _take(rule, match, found)

    return read


_Reader = Callable[[str, _Found], None]


def _take(rule: _Rule, match: re.Match[str], found: _Found) -> None:
    if match.lastindex is None:
        found.dynamic = found.dynamic or INLINE not in rule.names
        return
    written, at = match[match.lastindex], match.start(match.lastindex)
    if rule.tree:
        for name in _members(written, rule.tree, found):
            _add_dotted(name, rule.tree, at, rule.names, found)
    elif PATH in rule.names:
        _add_path(written, at, rule.names, found)
    elif "#{" in written:
        found.dynamic = True
    else:
        _add_dotted(_NOT_A_NAME.sub("", written), ".", at, rule.names, found)


def _add_dotted(name: str, separator: str, at: int, names: tuple[str, ...], found: _Found) -> None:
    module, _, last = name.rpartition(separator)
    if last in {"*", "_", "given"} and module:
        found.add(module, at, (*names, "*"))
    elif name:
        found.add(name, at, names)


def _add_path(written: str, at: int, names: tuple[str, ...], found: _Found) -> None:
    """A path. In one put together at run time, only the directory it begins with may stay unknown."""
    known = _WRITTEN_IN.split(written)
    last = known[-1].strip()
    if len(known) > 1 and (len(known) > 2 or known[0] or not last.startswith("/")):
        found.dynamic = True
    if last.strip("./"):
        found.add(last.lstrip("/") if len(known) > 1 else last, at, names)
    else:
        found.dynamic = True


def _members(tree: str, separator: str, found: _Found) -> Iterator[str]:
    """The names that `a.{b, c.{d, e}}` stands for, without what they are called here."""
    above: list[str] = []
    prefix = ""
    for piece in re.split(r"([{},])", re.sub(_COMMENT, " ", tree)):
        if piece == "{":
            if len(above) == _MAX_NESTING or len(prefix) > _MAX_NAME:
                found.unread = "a group of imports in it is nested deeper than any real one"
                return
            above.append(prefix)
        elif piece == "}":
            prefix = above.pop() if above else ""
        elif piece == ",":
            prefix = above[-1] if above else ""
        elif name := _NOT_A_NAME.sub("", _RENAMED.split(piece, maxsplit=1)[0]):
            found.count()
            prefix += name
            if not name.endswith(separator):
                yield prefix.removesuffix(f"{separator}self")


def _alone(word: str) -> str:
    return rf"(?<!\w){word}(?!\w)"


# --- the languages ----------------------------------------------------------------------------------------

_JVM_PACKAGE = _rule(rf"{_HEAD}(?:@[^\n]{{0,200}}?\s)?package{_GAP1}(?:object{_GAP1})?+({_DOTTED})", PACKAGE)
_JVM_IMPORT = _rule(rf"{_HEAD}import{_GAP1}(?:(?:static|module)(?=\s){_GAP1})?+({_DOTTED})")
_SCALA_IMPORT = _rule(
    rf"{_HEAD}(?:import|export){_GAP1}((?:[\w.$`]|\*(?!/)|=>|,\s*+|[^\S\n]|\{{[^{{}}]*+\}})++)", tree="."
)
_JVM = (
    # Names written in full need no import; a class named in a string is one for reflection.
    _rule(r"(?<![\w.$])((?:[a-z_]\w*+\.){2,60}+[A-Z]\w*+)"),
    _rule(rf"{_alone('(?:forName|loadClass)')}{_GAP}\((?!\s*+\"[\w.$]++\"{_GAP}[,)])"),
    _rule(_alone("ServiceLoader")),
)
_TOP_NAMES = re.compile(
    r"^(?:@[\w.]++(?:\([^()\n]{0,200}+\))?+[ \t]++){0,6}+(?:[a-z]++(?:\[\w++\])?+[ \t]++){0,6}"
    r"(?:class|interface|object|trait|enum|record|typealias|type|given|fun|def|va[lr])[ \t]++"
    r"([^(={\n]{1,300}+)",
    re.MULTILINE,
)
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*+>")


def _jvm(statement: _Rule, *more: _Rule) -> _Reader:
    """Java's relatives, in which a file may declare names other than its own."""
    read_all = _reader(statement, *_JVM, *more)

    def read(text: str, found: _Found) -> None:
        if "\\u" in text:
            text = _ESCAPED_ASCII.sub(lambda code: chr(int(code[1], 16)), text)
        _packages(_JVM_PACKAGE, text, found)
        read_all(text, found)
        _declared(_TOP_NAMES, text, found)

    return read


def _packages(rule: _Rule, text: str, found: _Found) -> None:
    """The packages of a file. Of several, the first may hold the others (`package a; package b`)."""
    named = {
        _NOT_A_NAME.sub("", match[1]): match.start(1)
        for match in itertools.islice(rule.pattern.finditer(text), _MAX_PACKAGES)
    }
    names = list(named)
    for count in range(min(len(names), 5), 0, -1):
        found.add(".".join(names[:count]), named[names[count - 1]], rule.names)
    for name in names[1:]:
        found.add(name, named[name], rule.names)
        found.add(f"{names[0]}.{name}", named[name], rule.names)


def _declared(pattern: re.Pattern[str], text: str, found: _Found) -> None:
    names: dict[str, None] = {}
    for match in pattern.finditer(text):
        rest = _TYPE_ARGUMENTS.sub("", _TYPE_ARGUMENTS.sub("", match[1])).replace(":", " ").split()
        if rest:
            names[rest[0].rpartition(".")[2].strip("`")] = None
    if names:
        found.add("", 0, (DECLARES, *list(names)[:_MAX_IMPORTS]))


_CSHARP_NAMESPACE = _rule(rf"{_HEAD}namespace{_GAP1}({_DOTTED})", PACKAGE)
_CSHARP_TYPES = re.compile(r"(?<![\w.])(?:class|struct|interface|enum|record|delegate\s++\w++)\s++(\w++)")
_CSHARP_NAME = rf"(?:{_DOTTED}{_GAP}={_GAP})?+(?:global::)?+({_DOTTED})"
_CSHARP = _reader(
    _rule(rf"{_HEAD}@?global{_GAP1}using{_GAP1}(?:static(?=\s){_GAP1})?+{_CSHARP_NAME}", GLOBAL),
    _rule(rf"{_HEAD}@?using{_GAP1}(?:(?:static|unsafe)(?=\s){_GAP1})*+{_CSHARP_NAME}"),
    _rule(rf"^{_B}@(?:model|inherits|inject|implements){_B}(\w++(?:\.\w++)++)"),
    _rule(r"(?<![\w.@])(?:(?:using|namespace)\s[^;{\n]*+|((?:[A-Z]\w*+\.){1,60}+[A-Z]\w*+))", INLINE),
    _rule(rf"^{_B}#(?:load|r){_B}{_STRING}", PATH),
    _rule(_alone(r"(?:Type\.GetType|Assembly\.Load\w*+|Activator\.CreateInstance)") + r"\s*+\("),
)


def _csharp(text: str, found: _Found) -> None:
    if "\\u" in text:
        text = _ESCAPED_ASCII.sub(lambda code: chr(int(code[1], 16)), text)
    _packages(_CSHARP_NAMESPACE, text, found)
    _CSHARP(text, found)
    _declared(_CSHARP_TYPES, text, found)


_RUST_USE = re.compile(rf"(?<!\w)use(?!\w)((?:[\w#:{{}},\s]|\*(?!/)|{_COMMENT})*+)")
_RUST = _reader(
    _rule(rf"(?<!\w)mod{_GAP1}(?:r#)?+(\w++){_GAP};", CHILD),
    _rule(r"(?<!\w)path\s*+=\s*+r?+#*+\"([^\"\n]{1,500}+)\"", PATH),
    _rule(rf"(?<!\w)extern{_GAP1}crate{_GAP1}(?:r#)?+(\w++)"),
    _rule(r"(?<!\w)include(?:_str|_bytes)?+!\s*+[({\[]\s*+(?:r?+#*+\"([^\"\n]{1,500}+)\")?+", PATH),
    _rule(r"(?<![\w:])((?:r#)?+[a-z_]\w*+(?:::(?:r#)?+\w++){1,60}+)"),
    _rule(r"(?<!\w)libloading(?!\w)|(?<!\w)dlopen(?!\w)"),
)


_C_GAP = r"(?:[^\S\n]|\\\n|/\*(?:[^*]|\*(?!/)){0,120}+\*/)*+"
_C_WHAT = r"(?:\"([^\"\n]{1,500}+)\"|(<[^>\n]{1,500}+>)|\w++[ \t]*+(?=[(/]|$))"
_C_LOADS = "dlopen LoadLibrary NSClassFromString g_module_open"
_C = _reader(
    _rule(rf"{_HEAD}(?:export{_GAP1})?+module{_GAP1}(\w[\w.:]*+){_GAP};", PACKAGE, needs="module"),
    _rule(rf"(?:\#|%:|\?\?=){_C_GAP}(?:include(?:_next)?+|import|embed)(?!\w){_C_GAP}{_C_WHAT}"),
    _rule(
        rf"{_HEAD}(?:export{_GAP1})?+import{_GAP}(?:\"([^\"\n]{{1,500}}+)\"|(<[^>\n]{{1,500}}+>))",
        needs="import",
    ),
    _rule(rf"{_HEAD}(?:export{_GAP1})?+@?import{_GAP1}(:?\w[\w.:]*+){_GAP};", MODULE, needs="import"),
    # A keyword cut in two by the end of a line; what is loaded while the program runs.
    _rule(r"^[ \t]*+#[ \t]*+[a-z]++\\\n[a-z]"),
    _rule(
        r"(?<!\w)(?:dlopen|LoadLibrary(?:Ex)?+[AW]?+|NSClassFromString|g_module_open)\s*+\(", needs=_C_LOADS
    ),
)

_RUBY_HEAD = r"(?:^|[;{|]|(?<!\w)(?:then|do|rescue|else|begin)(?!\w))[ \t]*+"
_RUBY_LOADS = r"(?:require(?:_relative|_dependency)?+|load)"
_RUBY = _reader(
    _rule(rf"(?<!\w)require_relative[ \t(]*+{_STRING}", PATH),
    _rule(rf"(?<!\w)(?:require(?:_dependency)?+|load)[ \t(]*+{_STRING}"),
    _rule(rf"(?<!\w)autoload[ \t(]*+:?+[\w\"']++[ \t]*+,\s*+{_STRING}"),
    _rule(rf"File\.(?:expand_path|join)[ \t(]*+[^\"'\n)]{{0,80}}+{_STRING}", PATH),
    _rule(rf"{_RUBY_HEAD}{_RUBY_LOADS}[ \t(]++(?!File\.\w++\([^\n]{{0,80}}?[\"'])(?=[\w@$%:])"),
    _rule(r"[\"'][^\"'\n]{0,200}+[\"'](?<=[}\"'])[ \t]*+\.(?:safe_)?+constantize(?!\w)|:require(?!\w)"),
    _rule(r"(?<!\w)(?:safe_)?+constantize(?!\w)|(?<!\w)const_get[ \t(]++(?![:\"'][A-Z])"),
)

_PHP_NAMESPACE = _rule(rf"(?:{_HEAD}|<\?php\s++)namespace{_GAP1}(\w[\w\\]*+)", PACKAGE)
_PHP_USE = re.compile(
    rf"(?:{_HEAD}|<\?php\s++)use{_GAP1}(?:(?:function|const)(?=\s))?+((?:[\w\\{{}},\s]|{_COMMENT})++)",
    re.MULTILINE | re.IGNORECASE,
)
_PHP_LOADS = r"(?:include|require)(?:_once)?+(?!\w)"
_PHP = _reader(
    _PHP_NAMESPACE,
    _rule(rf"(?i:(?<![\w$>]){_PHP_LOADS})[^;\n\"'$]{{0,100}}+{_STRING}", PATH),
    # With a variable in it, or something joined to its end.
    _rule(rf"(?i:(?:^|[;{{}}=@(]|return|\?php){_B}{_PHP_LOADS})[^;\n$]{{0,200}}+\$"),
    _rule(rf"(?i:(?<![\w$>]){_PHP_LOADS})[^;\n\"'$]{{0,100}}+{_STRING}\s*+\.()"),
    _rule(r"(?<![\w\\$])\\?+([A-Za-z_]\w*+(?:\\{1,2}+\w++){1,60}+)"),
    _rule(r"(?<!\w)new\s++\$"),
)


def _uses(pattern: re.Pattern[str], separator: str, text: str, found: _Found) -> None:
    """Statements that begin with `use`."""
    for match in pattern.finditer(text):
        at = match.start(1) + len(match[1]) - len(match[1].lstrip())
        # A sentence in a comment may begin like one; what it takes with it may hold the next statement.
        for tree in re.split(r"(?<!\w)use(?!\w)", match[1]):
            for name in _members(tree, separator, found):
                plain = name.removeprefix("r#").removeprefix(separator)
                _add_dotted(plain, separator, at, (), found)


def _rust(text: str, found: _Found) -> None:
    _uses(_RUST_USE, "::", text, found)
    _RUST(text, found)


def _php(text: str, found: _Found) -> None:
    _uses(_PHP_USE, "\\", text, found)
    _PHP(text, found)


_ELIXIR_NAME = r"[A-Z]\w*+(?:\.[A-Z]\w*+){0,60}+"
_ELIXIR = _reader(
    _rule(rf"(?<!\w)def(?:module|protocol)[ \t(]++({_ELIXIR_NAME})", PACKAGE),
    _rule(rf"(?<!\w)(?:alias|import|use|require)[\s(]++({_ELIXIR_NAME}\.\{{[\w.,\s]*+\}})", tree="."),
    _rule(rf"(?<![\w.])({_ELIXIR_NAME})"),
    _rule(rf"(?<!\w)Code\.(?:require|eval|load|compile)_file[ \t(]++(?:{_STRING})?+", PATH),
    _rule(r"(?<!\w)(?:Module\.(?:safe_)?+concat|Code\.(?:eval|compile)_(?:string|quoted))(?!\w)"),
)
_OWN_MODULE = re.compile(r"(?<!\w)__MODULE__(?=\.)")


def _elixir(text: str, found: _Found) -> None:
    own = re.search(rf"(?<!\w)defmodule[ \t(]++({_ELIXIR_NAME})", text)
    _ELIXIR(_OWN_MODULE.sub(own[1], text) if own and "__MODULE__." in text else text, found)


_PERL_NAME = r"[A-Za-z_]\w*+(?:(?:::|')\w++){0,60}+"
_PERL = _reader(
    _rule(rf"{_HEAD}package\s++({_PERL_NAME})", PACKAGE),
    _rule(rf"(?:{_HEAD}|[\"'])(?:use|no|require)\s++({_PERL_NAME})"),
    _rule(r"(?<![\w:$@%&>])([A-Za-z_]\w*+(?:::\w++){1,60}+)"),
    _rule(rf"(?<!\w)(?:use|require)_ok[\s(]++{_STRING}"),
    _rule(rf"{_HEAD}(?:extends|with)[\s(]++{_STRING}"),
    _rule(rf"(?<![\w$@%>])(?:require|do)\s++{_STRING}", PATH),
    _rule(r"(?<![\w$@%>])(?:require|do)\s++\$|(?<!\w)(?:load_class|use_module|load)[\s(]++\$"),
)
_PERL_BASES = re.compile(r"(?<!\w)use\s++(?:base|parent)(?!\w)([^;]{0,2000}+)")


def _perl(text: str, found: _Found) -> None:
    for match in _PERL_BASES.finditer(text):
        for name in re.findall(_PERL_NAME, match[1]):
            found.add(name, match.start())
    _PERL(text, found)


_SHELL_PATH = re.compile(r"((?:\$\w++|\$\{[^}\n]{0,200}+\}|[)\"'])*+)([\w.+@%~-]*+(?:/[\w.+@%~-]++)*+)")
_SHELL_RUNS = re.compile(
    r"(?:^|[;&|({]|(?<!\w)(?:then|do|else|if|while|until|exec|sudo|nohup|time|env)(?!\w))[ \t]*+"
    r"(source|\.|(?:ba|z|k|da)?+sh|command|eval)[ \t]++(?:-\w++[ \t]++)*+[\"']?+(\S{0,300}+)",
    re.MULTILINE,
)
_SCRIPTS = (
    *(".sh", ".bash", ".zsh", ".ksh", ".env", ".bats", ".py", ".rb", ".pl", ".php", ".js", ".mjs", ".cjs"),
    *(".ts", ".lua", ".groovy", ".awk", ".sed", ".jq", ".sql", ".mk", ".ps1", ".exs", ".r"),
)


def _shell(text: str, found: _Found) -> None:
    """What is sourced or run, and every word that looks like the path of a script."""
    for match in _SHELL_RUNS.finditer(text):
        word = match[2].rstrip("\"';)&|")
        last = re.split(r"[$})\"']", word)[-1]
        if match[1] == "eval" or ("$" in word and "/" not in last):
            found.dynamic = True
        elif match[1] in {"source", "."} and "$" not in word and word.strip("./"):
            found.add(word, match.start(), (PATH,))
    for match in _SHELL_PATH.finditer(text):
        path = match[2]
        if path.lower().endswith(_SCRIPTS) or ("/" in path and path.startswith(("./", "../"))):
            _add_path(path.lstrip("/") if match[1] else path, match.start(), (PATH,), found)


_LUA_STRING = r"(?:[\"']|\[\[)([^\"'\]\n]{1,500}+)[\"'\]]"

_READERS: dict[str, _Reader] = {
    "java": _jvm(_JVM_IMPORT),
    "kotlin": _jvm(_JVM_IMPORT, _rule(rf"(?<!\w)apply[\s(]++from\s*+=\s*+(?:{_STRING})?+", PATH)),
    "scala": _jvm(_SCALA_IMPORT),
    "groovy": _jvm(
        _JVM_IMPORT,
        _rule(rf"(?<!\w)apply[\s(]++from\s*+:\s*+(?:\w++\s*+\()?+(?:{_STRING})?+", PATH),
        _rule(rf"(?<!\w)(?:load|evaluate)[\s(]++(?:new\s++File\s*+\()?+{_STRING}", PATH),
        _rule(r"(?<!\w)(?:GroovyShell|GroovyClassLoader)(?!\w)"),
    ),
    "rust": _rust,
    "c": _C,
    "ruby": _RUBY,
    "php": _php,
    "csharp": _csharp,
    "swift": _reader(
        _rule(
            rf"{_HEAD}(?:(?!import(?!\w))@?\w++(?:\([^)\n]{{0,80}}+\))?+[^\S\n]++){{0,4}}+import{_GAP1}"
            rf"(?:(?:typealias|struct|class|enum|protocol|let|var|func)(?=\s){_GAP1})?+({_DOTTED})"
        ),
        _rule(r"(?<!\w)(?:NSClassFromString|dlopen)\s*+\("),
    ),
    "dart": _reader(
        _rule(rf"{_HEAD}library{_GAP1}(\w++(?:\.\w++)*+){_GAP};", PACKAGE),
        _rule(rf"{_HEAD}part{_GAP1}of{_GAP1}(\w++(?:\.\w++)*+){_GAP};", MODULE),
        _rule(rf"{_HEAD}(?:augment{_GAP1})?+(?:import|export|part)(?:{_GAP1}of)?+{_GAP}r?+{_STRING}"),
        _rule(rf"(?<!\w)if{_GAP}\([^()\n]{{0,100}}+\){_GAP}{_STRING}"),
        _rule(r"(?<!\w)spawnUri(?!\w)"),
    ),
    "elixir": _elixir,
    "protobuf": _reader(_rule(rf"{_HEAD}import{_GAP}(?:(?:public|weak|option){_GAP})?+{_STRING}")),
    "graphql": _reader(_rule(rf"^{_B}\#{_B}import(?!\w)[^\"'\n]{{0,500}}+{_STRING}", PATH)),
    "shell": _shell,
    "lua": _reader(
        _rule(rf"(?<!\w)require\s*+\(?\s*+{_LUA_STRING}"),
        _rule(rf"(?<!\w)pcall\s*+\(\s*+require\s*+,\s*+(?:{_LUA_STRING})?+"),
        _rule(rf"(?<!\w)(?:dofile|loadfile)\s*+\(?\s*+{_LUA_STRING}", PATH),
        _rule(r"(?<!\w)(?:require|dofile|loadfile)\s*+\(\s*+(?![\"'\[])|(?<!\w)loadlib(?!\w)"),
        _rule(r"(?<!\w)require\s*+\(?\s*+[\"'][^\"'\n]{0,500}+[\"']\s*+\.\."),
    ),
    "perl": _perl,
    "haskell": _reader(
        _rule(r"^(?:>[ \t]*+)?+module\s++([A-Z][\w.']*+)", PACKAGE),
        _rule(
            r"^(?:>)?+[ \t]*+import\s++(?:\{-#\s*+SOURCE\s*+#-\}\s*+)?+(?:safe\s++)?+(?:qualified\s++)?+"
            r"(?:\"[^\"\n]{0,200}+\"\s*+)?+([A-Z][\w.']*+)"
        ),
        _rule(rf"(?<!\w)(?:embedFile|addDependentFile|makeRelativeToProject)\s++{_STRING}", PATH),
        _rule(rf"^\#{_B}include{_B}{_STRING}", PATH),
    ),
    "starlark": _reader(
        _rule(rf"(?<![\w.])load\s*+\(\s*+{_STRING}"),
        _rule(rf"(?<![\w.])(?:load_dynamic|include)\s*+\(\s*+(?:{_STRING})?+"),
    ),
}
