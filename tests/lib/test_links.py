"""Links made of people's texts: only addresses of the web, of letters and of telephones, as they show themselves."""

import pytest

from senacs.lib.links import mail_address, phone_number, web_address

NO_ADDRESS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "\x01javascript:x",
    "javascript://exemple.fr/%0aalert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd",
    "//exemple.fr", "/espace/", "exemple.fr", "https:exemple.fr", "https://", "https:///a", "https://exemple",
    "https://exemple.fr@mal.fr/", "https://a:b@mal.fr/", "https://exemple.fr:port/", "https://[::1", "https://a.fr\\@b.fr",
    "https://exemple.fr/\u202efdp.exe", "https://exemple.fr/\x00", "https://exemple.fr/a b", "https://exemple.fr/\"x",
    "https://exemple.fr/" + "a" * 500, "blob:https://exemple.fr/x", "ftp://exemple.fr/",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESS, ids=ascii)
def test_what_is_no_address_of_the_web_is_no_link(text: str) -> None:
    assert web_address(text) == ""


@pytest.mark.parametrize(
    "text", ["https://exemple.fr", "http://www.exemple.fr/a?b=c#d", "https://été.fr/é", "HTTPS://exemple.fr:8080/"]
)
def test_addresses_of_the_web_are_links(text: str) -> None:
    assert web_address(text) == text


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("a.b+c@exemple.fr", "mailto:a.b+c@exemple.fr"),
        ("a?bcc=tous@exemple.fr", "mailto:a%3Fbcc%3Dtous@exemple.fr"),
        ("a@exemple.fr,b@exemple.fr", ""),
        ("javascript:alert(1)", ""),
        ("a@b.fr\r\nBcc: x", ""),
        ("\u202ea@b.fr", "mailto:a@b.fr"),
    ],
)
def test_letters_go_to_one_person(text: str, link: str) -> None:
    assert mail_address(text) == link


@pytest.mark.parametrize(
    ("text", "link"),
    [("04 75 00 00 00", "tel:0475000000"), ("+33 4 75", "tel:+33475"), ("javascript:x", ""), ("+", "")],
)
def test_telephones_are_digits(text: str, link: str) -> None:
    assert phone_number(text) == link
