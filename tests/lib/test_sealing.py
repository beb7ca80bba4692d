"""What is sealed says nothing, opens for its purpose alone, under the present key or a former one."""

from typing import Any

import pytest

from senacs.lib.sealing import SealLostError, seal, unseal


def test_a_seal_opens_for_its_purpose_alone() -> None:
    sealed = seal("clé 1234", purpose="lettres")
    assert "1234" not in sealed and sealed != seal("clé 1234", purpose="lettres")
    assert unseal(sealed, purpose="lettres") == "clé 1234"
    with pytest.raises(SealLostError, match="la clé du site a changé"):
        unseal(sealed, purpose="facteurs")


def test_a_changed_key_is_told_and_a_former_one_opens(settings: Any) -> None:
    sealed, former = seal("clé 1234", purpose="lettres"), settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-of-another-installation"
    with pytest.raises(SealLostError):
        unseal(sealed, purpose="lettres")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed, purpose="lettres") == "clé 1234"
