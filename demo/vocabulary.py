# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of the demo company: invented company names, products, places. Phone numbers are from the ranges kept free
for films, mail addresses end in .example."""

GROUPS = ["WP", "LG", "LK", "RT", "WW", "ET", "WA"]
GROUP_NAMES = {"WP": "Wärmepumpen", "LG": "Lüftungsgeräte", "LK": "Luftleitungen", "RT": "Regelung", "WW": "Warmwasser",
               "ET": "Ersatzteile", "WA": "Wartung"}

# Article, group, name, list price in cents. Every group has small things too.
PRODUCTS = [(f"{group}-{100 + 10 * i}", group, name, cents) for group, items in {
    "WP": [("Luft/Wasser-Wärmepumpe AeroTherm 6", 689000), ("Luft/Wasser-Wärmepumpe AeroTherm 9", 784000),
           ("Luft/Wasser-Wärmepumpe AeroTherm 14", 1098000), ("Sole/Wasser-Wärmepumpe GeoTherm 8", 932000),
           ("Sole/Wasser-Wärmepumpe GeoTherm 17", 1387000), ("Pufferspeicher 200 l", 74900),
           ("Pufferspeicher 500 l", 118900), ("Schwingungsdämpfer-Satz", 8900), ("Kondensatablauf beheizt", 12900),
           ("Anschlussset hydraulisch", 24900)],
    "LG": [("Zentrallüftungsgerät KlimaZent 300", 246000), ("Zentrallüftungsgerät KlimaZent 450", 312000),
           ("Dezentraler Lüfter KlimaSolo", 41900), ("Deckengerät KlimaPlan 250", 278000), ("Abluftventilator AV 100", 9900),
           ("Abluftventilator AV 125", 13900), ("Schalldämpfer 150", 7900), ("Enthalpietauscher", 59900),
           ("Außenwandblende", 4900), ("Dachventilator DV 4", 86900)],
    "LK": [("Wickelfalzrohr 125, 3 m", 2490), ("Wickelfalzrohr 160, 3 m", 3290), ("Flachkanal 150 x 50, 2 m", 1890),
           ("Bogen 90 Grad 125", 990), ("T-Stück 160", 1890), ("Verteilerkasten 12-fach", 21900),
           ("Flexschlauch gedämmt 10 m", 4590), ("Brandschutzklappe BSK 160", 14900), ("Tellerventil Zuluft", 1290),
           ("Luftdurchlass Boden", 3490), ("Dämmschale 160", 1590)],
    "RT": [("Raumregler Komfort", 14900), ("Raumregler Funk", 18900), ("CO2-Fühler Wand", 22900), ("Feuchtefühler", 12900),
           ("Systemzentrale MusterControl", 64900), ("Gateway KNX", 39900), ("Gateway Modbus", 34900),
           ("Stellantrieb 230 V", 4900), ("Außenfühler", 3900), ("Bedienpanel 7 Zoll", 52900)],
    "WW": [("Warmwasser-Wärmepumpe AquaTherm 200", 214000), ("Warmwasser-Wärmepumpe AquaTherm 300", 259000),
           ("Frischwasserstation 35 l/min", 142000), ("Zirkulationspumpe", 18900), ("Sicherheitsgruppe DN 20", 6900),
           ("Mischventil thermostatisch", 8900), ("Heizstab 3 kW", 19900), ("Trinkwasserspeicher 300 l", 129000),
           ("Anodenstab", 5900), ("Membranausdehnungsgefäß 18 l", 4900)],
    "ET": [("Filterset G4", 2490), ("Filterset F7", 3990), ("Lüftermotor EC", 24900), ("Leiterplatte Hauptregler", 31900),
           ("Verdichter-Startkondensator", 3900), ("Umwälzpumpe Ersatz", 28900), ("Expansionsventil", 16900),
           ("Drucksensor", 7900), ("Dichtungssatz", 1490), ("Displaymodul", 12900)],
    "WA": [("Wartungspaket Lüftung klein", 8900), ("Wartungspaket Lüftung groß", 18900), ("Wartungspaket Wärmepumpe", 24900),
           ("Kältekreisprüfung", 16900), ("Inbetriebnahme vor Ort", 39900), ("Hygieneinspektion", 29900),
           ("Reinigungsset Luftleitung", 4900), ("Prüfbuch und Plakette", 1900), ("Fernwartung 12 Monate", 14900)],
}.items() for i, (name, cents) in enumerate(items)]

# City, postcode, region, country, territory.
CITIES = [
    ("Kiel", "24103", "Nord", "DE", "N1"), ("Hamburg", "20095", "Nord", "DE", "N1"), ("Bremen", "28195", "Nord", "DE", "N1"),
    ("Oldenburg", "26122", "Nord", "DE", "N2"), ("Hannover", "30159", "Nord", "DE", "N2"),
    ("Göttingen", "37073", "Nord", "DE", "N2"), ("Rostock", "18055", "Ost", "DE", "O1"),
    ("Berlin", "10115", "Ost", "DE", "O1"), ("Potsdam", "14467", "Ost", "DE", "O1"), ("Leipzig", "04109", "Ost", "DE", "O2"),
    ("Dresden", "01067", "Ost", "DE", "O2"), ("Erfurt", "99084", "Ost", "DE", "O2"), ("Münster", "48143", "West", "DE", "W1"),
    ("Dortmund", "44135", "West", "DE", "W1"), ("Köln", "50667", "West", "DE", "W1"), ("Aachen", "52062", "West", "DE", "W1"),
    ("Kassel", "34117", "West", "DE", "W2"), ("Frankfurt am Main", "60311", "West", "DE", "W2"),
    ("Mainz", "55116", "West", "DE", "W2"), ("Saarbrücken", "66111", "West", "DE", "W2"),
    ("Mannheim", "68159", "Süd", "DE", "S1"), ("Stuttgart", "70173", "Süd", "DE", "S1"),
    ("Tübingen", "72070", "Süd", "DE", "S1"), ("Ulm", "89073", "Süd", "DE", "S1"), ("Nürnberg", "90402", "Süd", "DE", "S2"),
    ("Würzburg", "97070", "Süd", "DE", "S2"), ("München", "80331", "Süd", "DE", "S2"), ("Passau", "94032", "Süd", "DE", "S2"),
    ("Linz", "4020", "Österreich", "AT", "A1"), ("Salzburg", "5020", "Österreich", "AT", "A1"),
    ("Innsbruck", "6020", "Österreich", "AT", "A1"),
]
STREETS = ["Gewerbestraße", "Industriestraße", "Handwerkerhof", "Am Bahnhof", "Werkstraße", "Lindenweg", "Mühlweg",
           "Bergstraße", "Im Gewerbepark", "Südring", "Hauptstraße", "Schulstraße"]
PHONE_RANGES = ["030 23125 ", "0221 4710 ", "069 90009 ", "040 66969 ", "089 99998 "]

FRONT = ["Alten", "Birken", "Falken", "Grün", "Hohen", "Linden", "Mühl", "Nieder", "Ober", "Quellen", "Rosen", "Sand",
         "Tannen", "Ulmen", "Wald", "Weißen", "Eschen", "Kirsch", "Stein", "Bruck", "Höll", "Kösel"]
BACK = ["bauer", "bacher", "berger", "felder", "hofer", "meister", "mann", "thaler", "rieder", "brunner", "gruber",
        "huber", "kröger", "stätter", "wöhler"]
TRADES = [("Haustechnik", "SHK"), ("Sanitär-Heizung", "SHK"), ("Wärmetechnik", "SHK"), ("Heizungsbau", "SHK"),
          ("Lüftungstechnik", "Lüftung"), ("Kälte-Klima", "Kälte/Klima"), ("Klimatechnik", "Kälte/Klima"),
          ("Elektrotechnik", "Elektro"), ("Gebäudetechnik", "Gebäudetechnik"), ("Ingenieurbüro", "Planung"),
          ("Bauunternehmung", "Bau"), ("Energietechnik", "Gebäudetechnik")]
FORMS = [("GmbH", 9), ("GmbH & Co. KG", 4), ("KG", 1), ("e. K.", 3), ("OHG", 1), ("& Söhne GmbH", 2), ("& Töchter OHG", 1)]


def company_names(dice, count):
    surnames = [front + back for front in FRONT for back in BACK]
    dice.shuffle(surnames)
    names, seen = [], set()
    i = 0
    while len(names) < count:
        surname = surnames[i % len(surnames)]
        i += 1
        trade = dice.pick(TRADES)[0]
        name = f"{trade} {surname} {dice.pick_weighted(FORMS)}"
        if (trade, surname) not in seen:
            seen.add((trade, surname))
            names.append(name)
    return names


def trade_of(name):
    word = name.split(" ")[0]
    return dict(TRADES)[word]


def slug(name):
    return "-".join(plain(word) for word in name.split(" ")[:2])


def plain(word):
    """As it stands in a mail address."""
    text = word.lower()
    for letter, instead in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ç", "c")):
        text = text.replace(letter, instead)
    return text


GIVEN_NAMES = ["Andrea", "Anke", "Anton", "Barbara", "Benedikt", "Birgit", "Carsten", "Christa", "Daniel", "Dorothea", "Eike",
               "Elif", "Emre", "Erik", "Franziska", "Georg", "Gesine", "Hannes", "Heike", "Ines", "Jan", "Jasmin", "Jonas",
               "Karin", "Katja", "Konrad", "Lea", "Leopold", "Lukas", "Magda", "Marek", "Martin", "Mehmet", "Nadja", "Nils",
               "Olga", "Paul", "Petra", "Ralf", "Renate", "Sabine", "Silke", "Stefan", "Tanja", "Thomas", "Ulrike", "Uwe",
               "Vera", "Volker", "Wiebke"]
SURNAMES = ["Ackermann", "Adler", "Aydin", "Bartels", "Behrens", "Böhm", "Brandt", "Busch", "Çelik", "Dietrich", "Ebert",
            "Engel", "Fiedler", "Franke", "Gärtner", "Graf", "Haas", "Heinze", "Hermann", "Jansen", "Jung", "Kaiser",
            "Keller", "Kowalski", "Kühn", "Lang", "Lorenz", "Maurer", "Moser", "Nowak", "Otto", "Peters", "Pichler", "Pohl",
            "Reuter", "Ritter", "Sauer", "Schäfer", "Seidel", "Simon", "Steiner", "Thiel", "Uhlig", "Vogt", "Wagner",
            "Weiß", "Wimmer", "Yilmaz", "Ziegler", "Zimmer"]
# Role at the customer, relationship level; the first contact has the first one.
CONTACT_ROLES = [("Geschäftsführung", "Entscheider"), ("Einkauf", "Einkäufer"), ("Technische Leitung", "Fachentscheider"),
                 ("Montageleitung", "Anwender"), ("Kundendienst", "Anwender"), ("Büro", "Ansprechpartner")]
QUALIFICATIONS = ["Wärmepumpe", "Lüftung", "Kälteschein", "Regelung"]
# Where the rest of a customer's purchases comes from; invented too.
COMPETITORS = ["Falkenluft", "Brisanta", "übrige"]

# Nine territories: code of the representative, name; three heads of sales, each with some territories.
REPS = {"N1": ("ad-hansen", "Meike Hansen"), "N2": ("ad-deppe", "Jörg Deppe"), "O1": ("ad-lehnert", "Sandra Lehnert"),
        "O2": ("ad-krause", "Tobias Krause"), "W1": ("ad-esser", "Monika Esser"), "W2": ("ad-roth", "Patrick Roth"),
        "S1": ("ad-maier", "Simone Maier"), "S2": ("ad-huber", "Florian Huber"), "A1": ("ad-leitner", "Eva Leitner")}
HEADS = {"vl-petersen": ("N1", "N2", "O1", "O2"), "vl-kramer": ("W1", "W2"), "vl-bauer": ("S1", "S2", "A1")}
DEPUTIES = {"N1": "N2", "N2": "N1", "O1": "O2", "O2": "O1", "W1": "W2", "W2": "W1", "S1": "S2", "S2": "A1", "A1": "S2"}
VISIT_NOTES = ["Bedarf besprochen", "Objekt begangen", "Neuheiten gezeigt", "Reklamation geklärt", "Schulung vereinbart",
               "Angebot erläutert", "Sortiment durchgegangen", ""]
