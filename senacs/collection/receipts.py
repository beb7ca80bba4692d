"""The receipt of each sending: the PDF that left is kept, its checksum and its permanent link go by letter."""

import hashlib
import zlib

from senacs.accounts.models import User
from senacs.accounts.permissions import people_of
from senacs.collection.copies import as_pdf, checksum
from senacs.collection.models import Response
from senacs.collection.receipt_models import Receipt
from senacs.letters import mail
from senacs.lib.french import moment


def issue_receipt(*, response: Response, by: User) -> Receipt:
    """Keeps what `response` says at its sending and writes to its people; within the transaction that sends it."""
    assert response.submitted_at is not None
    pdf = as_pdf(response, at=response.submitted_at)
    receipt = Receipt.objects.create(
        response=response,
        number=response.receipts.count() + 1,
        at=response.submitted_at,
        by=by,
        answers_checksum=checksum(response),
        pdf_checksum=hashlib.sha256(pdf).hexdigest(),
        compressed=zlib.compress(pdf, 9),
    )
    context = {"response": response, "receipt": receipt, "sent_at": moment(receipt.at)}
    mail.send_on_commit(
        [mail.write("collection/mail/accuse.txt", context, to=person.email) for person in people_of(response.structure)]
    )
    return receipt
