"""Settings. Everything a site may change comes from the environment; see docs/operate.md."""

import os
from importlib.util import find_spec
from pathlib import Path

from zhili.conf.database import django_settings, runtime_url
from zhili.conf.home import home, secret_key
from zhili.conf.logs import config as logging_config
from zhili.conf.mail import mail_settings


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


HOME = home()
TESTING = os.environ.get("ZHILI_TESTING") == "1"
HTTPS = os.environ.get("ZHILI_HTTPS") == "1"
SECRET_KEY = secret_key()
DEBUG = os.environ.get("ZHILI_DEBUG") == "1"
ALLOWED_HOSTS = _list("ZHILI_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _list("ZHILI_ORIGINS")
DATABASES = {"default": django_settings(runtime_url())}
LOGGING = logging_config("WARNING" if TESTING else None)

SCENARIOS = [
    "citizen_reports",
    "command_centre",
    "evidence",
    "early_warning",
    "eldercare",
    "village_screens",
    "cross_border",
    "inspections",
    "discretion",
    "wages",
    "catering",
]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "ninja",
    "zhili.conf",
    "zhili.core.params",
    "zhili.core.web",
    "zhili.core.streams",
    "zhili.core.trail",
    "zhili.core.places",
    "zhili.core.people",
    "zhili.core.tables",
    "zhili.core.files",
    "zhili.core.forms",
    "zhili.core.registers",
    "zhili.core.cases",
    "zhili.core.administration",
    "zhili.core.documents",
    "zhili.core.draws",
    "zhili.core.visits",
    "zhili.core.notices",
    "zhili.core.personal",
    "zhili.core.signals",
    "zhili.core.indicators",
    "zhili.core.transparency",
    "zhili.core.exchange",
    "zhili.portal",
    *(f"zhili.scenarios.{name}" for name in SCENARIOS),
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"
MIDDLEWARE = [
    "zhili.conf.middleware.around",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhili.conf.middleware.PagePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "zhili.core.files.uploads.RefuseOversized",  # before the CSRF check, which reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zhili.core.people.second_factor.AskStaff",
]
ROOT_URLCONF = "zhili.conf.urls"
WSGI_APPLICATION = "zhili.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # before the apps' own, so that allauth's pages wear our clothes
        "DIRS": [Path(__file__).resolve().parent.parent / "core/web/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhili.core.web.context.page",
                "zhili.portal.context.frame",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
FORMAT_MODULE_PATH = ["zhili.locale"]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
FILE_UPLOAD_HANDLERS = ["zhili.core.files.uploads.CappedUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
CLAMD = os.environ.get("ZHILI_CLAMD", "")  # docs/files.md
CLAMD_DOWN = os.environ.get("ZHILI_CLAMD_DOWN", "refuse")
MEDIA_ROOT = HOME / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "zhili.conf.static.Storage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
# Names that tell their content, by Django's hash or by Vite's: browsers may keep them for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.[^/]+$|/zhili/assets/[^/]+-[\w-]{8}\.\w+$"

CSRF_FAILURE_VIEW = "zhili.core.web.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = int(os.environ.get("ZHILI_HSTS", "0")) if HTTPS else 0
if os.environ.get("ZHILI_BEHIND_PROXY") == "1":  # only then may a header say that the visitor came by https
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"  # grant codes in addresses never leave for another site
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
}

# The number under which the surveying authority approved the map (审图号); shown under every city map.
ZONES = tuple(_list("ZHILI_ZONES", "public,government,justice"))
"""Whose cases this process serves: nothing of another zone is shown by it, to anybody."""
MAP_APPROVAL = os.environ.get("ZHILI_MAP_APPROVAL", "").strip()

# Where others reach this site, and its name among sites that exchange matters: see docs/exchange.md.
SITE_URL = os.environ.get("ZHILI_URL", "").strip().rstrip("/")
EXCHANGE_SITE = os.environ.get("ZHILI_EXCHANGE_SITE", "").strip()
EXCHANGE_TITLE = os.environ.get("ZHILI_EXCHANGE_TITLE", "").strip()

# The trail: see docs/operate.md. A report is under a signed head this long after it came, at the most.
TRAIL_HEAD_SECONDS = float(os.environ.get("ZHILI_TRAIL_HEAD_SECONDS", "60"))
TRAIL_ORIGIN = os.environ.get("ZHILI_TRAIL_ORIGIN", "").strip()
TRAIL_SIGNERS = _list("ZHILI_TRAIL_SIGNERS", "ed25519")
TSA_URL = os.environ.get("ZHILI_TSA_URL", "").strip()
TSA_CERTIFICATE = os.environ.get("ZHILI_TSA_CERTIFICATE", "").strip()
TSA_SECONDS = float(os.environ.get("ZHILI_TSA_SECONDS", "600"))

vars().update(mail_settings(os.environ.get("EMAIL_URL", "")))
if find_spec("zhili.conf.auth"):
    from zhili.conf.auth import *  # noqa: F403
