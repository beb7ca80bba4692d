"""Words from which the fictitious names are made."""

PLACES = tuple(
    (
        "les Tilleuls|la Passerelle|les Marronniers|le Phare|l’Escale|la Ruche|le Lien|les Rives|la Source|"
        "le Tremplin|l’Horizon|les Peupliers|la Grange|le Moulin|l’Arbre à palabres|les Coquelicots|la Clairière|"
        "le Carrefour|l’Ancrage|la Boussole|le Pont|les Remparts|la Fontaine|l’Oasis|les Acacias|le Préau|"
        "la Fabrique|l’Étincelle|le Lavoir|les Hirondelles|la Colline|l’Atelier|le Relais|les Genêts|la Verrière|"
        "le Kiosque|l’Embarcadère|les Saules|la Halle|le Verger|l’Éclaircie|les Lavandes|la Farandole|le Sémaphore|"
        "l’Agora|les Cèdres|la Marelle|le Belvédère|l’Estran|les Bruyères|la Bastide|le Tamaris|l’Aubépine|"
        "les Noyers|la Rotonde|le Chemin vert|l’Envol|les Quatre-Vents|la Chrysalide|le Grand Pré|l’Escargot|"
        "les Galets|la Parenthèse|le Trait d’union|l’Alizé|les Flamboyants|la Canopée|le Jardin partagé|l’Îlot|"
        "les Vignes|la Maisonnée"
    ).split("|")
)
FAMILY_NAMES = tuple(
    (
        "des Écoles|de la Paix|des Lilas|Victor-Hugo|de la République|du Moulin|des Acacias|Jean-Jaurès|du Stade|"
        "de l’Église|des Jardins|Louise-Michel|Simone-Veil|des Cerisiers|de la Gare|Émile-Zola|du 8-Mai-1945|"
        "Rosa-Parks|des Sports|Pasteur|Jacques-Prévert|de Verdun|des Fleurs|du Château|Marie-Curie"
    ).split("|")
)
FIRST_NAMES = tuple(
    (
        "Amina|Béatrice|Camille|Denis|Élodie|Fatou|Gérard|Hélène|Inès|Julien|Karim|Laure|Mathieu|Nadia|Olivier|"
        "Pauline|Quentin|Rachida|Sébastien|Thierry|Valérie|Yann|Zoé|Bernard|Chantal|Dominique|Florence|Isabelle|"
        "Malik|Sylvie"
    ).split("|")
)
LAST_NAMES = tuple(
    (
        "Martin|Bernard|Petit|Robert|Richard|Durand|Moreau|Laurent|Simon|Michel|Lefèvre|Leroy|Roux|David|Bertrand|"
        "Morel|Fournier|Girard|Bonnet|Dupont|Lambert|Fontaine|Rousseau|Vincent|Müller|Faure|André|Mercier|Blanc|"
        "Guérin|Boyer|Garnier|Chevalier|Benali|Traoré|Nguyen|Lopez|Da Silva|Diallo|Kaya"
    ).split("|")
)
