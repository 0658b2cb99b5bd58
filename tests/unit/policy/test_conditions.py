"""Conditions: type-checked at load, and never switched off by more risk."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastdoor.model import LEVELS, NO_TIER, STATES
from blastdoor.policy.conditions import Condition
from blastdoor.policy.facts import FactSet
from blastdoor.policy.lexer import ConditionError

CALM: dict[str, Any] = {
    "provenance.state": "no_disclosure",
    "reach.level": "low",
    "reach.tier": NO_TIER,
    "reach.irreversible": False,
    "reach.policy_files": False,
    "reach.docs_only": False,
    "reach.tests_only": False,
    "environment.name": "production",
}


def applies(text: str, *paths: str, **facts: Any) -> bool:
    values = CALM | {name.replace("__", "."): value for name, value in facts.items()}
    answer, problem = Condition(text).applies(FactSet(values=values, paths=paths))
    assert problem == ""
    return answer


def test_at_least_compares_along_the_scale_of_its_fact() -> None:
    condition = 'at_least(provenance.state, "no_disclosure")'
    assert applies(condition)
    assert applies(condition, provenance__state="ai_disclosed")
    assert not applies(condition, provenance__state="automation")


def test_a_tier_is_at_least_as_critical_when_its_number_is_smaller() -> None:
    assert applies("at_least(reach.tier, 1)", reach__tier=0)
    assert applies("at_least(reach.tier, 1)", reach__tier=1)
    assert not applies("at_least(reach.tier, 1)", reach__tier=2)


def test_touches_matches_whole_paths() -> None:
    assert applies('touches("db/**")', "db/a/1.sql")
    assert applies('touches("**/*.sql")', "db/a/1.sql")
    assert applies('touches("*.py")', "a.py")
    assert not applies('touches("*.py")', "a/b.py")
    assert not applies('touches("db/**")', "adb/1.sql")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("reach.levl", 1, "no fact is called reach.levl"),
        ("reach.tier == 1", 1, "reach.tier is graded and is compared by at_least alone"),
        ('reach.level != "low"', 1, "reach.level is graded"),
        ("reach.tier < 2", 1, "reach.tier is graded"),
        ('!at_least(reach.level, "high")', 1, "at_least must not be negated"),
        ('true && !(touches("x") || reach.docs_only)', 9, "touches must not be negated"),
        ("!reach.irreversible", 1, "reach.irreversible must not be negated"),
        ("!!reach.irreversible", 1, "reach.irreversible must not be negated"),
        ('at_least(reach.level, "hihg")', 23, '"hihg" is not on the scale of reach.level'),
        ('at_least(provenance.state, "high")', 28, '"high" is not on the scale'),
        ("at_least(reach.tier, 12)", 22, "12 is not on the scale"),
        ('at_least(reach.tier, "1")', 22, '"1" is not on the scale'),
        ("at_least(reach.docs_only, true)", 1, "at_least takes a graded fact first"),
        ('(at_least(reach.level, "high")) == false', 33, "is a yes or a no: it is not compared"),
        ('false == at_least(reach.level, "high")', 7, "is a yes or a no: it is not compared"),
        ("reach.docs_only == false", 17, "is a yes or a no: it is not compared"),
        ("touches(environment.name)", 1, "touches takes one pattern in quotes"),
        ("has(reach.docs_only)", 1, "has(…) is not known"),
        ("dyn(reach.docs_only)", 1, "dyn(…) is not known"),
        ("[1].exists(x, true)", 5, "exists(…) is not known"),
        ('environment.name.matches("(a+)+")', 1, "environment.name.matches(…) is not known"),
        ("1", 1, "the condition is not a yes or a no"),
        ("environment.name", 1, "the condition is not a yes or a no"),
        ("environment.name == 1", 18, "found no matching overload"),
        ("true // and so on", 7, "comments are not read"),
        ('r"a" == "a"', 2, "only plain quoted text"),
        ('"""a""" == "a"', 3, "only plain quoted text"),
        ("", 1, "the condition is empty"),
        ("a" * 5000, 1, "at most 4000 are read"),
        ('at_least(reach.level, "high" || true)', 10, "takes one plain value"),
        ("true;", 5, "';' has no meaning"),
        ("(" * 100 + "true" + ")" * 100, 1, ""),
    ],
)
def test_a_condition_that_is_not_right_is_refused_at_load_with_its_column(
    text: str, column: int, says: str
) -> None:
    with pytest.raises(ConditionError) as caught:
        Condition(text)
    assert says in caught.value.message
    if says:
        assert caught.value.column == column


def test_promise_1_a_condition_that_fails_to_evaluate_applies_and_says_so() -> None:
    """The engine hands an evaluation error back as a truthy text; it must not pass for a yes or a no."""
    answer, problem = Condition("1/0 > 0").applies(FactSet(values=CALM, paths=()))
    assert answer
    assert "divide by zero" in problem


def test_promise_1_a_condition_that_never_ends_applies_and_says_so() -> None:
    """The engine stops after ten thousand iterations; that is a failure, not an answer."""
    many = " || ".join(["environment.name in [" + ",".join(['"x"'] * 120) + "]"] * 5)
    assert Condition(many).applies(FactSet(values=CALM, paths=()))[0] is False


def test_a_condition_that_names_too_many_graded_facts_at_once_is_refused() -> None:
    scales = (
        'at_least(provenance.state, "automation") && at_least(reach.level, "low") && at_least(reach.tier, 1)'
    )
    bools = "reach.irreversible && reach.policy_files && reach.docs_only && reach.tests_only"
    with pytest.raises(ConditionError, match="too many graded facts"):
        Condition(f"({scales} && {bools}) ? false : true")


def test_an_exemption_is_honoured_where_it_is_negated() -> None:
    condition = 'touches("**") && !reach.docs_only'
    assert applies(condition, "a.py")
    assert not applies(condition, "a.md", reach__docs_only=True)


atoms = st.one_of(
    st.sampled_from(STATES).map(lambda word: f'at_least(provenance.state, "{word}")'),
    st.sampled_from(LEVELS).map(lambda word: f'at_least(reach.level, "{word}")'),
    st.integers(0, NO_TIER).map(lambda tier: f"at_least(reach.tier, {tier})"),
    st.sampled_from(
        [
            "reach.irreversible",
            "reach.policy_files",
            "reach.docs_only",
            "!reach.docs_only",
            "!reach.tests_only",
            'touches("db/**")',
            'environment.name == "production"',
            "true",
            "false",
        ]
    ),
)
#: Any condition that loads, those with a ternary among them: nothing there keeps it monotone by its form.
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
    ),
    max_leaves=4,
)


@st.composite
def rising_facts(draw: st.DrawFn) -> tuple[FactSet, FactSet]:
    """Two sets of facts, the second at no less risk in any."""

    def two(scale: tuple[Any, ...]) -> tuple[Any, Any]:
        low, high = sorted(draw(st.tuples(*[st.integers(0, len(scale) - 1)] * 2)))
        return scale[low], scale[high]

    scales: dict[str, tuple[Any, ...]] = {
        "provenance.state": STATES,
        "reach.level": LEVELS,
        "reach.tier": tuple(range(NO_TIER, -1, -1)),
        "reach.irreversible": (False, True),
        "reach.policy_files": (False, True),
        "reach.docs_only": (True, False),
        "reach.tests_only": (True, False),
    }
    drawn = {name: two(scale) for name, scale in scales.items()}
    paths = draw(st.lists(st.sampled_from(["db/1.sql", "a.py"]), unique=True))
    more = draw(st.lists(st.sampled_from(["db/2.sql", "b.py"]), unique=True))
    less = CALM | {name: pair[0] for name, pair in drawn.items()}
    risky = CALM | {name: pair[1] for name, pair in drawn.items()}
    return FactSet(values=less, paths=tuple(paths)), FactSet(values=risky, paths=(*paths, *more))


@pytest.mark.promise(5)
@given(text=conditions, facts=rising_facts())
def test_promise_5_more_risk_never_switches_a_condition_off(
    text: str, facts: tuple[FactSet, FactSet]
) -> None:
    try:
        condition = Condition(text)
    except ConditionError as error:
        assert "too many graded facts" in error.message  # noqa: PT017 - any other refusal fails the test
        return
    less, more = facts
    if condition.applies(less)[0]:
        assert condition.applies(more)[0]


@pytest.mark.parametrize("pattern", ["**/" * 30 + "x", "*a" * 30 + "b", "a*" * 40])
def test_no_pattern_is_slow(pattern: str) -> None:
    path = "/".join(["a" * 100] * 30)
    started = time.process_time()
    applies(f'touches("{pattern}")', *[path] * 20)
    assert time.process_time() - started < 1
