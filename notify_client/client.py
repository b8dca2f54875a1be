"""The client of GOV.UK Notify: one call a mail, never repeated, no redirect followed.

The wire is that of Notify's REST documentation: "Send an email" and "Error codes".
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings

from notify_client.errors import (
    KeyRefused,
    MailNotTaken,
    MailRefused,
    NotConfigured,
    NotifyBusy,
)
from notify_client.keys import ApiKey, KeyUnreadable
from wire.hosts import is_allowed
from wire.line import Answer, LineFailed, Patience, ask
from wire.text import storable

SEND_EMAIL = "/v2/notifications/email"
MESSAGE_LIMIT = 300
MOST_BYTES = 256 * 1024
HIDDEN = "[hidden]"


class NotifyClient:
    """Hands mails to Notify in the name of one service."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str,
        allowed_hosts: Collection[str],
        connect_seconds: float = 3,
        read_seconds: float = 8,
        total_seconds: float = 10,
        release: str = "development",
        ca_bundle: str = "",
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._allowed_hosts = allowed_hosts
        self._patience = Patience(connect_seconds, read_seconds, total_seconds)
        self._ca_bundle = ca_bundle
        self._user_agent = f"serve-opg/{release}"

    @classmethod
    def from_settings(cls) -> Self:
        """The client that the settings NOTIFY_* describe."""
        return cls(
            settings.NOTIFY_URL,
            key=settings.NOTIFY_API_KEY,
            allowed_hosts=settings.NOTIFY_ALLOWED_HOSTS,
            connect_seconds=settings.NOTIFY_CONNECT_SECONDS,
            read_seconds=settings.NOTIFY_READ_SECONDS,
            total_seconds=settings.NOTIFY_TOTAL_SECONDS,
            release=settings.RELEASE,
            ca_bundle=settings.CA_BUNDLE,
        )

    def send_email(
        self, *, to: str, template_id: str, personalisation: Mapping[str, Any], reference: str
    ) -> str:
        """Notify's id of the message it has taken; `personalisation` are the template's values.

        Raises `MailNotTaken` (its kinds say why) and `MailRefused`.
        """
        key = self._checked_key(template_id)
        wanted = {
            "email_address": to,
            "template_id": template_id,
            "personalisation": dict(personalisation),
            "reference": reference,
        }
        headers = {
            "Authorization": f"Bearer {key.token()}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": self._user_agent,
        }
        url = urlsplit(self._base_url + SEND_EMAIL)
        try:
            answer = ask(
                url,
                method="POST",
                path=url.path,
                body=json.dumps(wanted).encode(),
                headers=headers,
                patience=self._patience,
                most_bytes=MOST_BYTES,
                ca_bundle=self._ca_bundle,
            )
        except LineFailed as failure:
            raise MailNotTaken(
                f"Notify cannot be reached: {failure}", may_have_left=failure.may_have_left
            ) from None
        return _read_answer(answer, secrets=[to, *map(str, personalisation.values())])

    def _checked_key(self, template_id: str) -> ApiKey:
        if not self._base_url or not self._key:
            raise NotConfigured("NOTIFY_URL or NOTIFY_API_KEY is not set")
        if not template_id:
            raise NotConfigured("The template of this mail is not set")
        if not is_allowed(self._base_url, self._allowed_hosts):
            raise NotConfigured("The host of NOTIFY_URL is not in NOTIFY_ALLOWED_HOSTS")
        try:
            return ApiKey.read(self._key)
        except KeyUnreadable as error:
            raise NotConfigured(f"NOTIFY_API_KEY cannot be used. {error}") from None


def _read_answer(answer: Answer, *, secrets: Iterable[str]) -> str:
    """The message's id. Raises what any other answer means."""
    content = _content(answer.body)
    if answer.status == 201 and isinstance(content.get("id"), str):
        return storable(content["id"])
    said = _messages(content, secrets=secrets) or [f"Notify answered {answer.status}"]
    if answer.status == 429:
        raise NotifyBusy("; ".join(said))
    if answer.status in {401, 403}:
        raise KeyRefused("; ".join(said))
    if 400 <= answer.status < 500 and answer.status != 408:
        raise MailRefused(said)
    # 5xx, a redirect, a 201 without an id: it may have been taken all the same.
    raise MailNotTaken(f"Notify answered {answer.status}", may_have_left=True)


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _messages(content: dict[str, Any], *, secrets: Iterable[str]) -> list[str]:
    """Notify's own words, without a value of ours in them."""
    errors = content.get("errors")
    found = errors if isinstance(errors, list) else []
    said = [str(one["message"]) for one in found if isinstance(one, dict) and "message" in one]
    for secret in filter(None, secrets):
        said = [words.replace(secret, HIDDEN) for words in said]
    return [storable(words)[:MESSAGE_LIMIT] for words in said]
