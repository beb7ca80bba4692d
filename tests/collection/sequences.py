"""Every way in which a response changes, as acts that can be drawn, repeated and killed at any statement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from senacs.accounts.enums import Role
from senacs.campaigns.models import Campaign
from senacs.collection.documents import Stored
from senacs.collection.enums import ResponseState
from senacs.collection.models import ApiToken, Proposal, Response, WorkbookUpload
from senacs.collection.on_behalf import accept_entries, contest_entry, contested_codes
from senacs.collection.proposals import accept_proposals, propose_values, refuse_proposals
from senacs.collection.queries import replay_history
from senacs.collection.services import CLEAR, NOT_CONCERNED, SaveResult, Sending, carry_over_section, save_values
from senacs.collection.tokens import create_token
from senacs.collection.workbook.services import apply_workbook
from senacs.lib import clock
from senacs.lib.refusals import Refused
from tests import factories
from tests.factories import Cast

CODES = ["salaries_total", "etp_total", "benevoles", "budget_caf", "clas", "themes", "inconnue", "budget_detail"]
RAW = ["0", "1", "12,5", " 1 234 ", "-3", "oui", "non", "famille", "1e400", "Non concerné", "abc"]
PEOPLE = ["responsable", "suppleant", "correspondant_caf", "correspondant_federal"]


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(statement: int | None) -> Iterator[None]:
    """Whatever runs inside ends before its database statement of that number, counted from 0; None: it lives."""
    if statement is None:
        yield
        return
    seen = 0

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        # What the database does by itself when a process dies: it takes the transaction back.
        if "SAVEPOINT" not in sql:
            if seen >= statement:
                raise Killed
            seen += 1
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


class World:
    """One response, its people, what each of them saw of it, and what the server acknowledged."""

    def __init__(self, cast: Cast, campaign: Campaign) -> None:
        # The transaction is the test's, not the example's: each example gets a structure of its own.
        structure = factories.make_structure(caf=cast.structure.caf, federation=cast.structure.federation)
        factories.make_mandate(cast.responsable, Role.RESPONSABLE, structure=structure)
        factories.make_mandate(cast.suppleant, Role.SUPPLEANT, structure=structure)
        former = Campaign.objects.filter(year=2025).first() or factories.make_campaign(
            version=factories.make_questionnaire("minimal_2025")
        )
        before = {"salaries_total": 7, "benevoles_actifs": 3, "clas": True, "statut": None}
        factories.make_response(
            structure=structure, campaign=former, values=before, state=ResponseState.VALIDATED, by=cast.responsable
        )
        self.cast = cast
        self.response = factories.make_response(structure=structure, campaign=campaign)
        self.token: ApiToken = create_token(structure=structure, label="juin", by=cast.responsable)[0]
        self.documents: list[dict[str, Stored]] = [{}]
        # Each entry that the server said to be saved, with its code.
        self.acknowledged: list[tuple[str, Stored]] = []
        self.keys = 0

    def stored(self) -> Response:
        return Response.objects.get(pk=self.response.pk)

    def seen(self, lag: int | None) -> dict[str, int] | None:
        """The revisions that somebody knows who read the response `lag` acts ago; None: they expect nothing."""
        if lag is None:
            return None
        document = self.documents[max(0, len(self.documents) - 1 - lag)]
        return {code: document[code]["revision"] if code in document else 0 for code in CODES}

    # --- the acts; each answers what the server acknowledged, None when it acknowledged nothing ---

    def save(self, by: str, inputs: dict[str, Any], lag: int | None, again: bool) -> SaveResult:
        self.keys += not again
        return save_values(
            response=self.response, inputs=inputs, by=self.cast.users()[by],
            sending=Sending(self.seen(lag), f"{by}-{self.keys}"),
        )  # fmt: skip

    def carry_over(self, section: str) -> SaveResult:
        return carry_over_section(response=self.response, section=section, by=self.cast.suppleant)

    def workbook(self, inputs: dict[str, Any], lag: int, overwrite: bool) -> SaveResult:
        """A workbook downloaded `lag` acts ago, filled, sent back, and applied."""
        seen = self.seen(lag) or {}
        cells = {
            code: {"raw": _typed(raw), "revision": seen[code], "cell": f"C. Emplois, C{n}", "problem": ""}
            for n, (code, raw) in enumerate(inputs.items(), 4)
        }
        upload = WorkbookUpload.objects.create(
            response=self.response, name="rempli.xlsx", cells=cells, at=clock.now(), by=self.cast.responsable
        )
        return apply_workbook(upload=upload, by=self.cast.responsable, overwrite=list(inputs) if overwrite else [])

    def apply_again(self) -> SaveResult | None:
        upload = self.response.workbooks.order_by("-pk").first()
        return apply_workbook(upload=upload, by=self.cast.suppleant) if upload else None

    def push(self, inputs: dict[str, Any]) -> None:
        propose_values(
            response=self.response, token=self.token, values={code: _pushed(raw) for code, raw in inputs.items()}
        )

    def accept(self, lag: int) -> SaveResult:
        shown = self.documents[max(0, len(self.documents) - 1 - lag)]
        return accept_proposals(
            response=self.response,
            proposals=self.response.proposals.pending(),
            by=self.cast.suppleant,
            seen=max((entry["revision"] for entry in shown.values()), default=0),
        )

    def refuse(self) -> None:
        refuse_proposals(response=self.response, proposals=self.response.proposals.pending(), by=self.cast.suppleant)

    def judge(self, code: str, contests: bool) -> None:
        if not contests:
            accept_entries(response=self.response, codes=[code], by=self.cast.responsable)
            return
        try:
            contest_entry(response=self.response, code=code, reason="Ce n’est pas cela.", by=self.cast.responsable)
        except Refused:  # nobody entered that value for the structure
            assert code not in contested_codes(self.response)

    # --- what must hold ---

    def carry_out(self, name: str, arguments: dict[str, Any], killed: int | None) -> bool:
        """One act, killed or not, and everything that must hold after it. False when it did not come to its end."""
        before, beside, is_done = self.stored(), self.beside(), True
        seen = self.seen(arguments.get("lag"))
        try:
            with killed_at(killed):
                result = getattr(self, name)(**arguments)
        except Killed:
            assert (self.stored().values, self.stored().revision) == (before.values, before.revision)
            assert self.beside() == beside
            result, is_done = None, False
        after = self.stored()
        self.documents.append(after.values)
        if result is not None:
            self.hold(result, before, after)
        if seen is not None and after.revision > before.revision and not arguments.get("overwrite"):
            # Nobody overwrites what they have not seen.
            written = [code for code in CODES if after.values.get(code) != before.values.get(code)]
            assert all(seen[code] == before.values.get(code, {"revision": 0})["revision"] for code in written)
        assert replay_history(after) == after.values
        assert after.revision == after.revisions.count()
        return is_done

    def hold(self, result: SaveResult, before: Response, after: Response) -> None:
        left_alone = result.refused.keys() | result.conflicts.keys()
        assert all(after.values.get(code) == before.values.get(code) for code in left_alone)
        for code, entry in result.saved.items():
            if entry is not None:
                self.acknowledged.append((code, entry))
        if after.revision > before.revision:
            assert {code: after.values.get(code) for code in result.saved} == result.saved

    def beside(self) -> Any:
        """What stands beside the document, and must not change without it."""
        return (
            sorted(self.response.proposals.values_list("code", "state", "decided_by")),
            self.response.workbooks.filter(applied_at__isnull=False).count(),
            sorted(self.response.entry_opinions.values_list("code", "verdict", "revision")),
            self.response.events.count(),
        )

    def nothing_is_missing(self) -> None:
        """Each acknowledged value is in the history, where it was said to be, and lives until another replaces it."""
        response = self.stored()
        revisions = {revision.number: revision.changes for revision in response.revisions.all()}
        for code, entry in self.acknowledged:
            assert revisions[entry["revision"]][code]["apres"] == entry
            replaced = any(code in changes for number, changes in revisions.items() if number > entry["revision"])
            assert replaced or response.values[code] == entry
        accepted = Proposal.objects.filter(response=response, state="accepted").values_list("code", flat=True)
        assert all(any(code in changes for changes in revisions.values()) for code in accepted)


def _typed(raw: Any) -> str:
    if raw is CLEAR:
        return ""
    return "Non concerné" if raw is NOT_CONCERNED else " ; ".join(raw) if isinstance(raw, list) else str(raw)


def _pushed(raw: Any) -> Any:
    return "" if raw is CLEAR else "non_concerne" if raw is NOT_CONCERNED else raw
