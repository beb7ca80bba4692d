"""Settings, one file; every variable is described in docs/settings.md (a test says so)."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import environment as env
from config import identity, observation

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("SENACS_VAR", str(BASE_DIR / "var")))
# What cannot be built again (embedded database, releases, microdata, documents), beside what can unless it is named.
KEPT_DIR = Path(env.text("SENACS_DATA", str(VAR_DIR)))
DATA_DIR = BASE_DIR / "data"
VAR_DIR.mkdir(parents=True, exist_ok=True)
KEPT_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("SENACS_DEBUG")
# The demonstration marks every page and document as fictitious and shows its logins on the sign-in page.
DEMO = env.flag("SENACS_DEMO")
# « public » serves releases only, without accounts nor any URL that reads answers (design §3).
SITE = env.one_of("SENACS_SITE", ("complet", "public"), "complet")
SECRET_KEY = env.text("SENACS_SECRET_KEY")
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured(
            "SENACS_SECRET_KEY est obligatoire hors démonstration (SENACS_DEMO=1) et développement (SENACS_DEBUG=1)."
        )
    SECRET_KEY = "demonstration-only-key-never-used-with-real-answers"  # noqa: S105
SECRET_KEY_FALLBACKS = env.items("SENACS_FORMER_SECRET_KEYS")
# The machine itself always: monitors and health checks ask it by these names. Letters name PUBLIC_URL alone.
ALLOWED_HOSTS = [*env.items("SENACS_HOSTS"), "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.items("SENACS_ORIGINS")
PUBLIC_URL = env.text("SENACS_PUBLIC_URL", "http://127.0.0.1:8000")
CONTACT, HOSTING = env.text("SENACS_CONTACT"), env.text("SENACS_HOSTING")
HTTPS = env.flag("SENACS_HTTPS")
TRUSTED_PROXIES = env.networks("SENACS_TRUSTED_PROXIES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    # In the order of the ladder; before django_tasks_db, whose db_worker is ours, with a heartbeat.
    *(f"senacs.{name}" for name in "letters audit operation territories structures accounts jobs".split()),
    *(f"senacs.{name}" for name in "register questionnaire training campaigns".split()),
    *(f"senacs.{name}" for name in "collection review observatory enquiries".split()),
    *(f"senacs.{name}" for name in "publication exchange agenda web demo".split()),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "senacs.web.observed.ObservedMiddleware",
    "senacs.web.middleware.PolicyMiddleware",
    "senacs.web.public.caching.PublicPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "senacs.web.incoming.CookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "senacs.web.typography.TypographyMiddleware",
    "senacs.web.bodies.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "senacs.web.incoming.IncomingMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "senacs.web.middleware.CharteMiddleware",
    "senacs.web.middleware.SecondFactorMiddleware",
    "senacs.web.middleware.ReadingMiddleware",
    "senacs.web.middleware.KeptFilesMiddleware",
    "senacs.web.words.WordsMiddleware",
    "senacs.web.middleware.NoStoreMiddleware",
]

ROOT_URLCONF = "config.urls" if SITE == "complet" else "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "senacs.web.context.frame",
            ],
        },
    },
    # For the markup that repeats too often for the first: the questions of a section (docs/decisions).
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "senacs.web.jinja.environment"},
    },
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"), sqlite_path=str(KEPT_DIR / "senacs.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["senacs.accounts.backends.PersonBackend"]
_RULES = ("LongEnough", "NotKnown", "NotAboutThePerson")
AUTH_PASSWORD_VALIDATORS = [{"NAME": f"senacs.accounts.password_rules.{rule}"} for rule in _RULES]
BREACHED_PASSWORDS = env.file("SENACS_BREACHED_PASSWORDS")
PASSWORD_RESET_TIMEOUT = 60 * 60
INVITATION_DAYS = 14
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/espace/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are created by invitation, sent to the address itself
ACCOUNT_FORMS = {"reset_password": "senacs.web.account.passwords.ResetForm"}
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # counted in the database instead (accounts/throttling.py)
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_ADAPTER = "senacs.web.accounts_adapter.InvitationOnlyAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation's link, sent to the address, proved it
MFA_FORMS = identity.FACTOR_FORMS
MFA_TOTP_ISSUER = "SENACS"
MFA_ADAPTER = "senacs.web.account.mfa_adapter.SealedSecrets"
MFA_TOTP_TOLERANCE = 1  # a code typed as it changes is still right (RFC 6238, 5.2)
SECOND_FACTOR = identity.second_factor(
    env.one_of("SENACS_SECOND_FACTOR", ("obligatoire", "propose"), "propose" if DEMO else "obligatoire"), demo=DEMO
)
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # how long a proof of identity is fresh
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
SOCIALACCOUNT_ADAPTER = "senacs.web.account.proconnect.ProConnectAccounts"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": identity.openid_apps(
            url=env.text("SENACS_OIDC_URL"),
            client_id=env.text("SENACS_OIDC_CLIENT_ID"),
            secret=env.text("SENACS_OIDC_SECRET"),
        )
    }
}

LANGUAGE_CODE, TIME_ZONE = "fr", "Europe/Paris"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [VAR_DIR / "assets"]
MEDIA_ROOT = KEPT_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
RELEASES_DIR, MICRODATA_DIR = KEPT_DIR / "releases", KEPT_DIR / "microdata"

BACKUPS_DIR, BACKUP_RECIPIENTS = env.text("SENACS_BACKUPS") or None, env.items("SENACS_BACKUP_KEYS")

EMAIL_BACKEND = env.text("SENACS_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST, EMAIL_PORT = env.text("SENACS_EMAIL_HOST", "localhost"), env.number("SENACS_EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.text("SENACS_EMAIL_USER"), env.text("SENACS_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("SENACS_EMAIL_TLS")
EMAIL_TIMEOUT, BOUNCES_URL = 30, env.text("SENACS_BOUNCES_URL")
DEFAULT_FROM_EMAIL = env.text("SENACS_EMAIL_FROM", "SENACS <ne-pas-repondre@senacs.invalid>")

TASKS = {"default": {"BACKEND": "senacs.operation.queue.TracedBackend", "QUEUES": ["default"]}}

# The public site knows nobody, and its role of the database reads no session: a stray cookie is nothing there.
SESSION_ENGINE = "senacs.accounts.sessions" if SITE == "complet" else "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Over HTTPS no other host, and no plain connection, can set or replace them.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (f"{'__Host-' if HTTPS else ''}{name}" for name in ("sessionid", "csrftoken"))
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REDIRECT_EXEMPT = ["^(sante|pret|metriques)$"]  # asked by monitors of this machine, without the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

LOGGING = observation.logging_of(level=env.one_of("SENACS_LOG", observation.LEVELS, "INFO"), plain=DEBUG)
METRICS_TOKEN = env.text("SENACS_METRICS_TOKEN")
