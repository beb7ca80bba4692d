"""The same fiche by typst, WeasyPrint and Chromium: same words, same drawings, same pages of A4, tagged PDF."""

import importlib.util
import io
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import fontpkg_inter
import pypdf

from senacs.publication.fiches.services import render_fiche

FONTS = Path(fontpkg_inter.ROOT) / "files"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
STYLE = """
@font-face { font-family: Inter; src: url("file://%s"); font-weight: 100 900; }
@page { size: A4; margin: 15mm 16mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); } }
body { font: 9pt/1.35 Inter; color: #1c2733; margin: 0; }
h1 { background: #12466e; color: #fff; font-size: 20pt; padding: 6mm 7mm; margin: 0; }
h2 { font-size: 13pt; color: #12466e; break-after: avoid; margin: 6mm 0 3mm; }
h3 { font-size: 10pt; color: #12466e; border-top: .5pt solid #c9d3db; padding-top: 1.7mm; margin: 2.8mm 0 1.4mm;
  break-after: avoid; }
.pair { display: flex; gap: 8mm; } .pair > * { flex: 1; } svg { width: 85mm; }
.cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 2.5mm; }
.cards div { background: #eaf2f6; padding: 3mm; } .cards b { font-size: 14pt; display: block; color: #12466e; }
table { border-collapse: collapse; width: 100%%; font-size: 8pt; }
td, th { border-bottom: .5pt solid #c9d3db; padding: 4pt 5pt; text-align: right; } th:first-child { text-align: left; }
.small { font-size: 8pt; columns: 2; } .page { break-before: page; }
"""


class Measure(NamedTuple):
    name: str
    processor: float  # milliseconds of all processes, median
    pages: str
    kilobytes: float


def page_of(document: Mapping[str, Any]) -> str:
    """The fiche as one HTML page, with what its PDF says."""
    structure, cycle = document["structure"], document["cycle"] or {}
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in structure["facts"])
    cards = "".join(
        f"<div><b>{escape(card['value'])}</b>{escape(card['label'])}<br><small>{escape(card['note'])}</small></div>"
        for card in document["cards"]
    )
    rows = "".join(
        f"<h3>{escape(row['label'])}</h3><div class=pair>"
        + "".join(f"<div>{chart.svg}</div>" for chart in (row["trajectory"], row["strip"]) if chart)
        + f"</div><p>{'<br>'.join(map(escape, row['positions']))}{escape(row['alone'])}</p>"
        for row in document["rows"]
    )
    table = "".join(
        f"<tr><th scope=row>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>"
        for row in document["table"]["rows"]
    )
    heads = "".join(f"<th scope=col>{escape(header)}</th>" for header in document["table"]["headers"])
    definitions = "".join(f"<p><b>{escape(label)}.</b> {escape(words)}</p>" for label, words in document["definitions"])
    method = "".join(f"<p>{escape(words)}</p>" for words in document["method"])
    font = next(FONTS.glob("Inter[[]*.ttf"))
    return (
        f"<!doctype html><html lang=fr><head><meta charset=utf-8><title>{escape(structure['name'])}</title>"
        f"<style>{STYLE % font}</style></head><body><h1>{escape(structure['name'])}</h1>"
        f"<div class=pair><div><h2>La structure</h2><dl>{facts}</dl></div><div><h2>L’agrément</h2>"
        f"<p>{escape(cycle.get('state', ''))}</p></div></div><h2>L’essentiel</h2><div class=cards>{cards}</div>"
        f"<h2 class=page>Trajectoires, et place parmi les semblables</h2>{rows}"
        f"<h2>Année par année</h2><table><thead><tr>{heads}</tr></thead><tbody>{table}</tbody></table>"
        f"<h2>Définitions</h2><div class=small>{definitions}</div>"
        f"<h2>Comment lire cette fiche</h2>{method}</body></html>"
    )


def compare(documents: Sequence[Mapping[str, Any]]) -> list[Measure]:
    """Each renderer that is installed, over the same documents; the first one of each warms it and is not counted."""
    pages = [page_of(document) for document in documents]
    found = [_measure("typst (the product)", [lambda d=d: render_fiche(d) for d in documents], _own_time)]  # type: ignore[misc]
    if importlib.util.find_spec("weasyprint"):
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
        works = [
            lambda p=p: weasyprint.HTML(string=p).write_pdf(font_config=fonts, pdf_variant="pdf/ua-1")  # type: ignore[misc]
            for p in pages
        ]
        found.append(_measure(f"WeasyPrint {weasyprint.__version__}", works, _own_time))
    if shutil.which("chromium"):
        with _chromium() as (name, printed):
            works = [lambda p=p: printed(p) for p in pages]  # type: ignore[misc]
            found.append(_measure(name, works, _time_of_family))
    return found


def _measure(name: str, works: Sequence[Callable[[], bytes]], clock: Callable[[], float]) -> Measure:
    spent, contents = [], []
    for work in works:
        before = clock()
        contents.append(work())
        spent.append(1000 * (clock() - before))
    counts = sorted({len(pypdf.PdfReader(io.BytesIO(content)).pages) for content in contents[1:]})
    size = median(len(content) for content in contents[1:]) / 1000
    return Measure(name, median(spent[1:]), " or ".join(map(str, counts)), size)


@contextmanager
def _chromium() -> Iterator[tuple[str, Callable[[str], bytes]]]:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        tab = browser.new_page()

        def printed(page: str) -> bytes:
            tab.set_content(page, wait_until="load")
            return tab.pdf(format="A4", prefer_css_page_size=True, print_background=True, tagged=True, outline=True)

        yield f"Chromium {browser.version.split('.')[0]}, page.pdf", printed
        browser.close()


def _own_time() -> float:
    return time.process_time()


def _time_of_family() -> float:
    """Seconds of processor of this process and of all its descendants, from /proc."""
    parents, spent = dict[int, int](), dict[int, float]()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended between the listing and the reading
            parents[int(folder.name)] = int(fields[1])
            spent[int(folder.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    family, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return sum(spent[pid] for pid in family if pid in spent)
