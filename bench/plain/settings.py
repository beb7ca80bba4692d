"""The product's settings with the plain views; BENCH_STACK says what stands around them."""

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

# « site »: the product as it is. « form »: what `startproject` gives. « bare »: no middleware at all.
BENCH_STACK = os.environ["BENCH_STACK"]
INSTALLED_APPS = [*INSTALLED_APPS, "bench.plain"]
ROOT_URLCONF = "bench.plain.urls"
if BENCH_STACK != "site":
    INSTALLED_APPS = [name for name in INSTALLED_APPS if not name.startswith("allauth")]  # asks for its middleware
if BENCH_STACK == "form":
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
elif BENCH_STACK == "bare":
    MIDDLEWARE = []
