"""A mailbox served over IMAP on the loopback: what a reader of new messages asks, no more (RFC 3501)."""

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

ACCOUNT, PASSWORD = "retours@exemple.fr", "mot de passe"


@dataclass
class Mailbox:
    """`messages` by order of arrival; `seen` are the numbers of those that were read."""

    messages: list[bytes] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    port: int = 0
    # Breaks off after so many messages given, as a network does.
    breaks_after: int = 0
    given: int = 0


class _Session(socketserver.StreamRequestHandler):
    server: Any

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("* OK prêt".encode().decode("ascii", "ignore"))
        while line := self.rfile.readline().decode().strip():
            tag, command, *rest = line.split(" ", 2)
            told = rest[0] if rest else ""
            if command == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif command == "LOGIN" and told != f'{ACCOUNT} "{PASSWORD}"':
                self.say(f"{tag} NO [AUTHENTICATIONFAILED] refused")
                continue
            elif command == "SELECT":
                if told != '"INBOX"':
                    self.say(f"{tag} NO no such mailbox")
                    continue
                self.say(f"* {len(self.server.box.messages)} EXISTS")
            elif command == "UID" and not self.about(told):
                return
            self.say(f"{tag} OK done")
            if command == "LOGOUT":
                return

    def about(self, told: str) -> bool:
        box: Mailbox = self.server.box
        if told.startswith("SEARCH"):
            unseen = [str(n) for n, _ in enumerate(box.messages, 1) if n not in box.seen]
            self.say(f"* SEARCH {' '.join(unseen)}".rstrip())
        elif fetched := re.match(r"FETCH (\d+) ", told):
            number = int(fetched[1])
            box.given += 1
            if box.breaks_after and box.given > box.breaks_after:
                return False
            content = box.messages[number - 1]
            self.wfile.write(f"* {number} FETCH (UID {number} BODY[] {{{len(content)}}}\r\n".encode())
            self.wfile.write(content + b")\r\n")
        elif stored := re.match(r"STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)$", told):
            box.seen.add(int(stored[1]))
        return True


@contextmanager
def served(box: Mailbox) -> Iterator[str]:
    """Its address, until the block ends."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            account, password = ACCOUNT.replace("@", "%40"), PASSWORD.replace(" ", "%20")
            yield f"imap://{account}:{password}@127.0.0.1:{server.server_address[1]}/INBOX"
        finally:
            server.shutdown()
            thread.join(timeout=20)
