"""The catalogue of published releases as DCAT-AP (JSON-LD), for portals of open data."""

import mimetypes
from collections.abc import Callable, Iterable
from pathlib import PurePath

from senacs.observatory.models import Fingerprint, Release
from senacs.observatory.releases.formats.datapackage import LICENCE

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_MEDIA = "https://www.iana.org/assignments/media-types/"
# Types that the standard library may not know.
_MEDIA_TYPES = {".parquet": "application/vnd.apache.parquet", ".csv": "text/csv", ".json": "application/json"}


def catalogue(
    releases: Iterable[Release],
    *,
    home: str,
    dataset_url: Callable[[Release], str],
    file_url: Callable[[Release, str], str],
) -> dict[str, object]:
    """dcat:Catalog with one dcat:Dataset a release and one dcat:Distribution a file; addresses are absolute."""
    return {
        "@context": _CONTEXT,
        "@id": home,
        "@type": "dcat:Catalog",
        "dct:title": _french("SENACS, observatoire de l’animation de la vie sociale"),
        "dct:description": _french(
            "Agrégats anonymes de l’enquête annuelle auprès des centres sociaux et des espaces de vie sociale."
        ),
        "dct:publisher": _publisher(),
        "dct:language": {"@id": f"{_AUTHORITY}/language/FRA"},
        "dct:license": {"@id": LICENCE["path"]},
        "foaf:homepage": {"@id": home},
        "dcat:dataset": [_dataset(release, dataset_url(release), file_url) for release in releases],
    }


def _dataset(release: Release, url: str, file_url: Callable[[Release, str], str]) -> dict[str, object]:
    campaign = release.campaign
    published: dict[str, object] = (
        {"dct:issued": {"@type": "xsd:dateTime", "@value": release.published_at.isoformat()}}
        if release.published_at
        else {}
    )
    return {
        "@id": url,
        "@type": "dcat:Dataset",
        "dct:identifier": f"senacs-{release.name}",
        "dct:title": _french(f"SENACS, campagne {campaign.year}, publication n° {release.number}"),
        "dct:description": _french(
            f"Chiffres de {campaign.data_year} par territoire, type de structure et mode de gestion, protégés par le "
            "secret statistique." + (f" Motif : {release.reason}" if release.reason else "")
        ),
        "dct:publisher": _publisher(),
        "dct:language": {"@id": f"{_AUTHORITY}/language/FRA"},
        "dct:spatial": {"@id": f"{_AUTHORITY}/country/FRA"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": f"{campaign.data_year}-01-01"},
            "dcat:endDate": {"@type": "xsd:date", "@value": f"{campaign.data_year}-12-31"},
        },
        "dct:accrualPeriodicity": {"@id": f"{_AUTHORITY}/frequency/ANNUAL"},
        "dct:accessRights": {"@id": f"{_AUTHORITY}/access-right/PUBLIC"},
        "dcat:theme": {"@id": f"{_AUTHORITY}/data-theme/SOCI"},
        "dcat:keyword": [_french(word) for word in ("centre social", "espace de vie sociale", "vie associative")],
        "dcat:version": release.name,
        **published,
        "dcat:distribution": [_distribution(release, entry, file_url) for entry in release.files],
    }


def _distribution(release: Release, entry: Fingerprint, file_url: Callable[[Release, str], str]) -> dict[str, object]:
    name = entry["name"]
    url = file_url(release, name)
    path = PurePath(name)
    packed = {"dcat:compressFormat": {"@id": f"{_MEDIA}application/gzip"}} if path.suffix == ".gz" else {}
    suffix = PurePath(path.stem).suffix if packed else path.suffix
    media = _MEDIA_TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    return {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dcat:accessURL": {"@id": url},
        "dcat:downloadURL": {"@id": url},
        "dcat:mediaType": {"@id": _MEDIA + media},
        **packed,
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(entry["size"])},
        "dct:license": {"@id": LICENCE["path"]},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": entry["sha256"]},
        },
    }


def _publisher() -> dict[str, object]:
    return {
        "@type": "foaf:Organization",
        "foaf:name": _french("Caisse nationale des allocations familiales et Fédération des centres sociaux de France"),
    }


def _french(text: str) -> dict[str, str]:
    return {"@language": "fr", "@value": text}
