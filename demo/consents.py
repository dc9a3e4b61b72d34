# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the contacts declared about being addressed, from four drawers: the website's form (double opt-in), cards from
fairs, the portal's terms, and the sales force's notes. Some withdrew, some objected, a few changed their minds again.
"""
import datetime

from dice import delivery_of

HEADER = ["Person", "Kanal", "Art", "Zeitpunkt", "Herkunft", "Wortlaut", "Sprache", "Grundlage", "Adresse aus Verkauf",
          "Ähnliche Ware", "Hinweis gegeben", "Kein Widerspruch", "Double-Opt-in", "Bestätigt"]
WORDINGS = {
    ("email", "de"): "Ja, Musterwerk Klimasysteme darf mich per E-Mail über Produkte, Schulungen und Leistungen des "
                     "PartnerKreises informieren, etwa einmal im Monat. Das kann ich jederzeit widerrufen.",
    ("email", "en"): "Yes, Musterwerk Klimasysteme may inform me by e-mail about products, trainings and services of the "
                     "PartnerKreis, about once a month. I can withdraw this at any time.",
    ("phone", "de"): "Musterwerk Klimasysteme darf mich zu Angeboten des PartnerKreises anrufen. Das kann ich jederzeit "
                     "widerrufen.",
    ("post", "de"): "Musterwerk Klimasysteme darf mir Kataloge und Einladungen schicken. Das kann ich jederzeit widerrufen.",
    ("portal", "de"): "Ich möchte im Portal Nachrichten zu Leistungen des PartnerKreises erhalten. Das kann ich jederzeit "
                      "abbestellen.",
}
FAIRS = ("Messe ISH, Karte", "Hausmesse, Karte", "SHK Essen, Karte")
FIRST_DAY, LAST_DAY = datetime.date(2023, 5, 2), datetime.date(2025, 12, 12)
OFFLINE = "c_offline"


def german_moment(moment):
    return moment.strftime("%d.%m.%Y %H:%M")


class Drawer:
    """Rows by delivery: what was declared comes with the files that know its day, not before the contact."""

    def __init__(self, dice):
        self.dice, self.deliveries = dice, [[], [], []]

    def moment(self, first, last=LAST_DAY):
        day = self.dice.day(min(first, last), last)
        return datetime.datetime(day.year, day.month, day.day, 8 + self.dice.below(9), self.dice.below(60))

    def put(self, known, person, channel, kind, moment, origin, *rest):
        row = [person, channel, kind, german_moment(moment), origin, *rest]
        self.deliveries[max(known, delivery_of(moment.date()))].append(row + [""] * (len(HEADER) - len(row)))


def consent_rows(customers, contacts, dice):
    """`contacts`: the rows of contacts.csv by delivery. Each person declares once, for all companies served."""
    by_number = {customer["number"]: customer for customer in customers}
    drawer, seen = Drawer(dice), set()
    for known, rows in enumerate(contacts):
        for number, person, _, mail, phone, _, _, language in rows:
            if person in seen:
                continue
            seen.add(person)
            customer = by_number[number]
            if customer["plan"] and customer["plan"]["role"] == OFFLINE:
                continue
            first = max(FIRST_DAY, customer["since"])
            if mail:
                by_mail(drawer, customer, known, person, language, first)
            by_other_ways(drawer, customer, known, person, phone, first)
    return drawer.deliveries


def by_mail(drawer, customer, known, person, language, first):
    dice, newsletter = drawer.dice, customer["row"][18]
    wording = (WORDINGS["email", language], language)
    moment = drawer.moment(first)
    if newsletter == "ja" and dice.chance(.85):
        if dice.chance(.7):
            confirmed = moment + datetime.timedelta(minutes=2 + dice.below(3000))
            drawer.put(known, person, "email", "Einwilligung", moment, "Formular Webseite", *wording, "", "", "", "", "", "ja",
                       german_moment(confirmed) if dice.chance(.93) else "")
        else:
            drawer.put(known, person, "email", "Einwilligung", moment, f"{dice.pick(FAIRS)} {100 + dice.below(900)}", *wording)
        if dice.chance(.05):
            drawer.put(known, person, "email", "Widerruf", drawer.moment(later(moment, 20)), "Abmeldelink")
    elif newsletter == "" and customer["plan"] and dice.chance(.6):
        drawer.put(known, person, "email", "Einwilligung", moment, "Auftragsannahme", "", "", "Bestandskunde", "ja", "ja",
                   "ja" if dice.chance(.9) else "nein", "ja")
    if dice.chance(.03):
        objected = drawer.moment(later(moment, 30))
        drawer.put(known, person, "email", "Widerspruch", objected, "Anruf")
        if dice.chance(.3) and (LAST_DAY - objected.date()).days > 60:
            drawer.put(known, person, "email", "Widerspruch aufgehoben", drawer.moment(later(objected, 40)),
                       "Formular Webseite", *wording)


def by_other_ways(drawer, customer, known, person, phone, first):
    dice = drawer.dice
    if customer["row"][19] == "ja" and dice.chance(.8):
        drawer.put(known, person, "portal", "Einwilligung", drawer.moment(first), "Portalanmeldung", WORDINGS["portal", "de"],
                   "de")
    if phone and dice.chance(.3):
        drawer.put(known, person, "Telefon", "Einwilligung", drawer.moment(first), "Besuchsbericht", WORDINGS["phone", "de"], "de")
    if dice.chance(.25):
        drawer.put(known, person, "Brief", "Einwilligung", drawer.moment(first), "Jahresgespräch", WORDINGS["post", "de"], "de")
    elif dice.chance(.02):
        drawer.put(known, person, "Brief", "Widerspruch", drawer.moment(first), "Brief")


def later(moment, days):
    return moment.date() + datetime.timedelta(days=days)
