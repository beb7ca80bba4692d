"""Devices in words, and sessions ended."""

import pytest

from senacs.accounts.devices import name_of, place_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15"


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (EDGE, "Edge sur Windows"),
        (IPHONE, "Safari sur un iPhone"),
        (ANDROID, "Chrome sur un appareil Android"),
        (MAC, "Safari sur un Mac"),
        ("", "Un navigateur sur un appareil inconnu"),
        ("<script>", "Un navigateur sur un appareil inconnu"),
    ],
)
def test_device_is_said_in_words(agent: str, expected: str) -> None:
    assert name_of(agent) == expected


@pytest.mark.parametrize(
    ("address", "seen_from", "expected"),
    [
        ("203.0.113.7", "203.0.113.7", "la même connexion que maintenant"),
        ("203.0.113.9", "203.0.113.7", "le même réseau que maintenant"),
        ("192.168.1.4", "81.2.69.142", "un réseau interne"),
        ("10.1.2.3", "81.2.69.142", "un réseau interne"),
        ("::", "81.2.69.142", "une adresse que le site ne connaît pas"),
        ("::", "::", "une adresse que le site ne connaît pas"),
        ("81.2.69.142", "90.3.4.5", "une autre connexion (81.2.69.142)"),
        ("2a01:e34::1", "90.3.4.5", "une autre connexion (2a01:e34::1)"),
        ("2a01:e34:1:2::1", "2a01:e34:1:9::8", "le même réseau que maintenant"),
    ],
)
def test_place_is_said_in_words(address: str, seen_from: str, expected: str) -> None:
    assert place_of(address, seen_from=seen_from) == expected
