"""`senacs invite_people`: the people of a real installation, all or none."""

import pytest
from django.core.management import CommandError, call_command

from senacs.accounts.enums import Role
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.people_lists import invite_list, list_to_fill
from tests import factories


def test_people_receive_account_mandate_and_letter(cast, tmp_path, mailoutbox, django_capture_on_commit_callbacks):
    path = tmp_path / "personnes.csv"
    path.write_text(
        "courriel;role;perimetre;cote;prenom;nom\n"
        f"Zoe@exemple.fr;responsable;{cast.structure.code};;Zoé;Blanc\n"
        "cnaf@exemple.fr;national;;caf;Max;Noir\n",
        encoding="utf-8",
    )
    with django_capture_on_commit_callbacks(execute=True):
        call_command("invite_people", str(path))
    assert len(mailoutbox) == 2
    assert not User.objects.filter(email="zoe@exemple.fr").exists()
    for waiting in Invitation.objects.pending():
        factories.accept(waiting)
    assert Mandate.objects.get(user__email="zoe@exemple.fr").structure == cast.structure
    assert Mandate.objects.get(user__email="cnaf@exemple.fr").role == Role.NATIONAL


def test_a_second_run_leaves_those_who_have_accepted_alone(
    cast, tmp_path, mailoutbox, capsys, django_capture_on_commit_callbacks
):
    path = tmp_path / "personnes.csv"
    path.write_text(
        f"courriel;role;perimetre\n{cast.responsable.email};responsable;{cast.structure.code}\n"
        f"zoe@exemple.fr;suppleant;{cast.structure.code}\n",
        encoding="utf-8",
    )
    with django_capture_on_commit_callbacks(execute=True):
        call_command("invite_people", str(path))
    assert [letter.to for letter in mailoutbox] == [["zoe@exemple.fr"]]
    told = capsys.readouterr().out
    assert "1\u00a0personne invitée" in told
    assert "a déjà ce rôle" in told


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("pas un courriel;responsable;S-1;", "ligne 3"),
        ("a@exemple.fr;chef;;", "ligne 3"),
        ("a@exemple.fr;responsable;S-inconnue;", "S-inconnue"),
        ("a@exemple.fr;national;;", "au titre de qui"),
    ],
)
def test_one_wrong_line_invites_nobody(row, told, cast, tmp_path):
    path = tmp_path / "personnes.csv"
    path.write_text(f"courriel;role;perimetre;cote\nbon@exemple.fr;comite_technique;;\n{row}\n", encoding="utf-8")
    with pytest.raises(CommandError, match=told):
        call_command("invite_people", str(path))
    assert not Invitation.objects.exists()


def test_a_list_comes_back_as_a_spreadsheet_saves_it(cast):
    other = factories.make_structure(name="=Centre des Tilleuls")
    given = list_to_fill(by=cast.national).splitlines()
    assert given[0] == "courriel;role;perimetre;cote;fin;prenom;nom;structure;commune"
    # Who has a responsable is not asked again; a name that looks like a formula is inert.
    assert cast.structure.code not in "".join(given) and "'=Centre des Tilleuls" in "".join(given)
    row = f"zoe@exemple.fr\tResponsable de la saisie\t{other.code}\tÉtienne"
    empty = f"\tresponsable\t{cast.structure.code}\t"
    report = invite_list(text=f"Courriel\tRôle\tPérimètre\tNom\n{row}\n{empty}\n", by=cast.national)
    assert (report.invited, report.held) == (1, [])
    assert Invitation.objects.pending().get(email="zoe@exemple.fr").last_name == "Étienne"
    assert other.code not in list_to_fill(by=cast.national)
