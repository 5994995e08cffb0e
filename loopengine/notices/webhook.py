"""A program that is told: one CloudEvent 1.0 for each notice, by HTTP POST, signed.

Signed as the Standard Webhooks say, so that libraries for the receiving end are there in most languages. Owns
the event and the signature. Passes on nothing of what the receiver answers but the number.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPException, HTTPMessage
from typing import IO, Literal
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import BaseHandler, HTTPRedirectHandler, ProxyHandler, Request, build_opener

from loopengine.clock import instant_text
from loopengine.core.values import Json
from loopengine.errors import BadValue
from loopengine.notices.mail import is_here
from loopengine.notices.messages import Message
from loopengine.notices.patience import NotDelivered

SECRET = "LOOPENGINE_WEBHOOK_SECRET"
_IN_BASE64 = "whsec_"
_SECONDS = 30.0
# What a receiver says that would take it later.
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts each notice to *url*, signed with *secret*."""

    url: str = field(repr=False)
    secret: bytes = field(repr=False)
    timeout: float = _SECONDS
    audience: Literal["program"] = "program"

    @classmethod
    def read(cls, text: str, environment: Mapping[str, str]) -> Webhook:
        """The program at the address *text*; raises BadValue, without quoting what may be secret."""
        parts = urlsplit(text)
        try:
            sound = bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound or parts.username is not None or parts.fragment or not text.isascii() or " " in text:
            raise BadValue("that is not the address of a webhook", "write https://HOST/PATH, without a user")
        if parts.scheme == "http" and not is_here(parts.hostname or ""):
            raise BadValue(
                "notices are not sent without encryption", "write https://, or a program on this host"
            )
        secret = environment.get(SECRET) or ""
        if not secret:
            raise BadValue("there is no secret to sign with", f"set {SECRET} to what the receiver knows too")
        return cls(text, _secret(secret))

    @property
    def channel(self) -> str:
        """The host, and a digest of the rest of the address, which may be secret."""
        parts = urlsplit(self.url)
        return f"webhook:{parts.netloc}~{sha256(self.url.encode()).hexdigest()[:6]}"

    def deliver(self, message: Message) -> None:
        """Post *message*; raises NotDelivered unless the answer is a 2xx."""
        body = json.dumps(event_of(message), ensure_ascii=False, separators=(",", ":")).encode()
        moment = str(int(message.at.timestamp()))
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": "loopengine",
            "webhook-id": message.key,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{signature(self.secret, message.key, moment, body)}",
        }
        self._post(Request(self.url, data=body, headers=headers, method="POST"))

    def _post(self, request: Request) -> None:
        handlers: list[BaseHandler] = [_NoRedirects()]
        if is_here(urlsplit(self.url).hostname or ""):
            handlers.append(ProxyHandler({}))
        trouble = None
        try:
            with build_opener(*handlers).open(request, timeout=self.timeout):
                pass
        except HTTPError as error:
            error.close()
            later = error.code >= 500 or error.code in _LATER
            trouble = NotDelivered(f"http {error.code}", "busy" if later else "refused")
        except URLError as error:
            trouble = NotDelivered(f"unreachable: {type(error.reason).__name__}", "unreachable")
        except (OSError, HTTPException) as error:
            trouble = NotDelivered(f"http: {type(error).__name__}", "busy")
        if trouble is not None:
            raise trouble


class _NoRedirects(HTTPRedirectHandler):
    """A POST that is redirected would go on as a GET without its body, and be taken for delivered."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nowhere: the answer is then an error like others."""


def event_of(message: Message) -> dict[str, Json]:
    """The one notice of *message* as a CloudEvent."""
    (told,) = message.told
    notice = told.notice
    return {
        "specversion": "1.0",
        "id": notice.key,
        "source": f"urn:loopengine:{quote(told.board or 'board', safe='')}",
        "type": f"loopengine.notice.{notice.kind}",
        "subject": notice.case,
        "time": instant_text(notice.recorded_at),
        "datacontenttype": "application/json",
        "data": {
            "key": notice.key,
            "case": notice.case,
            "workflow": told.workflow,
            "workflow_title": told.case_title,
            "deadline": notice.deadline,
            "title": told.title,
            "kind": notice.kind,
            "notice": notice.name,
            "due": told.due.isoformat(),
            "days_late": max(told.days_late, 0),
            "standing": told.standing,
            "provisional": told.provisional,
            "roles": list(notice.roles),
            "agencies": list(notice.agencies),
            "rehearsal": message.rehearsal,
        },
    }


def signature(secret: bytes, key: str, moment: str, body: bytes) -> str:
    """What only those who know *secret* can say of *body*, sent under *key* at *moment*."""
    signed = b".".join((key.encode(), moment.encode(), body))
    return b64encode(hmac.new(secret, signed, sha256).digest()).decode()


def _secret(text: str) -> bytes:
    """The bytes to sign with: in base64 after `whsec_`, as the standard writes them, or any text as it is."""
    if not text.startswith(_IN_BASE64):
        return text.encode()
    try:
        return b64decode(text.removeprefix(_IN_BASE64), validate=True)
    except ValueError:
        raise BadValue(
            f"{SECRET} begins with {_IN_BASE64} and does not go on in base64", "copy it anew"
        ) from None
