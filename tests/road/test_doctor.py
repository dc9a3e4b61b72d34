#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treue doctor` on companies in which mistakes were planted in known numbers, and on one without any.

  test_doctor.py TREUE_BINARY

Verifies X-03 (what is wrong in imported data is told, with examples), X-07 (as a list) in part.
"""
import csv
import io
import random
import re
import sys

import road
from road import Checks

CUSTOMERS = ["number", "name", "kind", "street", "postcode", "email", "phone", "site_of", "attribute:ust_id",
             "attribute:currency"]
LINES = ["customer", "document", "date", "article", "quantity", "amount", "cost", "product_group"]
RAW = (r"doctor\.\w", r"\{\w+\}")
WORDS = ("Adler", "Birke", "Cedro", "Distel", "Eibe", "Fichte", "Ginster", "Hasel", "Iris", "Jasmin", "Kiefer", "Linde")


def customer(i, **facts):
    return dict({"number": f"K{i:03}", "name": f"{WORDS[i % 12]} {WORDS[i // 12 % 12]} Handel GmbH", "kind": "customer",
                 "street": f"Weg {i}", "postcode": f"{10000 + i}", "email": f"info{i}@example.org", "phone": f"030 {i}",
                 "attribute:ust_id": f"DE{100000000 + i}", "attribute:currency": "EUR"}, **facts)


def clean_lines(count=60):
    """Each customer buys in every month of 2025, ordinary amounts of ten articles."""
    chance = random.Random(7)
    for i in range(count):
        for month in range(1, 13):
            for article in chance.sample(range(10), 2):
                quantity = chance.randint(1, 12)
                amount = quantity * (1000 + 300 * article)
                yield {"customer": f"K{i:03}", "document": f"R{i}-{month}", "date": f"2025-{month:02}-15",
                       "article": f"A{article}", "quantity": quantity, "amount": f"{amount / 100:.2f}",
                       "cost": f"{amount / 200:.2f}", "product_group": f"G{article % 3}"}


def company(treue, customers, lines):
    treue.import_rows("customers", "customers", CUSTOMERS, customers)
    return treue.import_rows("purchases", "purchases", LINES, lines, ("products",))


def findings(treue):
    return {finding["finding"]: finding for finding in treue.json("doctor")["findings"]}


def clean(treue):
    """Nothing is found where nothing was planted; an empty database has nothing to look through."""
    checks = Checks(treue)
    checks.expect(0, "doctor", "--lang", "en", says=("no documents", "Nothing odd"), quiet=RAW)
    said = company(treue, [customer(i) for i in range(60)], clean_lines())
    if re.search("treue doctor", said):
        checks.problems.append(f"the import of a clean company says {said}")
    found = findings(treue)
    if found:
        checks.problems.append(f"found in a clean company: {found}")
    checks.expect(0, "doctor", "--lang", "de", says=("60 Kunden", "720 Belege", "Nichts Auffälliges"), quiet=RAW)
    return checks.problems


def planted_customers():
    """60 ordinary ones; of those beside them:"""
    rows = [customer(i) for i in range(60)]
    rows[50]["site_of"] = "K051"                                      # a site with its head's VAT number is none
    rows[50]["attribute:ust_id"] = rows[51]["attribute:ust_id"]
    rows += [customer(60, name=rows[0]["name"].upper().replace("GMBH", "G.m.b.H."), postcode=""),   # a name
             customer(61, name="HANDEL EIBE-ADLER", postcode=""),     # by the words; K004 and K048 are in two towns
             customer(62, **{"attribute:ust_id": "de 100 000 005"}),  # a VAT number: K005
             customer(63, email="INFO6@example.org"),                 # an e-mail address: K006
             customer(64, name="Jasmim Adler Handel", street="Weg 9", postcode="10009")]  # nearly K009, same address
    rows += [customer(i, email="", phone="") for i in range(65, 72)]  # 7 out of reach
    rows += [customer(i, kind="prospect") for i in range(72, 76)]     # 4 prospects who buy
    rows += [customer(i) for i in range(76, 81)]                      # 5 without documents
    rows += [customer(i, **{"attribute:currency": "CHF"}) for i in range(81, 84)]
    return rows


def planted_lines():
    lines = [line for line in clean_lines() if not re.match("2025-0[57]", line["date"])]  # May and July are missing
    template = dict(lines[0], customer="K001", article="A1", quantity=5, amount="65.00", cost="32.50", product_group="G1")
    for i in [*range(60, 76), *range(81, 84)]:
        lines.append(dict(template, customer=f"K{i:03}", document=f"P{i}"))
    lines += [dict(template, document=f"F{i}", date=f"20{30 + i}-01-01") for i in range(2)]       # 2 in the future
    lines += [dict(template, document=f"U{i}", date=f"1970-01-0{i + 1}") for i in range(3)]       # 3 before 1990
    lines += [dict(template, document=f"D{i}", amount="1300.00", quantity=1) for i in range(4)]               # 4 hundredfold prices
    lines += [dict(template, document="M", quantity=90000, amount="1170000.00")]                  # a quantity, a total
    lines += [dict(template, document=f"G{i}", amount="-6.50", quantity=-0.5) for i in range(6)]  # 6 credit notes
    lines += [dict(template, document="N", customer="K010", quantity=-1000, amount="-13000.00")]  # 1 below zero in all
    lines += [dict(template, document="Z", product_group="G9", article="A3", amount="95.00", quantity=5)]  # two groups
    lines += [dict(template, document=f"O{i}", article=f"OHNE{i}", product_group="") for i in range(2)]    # no group
    lines += [dict(template, document=f"C{i}", cost="") for i in range(8)]                        # 8 without cost
    return lines


def planted(treue):
    """Each kind in the number planted, with examples, remedies and shares, in both languages and all forms."""
    checks = Checks(treue)
    said = company(treue, planted_customers(), planted_lines())
    treue.import_rows("potentials", "potentials", ["customer", "amount", "valid_from"], [
        {"customer": "K002", "amount": "10.00", "valid_from": "2024-01-01"},
        {"customer": "K003", "amount": "99999999.00", "valid_from": "2024-01-01"}])
    treue.import_rows("contacts", "contacts", ["customer", "name"], [{"customer": "K065", "name": "Eva Kern"}])
    found = findings(treue)
    wanted = {"future_dates": 2, "ancient_dates": 3, "prices": 4, "currencies": 3, "duplicates": 11, "missing_months": 2,
              "negative_customers": 1, "far_documents": 1, "far_quantities": 2, "two_groups": 1, "no_group": 2,
              "no_cost": 8, "potentials": 1, "negative_documents": 7, "no_contact": 6, "prospects": 4, "no_documents": 5}
    counted = {kind: finding["count"] for kind, finding in found.items()}
    for kind in sorted(set(wanted) | set(counted)):
        if wanted.get(kind) != counted.get(kind):
            checks.problems.append(f"{kind}: expected {wanted.get(kind)}, found {found.get(kind)}")
    if not re.search(r"^16 .*: treue doctor$", said, re.M):  # all but potentials, which come later
        checks.problems.append(f"the import does not tell of the findings: {said}")
    for kind, words in {"future_dates": "F1", "ancient_dates": "U0", "prices": "A1.*D0", "currencies": "K081.*CHF.*EUR",
                        "missing_months": "2025-05; 2025-07", "negative_customers": "K010", "far_documents": "M ",
                        "far_quantities": "90.?000", "two_groups": "A3: G0 .* G9|A3: G9 .* G0", "no_group": "OHNE0",
                        "potentials": "K002", "prospects": "K072", "no_documents": "K076", "no_contact": "K066",
                        "duplicates": "K0(00|04|05|06|09) "}.items():
        if kind in found and not re.search(words, found[kind]["examples"]):
            checks.problems.append(f"{kind}: {words!r} is no example: {found[kind]['examples']!r}")
    for kind, finding in found.items():
        if finding["severity"] not in ("serious", "warning", "note") or not finding["remedy"] or not finding["text"]:
            checks.problems.append(f"{kind}: {finding}")
    table = list(csv.DictReader(io.StringIO(treue.run("doctor", "--format", "csv"))))
    if [(row["finding"], row["count"], row["share"]) for row in table] != \
            [(f["finding"], str(f["count"]), f["share"]) for f in treue.json("doctor")["findings"]]:
        checks.problems.append(f"CSV and JSON differ: {table}")
    checks.expect(0, "doctor", "--lang", "de", says=("Schwer: 2 Belege liegen in der Zukunft", "2025-05", "gleicher Name",
                                                      "-> .*treue customer merge"), quiet=RAW)
    checks.expect(0, "doctor", "--lang", "en", says=("Serious: 2 documents lie in the future",
                                                      "similar name, same address"), quiet=RAW)
    checks.expect(2, "doctor", "everything", quiet=RAW)
    return checks.problems


def reasons(treue):
    """Why two look alike is said; only so many are shown."""
    checks = Checks(treue)
    rows = [customer(i) for i in range(8)]
    rows[1]["attribute:ust_id"] = rows[0]["attribute:ust_id"]
    rows[3]["email"] = rows[2]["email"]
    company(treue, rows, clean_lines(8))
    checks.expect(0, "doctor", "--lang", "en", says=("4 customers are probably .* in 2 group", "K000 .* K001 .*: same VAT number",
                                                      "K002 .* K003 .*: same e-mail address"), quiet=RAW)
    if set(findings(treue)) != {"duplicates"}:
        checks.problems.append(f"found: {findings(treue)}")
    return checks.problems


def few(treue):
    """Nothing is suspected by the price of two lines, and a share is one of customers, however their currency is said."""
    checks = Checks(treue)
    rows = [dict(customer(i), **{"attribute:Währung": "EUR"}) for i in range(8)]
    rows[3]["attribute:currency"] = "CHF"
    lines = list(clean_lines(8))
    template = dict(lines[0], article="S", quantity="", amount="50.00", cost="25.00")
    lines += [dict(template, document=f"S{i}") for i in range(10)]
    lines += [dict(template, document=f"T{i}", quantity=1, amount=amount) for i, amount in enumerate(("5.00", "500.00"))]
    treue.import_rows("customers", "customers", [*CUSTOMERS, "attribute:Währung"], rows)
    treue.import_rows("purchases", "purchases", LINES, lines, ("products",))
    found = findings(treue)
    if set(found) != {"currencies"} or (found["currencies"]["count"], found["currencies"]["whole"]) != (1, 8):
        checks.problems.append(f"found: {found}")
    return checks.problems


def mended(treue):
    """What is taken back, merged or mended is no longer found."""
    checks = Checks(treue)
    company(treue, [customer(i) for i in range(60)] + [customer(60, name=customer(0)["name"], postcode="")],
            [*clean_lines(), dict(next(clean_lines()), customer="K060", document="Z", date="2031-01-01")])
    if set(findings(treue)) != {"duplicates", "future_dates"}:
        checks.problems.append(f"planted: {findings(treue)}")
    treue.run("customer", "merge", "K060", "K000", "--from", "2025-01-01", "--reason", "twice")
    if set(findings(treue)) != {"future_dates"}:
        checks.problems.append(f"merged: {findings(treue)}")
    treue.import_rows("purchases", "again", LINES, [dict(next(clean_lines()), customer="K060", document="Z")])
    if findings(treue):
        checks.problems.append(f"mended: {findings(treue)}")
    return checks.problems


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(road.run_cases((clean, planted, reasons, few, mended), "doctor", sys.argv[1]))
