"""A program that is told, through a real HTTP server on this machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import date
from socket import create_server

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from support.posting import PATIENCE, Board, Desk, Posted, Receiver, board, receiver

from loopengine.notices.delivering import Delivered, deliver
from loopengine.notices.patience import NotDelivered
from loopengine.notices.webhook import Webhook

SECRET = b"hush"
ESCALATED = date(2017, 2, 6)


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def post() -> Board:
    made = board()
    made.case()
    made.sweep_on(ESCALATED)
    return made


def hook(server: Receiver, **given: object) -> Webhook:
    return Webhook(f"{server.url}/in", SECRET, **given)


def run(post: Board, hooked: Webhook) -> Delivered:
    return deliver(post.engine, [hooked], patience=PATIENCE)


def is_signed(posted: Posted, secret: bytes = SECRET) -> bool:
    """As docs/notices.md tells the receiving end to look."""
    signed = f"{posted.headers['webhook-id']}.{posted.headers['webhook-timestamp']}.".encode() + posted.body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    given = [each.removeprefix("v1,") for each in posted.headers["webhook-signature"].split()]
    return any(hmac.compare_digest(expected, each) for each in given)


def test_each_notice_is_a_cloud_event_that_others_read(post, server):
    assert run(post, hook(server)) == Delivered(messages=3, sent=3)

    events = [
        from_structured_event(HTTPMessage(posted.headers, posted.body), JSONFormat()) for posted in server.got
    ]
    assert [event.get_type() for event in events] == [
        "loopengine.notice.reminded",
        "loopengine.notice.overdue",
        "loopengine.notice.escalated",
    ]
    event = events[-1]
    assert event.get_id() == "REV-2017-001/decide/1/escalate-1"
    assert event.get_source() == "urn:loopengine:small"
    assert event.get_subject() == "REV-2017-001"
    assert event.get_time() == post.clock.now()
    assert event.get_data() == {
        "key": "REV-2017-001/decide/1/escalate-1",
        "case": "REV-2017-001",
        "workflow": "review",
        "workflow_title": "Review",
        "deadline": "decide",
        "title": "Decide whether to review",
        "kind": "escalated",
        "notice": "escalate-1",
        "due": "2017-02-03",
        "days_late": 3,
        "standing": "overdue",
        "provisional": False,
        "roles": ["executive"],
        "agencies": [],
        "rehearsal": False,
    }


def test_it_is_signed_over_its_body_and_the_time(post, server):
    run(post, hook(server))

    first = server.got[0]
    assert first.headers["webhook-timestamp"] == str(int(post.clock.now().timestamp()))
    assert is_signed(first)
    assert not is_signed(first, b"other")
    assert not is_signed(Posted(first.path, first.headers, first.body + b" "))
    assert not is_signed(Posted(first.path, {**first.headers, "webhook-timestamp": "1"}, first.body))


def test_a_poisoned_key_is_parked_and_stops_no_other(post, server):
    server.answers = lambda posted: 500 if b"/overdue" in posted.body else 204

    first = run(post, hook(server))
    for _ in range(6):
        post.clock.advance(days=1)
        last = run(post, hook(server))

    assert first == Delivered(messages=2, sent=2, failed=1)
    assert last == Delivered(parked=1)
    poisoned = [posted for posted in server.got if b"/overdue" in posted.body]
    assert len(poisoned) == 7 * PATIENCE.tries
    assert len({posted.headers["webhook-id"] for posted in poisoned}) == 1


@pytest.mark.parametrize(
    ("code", "fault"),
    [(400, "refused"), (404, "refused"), (410, "refused"), (408, "busy"), (429, "busy"), (500, "busy")],
)
def test_what_a_program_answers_is_a_number_and_nothing_else(post, server, code, fault):
    server.answers = lambda posted: code
    with pytest.raises(NotDelivered) as failed:
        send_one(post, server)

    assert (str(failed.value), failed.value.fault) == (f"http {code}", fault)
    assert failed.value.__context__ is None


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_not_taken_for_delivered(post, server, code):
    server.answers = lambda posted: code
    with pytest.raises(NotDelivered, match=f"http {code}"):
        send_one(post, server)

    assert [posted.path for posted in server.got] == ["/in"]


def test_a_program_that_is_not_there_is_nobody_s_fault(post):
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert run(post, Webhook(f"http://127.0.0.1:{port}/", SECRET)) == Delivered(failed=1, waiting=2)


def test_a_program_that_does_not_answer_is_busy(post):
    with create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/hush"
        with pytest.raises(NotDelivered) as failed:
            send_one(post, Receiver(url), timeout=0.05)

    assert (failed.value.kind, failed.value.fault) == ("http: TimeoutError", "busy")


def send_one(post: Board, server: Receiver, **given: object) -> None:
    """Deliver one event, without anything that would keep its failure from us."""
    desk = Desk(audience="program")
    deliver(post.engine, [desk], patience=PATIENCE)
    hook(server, **given).deliver(desk.took[0])
