"""Outgoing mail by GOV.UK Notify: an address, a template and its words in, a message id or a typed
error out.

Knows no model and no page. `simulator.py` is a stand-in for one's own machine.
"""

from notify_client.client import NotifyClient
from notify_client.errors import (
    KeyRefused,
    MailNotTaken,
    MailRefused,
    NotConfigured,
    NotifyBusy,
    NotifyError,
)
from notify_client.keys import ApiKey, KeyUnreadable

__all__ = [
    "ApiKey",
    "KeyRefused",
    "KeyUnreadable",
    "MailNotTaken",
    "MailRefused",
    "NotConfigured",
    "NotifyBusy",
    "NotifyClient",
    "NotifyError",
]
