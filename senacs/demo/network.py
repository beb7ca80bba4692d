"""The structures as the answers see them: what they are, how big, since when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senacs.demo.draws import Bools, Draws, Floats
from senacs.structures.models import Structure


@dataclass(frozen=True)
class Network:
    """One entry a structure, in the order of their codes."""

    ids: NDArray[np.int64]
    is_cs: Bools
    gestion: NDArray[np.str_]
    is_urban: Bools
    in_qpv: Bools
    is_fcsf: Bools
    catchment: NDArray[np.int64]
    first_year: NDArray[np.int64]

    @property
    def size(self) -> int:
        return len(self.ids)

    def salaries_level(self, draws: Draws) -> Floats:
        """Median staff: means near 26 for a centre social, 4 for an EVS (published for 2023; EVS estimated)."""
        urban = np.where(self.is_urban, 1.12, 0.72)
        base = np.where(self.is_cs, 19.5, 2.6) * urban
        spread = np.where(self.is_cs, 0.62, 0.85)
        growth = 1.012**draws.index
        return base * growth * np.exp(spread * draws.lasting("size") + 0.05 * draws.yearly("size"))


def load_network() -> Network:
    """Every active structure of the register."""
    rows = list(
        Structure.objects.active()
        .order_by("code")
        .values_list(
            "id",
            "kind",
            "gestion",
            "territory_type",
            "priority_geography",
            "is_fcsf_member",
            "catchment_population",
            "first_agrement_on",
        )
    )
    columns = list(zip(*rows, strict=True))
    return Network(
        ids=np.array(columns[0]),
        is_cs=np.array([kind == "CS" for kind in columns[1]]),
        gestion=np.array([gestion or "associatif" for gestion in columns[2]]),
        is_urban=np.array([kind == "urbain" for kind in columns[3]]),
        in_qpv=np.array([geography == "qpv" for geography in columns[4]]),
        is_fcsf=np.array([bool(member) for member in columns[5]]),
        catchment=np.array([population or 6_000 for population in columns[6]]),
        first_year=np.array([day.year if day else 2000 for day in columns[7]]),
    )
