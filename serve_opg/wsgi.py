"""What the web server runs. Where it is deployed, a faulty configuration stops it here."""

import os

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from serve_opg.bodies import with_whole_bodies
from serve_opg.readable_headers import with_readable_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serve_opg.settings")

application = with_readable_headers(with_whole_bodies(get_wsgi_application()))
if settings.IS_DEPLOYED:
    # A web server asks nobody's leave: DEBUG, or an open network, would be found by a visitor.
    call_command("check")
