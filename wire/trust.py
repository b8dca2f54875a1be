"""Whose word we take for who a system is: certificate authorities, and the oldest TLS we speak."""

import ssl
from typing import Any

from requests.utils import DEFAULT_CA_BUNDLE_PATH

OLDEST_TLS = ssl.TLSVersion.TLSv1_2


def ca_file(bundle: str = "") -> str:
    """The file of authorities: the one named, or else the public ones that our packages carry.

    Always a path: a client that is told none would take whatever the environment names.
    """
    return bundle or DEFAULT_CA_BUNDLE_PATH


def broker_tls(url: str, bundle: str = "") -> dict[str, Any]:
    """What Celery and redis-py are told of a rediss:// address; {} of any other.

    Told nothing, kombu takes a certificate of anybody: its own default for rediss:// is CERT_NONE.
    """
    if not url.startswith("rediss:"):
        return {}
    return {
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
        "ssl_check_hostname": True,
        "ssl_ca_certs": ca_file(bundle),
        "ssl_min_version": OLDEST_TLS,
    }


def tls_context(bundle: str = "") -> ssl.SSLContext:
    """For a client: the certificate must be of these authorities, of this host and of today."""
    context = ssl.create_default_context(cafile=ca_file(bundle))
    context.minimum_version = OLDEST_TLS
    return context
