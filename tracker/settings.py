"""Every setting of the tracker. docs/operations.md explains what the environment may change."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
import structlog
from celery.schedules import crontab
from kombu import Exchange, Queue

from tracker import environment as read

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = read.directory("DATA_DIR", BASE_DIR / "data")

# Where people reach the tracker. A loopback address means: on this machine
# only, to try it or to work alone.
PORT = read.whole("PORT", 8000, at_least=1, at_most=65535)
SITE_URL = read.origin("SITE_URL", f"http://127.0.0.1:{PORT}")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
LOCAL = SITE_HOST in {"127.0.0.1", "localhost", "::1"}
HTTPS = SITE_URL.startswith("https://")

DEBUG = read.switch("DEBUG", default=False)
SECRET_KEY = read.text("SECRET_KEY")
# Refused here and not only by the system checks: a web server or worker does not run those.
if not LOCAL:
    _server = f"SITE_URL is {SITE_URL}, not this machine: "
    if DEBUG:
        raise read.refuse("DEBUG", f"{_server}write false, or remove it.")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        raise read.refuse(
            "SECRET_KEY", f"{_server}write at least 50 random characters.", show_value=False
        )
SECRET_KEY = SECRET_KEY or read.kept_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = read.names("SECRET_KEY_FALLBACKS")

ALLOWED_HOSTS = read.names("ALLOWED_HOSTS") or (
    ["127.0.0.1", "localhost", "[::1]"] if LOCAL else [SITE_HOST]
)
CSRF_TRUSTED_ORIGINS = read.names("CSRF_TRUSTED_ORIGINS") or ([SITE_URL] if HTTPS else [])

# Nothing is fetched from outside until an operator allows it.
OUTSIDE_CALLS = read.switch("OUTSIDE_CALLS", default=False)
CAPTURE_MAX_BYTES = read.whole("CAPTURE_MAX_BYTES", 20_000_000, at_least=10_000)
CAPTURE_TIMEOUT_SECONDS = read.whole("CAPTURE_TIMEOUT_SECONDS", 30, at_least=1, at_most=300)
PACKAGE_MAX_BYTES = read.whole("PACKAGE_MAX_BYTES", 200_000_000, at_least=10_000)
CAPTURE_MIN_AGE_DAYS = read.whole("CAPTURE_MIN_AGE_DAYS", 7, at_most=3650)

# --- The application ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "conditions",
    # Our own AdminSite stands in conditions.admin; Django's brings its templates and styles.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

# Nothing here reads the session or the user on the way in: an anonymous read must not pay for them.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
AUTH_USER_MODEL = "conditions.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = "tracker.formats"
TIME_ZONE = "UTC"
USE_TZ = True

# --- The database --------------------------------------------------------------------------------

DATABASE_URL = read.address(
    "DATABASE_URL",
    f"sqlite:///{DATA_DIR / 'tracker.sqlite3'}",
    ("sqlite", "postgres", "postgresql"),
)
try:
    DATABASE: dict[str, Any] = dict(dj_database_url.parse(DATABASE_URL))
except ValueError as error:
    raise read.refuse(
        "DATABASE_URL", "Write postgres://USER:PASSWORD@HOST:PORT/NAME.", show_value=False
    ) from error

if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    read.make_private(Path(DATABASE["NAME"]).parent)
    # Each thread keeps its connection: opening one costs several times what a hot read does.
    DATABASE["CONN_MAX_AGE"] = None
    DATABASE["OPTIONS"] = {
        # Take the write lock when a transaction begins: taking it later fails at once when another
        # writer came between, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Without recursive triggers, INSERT OR REPLACE deletes rows past the guards. Each thread
        # has a page cache of its own; the system's, which all share, does as well.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON; "
            "PRAGMA cache_size=-1000"
        ),
    }
    # A file, as in production: threads and child processes see one database, and writers wait.
    DATABASE["TEST"] = {
        "NAME": os.path.join(tempfile.gettempdir(), f"tracker-test-{os.getpid()}.sqlite3")
    }
else:
    DATABASE["CONN_MAX_AGE"] = 0
    # Without this check, requests fail after the server has cut the pool's connections.
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] = {
        **DATABASE.get("OPTIONS", {}),
        "pool": {
            "min_size": 1,
            "max_size": read.whole("DATABASE_POOL", 10, at_least=1),
            "timeout": 10,
        },
    }
DATABASES = {"default": DATABASE}

# In each process's memory, for counts of requests and of wrong passwords; nothing is kept here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- Jobs ----------------------------------------------------------------------------------------

REDIS_URL = read.address("REDIS_URL", "", ("redis", "rediss", "unix"))
# Embedded: the worker and its beat share one process, and the broker is that process's memory.
CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600, "unacked_restore_throttle": 1, "socket_connect_timeout": 5}
    if REDIS_URL
    else {"polling_interval": 0.2}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "tracker"
# What waits for other sites, or compares texts, has a queue and on a server a worker of its own:
# with a backlog it would take every minute of a worker that the sweep and the mail wait for. With
# an exchange each: in a shared one each message would reach both.
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name) for name in ("tracker", "outside")
]
CELERY_TASK_ROUTES = {
    f"conditions.tasks.{job}": {"queue": "outside", "routing_key": "outside"}
    for job in ("fetch_outside", "read_feeds", "read_pages", "look_at_links", "compare_texts")
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TIMEZONE = "UTC"
# In memory, not in a file: what was due is found in the database, so beat has nothing to remember.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "conditions.tasks.sweep",
        "schedule": crontab(minute="*/5"),
        # After an outage one pulse is enough; the sweep finds everything that is due.
        "options": {"expires": 290},
    },
    "deliver": {
        "task": "conditions.tasks.deliver",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "print": {
        "task": "conditions.tasks.print_reports",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "outside": {
        "task": "conditions.tasks.fetch_outside",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "feeds": {
        "task": "conditions.tasks.read_feeds",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "pages": {
        "task": "conditions.tasks.read_pages",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "links": {
        "task": "conditions.tasks.look_at_links",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 290},
    },
    "imports": {
        "task": "conditions.tasks.advance_imports",
        "schedule": 5.0,
        # Somebody looks at the page meanwhile; a pulse that comes late is worth nothing.
        "options": {"expires": 4},
    },
    "voices": {
        "task": "conditions.tasks.compare_texts",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
}

# --- Mail ----------------------------------------------------------------------------------------

EMAIL_URL = read.address(
    "EMAIL_URL", f"file:///{DATA_DIR / 'mail'}", ("smtp", "submission", "console", "file")
)
try:
    MAIL = dj_email_url.parse(EMAIL_URL)
except ValueError as error:
    raise read.refuse(
        "EMAIL_URL", "Write submission://USER:PASSWORD@HOST:587.", show_value=False
    ) from error
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = MAIL["EMAIL_FILE_PATH"]
EMAIL_HOST = MAIL["EMAIL_HOST"] or ""
EMAIL_PORT = MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = MAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = MAIL["EMAIL_USE_SSL"]
# Shorter than a delivery's lease: a hanging mail server must not make two workers send one message.
EMAIL_TIMEOUT = MAIL["EMAIL_TIMEOUT"] or 20
DEFAULT_FROM_EMAIL = read.text("DEFAULT_FROM_EMAIL", f"tracker@{SITE_HOST.strip('[]')}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Safety --------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if HTTPS or LOCAL else None
SECURE_SSL_REDIRECT = HTTPS
# The health check of a container comes over plain HTTP from inside it.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
BEHIND_PROXY = read.switch("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = read.whole("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
# A form of the admin with an old token is shown again with what was typed in it.
CSRF_FAILURE_VIEW = "conditions.admin.expired.form_expired"

# --- Static files --------------------------------------------------------------------------------

STATIC_URL = "/static/"
# On one's own machine nothing has to be collected; a server collects, hashes and compresses.
STATIC_ROOT = None if LOCAL else read.directory("STATIC_ROOT", BASE_DIR / "static-collected")
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if LOCAL
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
MEDIA_ROOT = DATA_DIR / "files"

# --- The API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # Per address for readers without an account, per person otherwise; in each web process.
    "DEFAULT_THROTTLE_RATES": {"nobody": "600/min", "reader": "3000/min", "writer": "600/min"},
    "EXCEPTION_HANDLER": "conditions.api.problems.handle",
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sanctions conditions tracker",
    "DESCRIPTION": (
        "Says, condition by condition and on a fixed rhythm, whether the terms for lifting "
        "sanctions are met. Judgements are those of the people who run this tracker, not official "
        "findings. Reading public programs needs no account."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    # Everything the API page needs comes from this host.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Logs ----------------------------------------------------------------------------------------

LOG_FORMAT = read.choice("LOG_FORMAT", "console" if LOCAL else "json", ("console", "json"))
LOG_LEVEL = read.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))

DJANGO_STRUCTLOG_CELERY_ENABLED = True
# Binding the user would load the session on every request; the address is not ours to keep.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_2XX_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_STATUS_DEFAULT_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG

_shared_processors: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
# Tracebacks without the values of variables, which may be passwords.
_as_json: list[structlog.typing.Processor] = [
    structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    ),
    structlog.processors.JSONRenderer(),
]
_as_lines: list[structlog.typing.Processor] = [
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared_processors,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared_processors,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_as_json if LOG_FORMAT == "json" else _as_lines),
            ],
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Each refused request is already one line of django_structlog.
        "django.request": {"level": "ERROR"},
        # Every pulse would be a line; what a pulse did is in the database.
        "celery": {"level": "WARNING"},
    },
}
