"""Sign-in: accounts, passwords, second factor, sessions, and the cache their limits are counted in.

Taken into settings.py whole. Environment: ZHILI_STAFF_MFA=1 asks every member of staff for a second factor;
ZHILI_PROXIES says how many trusted proxies stand in front (one, when only ZHILI_BEHIND_PROXY=1 is given),
so that limits count the visitor's address and not the proxy's; EMAIL_URL turns on e-mail verification;
SMS_URL and SMS_TOKEN name the provider of text messages (core/people/sms), SMS_TEMPLATE its template for codes.
"""

import os

from zhili.base.shells import declared

_HTTPS = any(origin.startswith("https://") for origin in os.environ.get("ZHILI_ORIGINS", "").split(","))
_EMAIL = bool(os.environ.get("EMAIL_URL"))

AUTH_USER_MODEL = "people.Account"
# allauth's backend is Django's own plus the e-mail address as a name to sign in with.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Rate limits and the memory of used one-time codes live in Django's default cache, which allauth alone may
# not choose. A cache in each process would multiply every limit by the number of processes and let a code
# be used once in each; a cache server would be one more thing to run. So: a table in the database, touched
# only when somebody signs in. Whoever wants a fast cache of their own takes "local".
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # only with "remember me"; otherwise until the browser is closed

ACCOUNT_ADAPTER = "zhili.core.people.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", *(["email"] if _EMAIL else []), "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if _EMAIL else "none"
ACCOUNT_EMAIL_NOTIFICATIONS = _EMAIL
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _HTTPS else "http"
# A whole office stands behind one address and signs in at half past eight; a guesser is stopped by the
# limit on failures of one name.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "30/m/ip,5/5m/key", "signup": "20/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("ZHILI_PROXIES", os.environ.get("ZHILI_BEHIND_PROXY", "0")))

SMS_URL = os.environ.get("SMS_URL", "").strip()
if SMS_URL and not SMS_URL.startswith(("https://", "http://")):
    raise ValueError("SMS_URL 应以 https:// 开头。 SMS_URL begins with https://")
SMS_TOKEN = os.environ.get("SMS_TOKEN", "").strip()
SMS_TEMPLATE = os.environ.get("SMS_TEMPLATE", "sign_in_code").strip()
# Without a provider codes are written to a file, for whoever tries the system; a real site does not do that.
SMS_REAL_SITE = _HTTPS or os.environ.get("ZHILI_HTTPS") == "1"
# Codes sent: so many to one number, from one address, by the whole site; codes guessed for one number.
PHONE_LIMITS = {
    "send": "1/50s/key,6/h/key,12/d/key,60/h/ip",
    "send_all": os.environ.get("SMS_MOST", "3000/h") + "/key",
    "guess": "10/10m/key",
}

SHELLS = declared(os.environ.get("ZHILI_SHELLS", ""))

MFA_ADAPTER = "zhili.core.people.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhili"
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers offer security keys over https and on localhost only; this is for the latter.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
STAFF_MFA = os.environ.get("ZHILI_STAFF_MFA") == "1"
