"""Forty sentences written after the rule, in the ways of writing that its first two hundred do not have."""

NAMING = """
Atelier cuisine animé par Mme lopez (bénévole).
Pour les inscriptions voir M KOWALSKI à l’accueil.
Contact famille : 06/45/12/78/90, le soir.
Joindre la référente : s.bernier [at] csx-lavallee.fr
Le conseil est suivi par Monsieur le directeur adjoint Lucas Morel.
M.Traoré assure le bricolage, Mme N’Guessan la couture.
Monsieur l’adjoint Berger a promis une salle.
Intervention du Pr Vasseur, pédopsychiatre.
Me Cohen-Solal reçoit sur rendez-vous.
L’abri est au 6 hameau des Granges, chez une bénévole.
Les colis partent du 8 r. Voltaire.
Le vide-dressing a lieu 3 cité Marcel-Cachin.
Appelez (07) 81 45 63 20 ou passez.
Permanence téléphonique +262 692 45 12 78.
Portable ０６ １２ ３４ ５６ ７８ de la bénévole.
mr ahmed gère le local vélos
AVEC MME DELORME ET SES VOISINES
Le groupe « Tricot » de mme Van de Walle compte 12 personnes.
Nous avons perdu M. El Idrissi, administrateur.
Sonia Marquez, 9 allée du Parc, garde les clés.
""".strip().split("\n")

ORDINARY = """
Mme la Vice-présidente et MM. les adjoints étaient là.
Les 12 places de crèche sont occupées, 3 place au pôle enfance.
Nous proposons 20 cours de français et 6 cours d’alphabétisation.
Le 01/02/2025 10 h : réouverture après travaux.
Horaires du secrétariat : 09 00 12 00 14 00 18 00.
Numéro vert des violences : 0 800 05 95 95.
Depuis 2019 rue et jeunesse vont ensemble dans notre projet.
Deux résidences d’artistes, dont 1 résidence de trois mois.
Maîtrise d’œuvre confiée à la ville, Maître d’ouvrage : la Sem.
L’axe 2 place les familles au centre.
Jury : 4 passages à l’oral.
La MJC et l’O.P.H.L.M. partagent le hall.
Nous avons écrit à M. le sous-préfet et à Mme la rectrice.
Séjour à Saint-Jean-de-Monts : 1 450 km, 14 ados.
Budget : 12 M d’euros sur la durée du contrat de ville.
Taille M, L et XL pour les blousons des bénévoles.
La fresque fait 12 m. sur 3 m., peinte en juin.
Une Me de conférences ? Non : une « maîtresse de maison » à mi-temps.
Madame, Monsieur, commencent toutes nos lettres.
Fréquentation 2023 2024 2025 : 1205 1310 1422, soit 18 % de plus.
""".strip().split("\n")
