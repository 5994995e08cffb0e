"""What a user writes for a way to deliver, and the two ways that need no network."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from loopengine.errors import BadValue
from loopengine.notices.deliverers import Folder, Print, deliverer_of
from loopengine.notices.mail import Mail
from loopengine.notices.messages import Message
from loopengine.notices.patience import NotDelivered
from loopengine.notices.webhook import Webhook
from loopengine.store.people import Recipient

SENDER = {"LOOPENGINE_SMTP_FROM": "board@example.org"}
SIGNED = {"LOOPENGINE_WEBHOOK_SECRET": "hush"}


def message(key="k1", text="Uma Unit,\n"):
    return Message(
        key=key,
        to=Recipient(1, "Uma Ünit", None),
        told=(),
        subject="Safeguarding board: 1 overdue",
        text=text,
        at=datetime(2017, 4, 27, 23, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "environment", "found"),
    [
        ("print", {}, Print()),
        ("file:out", {}, Folder(Path("out"))),
        ("file:///tmp/out", {}, Folder(Path("/tmp/out"))),
        ("smtp://mail.example", SENDER, Mail("mail.example", 587, "board@example.org", "asked")),
        ("smtp://127.0.0.1:2525", SENDER, Mail("127.0.0.1", 2525, "board@example.org", "none")),
        ("smtp://localhost?tls=starttls", SENDER, Mail("localhost", 587, "board@example.org", "asked")),
        ("smtp://mail.example?tls=none", SENDER, Mail("mail.example", 25, "board@example.org", "none")),
        ("smtps://mail.example?from=a@b.example", SENDER, Mail("mail.example", 465, "a@b.example", "begun")),
        (
            "smtp://mail.example",
            {**SENDER, "LOOPENGINE_SMTP_USER": "u", "LOOPENGINE_SMTP_PASSWORD": "p"},
            Mail("mail.example", 587, "board@example.org", "asked", "u", "p"),
        ),
        ("https://x.example/in?a=1", SIGNED, Webhook("https://x.example/in?a=1", b"hush")),
        ("http://127.0.0.1:8080/", SIGNED, Webhook("http://127.0.0.1:8080/", b"hush")),
        ("http://[::1]:8080/", SIGNED, Webhook("http://[::1]:8080/", b"hush")),
        (
            "https://x.example/",
            {"LOOPENGINE_WEBHOOK_SECRET": "whsec_aHVzaA=="},
            Webhook("https://x.example/", b"hush"),
        ),
    ],
)
def test_what_is_written_names_a_deliverer(text, environment, found):
    assert deliverer_of(text, environment) == found


@pytest.mark.parametrize(
    ("text", "environment", "said"),
    [
        ("", {}, "'' is not a way to deliver; write print, file:FOLDER"),
        ("printer", {}, "'printer' is not a way to deliver"),
        ("print:x", {}, "'print:x' is not a way to deliver"),
        ("file:", {}, "'file:' is not a way to deliver"),
        ("smtp:host", SENDER, "'smtp:host' is not a way to deliver"),
        ("ftp://me:hush@host", {}, "what is given is not a way to deliver"),
        ("smtp://host", {}, "nobody is named as the sender; add .from=ADDRESS, or set LOOPENGINE_SMTP_FROM"),
        ("smtp://host?from=hush", {}, "nobody is named as the sender"),
        ("smtp://me:hush@host", SENDER, "a user and a password are not for the command line; set LOOPENGINE"),
        ("smtp://", SENDER, "that is not the address of a mail server"),
        ("smtp://host?hush=1", SENDER, "that is not the address of a mail server"),
        ("smtp://host:hush", SENDER, "the port of the mail server is not a number"),
        ("smtp://host?tls=maybe", SENDER, "tls cannot be 'maybe'; it is starttls or none"),
        ("smtps://host?tls=none", SENDER, "tls cannot be 'none'"),
        (
            "smtp://mail.example?tls=none",
            {**SENDER, "LOOPENGINE_SMTP_USER": "u"},
            "a password is not sent without encryption; leave out tls=none",
        ),
        ("https://x.example/", {}, "there is no secret to sign with; set LOOPENGINE_WEBHOOK_SECRET"),
        ("http://x.example/hush", SIGNED, "notices are not sent without encryption; write https://"),
        ("https://me:hush@x.example/", SIGNED, "that is not the address of a webhook"),
        ("https:///hush", SIGNED, "that is not the address of a webhook"),
        ("https://x:hush/", SIGNED, "that is not the address of a webhook"),
        ("https://x.example/", {"LOOPENGINE_WEBHOOK_SECRET": "whsec_hush!"}, "does not go on in base64"),
    ],
)
def test_what_names_none_is_refused_without_telling_a_secret(text, environment, said):
    with pytest.raises(BadValue, match=said) as refused:
        deliverer_of(text, environment)

    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("text", ["smtp://mail.example", "https://x.example/hush"])
def test_no_secret_is_in_what_a_deliverer_looks_like(text):
    environment = {**SENDER, **SIGNED, "LOOPENGINE_SMTP_USER": "hush", "LOOPENGINE_SMTP_PASSWORD": "hush"}
    found = deliverer_of(text, environment)

    assert "hush" not in repr(found) + found.channel
    assert "board@" not in repr(found)


def test_two_programs_have_a_channel_each():
    one, other = (deliverer_of(f"https://x.example/{path}", SIGNED).channel for path in "ab")

    assert one != other
    assert one.startswith("webhook:x.example~")


def test_printing_shows_the_letter_with_its_keys():
    page = StringIO()
    Print(page).deliver(message())

    assert page.getvalue().splitlines() == [
        "=" * 76,
        "To: Uma Ünit",
        "Subject: Safeguarding board: 1 overdue",
        "",
        "Uma Unit,",
        "",
    ]


def test_a_page_that_takes_nothing_is_somewhere_where_nobody_is():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    with suppress(OSError), full.open("w") as page:
        with pytest.raises(NotDelivered) as failed:
            Print(page).deliver(message())
        assert failed.value.fault == "unreachable"


def test_each_message_is_a_file_of_its_own_called_by_day_and_key(tmp_path):
    folder = Folder(tmp_path / "new" / "out")
    folder.deliver(message("k1"))
    folder.deliver(message("k2"))

    assert sorted(path.name for path in folder.path.iterdir()) == ["2017-04-28-k1.txt", "2017-04-28-k2.txt"]
    assert (folder.path / "2017-04-28-k1.txt").read_text("utf-8").startswith("To: Uma Ünit\nSubject: ")


def test_the_same_message_again_is_the_same_file(tmp_path):
    folder = Folder(tmp_path)
    folder.deliver(message(text="once\n"))
    folder.deliver(message(text="twice\n"))

    (path,) = tmp_path.iterdir()
    assert path.read_text("utf-8").endswith("twice\n")


def test_what_cannot_be_written_leaves_nothing_half_done(tmp_path):
    folder = Folder(tmp_path)
    with pytest.raises(UnicodeEncodeError):
        folder.deliver(message(text="half a character: \ud800"))

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_is_somewhere_where_nobody_is(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(NotDelivered) as failed:
        Folder(tmp_path / "out").deliver(message())

    assert failed.value.fault == "unreachable"
    assert str(tmp_path) not in str(failed.value)
    assert failed.value.__context__ is None
