"""Every setting of the service, read from the environment once, here and nowhere else."""

from pathlib import Path

from environs import Env
from kombu import Queue

from wire.trust import broker_tls

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent

# Where this runs. Only "development" and "test" may do without secrets (see checks.py).
ENVIRONMENT = env.str("ENVIRONMENT", "development")
IS_DEPLOYED = ENVIRONMENT in {"preproduction", "production"}
RELEASE = env.str("RELEASE", "development")
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "for-development-and-nothing-else")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if IS_DEPLOYED else ["127.0.0.1", "localhost"])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "serve_opg.admin_app.OperationsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "accounts",
    "audit",
    "orders",
    "csv_ingest",
    "govuk",
    "serve_opg",
]
# The workbench brings the fault harness' command; the production image does not carry it.
if not IS_DEPLOYED and (BASE_DIR / "devstack").is_dir():
    INSTALLED_APPS.append("devstack")

MIDDLEWARE = [
    "serve_opg.middleware.RequestIdMiddleware",
    "serve_opg.headers.FixedHeadersMiddleware",
    "serve_opg.headers.ContentPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "serve_opg.gate.AllowedNetworksMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "serve_opg.gate.KnownMethodsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.SessionUseMiddleware",
    "accounts.middleware.KeptFormsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Innermost: what the others say by a redirect, to sign in for instance, is told too.
    "govuk.sending.tell_redirects",
]

ROOT_URLCONF = "serve_opg.urls"
WSGI_APPLICATION = "serve_opg.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.session_times_from_settings",
            ],
        },
    },
]
FORM_RENDERER = "govuk.renderer.GovukRenderer"

# --- Who other systems are ------------------------------------------------------------------------
# The file of authorities that sign the certificates of Sirius, S3, the bus, the broker, Notify and
# Places. Empty: the public ones. PostgreSQL's stands in DATABASE_URL, as sslrootcert.
CA_BUNDLE = env.str("CA_BUNDLE", "")
# What libraries would take from the environment in place of what stands here (checks.py).
VARIABLES_THAT_LEAD_ASTRAY = [
    name
    for name in (
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSLKEYLOGFILE", "SSL_CERT_FILE"),
        *("SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"),
        *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_EVENTBRIDGE"),
        *("PGSSLMODE", "PGSSLROOTCERT", "PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR"),
    )
    if env.str(name, "") or env.str(name.lower(), "")
]

# --- PostgreSQL -----------------------------------------------------------------------------------
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL",
        "postgresql:///" if IS_DEPLOYED else "postgresql://127.0.0.1/serve_opg",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
# A worker that froze in the middle of a transaction must not keep its locks from the others.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options", "-c idle_in_transaction_session_timeout=60000"
)
# Who gets the rights that serve_opg/rights.py declares, at the end of each `migrate` by the owner.
DATABASE_APPLICATION_ROLE = env.str("DATABASE_APPLICATION_ROLE", "serve_opg_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Celery: the doorbell, never the queue --------------------------------------------------------
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 10)
CELERY_BROKER_URL = env.str("BROKER_URL", "" if IS_DEPLOYED else "redis://127.0.0.1:6379/0")
CELERY_BROKER_USE_SSL = broker_tls(CELERY_BROKER_URL, CA_BUNDLE)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A page that rings the bell must not wait for a dead broker: the sweep finds the row anyway.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT = "serve_opg.broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task; shorter would run a task twice. See docs/adr/0003.
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    # What rings tries twice, and at once. Workers and beat wait for a broker by other settings.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "serving"
# Imports have a queue of their own: a worker may be given one of the two alone (`-Q`).
CELERY_TASK_QUEUES = (Queue("serving"), Queue("imports"))
CELERY_TASK_ROUTES = {"csv_ingest.tasks.*": {"queue": "imports"}}
# No entry has `expires`: a worker would judge that by its own clock, and a wrong one would throw
# every message away (ADR 0026). What keeps messages from piling up is in the scheduler.
CELERY_BEAT_SCHEDULER = "serve_opg.beat:SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    "tidy": {"task": "accounts.tasks.tidy", "schedule": 3600},
    "deliver-mails": {"task": "accounts.tasks.deliver_mails", "schedule": SWEEP_SECONDS},
    "sweep": {"task": "orders.tasks.sweep", "schedule": SWEEP_SECONDS},
    "scan-documents": {"task": "orders.tasks.scan_documents", "schedule": 60},
    "sweep-readings": {"task": "orders.tasks.sweep_readings", "schedule": 3600},
    "sweep-uploads": {"task": "csv_ingest.tasks.sweep_uploads", "schedule": SWEEP_SECONDS},
    "sweep-removals": {"task": "csv_ingest.tasks.sweep_removals", "schedule": 60},
    "pulse": {"task": "serve_opg.tasks.pulse", "schedule": 10},
    "sign-diary": {"task": "serve_opg.tasks.sign_diary", "schedule": 60},
}

# --- Documents ------------------------------------------------------------------------------------
S3_ENDPOINT = env.str("S3_ENDPOINT", "")
AWS_REGION = env.str("AWS_REGION", "eu-west-1")
DOCUMENTS_BUCKET = env.str("DOCUMENTS_BUCKET", "serve-documents")
SIRIUS_BUCKET = env.str("SIRIUS_BUCKET", "sirius-documents")
SIRIUS_KMS_KEY_ID = env.str("SIRIUS_KMS_KEY_ID", "")

# --- Virus scanning by clamd ----------------------------------------------------------------------
CLAMD_URL = env.str("CLAMD_URL", "")
CLAMD_CONNECT_SECONDS = env.float("CLAMD_CONNECT_SECONDS", 3)
CLAMD_READ_SECONDS = env.float("CLAMD_READ_SECONDS", 45)
CLAMD_TOTAL_SECONDS = env.float("CLAMD_TOTAL_SECONDS", 60)

# --- The diary: signed heads of its chain lie outside the database (docs/adr/0018) ---------------
AUDIT_BUCKET = env.str("AUDIT_BUCKET", "serve-audit")
AUDIT_SIGNING_KEY = env.str(
    "AUDIT_SIGNING_KEY", "" if IS_DEPLOYED else "for-development-and-nothing-else"
)
AUDIT_OLD_SIGNING_KEYS: list[str] = env.list("AUDIT_OLD_SIGNING_KEYS", [])

# --- Sirius ---------------------------------------------------------------------------------------
SIRIUS_URL = env.str("SIRIUS_URL", "")
SIRIUS_EMAIL = env.str("SIRIUS_EMAIL", "")
SIRIUS_PASSWORD = env.str("SIRIUS_PASSWORD", "")
SIRIUS_CONNECT_SECONDS = env.float("SIRIUS_CONNECT_SECONDS", 5)
SIRIUS_READ_SECONDS = env.float("SIRIUS_READ_SECONDS", 30)
SIRIUS_TOTAL_SECONDS = env.float("SIRIUS_TOTAL_SECONDS", 45)
SIRIUS_DOOR = env.str("SIRIUS_DOOR", "http")
EVENT_BUS_ENDPOINT = env.str("EVENT_BUS_ENDPOINT", "")
EVENT_BUS_NAME = env.str("EVENT_BUS_NAME", "serve-bus")

# --- Serving (spec: the one hard problem) ---------------------------------------------------------
SUBMISSION_LEASE_SECONDS = env.float("SUBMISSION_LEASE_SECONDS", 120)
SUBMISSION_SETTLE_SECONDS = env.float("SUBMISSION_SETTLE_SECONDS", 180)
SUBMISSION_BACKOFF_SECONDS = env.float("SUBMISSION_BACKOFF_SECONDS", 5)
BREAKER_TRIAL_SECONDS = env.float("BREAKER_TRIAL_SECONDS", 60)

# --- Postcode look-up by OS Places ----------------------------------------------------------------
PLACES_URL = env.str("PLACES_URL", "")
PLACES_API_KEY = env.str("PLACES_API_KEY", "")
# The only hosts that may ever get the key.
PLACES_ALLOWED_HOSTS = env.list(
    "PLACES_ALLOWED_HOSTS",
    ["api.os.uk"] if IS_DEPLOYED else ["api.os.uk", "127.0.0.1", "localhost"],
)
PLACES_CONNECT_SECONDS = env.float("PLACES_CONNECT_SECONDS", 2)
PLACES_READ_SECONDS = env.float("PLACES_READ_SECONDS", 3)
PLACES_TOTAL_SECONDS = env.float("PLACES_TOTAL_SECONDS", 5)

# --- Imports --------------------------------------------------------------------------------------
# Up to so many bytes are read while the person waits: about 7,000 rows of CSV, or 2,500 of
# XLSX, which is as large as what it unpacks to.
SMALL_UPLOAD_BYTES = env.int("SMALL_UPLOAD_BYTES", 1024 * 1024)
# So long may a worker be silent about an upload before another one takes it.
UPLOAD_LEASE_SECONDS = env.float("UPLOAD_LEASE_SECONDS", 120)

# --- Mails by GOV.UK Notify -----------------------------------------------------------------------
NOTIFY_URL = env.str("NOTIFY_URL", "")
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", "")
# The only hosts that may ever get an address and a link.
NOTIFY_ALLOWED_HOSTS = env.list(
    "NOTIFY_ALLOWED_HOSTS",
    ["api.notifications.service.gov.uk"]
    if IS_DEPLOYED
    else ["api.notifications.service.gov.uk", "127.0.0.1", "localhost"],
)
NOTIFY_ACTIVATION_TEMPLATE_ID = env.str("NOTIFY_ACTIVATION_TEMPLATE_ID", "")
NOTIFY_RESET_TEMPLATE_ID = env.str("NOTIFY_RESET_TEMPLATE_ID", "")
NOTIFY_CONNECT_SECONDS = env.float("NOTIFY_CONNECT_SECONDS", 3)
NOTIFY_READ_SECONDS = env.float("NOTIFY_READ_SECONDS", 8)
NOTIFY_TOTAL_SECONDS = env.float("NOTIFY_TOTAL_SECONDS", 10)

# --- Accounts -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "case-list"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("first_name", "last_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Administrators and operations always need a second factor.
SECOND_FACTOR_FOR_ALL = env.bool("SECOND_FACTOR_FOR_ALL", False)
SESSION_ENGINE = "accounts.session_store"
# Without use; what a script asks in the background is no use (accounts.middleware).
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", 65 * 60)
# However much it is used: a working day, and nobody is asked to sign in twice in one.
SESSION_LIFETIME_SECONDS = env.int("SESSION_LIFETIME_SECONDS", 12 * 60 * 60)
SESSION_WARNING_SECONDS = env.int("SESSION_WARNING_SECONDS", 5 * 60)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Web ------------------------------------------------------------------------------------------
SERVED_OVER_TLS = env.bool("SERVED_OVER_TLS", IS_DEPLOYED)
SESSION_COOKIE_SECURE = SERVED_OVER_TLS
CSRF_COOKIE_SECURE = SERVED_OVER_TLS
# Browsers take the longer names only over TLS, for this host alone.
HOST_ONLY = "__Host-" if SERVED_OVER_TLS else ""
SESSION_COOKIE_NAME = f"{HOST_ONLY}sessionid"
# Scripts read this one: it is newer than the page after signing in again in another tab.
CSRF_COOKIE_NAME = f"{HOST_ONLY}csrftoken"
KNOWN_BROWSER_COOKIE = f"{HOST_ONLY}known-browser"
MESSAGES_COOKIE = f"{HOST_ONLY}messages"
MESSAGE_STORAGE = "serve_opg.headers.Messages"
# How many proxies of ours stand in front and append to X-Forwarded-For. 0: the peer is the client.
TRUSTED_PROXY_HOPS = env.int("TRUSTED_PROXY_HOPS", 0)
# The networks that may use the service: MOJ's and HMCTS's. None: everybody, but nobody if deployed.
ALLOWED_NETWORKS: list[str] = env.list("ALLOWED_NETWORKS", [])
SECURE_HSTS_SECONDS = 31536000 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SERVED_OVER_TLS
HSTS = f"max-age={SECURE_HSTS_SECONDS}; includeSubDomains"
SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_REDIRECT_EXEMPT = [r"^health-check$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SERVED_OVER_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# HTML from strings is made in one place of ours: govuk/static/govuk/page.js.
TRUSTED_TYPES = {"require-trusted-types-for": ["'script'"], "trusted-types": ["serve-opg"]}
NOTHING = {
    name: ["'none'"] for name in ("default-src", "object-src", "base-uri", "frame-ancestors")
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **NOTHING,
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        **TRUSTED_TYPES,
    }
}
# A file that is shown after all, in spite of "attachment", can load, run and send nothing.
DOWNLOAD_POLICY = {**NOTHING, "form-action": ["'none'"], "sandbox": [True]}
DENIED_FEATURES = (
    *("accelerometer", "autoplay", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone"),
    *("midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock"),
    *("serial", "usb", "hid", "xr-spatial-tracking"),
)
FIXED_HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
}
CSRF_FAILURE_VIEW = "serve_opg.views.csrf_failure"
# A document is at most 20 MB and a drop holds several: bytes go to disk, not to memory.
FILE_UPLOAD_HANDLERS = ["serve_opg.uploads.UploadToDisk"]
# Ours refuses in words at 200 (serve_opg/uploads.py); beyond this, Django stops reading.
DATA_UPLOAD_MAX_NUMBER_FILES = 2000

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_DEPLOYED
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
# Outside production the files are served where they lie: no collecting step before the first page.
WHITENOISE_USE_FINDERS = not IS_DEPLOYED
WHITENOISE_AUTOREFRESH = not IS_DEPLOYED
WHITENOISE_ALLOW_ALL_ORIGINS = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"

# --- Logs -----------------------------------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", "json" if IS_DEPLOYED else "text")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "context": {"()": "serve_opg.logs.RequestContext"},
        "refusals": {"()": "serve_opg.logs.QuietRefusals"},
        "values": {"()": "serve_opg.logs.WithoutValues"},
    },
    "formatters": {
        "json": {"()": "serve_opg.logs.JsonLine"},
        "text": {
            "()": "serve_opg.logs.TextLine",
            "fmt": "%(levelname)s %(name)s [%(trace_id)s] %(message)s",
        },
    },
    "handlers": {
        "stream": {
            "class": "logging.StreamHandler",
            "filters": ["context", "refusals", "values"],
            "formatter": LOG_FORMAT,
        }
    },
    "root": {"handlers": ["stream"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        # A line for each sweep, every 10 seconds, three times over.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # Their records carry whole request lines and, at DEBUG, bodies.
        "urllib3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
        "s3transfer": {"level": "WARNING"},
        # At DEBUG, the whole body of each message.
        "celery": {"level": "INFO"},
        "kombu": {"level": "INFO"},
        # At DEBUG, every statement with its values.
        "django.db": {"level": "INFO"},
    },
}
