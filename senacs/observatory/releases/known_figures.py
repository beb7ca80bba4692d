"""Known figures: what readers already have of a campaign, by which a new release of it is protected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polars as pl
from django.conf import settings

from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files, ledger
from senacs.observatory.answers import microdata
from senacs.observatory.definitions.indicators import Indicator
from senacs.observatory.definitions.publication_plan import Plan
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.enums import CellStatus
from senacs.observatory.figures import measures
from senacs.observatory.figures.cells import cell_columns
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import shown_before
from senacs.observatory.secrecy.protected_blocks import Earlier
from senacs.questionnaire.engine.schema import Questionnaire


@dataclass(frozen=True)
class KnownFigures:
    """What readers have before this release. Raises Refused where the answers behind it cannot be read any more."""

    release: Release
    plan: Plan
    indicators: Sequence[Indicator]
    questionnaire: Questionnaire

    @cached_property
    def local(self) -> list[EarlierFigures]:
        """Local figures of the campaign, oldest first."""
        return ledger.local_figures_of(self.release.campaign)

    def published(self) -> list[Earlier]:
        """The releases that it corrects, oldest first, each with the cells that it was first to show."""
        found: list[Earlier] = []
        keys = list(cell_columns(self.plan))
        for previous in shown_before(self.release):
            one = self._shown_by(previous.name)
            cells = one.cells
            for older in found:
                cells = cells.join(older.cells, on=keys, how="anti")
            found.append(replace(one, cells=cells))
        return found

    def of_candidates(self, published: Sequence[Earlier]) -> list[Earlier]:
        """What some have of candidates never published: tables that they read, local figures taken from them."""
        known = {one.name for one in published} | {self.release.name}
        read = {n: places for n, places in ledger.readings_of(self.release.campaign).items() if n not in known}
        counted = {figures.release for figures in self.local} - known - read.keys()
        return [self._without_tables(name) for name in sorted(counted)] + [
            self._read(name, sorted(places)) for name, places in read.items()
        ]

    def _read(self, name: str, places: Sequence[tuple[str, str]]) -> Earlier:
        one = self._shown_by(name)
        read = pl.DataFrame(places, schema=["level", "territory"], orient="row")
        return replace(one, cells=one.cells.join(read, on=["level", "territory"], how="semi"))

    def _shown_by(self, name: str) -> Earlier:
        """Whose answers it counted, what it does not hide."""
        units = self._units(name, "rien ne peut être comparé à elle")
        cells = pl.read_parquet(Path(settings.RELEASES_DIR) / name / frozen_files.CELLS_PARQUET)
        # A plan that has grown since: what was published was not crossed by the new dimensions.
        added = [pl.lit("").alias(code) for code in self.plan.dimensions if code not in cells.columns]
        return Earlier(units, cells.with_columns(added).filter(pl.col("status") == CellStatus.PUBLISHED), name)

    def _without_tables(self, name: str) -> Earlier:
        """The answers that local figures add up, of a release that shows nothing by itself."""
        nothing = pl.DataFrame(schema=dict.fromkeys((*cell_columns(self.plan), "status"), pl.String))
        return Earlier(self._units(name, "des chiffres locaux en ont été tirés"), nothing, name)

    def _units(self, name: str, why: str) -> pl.DataFrame:
        snapshot = microdata.folder(name) / microdata.RESPONSES
        if not snapshot.exists():
            raise Refused(f"Les réponses de la publication {name} manquent : {why}.")
        units, _ = measures.evaluate(pl.read_parquet(snapshot), self.indicators, self.questionnaire)
        return measures.with_classes(units, self.plan)
