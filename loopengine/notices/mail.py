"""E-mail: one message a person, over SMTP.

Owns the address of the server, the encryption, and how a server's answers are read. Passes on neither what it
answers nor any address: only a number, or the name of the error.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, parse_qsl, urlsplit

from loopengine.core.one_line import one_line
from loopengine.errors import BadValue
from loopengine.notices.messages import Message
from loopengine.notices.patience import NotDelivered
from loopengine.store.people import Recipient

USER, PASSWORD, FROM = "LOOPENGINE_SMTP_USER", "LOOPENGINE_SMTP_PASSWORD", "LOOPENGINE_SMTP_FROM"
# *begun*: encrypted from the first byte; *asked*: by STARTTLS, without which nothing is sent.
Encryption: TypeAlias = Literal["begun", "asked", "none"]
_WORDS: Mapping[str, Encryption] = {"starttls": "asked", "none": "none"}
_PORTS: Mapping[Encryption, int] = {"begun": 465, "asked": 587, "none": 25}
_SECONDS = 30.0
_FORM = "write smtp://HOST:PORT?from=ADDRESS, or smtps:// for a server that is encrypted from the start"


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends e-mail by the server at *host*, as *sender*; with *user* and *password* if it wants them."""

    host: str
    port: int
    sender: str = field(repr=False)
    encryption: Encryption = "asked"
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    timeout: float = _SECONDS
    channel: str = "mail"
    audience: Literal["addresses"] = "addresses"

    @classmethod
    def read(cls, text: str, environment: Mapping[str, str]) -> Mail:
        """The server that *text* names; raises BadValue, without quoting what may be secret."""
        parts = urlsplit(text)
        port = _port(parts)
        asked = dict(parse_qsl(parts.query))
        if parts.username is not None or parts.password is not None:
            raise BadValue("a user and a password are not for the command line", f"set {USER} and {PASSWORD}")
        if not parts.hostname or parts.path not in ("", "/") or set(asked) - {"from", "tls"}:
            raise BadValue("that is not the address of a mail server", _FORM)
        encryption = _encryption(parts, asked.get("tls"))
        user = environment.get(USER) or None
        if user and encryption == "none" and not is_here(parts.hostname):
            raise BadValue("a password is not sent without encryption", "leave out tls=none")
        sender = asked.get("from") or environment.get(FROM) or ""
        if not is_address(sender):
            raise BadValue("nobody is named as the sender", f"add ?from=ADDRESS, or set {FROM}")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[encryption],
            sender=sender,
            encryption=encryption,
            user=user,
            password=environment.get(PASSWORD) or None,
        )

    def deliver(self, message: Message) -> None:
        """Send *message*; raises NotDelivered."""
        letter = self._letter(message)
        server = self._connected()
        trouble = None
        try:
            server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            trouble = _answered(next(iter(error.recipients.values()))[0])
        except smtplib.SMTPResponseException as error:
            trouble = _answered(error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            trouble = NotDelivered("smtp: the server takes no such address", "refused")
        except (OSError, smtplib.SMTPException) as error:
            trouble = NotDelivered(f"smtp: {type(error).__name__}", "busy")
        finally:
            _part(server)
        if trouble is not None:
            raise trouble

    def _connected(self) -> smtplib.SMTP:
        """A server that is ready to take a message: what goes wrong until then is not the message's fault."""
        server: smtplib.SMTP | None = None
        try:
            # Also checks whose certificate it is; SSL_CERT_FILE names another authority.
            context = None if self.encryption == "none" else ssl.create_default_context()
            if self.encryption == "begun":
                server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            if self.encryption == "asked":
                server.starttls(context=context)
            if self.user is not None:
                server.login(self.user, self.password or "")
        except (OSError, smtplib.SMTPException) as error:
            code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else ""
            kind = f"{type(error).__name__} {code}".strip()
        else:
            return server
        if server is not None:
            server.close()
        raise NotDelivered(f"unreachable: {kind}", "unreachable")

    def _letter(self, message: Message) -> EmailMessage:
        """*message* with its headers; raises NotDelivered for an address that is none."""
        to = None if message.to is None else _address(message.to)
        if to is None:
            raise NotDelivered("not an e-mail address", "refused")
        letter = EmailMessage(policy=SMTP)
        letter["To"] = to
        letter["From"] = self.sender
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(message.at)
        letter["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        letter["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note comes back
        for key in message.keys:
            letter["X-Loopengine-Key"] = key
        letter.set_content(message.text, charset="utf-8", cte="quoted-printable")
        return letter


def is_address(text: str) -> bool:
    """Whether *text* can be an e-mail address."""
    name, _, domain = text.rpartition("@")
    return bool(name and domain) and text.isprintable() and " " not in text


def is_here(host: str) -> bool:
    """Whether *host* is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(recipient: Recipient) -> Address | None:
    try:
        return Address(one_line(recipient.name), addr_spec=recipient.address or "")
    except (ValueError, MessageError, IndexError):
        return None


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise BadValue("the port of the mail server is not a number up to 65535", _FORM) from None


def _encryption(parts: SplitResult, asked: str | None) -> Encryption:
    if asked is not None and (asked not in _WORDS or parts.scheme == "smtps"):
        raise BadValue(f"tls cannot be {asked!r}", "it is starttls or none, with smtp://")
    if parts.scheme == "smtps":
        return "begun"
    if asked is not None:
        return _WORDS[asked]
    return "none" if is_here(parts.hostname or "") else "asked"


def _answered(code: int) -> NotDelivered:
    return NotDelivered(f"smtp {code}", "busy" if 400 <= code < 500 else "refused")


def _part(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
