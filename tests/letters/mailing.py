"""The process that test_kills kills: writes a mailing in one transaction, or sends what waits."""

import os
import sys
import time
from datetime import timedelta

import django


def main(act: str, number: int) -> None:
    django.setup()
    from django.db import connection, transaction

    from senacs.letters.delivery import LONGEST_SENDING, deliver_due
    from senacs.letters.mail import Letter, send_on_commit
    from senacs.letters.models import OutgoingLetter
    from senacs.lib import clock

    def tell(said: object) -> None:
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()

    if act == "write":
        if not connection.introspection.table_names():
            with connection.schema_editor() as editor:
                editor.create_model(OutgoingLetter)
        with transaction.atomic():
            transaction.on_commit(lambda: (tell("committed"), time.sleep(60)))
            send_on_commit([Letter(f"p{n}@exemple.fr", "Objet", "Bonjour.\n") for n in range(number)])
            tell("written")
            if "hold" in sys.argv:
                time.sleep(60)
    if act == "send":
        deliver_due()
        if "later" in sys.argv:
            with clock.frozen(clock.now() + LONGEST_SENDING + timedelta(seconds=1)):
                deliver_due()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(sys.argv[1], int(sys.argv[2]))
