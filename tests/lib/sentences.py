"""French sentences as directors write them: those that name somebody, and those that do not. A line each."""

NAMING = """
Projet porté par Mme Martin, bénévole depuis dix ans.
Mme MARTIN anime l’atelier couture.
Merci à M. Dubois pour son aide.
Monsieur Dupont accueille les familles.
Madame de Villeneuve préside la commission.
Mlle Petit a créé le jardin.
Le Dr Élan intervient une fois par mois.
Le docteur Benali tient la permanence santé.
Maître Lefèvre assure l’accès aux droits.
M. et Mme Garcia gèrent la boutique.
Mr Nguyen s’occupe du potager.
Mmes Roux et Blanc tiennent l’accueil.
L’initiative de madame Koné a réuni tout l’immeuble.
Monsieur Ben Salah répare les vélos.
Contacter M. Le Goff pour la sortie.
Mme D’Angelo cuisine le mercredi.
Écrire à anne.martin@centre-social.fr pour s’inscrire.
Contact : jdupont@laposte.net
Son courriel est fatou-diallo92@gmail.com
Le référent (paul.henri@ville-roubaix.fr) coordonne.
Envoyer les photos à LOUISE.B@ORANGE.FR avant juin.
Appeler le 04 75 12 34 56 le matin.
Tel:0612345678
Joindre la présidente au +33 6 12 34 56 78.
Portable 06.12.34.56.78 en cas d’urgence.
Le trésorier, 07-81-22-33-44, tient la caisse.
Permanence au 0033 612345678.
Téléphone de la maman : 01 42 00 11 22
Elle répond au 0 6 12 34 56 78 chaque soir, M. Faure aussi.
Habitante du 12 rue des Lilas, elle accueille les voisins.
Réunions chez une famille, 4 bis avenue Jean Jaurès.
Il vit 25, boulevard de la République.
Jardin partagé au 3 impasse du Moulin chez un habitant.
Le café se tient 118 route de Lyon, dans son garage.
Sa maison, 7 place de l’Église, sert de lieu de répétition.
Rendez-vous 9 allée des Peupliers, appartement 12.
On frappe au 15 ter chemin Vert.
Jean Dupont, 12 rue des Lilas, a lancé la fête.
DUPONT Jean 06 12 34 56 78
Fatima Benali (fatima.b@yahoo.fr) mène le groupe.
Contact : Marie-Claude Lefranc, 04 75 12 34 56.
Kevin Moreau habite 8 quai de la Loire.
Inscrire Yasmina Haddad au 07 11 22 33 44.
Référente : Sylvie Garnier – sylvie@exemple.org
La famille de Paul Bernard, 2 square Picasso, héberge les réunions.
Numéro 2 69 05 49 588 157 80 sur la fiche.
NIR 1850578006084 91 du salarié.
Son numéro de sécurité sociale est 1-85-05-78-006-084-91.
Assurée 269054958815780
Madame Traoré et ses voisines cousent des sacs.
Un groupe mené par M. Ould Ahmed.
Hommage à monsieur Petitjean, fondateur.
Mme Nowak-Dubois apprend le français aux mamans.
Le spectacle de Mme Öztürk a rempli la salle.
M. O’Brien enseigne l’anglais.
Mademoiselle Leroy, lycéenne, écrit le journal.
Le docteur Martin-Lacaze forme les bénévoles.
Grâce à Mme Leblanc, la laverie a rouvert.
Messieurs Faure et Blanc réparent les jouets.
Mesdames Kaya et Lopez tiennent la buvette.
Vu avec M. Charpentier de la mairie.
Atelier de Mr. Singh le jeudi.
Mme. Renard coordonne les trocs.
Joignable à prenom.nom+senacs@free.fr
Courriel : contact.mamie_julie@sfr.fr
Appelez Nadia au 06 98 76 54 32.
Le voisin du 44 rue Victor Hugo prête son garage.
Dépôt des dons 21 cours Lafayette, 2e étage.
Chez l’habitant : 6 résidence Les Acacias
Elle loge 10 lotissement des Chênes.
Bruno Leclerc et sa femme, 17 rue Pasteur, reçoivent le groupe.
Ahmed Kaddour 0475123456 conduit le minibus.
Les courses de Mme Chevalier sont faites par des jeunes.
Une pensée pour M. Duval, décédé en mars.
Le Dr. Samba tient la consultation.
Le camion de M. Weber sert au déménagement.
L’aide de Mme Fontaine a été décisive.
Écrit avec Mme Hélène Carpentier.
Monsieur Jacques Rey anime la chorale.
Le projet de madame Sow : un four à pain.
Portrait de M. Ferrand, quatre-vingts ans.
On doit tout à Mme Lacroix.
Le fils de M. Aubert filme les ateliers.
Fiche transmise par l.petit@caf26.caf.fr
Numéro de la gardienne 0142001122
Elle est au +33612345678 après 18 h.
Rappeler le 05 56 00 11 22 (mère de l’enfant).
Réponse de j_roche@univ-lyon2.fr
Camille Perrin, 06 11 22 33 44, prend les inscriptions.
Voir avec Théo Marchand, theo.m@wanadoo.fr
Julien Texier vit 31 rue de la Paix.
Collecte au 5 rue Zola chez Mme Bach.
M. Yilmaz et Mme Costa cuisinent ensemble.
Le collectif de Mme Rivière plante des arbres.
La salle prêtée par M. Gauthier.
Mme Bertin, 78 ans, raconte le quartier.
Merci au docteur Lemaire.
Mlles Faye et Diop tiennent la caisse.
Appel à projet de monsieur Vidal.
Rencontre avec madame Schmitt, doyenne.
""".strip().split("\n")

ORDINARY = """
Un groupe d’habitants a créé un jardin partagé de 400 m².
Aller vers les familles isolées des hameaux.
Soutenir la parentalité et le lien entre générations.
Le café associatif ouvre le mercredi de 14 h à 18 h.
En 2025, 1 250 heures de bénévolat ont été comptées.
Budget de 1 234 567 890 € sur plusieurs années.
Le SIRET de l’association est 123 456 789 00012.
Madame la Maire et Monsieur le Président ont inauguré la salle.
Monsieur le Préfet a visité les ateliers.
Madame la Députée soutient le projet.
Mesdames et messieurs sont les bienvenus.
Les Restos du Cœur et la Croix Rouge sont partenaires.
La Mission Locale reçoit les jeunes au centre.
Le Secours Populaire tient une permanence le lundi.
Le collège Jean Moulin participe au CLAS.
L’école Jules Ferry accueille l’atelier lecture.
La place Victor Hugo a été réaménagée avec les habitants.
La fête de la rue des Lilas a réuni 300 personnes.
Les riverains de l’avenue Jean Jaurès ont planté des arbres.
Le boulevard périphérique coupe le quartier en deux.
De 2019 à 2025, aucune interruption.
04 75 12 34 : numéro coupé.
1234567890123 personnes, dit la boutade.
@centre.social sur les réseaux.
Le taux de participation passe de 12,5 % à 18 %.
Trois salariés, 2,5 ETP, deux services civiques.
Le Conseil départemental et la Région financent l’action.
L’équipe de Saint-Étienne a échangé avec celle de Lyon.
Le Festival Quartiers d’Été a lieu en juillet.
L’atelier « Bien Vieillir » se tient à la Maison des Associations.
Repas partagé chaque mois, 45 convives en moyenne.
Les parents du groupe ont écrit une charte.
Axe 1 : accès aux droits et lutte contre l’isolement.
Développer le pouvoir d’agir des habitants.
Renforcer la place des jeunes dans la gouvernance.
Le local de 120 m² est loué à la commune.
Sortie à la mer en août : 52 participants.
Le numéro 3 de la gazette est paru en mars.
Un jeu de piste de 12 étapes dans le quartier.
Permanences France Services, 3 jours par semaine.
Le budget participatif a financé une aire de jeux.
Nous accueillons 14 associations dans nos murs.
Le marché se tient place du Marché, chaque samedi.
La Caf, la commune et le Département signent la convention.
Projet Éducatif Social Local signé en 2024.
Ateliers du mardi : 9 h 30, 11 h et 14 h.
Le prix « Fais-nous rêver » a été remporté par un groupe de jeunes.
La ressourcerie a évité 3,2 tonnes de déchets.
Un groupe de femmes a monté une pièce de théâtre.
Les aînés de l’EHPAD viennent chaque vendredi.
Lutter contre la fracture numérique dans les 11 communes.
La Direction régionale a validé le dossier 2025-04-117.
L’agrément court du 01/01/2024 au 31/12/2027.
Numéro de convention : 2025 118 034.
La salle 12 bis est réservée aux jeunes.
Le Grand Projet de Ville a changé les mobilités.
Une habitante a proposé une bibliothèque de rue.
Un papa bénévole répare les vélos des enfants.
Le Docteur ne se déplace plus dans le canton.
Le médecin de la maison de santé forme les bénévoles.
La présidente et le trésorier sont élus pour trois ans.
Monsieur et madame Tout-le-monde peuvent venir.
Le Conseil Citoyen se réunit tous les deux mois.
La Fête de la Musique a attiré 800 personnes.
Les Petits Frères des Pauvres orientent des personnes âgées.
L’Espace France Services de Die est partenaire.
Dix familles sont parties une semaine à Palavas.
Les tarifs suivent 4 tranches de quotient familial.
Le centre est ouvert 46 semaines par an.
Le bus 12 dessert le centre.
La ligne C3 s’arrête devant.
Le taux d’encadrement est de 1 pour 12.
L’association a fêté ses 50 ans en 2025.
Une fresque de 30 mètres a été peinte.
Formation aux premiers secours : 18 bénévoles.
Les jeunes ont récolté 1 450,50 € pour leur séjour.
Projet « Cœur de Village », lauréat national.
Le réseau des écoutants couvre la vallée.
La Carsat Rhône-Alpes finance les ateliers.
L’Agence Nationale de la Cohésion des Territoires soutient le poste.
M X et Mme Y sont des exemples du guide.
Mme X a donné son accord.
Un habitant sur 3 connaît le centre.
Coopération avec Pôle Emploi et Cap Emploi.
Réunion publique le 12 mars à la salle des fêtes.
Transport à la demande : 210 trajets.
Le petit-déjeuner du lundi réunit 20 personnes.
Nos valeurs : dignité humaine, solidarité, démocratie.
Le compte 74 regroupe les subventions.
Quatre administrateurs ont moins de 30 ans.
Jardin de 3 ares, route de Lyon, ouvert à tous.
Le chemin des écoliers est encadré par 6 parents.
Quai de Seine, les jeunes ont nettoyé la berge.
Ateliers 0-3 ans, 4-6 ans et 7-10 ans.
Le score moyen est de 4,2 sur 5.
Une épicerie solidaire a ouvert en mai.
Les 25 places de l’ALSH sont pourvues.
La Ville de Valence met à disposition le gymnase.
Le Relais Petite Enfance partage nos locaux.
La commission « cadre de vie » compte 9 habitants.
""".strip().split("\n")
