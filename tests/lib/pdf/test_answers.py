"""The copy of the answers: complete, tagged, deaf to what hostile texts try."""

import io

import page
import pypdf
import pytest

from senacs.lib.pdf.answers import AnswerGrid, AnswerList, AnswerRow, AnswerSection, render_answers
from tests.lib.pdf.test_rendering import AT


def text_of(content: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(content)).pages).split())


@pytest.fixture
def sections() -> list[AnswerSection]:
    return [
        AnswerSection(
            "B. Gouvernance",
            [
                AnswerList(
                    [
                        AnswerRow("Nombre d’administrateurs", "12", "Saisi par la Caf, accepté par la structure"),
                        AnswerRow("Commentaire", '#panic("x") $ \\ *gras* [ ] @ref <label> 😀 العربية \x00'),
                    ]
                ),
                AnswerGrid("Salariés", ["Fonction", "Personnes", "ETP"], [["Direction", "1", "0,8"]]),
            ],
        ),
        AnswerSection("C. Emplois"),
    ]


def test_render_answers_prints_every_answer(sections: list[AnswerSection]) -> None:
    content = render_answers(
        title="Réponse 2026",
        kicker="CAMPAGNE 2026",
        header=[("Structure", "Les Trois Cités")],
        sections=sections,
        at=AT,
    )
    text = text_of(content)
    for expected in ["Réponse 2026", "Les Trois Cités", "Nombre d’administrateurs", "12", "Saisi par la Caf", "0,8"]:
        assert expected in text
    assert '#panic("x")' in text
    assert page.is_pdf_compliant_bytes(content, profile=page.ValidationProfile.PDF_UA_1)


def test_render_answers_carries_many_long_answers_over_pages() -> None:
    rows = [AnswerRow(f"Question {i}", "mot " * 200) for i in range(60)]
    content = render_answers(title="Réponse", sections=[AnswerSection("A", [AnswerList(rows)])], at=AT)
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 5
    assert "Question 59" in text_of(content)


def test_render_answers_refuses_a_ragged_grid() -> None:
    section = AnswerSection("A", [AnswerGrid("G", ["a", "b"], [["1"]])])
    with pytest.raises(ValueError, match="grid 'G'"):
        render_answers(title="Réponse", sections=[section], at=AT)
