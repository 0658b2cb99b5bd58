"""The decision: total, deterministic, monotone in risk, and always with a way out."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastdoor.errors import InputError
from blastdoor.formats import canonical_bytes, digest
from blastdoor.gate import decide, exit_status
from blastdoor.gate.demands import assign
from blastdoor.model import (
    LEVELS,
    REPORTS,
    STATES,
    Case,
    Check,
    CheckSaid,
    Deployed,
    Deployment,
    Envelope,
    Experience,
    Facts,
    Offset,
    Opening,
    Owned,
    Recorded,
    Report,
    ServiceReached,
    Text,
    TextSaid,
    Unknown,
    Verdict,
)
from blastdoor.people.sshsig import sign
from blastdoor.policy import Policy
from builders import (
    NOW,
    POLICY,
    ROSTER,
    a_case,
    a_change,
    a_contributor,
    a_file,
    a_person,
    a_policy,
    a_provenance,
    a_reach,
    a_statement,
    changed,
    private_key,
    public_key,
    signed,
    statement_id,
    with_votes,
    yes,
)

PERSONS = ("p_peer", "p_other", "p_senior", "p_elder", "p_junior")


def verdict_of(case: Case, policy: Policy | None = None) -> Verdict:
    return decide(case, policy or a_policy(), NOW)


def unmet(verdict: Verdict) -> set[str]:
    return {demand.rule for demand in verdict.demands if not demand.met}


def test_every_change_needs_somebody() -> None:
    verdict = verdict_of(a_case())
    assert (verdict.verdict, unmet(verdict)) == ("hold", {"default"})


def test_a_peer_opens_the_door_for_an_ordinary_change() -> None:
    assert verdict_of(yes(a_case(), "p_peer")).verdict == "pass"


def test_ai_needs_a_senior_and_one_senior_serves_both_rules() -> None:
    case = a_case(provenance=a_provenance("ai_disclosed"))
    assert unmet(verdict_of(yes(case, "p_peer"))) == {"AI needs a senior"}
    assert verdict_of(yes(case, "p_senior")).verdict == "pass"


def test_within_one_rule_every_approval_is_a_different_person() -> None:
    case = a_case(reach=a_reach(level="high"))
    assert unmet(verdict_of(yes(case, "p_senior"))) == {"wide reach"}
    assert unmet(verdict_of(yes(case, "p_peer", "p_other"))) == {"wide reach"}
    assert verdict_of(yes(case, "p_senior", "p_peer")).verdict == "pass"
    assert verdict_of(yes(case, "p_senior", "p_elder")).verdict == "pass"


@pytest.mark.parametrize(
    "contributor",
    [a_contributor("u_1"), a_contributor("tool:x"), a_contributor("a_bot")],
    ids=["an unmapped author", "a tool nobody owns", "an agent whose owner was not found"],
)
@pytest.mark.promise(4)
def test_promise_4_a_hand_without_a_known_person_asks_for_one_more(contributor: Any) -> None:
    case = a_case(contributors=(a_contributor(), contributor))
    assert verdict_of(yes(case, "p_peer")).verdict == "hold"
    assert verdict_of(yes(case, "p_peer", "p_other")).verdict == "pass"


def test_a_forbidding_rule_alone_denies() -> None:
    policy = a_policy(
        POLICY + '  - name: no keys here\n    when: touches("keys/**")\n    forbid: not in git\n'
    )
    case = yes(a_case(change=a_change(files=(a_file("keys/x"),))), *PERSONS)
    verdict = decide(case, policy, NOW)
    assert (verdict.verdict, exit_status(verdict), verdict.openings) == ("deny", 11, ())


def test_observing_never_stops_anyone_and_says_what_it_would() -> None:
    policy = a_policy(POLICY.replace("enforce", "observe"))
    verdict = decide(a_case(), policy, NOW)
    assert (verdict.verdict, verdict.mode, exit_status(verdict)) == ("hold", "observe", 0)
    assert any("would hold" in note for note in verdict.notes)


def test_an_environment_fed_by_another_branch_holds() -> None:
    case = yes(a_case(), "p_peer")
    verdict = decide(case, a_policy(POLICY.replace("branch: main", "branch: release")), NOW)
    assert [reason.code for reason in verdict.reasons] == ["other-branch"]


def test_an_unknown_environment_is_an_error() -> None:
    with pytest.raises(InputError):
        decide(a_case(environment="moon"), a_policy(), NOW)


@pytest.mark.promise(1)
def test_promise_1_a_condition_that_fails_holds_and_names_its_rule() -> None:
    policy = a_policy(
        POLICY + "  - name: broken\n    when: 1/0 > 0\n    require: [{approvals: 1, from: peer}]\n"
    )
    verdict = decide(yes(a_case(), *PERSONS), policy, NOW)
    assert [(reason.code, reason.rule) for reason in verdict.reasons] == [("condition-failed", "broken")]


@pytest.mark.promise(22)
def test_promise_22_asserted_facts_lower_no_demand() -> None:
    demand = "require: [{ check: unit, producer: ci }, { rollback_plan: true }]"
    policy = a_policy(POLICY + f"  - name: proven\n    when: 'true'\n    {demand}\n")
    head = a_change().head

    def facts(assurance: Any, **check: str) -> Facts:
        named = {"name": "unit", "producer": "ci", "conclusion": "success", "head": head, **check}
        return Facts(
            checks=(Check(**named, source="x", assurance=assurance),),
            texts=(Text(kind="rollback_plan", digest="sha256:0", source="x", assurance=assurance),),
        )

    def answer(given: Facts) -> str:
        return decide(yes(a_case(facts=given), "p_peer"), policy, NOW).verdict

    assert answer(facts("token")) == "pass"
    assert answer(facts("asserted")) == "hold"
    for wrong in ({"producer": "other"}, {"conclusion": "failure"}, {"head": "0" * 40}, {"name": "unti"}):
        assert answer(facts("token", **wrong)) == "hold"


@pytest.mark.promise(22)
def test_promise_22_an_asserted_automation_lowers_nothing() -> None:
    rule = '  - name: x\n    when: at_least(provenance.state, "no_disclosure")\n    forbid: told apart\n'
    policy = a_policy(POLICY + rule)
    assert decide(a_case(provenance=a_provenance("automation")), policy, NOW).verdict == "deny"
    proven = a_provenance("automation", "forge")
    assert decide(a_case(provenance=proven), policy, NOW).verdict == "hold"


@pytest.mark.promise(11)
def test_promise_11_presence_is_not_given_by_an_ordinary_key() -> None:
    policy = a_policy(POLICY.replace("from: peer }] }", "from: peer, presence: true }] }"))
    verdict = decide(yes(a_case(), "p_peer"), policy, NOW)
    assert verdict.verdict == "hold"
    assert verdict.demands[0].note == "needs the service or a verifying security key"


@pytest.mark.parametrize(
    ("completed", "counts"),
    [("2026-01-01", True), ("2025-01-01", False), ("2026-12-01", False), (None, False)],
)
def test_a_training_must_be_fresh_today(completed: str | None, counts: bool) -> None:
    text = POLICY.replace("from: peer }] }", "from: peer, trained: genai, within_days: 365 }] }")
    trainings = {} if completed is None else {"genai": completed}
    persons = tuple(msgspec.structs.replace(one, trainings=trainings) for one in ROSTER.persons)
    case = a_case(people=msgspec.structs.replace(ROSTER, persons=persons))
    peer = case.people.person("p_peer")
    said = with_votes(case, signed(a_statement(case, "p_peer"), then=peer))
    assert (decide(said, a_policy(text), NOW).verdict == "pass") is counts


def test_a_training_that_the_roster_listed_only_after_the_yes_does_not_reach_back() -> None:
    text = POLICY.replace("from: peer }] }", "from: peer, trained: genai }] }")
    persons = tuple(msgspec.structs.replace(one, trainings={"genai": "2026-01-01"}) for one in ROSTER.persons)
    case = a_case(people=msgspec.structs.replace(ROSTER, persons=persons))
    assert decide(yes(case, "p_peer"), a_policy(text), NOW).verdict == "hold"


def test_overlays_ask_only_in_their_time() -> None:
    overlay = """overlays:
  - name: reset
    from: 2026-03-10
    until: 2026-03-12
    when: "true"
    require: [{ approvals: 2, from: peer }]
"""
    case, policy = a_case(), a_policy(POLICY + overlay)
    case = with_votes(case, signed(a_statement(case, "p_peer", given_at="2026-03-01T00:00:00Z")))
    verdicts = [decide(case, policy, f"2026-03-{day:02}T00:00:00Z").verdict for day in (9, 10, 12, 13)]
    assert verdicts == ["pass", "hold", "hold", "pass"]


def test_without_rules_of_its_own_the_first_way_out_is_init() -> None:
    rules = msgspec.structs.replace(a_case().rules, source="built-in")
    verdict = verdict_of(a_case(rules=rules))
    assert verdict.advisory
    assert "blastdoor init" in verdict.openings[0].steps[0].text


# Properties ------------------------------------------------------------------------------------------

groups = st.sampled_from(["senior", "peer", "red", "blue"])
approvals = st.tuples(
    st.integers(1, 3), groups, st.sampled_from(["", ", knows_code: { commits: 2, days: 30 }"])
).map(lambda t: f"{{ approvals: {t[0]}, from: {t[1]}{t[2]} }}")
exceptions = st.sampled_from(["", ", unless: [{ approvals: 1, from: senior }]"])
days = st.sampled_from(["[mon, wed]", "[tue]", "[sat, sun]"])
other_needs = st.one_of(
    st.sampled_from(
        [
            "{ owners: 1 }",
            "{ owners: 2 }",
            "{ service_owners: 1 }",
            "{ service_owners: 1, tier: 1 }",
            "{ rollback_plan: true }",
            "{ check: unit, producer: ci }",
            "{ cooling_hours: 5 }",
            "{ limit: { changes: 1, hours: 24 } }",
            "{ limit: { changes: 2, hours: 48, state: ai_disclosed, tier: 1 } }",
        ]
    ),
    st.tuples(days, exceptions).map(
        lambda t: f'{{ window: {{ days: {t[0]}, from: "08:00", until: "10:00", zone: UTC }}{t[1]} }}'
    ),
)
needs = st.one_of(approvals, approvals, other_needs)
FREEZE = """freezes:
  - {{ name: peak, from: {}, until: 2026-03-12T00:00:00Z{} }}
"""
conditions = st.one_of(
    st.sampled_from(STATES).map(lambda word: f'at_least(provenance.state, "{word}")'),
    st.sampled_from(LEVELS).map(lambda word: f'at_least(reach.level, "{word}") && !reach.docs_only'),
    st.integers(0, 9).map(lambda tier: f"at_least(reach.tier, {tier})"),
    st.sampled_from(["reach.docs_only", 'at_least(reach.level, "high") ? reach.docs_only : true']),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    rules = "".join(
        f"  - name: rule {number}\n    when: '{draw(conditions)}'\n"
        f"    require: [{', '.join(draw(st.lists(needs, min_size=1, max_size=2)))}]\n"
        for number in range(draw(st.integers(0, 3)))
    )
    teams = "groups:\n  red: { team: red }\n  blue: { team: blue }\n"
    head = POLICY.partition("default:")[0].replace("groups:\n", teams)
    text = f"{head}default: {{ require: [{draw(approvals)}] }}\n" + (f"rules:\n{rules}" if rules else "")
    if draw(st.booleans()):
        begins = draw(st.sampled_from(["2026-03-01T00:00:00+01:00", "2026-03-11T00:00:00Z"]))
        text += FREEZE.format(begins, draw(exceptions))
    return a_policy(PRODUCERS + text)


PRODUCERS = f"producers: {{ ci: {{ keys: ['{public_key('ci')}'] }} }}\n"
AROUND = {
    "owned": (
        Owned(of="paths", what="src/app.py", owners=("p_peer", "p_elder")),
        Owned(of="services", what="pay", owners=("p_other", "p_senior"), tier=1),
        Owned(of="services", what="blog", owners=("p_junior",), tier=4),
    ),
    "experience": tuple(Experience(person=f"p_{who}", days=30, commits=2) for who in ("peer", "senior")),
    "zones": (Offset(zone="UTC", since="2026-01-01T00:00:00Z", minutes=0),),
}


def a_deployment(at: str, commit: str) -> Envelope:
    """Somebody's word, without proof: it raises all the same."""
    change = Deployed(commit=commit, state="ai_disclosed", level="low", tier=1)
    said = Deployment(
        producer="cd",
        repository="shop",
        environment="production",
        revision=commit,
        at=at,
        covered=True,
        changes=(change,),
    )
    return Envelope(payload=canonical_bytes(said).decode())


@st.composite
def surroundings(draw: st.DrawFn) -> dict[str, Any]:
    """What a case may hold beside its change."""
    deployed = draw(st.integers(0, 3))
    return {
        **AROUND,
        "deployments": tuple(
            a_deployment(f"2026-03-{8 + i:02}T08:00:00Z", f"{i}" * 40) for i in range(deployed)
        ),
        "first_seen": draw(st.sampled_from(["2026-03-10T08:00:00Z", "2026-03-01T00:00:00Z"])),
    }


@st.composite
def risks(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Provenance and reach twice, the second at no less risk."""

    def two(scale: Any) -> tuple[Any, Any]:
        low, high = sorted(draw(st.tuples(*[st.integers(0, len(scale) - 1)] * 2)))
        return scale[low], scale[high]

    state, level = two(STATES), two(LEVELS)
    tier, docs = two(range(9, -1, -1)), two((True, False))
    return tuple(  # type: ignore[return-value]
        {
            "provenance": a_provenance(state[i], "presence"),
            "reach": a_reach(level=level[i], tier=tier[i], docs_only=docs[i]),
        }
        for i in (0, 1)
    )


ORDER = {"pass": 0, "hold": 1, "deny": 2}


@pytest.mark.promise(5)
@settings(max_examples=150, deadline=None)
@given(policy=policies(), around=surroundings(), risk=risks(), who=st.sets(st.sampled_from(PERSONS)))
def test_promise_5_more_risk_never_needs_less(
    policy: Policy, risk: tuple[dict[str, Any], dict[str, Any]], who: set[str], around: dict[str, Any]
) -> None:
    """Both changes approved as they are: whatever passes at more risk passes at less."""
    less, more = (verdict_of(yes(a_case(**one, **around), *sorted(who)), policy) for one in risk)
    assert ORDER[less.verdict] <= ORDER[more.verdict]
    assert {demand.rule for demand in less.demands} <= {demand.rule for demand in more.demands}


@pytest.mark.promise(5)
@settings(max_examples=150, deadline=None)
@given(
    policy=policies(),
    around=surroundings(),
    risk=risks(),
    who=st.sets(st.sampled_from(PERSONS)),
    one=st.sampled_from(PERSONS),
)
def test_promise_5_one_more_approval_never_closes_a_door(
    policy: Policy,
    risk: tuple[dict[str, Any], dict[str, Any]],
    who: set[str],
    one: str,
    around: dict[str, Any],
) -> None:
    case = a_case(**risk[1], **around)
    before = verdict_of(yes(case, *sorted(who)), policy)
    after = verdict_of(yes(case, *sorted(who | {one})), policy)
    assert ORDER[after.verdict] <= ORDER[before.verdict]
    assert unmet(after) <= unmet(before)


unknowns = st.lists(
    st.builds(Unknown, code=st.just("x"), what=st.text(max_size=5), step=st.just("look")),
    min_size=1,
    max_size=3,
)


@pytest.mark.promise(1)
@settings(deadline=None)
@given(policy=policies(), unknown=unknowns)
def test_promise_1_unknown_is_never_pass(policy: Policy, unknown: list[Unknown]) -> None:
    case = yes(a_case(unknowns=tuple(unknown)), *PERSONS)
    verdict = verdict_of(case, policy)
    assert verdict.verdict != "pass"
    assert {one.what for one in unknown} <= {reason.text for reason in verdict.reasons}


@pytest.mark.promise(8)
@settings(deadline=None)
@given(policy=policies(), around=surroundings(), risk=risks(), who=st.permutations(PERSONS))
def test_promise_8_the_same_inputs_give_the_same_bytes(
    policy: Policy, risk: tuple[dict[str, Any], dict[str, Any]], who: list[str], around: dict[str, Any]
) -> None:
    """Through a file and back, and in whatever order the statements were found."""
    case = yes(a_case(**risk[0], **around), *who)
    again = msgspec.json.decode(canonical_bytes(case), type=Case)
    shuffled = msgspec.structs.replace(again, statements=tuple(reversed(again.statements)))
    expected = canonical_bytes(verdict_of(case, policy))
    assert canonical_bytes(verdict_of(again, a_policy(policy.source))) == expected
    assert canonical_bytes(verdict_of(shuffled, policy)) == expected


def take(case: Case, opening: Opening, leave_out: int | None = None) -> tuple[Case, str]:
    """The case after every step of an opening was taken (but one), each by another person; and the time."""
    spoken: set[str] = set()
    now = NOW
    for number, step in enumerate(opening.steps):
        if number == leave_out:
            continue
        if step.kind == "approvals":
            assert isinstance(step.of, tuple)
            assert isinstance(step.count, int)
            chosen = [id_ for id_ in step.of if id_ not in spoken][: step.count]
            spoken |= set(chosen)
            case = yes(case, *chosen)
        elif step.kind == "withdraw":
            case = with_votes(case, *_withdrawals(case))
        elif step.kind == "record":
            case = msgspec.structs.replace(case, reports=(*case.reports, a_report(case, step.text)))
        elif step.kind == "wait":
            now = step.text.removeprefix("wait until ")
    return case, now


def a_report(case: Case, wanted: str) -> Envelope:
    """What the step asks for, by the producer that the rules name."""
    plan = "rollback plan" in wanted
    said = Report(
        producer="ci",
        repository=case.change.repository,
        head=case.change.head,
        tree=case.change.tree,
        given_at=NOW,
        checks=() if plan else (CheckSaid(name="unit", conclusion="success"),),
        texts=(TextSaid(kind="rollback_plan", digest=digest(b"plan")),) if plan else (),
    )
    payload = canonical_bytes(said)
    return Envelope(payload=payload.decode(), signature=sign(private_key("ci"), payload, REPORTS))


def _withdrawals(case: Case) -> list[Recorded]:
    return [
        signed(a_statement(case, "p_elder", "withdraw", withdraws=statement_id(one)))
        for one in case.statements
        if '"answer":"no"' in one.envelope.payload
    ]


@pytest.mark.promise(9)
@settings(max_examples=150, deadline=None)
@given(
    policy=policies(),
    around=surroundings(),
    risk=risks(),
    who=st.sets(st.sampled_from(PERSONS), max_size=2),
    rejected=st.booleans(),
    strangers=st.integers(0, 1),
)
def test_promise_9_each_opening_opens_and_each_of_its_steps_is_needed(
    policy: Policy,
    risk: tuple[dict[str, Any], dict[str, Any]],
    who: set[str],
    rejected: bool,
    strangers: int,
    around: dict[str, Any],
) -> None:
    hands = (a_contributor(), *[a_contributor("u_1")] * strangers)
    case = yes(a_case(**risk[1], contributors=hands, **around), *sorted(who))
    if rejected:
        case = with_votes(case, signed(a_statement(case, "p_elder", "no")))
    verdict = verdict_of(case, policy)
    if verdict.verdict != "hold":
        return
    for opening in (one for one in verdict.openings if one.certain):
        opened, then = take(case, opening)
        assert decide(opened, policy, then).verdict == "pass"
        for number in range(len(opening.steps)):
            shut, then = take(case, opening, leave_out=number)
            assert decide(shut, policy, then).verdict == "hold"
    everybody = with_votes(yes(case, *PERSONS), *_withdrawals(case))
    reports = (a_report(case, "a rollback plan"), a_report(case, "check unit"))
    everything = msgspec.structs.replace(everybody, reports=reports)
    if decide(everything, policy, NOW).verdict == "pass":
        assert [one for one in verdict.openings if one.certain]


def test_promise_9_nobody_left_to_ask_is_said() -> None:
    policy = a_policy(
        POLICY.replace("default: { require: [{ approvals: 1", "default: { require: [{ approvals: 9")
    )
    verdict = verdict_of(a_case(), policy)
    assert verdict.openings == ()
    assert any("nobody in the roster can open this" in note for note in verdict.notes)


def test_a_stranger_who_is_mapped_may_open_it_too() -> None:
    case = yes(a_case(contributors=(a_contributor("u_1"),)), "p_peer")
    verdict = verdict_of(case)
    assert [step.kind for step in verdict.openings[-1].steps] == ["map"]
    assert not verdict.openings[-1].certain


@given(
    counts=st.lists(st.integers(0, 3), max_size=3),
    able=st.lists(st.sets(st.integers(0, 5)).map(sorted), min_size=3, max_size=3),
)
def test_no_person_serves_twice_and_nobody_serves_what_they_cannot(
    counts: list[int], able: list[list[int]]
) -> None:
    served = assign(counts, able[: len(counts)])
    everyone = [person for persons in served for person in persons]
    assert len(everyone) == len(set(everyone))
    for count, can, persons in zip(counts, able, served, strict=False):
        assert set(persons) <= set(can)
        assert len(persons) <= count


def test_the_matching_moves_people_to_where_they_are_needed() -> None:
    """The one senior is wanted for the senior's place even if the peer's place was filled first."""
    assert assign([1, 1], [[0, 1], [0]]) == [[1], [0]]


def test_a_verdict_changes_its_id_with_anything_in_it() -> None:
    case = a_case()
    ids = {
        verdict_of(one).id
        for one in (
            case,
            yes(case, "p_peer"),
            changed(case, what_if=True),
            changed(case, reach=a_reach(services=(ServiceReached(name="s", tier=3, distance=0, path=()),))),
        )
    }
    assert len(ids) == 4


def test_many_ways_out_are_cut_and_it_is_said() -> None:
    teams = [f"t{number}" for number in range(20)]
    persons = tuple(a_person(f"p_{team}{copy}", teams=(team,)) for team in teams for copy in (1, 2))
    roster = msgspec.structs.replace(ROSTER, persons=persons)
    groups = "".join(f"  {team}: {{ team: {team} }}\n" for team in teams)
    text = POLICY.replace("groups:\n", f"groups:\n{groups}")
    rules = "".join(
        f"  - {{ name: r{team}, when: 'true', require: [{{ approvals: 1, from: {team} }}] }}\n"
        for team in teams
    )
    verdict = decide(a_case(people=roster), a_policy(text + rules), NOW)
    assert not verdict.openings_complete
    (opening,) = verdict.openings
    case = a_case(people=roster)
    then = {person.id: person for person in persons}
    chosen = [id_ for step in opening.steps if isinstance(step.of, tuple) for id_ in step.of[:1]]
    assert len(chosen) == len(teams)
    voted = with_votes(case, *(signed(a_statement(case, id_), then=then[id_]) for id_ in chosen))
    assert decide(voted, a_policy(text + rules), NOW).verdict == "pass"


def test_rules_that_ask_different_groups_are_opened_by_different_persons() -> None:
    text = POLICY.replace("groups:\n", "groups:\n  red: { team: red }\n  blue: { team: blue }\n")
    rules = "".join(
        f"  - {{ name: {team}, when: 'true', require: [{{ approvals: 1, from: {team} }}] }}\n"
        for team in ("red", "blue")
    )
    persons = (a_person("p_red", teams=("red",)), a_person("p_blue", teams=("blue",)))
    both = (*persons, a_person("p_both", teams=("red", "blue")))
    for people, ways in ((persons, [["p_red", "p_blue"]]), (both, [["p_both"], ["p_red", "p_blue"]])):
        roster = msgspec.structs.replace(ROSTER, persons=people)
        verdict = decide(a_case(people=roster), a_policy(text + rules), NOW)
        assert len(verdict.openings) == len(ways)
        for opening, way in zip(verdict.openings, ways, strict=True):
            assert len(opening.steps) == len(way)
