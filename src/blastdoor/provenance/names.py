"""Which tool and which model a text names.

Names are compared word by word, never as substrings: Annie-Claude, Kirov and `cursor-style` name no tool.
"""

import re
from collections.abc import Iterable

import msgspec

from blastdoor.provenance.entries import Entries

#: Texts are read this far; a name is shorter, and a hostile one must not cost more.
READ = 200
_MODEL_LENGTH = 80
_WORD = re.compile(r"[^\W\d_]+|\d+")
#: What may stand between a tool that shares its name with persons and whatever is beside it.
_BREAKS = frozenset("(),:;/+&|[]<>@\"'*`=")
_MODEL_END = re.compile(r"[,;|<>)\]]|\s(?:via|with|in|and|using|by|on|for|through)\s")
_BEFORE = frozenset({
    "and", "with", "by", "using", "via", "or", "the", "an", "a", "in", "from", "through", "some", "my",
    "model", "agent", "s", "google", "anthropic", "openai", "microsoft", "amazon", "aws", "github",
})  # fmt: skip
_AFTER = frozenset({
    "ai", "agent", "agents", "cli", "bot", "code", "assistant", "model", "models", "llm", "app", "ide", "web",
    "action", "cloud", "chat", "auto", "pro", "max", "mini", "flash", "desktop", "and", "with", "via", "for",
    "using", "or", "in", "on", "to", "v", "m", "k", "context", "preview", "high", "medium", "low", "thinking",
    "latest", "powered",
})  # fmt: skip
_VENDORS = frozenset(
    {"openai", "google", "anthropic", "github", "amazon", "aws", "microsoft", "alibaba", "xai"}
)


class Named(msgspec.Struct, frozen=True):
    """What a text names: `tool` (the registry's name, or "" for a model alone) and `model` ("" for none)."""

    tool: str
    model: str


class _Word(msgspec.Struct, frozen=True):
    text: str
    start: int
    end: int


class _Phrase(msgspec.Struct, frozen=True):
    words: tuple[str, ...]
    tool: str
    sure: bool


class Namer:
    """The names of a registry's tools and models, ready to be looked for."""

    def __init__(self, entries: Entries) -> None:
        self.unnamed = entries.shared.unnamed
        self.families = frozenset(entries.shared.models.families)
        self.lines = frozenset(entries.shared.models.lines)
        self.phrases: dict[str, list[_Phrase]] = {}  # by their first word, longest first
        for tool in entries.tools:
            if tool.marks == "ai":
                self._learn(tool.names, tool.name, sure=True)
                self._learn(tool.common, tool.name, sure=False)
        for phrases in self.phrases.values():
            phrases.sort(key=lambda phrase: (-len(phrase.words), not phrase.sure))

    def _learn(self, names: Iterable[str], tool: str, *, sure: bool) -> None:
        for name in names:
            words = tuple(match[0].casefold() for match in _WORD.finditer(name))
            self.phrases.setdefault(words[0], []).append(_Phrase(words, tool, sure))

    def mentioned(self, text: str, *, sure: bool = False, loose: bool = False) -> Named | None:
        """The first tool or model that a text about tools names.

        `sure`: leave out names that persons have too (a person's mailbox stands beside the text).
        `loose`: take them wherever they stand (a tool's mailbox stands beside it: no person is meant).
        """
        text = text[:READ]
        words = _words(text)
        model, found = self._model(text, words), None
        for index in range(len(words)):
            phrase = self._phrase(words, index)
            if phrase and (
                phrase.sure or loose or (not sure and self._stands_free(text, words, index, phrase))
            ):
                if phrase.tool != self.unnamed:
                    return Named(phrase.tool, model)
                found = Named(phrase.tool, model)  # "AI (ChatGPT)": somebody better named may follow
        return found or (Named("", model) if _has_version(model) else None)

    def is_called(self, name: str, *, alone: bool) -> Named | None:
        """The tool or model whose name this whole name is, though no mailbox of a tool stands beside it.

        `alone`: nothing at all stands beside it, so that a bare first name is no person's either.
        """
        name = name[:READ]
        first = _WORD.search(name)
        if first is None or not self._may_begin(first[0].casefold()):
            return None
        words = _words(name)
        phrase, model = self._phrase(words, 0), self._model(name, words)
        if phrase is None and words[0].text in _VENDORS and len(words) > 1:  # "OpenAI GPT 5.5"
            words = words[1:]
            phrase = self._phrase(words, 0)
        if phrase is None:
            begins = self._model_start(name, words) == 0
            return Named("", model) if begins and _has_version(model) else None
        rest = words[len(phrase.words) :]
        if not all(self._goes_with_a_tool(word.text) for word in rest):
            return None
        return Named(phrase.tool, model) if phrase.sure or model or (alone and not rest) else None

    def _may_begin(self, word: str) -> bool:
        return word in self.phrases or word in self.families or word in self.lines or word in _VENDORS

    def model(self, text: str) -> str:
        """The model a text names, as it is written there; "" for none."""
        text = text[:READ]
        return self._model(text, _words(text))

    def _phrase(self, words: list[_Word], index: int) -> _Phrase | None:
        for phrase in self.phrases.get(words[index].text, ()):
            size = len(phrase.words)
            if size == 1 or tuple(word.text for word in words[index : index + size]) == phrase.words:
                return phrase
        return None

    def _stands_free(self, text: str, words: list[_Word], index: int, phrase: _Phrase) -> bool:
        """Whether nothing beside a common name makes it part of somebody's or something's name."""
        if index:
            before = words[index - 1]
            gap = text[before.end : words[index].start]
            if before.text not in _BEFORE and _BREAKS.isdisjoint(gap):
                return False
        end = index + len(phrase.words)
        if end == len(words):
            return True
        gap = text[words[end - 1].end : words[end].start]
        return self._goes_with_a_tool(words[end].text) or not _BREAKS.isdisjoint(gap)

    def _goes_with_a_tool(self, word: str) -> bool:
        return word.isdigit() or word in _AFTER or word in self.families or word in self.lines

    def _model(self, text: str, words: list[_Word]) -> str:
        index = self._model_start(text, words)
        if index is None:
            return ""
        start = words[index].start
        # The end is looked for after the first word, since a bracket right behind a name belongs to it:
        # "Claude Opus 4.6 (1M context)".
        end = _MODEL_END.search(text, words[index].end)
        model = text[start : end.start() if end else len(text)]
        if model.count("(") > model.count(")") and end and end[0] == ")":
            model += ")"
        elif "@" in model:  # nobody's mailbox is part of a model's name
            model = model[: model.index("@")].rpartition(" ")[0]
        elif text[:start].endswith(":"):  # the kernel's `AGENT:MODEL [TOOL ...]`
            model = model.split()[0]
        return model.strip(" .:-_*`\"'")[:_MODEL_LENGTH]

    def _model_start(self, text: str, words: list[_Word]) -> int | None:
        for index, word in enumerate(words):
            if word.text in self.families:
                return index
            if word.text not in self.lines or index + 1 == len(words):
                continue
            following = words[index + 1].text
            if not _BREAKS.isdisjoint(text[word.end : words[index + 1].start]):
                continue
            if following.isdigit() or (following in self.families and following not in self.lines):
                return index
            version = words[index + 2].text if index + 2 < len(words) else ""
            if len(following) == 1 and version.isdigit():
                return index
        return None


def _words(text: str) -> list[_Word]:
    return [_Word(match[0].casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]


def _has_version(model: str) -> bool:
    return any(char.isdigit() for char in model)
