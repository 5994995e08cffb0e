"""The directory's rows: whom to tell on a day, and what is left of whoever is erased."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import Connection, text

from loopengine.core.needs import Standing
from loopengine.store import people
from loopengine.store.database import Database

FIRST = date(2016, 1, 1)
TODAY = date(2017, 1, 9)


@pytest.fixture
def connection() -> Iterator[Connection]:
    database = Database("sqlite://")
    with database.writing() as opened:
        yield opened
    database.close()


def hold(
    connection: Connection,
    name: str,
    role: str,
    *,
    agency: str | None = None,
    standing: Standing = "holder",
    since: date = FIRST,
    until: date | None = None,
) -> int:
    """Have somebody hold a role, who is added if they are not there; the key of the office."""
    known = people.find(connection, name)
    person = people.add(connection, name, None) if known is None else known.person_id
    return people.appoint(
        connection, person, role=role, agency=agency, standing=standing, since=since, until=until
    )


def told(connection: Connection, role: str, *agencies: str, on: date = TODAY) -> list[str]:
    return [each.name for each in people.recipients(connection, role, agencies, on)]


def test_a_recipient_is_a_key_a_name_and_an_address(connection: Connection) -> None:
    key = people.add(connection, "Carys Chair", "carys@example.org")
    hold(connection, "Carys Chair", "independent_chair")

    found = people.recipients(connection, "independent_chair", [], TODAY)

    assert found == [people.Recipient(person_id=key, name="Carys Chair", address="carys@example.org")]


def test_the_first_and_the_last_day_count(connection: Connection) -> None:
    hold(connection, "Carys", "executive", since=date(2017, 1, 3), until=date(2017, 1, 9))

    days = [date(2017, 1, day) for day in (2, 3, 9, 10)]

    assert [told(connection, "executive", on=day) for day in days] == [[], ["Carys"], ["Carys"], []]


def test_all_who_hold_a_role_are_told_once_each_in_the_order_of_their_names(connection: Connection) -> None:
    hold(connection, "Bea", "executive")
    hold(connection, "Ann", "executive")
    hold(connection, "Ann", "executive", agency="police")
    hold(connection, "Cat", "management_group")

    assert told(connection, "executive") == ["Ann", "Bea"]


def test_a_role_of_agencies_is_narrowed_by_those_that_are_meant(connection: Connection) -> None:
    for name, agency in (("Pat", "police"), ("Hal", "hospital"), ("Sue", "school")):
        hold(connection, name, "agency_lead", agency=agency)

    assert told(connection, "agency_lead", "police", "school") == ["Pat", "Sue"]
    assert told(connection, "agency_lead") == ["Hal", "Pat", "Sue"]
    assert told(connection, "agency_lead", "council") == []


def test_agencies_do_not_narrow_the_other_roles(connection: Connection) -> None:
    hold(connection, "Rae", "lead_reviewer", agency="council")

    assert told(connection, "lead_reviewer", "police") == ["Rae"]


def test_whoever_acts_takes_the_place_of_the_holder_while_acting(connection: Connection) -> None:
    hold(connection, "Carys", "independent_chair")
    hold(
        connection,
        "Dee",
        "independent_chair",
        standing="acting",
        since=date(2017, 1, 9),
        until=date(2017, 1, 10),
    )

    by_day = [told(connection, "independent_chair", on=date(2017, 1, day)) for day in (8, 9, 10, 11)]

    assert by_day == [["Carys"], ["Dee"], ["Dee"], ["Carys"]]


def test_beside_several_holders_nobody_can_say_whose_place_it_is_and_all_are_told(
    connection: Connection,
) -> None:
    hold(connection, "Ann", "executive")
    hold(connection, "Bea", "executive")
    hold(connection, "Dee", "executive", standing="acting")

    assert told(connection, "executive") == ["Ann", "Bea", "Dee"]


def test_one_agency_has_its_own_place_to_take(connection: Connection) -> None:
    hold(connection, "Pat", "agency_lead", agency="police")
    hold(connection, "Hal", "agency_lead", agency="hospital")
    hold(connection, "Dee", "agency_lead", agency="police", standing="acting")

    assert told(connection, "agency_lead") == ["Dee", "Hal"]


@pytest.mark.parametrize("standing", ["holder", "acting"])
def test_deputies_are_told_only_where_there_is_neither_holder_nor_acting(
    connection: Connection, standing: Standing
) -> None:
    hold(connection, "Dee", "independent_chair", standing="deputy")
    hold(connection, "Carys", "independent_chair", standing=standing, until=TODAY)

    assert told(connection, "independent_chair") == ["Carys"]
    assert told(connection, "independent_chair", on=date(2017, 1, 10)) == ["Dee"]


def test_a_deputy_steps_in_for_their_own_agency_alone(connection: Connection) -> None:
    hold(connection, "Pat", "agency_lead", agency="police")
    hold(connection, "Dee", "agency_lead", agency="police", standing="deputy")
    hold(connection, "Hal", "agency_lead", agency="hospital", standing="deputy")

    assert told(connection, "agency_lead") == ["Hal", "Pat"]


def test_a_deputy_who_acts_is_told_as_whoever_acts(connection: Connection) -> None:
    hold(connection, "Carys", "independent_chair")
    hold(connection, "Dee", "independent_chair", standing="deputy")
    hold(connection, "Dee", "independent_chair", standing="acting")

    assert told(connection, "independent_chair") == ["Dee"]


def test_offices_are_listed_by_role_and_agency_holders_first(connection: Connection) -> None:
    hold(connection, "Dee", "executive", standing="deputy")
    hold(connection, "Amy", "executive", standing="acting")
    hold(connection, "Zoe", "executive")
    hold(connection, "Hal", "agency", agency="hospital")
    hold(connection, "Old", "executive", since=date(2015, 1, 1), until=date(2015, 12, 31))

    assert [each.name for each in people.offices(connection)] == ["Hal", "Old", "Zoe", "Amy", "Dee"]
    assert [each.name for each in people.offices(connection, on=TODAY, role="executive")] == [
        "Zoe",
        "Amy",
        "Dee",
    ]
    assert [each.role for each in people.offices(connection, name="Hal")] == ["agency"]


def test_whoever_is_erased_is_gone_with_all_that_they_held(connection: Connection) -> None:
    hold(connection, "Ann", "executive")
    hold(connection, "Ann", "agency", agency="police", until=TODAY)
    hold(connection, "Bea", "executive")
    ann = people.find(connection, "Ann")
    assert ann is not None

    assert people.erase(connection, ann.person_id) == 2

    assert people.find(connection, "Ann") is None
    assert [each.name for each in people.offices(connection)] == ["Bea"]


def test_the_key_of_whoever_was_erased_is_never_anybody_elses(connection: Connection) -> None:
    """What is on its way to a person names them by their key."""
    first, second, third = (people.add(connection, name, None) for name in "abc")
    for key in (third, second):
        people.erase(connection, key)

    fourth = people.add(connection, "d", None)
    people.erase(connection, fourth)
    fifth = people.add(connection, "e", None)

    assert len({first, second, third, fourth, fifth}) == 5


def test_what_is_written_is_undone_with_the_transaction() -> None:
    database = Database("sqlite://")
    with database.writing() as connection:
        key = people.add(connection, "Ann", None)

    with suppress(KeyError), database.writing() as connection:
        people.erase(connection, key)
        people.add(connection, "Bea", None)
        raise KeyError

    with database.reading() as connection:
        assert people.names(connection) == ["Ann"]
        assert connection.execute(text("select count(*) from loop_setting")).scalar_one() == 0
    database.close()
