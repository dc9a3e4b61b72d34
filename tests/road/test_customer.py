# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of one customer: usage: test_customer.py TREUE_BINARY

R-003 (attributes): as a filter, an attribute given to three customers returns exactly those three.
R-010 (dimensions): each value shows its source and its dates.
R-027 (competitors' shares): 60 % own, 25 % competitor X, 15 % others: together 100 %, and how that changed over years.
R-082 (prospects): one who becomes a customer keeps contacts and visits.
X-10 (as of a day): values, shares, purchases and visits are those of the day asked for.
"""
import decimal
import sys

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
    expect(shown["contacts"] == [{"name": "Eva Muster", "role": "Einkauf", "level": "Entscheider"}] and
           [row["kind"] for row in shown["visits"]] == ["second", "first"],
           f"R-082 (prospects): contacts and visits from before the first order: {shown['contacts']} {shown['visits']}")
    expect(shown["purchases"] == [{"year": 2026, "documents": 1, "revenue": "7.00"},
                                  {"year": 2025, "documents": 2, "revenue": "80.00"}], f"years: {shown['purchases']}")
    shown = show(treue, "2025-05-31")
    expect(shown["purchases"] == [{"year": 2025, "documents": 1, "revenue": "100.00"}], "X-10 (as of a day): purchases")
    expect([row["day"] for row in show(treue, "2024-12-31")["visits"]] == ["2024-03-01"], "X-10 (as of a day): visits")


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
                          (("--on", "2020-01-01"), "2345")):
        found = "".join(row["number"] for row in treue.json("customer", "list", *words))
        expect(found == wanted, f"R-003 (attributes): list {' '.join(words)}: {found}, wanted {wanted}")
    rows = treue.json("customer", "list", "--on", "2025-12-31")
    expect(rows[0] == {"number": "1", "name": "Häusler", "segment": "", "revenue": "80.00", "responsible": ""},
           f"revenue of 12 months: {rows[0]}")
    said = treue.run("--lang", "de", "customer", "list", "--on", "2025-12-31")
    expect("Müller Bau" in said and "80,00" in said and "Umsatz 12 Monate" in said, said)
    code, _, problem = treue.call("customer", "list", "--attribute", "Gewerk")
    expect(code == 2 and "Gewerk" in problem, f"no value: {problem.strip()}")


def main():
    try:
        with Folder("customer") as folder:
            treue = Treue(sys.argv[1], folder)
            fill(treue)
            convert(treue)
            for check in (check_facts, check_shares, check_history, check_words, check_list):
                check(treue)
    except RoadError as problem:
        expect(False, str(problem))
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
