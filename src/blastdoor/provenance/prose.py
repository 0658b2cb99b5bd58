"""What people say in prose of AI's part in their change: a sentence, a section, a ticked box.

Only what is said of this change counts. A commit about AI, a rule on AI, a denial, a quote say nothing. What is
found is a hint to ask the author (`medium`), never more.
"""

import re
from collections.abc import Collection, Iterator
from itertools import islice

import msgspec

from blastdoor.model import Kind
from blastdoor.provenance.denials import affirmed, clauses
from blastdoor.provenance.entries import Entries
from blastdoor.provenance.lines import Message, flat
from blastdoor.provenance.mentions import Mention, Mentions
from blastdoor.provenance.names import Namer
from blastdoor.provenance.phrases import about_the_text, claims, is_vibe_coded
from blastdoor.provenance.raw import LONGEST

#: Of one message so many paragraphs are read, and so much of each.
_PARAGRAPHS = 50
_PLACES = 5_000
_LONGEST = 1500
_SENTENCES = 15
_FOLLOWED = 3
#: A heading is shorter.
_SHORT = 90
#: A name says something only right behind one of these (but for the words that lead to a name) ...
_BEFORE = frozenset(
    b"by with using via from through to of used use uses asked had let got told prompted instructed leveraged employed"
    b" utilized utilised on consulted enlisted directed w involved vibe disclosure disclaimer did is was were are and but"
    b" since because as that partially fully mostly entirely almost largely heavily partly completely all this yes in"
    b" about model models tool tools agent agents assistant assistants llm x".split()
)
_LEADING = frozenset(
    b"a an the my our some various multiple several both anthropic google openai github microsoft amazon aws s local your"
    b" friendly generative large language gen coding pair cognition sourcegraph block sst jetbrains xai".split()
)
#: ... or with one of these close behind, after the rest of the name.
_BEHIND = re.compile(
    rb"[\w.'-]{0,30}(?:[ -]+[\w.()'-]{1,20}){0,4}?[ -]+(?:assist|generat|writ|wrote|author|aid|co-?auth|coded|creat|made|built"
    rb"|driven|powered|help|did|implement|produc|draft|suggest|came|contribut|port|refactor|translat|fix|disclos|disclaim|usage"
    rb"|use|statement|involve|declar|attribut|notice|transparen|has |also|mostly|coding)"
)
_WORD = re.compile(rb"[a-z]+")
_CLOSE = 48
_ITEM = re.compile(r"\s{0,12}(?:[-*+\u2022]\s+|\d{1,3}[.)]\s+|#{1,6}\s)")
_BOX = re.compile(
    r"\s{0,12}(?:[-*+\u2022]\s{0,3})?(?:\[\s?([xX\u2713\u2714]?)\s?\]|([\u2611\u2705]))\s*(\S.{0,400})"
)
_HEADING = re.compile(
    r"[\s#*_>-]{0,12}(?:\W{1,3}\s?)?(?:use of |usage of |disclosure of |about )?(?:the )?"
    r"(?:gen(?:erative)?[ -]?)?(?:ai|llms?|a\.i\.|artificial intelligence|genai|ai ?/ ?llm|llm ?/ ?ai|copilot|claude(?: code)?)\b"
    r"(?:[ -/&]{1,3}(?:tools?|tooling|assistants?|assisted|assistance|coding|code|generated|generation|contributions?|content"
    r"|development|policy|llm|ai|and|or|transparency))*"
    r"[ -]?(?:disclosure|disclaimer|usage|use|assistance|statement|involvement|declaration|attribution|notice"
    r"|transparency|(?:used|assisted|generated)(?=[\s*_]{0,4}[:?]))"
    r"(?:\s?\([^()]{0,60}\))?[\s*_?]{0,6}(:|\?|$)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"[\s#*_>-]{0,12}(?:did you use|was|were|have you used|is|does this (?:pr|change) (?:use|contain)|are you using)\b[^?]{0,80}"
    r"\b(?:ai|llms?|copilot|chatgpt)\b[^?]{0,80}\?[\s*_]{0,6}",
    re.IGNORECASE,
)
_YES = re.compile(
    r"[\s*_`>-]{0,6}(?:yes|yep|yeah|true|partial|partially|partly|some|fully|heavily|mostly|\U0001f44d|\u2705)\b",
    re.IGNORECASE,
)
_USAGE = re.compile(
    r"\b(?:us(?:ed|e|ing|age)|assist\w{0,6}|generat\w{0,4}|wr(?:ote|itten|ite)|creat\w{0,4}|help\w{0,4}|cod(?:ed|ing)|produc\w{0,3}"
    r"|draft\w{0,3}|made|involv\w{0,3}|contain\w{0,3}|includ\w{0,3}|author\w{0,3}|with)\b",
    re.IGNORECASE,
)
_USED = re.compile(r"\b(?:used|assisted|generated|helped)\b", re.IGNORECASE)
#: What ends a section: another heading, a trailer, a rule.
_OTHER = re.compile(r"\s*(?:#|[A-Za-z][A-Za-z-]{1,40}:\s|\*\*|__|---|<)")
_TRAILER = re.compile(r"\s{0,12}[A-Za-z]{2,20}(?:-[A-Za-z]{1,20}){1,5}\s?:")
#: What is set in quotes or as code is what somebody else wrote, or would.
_CITED = re.compile(r"\s*(?:`[^`]*`|\"[^\"]*\"|'[^']*'|\u201c[^\u201d]*\u201d)[\s.,;]*")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+[\u2013\u2014]\s+|\s+--?\s+")
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->)){0,2000}-->")


class Said(msgspec.Struct, frozen=True):
    """A disclosure: the tool and model it names ("" for none), its line. `counts`: it is about the change itself."""

    kind: Kind
    tool: str
    model: str
    raw: str
    number: int
    counts: bool = True


class _Item(msgspec.Struct):
    number: int
    text: str


class Prose:
    """A registry made ready for reading prose."""

    def __init__(self, entries: Entries) -> None:
        self._namer = Namer(entries)
        self._mentions = Mentions(entries)
        self._unnamed = entries.shared.unnamed

    def disclosures(self, message: Message, told: Collection[tuple[int, int]] = ()) -> Iterator[Said]:
        """What the paragraphs of a message disclose, in order; `told` are lines that have been read."""
        done = 0
        for begin, stop in self._paragraphs(message, told):
            start, end, section, followed = max(begin, done), stop, False, 0
            while start < end:
                for item in _items(message, start, end):
                    said, section = self._item(item, section=section)
                    if said is not None:
                        yield said
                done = end
                if not section or followed == _FOLLOWED:
                    break
                # The body of a section stands after its heading, and may have none of the words.
                start, end = _next_paragraph(message.cut, end)
                followed += 1

    def could_say(self, flat: bytes, cut: bytes, limit: int | None = None) -> Iterator[int]:
        """Where in a text of many messages a name stands that something could be said of.

        `disclosures` reads the paragraphs around such places and no others. Of the names, the first `limit`.
        """
        return (at for at in islice(self._mentions.known_by(flat), limit) if _is_close(cut, at))

    def _paragraphs(self, message: Message, told: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where the paragraphs are that have a name in them and could say something of it."""
        places: dict[int, int] = {}
        done = 0
        for at in self.could_say(message.flat, message.cut, _PLACES):
            if at >= done and not any(start <= at < end for start, end in told):
                start, done = _paragraph(message.cut, at)
                places[start] = done
                if len(places) == _PARAGRAPHS:
                    break
        return list(places.items())

    def _item(self, item: _Item, *, section: bool) -> tuple[Said | None, bool]:
        """What one item says, and whether what follows it stands in a section on AI."""
        text = item.text
        box = _BOX.fullmatch(text)
        if box is not None:
            ticked = bool(box[1] or box[2])
            return (self._box(item, box[3], section=section) if ticked else None), section
        heading = _HEADING.match(text) or _ASKED.match(text)
        if heading is not None and item.number > 1:
            rest = text[heading.end() :]
            return (self._answer(item, rest, "section") if rest.strip() else None), True
        if _TRAILER.match(text):
            return None, False  # read as a trailer
        if section and not _OTHER.match(text):
            return self._answer(item, text, "section"), True
        return self._sentences(item), False

    def _box(self, item: _Item, text: str, *, section: bool) -> Said | None:
        mentioned = next(iter(self._mentions.find(text)), None)
        yes = section and _YES.match(text) is not None
        used = mentioned is not None and _USAGE.search(text) is not None
        return self._said(item, "checkbox", text) if (yes or used) and affirmed(text) else None

    def _answer(self, item: _Item, text: str, kind: Kind) -> Said | None:
        """What the body of a section on AI says: something, unless it denies."""
        text = _COMMENT.sub(" ", text)
        for number, clause in enumerate(clauses(text)):
            yes = number == 0 and _YES.match(clause) is not None
            named = next(iter(self._mentions.find(clause)), None) is not None
            if (yes or named or _USED.search(clause)) and affirmed(clause):
                return self._said(item, kind, text)
        return None

    def _sentences(self, item: _Item) -> Said | None:
        if _CITED.fullmatch(item.text):
            return None
        for sentence in _SENTENCE.split(item.text)[:_SENTENCES]:
            places = self._places(sentence)
            for mention in self._mentions.near(sentence, places) if places else ():
                if claims(sentence, mention, subject=item.number == 1):
                    return self._said(item, "prose", sentence, mention, counts=not about_the_text(sentence))
            if item.number > 1 and is_vibe_coded(sentence):
                return self._said(item, "prose", sentence)
        return None

    def _places(self, sentence: str) -> list[int]:
        """Where in a sentence a name may stand that something is said of."""
        low = b"\n" + sentence.lower().encode("ascii", "replace")
        return [max(0, at - 1) for at in self.could_say(flat(low), low)]

    def _said(
        self, item: _Item, kind: Kind, text: str, mention: Mention | None = None, *, counts: bool = True
    ) -> Said:
        named = self._namer.mentioned(mention.text if mention else text, loose=mention is not None)
        tool, model = (named.tool, named.model) if named else ("", "")
        raw = text.strip()[:LONGEST]
        return Said(kind, tool or self._unnamed, model, raw, item.number, counts)


def _is_close(cut: bytes, at: int) -> bool:
    """Whether what stands around a name could make a claim of it."""
    begin = max(cut.rfind(b"\n\n", max(0, at - _CLOSE), at), at - _CLOSE, 0)
    before = _WORD.findall(cut, begin, at)
    if before and cut[at : at + 1].isalpha() and cut[at - 1 : at].isalpha():
        before.pop()
    while before and before[-1] in _LEADING:
        before.pop()
    return not before or before[-1] in _BEFORE or _BEHIND.match(cut, at) is not None


def _paragraph(cut: bytes, at: int) -> tuple[int, int]:
    begin = cut.rfind(b"\n\n", max(0, at - _LONGEST), at + 1)
    return begin + 2 if begin >= 0 else max(1, at - _LONGEST), _end_of_paragraph(cut, at + 1)


def _end_of_paragraph(cut: bytes, at: int) -> int:
    end = cut.find(b"\n\n", at, at + _LONGEST)
    return end if end >= 0 else min(len(cut), at + _LONGEST)


def _next_paragraph(cut: bytes, end: int) -> tuple[int, int]:
    start = end
    while cut[start : start + 1] == b"\n":
        start += 1
    return start, _end_of_paragraph(cut, start)


def _items(message: Message, start: int, end: int) -> Iterator[_Item]:
    """The items of a paragraph: its wrapped lines joined; a bullet, heading or box begins another."""
    item: _Item | None = None
    at, number = start, message.data.count(b"\n", 0, start)
    while at < end:
        stop = message.cut.find(b"\n", at, end)
        stop = stop if stop >= 0 else end
        line = message.data[at:stop].decode("utf-8", "replace")
        skipped = not line.strip() or line.lstrip()[:1] == ">" or message.is_fenced(at)
        if item is not None and (skipped or _begins(line)):
            yield item
            item = None
        if not skipped:
            if item is None:
                item = _Item(number, line)
            else:
                item.text += " " + line.strip()
        number += message.data.count(b"\n", at, stop + 1)
        at = stop + 1
    if item is not None:
        yield item


def _begins(line: str) -> bool:
    bare = line.lstrip()
    if bare[:1].isalpha() and ":" not in line and "?" not in line and len(line) > _SHORT:
        return False  # no pattern begins so, and most lines do
    return any(pattern.match(line) for pattern in (_ITEM, _BOX, _HEADING, _TRAILER))
