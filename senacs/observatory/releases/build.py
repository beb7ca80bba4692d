"""The construction of a release, step by step, in the background: from the answers to protected files."""

import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import F

from senacs.collection.checking import impossible_answers
from senacs.lib import clock
from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files, states
from senacs.observatory.answers import microdata, past_answers
from senacs.observatory.definitions import indicators
from senacs.observatory.definitions.in_words import told_of
from senacs.observatory.definitions.publication_plan import FRANCE, PlanError, load_plan
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.enums import CellStatus, ReleaseState
from senacs.observatory.figures import measures
from senacs.observatory.figures.cells import Measure, aggregate, cell_columns, rounded
from senacs.observatory.models import Release
from senacs.observatory.plausibility.explanations import told_explanations
from senacs.observatory.plausibility.reading import assess, write_plausibility
from senacs.observatory.plausibility.settings import load_plausibility
from senacs.observatory.releases import methodology, outside_attack, raised_totals, register_cells, response_rates
from senacs.observatory.releases.comparability import comparability
from senacs.observatory.releases.comparisons import comparisons
from senacs.observatory.releases.formats.writing import write_formats
from senacs.observatory.releases.known_figures import KnownFigures
from senacs.observatory.releases.movements import Move, movement_keys, movements
from senacs.observatory.releases.reader import last_year_of, previous_of
from senacs.observatory.secrecy import masks, release_attack
from senacs.observatory.secrecy.memberships import holders_asked
from senacs.observatory.secrecy.protected_blocks import Earlier
from senacs.observatory.secrecy.verdict import solve
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.queries import get_compiled
from senacs.territories.models import Departement, Region

logger = logging.getLogger(__name__)
Report = Callable[[int, str], None]
# Responses named by a refusal.
_TOLD = 10
PROTECTION, ATTACK = "Protection du secret statistique", "Attaque de la publication"
FROM_OUTSIDE = "Attaque depuis les fichiers publiés"


class Superseded(Exception):
    """Another attempt at the same release has started since; this one stops without touching anything."""


class BuildError(Exception):
    """The release could not be built; the message, in French, is also kept on the release."""


class Leaking(BuildError):
    """The attack found a hidden cell in what was about to become a candidate."""


def run_build(release_id: int, report: Report | None = None) -> Release:
    """Builds the release of that id and makes it a candidate; on an error it becomes failed and the error is raised.

    `report` receives (percent, step in French). An attempt that was killed can be started again at any time: the
    snapshot of the answers, once complete, is kept, the rest starts over. Raises Superseded when another attempt
    took over.
    """
    Release.objects.filter(pk=release_id).update(attempt=F("attempt") + 1, heartbeat_at=clock.now())
    release = Release.objects.select_related("campaign__version").get(pk=release_id)
    if release.state != ReleaseState.BUILDING:
        raise Superseded(f"La publication {release.name} n’est plus en construction.")
    try:
        _Build(release, report).run()
    except Superseded:
        raise
    except (Refused, BuildError, masks.Unprotectable, PlanError, DefinitionErrors) as error:
        states.apply(release, "fail", reason=str(error))
        raise error if isinstance(error, BuildError) else BuildError(str(error)) from error
    except Exception as error:
        logger.exception("release %s could not be built", release.name)
        states.apply(release, "fail", reason=f"Erreur interne ({type(error).__name__}) : {error}")
        raise
    return release


class _Build:
    def __init__(self, release: Release, report: Report | None) -> None:
        self.release = release
        self.report = report
        self.campaign = release.campaign
        self.plan = load_plan(settings.DATA_DIR / "plan.yaml")
        compiled = get_compiled(self.campaign.version)
        self.questionnaire = compiled.questionnaire
        self.described = indicators.load_for(
            self.campaign.version, self.questionnaire, settings.DATA_DIR / "indicators"
        )
        # Those that the answers tell; the register tells the others.
        self.indicators = [one for one in self.described if not one.is_of_register]

    def run(self) -> None:
        self._step(1, "Lecture des réponses validées")
        snapshot = microdata.folder(self.release.name)
        if not snapshot.exists():
            known = previous_of(self.release)
            refuse_impossible(self.campaign.year)
            microdata.write_snapshot(self.campaign, name=self.release.name, counted=known.name if known else None)
        responses = pl.read_parquet(snapshot / microdata.RESPONSES)
        invited = pl.read_parquet(snapshot / microdata.INVITED)
        choices = microdata.read_choices(self.release.name)
        # What is offered follows from who was asked, never from who answered.
        self.plan = self.plan.settled(holders_asked(measures.as_units(invited), self.plan))

        concerned = microdata.in_scope(invited)

        self._step(15, "Calcul des indicateurs")
        units, measured = measures.evaluate(responses, self.indicators, self.questionnaire)
        units = measures.with_classes(units, self.plan)
        cells = aggregate(units.lazy(), measured, self.plan, populations=populations())
        cells = rounded(cells, measured, self.plan.rules)

        shown = KnownFigures(self.release, self.plan, self.indicators, self.questionnaire)
        earlier, local = shown.published(), shown.local
        others = shown.of_candidates(earlier)
        self._step(30, "Protection du secret statistique")
        fates = masks.protect(
            units,
            measured,
            self.plan,
            earlier=[*others, *earlier],
            local=local,
            progress=self._between(30, 70, PROTECTION),
        )
        protected = masks.apply(cells, fates, self.plan)
        self._weigh(snapshot, responses, units, measured, protected)
        raised = self._raise(protected, units, responses, measured, concerned, earlier)

        asked = response_rates.participation_block(concerned, self.plan.rules)
        answered = solve(asked)
        if answered.failures:
            raise masks.Unprotectable(" ".join(answered.failures[:10]))

        self._step(70, "Attaque de la publication")
        found = release_attack.audit_release(
            (*fates.blocks, *raised.blocks, asked),
            (*fates.outcomes, *raised.outcomes, answered),
            progress=self._between(70, 85, ATTACK),
        )
        if found.failures:
            raise Leaking(f"Secret statistique non tenu : {' ; '.join(found.failures[:10])}.")

        self._step(85, "Écriture des fichiers")
        before = self._note_of(earlier)
        registered = register_cells.register_cells(
            invited.with_columns(microdata.decided(choices)),
            self.described,
            self.questionnaire,
            self.plan,
            populations=populations_of(invited),
        )
        cells = raised_totals.combined(protected, pl.concat([raised.cells, registered]), self.plan)
        built, note = self._write(
            self._for_readers(masks.kept_as_shown(cells, earlier, self.plan)),
            # Who answered since would be the difference of two counts.
            before.get("response_rates") or response_rates.response_rates(asked, answered),
            {**fates.summary, **found.summary},
            earlier,
            before.get("estimates") or raised.note,
            choices
            | {
                "rule_waivers": _counted(choices["rule_waivers"]),
                "who_answers": (
                    before.get("who_answers", []) if earlier else response_rates.who_answers(asked, answered)
                ),
                # A correction tells no other change: it would be that of those who came since.
                "comparisons": (
                    before.get("comparisons", [])
                    if earlier
                    else comparisons(
                        units, measured, protected, self._moves(concerned, units, responses, measured, protected)
                    )
                ),
            },
        )
        league = self._from_outside(built, units, invited, [*others, *earlier], local)
        frozen_files.write_json(league, built / frozen_files.ATTACK)
        self._install(built, note, [waiver["structure"] for waiver in choices["waivers"]])

    def _from_outside(
        self,
        built: Path,
        units: pl.DataFrame,
        invited: pl.DataFrame,
        earlier: Sequence[Earlier],
        local: Sequence[EarlierFigures],
    ) -> dict[str, Any]:
        """What somebody finds who opens the files of this release and of those before, and knows the register."""
        self._step(87, FROM_OUTSIDE)
        before = [
            outside_attack.Files(
                Path(settings.RELEASES_DIR) / one.name,
                pl.read_parquet(microdata.folder(one.name) / microdata.INVITED),
                one.units,
                places=frozenset(one.cells.select("level", "territory").unique().iter_rows()),
            )
            for one in earlier
            if (Path(settings.RELEASES_DIR) / one.name / frozen_files.METHODOLOGY).exists()
        ]
        found = outside_attack.attacked(
            [*before, outside_attack.Files(built, invited, units)],
            local,
            self.campaign.version.document,
            progress=self._between(87, 98, FROM_OUTSIDE),
        )
        return outside_attack.told_of(found)

    def _weigh(
        self,
        snapshot: Path,
        responses: pl.DataFrame,
        units: pl.DataFrame,
        measured: list[Measure],
        protected: pl.DataFrame,
    ) -> None:
        """Keeps, beside the snapshot, what is doubtful in it, what that moves and what it hides."""
        if not (snapshot / past_answers.name_of(1)).exists():
            past_answers.write_past_answers(self.campaign, snapshot)
        past = past_answers.read_past_answers(snapshot, responses["structure"])
        settings_read = load_plausibility(settings.DATA_DIR / "plausibility.yaml")
        found = assess(
            responses, past, units, measured, self.indicators, settings_read, protected=(protected, self.plan)
        )
        write_plausibility(found, snapshot)

    def _for_readers(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells as they are published; which rule hides each stays with the answers."""
        keys = [*cell_columns(self.plan), "status", "reason"]
        hidden = cells.filter(pl.col("status") != CellStatus.PUBLISHED).select(keys)
        frozen_files.write_parquet(hidden, microdata.folder(self.release.name) / microdata.FATES)
        return masks.for_readers(cells)

    def _note_of(self, earlier: Sequence[Earlier]) -> dict[str, Any]:
        """The note of the release that this one corrects; {} for a first one."""
        if not earlier:
            return {}
        folder = Path(settings.RELEASES_DIR) / earlier[-1].name
        return dict(json.loads((folder / frozen_files.METHODOLOGY).read_text(encoding="utf-8")))

    def _raise(
        self,
        cells: pl.DataFrame,
        units: pl.DataFrame,
        responses: pl.DataFrame,
        measured: list[Measure],
        invited: pl.DataFrame,
        earlier: Sequence[Earlier],
    ) -> raised_totals.Raised:
        """The totals raised to the register, with what earlier years know of the silent ones."""
        chosen = raised_totals.estimated(self.indicators, measured)
        before, longer_ago = self._years_before(chosen)
        return raised_totals.raise_cells(
            invited,
            chosen,
            cells,
            self.plan,
            now=raised_totals.declared(units, responses, chosen),
            last_year=before,
            longer_ago=longer_ago,
            populations=populations_of(invited),
            asked=past_answers.times_asked(self.campaign),
            earlier=pl.concat([one.cells.select(cells.columns) for one in earlier]) if earlier else None,
        )

    def _moves(
        self,
        concerned: pl.DataFrame,
        units: pl.DataFrame,
        responses: pl.DataFrame,
        measured: list[Measure],
        cells: pl.DataFrame,
    ) -> list[Move]:
        """What the same structures became; nothing of an indicator whose series a decision breaks this year."""
        broken = comparability(self.campaign.version, self.questionnaire, self.described).get("breaks", {})
        totals = [m for m in raised_totals.estimated(self.indicators, measured) if m.kind == "total"]
        chosen = [measure for measure in totals if measure.indicator not in broken]
        before, _ = self._years_before(chosen)
        now = raised_totals.declared(units, responses, chosen)
        return movements(concerned, now, before, movement_keys(cells, [measure.indicator for measure in chosen]))

    def _years_before(
        self, chosen: Sequence[Measure]
    ) -> tuple[dict[str, dict[str, float]], dict[str, list[dict[str, float]]]]:
        """Stored answers of last year and of the three years before; where last year kept none, those it published."""
        codes = {measure.indicator for measure in chosen}
        raised = [indicator for indicator in self.indicators if indicator.code in codes]
        years = past_answers.read_years(microdata.folder(self.release.name))
        stored = raised_totals.past_values(years, raised, self.questionnaire)
        published = self._last_year()
        last = {code: values[0] or published.get(code, {}) for code, values in stored.items()}
        return published | last, {code: values[1:] for code, values in stored.items()}

    def _last_year(self) -> dict[str, dict[str, float]]:
        """What structures declared in the last published release of the year before, by indicator; {} without one."""
        previous = last_year_of(self.release)
        snapshot = microdata.folder(previous.name) / microdata.RESPONSES if previous else None
        if previous is None or snapshot is None or not snapshot.exists():
            return {}
        questionnaire = get_compiled(previous.campaign.version).questionnaire
        chosen = indicators.load_for(previous.campaign.version, questionnaire, settings.DATA_DIR / "indicators")
        responses = pl.read_parquet(snapshot)
        units, measured = measures.evaluate(responses, chosen, questionnaire)
        return raised_totals.declared(units, responses, raised_totals.estimated(chosen, measured))

    def _write(
        self,
        cells: pl.DataFrame,
        rates: list[dict[str, object]],
        protection_summary: dict[str, Any],
        earlier: Sequence[Earlier],
        estimates: list[dict[str, Any]],
        choices: dict[str, Any],
    ) -> tuple[Path, dict[str, Any]]:
        """The folder of the files, not yet in its place, and the method note."""
        release = self.release
        note = methodology.document(
            identity={
                "name": release.name,
                "year": self.campaign.year,
                "data_year": self.campaign.data_year,
                "number": release.number,
                "reason": release.reason,
                "comparability": comparability(self.campaign.version, self.questionnaire, self.described),
                "asked": told_of(self.described, self.questionnaire),
                "questionnaire": {"code": self.questionnaire.code, "checksum": self.questionnaire.checksum},
            },
            plan=self.plan,
            indicators=self.described,
            respondents=response_rates.respondents(rates),
            rates=rates,
            cells=cells,
            estimates=estimates,
            choices=choices,
            protection=protection_summary,
            explanations=told_explanations(self.campaign, release.name),
            previous=pl.concat([one.cells.select(cells.columns) for one in earlier]) if earlier else None,
            keys=cell_columns(self.plan),
        )
        built = Path(settings.RELEASES_DIR) / f".{release.name}.{release.attempt}"
        shutil.rmtree(built, ignore_errors=True)
        built.mkdir(parents=True)
        frozen_files.write_parquet(cells, built / frozen_files.CELLS_PARQUET)
        frozen_files.write_json(note, built / frozen_files.METHODOLOGY)
        write_formats(cells, note, self.plan, built, names=territory_names())
        return built, note

    def _install(self, built: Path, note: Mapping[str, Any], waiving: Sequence[str]) -> None:
        release = self.release
        manifest = {"release": release.name, "files": frozen_files.fingerprints(built), "changes": note["changes"]}
        frozen_files.write_json(manifest, built / frozen_files.MANIFEST)
        self._step(98, "Installation")
        frozen_files.install(built, release.directory)
        release.manifest = {
            **manifest,
            "suppression": note["suppression"]["all"],
            "waivers": list(waiving),
        }
        release.save(update_fields=["manifest"])
        states.apply(release, "complete")
        self._tell(100, "Terminée", ReleaseState.CANDIDATE)

    def _step(self, percent: int, step: str) -> None:
        self._tell(percent, step, ReleaseState.BUILDING)

    def _tell(self, percent: int, step: str, state: ReleaseState) -> None:
        mine = Release.objects.filter(pk=self.release.pk, attempt=self.release.attempt, state=state)
        if not mine.update(progress=percent, step=step, heartbeat_at=clock.now()):
            raise Superseded(f"La publication {self.release.name} est construite par un autre essai.")
        if self.report:
            self.report(percent, step)

    def _between(self, start: int, end: int, step: str) -> Callable[[int, int], None]:
        """Progress of a long step, stored each time a new percent is reached."""
        reached = start

        def advance(done: int, total: int) -> None:
            nonlocal reached
            percent = start + (end - start) * done // max(total, 1)
            if percent > reached:
                reached = percent
                self._step(percent, f"{step} ({done} sur {total})")

        return advance


def refuse_impossible(year: int) -> None:
    """Raises Refused when a validated response holds what its question cannot: whatever door wrote it."""
    found = [checked for checked in impossible_answers(year=year, validated=True) if checked.impossible]
    if found:
        values = sum(len(checked.impossible) for checked in found)
        told = " ; ".join(f"{one.structure} : {', '.join(sorted(one.impossible))}" for one in found[:_TOLD])
        raise Refused(
            f"{plural(values, 'valeur impossible', 'valeurs impossibles')} dans "
            f"{plural(len(found), 'réponse validée', 'réponses validées')} ({told}"
            f"{' ; …' if len(found) > _TOLD else ''}) : rouvrez-les et faites-les corriger, puis relancez."
        )


def _counted(waivers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By rule that was set aside, for how many responses: what people wrote of it may name a structure."""
    counts = Counter(waiver["rule"] for waiver in waivers)
    return [{"rule": rule, "responses": count} for rule, count in sorted(counts.items())]


def populations() -> dict[tuple[str, str], int]:
    """Inhabitants by (level, territory), for densities; France is the sum of its régions and collectivités."""
    regions = {code: n for code, n in Region.objects.values_list("code", "population") if n}
    departements = {code: n for code, n in Departement.objects.values_list("code", "population") if n}
    return {
        ("france", FRANCE): sum(regions.values()),
        **{("region", code): n for code, n in regions.items()},
        **{("departement", code): n for code, n in departements.items()},
    }


def populations_of(invited: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Inhabitants by (level, territory) of the départements that have structures asked, and of what they make."""
    known = populations()
    own = {
        (departement, region): known.get(("departement", departement), 0)
        for departement, region in invited.select("departement", "region").unique().iter_rows()
    }
    found: Counter[tuple[str, str]] = Counter()
    for (departement, region), inhabitants in own.items():
        for place in (("departement", departement), ("region", region), ("france", FRANCE)):
            found[place] += inhabitants
    return dict(found)


def territory_names() -> dict[tuple[str, str], str]:
    """French names by (level, territory)."""
    return {
        ("france", FRANCE): "France",
        **{("region", code): name for code, name in Region.objects.values_list("code", "name")},
        **{("departement", code): name for code, name in Departement.objects.values_list("code", "name")},
    }
