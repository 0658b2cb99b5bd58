"""The forms in which people say that AI wrote their change, or helped.

A sentence is read with one name in it replaced by a sign (`§`), and held against a few forms. Each is anchored or
bounded, so that a hostile sentence costs no more than a long one.
"""

import re

from blastdoor.provenance.denials import affirmed
from blastdoor.provenance.mentions import Mention

_SIGN = "\u00a7"
_ADVERBS = (
    r"(?:(?:almost|nearly|mostly|fully|entirely|completely|largely|partly|partially|primarily|mainly|heavily|initially"
    r"|originally|all|just|also|only|basically|essentially|exclusively|solely|first|totally|purely|pretty much|more or less"
    r"|for the most part|in (?:large |small |major )?part|in full|to a large extent|100 ?%|\d{1,3} ?%|then|been|being|again"
    r"|100 percent|iteratively|semi-?automatically|automatically|quickly|very|so|really|vibe|auto|up|out|in) ?-?){0,4}"
)
_MADE = (
    r"(?:re-?written|written|(?:auto-?|ai-?|re-?)?generated|co-?authored|co-?written|co-?created|co-?developed|authored|created"
    r"|made|produced|built|(?:vibe[- ]?)?coded|implemented|developed|drafted|prepared|composed|designed|refactored|ported"
    r"|translated|converted|done|assisted|aided|helped|crafted|suggested|proposed|scaffolded|prototyped|debugged|fixed"
    r"|pair[- ]?programmed|pairing|paired|reworked|migrated|bootstrapped|synthesi[sz]ed|vibed|contributed|cleaned up|architected)"
)
#: What is done to code, and to nothing else that "the ..." could be.
_REMADE = r"(?:re-?written|refactored|ported|translated|converted|migrated|reworked|re-?implemented|implemented|(?:vibe[- ]?)coded)"
#: Said of a product, and not of a change to it.
_PRODUCT = re.compile(
    r"\b(?:at (?:run|build)[- ]?time|runtime|on the fly|users?|(?:is|are) (?:now|not|still|then)|customers?|during the session"
    r"|is wrong|are wrong)\b",
    re.IGNORECASE,
)
#: Made so, whoever is named is no person.
_BY_MACHINE = re.compile(
    r"(?:auto-?|ai-?|re-?)?generated|vibe|synthesi|scaffolded|\bAI\b|\bLLMs?\b|\bmodel\b|\bprompt",
    re.IGNORECASE,
)
#: "§-assisted", "assisted by §": nobody says so of a person.
_COMPOUND = re.compile(rf"{_SIGN}-\w|\bassisted by {_SIGN}", re.IGNORECASE)
_HOW_MUCH = re.compile(
    r"\b(?:almost|entirely|fully|completely|mostly|largely|partly|partially|primarily|heavily|all|solely)\b|\d ?%",
    re.IGNORECASE,
)
_HELP = (
    r"(?:(?:a lot of|lots of|a bit of|some|the|significant|substantial|heavy|much|great|little|a little|minor|kind|massive"
    r"|considerable|extensive|partial) ){0,3}(?:help|assistance|aid|assist|support|guidance|input|collaboration|cooperation"
    r"|involvement|use|usage)"
)
_PREP = rf"(?:(?:together |jointly |in )?(?:by|with|using|via|through|from|in|thanks to|courtesy of)(?: means of| way of)? (?:the )?(?:{_HELP} (?:of|from|by|with) )?)"
_ARTICLES = r"(?:(?:an?|the|my|our|some|various|multiple|several|both|anthropic'?s?|google'?s?|openai'?s?|github'?s?|microsoft'?s?|local|your friendly) ){0,3}"
_NOUN = (
    r"(?:prs?|pull[- ]?requests?|mrs?|merge requests?|commits?|changes?|changesets?|patch(?:es)?|patch ?sets?|code|code ?base|fix(?:es)?"
    r"|bug ?fix(?:es)?|hot ?fix|implementations?|features?|work|branch|diffs?|contributions?|refactor(?:ing|s)?|ports?|tests?"
    r"|test (?:suite|cases?|code|coverage)|unit ?tests?|docs?|documentation|scripts?|files?|modules?|plugins?|functions?|solution"
    r"|rewrite|series|docstrings?|migrations?|translations?|prototype|boilerplate|versions?|drafts?|examples?|benchmarks?|logic"
    r"|class(?:es)?|components?|parts?|bits?|stuff|things?|portions?|sections?|lines?|it|everything|most|content|project|app"
    r"|tool|library|parser|page|ui|frontend|backend|css|html|comments?|wording|approach|algorithm|optimi[sz]ations?|cleanup"
    r"|scaffold(?:ing)?|skeleton|conversion|config(?:uration)?|workflow|infrastructure|site|design|repo(?:sitory)?)"
)
_OF = (
    r"(?:(?:all|most|much|some|parts?|portions?|bits?|large parts?|big parts?|the (?:vast |large )?majority|a (?:lot|large part|good part"
    r"|good portion|big part|part|portion)|half|the (?:rest|bulk|core|bones)) (?:of )?)"
)
_ADJECTIVE = (
    r"(?:this|these|that|those|the|all|most|some|new|initial|first|unit|integration|more|additional|many|small|entire|whole|current"
    r"|main|actual|following|present|above|my|our|accompanying|corresponding|associated|added|updated|bulk|core|basic|and|code"
    r"|tests?|docs?|of|in|for|its|second|original|e2e|regression|python|rust|go|javascript|typescript|c\+\+|java)"
)
_CHANGE = (
    r"(?:prs?|pull[- ]?requests?|mrs?|merge requests?|commits?|changes?|changesets?|patch(?:es)?|code|fix(?:es)?|implementation"
    r"|feature|tests?|unit ?tests?|test (?:suite|cases?|code)|work|branch|diff|contribution|refactor(?:ing)?|rewrite|migration"
    r"|port|boilerplate|rest|bulk|majority|series)"
)
_SELF = (
    rf"(?:{_OF}?(?:(?:this|these|that|those|all|most|some|my|our)(?: {_ADJECTIVE}){{0,4}} {_NOUN}|{_OF}(?:{_ADJECTIVE} ){{1,5}}{_NOUN}"
    rf"|(?:the )?(?:{_ADJECTIVE} ){{0,4}}{_CHANGE}|{_OF}(?:this|it)|this|it|everything|all of it|most of it|most))"
)
_IN_THIS = r"(?: (?:below|here|itself|as well|in (?:this|the) (?:pr|commit|change|patch|branch|file|repo|module)|for (?:this|it)|and (?:the )?(?:tests?|docs?|code)))?"
_WAS = r"(?:was|were|has been|have been|had been|got|'s been)"
_BE = rf"(?:{_WAS}|is|are|being|'s)"
_OPENER = r"(?:(?:and|but|also|note|nb|disclaimer|disclosure|full disclosure|ai disclosure|fyi|ps|p\.s|transparency|credit|so|btw|caveat)[,:]? (?:that )?)?"
_END = r"(?=$|[.,;:!)\]*_'\"\u2019]|\s?[(\[]|\s(?:and|with|using|under|based|via|in|for|to|then|after|but|as|through|plus|on|at|over|during|while|from|per|following|where|because|so|then|help|assistance|support|guidance|assist))"
_STRICT_END = r"(?=\s?[.!)\]*_]*$|[,;:(]|\s?\(|\s(?:and (?:then )?(?:re-?viewed|edited|checked|tested|verified|refined|cleaned|adapted|polished|tweaked|manually|me|i|carefully)|with|under|based on|but|then|after|via|using))"
_FIRST_PERSON = (
    r"(?:^|[\s(])(?:i|we|i've|we've|i have|we have|i had)(?: have| had| did| mostly| mainly| also| then| just| heavily| primarily"
    r"| partially| partly| only| again| even| actually| basically| initially| first){0,3} "
)

_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Most of this change was almost fully written by §; this PR is generated with §; the parser was ported by §
        rf"^{_OPENER}{_SELF}{_IN_THIS} {_WAS} {_ADVERBS}{_MADE}(?: [\w-]{{1,20}}){{0,3}}? {_PREP}{_ARTICLES}{_SIGN}{_END}",
        rf"^{_OPENER}(?:this|these|the) {_CHANGE}{_IN_THIS} (?:is|are) {_ADVERBS}{_MADE} {_PREP}{_ARTICLES}{_SIGN}{_END}",
        rf"^{_OPENER}(?:the )?(?:[\w-]{{1,20}} ){{1,3}}{_WAS} {_ADVERBS}{_REMADE} {_PREP}{_ARTICLES}{_SIGN}{_END}",
        # Written with the help of §; almost entirely by §; also in brackets
        rf"(?:^|[(\[])[\W_]{{0,6}}{_OPENER}{_ADVERBS}(?:{_MADE}(?: (?:and|&|/) {_MADE})?(?: (?:entirely|mostly|fully|partly|in part|jointly|together|manually|by me|by hand|by hand and))? ){_PREP}{_ARTICLES}{_SIGN}{_END}",
        rf"(?:^|[(\[])[\W_]{{0,6}}(?:almost|mostly|fully|entirely|completely|largely|partly|partially|100 ?%|\d{{1,3}} ?%|all|done)(?: done)? (?:by|with) {_ARTICLES}{_SIGN}{_STRICT_END}",
        # "Unit tests generated by §"
        rf"^[\W_]{{0,4}}{_OPENER}(?:{_OF})?(?:{_ADJECTIVE} ){{0,5}}{_NOUN}(?: (?:(?:was|were|is|are) )?)?(?:{_ADVERBS}{_MADE} )?(?:by|with|using|via|courtesy of) (?:the )?(?:{_HELP} (?:of|from|by) )?{_ARTICLES}{_SIGN}{_STRICT_END}",
        # With (a lot of) help from §; with §'s help
        rf"(?:^|[(\[,;:]\s?|(?:wrote|written|rewrote|made|did|done|built|fixed|implemented|created|developed|drafted|produced|found|refactored|ported|came|worked|this|it|me|code|tests?|i|pr|commit|\w{{2,20}}ed) )(?:all |entirely |mostly |only |mainly )?(?:with|thanks to|through|under|using) {_HELP} (?:of|from|by) {_ARTICLES}{_SIGN}{_END}",
        rf"(?:^|[(\[,;:]\s?|(?:wrote|written|rewrote|made|did|done|built|fixed|implemented|created|developed|drafted|produced|found|this|it|\w{{2,20}}ed) )(?:with|using) {_ARTICLES}{_SIGN} (?:help|assistance|assist|aid|support|guidance)\b",
        # "I used § to write this", "I asked § to"
        rf"{_FIRST_PERSON}(?:use|used|using|asked|had|let|got|told|prompted|instructed|leveraged|employed|utili[sz]ed|relied on|worked with|consulted|paired with|collaborated with|enlisted|directed|made use of)(?: heavily| extensively)? {_ARTICLES}{_SIGN}(?:{_END}|(?= (?:write|generate|draft|create|do|implement|port|refactor|fix|make|produce|build|rewrite|translate)\b))",
        rf"{_FIRST_PERSON}(?:vibe[- ]?coded|coded|wrote|made|did|built|created|generated|drafted|implemented|produced|developed|refactored|ported|translated|pair[- ]?programmed)(?: (?:this|it|these|the|that|all|most|parts?|some|of|a|an|[\w-]{{1,20}})){{0,7}}? (?:by|with|using|via|through) (?:the )?(?:{_HELP} (?:of|from|by) )?{_ARTICLES}{_SIGN}{_END}",
        rf"(?:^|[(\[])[\W_]{{0,4}}{_OPENER}(?:used|utili[sz]ed|leveraged|prompted|asked|had|let|vibe[- ]?coded (?:with|using|by)) {_ARTICLES}{_SIGN}(?: (?:assistance|help|support))? (?:to|for|in|when|while|extensively|heavily|as|throughout|during)\b",
        # "§ wrote most of this", "§ helped me"
        rf"(?:^{_OPENER}|[(\[]|\b(?:and|but|since|because|as|that) )[\W_]{{0,4}}{_ARTICLES}{_SIGN} (?:also |has |mostly |only |then |basically |actually ){{0,2}}(?:wrote|helped|assisted|generated|did|created|implemented|produced|drafted|authored|coded|made|suggested|came up with|contributed|ported|refactored|translated|fixed) (?:me|us|this|these|it|with|in|most|all|much|everything|some|parts?|the (?:whole|entire|initial|first|actual|bulk|majority|code|fix|patch|tests?|unit tests?|implementation|commit|pr|change|rest|docs?|documentation|boilerplate|heavy lifting|work|script|refactor\w*|port))\b",
        # This is an AI-assisted commit; [AI-generated]
        rf"(?:^{_OPENER}{_SELF} (?:was|is|are|were) (?:an? )?{_ADVERBS}|^[\W_]{{0,6}}{_ADVERBS}|(?<!\w)[(\[]){_SIGN}[- ]?(?:assisted|generated|written|authored|aided|co-?authored|coded|created|made|built|driven|powered)(?:[- ](?:{_NOUN}))?[\W_]{{0,4}}(?:$|[)\]:;,.]|(?:with|by|using|via|but|and) )",
        rf"(?:^|[(\[])[\W_]{{0,4}}(?:{_ADJECTIVE} ){{0,3}}{_SIGN}[- ]?(?:assisted|generated|written|aided)[\s\W]{{0,3}}(?:yes|true|fully|partially|partly)\b",
        # "(with §)", "via §" in brackets and nothing else
        rf"[(\[](?:with|via|using|by|w/|thanks to|courtesy of|credits? to|courtesy) ?{_ARTICLES}{_SIGN}[)\]]",
        # § was used to write the tests
        rf"^{_OPENER}(?:an? )?{_SIGN} (?:was|were|has been|have been) (?:also |only |heavily |extensively |partly |mostly ){{0,2}}used(?: (?:to|for|in|when|as|during|on|here|throughout)\b|[\W_]*$)",
        # This contains AI-generated code; this commit includes code written by §
        rf"^{_OPENER}(?:(?:this|the) {_CHANGE} |this )?(?:contains|includes|has) (?:some |mostly |partially |a lot of ){{0,2}}{_SIGN}[- ](?:generated|assisted|written|authored) (?:code|tests?|docs?|content|parts?|changes?)\b",
        rf"^{_OPENER}(?:this|the) {_CHANGE} (?:contains|includes|has) (?:[\w-]{{1,20}} ){{1,3}}(?:generated|written|authored|produced) (?:by|with|using) {_ARTICLES}{_SIGN}{_END}",
        # Some parts AI-generated
        rf"^[\W_]{{0,4}}(?:some|most|all|many|several) (?:parts?|of it|code|tests?|bits)(?: (?:is|are|was|were))? {_ADVERBS}{_SIGN}[- ](?:generated|assisted|written)[\W_]*$",
        # Thanks to § for the fix
        rf"^[\W_]{{0,4}}(?:thanks|kudos|credits?|props) (?:to|go to|goes to) {_ARTICLES}{_SIGN} (?:for|who)\b",
        # "Tool(s) used: §", "Model: §" as sentences of a disclosure
        rf"^[\W_]{{0,6}}(?:ai )?(?:tools?|models?|agents?|assistants?|llms?)(?: or \w{{1,12}})? (?:used|involved|utili[sz]ed)[\W_]{{0,4}}[:=][\W_]{{0,4}}{_ARTICLES}{_SIGN}",
    )
)
_VIBE = re.compile(
    rf"(?:^{_OPENER}{_SELF} {_BE} {_ADVERBS}vibe[- ]?coded|^[\W_]{{0,6}}{_ADVERBS}vibe[- ]?coded(?! (?:apps?|projects?|sites?|things|stuff))|{_FIRST_PERSON}vibe[- ]?coded)",
    re.IGNORECASE,
)
_THE_TEXT = re.compile(
    r"\b(?:this |the |above |following )?(?:(?:pr |commit |pull request |release )?(?:description|summary|message|title|text|notes?|changelog))\b"
    r"(?: (?:below|above|here))? (?:was|were|is|are|has been|generated|written|created|drafted)\b"
    r"|\b(?:written|generated|created|summari[sz]ed) by (?:cursor bugbot|copilot at|coderabbit|sourcery|ellipsis|qodo|pr-agent|graphite|greptile|what the diff)",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"[;:]\s|,\s(?:but|so|and|while|which)\s")
_OPENED = re.compile(r"^\W{0,6}(?:full |ai )?(?:disclosure|disclaimer)\W{0,4}", re.IGNORECASE)
_WORDS = re.compile(r"[a-z'\u2019/]+|[:=]")
_LEADING = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "our",
        "some",
        "various",
        "multiple",
        "several",
        "both",
        "anthropic's",
        "google's",
        "openai's",
        "github's",
        "microsoft's",
        "anthropic",
        "google",
        "openai",
        "github",
        "microsoft",
        "local",
        "your",
        "friendly",
        "s",
    ]
)
_LEADS_TO = frozenset(
    [
        "by",
        "with",
        "using",
        "via",
        "from",
        "through",
        "to",
        "of",
        "used",
        "use",
        "asked",
        "had",
        "let",
        "got",
        "told",
        "prompted",
        "instructed",
        "leveraged",
        "employed",
        "utilized",
        "utilised",
        "on",
        "consulted",
        "enlisted",
        "directed",
        "w/",
        ":",
        "=",
        "and",
        "but",
        "since",
        "because",
        "as",
        "that",
        "is",
        "was",
        "are",
        "were",
        "partially",
        "fully",
        "mostly",
        "entirely",
        "almost",
        "largely",
        "heavily",
        "partly",
        "completely",
        "all",
        "this",
    ]
)
_LED_BY = re.compile(
    r"[- ]?(?:assisted|generated|written|authored|aided|co-?authored|coded|created|made|built|driven|powered|wrote|helped|did"
    r"|has|also|only|then|mostly|basically|actually|implemented|produced|drafted|suggested|came|contributed|ported|refactored"
    r"|translated|fixed|help|assistance|assist|aid|support|guidance)\b",
    re.IGNORECASE,
)
_REVIEW = re.compile(
    r"\b(?:review|reviewed|reviewing|reported|thanks|meeting|discuss\w{0,5})\b", re.IGNORECASE
)
_LONGEST = 600


def claims(sentence: str, mention: Mention, *, subject: bool) -> bool:
    """Whether a sentence says that what it names had a part in the change.

    In the `subject` of a commit, which says what a change is about, only brackets say how it was made.
    """
    if len(sentence) > _LONGEST:
        sentence, mention = _around(sentence, mention)
    if not _could_claim(sentence, mention):
        return False
    marked = _plain(sentence[: mention.start]) + _SIGN + _plain(sentence[mention.end :])
    for form in _FORMS:
        found = form.search(marked)
        if found is None or (subject and found[0][:1] not in "(["):
            continue
        start = max((one.end() for one in _CLAUSE_START.finditer(marked, 0, found.start())), default=0)
        said = marked[min(start, found.start()) : found.end()]
        if (
            _PRODUCT.search(marked) is None
            and affirmed(_OPENED.sub("", said))
            and (mention.sure or _is_no_person(said, marked))
        ):
            return True
    return False


def about_the_text(sentence: str) -> bool:
    """Whether it is the description that AI wrote, and not what is described."""
    return _THE_TEXT.search(sentence) is not None


def is_vibe_coded(sentence: str) -> bool:
    """Whether the change is said to be vibe coded, by whatever tool."""
    return len(sentence) <= _LONGEST and _VIBE.search(sentence) is not None and affirmed(sentence)


def _could_claim(sentence: str, mention: Mention) -> bool:
    """Whether the words beside a name are those of some form; much cheaper than the forms."""
    before = _WORDS.findall(sentence[max(0, mention.start - 60) : mention.start].lower())
    while before and before[-1] in _LEADING:
        before.pop()
    if not before or before[-1] in _LEADS_TO or sentence[mention.start - 1 : mention.start] in "([":
        return True
    return _LED_BY.match(sentence, mention.end) is not None


def _is_no_person(said: str, sentence: str) -> bool:
    """Whether a name that persons have too can only be a tool's here."""
    if _BY_MACHINE.search(sentence) or _HOW_MUCH.search(said) or _COMPOUND.search(said):
        return True
    used = re.search(
        rf"\b(?:us(?:ed|ing)|via|with|prompted|leveraged|utili[sz]ed)\b[^{_SIGN}]{{0,40}}{_SIGN}",
        said,
        re.IGNORECASE,
    )
    helped = re.search(r"\b(?:helped|support|guidance|thanks|credits?|kudos)\b", said, re.IGNORECASE)
    return used is not None and helped is None and _REVIEW.search(sentence) is None


def _plain(text: str) -> str:
    return " ".join(text.replace("*", "").replace("`", "").split(" ")) if text.strip() else text


def _around(sentence: str, mention: Mention) -> tuple[str, Mention]:
    start = max(0, mention.start - _LONGEST // 2)
    part = sentence[start : mention.end + _LONGEST // 2]
    return part, Mention(mention.start - start, mention.end - start, mention.text, mention.sure)
