#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The fictional company Musterwerk Klimasysteme GmbH: 420 customers, 180 prospects, three years of invoices and events.

usage: generate.py FOLDER [SEED]

Writes what the company hands over in January 2025, July 2025 and January 2026 (FOLDER/2025-01, 2025-07, 2026-01: CSV
files as different departments would make them), the import profiles and the program partnerkreis.yaml into FOLDER. The
same seed always gives the same bytes; nothing depends on the clock.

plans.py says what every customer is meant to be, invoices.py makes invoices that add up to it, people.py the contacts,
certificates, activities, visits and responsibilities, consents.py what they declared. The program of this folder then finds 42 A, 118 B and 260 C
customers with about 11.8, 8.4 and 4.4 million euros, and 180 prospects: by its rules, from these facts.
"""
import csv
import datetime
import pathlib
import shutil
import sys

import consents
import people
import plans as planning
import vocabulary
from dice import DELIVERIES, Dice, delivery_of
from invoices import Invoices, german_date, german_number

CUSTOMER_COLUMNS = ["Kundennr", "Firma", "Art", "Gewerk", "Größenklasse", "Mitarbeiter", "Region", "Gebiet", "Straße", "PLZ",
                    "Ort", "Land", "E-Mail", "Telefon", "Sprache", "Kunde seit", "Teilnahme seit", "Zusammenarbeit",
                    "Newsletter", "Portalzugang", "Kontaktdaten gültig", "Verbund", "Standort von", "Gesperrt ab",
                    "Gültig ab"]
# Corporate groups and branches, by place among the customers without a story.
GROUPS = {"Nordwind Holding": (20, 47, 83, 120), "Baugruppe Süd": (31, 66, 141), "Haustechnik-Verbund West": (25, 90)}
BRANCHES = {52: 53, 71: 72, 75: 72}
FIRST_DAYS = {"c_newcomer": (datetime.date(2024, 9, 1), datetime.date(2024, 12, 10)),
              "c_first": (datetime.date(2025, 10, 1), datetime.date(2025, 11, 20)),
              "b_newcomer": (datetime.date(2024, 4, 20), datetime.date(2024, 5, 25)),
              "c_converted": (datetime.date(2024, 2, 1), datetime.date(2025, 5, 30))}
# What if? The same program with revenue thresholds ten percent higher.
HIGHER = (("at_least: 120000, keep: 108000", "at_least: 132000, keep: 118800"),
          ("at_least: 40000, keep: 36000", "at_least: 44000, keep: 39600"))
INSOLVENT = datetime.date(2025, 10, 14)


def make_customers(plans, dice):
    """Dicts of all customers and prospects with what the other files need; `row` is that of customers.csv."""
    names = vocabulary.company_names(dice, len(plans) + planning.PROSPECTS)
    customers = []
    for at, plan in enumerate(plans):
        role = plan["role"]
        joined = None
        if role in FIRST_DAYS:
            since = dice.day(*FIRST_DAYS[role]) if at != 10 else datetime.date(2024, 4, 9)
            joined = since if role != "c_converted" else None
        else:
            since = dice.day(datetime.date(1998, 1, 1), datetime.date(2022, 6, 30))
            joined = dice.day(max(since, datetime.date(2019, 1, 1)), datetime.date(2022, 12, 20))
        plan["start"] = datetime.date(2025, 7, 10) if role == "c_converted" else since
        customers.append(customer(dice, plan["number"], names[at], plan, plan["size"], since, joined))
    for group, members in GROUPS.items():
        for at in members:
            customers[at]["row"][21] = group
    for at, parent in BRANCHES.items():
        customers[at]["row"][22] = customers[parent]["number"]
    for i in range(planning.PROSPECTS):
        since = dice.day(datetime.date(2023, 3, 1), datetime.date(2025, 11, 28))
        size = dice.pick_weighted((("S", 4), ("M", 5), ("L", 2)))
        customers.append(customer(dice, planning.FIRST_PROSPECT + i, names[len(plans) + i], None, size, since, None))
    return customers


def customer(dice, number, name, plan, size, since, joined):
    city, postcode, region, country, territory = dice.pick(vocabulary.CITIES)
    employees = {"S": 1 + dice.below(5), "M": 6 + dice.below(25), "L": 31 + dice.below(120)}[size]
    kind = "Kunde" if plan and plan["role"] != "c_converted" else "Interessent"
    slug = vocabulary.slug(name)
    row = [number, name, kind, vocabulary.trade_of(name), size, employees, region, territory,
           f"{dice.pick(vocabulary.STREETS)} {1 + dice.below(120)}", postcode, city, country, f"info@{slug}.example",
           f"{dice.pick(vocabulary.PHONE_RANGES)}{dice.below(1000):03d}", "de", german_date(since), german_date(joined),
           plan["cooperation"] if plan else "", plan["newsletter"] if plan else dice.pick(("ja", "nein", "")),
           plan["portal"] if plan else "nein", plan["reachable"] if plan else dice.pick_weighted((("ja", 5), ("nein", 1))),
           "", "", "", ""]
    if plan and plan["reachable"] != "ja":
        row[12] = ""
    return {"number": number, "slug": slug, "plan": plan, "since": since, "territory": territory, "row": row}


def customer_rows(customers):
    """The ERP hands over everybody first, later only who is new or changed: insolvencies, contact data mended."""
    deliveries = [[], [], []]
    for one in customers:
        deliveries[delivery_of(one["since"])].append(one["row"])
    mended = 0
    for one in customers:
        plan, row = one["plan"], list(one["row"])
        if plan and plan["role"].endswith("_suspended"):
            row[23] = german_date(INSOLVENT)
            deliveries[2].append(row)
        elif plan and plan["reachable"] == "nein" and plan["role"] != "c_offline" and mended < 5 and \
                delivery_of(one["since"]) == 0:
            mended += 1
            row[20], row[24], row[12] = "ja", "12.05.2025", f"buero@{one['slug']}.example"
            deliveries[1].append(row)
    return deliveries


def potential_rows(customers, dice):
    """Purchasing volumes, of A and B per product group with the competitors' shares, else one estimate for all."""
    deliveries = [[], [], []]
    first, second = datetime.date(2023, 1, 1), datetime.date(2025, 4, 1)
    for one in customers:
        plan = one["plan"]
        if not plan:
            cents = round(dice.between(18_000, 60_000) * dice.between(1, 3) / 100) * 10_000
            deliveries[delivery_of(one["since"])].append(
                (one["number"], "", german_number(cents, True), german_date(first), "geschätzt", "", "", "", "",
                 "Adressqualifizierung"))
            continue
        if plan["volumes"] is None:
            continue
        method = "gemessen" if plan["segment"] == "A" and dice.chance(.5) else "geschätzt"
        for day, cents, year in ((first, plan["volumes"][0] * 100, 2024), (second, plan["volumes"][1] * 100, 2025)):
            at = max(delivery_of(day), delivery_of(one["since"]))
            if plan["segment"] == "C":
                if year == 2025 and plan["volumes"][0] == plan["volumes"][1]:
                    continue
                deliveries[at].append((one["number"], "", german_number(cents, True), german_date(day), method, "", "", "", "",
                                       "Schätzung Außendienst"))
            else:
                deliveries[at] += group_potentials(plan, day, cents, plan["bought"][year], method, dice)
    return deliveries


def group_potentials(plan, day, cents, bought, method, dice):
    """Adds up to `cents`; what does not come from us is spread over all groups and shared out among competitors."""
    elsewhere = max(0, cents - sum(bought.values()))
    weights = [dice.between(.4, 1.6) for _ in vocabulary.GROUPS]
    whole, left, rows = sum(weights), cents, []
    strongest = dice.below(2)
    for i, group in enumerate(vocabulary.GROUPS):
        own = bought.get(group, 0)
        part = left if i == len(weights) - 1 else round((own + elsewhere * weights[i] / whole) / 10_000) * 10_000
        left -= part
        # In tenths of a percent, so that own share and competitors are exactly 100 percent.
        ours = min(1000, (own * 1000 + part // 2) // part) if part else 1000
        rest = 1000 - ours
        main, minor = int(rest * dice.between(.5, .8)), int(rest * dice.between(.05, .2))
        shares = [main, minor] if strongest == 0 else [minor, main]
        shares = [ours, *shares, rest - main - minor]
        note = "Bedarfsgespräch" if day.year == 2025 else "Jahresgespräch 2023"
        rows.append((plan["number"], group, german_number(part, True), german_date(day), method,
                     *(f"{share // 10},{share % 10} %" for share in shares), note))
    return rows


def value_rows(customers, dice):
    """Point and comma: this file comes from the marketing department's English tool."""
    deliveries = [[], [], []]
    for one in customers:
        plan = one["plan"]
        if not plan:
            continue
        for at, year, halves in ((0, 2024, plan["halves"][2:4]), (2, 2025, plan["halves"][4:6])):
            worth = sum(halves) * plan["margin"] * dice.between(2.6, 3.6)
            loyalty = min(100, max(0, 85 * plan["sow"] * dice.between(.8, 1.2) + 10 * plan["joint"] + 15))
            if sum(halves) > 0:
                deliveries[at].append((plan["number"], "customer_value", f"{worth:.2f}", f"{year}-12-31"))
                deliveries[at].append((plan["number"], "loyalty_index", f"{loyalty:.1f}", f"{year}-12-31"))
    return deliveries


def write_deliveries(folder, name, encoding, delimiter, header, deliveries):
    """A file per delivery that has something to say."""
    for (delivery, _), rows in zip(DELIVERIES, deliveries):
        if rows:
            with open(folder / delivery / name, "w", encoding=encoding, newline="") as file:
                writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
                writer.writerow(header)
                writer.writerows(rows)


def write_people(folder, customers, dice, seed):
    contacts = people.contact_rows(customers, dice)
    write_deliveries(folder, "contacts.csv", "utf-8", ";",
                     ["Kunde", "Personennr", "Name", "E-Mail", "Telefon", "Funktion", "Beziehungsebene", "Sprache"],
                     contacts)
    # Dice of their own: the other files stay what they were.
    write_deliveries(folder, "consents.csv", "utf-8", ";", consents.HEADER,
                     consents.consent_rows(customers, contacts, Dice(seed + 1)))
    write_deliveries(folder, "certificates.csv", "utf-8", ";",
                     ["Kunde", "Person", "Qualifikation", "Gültig ab", "Gültig bis", "Nachweis"],
                     people.certificate_rows(customers, dice))
    write_deliveries(folder, "activities.csv", "utf-8", ";", ["Kunde", "Art", "Datum", "Wert", "Bemerkung", "Stand"],
                     people.activity_rows(customers, dice))
    write_deliveries(folder, "visits.csv", "cp1252", ";", ["Kunde", "Datum", "Außendienst", "Art", "Notiz"],
                     people.visit_rows(customers, dice))
    write_deliveries(folder, "responsibilities.csv", "utf-8", ";",
                     ["Gebiet", "Kunde", "Zuständig", "Rolle", "Gültig ab", "Gültig bis"], people.responsibility_rows(customers))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1])
    folder = pathlib.Path(sys.argv[1])
    for delivery, _ in DELIVERIES:
        (folder / delivery).mkdir(parents=True, exist_ok=True)
    seed = int(sys.argv[2]) if len(sys.argv) == 3 else 2026
    dice = Dice(seed)
    plans = planning.make_plans(dice)
    customers = make_customers(plans, dice)
    invoices = Invoices(dice)
    for plan in plans:
        invoices.add_customer(plan)
    write_deliveries(folder, "customers.csv", "cp1252", ";", CUSTOMER_COLUMNS, customer_rows(customers))
    write_deliveries(folder, "products.csv", "utf-8-sig", ";", ["Artikel", "Bezeichnung", "Warengruppe", "Warengruppe Name"],
                     [[[article, name, group, vocabulary.GROUP_NAMES[group]]
                       for article, group, name, _ in vocabulary.PRODUCTS], [], []])
    write_deliveries(folder, "purchases.csv", "utf-8", ";",
                     ["Belegnr", "Datum", "Kunde", "Artikel", "Bezeichnung", "Menge", "Nettobetrag", "Einstand", "Digital"],
                     invoices.rows())
    write_deliveries(folder, "potentials.csv", "utf-8", "\t",
                     ["Kunde", "Warengruppe", "Jahresbedarf", "Gültig ab", "Methode", "Anteil Musterwerk",
                      *(f"Anteil {name}" for name in vocabulary.COMPETITORS), "Bemerkung"], potential_rows(customers, dice))
    write_deliveries(folder, "values.csv", "utf-8", ",", ["customer", "name", "amount", "valid_from"],
                     value_rows(customers, dice))
    write_people(folder, customers, dice, seed)
    here = pathlib.Path(__file__).resolve().parent
    for source in [*sorted((here / "profiles").glob("*.yaml")), here / "partnerkreis.yaml"]:
        shutil.copyfile(source, folder / source.name)
    text = (here / "partnerkreis.yaml").read_text(encoding="utf-8")
    for threshold, higher in HIGHER:
        text = text.replace(threshold, higher)
    (folder / "partnerkreis-plus-10.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
