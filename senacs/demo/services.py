"""Builds the demonstration: register, people, years of campaigns, faults on record, releases and booklets."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.demo import activity, money, people
from senacs.demo.campaigns import LEFT_OVER, close_campaign, fill_campaign, open_campaign
from senacs.demo.cast import Cast, engage_cast
from senacs.demo.changes import DECISIONS, FORMER_CODES, SINCE, asked_as_then
from senacs.demo.draft import prepare_next_year
from senacs.demo.draws import Draws
from senacs.demo.faults import Fault, declare
from senacs.demo.flags import raise_flags
from senacs.demo.network import Network, load_network
from senacs.demo.register import write_register
from senacs.demo.sheet import Sheet
from senacs.lib import clock
from senacs.lib.csv_files import csv_text
from senacs.observatory.definitions.indicators import as_asked, entries_of
from senacs.publication.fiches.indicators import fiche_indicators
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.enums import Effect
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled
from senacs.questionnaire.services import decide_change, freeze_version, load_questionnaire, save_questionnaire
from senacs.review.campaign_check import run_recheck
from senacs.review.recheck import prepare_recheck
from senacs.review.settings import load_settings
from senacs.structures.models import Agrement, Structure
from senacs.territories.models import LoadedVintage

# What is called as a step goes on: its title, how much is done, how much there is.
Progress = Callable[[str, int, int], None]
MARK = "demonstration"
UNFINISHED = "inachevée"
NEW_QUESTION = "Question nouvelle : sa série commence avec cette enquête."
# What the control of the last closed campaign let through, for the signatories to find.
LEFT_OVER_FILE = "fautes-restees.csv"


@dataclass(frozen=True)
class Wanted:
    structures: int
    years: int
    seed: int

    @property
    def signature(self) -> str:
        return f"{self.structures}x{self.years}/{self.seed}"


def built_demo() -> str:
    """The signature of the demonstration that the database holds, UNFINISHED if its construction was cut, else ""."""
    mark = LoadedVintage.objects.filter(dataset=MARK).first()
    return mark.vintage if mark else ""


def mark_demo(signature: str) -> None:
    LoadedVintage.objects.update_or_create(
        dataset=MARK, defaults={"vintage": signature, "checksum": "", "loaded_at": clock.now()}
    )


def build_network(wanted: Wanted, *, progress: Progress) -> list[Campaign]:
    """Register, people and campaigns with their responses; the last campaign is the running one."""
    folder = Path(settings.VAR_DIR) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        progress("Registre", 0, wanted.structures)
        register = folder / "registre.csv"
        count = write_register(register, structures=wanted.structures, seed=wanted.seed)
        call_command("import_structures", str(register), "--allow-duplicates", stdout=StringIO())
        _grant_agrements()
        progress("Registre", count, wanted.structures)
        progress("Comptes et habilitations", 0, 1)
        cast = engage_cast(seed=wanted.seed)
        progress("Comptes et habilitations", 1, 1)
    network = load_network()
    versions = _versions(wanted.years)
    campaigns = []
    for index, version in enumerate(versions):
        # A transaction a campaign: one for all would make SQLite write a gigabyte twice.
        with transaction.atomic():
            is_current, is_last = version is versions[-1], version in versions[-2:-1]
            campaign = open_campaign(version, network, is_current=is_current)
            faults, left = _fill(
                campaign,
                network,
                _in_todays_words(versions[-1], version),
                index,
                wanted.seed,
                cast=cast,
                is_current=is_current,
                left_over=LEFT_OVER if is_last else 0,
                progress=progress,
            )
            close_campaign(campaign, Phase.SAISIE if is_current else Phase.DIFFUSION)
            if is_last:
                _write_faults(folder / LEFT_OVER_FILE, campaign, left, network)
            _decide_changes(version)
            freeze_version(version=version)
            campaigns.append(campaign)
    with transaction.atomic():
        prepare_next_year(versions[-1])
        _control(campaigns[-1], wanted.seed, progress)
    _write_faults(folder / "fautes.csv", campaigns[-1], faults, network)
    return campaigns


def fill_sheet(sheet: Sheet, network: Network) -> None:
    """Every field's true answer."""
    draws = sheet.draws
    people.fill_identity(sheet, network, draws)
    people.fill_governance(sheet, network, draws)
    staff, etp = people.fill_staff(sheet, network, draws)
    people.fill_volunteers(sheet, network, draws)
    money.fill_money(sheet, network, draws, staff, etp)
    unique = activity.fill_publics(sheet, network, draws)
    activity.fill_activities(sheet, network, draws, unique)
    activity.fill_partners(sheet, network, draws)
    activity.fill_modules(sheet, network, draws)


def _fill(
    campaign: Campaign,
    network: Network,
    known: Questionnaire,
    index: int,
    seed: int,
    *,
    cast: Cast,
    is_current: bool,
    left_over: int,
    progress: Progress,
) -> tuple[list[Fault], list[Fault]]:
    """What was declared wrong, and of that what control let through. `known`: what was asked, in today's words."""
    compiled = get_compiled(campaign.version)
    sheet = Sheet(known, Draws(seed, network.size, index), campaign.data_year)
    fill_sheet(sheet, network)
    declared = declare(sheet, seed=seed)
    total = campaign.invited.count()
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        progress(f"Réponses {campaign.data_year}", done, total)

    let_through = fill_campaign(
        campaign,
        compiled=compiled,
        network=network,
        sheet=sheet,
        declared=declared,
        cast=cast,
        seed=seed,
        is_current=is_current,
        left_over=left_over,
        advance=advance,
    )
    left = [fault for fault in declared.faults if int(network.ids[fault.row]) in let_through]
    return declared.faults, left


def _control(campaign: Campaign, seed: int, progress: Progress) -> None:
    title, done = "Contrôle de cohérence", 0
    total = campaign.responses.filter(revision__gt=0).count()

    def advance(more: int) -> None:
        nonlocal done
        done += more
        progress(title, done, total)

    raise_flags(campaign, seed=seed, advance=advance)
    progress(title, total, total)
    progress("Valeurs atypiques", 0, total)
    load_settings(campaign=campaign)
    run_recheck(prepare_recheck(campaign=campaign, by=None).pk)
    progress("Valeurs atypiques", total, total)


def _versions(years: int) -> list[QuestionnaireVersion]:
    """This year's version, preceded by those of past years: the same core without this year's modules."""
    current = load_questionnaire(directory=settings.DATA_DIR / "questionnaires" / "2026")
    questionnaire = get_compiled(current).questionnaire
    past = []
    for back in range(years - 1, 0, -1):
        asked = from_document(past_document(questionnaire, back))
        past.append(save_questionnaire(questionnaire=asked, indicators=_key_figures() if back > SINCE else None))
    return [*past, current]


def _key_figures() -> list[dict[str, object]]:
    """The indicators of the years before the changes: what is key and what fiches tell, by the codes of then."""
    told = {indicator.code for indicator in fiche_indicators()}
    entries = entries_of(settings.DATA_DIR / "indicators")
    return [as_asked(entry, FORMER_CODES) for entry in entries if entry.get("key") or entry["code"] in told]


def _in_todays_words(current: QuestionnaireVersion, version: QuestionnaireVersion) -> Questionnaire:
    """What a version asked, as this year's says it: answers are made up by its codes."""
    back = current.data_year - version.data_year
    if back <= SINCE:
        return get_compiled(version).questionnaire
    return from_document(past_document(get_compiled(current).questionnaire, back, in_todays_words=True))


def past_document(questionnaire: Questionnaire, back: int, *, in_todays_words: bool = False) -> dict[str, object]:
    """The questionnaire of `back` years ago: the core with its years moved, without what is new this year.

    in_todays_words: as if nothing else had changed since (see `demo.changes`).
    """
    modules = {section.code for section in questionnaire.sections if section.is_module}
    fields = questionnaire.fields.values()
    absent = {field.code for field in fields if field.section in modules or field.previous_code is None}
    document = dict(questionnaire.document)
    document["sections"] = [
        {**section, "questions": [q for q in section["questions"] if q["code"] not in absent]}
        for section in document["sections"]  # type: ignore[attr-defined]
        if section["code"] not in modules
    ]
    kept = {rule.code for rule in questionnaire.rules if not absent & {code for code, _ in rule.expression.names}}
    document["rules"] = [r for r in document["rules"] if r["code"] in kept]  # type: ignore[attr-defined]
    if not in_todays_words:
        document = asked_as_then(document, questionnaire, back)
    text = json.dumps(document, ensure_ascii=False)
    # Labels name the years in full (« au 31 décembre 2025 »): the older year first, so that none moves twice.
    for year in (questionnaire.data_year, questionnaire.year):
        text = text.replace(str(year), str(year - back))
    past = json.loads(text)
    past.update(year=questionnaire.year - back, data_year=questionnaire.data_year - back)
    return past


def _decide_changes(version: QuestionnaireVersion) -> None:
    """The comité technique decides of what changes in the core, as it must before a version is asked."""
    changes = changes_of(version)
    member = User.objects.filter(mandates__role=Role.COMITE_TECHNIQUE).order_by("pk").first()
    if changes is None or member is None:
        return
    for change in changes.awaited:
        code = change.question.code
        effect, text = DECISIONS.get(code, (Effect.NEW_SERIES, NEW_QUESTION))
        decide_change(version=version, question=code, effect=effect, text=text, by=member)


def _grant_agrements() -> None:
    """Four-year agréments, the present one and the one before, as the answers tell them."""
    today = clock.today()
    rows = []
    for structure in Structure.objects.active().order_by("code"):
        cycle = (structure.pk + 3) % 4
        start = today.year - 1 - (cycle + today.year - 1) % 4
        for first in (start - 4, start):
            if structure.first_agrement_on is None or structure.first_agrement_on.year <= first:
                rows.append(Agrement(structure=structure, starts_on=date(first, 1, 1), ends_on=date(first + 3, 12, 31)))
    Agrement.objects.bulk_create(rows, batch_size=1000)


def _write_faults(path: Path, campaign: Campaign, faults: list[Fault], network: Network) -> None:
    """What was injected in the running campaign, one line a value: its control is measured against it."""
    codes = dict(Structure.objects.values_list("pk", "code"))
    lines: list[list[object]] = [["campagne", "structure", "faute", "code", "vrai", "declare"]]
    for fault in faults:
        structure = codes[int(network.ids[fault.row])]
        lines.append([campaign.year, structure, fault.kind, fault.code, fault.true, fault.declared])
    path.write_text(csv_text(lines, delimiter=";", line_end="\r\n"), encoding="utf-8", newline="")
