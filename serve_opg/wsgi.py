"""What the web server runs. A faulty configuration stops it here."""

import os

from django.core.wsgi import get_wsgi_application

from serve_opg.bodies import with_whole_bodies
from serve_opg.readable_headers import with_readable_headers
from serve_opg.starting import refuse_faulty_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serve_opg.settings")

application = with_readable_headers(with_whole_bodies(get_wsgi_application()))
# A web server asks nobody's leave: DEBUG, or an open network, would be found by a visitor.
refuse_faulty_settings()
