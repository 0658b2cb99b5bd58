"""Where a sentence names a tool, a model, or AI itself."""

import re
from collections.abc import Iterable, Iterator

import msgspec
from ahocorasick_rs import BytesAhoCorasick, Implementation

from blastdoor.provenance.entries import Entries

#: Names shorter than this are words of ordinary prose too often ("amp", "ona", "warp").
_SHORTEST = 5
_MOST = 6
_SPACE = ord(" ")
#: A name begins at most so far before the word it is known by, and ends so far behind it.
_BEFORE, _BEHIND = 24, 120
_AI = (
    r"(?:generative[ -])?(?:A\.I\.|AI|LLMs?|GenAI|gen[ -]AI|large language models?|language models?)"
    r"(?:[ -](?:coding|code|pair|programming|based|powered|driven|chat))*"
    r"(?:[ -](?:agents?|assistants?|tools?|tooling|models?|chatbots?|copilots?|programmers?|editors?|bots?|harness))?"
)
_MODEL = (
    r"(?:(?:gpt|chatgpt|glm|claude|gemini|qwen|deepseek|kimi|grok|mistral|llama|opus|sonnet|haiku|composer|minimax)[ -]?v?\d"
    r"[\w.-]{0,20}|\bo[1-9](?:-(?:mini|pro|preview))?|(?:opus|sonnet|haiku))"
)
#: What may follow a name and still belong to it.
_REST = (
    r"(?:[ -](?:code|cli|agents?|ai|chat|web|desktop|app|cloud|pro|max|mini|flash|opus|sonnet|haiku|fable|codex|ide|bot|plus"
    r"|model|models|assistant|composer|edit|workspace|high|thinking|auto|preview|v?\d[\w.]{0,12})\b)*"
    r"(?:\s?\([^()]{0,80}\))?"
)


_SURNAME = re.compile(r"[ -](?!I\b)[A-Z][\w'\u2019-]*[a-z]")
_FORENAME = re.compile(r"(?<=[\w ])\b[A-Z][a-z\u00e0-\u024f]+([ -])$|^[A-Z][a-z]+(-)$")


class Mention(msgspec.Struct, frozen=True):
    """A place in a sentence. `sure`: nobody is called so; else it may be a person's given name."""

    start: int
    end: int
    text: str
    sure: bool


class Mentions:
    """The names of a registry, ready to be found in prose."""

    def __init__(self, entries: Entries) -> None:
        sure, common, given = set[str](), set[str](), set[str]()
        for tool in entries.tools:
            if tool.marks == "ai" and tool.name != entries.shared.unnamed:
                sure.update(name for name in tool.names if len(name) >= _SHORTEST)
                (given if tool.given else common).update(
                    name for name in tool.common if len(name) >= _SHORTEST
                )
        self._given = given
        self._pattern = re.compile(
            rf"(?<![\w@/.#-])(?:(?P<sure>(?i:{_any(sure)}|{_MODEL}))|(?P<common>{_any(common | given)})|(?P<ai>(?i:{_AI})))"
            rf"(?![\w@/])(?i:{_REST})(?:['\u2019]s\b(?i:(?: (?:agents?|ai|cli|composer|assistant|agent mode))?))?"
        )
        self._words = BytesAhoCorasick(
            [word.encode("ascii") for word in entries.shared.spoken], implementation=Implementation.DFA
        )

    def known_by(self, flat: bytes) -> Iterator[int]:
        """Where a word begins by which a name is known, in a text as `lines.flat` makes it."""
        for _, start, _ in self._words.find_matches_as_indexes(flat):
            yield start + (flat[start] == _SPACE)

    def near(self, sentence: str, places: Iterable[int]) -> Iterator[Mention]:
        """The places in a sentence that name a tool, a model or AI, where a name is known to stand nearby."""
        done = -1
        for place in places:
            for mention in self.find(sentence, max(done + 1, place - _BEFORE), place + _BEHIND):
                yield mention
                done = mention.start

    def find(self, sentence: str, start: int = 0, end: int = 1 << 20) -> Iterator[Mention]:
        """The places in a sentence that name a tool, a model or AI; the first six."""
        for count, match in enumerate(self._pattern.finditer(sentence, start, end)):
            if count == _MOST:
                return
            common = match["common"] is not None
            if common and _is_somebody(sentence, match.start(), match.end()):
                continue
            alone = common and match["common"] in self._given and match.end("common") == match.end()
            yield Mention(match.start(), match.end(), match[0], not alone)


def _any(names: Iterable[str]) -> str:
    """One pattern for all names, the longest first; between their words a space, a dash or nothing."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return "|".join("[ -]?".join(re.escape(word) for word in re.split(r"[ -]", name)) for name in ordered)


def _is_somebody(sentence: str, start: int, end: int) -> bool:
    """Whether a name that persons have too is part of a longer name: Annie-Claude, Claude Paroz."""
    if _SURNAME.match(sentence, end):
        return True
    first = _FORENAME.search(sentence[max(0, start - 40) : start])
    # The first word of a sentence has a capital letter too: "Used Claude to write it".
    return first is not None and (first[1] == "-" or max(0, start - 40) + first.start() > 0)
