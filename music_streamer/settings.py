"""Every setting, in reading order. What an operator may change comes from the environment or `.env`."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured

from music_streamer import addresses, secret_key
from music_streamer.paths import BASE_DIR, DATA_DIR, env, number

# --- Where it runs -----------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
HOST = env.str("HOST", "127.0.0.1")
PORT = number("PORT", 8000)
NETWORK_HOSTS = addresses.of_this_machine() if HOST in addresses.ANY else []
SITE_URL = env.str("SITE_URL", f"http://{'127.0.0.1' if NETWORK_HOSTS else HOST}:{PORT}").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or HOST
IS_HTTPS = urlsplit(SITE_URL).scheme == "https"
if urlsplit(SITE_URL).scheme not in {"http", "https"}:
    raise ImproperlyConfigured(f"SITE_URL must begin with http:// or https://, not {SITE_URL!r}")
DATA_DIR.mkdir(parents=True, exist_ok=True)
DEMO = env.bool("DEMO", True)

SECRET_KEY = secret_key.read()
SECRET_KEY_FALLBACKS = [secret_key.checked(key) for key in env.list("SECRET_KEY_FALLBACKS", default=[])]
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    HOST,
    SITE_HOST,
    *NETWORK_HOSTS,
    *env.list("ALLOWED_HOSTS", default=[]),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "music_streamer.urls"
WSGI_APPLICATION = "music_streamer.wsgi.application"

# --- Apps --------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # what it shows is found in urls.py: no command needs it
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "tailwind",
    "django_tasks",
    "music_streamer.apps.BackgroundTasksConfig",
    "theme",
    "listening",
    "music",
    "uploads",
    "users",
    "playlists",
    "social",
    "sharing",
    "discovery",
    "scrobbling",
    "history",
    "music_streamer",
]
TAILWIND_APP_NAME = "theme"

MIDDLEWARE = [
    "music_streamer.middleware.BodilessHeadMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "music_streamer.middleware.PolicyMiddleware",
    "music_streamer.sound.SoundMiddleware",
    "music_streamer.middleware.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "users.middleware.LanguageMiddleware",
    "users.middleware.SignInMiddleware",
    "users.device_sessions.SessionUseMiddleware",
    # After the sign-in check: looking for the token parses the body, and strangers' uploads are not worth parsing.
    "django.middleware.csrf.CsrfViewMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "users.middleware.InvalidFormMiddleware",
    "users.middleware.TimeZoneMiddleware",
    "users.middleware.WhoseMiddleware",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",  # the admin asks for it by name
                "music_streamer.context_processors.messages",
                "users.context_processors.appearance",
            ],
        },
    },
    # For lists, where each row costs: see music/jinja.py.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja"],
        "OPTIONS": {"environment": "music.jinja.environment"},
    },
]
MESSAGE_TAGS = {message_levels.ERROR: "danger"}

# --- Databases and files -----------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if "ENGINE" not in DATABASES["default"]:
    raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host/name.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # With DEFERRED transactions, threads that read and then write lose half of their work to "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
# To open SQLite anew, with all its functions, costs as much as three queries.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MONGODB_URI = env.str("MONGODB_URI", "")
if MONGODB_URI and not MONGODB_URI.startswith(("mongodb://", "mongodb+srv://")):
    raise ImproperlyConfigured("MONGODB_URI must look like mongodb://host/name.")

CACHES = {
    "default": {"BACKEND": "music_streamer.cache.FileCache", "LOCATION": DATA_DIR / "cache"},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / "media"))).resolve()
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\."

UPLOAD_MAX_BYTES = number("UPLOAD_MAX_BYTES", 500 * 1024 * 1024)
UPLOAD_MAX_REQUEST_BYTES = 4 * UPLOAD_MAX_BYTES
UPLOAD_MAX_FILES = 1000  # in one request; what is more is left out and said
DATA_UPLOAD_MAX_NUMBER_FILES = 10 * UPLOAD_MAX_FILES
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = ["uploads.upload_handler.CappedFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o640
WRITE_TAGS = env.bool("WRITE_TAGS", False)  # corrections go into the files as well, those of the operator's folders too
X_ACCEL_REDIRECT_PREFIX = env.str("X_ACCEL_REDIRECT_PREFIX", "")

# --- Scrobbling --------------------------------------------------------------
LISTENBRAINZ_URL = env.str("LISTENBRAINZ_URL", "https://api.listenbrainz.org").rstrip("/")
if LISTENBRAINZ_URL and urlsplit(LISTENBRAINZ_URL).scheme not in {"http", "https"}:
    raise ImproperlyConfigured(f"LISTENBRAINZ_URL must begin with http:// or https://, not {LISTENBRAINZ_URL!r}")
LASTFM_URL = "https://ws.audioscrobbler.com/2.0/"
LASTFM_API_KEY = env.str("LASTFM_API_KEY", "")
LASTFM_API_SECRET = env.str("LASTFM_API_SECRET", "")
if bool(LASTFM_API_KEY) != bool(LASTFM_API_SECRET):
    raise ImproperlyConfigured("Last.fm needs both LASTFM_API_KEY and LASTFM_API_SECRET.")

# --- Sharing -----------------------------------------------------------------
# Sites that may show the small player of a link; "*" for all. Our own may always.
SHARE_FRAME_ANCESTORS = env.list("SHARE_FRAME_ANCESTORS", default=[])
if not all(re.fullmatch(r"\*|https?://[\w.*:-]+", site) for site in SHARE_FRAME_ANCESTORS):
    raise ImproperlyConfigured("SHARE_FRAME_ANCESTORS must be * or a list like https://blog.example,https://b.example")

# --- Accounts ----------------------------------------------------------------
AUTH_USER_MODEL = "users.CustomUser"
AUTHENTICATION_BACKENDS = ["users.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
OPEN_SIGNUP = env.bool("OPEN_SIGNUP", True)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "users.forms.LoginForm", "signup": "users.forms.SignupForm"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USERNAME_BLACKLIST = ["admin", "root", "staff", "support"]
ACCOUNT_RATE_LIMITS = {"invitation": "20/m/ip"}  # others as allauth has them
MFA_ADAPTER = "users.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "users.second_factor.CodeForm",
    "reauthenticate": "users.second_factor.ConfirmingCodeForm",
    "activate_totp": "users.second_factor.ActivateAppForm",
    "add_webauthn": "users.second_factor.PasskeyForm",
    "edit_webauthn": "users.second_factor.RenamePasskeyForm",
    "login_webauthn": "users.second_factor.PasskeyLoginForm",
    "authenticate_webauthn": "users.second_factor.PasskeySecondForm",
    "reauthenticate_webauthn": "users.second_factor.ConfirmingPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # many places have no mail, and nobody there could ever verify
MFA_TOTP_ISSUER = "Music Streamer"
MFA_TOTP_TOLERANCE = 1  # the clocks of phones

vars().update(env.email_url("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Music Streamer <noreply@{SITE_HOST}>")

# --- Language and time -------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("ja", "日本語"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["music_streamer.formats"]  # days before months and clocks of 24 hours, in English too
LANGUAGE_COOKIE_NAME = f"language_{PORT}"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
TIME_ZONE = "UTC"

# --- Security ----------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
SESSION_ENGINE = "users.sessions"
SESSION_COOKIE_NAME = f"sessionid_{PORT}"  # cookies ignore ports: two instances on one host would sign each other out

if IS_HTTPS:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", 0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- Logs --------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "waitress": {"level": "ERROR"},
    },
}
