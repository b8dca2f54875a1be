"""What gunicorn is told (`--config python:serve_opg.web_server`): its settings, by its names."""

from typing import Any, cast

from django.conf import settings

from serve_opg.web_worker import PatientWorker

worker_class = PatientWorker
# Each may wait for a slow client; none costs more than its stack until it asks the database.
threads = 16
# Who may set the prefix of every address, and whether it is https: nobody. What a proxy says of
# its clients, Django reads by TRUSTED_PROXY_HOPS and SECURE_PROXY_SSL_HEADER.
forwarder_headers = ""
forwarded_allow_ips = ""
# Its lines go the way of all others: one form, with the trace, and without what was sent.
logconfig_dict = {
    **settings.LOGGING,
    "loggers": {
        **cast(dict[str, Any], settings.LOGGING["loggers"]),
        "gunicorn.error": {"handlers": ["stream"], "level": "INFO", "propagate": False},
    },
}
