"""The directory: adding, ending, changing and erasing people, what is vacant, and files of people."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from support.postgresql import server
from support.small import FRAMEWORK, UNIT, engine, framework

from loopengine import Engine
from loopengine.clock import FrozenClock
from loopengine.engine.directory import Directory, Imported
from loopengine.engine.people_files import RowsRefused
from loopengine.errors import BadValue, LoopEngineError, RefusedError, UnknownName, UsageError

HEADER = "name,role,agency,address,standing,since,until\n"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Iterator[Engine]:
    opened = engine(clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def directory(board: Engine) -> Directory:
    return Directory(board)


def held(directory: Directory) -> list[tuple[str, str, str | None, str, str, str | None]]:
    """All that is in the directory, but for the addresses."""
    return [
        (
            each.name,
            each.role,
            each.agency,
            each.standing,
            str(each.since),
            None if each.until is None else str(each.until),
        )
        for each in directory.list()
    ]


def sheet(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problems(directory: Directory, path: Path) -> list[str]:
    """What is wrong in the file, each with its line."""
    with pytest.raises(RowsRefused) as refused:
        directory.import_csv(path)
    return [str(each).removeprefix(f"{path.parent}/") for each in refused.value.problems]


# --- adding -------------------------------------------------------------------------------------------------


def test_somebody_holds_a_role_from_today_on_if_nothing_else_is_said(directory: Directory) -> None:
    office = directory.add("Carys Chair", "independent_chair", address="carys@example.org")

    assert office.to_json() == {
        "name": "Carys Chair",
        "role": "independent_chair",
        "agency": None,
        "address": "carys@example.org",
        "standing": "holder",
        "since": "2017-01-09",
        "until": None,
    }
    assert directory.list() == (office,)


def test_today_is_the_day_in_london(clock: FrozenClock, directory: Directory) -> None:
    clock.advance_to(datetime.fromisoformat("2017-06-30T23:30:00+00:00"))

    assert directory.add("Ann", "executive").since == date(2017, 7, 1)


def test_one_person_may_hold_several_roles_under_one_name(directory: Directory) -> None:
    directory.add("Ann  Lee ", "executive", address="ann@example.org")
    directory.add("Ann Lee", "agency_lead", "police")

    assert {each.person_id for each in directory.list()} == {1}
    assert {each.address for each in directory.list()} == {"ann@example.org"}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"role": "independent_char"}, UnknownName, "did you mean 'independent_chair'"),
        ({"role": ""}, BadValue, "no role is named; there is: agency"),
        ({"agency": "polce"}, UnknownName, "did you mean 'police'?"),
        ({"role": "agency_lead"}, BadValue, "none is named; name it; there is: council, hospital"),
        ({"role": "agency"}, BadValue, "agency is held for an agency"),
        ({"standing": "deputi"}, UnknownName, "did you mean 'deputy'?"),
        ({"name": " "}, BadValue, "a person has no name"),
        ({"name": "Ann\nLee"}, BadValue, "a name cannot be 'Ann\\\\nLee'"),
        ({"until": date(2017, 1, 1), "since": date(2017, 1, 2)}, BadValue, "2017-01-01, is before the first"),
        ({"until": date(2017, 1, 8)}, BadValue, "is over, and no first day is given; say since when"),
        ({"since": datetime(2017, 1, 8)}, BadValue, "is not a day"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    directory: Directory, given: dict[str, object], error: type[LoopEngineError], said: str
) -> None:
    with pytest.raises(error, match=said):
        directory.add(**{"name": "Ann Lee", "role": "executive"} | given)  # type: ignore[arg-type]

    assert directory.list() == ()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "@",
        "ann@",
        "@example.org",
        "a@b@c",
        "ann lee@example.org",
        "ann@example.org\nBcc: all@example.org",
        "ann@exam\tple.org",
        "ann@example.org,bea@example.org",
        "<ann@example.org>",
        "ann\u200b@example.org",
        "a" * 250 + "@b.uk",
    ],
)
def test_what_is_no_address_is_refused(directory: Directory, address: str) -> None:
    with pytest.raises(BadValue, match=r"it is an e-mail address such as ann\.lee@example\.org"):
        directory.add("Ann", "executive", address=address)


@pytest.mark.parametrize("address", ["ann@localhost", "o'neil+board@example.org", " ann@example.org "])
def test_the_check_of_an_address_is_a_light_one(directory: Directory, address: str) -> None:
    assert directory.add("Ann", "executive", address=address).address == address.strip()


def test_nobody_holds_one_role_twice_at_a_time(directory: Directory) -> None:
    directory.add("Ann", "executive", since=date(2017, 1, 1), until=date(2017, 3, 31))

    with pytest.raises(RefusedError, match="executive from 2017-01-01 until 2017-03-31 already; end that"):
        directory.add("Ann", "executive", since=date(2017, 3, 31))

    directory.add("Ann", "executive", since=date(2017, 4, 1))
    directory.add("Ann", "executive", standing="acting", since=date(2017, 1, 1))
    directory.add("Ann", "executive", until=date(2016, 12, 31), since=date(2016, 1, 1))
    assert len(directory.list()) == 4


def test_another_address_may_be_another_person(directory: Directory) -> None:
    directory.add("Ann Lee", "executive")
    directory.add("Ann Lee", "management_group", address="ann@example.org")

    with pytest.raises(RefusedError, match="so that they can be told apart"):
        directory.add("Ann Lee", "lead_reviewer", address="lee@example.org")

    assert {each.address for each in directory.list()} == {"ann@example.org"}


def test_on_postgresql_two_who_add_one_person_at_once_wait_for_each_other() -> None:
    with server() as url:
        boards = [
            Engine(url, framework=framework(), clock=FrozenClock("2017-01-09T09:00Z")) for _ in range(4)
        ]
        roles = ("executive", "management_group", "lead_reviewer", "business_unit")
        with ThreadPoolExecutor(len(boards)) as several:
            offices = list(several.map(lambda board, role: Directory(board).add("Ann", role), boards, roles))

        assert {each.person_id for each in offices} == {1}
        assert Directory(boards[0]).erase("Ann") == 4
        assert Directory(boards[1]).add("Ann", "executive").person_id == 2
        for board in boards:
            board.close()


# --- ending, changing, erasing ------------------------------------------------------------------------------


def test_an_office_ends_on_its_last_day(directory: Directory) -> None:
    directory.add("Ann", "executive", since=date(2016, 1, 1))

    ended = directory.end("Ann", "executive", date(2017, 1, 31))

    assert [each.until for each in ended] == [date(2017, 1, 31)]
    assert len(directory.list(on=date(2017, 1, 31))) == 1
    assert directory.list(on=date(2017, 2, 1)) == ()


def test_what_was_begun_last_by_then_is_what_ends(directory: Directory) -> None:
    for since, until in ((2014, 2015), (2016, None)):
        directory.add("Ann", "executive", since=date(since, 1, 1), until=until and date(until, 12, 31))

    directory.end("Ann", "executive", date(2016, 6, 30))

    assert [row[-1] for row in held(directory)] == ["2015-12-31", "2016-06-30"]


def test_all_that_is_held_in_the_role_ends_or_that_of_one_agency(directory: Directory) -> None:
    for agency in ("police", "hospital"):
        directory.add("Ann", "agency_lead", agency)
    directory.add("Ann", "agency_lead", "police", standing="deputy")
    directory.add("Bea", "agency_lead", "police")

    one = directory.end("Ann", "agency_lead", date(2017, 1, 31), agency="hospital")
    every = directory.end("Ann", "agency_lead", date(2017, 1, 30))

    assert [(each.agency, each.standing) for each in one] == [("hospital", "holder")]
    assert len(every) == 3
    assert [row[0] for row in held(directory) if row[-1] is None] == ["Bea"]


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        (("An", "executive", date(2017, 2, 1)), UnknownName, "no person is called 'An'; did you mean 'Ann'?"),
        (("Ann", "agency", date(2017, 2, 1)), RefusedError, "not hold agency; they hold executive"),
        (("Ann", "executive", date(2017, 1, 8)), RefusedError, "by 2017-01-08, but from 2017-01-09 on"),
    ],
)
def test_what_is_not_held_cannot_end(
    directory: Directory, asked: tuple[str, str, date], error: type[LoopEngineError], said: str
) -> None:
    directory.add("Ann", "executive")

    with pytest.raises(error, match=said):
        directory.end(*asked)

    assert held(directory)[0][-1] is None


def test_what_is_held_for_another_agency_is_said(directory: Directory) -> None:
    directory.add("Ann", "agency_lead", "police")

    with pytest.raises(RefusedError, match="agency_lead for school; they hold it for police"):
        directory.end("Ann", "agency_lead", date(2017, 2, 1), agency="school")


def test_an_end_may_be_moved_but_not_into_what_follows(directory: Directory, tmp_path: Path) -> None:
    directory.add("Ann", "executive", since=date(2016, 1, 1), until=date(2016, 6, 30))
    directory.end("Ann", "executive", date(2016, 9, 30))
    directory.add("Ann", "executive", since=date(2016, 10, 1))

    found = problems(directory, sheet(tmp_path, HEADER + "Ann,executive,,,,2016-01-01,2016-10-01\n"))

    assert found == [
        "people.csv:2: Ann is executive from 2016-10-01 on already; end that first, or give another time"
    ]
    assert held(directory)[0][-1] == "2016-09-30"


def test_somebody_goes_by_another_name_and_has_another_address(directory: Directory) -> None:
    directory.add("Ann Lee", "executive", address="ann@example.org")
    directory.add("Bea", "executive")

    directory.rename("Ann Lee", "Ann Hill")
    directory.address("Ann Hill", "ann.hill@example.org")

    assert [(each.name, each.address) for each in directory.of("Ann Hill")] == [
        ("Ann Hill", "ann.hill@example.org")
    ]
    with pytest.raises(UnknownName):
        directory.of("Ann Lee")
    with pytest.raises(RefusedError, match="there is a Bea already"):
        directory.rename("Ann Hill", "Bea")
    with pytest.raises(BadValue, match="an address cannot be"):
        directory.address("Bea", "bea")


def test_a_name_and_an_address_are_changed_together_or_not_at_all(directory: Directory) -> None:
    directory.add("Ann", "executive")

    with pytest.raises(BadValue):
        directory.change("Ann", name="Bea", address="bea")

    assert directory.list()[0].name == "Ann"


def test_whoever_is_erased_is_nowhere_in_the_database(tmp_path: Path) -> None:
    board = engine(tmp_path / "board.db")
    directory = Directory(board)
    directory.add("Ann Quill", "executive", address="quill@example.org")
    directory.add("Ann Quill", "agency_lead", "police")
    directory.add("Bea", "executive")

    assert directory.erase("Ann Quill") == 2

    assert [each.name for each in directory.list()] == ["Bea"]
    with board.database.reading() as connection:
        tables = connection.execute(text("select name from sqlite_master where type = 'table'")).scalars()
        rows = [row for name in tables for row in connection.execute(text(f"select * from {name}"))]
    assert "quill" not in str(rows).lower()
    board.close()


def test_erasing_somebody_breaks_no_history(board: Engine, directory: Directory) -> None:
    case = board.open("review", by=UNIT)
    directory.add(UNIT.name, "business_unit")

    directory.erase(UNIT.name)

    assert board.audit().ok
    assert [line.by for line in board.history(case)] == [UNIT.name]


def test_an_audit_does_not_mind_that_people_come_and_go(board: Engine, directory: Directory) -> None:
    directory.add("Ann", "executive")
    directory.erase("Ann")

    assert board.audit().problems == ()


def test_the_log_has_numbers_and_nobody_in_it(directory: Directory, tmp_path: Path) -> None:
    path = sheet(tmp_path, HEADER + "Bea Quill,executive,,bea@example.org,,,\n")
    with capture_logs() as said:
        directory.add("Ann Quill", "executive", address="quill@example.org")
        directory.address("Ann Quill", "ann@example.org")
        directory.end("Ann Quill", "executive", date(2017, 1, 31))
        directory.erase("Ann Quill")
        directory.import_csv(path)

    assert [{key: value for key, value in each.items() if key != "log_level"} for each in said] == [
        {"event": "people.changed", "added": 1},
        {"event": "people.changed", "changed": 1},
        {"event": "people.changed", "ended": 1},
        {"event": "people.changed", "erased": 1},
        {"event": "people.changed", "added": 1, "changed": 0},
    ]


# --- listing, and what is vacant ----------------------------------------------------------------------------


def test_a_list_is_of_a_day_of_a_role_or_of_all(directory: Directory) -> None:
    directory.add("Ann", "executive", since=date(2015, 1, 1), until=date(2015, 12, 31))
    directory.add("Bea", "executive", since=date(2017, 1, 1))
    directory.add("Cat", "management_group", since=date(2017, 1, 1))

    assert len(directory.list()) == 3
    assert [each.name for each in directory.list(on=date(2017, 1, 9))] == ["Bea", "Cat"]
    assert [each.name for each in directory.list(role="executive")] == ["Ann", "Bea"]
    assert directory.list(on=date(2014, 1, 1), role="executive") == ()
    assert directory.list(role="agency") == ()
    with pytest.raises(UnknownName, match=r"did you mean 'executive'\?"):
        directory.list(role="exectutive")


def test_a_role_that_the_framework_has_no_more_can_still_be_listed(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    before = engine(path, of=framework(framework=small_with_role("treasurer")))
    Directory(before).add("Ann", "treasurer")
    before.close()
    after = engine(path)

    assert len(Directory(after).list(role="treasurer")) == 1
    assert Directory(after).list(on=date(2014, 1, 1), role="treasurer") == ()
    after.close()


def small_with_role(role: str) -> str:
    return framework().texts["framework.yaml"] + f"roles: {{{role}: {{title: {role}}}}}\n"


def test_a_role_that_nobody_holds_is_vacant_agency_by_agency(directory: Directory) -> None:
    for role in ("business_unit", "independent_chair"):
        directory.add("Ann", role)
    directory.add("Pat", "agency", "police")
    directory.add("Dee", "executive", standing="deputy")

    vacant = directory.vacant()

    assert [(each.role, each.agency) for each in vacant] == [
        ("agency", "hospital"),
        ("agency", "school"),
        ("agency", "council"),
        ("lead_reviewer", None),
    ]
    assert vacant[0].to_json() == {
        "role": "agency",
        "agency": "hospital",
        "needed": [
            {"workflow": "action", "what": "owner", "name": "proposed"},
            {"workflow": "action", "what": "step", "name": "begin"},
        ],
    }


def test_a_role_is_vacant_on_the_days_on_which_nobody_holds_it(directory: Directory) -> None:
    directory.add("Ann", "executive", "police", since=date(2017, 1, 1), until=date(2017, 1, 31))

    def is_vacant(on: date | None) -> bool:
        return "executive" in {each.role for each in directory.vacant(on)}

    days = (date(2016, 12, 31), date(2017, 1, 1), None, date(2017, 1, 31), date(2017, 2, 1))
    assert [is_vacant(day) for day in days] == [True, False, False, False, True]


# --- files of people ----------------------------------------------------------------------------------------

PEOPLE = (
    HEADER
    + "Carys Chair,independent_chair,,carys@example.org,,2016-01-01,\n"
    + "Dee Deputy,independent_chair,,,deputy,2016-01-01,2017-12-31\n"
    + "Pat Lead,agency_lead,police,pat@example.org,Holder,,\n"
)


def test_a_file_of_people_is_brought_in_and_the_same_file_again_changes_nothing(
    directory: Directory, clock: FrozenClock, tmp_path: Path
) -> None:
    path = sheet(tmp_path, PEOPLE)

    first = directory.import_csv(path)
    before = directory.list()
    clock.advance(days=400)
    second = directory.import_csv(path)

    assert (first, second) == (Imported(3, 0, 0), Imported(0, 0, 3))
    assert directory.list() == before
    assert held(directory) == [
        ("Pat Lead", "agency_lead", "police", "holder", "2017-01-09", None),
        ("Carys Chair", "independent_chair", None, "holder", "2016-01-01", None),
        ("Dee Deputy", "independent_chair", None, "deputy", "2016-01-01", "2017-12-31"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PEOPLE.encode(),
        PEOPLE.replace(",", ";").encode(),
        b"\xef\xbb\xbf" + PEOPLE.replace(",", ";").replace("\n", "\r\n").encode(),
        PEOPLE.replace("\n", "\r").encode(),
        PEOPLE.replace("\n", "\n\n").encode(),
        PEOPLE.replace("\n", ",,\n,,,,,,,,\n").encode(),
        PEOPLE.replace("name,role", '"Name"," ROLE "').encode(),
        "".join(",".join(reversed(line.split(","))) + "\n" for line in PEOPLE.splitlines()).encode(),
    ],
    ids=["bom", "semicolons", "excel", "mac", "blank lines", "empty cells", "quotes", "another order"],
)
def test_spreadsheets_save_it_in_many_ways(directory: Directory, tmp_path: Path, content: bytes) -> None:
    assert directory.import_csv(sheet(tmp_path, content)) == Imported(3, 0, 0)


def test_columns_that_nobody_needs_may_be_missing(directory: Directory, tmp_path: Path) -> None:
    directory.import_csv(sheet(tmp_path, "role,name\nexecutive,Ann\n"))

    assert held(directory) == [("Ann", "executive", None, "holder", "2017-01-09", None)]


def test_every_wrong_row_is_named_with_its_line_and_nothing_is_brought_in(
    directory: Directory, tmp_path: Path
) -> None:
    path = sheet(
        tmp_path,
        HEADER
        + "Ann,executive,,ann@example.org,,,\n"
        + ",exectutive,polce,ann,deputi,31/01/2017,2017-1-31\n"
        + "\n"
        + '"Bea\nBee",executive,,,,,\n'
        + "Cat,agency_lead,,,,,\n"
        + "Dee,executive,,,,2017-02-01,2017-01-31\n"
        + "Eve,executive,,,,3017-02-01,31.02.2017\n"
        + "Fay,executive,,,,,,,more\n"
        + "Ann,management_group,,lee@example.org,,,\n"
        + "Gus,executive,,,,2017-01-01,\n"
        + "Gus,executive,,,,2017-02-01,\n"
        + "Hal\n",
    )

    agencies = "there is: council, hospital, police, school"
    *found, last = problems(directory, path)
    assert found == [
        "people.csv:3: a person has no name; say who it is",
        "people.csv:3: no role is called 'exectutive'; did you mean 'executive'?",
        "people.csv:3: no agency is called 'polce'; did you mean 'police'?",
        "people.csv:3: an address cannot be 'ann'; it is an e-mail address such as ann.lee@example.org",
        "people.csv:3: no standing is called 'deputi'; did you mean 'deputy'?",
        "people.csv:3: a day cannot be '31/01/2017'; write 2017-01-31 if 31 January 2017 is meant",
        "people.csv:3: a day cannot be '2017-1-31'; it is written 2017-01-31",
        "people.csv:5: a name cannot be 'Bea\\nBee'; write it on one line, without control characters",
        f"people.csv:7: agency_lead is held for an agency, and none is named; name it; {agencies}",
        "people.csv:8: the last day, 2017-01-31, is before the first, 2017-02-01; "
        "turn them round, or mend one",
        "people.csv:9: a day cannot be '3017-02-01'; its year is one of 1900 to 2199",
        "people.csv:9: a day cannot be '31.02.2017'; it is written 2017-01-31",
        "people.csv:10: the row has 9 cells, and there are 7 columns; "
        'put a text with a , or ; in it between " and "',
        "people.csv:11: Ann has the address lee@example.org here, and ann@example.org on line 2; "
        "give one, or, if they are two, write the names so that they can be told apart",
        "people.csv:13: Gus is executive from 2017-01-01 on already; end that first, or give another time",
    ]
    assert last.startswith("people.csv:14: no role is named; there is: agency, agency_lead, business_unit, ")
    assert directory.list() == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ["1: the first row does not name the columns; begin with a row such as name,role,agency"]),
        ("Ann,executive\n", ["1: the first row does not name the columns; begin with a row such as"]),
        ("\nname\tRole\n", ["2: the first row does not name the columns"]),
        (
            "name,rolle\n",
            ["1: no column is called 'rolle'; did you mean 'role'?", "1: there is no column role"],
        ),
        ("name,role,name\n", ["1: there are 2 columns name; keep one"]),
        ('name,role\nAnn,executive\n"Bea,executive\n', ["3: the row cannot be read: "]),
        (b"name,role\nAnn,executive\nZo\xeb,executive\n", ["3: this is not UTF-8; have the spreadsheet"]),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_way_out(
    directory: Directory, tmp_path: Path, content: str | bytes, said: list[str]
) -> None:
    found = problems(directory, sheet(tmp_path, content))

    assert len(found) == len(said)
    for each, wanted in zip(found, said, strict=True):
        assert each.startswith(f"people.csv:{wanted}")


def test_a_file_that_cannot_be_read_is_named(directory: Directory, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file '.*none\.csv'"):
        directory.import_csv(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        directory.import_csv(tmp_path)


def test_a_file_changes_what_it_speaks_of_and_leaves_the_rest(directory: Directory, tmp_path: Path) -> None:
    directory.import_csv(sheet(tmp_path, PEOPLE))
    directory.add("Uma", "business_unit")
    changed = (
        HEADER
        + "Carys Chair,independent_chair,,carys@example.com,,2016-01-01,2017-03-31\n"
        + "Dee Deputy,independent_chair,,dee@example.org,deputy,2016-01-01,\n"
        + "Pat Lead,agency_lead,police,,,,2017-06-30\n"
        + "Eve Chair,independent_chair,,,,2017-04-01,\n"
    )

    assert directory.import_csv(sheet(tmp_path, changed)) == Imported(1, 3, 0)

    assert directory.import_csv(sheet(tmp_path, changed)) == Imported(0, 0, 4)
    assert held(directory) == [
        ("Pat Lead", "agency_lead", "police", "holder", "2017-01-09", "2017-06-30"),
        ("Uma", "business_unit", None, "holder", "2017-01-09", None),
        ("Carys Chair", "independent_chair", None, "holder", "2016-01-01", "2017-03-31"),
        ("Eve Chair", "independent_chair", None, "holder", "2017-04-01", None),
        ("Dee Deputy", "independent_chair", None, "deputy", "2016-01-01", "2017-12-31"),
    ]
    assert {each.address for each in directory.list()} == {
        None,
        "carys@example.com",
        "dee@example.org",
        "pat@example.org",
    }


def test_an_old_file_does_not_bring_back_who_has_left(
    directory: Directory, clock: FrozenClock, tmp_path: Path
) -> None:
    path = sheet(tmp_path, PEOPLE)
    directory.import_csv(path)
    for name, role in (("Carys Chair", "independent_chair"), ("Pat Lead", "agency_lead")):
        directory.end(name, role, date(2017, 1, 31))
    clock.advance(days=60)

    assert problems(directory, path) == [
        "people.csv:4: Pat Lead was agency_lead of police until 2017-01-31, and is not any more; "
        "say since when they are again, or leave the line out"
    ]
    dated = PEOPLE.replace("Holder,,", "Holder,2017-01-09,")
    assert directory.import_csv(sheet(tmp_path, dated)) == Imported(0, 0, 3)
    assert [each.name for each in directory.list(on=date(2017, 3, 1))] == ["Dee Deputy"]


def test_a_row_without_a_first_day_means_what_is_held_last(
    directory: Directory, clock: FrozenClock, tmp_path: Path
) -> None:
    path = sheet(tmp_path, HEADER + "Ann,executive,,,,,2017-06-30\n")
    directory.import_csv(path)
    clock.advance(days=300)

    assert directory.import_csv(path) == Imported(0, 0, 1)
    assert held(directory) == [("Ann", "executive", None, "holder", "2017-01-09", "2017-06-30")]


def test_in_a_framework_without_agencies_their_roles_are_held_for_none() -> None:
    text = FRAMEWORK[: FRAMEWORK.index("agencies:")]
    alone = framework(framework=text)
    board = engine(of=alone)
    directory = Directory(board)

    assert ("agency", None) in {(each.role, each.agency) for each in directory.vacant()}
    directory.add("Ann", "agency")

    assert "agency" not in {each.role for each in directory.vacant()}
    board.close()
