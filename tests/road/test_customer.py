# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of one customer: usage: test_customer.py TREUE_BINARY

R-003 (attributes): as a filter, an attribute given to three customers returns exactly those three.
R-010 (dimensions): each value shows its source and its dates.
R-027 (competitors' shares): 60 % own, 25 % competitor X, 15 % others: together 100 %, and how that changed over years.
R-032 (in part: both departments see the same segment, reasons and people): one page for all who ask.
R-082 (prospects): one who becomes a customer keeps contacts and visits; a list of prospects.
R-117 (share of wallet): 84,000 of 140,000 are 60.0 %, by product group and in total, with method and date, over time.
X-10 (as of a day): values, shares, purchases and visits are those of the day asked for.
"""
import csv
import decimal
import io
import re
import sys

import test_concept
from road import Folder, RoadError, Treue

failures = []


def expect(good, what):
    print(("ok: " if good else "FAILED: ") + what)
    if not good:
        failures.append(what)


def fill(treue):
    columns = ["number", "name", "kind", "since", "size_class"]
    treue.import_rows("customers", "first", columns, [
        {"number": "1", "name": "Häusler", "kind": "prospect", "since": "2024-01-10", "size_class": "S"}],
        valid_from="2024-01-10")
    treue.import_rows("contacts", "contacts", ["customer", "person", "name", "role", "level"], [
        {"customer": "1", "person": "p1", "name": "Eva Muster", "role": "Einkauf", "level": "Entscheider"}])
    treue.import_rows("visits", "visits", ["customer", "date", "rep", "kind"], [
        {"customer": "1", "date": "2024-03-01", "rep": "anna", "kind": "first"},
        {"customer": "1", "date": "2025-03-01", "rep": "anna", "kind": "second"}])
    treue.import_rows("potentials", "potentials", ["customer", "product_group", "amount", "valid_from", "competitor:X",
                                                   "competitor:other"], [
        {"customer": "1", "product_group": "HV", "amount": "90000.00", "valid_from": "2024-01-01",
         "competitor:X": "0.5", "competitor:other": "0.3"},
        {"customer": "1", "product_group": "HV", "amount": "100000.00", "valid_from": "2025-01-01",
         "competitor:X": "0.25", "competitor:other": "0.15"}])


def convert(treue):
    treue.import_rows("customers", "second", ["number", "name", "kind", "size_class"], [
        {"number": "1", "name": "Häusler", "kind": "customer", "size_class": "L"}], valid_from="2025-05-01")
    treue.import_rows("purchases", "purchases", ["customer", "document", "date", "article", "amount"], [
        {"customer": "1", "document": "R1", "date": "2025-05-02", "article": "A", "amount": "100.00"},
        {"customer": "1", "document": "R2", "date": "2025-06-02", "article": "A", "amount": "-20.00"},
        {"customer": "1", "document": "R3", "date": "2026-01-01", "article": "A", "amount": "7.00"}],
        create=["customers", "products"])


def show(treue, day):
    return treue.json("customer", "show", "1", "--on", day)


def facts_of(shown):
    return {row["fact"]: row for row in shown["facts"]}


def check_facts(treue):
    before, after = facts_of(show(treue, "2025-04-30")), facts_of(show(treue, "2025-05-01"))
    expect(before["size_class"]["value"] == "S" and after["size_class"]["value"] == "L" and
           before["kind"]["value"] == "prospect" and after["kind"]["value"] == "customer",
           f"X-10 (as of a day): what changed on 1 May 2025: {before['size_class']} {after['size_class']}")
    expect(after["size_class"] == {"fact": "size_class", "value": "L", "valid_from": "2025-05-01", "source": "erp",
                                   "imported": "2026-01-02"}, f"R-010 (dimensions): source and dates: {after['size_class']}")
    expect(all(row["source"] == "erp" and row["valid_from"] and row["imported"] for row in after.values()),
           "R-010 (dimensions): no value without source and dates")


def check_shares(treue):
    for day, amount, wanted in (("2024-06-30", "90000.00", {"own": "0.200000", "X": "0.500000", "other": "0.300000"}),
                                ("2025-06-30", "100000.00", {"own": "0.600000", "X": "0.250000", "other": "0.150000"})):
        rows = show(treue, day)["potentials"]
        shares = {row["supplier"]: row["share"] for row in rows}
        expect(shares == wanted and sum(map(decimal.Decimal, shares.values())) == 1,
               f"R-027 (competitors' shares): {day}: {shares}")
        expect(rows[0]["amount"] == amount and rows[0]["source"] == "erp", f"of which volume, from where: {rows[0]}")
    expect(show(treue, "2023-12-31")["potentials"] == [], "none before the first estimate")


def check_history(treue):
    shown = show(treue, "2026-01-02")
    expect([[row[key] for key in ("name", "role", "level")] for row in shown["contacts"]] ==
           [["Eva Muster", "Einkauf", "Entscheider"]] and
           [row["kind"] for row in shown["visits"]] == ["second", "first"],
           f"R-082 (prospects): contacts and visits from before the first order: {shown['contacts']} {shown['visits']}")
    expect(shown["purchases"] == [{"year": 2026, "documents": 1, "revenue": "7.00"},
                                  {"year": 2025, "documents": 2, "revenue": "80.00"}], f"years: {shown['purchases']}")
    shown = show(treue, "2025-05-31")
    expect(shown["purchases"] == [{"year": 2025, "documents": 1, "revenue": "100.00"}], "X-10 (as of a day): purchases")
    expect([row["day"] for row in show(treue, "2024-12-31")["visits"]] == ["2024-03-01"], "X-10 (as of a day): visits")


def fill_wallet(treue):
    """W: 84,000 of 140,000 in two product groups, after 50,000 the year before."""
    treue.import_rows("customers", "wallet", ["number", "name", "since", "city", "territory", "attribute:Gewerk"], [
        {"number": "W", "name": "Wolf", "since": "2020-01-01", "city": "Köln", "territory": "West",
         "attribute:Gewerk": "Dach"}])
    treue.import_rows("products", "articles", ["article", "name", "product_group"], [
        {"article": "A1", "name": "eins", "product_group": "G1"},
        {"article": "A2", "name": "zwei", "product_group": "G2"}])
    treue.import_rows("purchases", "wallet_lines", ["customer", "document", "date", "article", "amount"], [
        {"customer": "W", "document": "W1", "date": "2024-03-01", "article": "A1", "amount": "50000.00"},
        {"customer": "W", "document": "W2", "date": "2025-03-01", "article": "A1", "amount": "60000.00"},
        {"customer": "W", "document": "W3", "date": "2025-06-30", "article": "A2", "amount": "24000.00"},
        {"customer": "W", "document": "W4", "date": "2025-07-01", "article": "A2", "amount": "1.00"}])
    treue.import_rows("potentials", "wallet_potentials",
                      ["customer", "product_group", "amount", "valid_from", "valid_to", "method"], [
        {"customer": "W", "product_group": "G1", "amount": "120000.00", "valid_from": "2024-01-01", "method": "measured"},
        {"customer": "W", "product_group": "G2", "amount": "20000.00", "valid_from": "2025-01-01",
         "valid_to": "2025-12-31", "method": "estimated"}])


def wallet_of(treue, day, number="W"):
    rows = treue.json("customer", "show", number, "--on", day)["share_of_wallet"]
    return [tuple(row[name] for name in ("product_group", "revenue", "amount", "share", "method", "valid_from", "note"))
            for row in rows]


def check_wallet(treue):
    """R-117: the numbers of the requirement, and what changed over time."""
    fill_wallet(treue)
    for day, wanted in (
            ("2025-06-30", [("total", "84000.00", "140000.00", "0.600000", "estimated", "2025-01-01", None),
                            ("G1", "60000.00", "120000.00", "0.500000", "measured", "2024-01-01", None),
                            ("G2", "24000.00", "20000.00", "1.000000", "estimated", "2025-01-01", "capped")]),
            ("2024-06-30", [("total", "50000.00", "120000.00", "0.416667", "measured", "2024-01-01", None),
                            ("G1", "50000.00", "120000.00", "0.416667", "measured", "2024-01-01", None)]),
            ("2023-12-31", [])):
        found = wallet_of(treue, day)
        expect(found == wanted, f"R-117 (share of wallet): {day}: {found}")
    said = treue.run("--lang", "en", "customer", "show", "W", "--on", "2025-06-30")
    expect("60.0%" in said and "estimated" in said and "capped" in said, f"R-117 (share of wallet): {said}")
    treue.import_rows("potentials", "wallet_total", ["customer", "amount", "valid_from", "method"], [
        {"customer": "W", "amount": "168000.00", "valid_from": "2025-06-01", "method": "measured"}])
    found = wallet_of(treue, "2025-06-30")
    expect(found[0] == ("total", "84000.00", "168000.00", "0.500000", "measured", "2025-06-01", None) and
           len(found) == 3, f"R-117 (share of wallet): a total stands alone: {found[0]}")


def check_people(treue):
    """R-032: the people who look after a customer, what they and the customer's people did."""
    treue.import_rows("responsibilities", "responsible", ["customer", "territory", "responsible", "role", "valid_from",
                                                          "valid_to"], [
        {"customer": "W", "responsible": "anna", "role": "rep", "valid_from": "2025-01-01", "valid_to": "2025-06-30"},
        {"territory": "West", "responsible": "bert", "role": "rep", "valid_from": "2020-01-01"},
        {"territory": "West", "responsible": "cleo", "role": "deputy", "valid_from": "2020-01-01"},
        {"territory": "Ost", "responsible": "doro", "role": "rep", "valid_from": "2020-01-01"}])
    treue.import_rows("certificates", "certificates", ["customer", "person", "qualification", "valid_from", "valid_to"], [
        {"customer": "W", "person": "Ida Fuchs", "qualification": "Dach", "valid_from": "2023-01-01",
         "valid_to": "2025-06-29"},
        {"customer": "W", "person": "Jo Fuchs", "qualification": "Dach", "valid_from": "2023-01-01",
         "valid_to": "2025-06-30"},
        {"customer": "W", "person": "Jo Fuchs", "qualification": "Wand", "valid_from": "2025-07-01"}])
    treue.import_rows("activities", "activities", ["customer", "kind", "date", "note", "status"], [
        {"customer": "W", "kind": "campaign", "date": f"2025-01-{day:02d}", "note": f"n{day}", "status": "confirmed"}
        for day in range(1, 13)])
    treue.import_rows("contacts", "wallet_contacts", ["customer", "person", "name", "role"], [
        {"customer": "W", "person": "w1", "name": "Kim Alt", "role": "Lager"}], valid_from="2020-01-01")
    treue.import_rows("contacts", "wallet_renamed", ["customer", "person", "name", "role"], [
        {"customer": "W", "person": "w1", "name": "Kim Neu", "role": "Lager"}], valid_from="2025-07-01")
    before = treue.json("customer", "show", "W", "--on", "2025-06-30")
    after = treue.json("customer", "show", "W", "--on", "2025-07-01")

    def of(shown, part, *names):
        return [tuple(row[name] for name in names) for row in shown[part]]
    expect(of(before, "responsible", "person", "function", "territory", "valid_to") ==
           [("anna", "rep", None, "2025-06-30"), ("cleo", "deputy", "West", None)] and
           of(after, "responsible", "person", "function") == [("bert", "rep"), ("cleo", "deputy")],
           f"R-032: who is responsible: {before['responsible']} {after['responsible']}")
    expect(of(before, "certificates", "person", "qualification", "state") ==
           [("Ida Fuchs", "Dach", "expired"), ("Jo Fuchs", "Dach", "valid")] and
           of(after, "certificates", "qualification", "state") ==
           [("Dach", "expired"), ("Dach", "expired"), ("Wand", "valid")], f"certificates: {before['certificates']}")
    expect(of(before, "activities", "day", "note", "status") ==
           [(f"2025-01-{day:02d}", f"n{day}", "confirmed") for day in range(12, 2, -1)],
           f"the last ten activities: {before['activities']}")
    expect("Kim Alt" in [row["name"] for row in before["contacts"]] and
           "Kim Neu" in [row["name"] for row in after["contacts"]] and
           "Kim Neu" not in [row["name"] for row in before["contacts"]],
           f"X-10 (as of a day): contacts: {before['contacts']} {after['contacts']}")
    said = treue.run("--lang", "de", "customer", "show", "W", "--on", "2025-06-30")
    lacking = [word for word in ("Gebiet", "Kunde seit", "Gewerk", "Vertretung", "abgelaufen", "Lieferanteil")
               if word not in said]
    expect(not lacking and "attribute:" not in said, f"in the reader's language: lacking {lacking} in {said}")


def check_exceptions(treue):
    """Merges, overrides and appeals, on both sides and before and after their day."""
    document = test_concept.concept()
    document["mechanics"]["override"] = {"max_months": 12, "max_share": 1}
    document["mechanics"]["appeal_days"] = 14
    treue.load_concept(document)
    run = treue.evaluate("2025-12-31", "year", "--approve")
    segment = {row["number"]: row["segment"] for row in run["customers"]}["W"]
    other = "A" if segment != "A" else "C"
    for wanted in "A", "C", "P":
        listed = [row["number"] for row in treue.json("customer", "list", "--segment", wanted, "--on", "2026-01-02")]
        members = sorted(row["number"] for row in run["customers"] if row["segment"] == wanted)
        expect(listed == members, f"R-032: list --segment {wanted} and the evaluation agree: {listed}, {members}")
    table = list(csv.DictReader(io.StringIO(treue.run("customer", "list", "--search", "wolf", "--format", "csv", "--on",
                                                      "2026-01-02"), newline="")))
    expect(table == [{"source": "erp", "number": "W", "name": "Wolf", "city": "Köln", "segment": segment,
                      "revenue_12m": "84001.00", "responsible": "bert"}], f"as CSV: {table}")
    treue.run("override", "request", "W", "--segment", other, "--from", "2026-01-02", "--to", "2026-06-30", "--reason",
              "strategic", "--actor", "anna")
    treue.run("appeal", "file", "W", "--run", "1", "--reason", "not counted", "--owner", "bert")
    shown = treue.json("customer", "show", "W", "--on", "2026-01-02")
    expect(shown["overrides"] == [{"program": shown["overrides"][0]["program"], "segment": other,
                                   "valid_from": "2026-01-02", "valid_to": "2026-06-30", "state": "requested",
                                   "reason": "strategic"}], f"override: {shown['overrides']}")
    appeal = shown["appeals"][0]
    expect((appeal["filed"], appeal["owner"], appeal["state"], appeal["reason"], appeal["result"]) ==
           ("2026-01-02", "bert", "open", "not counted", None), f"appeal: {appeal}")
    treue.run("override", "approve", "1", "--actor", "bert")
    treue.run("appeal", "decide", "1", "--dismiss", "--result", "counted twice", "--actor", "bert")
    shown = treue.json("customer", "show", "W", "--on", "2026-01-02")
    expect(shown["overrides"][0]["state"] == "approved" and shown["appeals"][0]["state"] == "dismissed" and
           shown["appeals"][0]["result"] == "counted twice", f"decided: {shown['overrides']} {shown['appeals']}")
    earlier = treue.json("customer", "show", "W", "--on", "2026-01-01")
    expect(earlier["overrides"] == earlier["appeals"] == [], "X-10 (as of a day): neither had been asked for the day before")
    treue.run("customer", "merge", "2", "W", "--from", "2026-01-02", "--reason", "taken over")
    for number, direction, partner in (("W", "merged_from", "2"), ("2", "merged_into", "W")):
        rows = treue.json("customer", "show", number, "--on", "2026-01-02")["merges"]
        expect(rows == [{"valid_from": "2026-01-02", "direction": direction, "customer": partner,
                         "reason": "taken over"}], f"merged: {rows}")
    expect(treue.json("customer", "show", "W", "--on", "2026-01-01")["merges"] == [], "not merged the day before")
    treue.run("customer", "merge", "1", "W", "--from", "2026-01-02", "--reason", "taken over, too")
    found = wallet_of(treue, "2026-01-02")
    expect([row[:4] for row in found] == [("total", "84088.00", "268000.00", "0.313761"),
                                          ("G1", "60000.00", "120000.00", "0.500000"),
                                          ("HV", "0.00", "100000.00", "0.000000")],
           f"R-117 (share of wallet): merged customers count with the one they were merged into: {found}")
    expect(wallet_of(treue, "2026-01-02", "2") == [], "R-117 (share of wallet): who was merged has none of his own")


def check_words(treue):
    for language, words in (("de", ("Stammdaten", "Lieferant", "60,0 %", "100.000,00", "01.05.2025", "Häusler")),
                            ("en", ("Master data", "Supplier", "60.0%", "100,000.00", "1 May 2025", "Häusler"))):
        said = treue.run("--lang", language, "customer", "show", "erp:1")
        lacking = [word for word in words if word not in said]
        expect(not lacking, f"{language}: {lacking or words}")
    for words, wanted in ((("9",), "9"), ((), "show"), (("1", "--on", "gestern"), "gestern"),
                          (("1", "2"), "2"), (("1", "--format", "csv"), "csv")):
        code, _, problem = treue.call("customer", "show", *words)
        expect(code == 2 and wanted in problem, f"customer show {' '.join(words)} is refused: {problem.strip()}")


def check_master_data(treue):
    """X-10 (each fact with its date): master data in the reader's language and form, as one looks for them; JSON keeps
    what programs read."""
    treue.import_rows("customers", "facts", ["number", "name", "kind", "since", "city", "suspended_from", "phone",
                                             "attribute:Gewerk", "attribute:seit"], [
        {"number": "F1", "name": "Fakten", "kind": "prospect", "since": "2019-04-19", "city": "Köln",
         "suspended_from": "2025-03-01", "phone": "0221", "attribute:Gewerk": "prospect", "attribute:seit": "2019-04-19"}])
    words = ("customer", "show", "F1", "--on", "2025-06-30")
    before = treue.json(*words)["facts"]
    expect([(row["fact"], row["value"]) for row in before] ==
           [("attribute:Gewerk", "prospect"), ("attribute:seit", "2019-04-19"), ("city", "Köln"), ("kind", "prospect"),
            ("phone", "0221"), ("since", "2019-04-19"), ("suspended_from", "2025-03-01")], f"JSON: {before}")
    for language, titles in (
            ("de", (r"Art +Interessent ", r"Kunde seit +19\.04\.2019 ", r"ausgesetzt ab +01\.03\.2025 ", r"Ort +Köln ",
                    r"Telefon +0221 ", r"Gewerk +prospect ", r"seit +2019-04-19 ")),
            ("en", (r"Kind +prospect ", r"Customer since +19 Apr 2019 ", r"Suspended from +1 Mar 2025 ", r"City +Köln ",
                    r"Telephone +0221 ", r"Gewerk +prospect ", r"seit +2019-04-19 "))):
        said = treue.run("--lang", language, *words)
        expect(re.search(r".*\n +".join(titles), said), f"master data in {language}: {said}")


def check_list(treue):
    """R-003 (attributes), and the other filters."""
    treue.import_rows("customers", "more", ["number", "name", "since", "territory", "attribute:Gewerk"], [
        {"number": "2", "name": "Müller Bau", "since": "2020-01-01", "territory": "N1", "attribute:Gewerk": "Elektro"},
        {"number": "3", "name": "Meier", "since": "2020-01-01", "territory": "N1", "attribute:Gewerk": "Elektro"},
        {"number": "4", "name": "Mulde", "since": "2020-01-01", "attribute:Gewerk": "Elektro"},
        {"number": "5", "name": "Elektro Moll", "since": "2020-01-01", "attribute:Gewerk": "SHK"}])
    for words, wanted in (((), "12345"), (("--attribute", "Gewerk=Elektro"), "234"),
                          (("--attribute", "Gewerk=Elektr"), ""), (("--attribute", "Farbe=rot"), ""),
                          (("--search", "müller"), "2"), (("--search", "Mueller Bau"), "2"), (("--search", "mul"), "24"),
                          (("--responsible", "N1"), "23"), (("--responsible", "N1", "--search", "meier"), "3"),
                          (("--on", "2020-01-01"), "2345"), (("--kind", "prospects"), ""),
                          (("--kind", "prospects", "--on", "2025-04-30"), "1"),
                          (("--kind", "customers", "--on", "2025-04-30"), "2345")):
        found = "".join(row["number"] for row in treue.json("customer", "list", *words))
        expect(found == wanted, f"R-003 (attributes): list {' '.join(words)}: {found}, wanted {wanted}")
    rows = treue.json("customer", "list", "--on", "2025-12-31")
    expect(rows[0] == {"number": "1", "name": "Häusler", "city": "", "segment": "", "revenue": "80.00",
                       "responsible": ""},
           f"revenue of 12 months: {rows[0]}")
    said = treue.run("--lang", "de", "customer", "list", "--on", "2025-12-31")
    expect("Müller Bau" in said and "80,00" in said and "Umsatz 12 Monate" in said, said)
    for words, wanted in ((("--kind", "guests"), "guests"), (("--format", "xml"), "xml"), (("--on", "gestern"), "gestern")):
        code, _, problem = treue.call("customer", "list", *words)
        expect(code == 2 and wanted in problem, f"customer list {' '.join(words)} is refused: {problem.strip()}")
    code, _, problem = treue.call("customer", "list", "--attribute", "Gewerk")
    expect(code == 2 and "Gewerk" in problem, f"no value: {problem.strip()}")


def main():
    try:
        with Folder("customer") as folder:
            treue = Treue(sys.argv[1], folder)
            fill(treue)
            convert(treue)
            for check in (check_facts, check_shares, check_history, check_words, check_list, check_wallet, check_people,
                          check_exceptions, check_master_data):
                check(treue)
    except RoadError as problem:
        expect(False, str(problem))
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
