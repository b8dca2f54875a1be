"""Our web server with two threads and little patience, in front of a site of a few lines."""

from serve_opg import web_server
from serve_opg.bodies import with_whole_bodies
from serve_opg.web_worker import PatientWorker


class ImpatientWorker(PatientWorker):
    """The same in a second."""

    head_seconds = 1
    least_bytes_a_second = 1_000_000


worker_class = ImpatientWorker
threads = 2
forwarder_headers = web_server.forwarder_headers
forwarded_allow_ips = web_server.forwarded_allow_ips
logconfig_dict = web_server.logconfig_dict


def site(environ, start_response):
    """Says what it was asked, and how long the body was."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["PATH_INFO"] == "/fails":
        # In two pieces: the log shows this line, and may not show the words.
        raise RuntimeError("PERSON" + "MARKER")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}|{len(body)}".encode()]


application = with_whole_bodies(site)
