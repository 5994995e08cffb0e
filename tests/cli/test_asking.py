"""The verb `why`."""

CHAIR = ("--role", "independent_chair")
EVENT = {
    "event", "to", "verdict", "automatic", "roles", "agencies", "reason_required", "open_questions",
    "would_change", "fixes", "waiting_for", "not_before", "blocked_by", "because", "sources",
}  # fmt: skip


def told(text, event):
    """What is told of *event*, its first line included."""
    parts = text.split("\n\n")
    return next(part for part in parts if part.startswith(f"{event}: ")).splitlines()


def reviewing(loop):
    case = loop.case("harmed=yes", "agencies=police,school")
    loop.rehearse("fire", case, "accept", *CHAIR)
    return case


def test_why_prints_every_event_with_every_key_of_the_contract(loop):
    case = loop.case()

    answer = loop.rehearse("why", case, "--json")

    assert answer.status == 0
    assert set(answer.json) >= {
        "case",
        "workflow",
        "state",
        "stage",
        "ended",
        "revision",
        "sub_cases",
        "events",
    }
    assert [event["event"] for event in answer.json["events"]] == ["accept", "decline", "think"]
    assert all(set(event) >= EVENT for event in answer.json["events"])
    question = answer.json["events"][0]["open_questions"][0]
    assert set(question) == {"case", "fact", "ask", "type", "values", "needs_evidence", "roles"}


def test_an_open_question_comes_with_the_line_that_answers_it(loop):
    case = loop.case()

    said = told(loop.rehearse("why", case).out, "accept")

    assert said == [
        "accept: undetermined",
        "  leads to    reviewing",
        "  who         independent_chair",
        "  ask         Was the child harmed?",
        f"              loopengine record {case} harmed=ANSWER --now 2017-01-09T09:00:00Z",
        "              ANSWER: yes, no or unknown",
        "  allowed if  harmed is yes",
        "  override    executive may fire it all the same, with a reason",
    ]


def test_a_question_that_several_events_share_is_asked_once(loop):
    case = loop.case()

    answer = loop.rehearse("why", case)

    assert answer.out.count("Was the child harmed?") == 1
    assert "  ask         as above: harmed" in told(answer.out, "decline")


def test_an_allowed_event_comes_with_the_line_that_fires_it(loop):
    case = loop.case("harmed=no")

    said = told(loop.rehearse("why", case).out, "decline")

    assert said[0] == "decline: allowed"
    assert "  who         independent_chair, giving a reason" in said
    line = next(each for each in said if "loopengine fire" in each)
    assert loop(*[word.replace("REASON", "old") for word in line.split()[1:]]).status == 0


def test_the_named_event_comes_with_what_it_rests_on(loop):
    case = loop.case("harmed=yes", "--by", "Ann Lee")

    said = told(loop.rehearse("why", case, "accept").out, "accept")

    assert any("harmed: yes (Ann Lee, recorded 2017-01-09)" in line for line in said)
    assert "think" not in loop.rehearse("why", case, "accept").out


def test_what_an_event_waits_for_is_told(loop):
    case = reviewing(loop)
    loop.rehearse("fire", case, "ask_all", "--role", "lead_reviewer")

    answer = loop.rehearse("why", case)

    assert "  not before  Wed 2017-01-18" in told(answer.out, "publish")
    assert "  waits for   ACT-2017-001, ACT-2017-002" in told(answer.out, "all_done")
    assert "  who         the engine, as soon as its rule is true" in told(answer.out, "all_done")
    assert "  sub-cases   ACT-2017-001, ACT-2017-002" in answer.out.splitlines()


def test_what_has_to_happen_first_is_told_and_what_waiting_alone_would_do(loop):
    review = loop.workflows / "review.yaml"
    text = review.read_text("utf-8")
    late = """think: {to: referred, when: 'since("decline", "1 day")'}
      rest: {to: referred, when: 'since("opened", "3 days") or harmed'}"""
    review.write_text(text.replace("think: {to: referred, by: independent_chair}", late), "utf-8")
    case = loop.case("harmed=no")

    assert "  first       decline has to happen" in told(loop.rehearse("why", case).out, "think")
    rest = told(loop.rehearse("why", case).out, "rest")
    assert "  allowed if  harmed is yes" in rest
    assert "  or from     Thu 2017-01-12, if nothing is changed" in rest


def test_whose_actor_it_must_be_is_told(loop):
    case = loop.rehearse("open", "action", "owner=police", "--under", reviewing(loop), "--json").json["case"]

    answer = loop.rehearse("why", case)

    assert "  who         agency, of police" in told(answer.out, "begin")
    assert "  who         business_unit, of any agency but police" in told(answer.out, "verify")
    assert "--role agency --agency police" in answer.out


def test_an_event_that_is_not_answered_here_is_told_so(loop):
    case = loop.case()

    answer = loop.rehearse("why", case, "publish")

    assert answer.status == 0
    assert told(answer.out, "publish") == ["publish: refused", "  because     it is not answered in referred"]
    assert loop.rehearse("why", case, "publish", "--json").json["events"] == []


def test_an_ended_case_has_no_events(loop):
    case = loop.case("harmed=no")
    loop.rehearse("fire", case, "decline", *CHAIR, "--reason", "old")

    answer = loop.rehearse("why", case)

    assert "  whose move  nobody's: the case has ended" in answer.out.splitlines()
    assert loop.rehearse("why", case, "--json").json["events"] == []


def test_the_lines_to_type_name_the_database_that_was_named(loop, tmp_path):
    loop.database = tmp_path / "of the board.db"
    loop.case()

    answer = loop.rehearse("why", "REV-2017-001", "accept", "--db", str(loop.database))

    assert f"record REV-2017-001 harmed=ANSWER --db '{loop.database}' --now" in answer.out


def test_who_may_answer_and_what_needs_evidence_is_told(loop):
    review = loop.workflows / "review.yaml"
    harmed = 'harmed: {ask: "Was the child harmed?", type: yes_no'
    text = review.read_text("utf-8")
    review.write_text(text.replace(harmed, f'{harmed}, by: executive, needs_evidence: ["no"]'), "utf-8")
    case = loop.case()

    said = told(loop.rehearse("why", case).out, "accept")

    assert (
        f"              loopengine record {case} harmed=ANSWER --role executive --now 2017-01-09T09:00:00Z"
        in said
    )
    assert "              ANSWER: yes, no or unknown; no needs --evidence TEXT; executive answers" in said


def test_a_step_for_nobody_in_particular_is_for_anybody(loop):
    review = loop.workflows / "review.yaml"
    text = review.read_text("utf-8")
    review.write_text(
        text.replace("think: {to: referred, by: independent_chair}", "think: {to: referred}"), "utf-8"
    )
    case = loop.case()

    assert told(loop.rehearse("why", case).out, "think")[:4] == [
        "think: allowed",
        "  leads to    the same state",
        "  who         anybody",
        f"              loopengine fire {case} think --now 2017-01-09T09:00:00Z",
    ]
    assert loop.rehearse("fire", case, "think").status == 0
