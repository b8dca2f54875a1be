"""The client of OS Places: one call a look-up, never repeated, no redirect followed."""

import re
from collections.abc import Collection
from typing import Self
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

from places_client.addresses import Address, read_addresses
from places_client.errors import (
    AnswerUnreadable,
    NotConfigured,
    PlacesBusy,
    PlacesRefused,
    PlacesUnavailable,
    PostcodeInvalid,
)
from wire.hosts import is_allowed
from wire.line import LineFailed, Patience, ask

SEARCH = "/search/places/v1/postcode"
# Letters and digits as Royal Mail gives them out; its one exception is GIR 0AA.
# A postcode's 100 addresses are about 150 KB.
MOST_BYTES = 1024 * 1024
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR) ?([0-9][A-Z]{2})")


class PlacesClient:
    """Looks up the addresses of postcodes. Its key goes in a header, and nowhere else."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str,
        allowed_hosts: Collection[str],
        connect_seconds: float = 2,
        read_seconds: float = 3,
        total_seconds: float = 5,
        ca_bundle: str = "",
    ) -> None:
        self._base_url = base_url.rstrip("/")
        # A line break at the end of a secret's file is no part of the key.
        self._key = key.strip()
        self._allowed_hosts = allowed_hosts
        self._patience = Patience(connect_seconds, read_seconds, total_seconds)
        self._ca_bundle = ca_bundle

    @classmethod
    def from_settings(cls) -> Self:
        """The client that the settings PLACES_* describe."""
        return cls(
            settings.PLACES_URL,
            key=settings.PLACES_API_KEY,
            allowed_hosts=settings.PLACES_ALLOWED_HOSTS,
            connect_seconds=settings.PLACES_CONNECT_SECONDS,
            read_seconds=settings.PLACES_READ_SECONDS,
            total_seconds=settings.PLACES_TOTAL_SECONDS,
            ca_bundle=settings.CA_BUNDLE,
        )

    def find_addresses(self, postcode: str) -> list[Address]:
        """The addresses of a whole postcode, any case and spacing, by number; [] where none are.

        Raises PostcodeInvalid, or PlacesUnavailable (its kinds say why).
        """
        asked = _whole_postcode(postcode)
        url = self._service()
        # English alone: a Welsh address would stand there twice, once in each language.
        query = urlencode({"postcode": asked, "dataset": "DPA", "lr": "EN", "maxresults": 100})
        headers = {"key": self._key, "Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            answer = ask(
                url,
                method="GET",
                path=f"{url.path}{SEARCH}?{query}",
                headers=headers,
                patience=self._patience,
                most_bytes=MOST_BYTES,
                ca_bundle=self._ca_bundle,
            )
        except LineFailed as failure:
            raise PlacesUnavailable(f"No whole answer from OS Places: {failure}") from None
        _refuse_unless_ok(answer.status)
        return read_addresses(answer.body)

    def _service(self) -> SplitResult:
        if not self._base_url or not self._key:
            raise NotConfigured("PLACES_URL or PLACES_API_KEY is not set")
        if not is_allowed(self._base_url, self._allowed_hosts):
            raise NotConfigured("The host of PLACES_URL is not in PLACES_ALLOWED_HOSTS")
        return urlsplit(self._base_url)


def _whole_postcode(typed: str) -> str:
    found = POSTCODE.fullmatch("".join(typed.split()).upper())
    if found is None:
        raise PostcodeInvalid("Not a whole postcode")
    return f"{found[1]} {found[2]}"


def _refuse_unless_ok(status: int) -> None:
    """Raises what a status other than 200 means, as the service describes it."""
    if status == 400:
        raise PostcodeInvalid("OS Places does not know such a postcode")
    if status in {401, 403}:
        raise PlacesRefused(f"OS Places answered {status}: see PLACES_API_KEY")
    if status == 429:
        raise PlacesBusy("OS Places asks to wait")
    if status != 200:
        raise (PlacesUnavailable if status >= 500 else AnswerUnreadable)(
            f"OS Places answered {status}"
        )
