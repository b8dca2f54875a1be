"""The other door: the same payload as one entry on the event bus. The same errors as over HTTP."""

import json
from typing import Any, NoReturn, Self

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    SSLError,
)
from django.conf import settings

from sirius_client.errors import (
    OutcomeUnknown,
    RequestRefused,
    SignInRefused,
    SiriusBusy,
    SiriusUnreachable,
)
from sirius_client.types import EventReceipt
from wire.text import storable
from wire.trust import ca_file

SOURCE = "opg.supervision.serve"
DETAIL_TYPE = "court-order-submitted"
LONGEST_EVENT_ID = 100  # what a database column holds; those of the bus have 36 characters
BUSY_CODES = {
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "LimitExceededException",
}
# OpenSSL's words, and urllib3's for another name, for what is refused before anything is sent.
HANDSHAKE_WORDS = (
    *("CERTIFICATE_VERIFY_FAILED", "UNSUPPORTED_PROTOCOL", "WRONG_VERSION_NUMBER"),
    *("TLSV1_ALERT_PROTOCOL_VERSION", "HANDSHAKE_FAILURE", "doesn't match"),
    "legacy sigalg disallowed",
)
CREDENTIAL_CODES = {
    "ExpiredToken",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
}


class EventBus:
    """One bus of EventBridge. Credentials are found as boto3 finds them."""

    def __init__(
        self,
        *,
        bus_name: str,
        region: str,
        endpoint_url: str = "",
        connect_seconds: float = 5,
        read_seconds: float = 30,
        ca_bundle: str = "",
    ) -> None:
        self._bus_name = bus_name
        # A session of its own: the default one is shared, and not safe to share among threads.
        self._client: Any = boto3.Session().client(
            "events",
            region_name=region,
            endpoint_url=endpoint_url or None,
            verify=ca_file(ca_bundle),
            config=Config(
                connect_timeout=connect_seconds,
                read_timeout=read_seconds,
                # A repeat after an unknown outcome is the submission's to decide, not botocore's.
                retries={"total_max_attempts": 1},
                proxies={},
            ),
        )

    @classmethod
    def from_settings(cls) -> Self:
        """The bus that the settings EVENT_BUS_* and AWS_REGION describe, with Sirius' timeouts."""
        return cls(
            bus_name=settings.EVENT_BUS_NAME,
            region=settings.AWS_REGION,
            endpoint_url=settings.EVENT_BUS_ENDPOINT,
            connect_seconds=settings.SIRIUS_CONNECT_SECONDS,
            read_seconds=settings.SIRIUS_READ_SECONDS,
            ca_bundle=settings.CA_BUNDLE,
        )

    def put_order(self, *, client_id: int, order_id: int, payload: dict[str, Any]) -> EventReceipt:
        """Puts one order on the bus. The ids are ours; `payload` is the order as the contract has
        it.

        Raises SiriusUnreachable, SignInRefused (credentials), SiriusBusy, RequestRefused or
        OutcomeUnknown. The bus never answers for the content: Sirius reads the event later.
        """
        detail = {"clientId": client_id, "orderId": order_id, "payload": payload}
        entry = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "EventBusName": self._bus_name,
            "Detail": json.dumps(detail, ensure_ascii=False),
        }
        try:
            answer = self._client.put_events(Entries=[entry])
        except ClientError as error:
            _raise_for_call(error)
        except (BotoCoreError, OSError) as error:
            _raise_for_line(error)
        return _receipt(answer)


def _receipt(answer: dict[str, Any]) -> EventReceipt:
    """PutEvents answers 200 even when the entry failed: FailedEntryCount decides (contract)."""
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    results = answer.get("Entries") or [{}]
    result = results[0]
    code = result.get("ErrorCode", "")
    if code in BUSY_CODES:
        raise SiriusBusy("The event bus is busy", http_status=status, body=code)
    # What an internal failure left behind, nobody says.
    if code and not code.startswith("Internal"):
        message = f"The event bus refused the entry: {code}"
        raise RequestRefused(message, http_status=status, body=code)
    event_id = storable(str(result.get("EventId") or ""))[:LONGEST_EVENT_ID]
    if code or answer.get("FailedEntryCount") != 0 or not event_id:
        message = f"The event bus did not take the entry: {code or 'no event id'}"
        raise OutcomeUnknown(message, http_status=status, body=code)
    return EventReceipt(event_id=event_id)


def _raise_for_call(error: ClientError) -> NoReturn:
    """The call failed as a whole. Only the code is kept: messages may repeat the entry."""
    code = str(error.response.get("Error", {}).get("Code", ""))[:100]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if status == 429 or code in BUSY_CODES:
        raise SiriusBusy("The event bus is busy", http_status=status, body=code) from None
    if code in CREDENTIAL_CODES:
        message = f"The event bus did not take our credentials: {code}"
        raise SignInRefused(message, http_status=status, body=code) from None
    if status is not None and 400 <= status < 500:
        message = f"The event bus refused the call: {code}"
        raise RequestRefused(message, http_status=status, body=code) from None
    message = f"The event bus answered {status}"
    raise OutcomeUnknown(message, http_status=status, body=code) from None


def _raise_for_line(error: Exception) -> NoReturn:
    """No answer. Only what certainly went wrong before the request left counts as not applied."""
    name = type(error).__name__
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        raise SignInRefused(f"No credentials for the event bus: {name}") from None
    before = isinstance(error, EndpointConnectionError | ConnectTimeoutError | NoRegionError)
    # TLS may also break later; certificates and versions are refused only before.
    is_handshake = any(words in str(error) for words in HANDSHAKE_WORDS)
    if before or (isinstance(error, SSLError) and is_handshake):
        raise SiriusUnreachable(f"The event bus cannot be reached: {name}") from None
    raise OutcomeUnknown(f"No answer from the event bus: {name}") from None
