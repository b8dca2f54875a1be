"""Start-up checks: a half-configured production start is refused with an id and a hint."""

import re
import ssl
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from filestore.clamd import Address
from notify_client.keys import UUID, ApiKey, KeyUnreadable
from serve_opg.gate import Network, read_networks
from wire.hosts import is_allowed
from wire.trust import tls_context

ENVIRONMENTS = {"development", "test", "preproduction", "production"}
REQUIRED_WHEN_DEPLOYED = (
    ("ALLOWED_HOSTS", "E003"),
    ("CELERY_BROKER_URL", "E004"),
    ("SIRIUS_URL", "E005"),
    ("SIRIUS_EMAIL", "E006"),
    ("SIRIUS_PASSWORD", "E007"),
    ("DOCUMENTS_BUCKET", "E008"),
    ("SIRIUS_BUCKET", "E009"),
    ("SIRIUS_KMS_KEY_ID", "E010"),
    ("AUDIT_BUCKET", "E017"),
)
SIGNING_KEY = "serve_opg.E016"
ENVIRONMENT_NAMES = {"CELERY_BROKER_URL": "BROKER_URL"}
# One organisation's own: a private network of type A, or an IPv6 allocation.
WIDEST = {4: 8, 6: 19}
HOST_NAME = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"
NOTIFY_TEMPLATES = ("NOTIFY_ACTIVATION_TEMPLATE_ID", "NOTIFY_RESET_TEMPLATE_ID")
NOTIFY_NAMES = ("NOTIFY_URL", "NOTIFY_API_KEY", *NOTIFY_TEMPLATES)


@register()
def environment_is_known(**_kwargs: Any) -> list[CheckMessage]:
    """One that is misspelt or not set would quietly be treated as a developer's machine."""
    if settings.ENVIRONMENT in ENVIRONMENTS:
        return _no_workbench_is_deployed()
    return [
        Error(
            f"ENVIRONMENT is {settings.ENVIRONMENT!r}, which is none we know.",
            hint=f"Set ENVIRONMENT to one of: {', '.join(sorted(ENVIRONMENTS))}.",
            id="serve_opg.E001",
        )
    ]


def _no_workbench_is_deployed() -> list[CheckMessage]:
    if settings.IS_DEPLOYED or (settings.BASE_DIR / "devstack").is_dir():
        return []
    return [
        Error(
            f"ENVIRONMENT is {settings.ENVIRONMENT!r}, and this is no checkout to develop in.",
            hint="Set ENVIRONMENT to preproduction or production.",
            id="serve_opg.E066",
        )
    ]


@register()
def deployed_settings_are_complete(**_kwargs: Any) -> list[CheckMessage]:
    """Where real orders are, nothing may be left to a default."""
    if not settings.IS_DEPLOYED:
        return []
    missing = [
        Error(
            f"{ENVIRONMENT_NAMES.get(name, name)} is not set.",
            hint="Set it in the environment; .env.example explains it.",
            id=f"serve_opg.{number}",
        )
        for name, number in REQUIRED_WHEN_DEPLOYED
        if not getattr(settings, name)
    ]
    return missing + _unsafe_when_deployed()


def _unsafe_when_deployed() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.DATABASES["default"].get("NAME"):
        found.append(
            Error("DATABASE_URL is not set.", hint="Set DATABASE_URL.", id="serve_opg.E011")
        )
    if settings.DEBUG:
        found.append(
            Error("DEBUG is on.", hint="Remove DEBUG from the environment.", id="serve_opg.E012")
        )
    if len(settings.SECRET_KEY) < 50:
        found.append(
            Error(
                "SECRET_KEY is not set, or is short.",
                hint="Use at least 50 random characters.",
                id="serve_opg.E002",
            )
        )
    if len(settings.AUDIT_SIGNING_KEY) < 32:
        hint = "Use at least 32 random characters, other than SECRET_KEY."
        found.append(Error("AUDIT_SIGNING_KEY is not set, or is short.", hint=hint, id=SIGNING_KEY))
    if settings.SIRIUS_URL and urlsplit(settings.SIRIUS_URL).scheme != "https":
        found.append(
            Error("SIRIUS_URL is not https.", hint="Give an https address.", id="serve_opg.E013")
        )
    return found


@register()
def lease_outlives_a_delivery(**_kwargs: Any) -> list[CheckMessage]:
    """A lease shorter than a post would let a second worker begin while the first still sends."""
    longest = settings.SIRIUS_TOTAL_SECONDS * 2
    if longest < settings.SUBMISSION_LEASE_SECONDS:
        return []
    return [
        Error(
            "SUBMISSION_LEASE_SECONDS is too short: a post could outlive its lease.",
            hint=f"Set it above {longest:g} (twice SIRIUS_TOTAL_SECONDS).",
            id="serve_opg.E014",
        )
    ]


@register()
def settling_outlives_a_post(**_kwargs: Any) -> list[CheckMessage]:
    """A repeat that leaves while the first post still runs could be applied beside it."""
    longest = settings.SIRIUS_TOTAL_SECONDS
    if longest < settings.SUBMISSION_SETTLE_SECONDS:
        return []
    return [
        Error(
            "SUBMISSION_SETTLE_SECONDS is too short: a post could still run when it is repeated.",
            hint=f"Set it above {longest:g} (SIRIUS_TOTAL_SECONDS).",
            id="serve_opg.E018",
        )
    ]


@register()
def sirius_door_is_known(**_kwargs: Any) -> list[CheckMessage]:
    """Only two doors exist."""
    if settings.SIRIUS_DOOR in {"http", "event_bus"}:
        return []
    return [
        Error(
            f"SIRIUS_DOOR is {settings.SIRIUS_DOOR!r}.",
            hint="Set it to http or event_bus.",
            id="serve_opg.E015",
        )
    ]


@register()
def places_host_is_allowed(**_kwargs: Any) -> list[CheckMessage]:
    """The key of the postcode service goes to the hosts that were named, and where real orders are
    by TLS alone.
    """
    url = settings.PLACES_URL
    if not url:
        return []
    found: list[CheckMessage] = []
    if not is_allowed(url, settings.PLACES_ALLOWED_HOSTS):
        found.append(
            Error(
                "PLACES_URL is no address whose host is in PLACES_ALLOWED_HOSTS.",
                hint="Give an https address, or add its host to PLACES_ALLOWED_HOSTS.",
                id="serve_opg.E030",
            )
        )
    if settings.IS_DEPLOYED and urlsplit(url).scheme != "https":
        found.append(
            Error("PLACES_URL is not https.", hint="Give an https address.", id="serve_opg.E031")
        )
    return found


@register()
def other_systems_are_who_they_say(**_kwargs: Any) -> list[CheckMessage]:
    """Where real orders are, every line but the scanner's is TLS with a certificate that is held to
    its name; Sirius, Notify and Places have checks of their own.
    """
    found = _authorities_are_readable()
    if not settings.IS_DEPLOYED:
        return found
    for database in settings.DATABASES.values():
        options = database.get("OPTIONS", {})
        if options.get("sslmode") != "verify-full" or not options.get("sslrootcert"):
            hint = "Let it end in ?sslmode=verify-full&sslrootcert=/path/of/authorities.pem."
            words = "DATABASE_URL does not hold the server's certificate to its name."
            found.append(Error(words, hint=hint, id="serve_opg.E070"))
    broker = urlsplit(settings.CELERY_BROKER_URL)
    if settings.CELERY_BROKER_URL and (broker.scheme != "rediss" or broker.query):
        hint = "Give rediss://:password@host:port/0, without options."
        found.append(Error("BROKER_URL is not plainly TLS.", hint=hint, id="serve_opg.E071"))
    for name in ("S3_ENDPOINT", "EVENT_BUS_ENDPOINT"):
        if getattr(settings, name) and urlsplit(getattr(settings, name)).scheme != "https":
            hint = "Leave it empty for AWS, or give an https address."
            found.append(Error(f"{name} is not https.", hint=hint, id="serve_opg.E072"))
    return found + [
        Error(
            f"{name} is set: it would lead traffic, or its keys, past what is checked here.",
            hint="Remove it from the environment; CA_BUNDLE names authorities of your own.",
            id="serve_opg.E074",
        )
        for name in settings.VARIABLES_THAT_LEAD_ASTRAY
    ]


def _authorities_are_readable() -> list[CheckMessage]:
    try:
        tls_context(settings.CA_BUNDLE)
    except (OSError, ssl.SSLError):
        hint = "Name a file of certificates in PEM, or leave it empty for the public authorities."
        return [Error("CA_BUNDLE cannot be read.", hint=hint, id="serve_opg.E073")]
    return []


@register()
def scanner_can_be_asked(**_kwargs: Any) -> list[CheckMessage]:
    """Without a scanner no file is taken; clamd itself has no TLS, so it must lie inside."""
    url = settings.CLAMD_URL
    if not url and not settings.IS_DEPLOYED:
        return []
    hint = "Give tcp://host:port or unix:///path of a clamd on a private address."
    if not url:
        return [Error("CLAMD_URL is not set.", hint=hint, id="serve_opg.E050")]
    try:
        address = Address.read(url)
    except ValueError:
        return [Error("CLAMD_URL is no address of a clamd.", hint=hint, id="serve_opg.E051")]
    if settings.IS_DEPLOYED and not address.is_private:
        return [Error("CLAMD_URL is no private address.", hint=hint, id="serve_opg.E052")]
    return []


@register()
def mails_can_be_sent(**_kwargs: Any) -> list[CheckMessage]:
    """Links by email open accounts: they go to the host that was named, and lead to ours."""
    found: list[CheckMessage] = []
    url = settings.NOTIFY_URL
    if url and not is_allowed(url, settings.NOTIFY_ALLOWED_HOSTS):
        found.append(
            Error(
                "NOTIFY_URL is no address whose host is in NOTIFY_ALLOWED_HOSTS.",
                hint="Give an https address, or add its host to NOTIFY_ALLOWED_HOSTS.",
                id="serve_opg.E040",
            )
        )
    found += _names_of_notify_are_readable()
    return [*found, *_mails_when_deployed()] if settings.IS_DEPLOYED else found


def _names_of_notify_are_readable() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    try:
        if settings.NOTIFY_API_KEY:
            ApiKey.read(settings.NOTIFY_API_KEY)
    except KeyUnreadable as error:
        hint = "Copy the whole key from Notify."
        found.append(Error(f"NOTIFY_API_KEY: {error}.", hint=hint, id="serve_opg.E042"))
    for name in NOTIFY_TEMPLATES:
        template_id = getattr(settings, name)
        if template_id and not re.fullmatch(UUID, template_id, re.IGNORECASE):
            hint = "Copy the id from the template's page in Notify."
            found.append(Error(f"{name} is no template's id.", hint=hint, id="serve_opg.E043"))
    return found


def _mails_when_deployed() -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(
            f"{name} is not set.",
            hint="Set it in the environment; .env.example explains it.",
            id="serve_opg.E044",
        )
        for name in NOTIFY_NAMES
        if not getattr(settings, name)
    ]
    for name, number in (("NOTIFY_URL", "E041"), ("SITE_URL", "E045")):
        if getattr(settings, name) and urlsplit(getattr(settings, name)).scheme != "https":
            hint = "Give an https address."
            found.append(Error(f"{name} is not https.", hint=hint, id=f"serve_opg.{number}"))
    return found


@register()
def only_our_networks_come_in(**_kwargs: Any) -> list[CheckMessage]:
    """Who may come in at all, and by whose word their address is known (spec ledger, S0-31)."""
    try:
        networks = read_networks(tuple(settings.ALLOWED_NETWORKS))
    except ValueError as error:
        hint = "Give CIDRs with commas between, like 192.0.2.0/24,2001:db8::/48."
        return [Error(f"ALLOWED_NETWORKS: {error}.", hint=hint, id="serve_opg.E061")]
    return _networks_when_deployed(networks) if settings.IS_DEPLOYED else []


def _networks_when_deployed(networks: list[Network]) -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(
            f"ALLOWED_NETWORKS: {network} lets in far more than one organisation.",
            hint="Name the networks of MOJ and HMCTS one by one.",
            id="serve_opg.E062",
        )
        for network in networks
        if network.prefixlen < WIDEST[network.version]
    ]
    if not networks:
        hint = "Name the networks that may use the service; .env.example explains it."
        found.append(Error("ALLOWED_NETWORKS is not set.", hint=hint, id="serve_opg.E060"))
    if settings.TRUSTED_PROXY_HOPS < 1:
        hint = "Say how many proxies of ours stand in front; behind one load balancer, 1."
        found.append(Error("TRUSTED_PROXY_HOPS is not set.", hint=hint, id="serve_opg.E063"))
    return found


@register()
def hosts_are_exact(**_kwargs: Any) -> list[CheckMessage]:
    """A pattern among the hosts would let a foreign name stand in our links and redirects."""
    if not settings.IS_DEPLOYED:
        return []
    return [
        Error(
            f"ALLOWED_HOSTS: {host!r} is no exact host name.",
            hint="Name each host in full, in small letters, without *, a leading dot or a port.",
            id="serve_opg.E064",
        )
        for host in settings.ALLOWED_HOSTS
        if not re.fullmatch(HOST_NAME, host)
    ]


@register()
def pages_go_over_tls(**_kwargs: Any) -> list[CheckMessage]:
    """Without it cookies go in the clear, and browsers are not held to TLS."""
    if not settings.IS_DEPLOYED or settings.SERVED_OVER_TLS:
        return []
    hint = "Remove it from the environment: it is true where the service is deployed."
    return [Error("SERVED_OVER_TLS is off.", hint=hint, id="serve_opg.E065")]
