"""One spelling for each e-mail address: two spellings of the same mailbox are the same account, never two."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from senacs.lib.refusals import Refused


def canonical_address(text: str) -> str:
    """The only spelling in which an address is stored, compared and written to; "" for what is not one.

    Case and compatible letters are folded here, in Python, and compared byte for byte in the database: to PostgreSQL
    « ı » is a capital « I », and a look-up by `iexact` gives somebody else's account (CVE-2019-19844).
    """
    local, at, domain = unicodedata.normalize("NFKC", text).strip().lower().rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode('ascii')}"
        if not address.isascii():
            return ""
        validate_email(address)
    except (UnicodeError, ValidationError):
        return ""
    return address


def read_address(text: str) -> str:
    """As `canonical_address`; Refused for what is not an address."""
    address = canonical_address(text)
    if not address:
        raise Refused("Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine.")
    return address
