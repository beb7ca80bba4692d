"""How allauth keeps the second factors of this site: their secrets sealed, every change told by letter."""

from allauth.mfa.adapter import DefaultMFAAdapter

from senacs.accounts.factor_codes import seal, unseal


class SealedSecrets(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
