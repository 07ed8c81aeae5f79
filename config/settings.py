"""Settings of Parley. What differs between installations comes from the environment (`docs/operating.md`)."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config import admin_look, files, rest, sealing, signing_in
from config.environment import (
    BASE_DIR,
    data_folder,
    env,
    networks,
    secret_key,
    sms_address,
    web_address,
    whole_number,
)

# Where Parley is -------------------------------------------------------------------------------------------------
DATA_DIR = data_folder()
BASE_URL = web_address("BASE_URL", "http://localhost:8000")
PUSH_URL = web_address("PUSH_URL", BASE_URL)
_served_securely = BASE_URL.startswith("https://")
_host = urlsplit(BASE_URL).hostname or "localhost"

SECRET_KEY = secret_key(DATA_DIR)
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=sorted({_host, "localhost", "127.0.0.1"}))
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# What it is made of ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "config.apps.ParleyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "django.contrib.staticfiles",
    "auditlog",
    "axes",
    "csp",
    "drf_spectacular",
    "rest_framework",
    "policies_app",
    "sessions_app",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.headers.BrowserHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sessions_app.widget.framed.FramedRooms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sessions_app.rooms.language.CustomersLanguage",
    "sessions_app.flood_gate.FloodGate",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.audit.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.admin_networks.AdminNetworks",
    "sessions_app.signing_in.guard.Guard",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.static", "sessions_app.templatetags.parley"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets may have templates in our folder too
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Data ------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'parley.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

REDIS_URL = env.str("REDIS_URL", default=f"unix://{DATA_DIR / 'redis.sock'}")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    }
}

MEDIA_ROOT, _attachments = files.attachments(DATA_DIR / "attachments")
CLAMAV = files.clamav()
UPLOAD_MAX_BYTES = whole_number("UPLOAD_MAX_MEGABYTES", 10, least=1, most=1024) * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000  # a form of a thousand fields, each with what it began with (no script)
LINK_ATTEMPTS_KEPT = timedelta(days=whole_number("LINK_ATTEMPTS_DAYS", 90, least=1, most=3_650))
UPLOAD_MAX_FILES = whole_number("UPLOAD_MAX_FILES", 50, least=1, most=10_000)
SEAL = sealing.seal(DATA_DIR)

# Files that the browser loads ------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILE_UPLOAD_HANDLERS = [
    "sessions_app.uploads.NothingHuge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our own pages only load them
STORAGES = {
    "default": _attachments,
    "staticfiles": {"BACKEND": "config.static_files.HashedFiles"},
}

# People ----------------------------------------------------------------------------------------------------------
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "welcome"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = signing_in.PASSWORD_RULES
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
vars().update(signing_in.AXES)
TWO_FACTOR = signing_in.two_factor(_served_securely)
OIDC = signing_in.oidc()
SIGN_IN_IDLE, SIGN_IN_MOST = signing_in.lasts()
SIGN_IN_HISTORY_LASTS = signing_in.history_lasts()
ADMIN_NETWORKS = signing_in.admin_networks()
SESSION_ENGINE = "sessions_app.signing_in.sessions"
SESSION_COOKIE_AGE = int(SIGN_IN_MOST.total_seconds())
# With this beginning browsers take the cookie from this host alone, over TLS, for all of its pages.
SESSION_COOKIE_NAME = "__Host-parley" if _served_securely else "parley"
SESSION_COOKIE_SAMESITE = "Lax"  # a link in a letter, and the way back from a provider, find people signed in
SESSION_COOKIE_HTTPONLY = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("es", _("Spanish")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

# Mail and SMS: without a server for them, they are kept in the data folder and shown on the Mailbox page -----------
MAIL_SERVER = env.str("EMAIL_URL", default="") or ("" if _served_securely else "mailbox:")
if not MAIL_SERVER:
    raise ImproperlyConfigured("PARLEY_EMAIL_URL is not set. Name a mail server, or `mailbox:` for the Mailbox page.")
MAILBOX_DIR = DATA_DIR / "mailbox"
if MAIL_SERVER != "mailbox:":
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAILBOX_DIR
SMS_URL = sms_address("SMS_URL", "mailbox:" if MAIL_SERVER == "mailbox:" else "")
HAS_MAILBOX = "mailbox:" in (MAIL_SERVER, SMS_URL)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default=f"Parley <parley@{_host}>")

# Work in the background ------------------------------------------------------------------------------------------
# Where the cache keeps the moment of the last finished sweep (ISO 8601, UTC): proof that worker and beat are alive.
LAST_SWEEP_KEY = "parley.last_sweep"
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 120
# Heavy work, and what waits for others, have queues of their own, so that nothing waits behind them. A worker that is
# told of no queue serves all.
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("celery", "documents", "webhooks")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "sessions_app.documents.tasks.*": {"queue": "documents"},
    "sessions_app.webhooks.tasks.*": {"queue": "webhooks"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "sessions_app.tasks.sweep",
        "schedule": timedelta(seconds=2),
        "options": {"expires": 10},
    },
    "watch_customers": {
        "task": "sessions_app.tasks.watch_customers",
        "schedule": timedelta(seconds=1),
        "options": {"expires": 5},
    },
    "look_for_unheard_customers": {
        "task": "sessions_app.tasks.look_for_unheard_customers",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "assign_waiting": {
        "task": "sessions_app.tasks.assign_waiting",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 10},
    },
    "remove_left_over_files": {
        "task": "sessions_app.tasks.remove_left_over_files",
        "schedule": timedelta(hours=6),
        "options": {"expires": 3600},
    },
    "forget_old_answers": {
        "task": "sessions_app.tasks.forget_old_answers",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3000},
    },
    "forget_old_announcements": {
        "task": "sessions_app.tasks.forget_old_announcements",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3000},
    },
    "look_after_documents": {
        "task": "sessions_app.documents.tasks.look_after",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "remove_old_transcripts": {
        "task": "sessions_app.documents.tasks.remove_old_transcripts",
        "schedule": timedelta(hours=6),
        "options": {"expires": 3600},
    },
    "forget_old_link_attempts": {
        "task": "sessions_app.tasks.forget_old_link_attempts",
        "schedule": timedelta(hours=6),
        "options": {"expires": 3600},
    },
    "remove_old_sign_ins": {
        "task": "sessions_app.signing_in.tasks.remove_old",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "advance_rollouts": {
        "task": "sessions_app.tasks.advance_rollouts",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 10},
    },
    "look_for_webhooks": {
        "task": "sessions_app.webhooks.tasks.look",
        "schedule": timedelta(seconds=1),
        "options": {"expires": 5},
    },
    "look_again_for_webhooks": {
        "task": "sessions_app.webhooks.tasks.look_again",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "remove_old_webhook_attempts": {
        "task": "sessions_app.webhooks.tasks.remove_old",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
}

# Where webhooks may go beside the public internet ---------------------------------------------------------------------
WEBHOOK_ALLOWED_NETWORKS = networks("WEBHOOK_ALLOWED_NETWORKS")

# Who changed which setting -----------------------------------------------------------------------------------------
AUDITLOG_STORE_JSON_CHANGES = True
AUDITLOG_USE_FK_STRING_REPRESENTATION = True

# What browsers may do with our pages -----------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _served_securely
SECURE_SSL_REDIRECT = False  # the proxy redirects; see docs/operating.md
SECURE_HSTS_SECONDS = 31_536_000 if _served_securely else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
# What `check --deploy` would have otherwise: the proxy redirects (W008), subdomains are the operator's (W005, W021).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _served_securely else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": sorted({"'self'", PUSH_URL}),
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["parley"],
    }
}

# What other systems call ------------------------------------------------------------------------------------------
REST_FRAMEWORK = rest.REST_FRAMEWORK
SPECTACULAR_SETTINGS = rest.SPECTACULAR_SETTINGS

UNFOLD = admin_look.UNFOLD

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"without_tokens": {"()": "config.logs.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_tokens"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("fontTools", "axes", "fido2")},  # they tell of every step
}
