"""E-mail, through a real SMTP server on this machine, with and without encryption."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import create_connection, create_server

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from support.posting import PATIENCE, Desk, board

from loopengine.notices.delivering import Delivered, deliver
from loopengine.notices.mail import Mail
from loopengine.notices.patience import NotDelivered

LATE = date(2017, 2, 6)
USER, PASSWORD = b"board", b"hush"


@dataclass
class Office:
    """A mail server: what it took, and whom it refuses, for how long."""

    port: int = 0
    took: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    answer: str = "250 taken"
    hangs_up: bool = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - SMTP's word
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - SMTP's word
        if self.hangs_up:
            server.transport.close()
        if self.answer.startswith("250"):
            letter = message_from_bytes(envelope.content, policy=policy.default)
            self.took.append((list(envelope.rcpt_tos), letter))
        return self.answer


class AnyPort(Controller):
    """A controller that takes whichever port is free, which the library's own does not find."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        create_connection((self.hostname, self.port)).close()


@contextmanager
def post_office(**settings: object) -> Iterator[Office]:
    office = Office()
    controller = AnyPort(office, hostname="127.0.0.1", port=0, **settings)
    controller.start()
    try:
        office.port = controller.port
        yield office
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certified(authority: trustme.CA, tmp_path, monkeypatch) -> ssl.SSLContext:
    """What a server shows, made by an authority that this machine trusts as its own environment says."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def admits(server, session, envelope, mechanism, data) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=known, handled=False)


def mail(office: Office, **given: object) -> Mail:
    return Mail("127.0.0.1", office.port, "board@example.org", **({"encryption": "none"} | given))


@pytest.fixture
def post():
    made = board()
    made.holds("Uma Ünit", "business_unit", "uma@example.org")
    made.holds("Carys Chair", "independent_chair", "carys@example.org")
    made.holds("Ed Executive", "executive", "ed@example.org")
    made.case()
    made.sweep_on(LATE)
    return made


def test_a_message_is_a_plain_letter_with_its_keys(post):
    with post_office() as office:
        assert deliver(post.engine, [mail(office)], patience=PATIENCE) == Delivered(messages=3, sent=3)

    to, letter = next(each for each in office.took if each[0] == ["ed@example.org"])
    assert to == ["ed@example.org"]
    assert letter["To"] == "Ed Executive <ed@example.org>"
    assert letter["From"] == "board@example.org"
    assert letter["Subject"] == "Safeguarding board: 1 overdue"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_all("X-Loopengine-Key") == ["REV-2017-001/decide/1/escalate-1"]
    assert letter["Message-ID"].endswith("@example.org>")
    assert letter["Date"].datetime == post.clock.now()
    assert letter.get_content_type() == "text/plain"
    lines = letter.get_content().splitlines()
    assert lines[6:8] == ["1. REV-2017-001 (Review)", "   Decide whether to review"]
    assert "   loopengine why REV-2017-001" in lines


def test_names_of_any_script_arrive(post):
    with post_office() as office:
        deliver(post.engine, [mail(office)], patience=PATIENCE)

    _, letter = next(each for each in office.took if each[0] == ["uma@example.org"])
    assert letter["To"] == "Uma Ünit <uma@example.org>"
    assert letter.get_content().splitlines()[0] == "Uma Ünit,"


def test_nobody_reads_whom_else_it_went_to(post):
    with post_office() as office:
        deliver(post.engine, [mail(office)], patience=PATIENCE)

    assert all(len(to) == 1 and letter["Cc"] is None for to, letter in office.took)


def test_an_address_that_the_server_refuses_stops_no_other(post):
    with post_office() as office:
        office.refuses = {"carys@example.org": "550 no such user carys@example.org"}
        delivered = [deliver(post.engine, [mail(office)], patience=PATIENCE) for _ in days(post, 7)]

    assert delivered[0] == Delivered(messages=2, sent=2, failed=1)
    assert delivered[-1] == Delivered(parked=1)
    assert sorted(to[0] for to, _ in office.took) == ["ed@example.org", "uma@example.org"]


@pytest.mark.parametrize(("code", "fault"), [("450", "busy"), ("550", "refused")])
def test_what_a_server_answers_is_a_number_and_nothing_else(code, fault):
    with post_office() as office:
        office.refuses = {"uma@example.org": f"{code} mailbox of uma@example.org"}
        with pytest.raises(NotDelivered) as failed:
            mail(office).deliver(one_message())

    assert (str(failed.value), failed.value.fault) == (f"smtp {code}", fault)
    assert failed.value.__context__ is None


def test_a_server_that_takes_no_more_today_is_busy():
    with post_office() as office:
        office.answer = "452 the disk is full"
        with pytest.raises(NotDelivered) as failed:
            mail(office).deliver(one_message())

    assert (failed.value.kind, failed.value.fault) == ("smtp 452", "busy")


def test_a_server_that_hangs_up_is_busy():
    with post_office() as office:
        office.hangs_up = True
        with pytest.raises(NotDelivered) as failed:
            mail(office).deliver(one_message())

    assert (failed.value.kind, failed.value.fault) == ("smtp: SMTPServerDisconnected", "busy")


def test_a_server_that_is_not_there_is_nobody_s_fault():
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NotDelivered) as failed:
        Mail("127.0.0.1", port, "board@example.org", "none").deliver(one_message())

    assert (failed.value.kind, failed.value.fault) == ("unreachable: ConnectionRefusedError", "unreachable")


def test_a_server_that_says_nothing_is_not_waited_for_for_ever():
    with create_server(("127.0.0.1", 0)) as silent:
        quiet = Mail("127.0.0.1", silent.getsockname()[1], "board@example.org", "none", timeout=0.05)
        with pytest.raises(NotDelivered) as failed:
            quiet.deliver(one_message())

    assert (failed.value.kind, failed.value.fault) == (
        "unreachable: SMTPServerDisconnected",
        "unreachable",
    )


@pytest.mark.parametrize(
    "address", ["uma@", "uma unit@example.org", "uma@example.org\nBcc: x@example.org", ""]
)
def test_an_address_that_is_none_is_never_sent_to(address):
    with post_office() as office, pytest.raises(NotDelivered) as failed:
        mail(office).deliver(one_message(address))

    assert office.took == []
    assert (failed.value.kind, failed.value.fault) == ("not an e-mail address", "refused")
    assert failed.value.__context__ is None


# Encryption


def test_a_password_and_the_letter_go_through_starttls(certified):
    asked = {"auth_required": True, "auth_require_tls": True, "authenticator": admits}
    with post_office(tls_context=certified, require_starttls=True, **asked) as office:
        mail(office, encryption="asked", user="board", password="hush").deliver(one_message())

    assert len(office.took) == 1


def test_a_server_may_be_encrypted_from_the_start(certified):
    with post_office(ssl_context=certified) as office:
        mail(office, encryption="begun").deliver(one_message())

    assert len(office.took) == 1


def test_a_wrong_password_is_nobody_s_fault_and_is_not_told(certified):
    asked = {"auth_required": True, "auth_require_tls": True, "authenticator": admits}
    letter = one_message()
    with (
        post_office(tls_context=certified, require_starttls=True, **asked) as office,
        pytest.raises(NotDelivered) as failed,
    ):
        mail(office, encryption="asked", user="board", password="guess").deliver(letter)

    assert failed.value.kind == "unreachable: SMTPAuthenticationError 535"
    assert failed.value.fault == "unreachable"


def test_where_encryption_is_asked_for_nothing_goes_without(certified):
    with post_office() as office, pytest.raises(NotDelivered) as failed:
        mail(office, encryption="asked").deliver(one_message())

    assert office.took == []
    assert failed.value.kind == "unreachable: SMTPNotSupportedError"


@pytest.mark.parametrize(("encryption", "setting"), [("asked", "tls_context"), ("begun", "ssl_context")])
def test_a_certificate_of_somebody_unknown_is_not_taken(certified, monkeypatch, encryption, setting):
    monkeypatch.delenv("SSL_CERT_FILE")
    with post_office(**{setting: certified}) as office, pytest.raises(NotDelivered) as failed:
        mail(office, encryption=encryption).deliver(one_message())

    assert office.took == []
    assert failed.value.kind == "unreachable: SSLCertVerificationError"


def one_message(address: str = "uma@example.org"):
    made = board()
    made.holds("Uma Unit", "business_unit")
    made.case()
    made.sweep_on(date(2017, 1, 27))
    desk = Desk()
    deliver(made.engine, [desk], patience=PATIENCE)
    (message,) = desk.took
    assert message.to is not None
    return replace(message, to=message.to._replace(address=address))


def days(post, number: int) -> Iterator[int]:
    for each in range(number):
        yield each
        post.clock.advance(days=1)
