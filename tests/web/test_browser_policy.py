"""What browsers are told with every answer, and what cookies are over HTTPS."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

ASKED = (
    "import json; from config import settings as s;"
    "print(json.dumps({n: getattr(s, n) for n in ("
    "'SESSION_COOKIE_NAME','CSRF_COOKIE_NAME','SESSION_COOKIE_SECURE','CSRF_COOKIE_SECURE','SECURE_HSTS_SECONDS',"
    "'SECURE_HSTS_INCLUDE_SUBDOMAINS','SECURE_SSL_REDIRECT')}))"
)


@pytest.mark.slow
def test_cookies_and_transport_over_https() -> None:
    own = {"SENACS_HTTPS": "1", "SENACS_DEMO": "0", "SENACS_SECRET_KEY": "x" * 60, "SENACS_HOSTS": "senacs.exemple.fr"}
    told = subprocess.run(
        [sys.executable, "-c", ASKED], env=os.environ | own, cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    found = json.loads(told.stdout)
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"] and found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 31536000 and found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]


@pytest.mark.django_db
def test_every_answer_carries_the_policy(client: Client) -> None:
    client.raise_request_exception = False
    answers = [
        client.get("/"),
        client.get("/nulle-part/"),
        client.get("/espace/"),
        client.get("/sante"),
        client.get("/api/reponse"),
        client.delete("/charte/"),
        client.post("/charte/", b"x" * 20, content_type="text/plain", headers={"Content-Length": str(10**9)}),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy, answer
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert {answer.status_code for answer in answers} >= {200, 302, 401, 404, 405}
