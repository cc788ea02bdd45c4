"""Settings, all from the environment (README, "Configuration"). `NAME_FILE` may name a file that contains NAME.

Nothing is guessed in production: without keys, hosts or database it does not start. In development (ENVIRONMENT unset)
keys are generated once and kept in `<VAR_DIR>/development.json`, and only loopback is served.
"""

import os
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pghistory
import pgtrigger
from corsheaders.defaults import default_headers
from django.urls import reverse_lazy
from environs import FileAwareEnv, validate

from config.admin_theme import UNFOLD as UNFOLD
from config.process import embedded
from config.process.checks import LOOPBACK
from config.process.development import development_keys
from config.process.observability import logging_config
from config.process.session_limits import limit_statements
from config.version import VERSION

env = FileAwareEnv(strip_whitespace=True)

BASE_DIR = Path(__file__).resolve().parent.parent
# Templates and fixtures are beside manage.py, and within the package where it is installed (setup.py).
FILES_DIR = BASE_DIR if (BASE_DIR / "manage.py").exists() else BASE_DIR / "config"
VAR_DIR = embedded.var_dir()

ENVIRONMENT = env.str("ENVIRONMENT", "development", validate=validate.OneOf(["development", "production"]))
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DEBUG", False)

if PRODUCTION:
    SECRET_KEY = env.str("SECRET_KEY")
    ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
else:
    _keys = development_keys(VAR_DIR)
    SECRET_KEY = env.str("SECRET_KEY", _keys["SECRET_KEY"])
    ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", [_keys["ENCRYPTION_KEY"]])
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

# Former values of SECRET_KEY: what they signed (sessions, tokens, 3-D Secure returns) is valid until they are removed.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])

# What wraps the entries of ENCRYPTION_KEYS that are not in clear (config/kit/lib/master_keys.py); the first wraps.
MASTER_KEYS: list[str] = env.list("MASTER_KEYS", [])
PKCS11_MODULE = env.str("PKCS11_MODULE", "")
PKCS11_PIN = env.str("PKCS11_PIN", "")

CSRF_FAILURE_VIEW = "config.errors.form_expired"
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",  # operator classes in indexes on expressions
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its widgets' templates, beside those of the project
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "csp",
    "corsheaders",
    "oauth2_provider",
    "django_otp",
    "django_otp_webauthn",
    "config",
    "config.kit.attempts",
    "config.kit.audit",
    "config.kit.keys",
    "payments",
    "billing",
    "vault",
    "config.kit.identity",
    "config.kit.factors",
    "config.kit.sso",
]

MIDDLEWARE = [
    "config.process.observability.RequestLogMiddleware",
    "config.process.health.HealthMiddleware",
    "config.process.metrics.MetricsMiddleware",
    "config.process.middleware.AnswerHeadersMiddleware",
    "config.process.deprecations.DeprecationMiddleware",
    "config.process.small_pages.SmallPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "config.process.middleware.ReadableRequestMiddleware",
    "config.process.middleware.TransportMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.process.middleware.PeopleLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.kit.identity.middleware.SessionUseMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "config.kit.audit.middleware.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.kit.identity.middleware.SessionLimitsMiddleware",
    "config.kit.sso.middleware.ProviderCheckMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "config.process.card_numbers.CardNumberMiddleware",
    "config.kit.factors.middleware.SecondFactorMiddleware",
    "config.kit.identity.middleware.LogInNoticeMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [FILES_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.kit.sso.context.sso",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ValueError("DATABASE_URL must name a PostgreSQL server (14 or newer): postgresql://…")
# A pooled connection is checked before use, so that a database restart fails no request.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 0,
    "max_size": env.int("DATABASE_POOL_SIZE", 16),
    "timeout": 10,
}
# Of one statement: of requests, of jobs and commands, of an import; 0 is no limit.
STATEMENT_SECONDS = env.float("STATEMENT_SECONDS", 60.0)
IMPORT_STATEMENT_SECONDS = env.float("IMPORT_STATEMENT_SECONDS", 1800.0)
limit_statements(
    DATABASES["default"]["OPTIONS"],
    statement_seconds=env.float("JOB_STATEMENT_SECONDS", 3600.0),
    # How often the server looks, during a statement, whether its client is still there.
    client_seconds=env.float("DATABASE_CLIENT_CHECK_SECONDS", 5.0),
)
# The role of web server and workers, which owns nothing (`manage.py make_app_role`). Migrations run as the owner.
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", "payments_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One history row for each row: statement-level triggers cost a fraction of row-level ones in bulk loads.
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_APPEND_ONLY = True
# History is looked up by object; indexes on other keys would slow down every load.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False)

# A change that loosens a control (POS addresses and secrets, refund limits, exchange rates, roles, API clients,
# merchant keys) waits for a second person.
SECOND_PERSON_FOR_CONFIGURATION = env.bool("SECOND_PERSON_FOR_CONFIGURATION", PRODUCTION)

FORMS_URLFIELD_ASSUME_HTTPS = True  # the default of Django 6

# --- users ----------------------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "config.kit.identity.passwords.NoNameValidator"},
    {"NAME": "config.kit.identity.passwords.NotAgainValidator", "OPTIONS": {"count": 4}},
]
AUTHENTICATION_BACKENDS = [
    "config.kit.attempts.log_in.GuessingBackend",
    "django.contrib.auth.backends.ModelBackend",
    "config.kit.sso.backend.ProviderBackend",
]
# Single sign-on by OpenID Connect. Roles follow the claim `groups`: {"name of the group": "role"}.
OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_RP_CLIENT_ID = env.str("OIDC_CLIENT_ID", "") if not OIDC_ISSUER else env.str("OIDC_CLIENT_ID")
OIDC_RP_CLIENT_SECRET = (
    env.str("OIDC_CLIENT_SECRET", "") if not OIDC_ISSUER else env.str("OIDC_CLIENT_SECRET")
)
OIDC_ROLES: dict[str, str] = dict(env.json("OIDC_ROLES", {}))
# How often the provider is asked whether it still knows the person.
OIDC_CHECK_SECONDS = env.int("OIDC_CHECK_SECONDS", 300)
# Failed log-ins of an account from one address, of the account from all, of the address with all accounts.
LOGIN_FAILURES = env.int("LOGIN_FAILURES", 10)
LOGIN_FAILURES_OF_ACCOUNT = env.int("LOGIN_FAILURES_OF_ACCOUNT", 100)
LOGIN_FAILURES_OF_ADDRESS = env.int("LOGIN_FAILURES_OF_ADDRESS", 100)
LOGIN_LOCK_SECONDS = env.int("LOGIN_LOCK_SECONDS", 1800)
# People who may do more than look (all but auditors) show a passkey or a code besides the password.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", PRODUCTION)
# Refunds, settlements, POS, roles, API clients and keys ask for it again where it was shown longer ago.
SECOND_FACTOR_FRESH_SECONDS = env.int("SECOND_FACTOR_FRESH_SECONDS", 600)
# Accounts that were not used for so many days are switched off; 0: never.
UNUSED_ACCOUNT_DAYS = env.int("UNUSED_ACCOUNT_DAYS", 90)
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("tr", "Türkçe")]
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# The days of bills, reports and filters, unless the channel's conf names another `time_zone`.
CHANNEL_TIME_ZONE = env.str("CHANNEL_TIME_ZONE", "Europe/Istanbul")

# --- files ----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
WHITENOISE_USE_FINDERS = not PRODUCTION  # `make run` needs no collectstatic
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# --- requests -------------------------------------------------------------------------------------------------

# The largest JSON or form body. Uploaded files are written to disk and have their own limits.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_BODY_BYTES", 2_621_440)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 64 * 1024 * 1024)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", 2_000_000)
# Bank logos are fetched from these hosts only, and never from private addresses.
LOGO_HOSTS: list[str] = env.list("LOGO_HOSTS", [])

# --- transport security ---------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:  # browsers take such a cookie from this host alone, by https
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", 43_200)  # from the log-in
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 900)  # from the last use
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", PRODUCTION)
# Asks browsers to ship the domain as https-only. That holds for years and for all its subdomains: off unless wanted.
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", False)
# W021 asks for the preload list. W001 does not know that TransportMiddleware is Django's SecurityMiddleware.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Pages of other origins that may call the APIs from a browser: none. Credentials are headers, never cookies.
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
CORS_PATHS = r"^/(?:api|Billing|brm|payment/v4|tmf-api|paywall|oauth)/"
CORS_URLS_REGEX = CORS_PATHS if CORS_ALLOWED_ORIGINS else r"(?!)"
CORS_ALLOW_HEADERS = [
    *default_headers,
    "apiclientprivate",
    "apikeyprivate",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "includedetails",
    "locale",
    "organizationid",
    "relationalid1",
    "relationalid2",
    "relationalid3",
    "x-clientcode",
    "x-mediagroupcode",
    "x-papercode",
    "x-request-id",
    "x-requestid",
    "x-sessionid",
    "x-sourcesystem",
]
CORS_EXPOSE_HEADERS = [
    "Content-Disposition",
    "Deprecation",
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Retry-After",
    "Sunset",
    "X-Request-ID",
    "X-Result-Count",
    "X-Total-Count",
]

# Scripts are files of ours. Alpine, which Unfold's pages run on, evaluates their attributes: 'unsafe-eval'. It and the
# styles that Unfold's and REST framework's pages carry are what is left open (docs/decisions.md).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- API ------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.kit.api.authentication.TokenAuthentication",
        "config.kit.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.kit.api.permissions.ModelPermissions"],
    "DEFAULT_RENDERER_CLASSES": [
        "config.kit.api.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
        "config.kit.api.renderers.CSVRenderer",
        "config.kit.api.renderers.XLSRenderer",
        "config.kit.api.renderers.XMLRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "config.kit.api.parsers.JSONParser",
        "config.kit.api.parsers.FormParser",
        "config.kit.api.parsers.MultiPartParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.kit.api.negotiation.QualityNegotiation",
    "DEFAULT_PAGINATION_CLASS": "config.kit.api.pagination.PageLimitPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "config.kit.api.filters.StrictFilterBackend",
        "config.kit.api.ordering.StrictOrderingFilter",
    ],
    "DEFAULT_METADATA_CLASS": "config.kit.api.metadata.ContractMetadata",
    "DEFAULT_SCHEMA_CLASS": "config.kit.api.openapi.ContractAutoSchema",
    "DEFAULT_THROTTLE_RATES": {
        "login": env.str("LOGIN_RATE", "10/min"),
        "token": env.str("TOKEN_FAILURE_RATE", "10/min"),
        "token_address": env.str("TOKEN_FAILURE_RATE_OF_ADDRESS", "100/min"),
        "vault_wrong_key": env.str("VAULT_WRONG_KEY_RATE", "30/min"),
    },
    "NUM_PROXIES": env.int("NUM_PROXIES", 0),
    "EXCEPTION_HANDLER": "config.kit.api.errors.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

REST_KNOX = {
    "TOKEN_TTL": timedelta(days=env.int("API_TOKEN_DAYS", 30)),
    "AUTH_HEADER_PREFIX": "Token",
}

SIMPLE_JWT = {"AUTH_TOKEN_CLASSES": ("config.kit.contracts.tokens.UserToken",)}

# Telco back ends: client credentials only. Secrets and tokens are stored as hashes.
OAUTH2_PROVIDER_APPLICATION_MODEL = "billing.ApiClient"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "billing.contracts.tmf.validator.Validator",
    "SCOPES_BACKEND_CLASS": "billing.contracts.tmf.auth.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": env.int("OAUTH_TOKEN_SECONDS", 3600),
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}

# Paths that will go, by their beginning: docs/integrating/README.md.
API_DEPRECATIONS: dict[str, dict[str, str]] = dict(env.json("API_DEPRECATIONS", {}))

SPECTACULAR_SETTINGS = {
    "TITLE": "Payments back office",
    "DESCRIPTION": "Every way in: the native API, Bimetri, Naviga, Paywall's card storage, TMF676 and TMF670.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.kit.api.openapi.add_error_components",
    ],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    # The browsable API's session is for people, and not part of it.
    "AUTHENTICATION_WHITELIST": [
        "config.kit.api.authentication.TokenAuthentication",
        "billing.contracts.bimetri.auth.BimetriAuthentication",
        "vault.contracts.paywall.auth.KeyAuthentication",
    ],
    "GET_LIB_DOC_EXCLUDES": "config.api_documents.undescribed",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "tryItOutEnabled": True,
        "filter": True,
    },
    "ENUM_NAME_OVERRIDES": {
        "CardPaymentTypeEnum": "payments.models.CardPaymentType",
        "PaymentTypeEnum": "payments.models.PaymentType",
        "SubscriptionStatusEnum": "billing.models.SubscriptionStatus",
        "BillStatusEnum": "billing.models.BillStatus",
        "PaymentMethodKindEnum": "billing.models.MethodKind",
        "RefundKindEnum": "billing.models.RefundKind",
    },
}

# --- payments -------------------------------------------------------------------------------------------------

# The site's URL in browsers. Banks send payers back to it.
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
# Passkeys are bound to the site's host. Browsers know none for an address, but "localhost".
_public = urlsplit(PUBLIC_URL)
_passkey_host = "localhost" if _public.hostname in LOOPBACK else _public.hostname or ""
OTP_WEBAUTHN_RP_ID = _passkey_host
OTP_WEBAUTHN_RP_NAME = "Payments back office"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [
    f"{_public.scheme}://{_passkey_host}{f':{_public.port}' if _public.port else ''}"
]
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
# Where signed heads of the audit log are kept, outside the database.
AUDIT_ANCHOR_FILE = env.path("AUDIT_ANCHOR_FILE", VAR_DIR / "audit-seals.jsonl")
AUDIT_ANCHOR_S3 = env.str("AUDIT_ANCHOR_S3", "")  # https://KEY:SECRET@HOST/BUCKET/PREFIX
AUDIT_ANCHOR_SYSLOG = env.str("AUDIT_ANCHOR_SYSLOG", "")  # host or host:port (UDP)
# Hosts that POS may point at besides those of their gateway's bank. "*", the default in development, allows every host,
# plain HTTP and private addresses.
GATEWAY_HOSTS_ALLOWED: list[str] = env.list("GATEWAY_HOSTS_ALLOWED", [] if PRODUCTION else ["*"])
GATEWAY_TIMEOUT_SECONDS = env.float("GATEWAY_TIMEOUT_SECONDS", 30.0)
# Calls in flight at one POS in each web process: fewer than WEB_THREADS, so that a bank that hangs leaves threads.
GATEWAY_CALLS_PER_POS = env.int("GATEWAY_CALLS_PER_POS", 8)
# The same for status queries; also the number of jobs that query one POS at a time.
GATEWAY_QUERIES_PER_POS = env.int("GATEWAY_QUERIES_PER_POS", 2)
# After this many calls in a row without an answer a POS is not called for so many seconds.
GATEWAY_BREAKER_FAILURES = env.int("GATEWAY_BREAKER_FAILURES", 5)
GATEWAY_BREAKER_SECONDS = env.float("GATEWAY_BREAKER_SECONDS", 30.0)
# Payments that took no money, in the window, for each bill, card, account and payer's address; 0 is no limit.
VELOCITY_PER_BILL = env.int("VELOCITY_PER_BILL", 5)
VELOCITY_PER_CARD = env.int("VELOCITY_PER_CARD", 5)
VELOCITY_PER_ACCOUNT = env.int("VELOCITY_PER_ACCOUNT", 10)
VELOCITY_PER_ADDRESS = env.int("VELOCITY_PER_ADDRESS", 20)
VELOCITY_WINDOW_SECONDS = env.int("VELOCITY_WINDOW_SECONDS", 3600)
# Networks of portals that send the payments of many payers: their addresses are not counted.
VELOCITY_EXEMPT_NETWORKS = env.list("VELOCITY_EXEMPT_NETWORKS", [], subcast=ip_network)
# How long the address works that banks send payers and results back to. Late results are evidence, so longer than
# the payer has (THREE_D_MINUTES), and than the bank is asked (RECHECK_DELAYS).
THREE_D_TOKEN_DAYS = env.int("THREE_D_TOKEN_DAYS", 30)
THREE_D_MINUTES = env.float("THREE_D_MINUTES", 15)
# How long after sending a request the bank may still book it, answered or not.
IN_FLIGHT_SECONDS = env.int("IN_FLIGHT_SECONDS", 120)
# Seconds between status queries for a payment with an unknown outcome; the last value repeats.
RECONCILE_DELAYS = env.list("RECONCILE_DELAYS", [60, 300, 3600, 86400], subcast=int)
# When the bank is queried again about a payment that ended without its word (not found, never finished).
RECHECK_DELAYS = env.list("RECHECK_DELAYS", [3600, 43200, 86400, 86400, 86400], subcast=int)
# When the banks close their day, in the channel's time zone: refunds that came too early are sent then.
BANK_DAY_END = env.str("BANK_DAY_END", "00:30")
# Above it, in percent, the admin asks again before it saves a commission rate, unless the channel's conf has an
# `interest_rate_bound` of its own.
INTEREST_RATE_BOUND = env.decimal("INTEREST_RATE_BOUND", Decimal(20))
# Above it, in the channel's default currency, a refund or a manual settlement needs a second person, unless the
# channel's conf has a `refund_limit` of its own. Cumulative per payment, and per account and day.
REFUND_LIMIT = env.decimal("REFUND_LIMIT", Decimal(5000))
# After this many queries without a final answer a case is opened.
RECONCILE_CASE_AFTER = env.int("RECONCILE_CASE_AFTER", 7)

# --- payment methods ------------------------------------------------------------------------------------------

# How many days before expiry a card is listed as expiring and an event is sent.
EXPIRING_CARD_DAYS = env.int("EXPIRING_CARD_DAYS", 45)

# --- events and jobs ------------------------------------------------------------------------------------------

# Allow listeners on loopback and private addresses. For trials, never in production.
HUB_ALLOW_PRIVATE_CALLBACKS = env.bool("HUB_ALLOW_PRIVATE_CALLBACKS", False)
HUB_TIMEOUT_SECONDS = env.float("HUB_TIMEOUT_SECONDS", 10.0)
# Seconds between delivery attempts; after the last one the event is kept as failed.
HUB_DELAYS = env.list("HUB_DELAYS", [5, 30, 120, 600, 3600, 10800, 21600, 43200, 86400], subcast=int)
# /readyz counts a worker as running if its last heartbeat is not older than this.
WORKER_SEEN_SECONDS = env.int("WORKER_SEEN_SECONDS", 30)
PROCRASTINATE_IMPORT_PATHS = ["billing.hub.tasks"]

# --- card vault -----------------------------------------------------------------------------------------------

# Stored cards are removed this many days after the end of the month in which they expire.
VAULT_KEEP_EXPIRED_DAYS = env.int("VAULT_KEEP_EXPIRED_DAYS", 180)

# --- card numbers ---------------------------------------------------------------------------------------------

# More files and folders that the nightly search for card numbers looks through: logs, dumps.
SWEEP_PATHS: list[str] = env.list("SWEEP_PATHS", [])

# --- metrics --------------------------------------------------------------------------------------------------

# Whoever has it reads /metrics (`Authorization: Bearer …`). Without it there is no such page, and no files.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if METRICS_TOKEN:  # read by prometheus_client when it is imported
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", env.str("METRICS_DIR", str(VAR_DIR / "metrics")))
    Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True, mode=0o700)

# --- logs -----------------------------------------------------------------------------------------------------

LOGGING = logging_config(
    level=env.str("LOG_LEVEL", "INFO"), log_format=env.str("LOG_FORMAT", "json" if PRODUCTION else "text")
)
