#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Imports of every kind through the command line. Verifies X-03 in part (CSV import of customers, products, purchases,
potentials and values: mapping, preview, error list with line numbers, importing twice makes no duplicates), R-082 in part
(prospects come in), R-010 in part (bad input is named and can be repaired) and X-04 in part (publish and undo are in the
chain).

  test_import.py TREUE_BINARY
"""
import contextlib
import csv
import io
import json
import os
import pathlib
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import road
from road import postgresql

TEST_DATA = pathlib.Path(os.environ.get("TREUE_TEST_DATA", "../shared"))
CUSTOMER_PROFILE = """kind: customers
source: erp
columns: {number: Nr, name: Name, kind: Art, since: Seit, size_class: Klasse, "attribute:colour": Farbe}
"""
CUSTOMERS = '''Nr;Name;Art;Seit;Klasse;Farbe
1;Müller & Söhne;Kunde;01.02.2020;M;rot
2;"Meier ""GmbH""";Interessent;2021-05-06;S;
'''
PURCHASE_PROFILE = """kind: purchases
source: erp
columns: {customer: customer, document: document, date: date, article: article, quantity: quantity, amount: amount,
          product_group: group}
create: [customers, products]
"""
PURCHASES = """customer,document,date,article,group,quantity,amount
1,R1,2025-01-02,a,G1,1,10.00
1,R1,2025-01-02,b,G2,2,20.50
2,R2,2025-01-03,a,G1,1,12.00
2,R2,2025-01-04,c,G2,1,1.00
"""


@contextlib.contextmanager
def company(check, name):
    with road.Folder("import-" + name) as folder:
        yield road.Treue(check.binary, folder)


def take(treue, kind, text, profile, *more, name="in.csv", status=(0,), encoding="utf-8"):
    (treue.folder / name).write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    treue.write("profile.yaml", profile)
    return treue.run("import", kind, name, "--profile", "profile.yaml", *more, status=status)


def fail(treue, kind, text, profile, *more, encoding="utf-8"):
    """(exit status, standard error) of an import that is expected to be refused."""
    (treue.folder / "bad.csv").write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    treue.write("profile.yaml", profile)
    code, _, error = treue.call("import", kind, "bad.csv", "--profile", "profile.yaml", *more)
    return code, error


def last(treue):
    return treue.json("import", "list")[-1]


def counts(treue):
    row = last(treue)
    return [row[key] for key in ("rows_new", "rows_changed", "rows_same", "rows_rejected")]


def staged_leftovers(treue):
    tables = ("customer_record", "customer_name", "customer_fact", "product_fact", "product_group_name", "document",
              "potential", "competitor_share", "customer_value", "contact", "contact_fact", "certificate", "activity",
              "visit", "responsibility")
    left = {t: treue.query(f"SELECT count(*) FROM {t} WHERE import_id NOT IN"
                            " (SELECT id FROM import WHERE generation IS NOT NULL)")[0][0] for t in tables}
    left["import"] = treue.query("SELECT count(*) FROM import WHERE state = 'staging'")[0][0]
    return {table: count for table, count in left.items() if count}


def reasons(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))


# ---- each kind ------------------------------------------------------------------------------------------------------

def customers(check):
    with company(check, "customers") as treue:
        take(treue, "customers", CUSTOMERS, CUSTOMER_PROFILE)
        check.equal(counts(treue), [2, 0, 0, 0], "customers, first time")
        take(treue, "customers", CUSTOMERS, CUSTOMER_PROFILE)
        check.equal(counts(treue), [0, 0, 2, 0], "customers, twice: nothing is doubled")
        check.equal(treue.query("SELECT count(*), count(DISTINCT customer_id) FROM customer_key"), [(2, 2)], "keys")
        check.equal(treue.query("SELECT count(*) FROM customer_name"), [(2,)], "names after two imports")
        facts = treue.query("SELECT k.number, f.code, c.value FROM customer_fact c JOIN fact f ON f.id = c.fact_id"
                             " JOIN customer_key k ON k.customer_id = c.customer_id ORDER BY 1, 2")
        check.equal(facts, [("1", "attribute:colour", "rot"), ("1", "kind", "customer"), ("1", "since", "2020-02-01"),
                            ("1", "size_class", "M"), ("2", "kind", "prospect"), ("2", "since", "2021-05-06"),
                            ("2", "size_class", "S")], "facts")
        recorded = treue.query("SELECT k.number, r.recorded_day FROM customer_record r JOIN customer_key k"
                                " ON k.customer_id = r.customer_id ORDER BY 1")
        day = lambda text: (road.datetime.date.fromisoformat(text) - road.datetime.date(1970, 1, 1)).days
        check.equal(recorded, [("1", day("2026-01-02")), ("2", day("2021-05-06"))],
                    "a prospect is recorded on the day he is known since")
        # A blank cell is not mentioned: the colour stays. A changed name and class change.
        take(treue, "customers", "Nr;Name;Art;Seit;Klasse;Farbe\n1;Müller AG;;;L;\n", CUSTOMER_PROFILE)
        check.equal(counts(treue), [0, 1, 0, 0], "customers, changed")
        check.equal(treue.query("SELECT count(*) FROM customer_fact"), [(8,)], "one more fact")
        # The file that only knows some columns leaves the others alone.
        take(treue, "customers", "Nr,Name\n1,Müller AG\n3,Neu\n", "kind: customers\nsource: erp\n"
             "columns: {number: Nr, name: Name}\n")
        check.equal(counts(treue), [1, 0, 1, 0], "fewer columns")


def history(check):
    """Rows with a day of their own, in any order."""
    profile = "kind: customers\nsource: erp\ncolumns: {number: n, name: m, size_class: s, valid_from: v}\n"
    rows = ["1,A,S,2020-01-01", "1,A,M,2021-01-01", "1,B,S,2022-01-01"]
    found = []
    for order in (rows, rows[::-1], [rows[1], rows[2], rows[0]]):
        with company(check, "history") as treue:
            take(treue, "customers", "n,m,s,v\n" + "\n".join(order) + "\n", profile)
            found.append(treue.query("SELECT valid_from, value FROM customer_fact ORDER BY 1"
                               ) + treue.query("SELECT name FROM customer_name"))
            take(treue, "customers", "n,m,s,v\n" + "\n".join(order) + "\n", profile)
            check.equal(counts(treue)[0], 0, "history twice: nothing new")
            check.equal(treue.query("SELECT count(*) FROM customer_fact"), [(3,)], "history twice")
    check.that(found[0] == found[1] == found[2], f"history depends on the order of rows: {found}")
    check.equal(found[0][-1], ("B",), "the latest name counts")


def products(check):
    profile = "kind: products\nsource: erp\ncolumns: {article: a, name: n, product_group: g, group_name: gn, cost: c}\n"
    text = "a,n,g,gn,c\nx,Nail,G1,Nails,0.125\ny,Screw,G2,Screws,1.50\n"
    with company(check, "products") as treue:
        take(treue, "products", text, profile)
        check.equal(counts(treue), [2, 0, 0, 0], "products, first time")
        take(treue, "products", text, profile)
        check.equal(counts(treue), [0, 0, 2, 0], "products, twice")
        take(treue, "products", "a,n,g,gn,c\nx,Nail,G2,,\n", profile)
        check.equal(counts(treue), [0, 1, 0, 0], "products, other group")
        check.equal(treue.query("SELECT value FROM product_fact p JOIN fact f ON f.id = p.fact_id"
                                 " WHERE code = 'cost' ORDER BY 1"), [("0.125",), ("1.5",)], "costs stay exact")
        check.equal(treue.query("SELECT name FROM product_group_name ORDER BY 1"), [("Nails",), ("Screws",)], "groups")


def purchases(check):
    with company(check, "purchases") as treue:
        out = take(treue, "purchases", PURCHASES, PURCHASE_PROFILE)
        check.equal(counts(treue), [2, 0, 0, 0], "purchases, first time")
        check.that("several dates" in out, "a document with several dates is reported")
        take(treue, "purchases", PURCHASES, PURCHASE_PROFILE)
        check.equal(counts(treue), [0, 0, 2, 0], "purchases, twice")
        take(treue, "purchases", PURCHASES.replace("20.50", "21.50"), PURCHASE_PROFILE)
        check.equal(counts(treue), [0, 1, 1, 0], "purchases, one document changed")
        out = take(treue, "purchases", "customer,document,date,article,group,quantity,amount\n1,R9,2025-01-02,a,G9,1,10.00\n"
                   "1,R8,2025-01-02,d,G1,1,1.50\n1,R7,2025-01-03,d,G2,1,1.50\n", PURCHASE_PROFILE)
        check.that("several product groups" in out, "an article with several groups is reported")
        profile = PURCHASE_PROFILE.replace("create: [customers, products]\n", "")
        take(treue, "purchases", "customer,document,date,article,group,quantity,amount\n9,R9,2025-01-02,a,G1,1,10.00\n"
             "1,R10,2025-01-02,z,G1,1,10.00\n", profile, status=(1,))
        check.equal(counts(treue), [0, 0, 0, 2], "unknown customers and articles are rejected without create")


def figures(check):
    potentials = ("kind: potentials\nsource: erp\ncolumns: {customer: c, amount: a, valid_from: v, product_group: g,"
                  " valid_to: t, method: m, 'competitor:X': x, 'competitor:Y': y}\n")
    values = "kind: values\nsource: erp\ncolumns: {customer: c, name: n, amount: a, valid_from: v}\ncreate: [customers]\n"
    text = "c,a,v,g,t,m,x,y\n1,50000.00,2025-01-01,,,estimated,20 %,0.1\n2,1000,2025-01-01,G1,2025-12-31,measured,,\n"
    with company(check, "figures") as treue:
        take(treue, "customers", CUSTOMERS, CUSTOMER_PROFILE)
        take(treue, "potentials", text, potentials)
        check.equal(counts(treue), [2, 0, 0, 0], "potentials, first time")
        take(treue, "potentials", text, potentials)
        check.equal(counts(treue), [0, 0, 2, 0], "potentials, twice")
        take(treue, "potentials", text.replace("50000.00", "60000.00"), potentials)
        check.equal(counts(treue), [0, 1, 1, 0], "potentials, changed")
        take(treue, "potentials", "c,a,v,g,t,m,x,y\n9,1,2025-01-01,,,,,\n1,-1,2025-01-01,,,,,\n"
             "1,1,2025-02-01,,2025-01-01,,,\n1,1,2025-03-01,,,,60%,0.5\n1,1,2025-04-01,,,,,\n1,2,2025-04-01,,,,,\n",
             potentials, "--lang", "en", status=(1,))
        check.equal(counts(treue), [1, 0, 0, 5], "potentials, wrong rows")
        found = [row["reason"] for row in reasons(treue.folder / last(treue)["error_file"].replace(".csv", ".reasons.csv"))]
        for row, word in zip(found, ("no such customer", "negative", "before its start", "100%", "line 6")):
            check.that(word in row, f"{word!r} is not in {row!r}")
        text = "c,n,a,v\n1,score,0.1250,2025-01-01\n7,score,-3,2025-01-01\n"
        take(treue, "values", text, values)
        check.equal(counts(treue), [2, 0, 0, 0], "values, first time")
        check.equal(last(treue)["customers_created"], 1, "values create customers")
        take(treue, "values", text, values)
        check.equal(counts(treue), [0, 0, 2, 0], "values, twice")
        check.equal(treue.query("SELECT units, scale FROM customer_value ORDER BY units"), [(-3, 0), (125, 3)], "exact")


# ---- preview, mapping, bad input ------------------------------------------------------------------------------------

def preview(check):
    with company(check, "preview") as treue:
        before = sorted(p.name for p in treue.data.rglob("*"))
        out = take(treue, "customers", CUSTOMERS + "3; ;;;;\n", CUSTOMER_PROFILE, "--dry-run", "--lang", "en", status=(1,))
        for word in ("delimiter ;", "utf-8", "Müller & Söhne", "2020-02-01", "prospect", "2 rows new", "line 4",
                     "attribute:colour"):
            check.that(word in out, f"{word!r} is not in the preview:\n{out}")
        check.equal(treue.json("import", "list"), [], "a dry run makes no import")
        check.equal(treue.query("SELECT count(*) FROM source"), [(0,)], "a dry run writes nothing")
        after = sorted(p.name for p in treue.data.rglob("*") if not p.name.startswith("treue.db-"))
        check.equal([name for name in after if name not in before and name != "staging"], [], "a dry run leaves no file")
        out = take(treue, "purchases", PURCHASES, PURCHASE_PROFILE, "--dry-run", "--lang", "en")
        check.that("2 documents new" in out and "2 customers created" in out, f"purchases, dry:\n{out}")
        check.equal(treue.query("SELECT count(*) FROM product"), [(0,)], "a dry run creates no articles")


def files_without_evidence(check):
    with company(check, "evidence") as treue:
        products_profile = "kind: products\nsource: erp\ncolumns: {article: A, name: B, cost: C}\n"
        for text, words in (("A B C\n1 2 3\n", ("delimiter", "semicolon", "file: {delimiter")),
                            ("A,B,C\nx,y,1.234\n", ("decimal", "1.234", "file: {decimal")),
                            (b"A,B,C\nx,\x81\xfc,1\n", ("encoding", "Windows-1252", "file: {encoding")),
                            ("A,B\nx,y\n", ("no column C", "A, B")),
                            ("A,B,C,C\nx,y,1,2\n", ("more than once", "A, B, C, C")),
                            ("A,B,C\nx,y,1\n\"z,1,2\n", ("line 3", "quote")),
                            (b"A,B,C\nx,\0,1\n", ("encoding",)),
                            ("", ("no line",)),
                            (b"\x1f\x8b\x08\0", ("gzip",))):
            code, error = fail(treue, "products", text, products_profile, "--lang", "en")
            check.equal(code, 2, f"exit status for {text!r}")
            for word in words:
                check.that(word in error, f"{word!r} is not in {error!r}")
            check.that("{file}" not in error and "bad.csv" in error or "column" in error, f"no file named in {error!r}")
        code, error = fail(treue, "products", "A B C\n1 2 3\n", products_profile, "--lang", "de")
        check.that("Trennzeichen" in error and "Semikolon" in error, f"not German: {error!r}")
        code, error = fail(treue, "products", "A,B,C\n1,2,3\n", products_profile.replace("cost", "kost"), "--lang", "en")
        check.that(code == 2 and "line 3, column 32" in error and "product_group" in error, f"profile: {error!r}")
        code, error = fail(treue, "customers", "A,B,C\n1,2,3\n", products_profile)
        check.equal(code, 2, "the kind differs from the profile's")
        check.equal(treue.call("import", "products", "nowhere.csv", "--profile", "profile.yaml")[0], 2, "no such file")
        check.equal(treue.json("import", "list"), [], "nothing was imported")
        check.equal(staged_leftovers(treue), {}, "nothing is left")


def encodings(check):
    """The same customers in every encoding, delimiter and line end; from a pipe too."""
    plain = "Nr;Name;Art;Seit;Klasse;Farbe\n1;Müller & Söhne;Kunde;01.02.2020;M;rot\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        for delimiter, end in ((";", "\n"), ("\t", "\r\n"), ("|", "\r")):
            with company(check, "encoding") as treue:
                text = plain.replace(";", delimiter).replace("\n", end)
                take(treue, "customers", text, CUSTOMER_PROFILE, encoding=encoding)
                check.equal(treue.query("SELECT name FROM customer_name"), [("Müller & Söhne",)],
                            f"{encoding}, {delimiter!r}, {end!r}")
    with company(check, "pipe") as treue:
        treue.write("profile.yaml", CUSTOMER_PROFILE)
        done = subprocess.run([treue.binary, "--data", str(treue.data), "import", "customers", "-", "--profile",
                               str(treue.folder / "profile.yaml")], input=CUSTOMERS.encode(), capture_output=True,
                              env=treue.surroundings())
        check.equal(done.returncode, 0, f"from a pipe: {done.stderr}")
        check.equal(treue.query("SELECT count(*) FROM customer_name"), [(2,)], "from a pipe")
        check.equal([p.name for p in (treue.data / "staging").glob("spool*")], [], "the spool is removed")


def rejected_rows(check):
    text = ("Nr;Name;Art;Seit;Klasse;Farbe\r\n1;Gut;;;;\r\n2; ;;;;\r\n3;\"Mit \"\"Quote\"\"\";lead;;;\r\n"
            "1;Noch einmal;;;;\r\n4;Datum;;31.02.2020;;\r\n5;kurz\r\n")
    words = {"de": ("leer", "Kunde noch Interessent", "Zeile 2", "Datum", "weniger Spalten"),
             "en": ("empty", "customer nor prospect", "line 2", "date", "fewer columns")}
    for language in ("de", "en"):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            with company(check, "rejected") as treue:
                take(treue, "customers", text, CUSTOMER_PROFILE, "--lang", language, status=(1,), encoding=encoding)
                path = treue.folder / last(treue)["error_file"]
                lines = text.split("\r\n")
                expected = "\r\n".join([lines[0]] + lines[2:])
                check.equal(path.read_bytes(), expected.encode(encoding), f"file to repair, {encoding}")
                rows = reasons(str(path).replace(".csv", ".reasons.csv"))
                check.equal([list(row.values())[1] for row in rows], ["3", "4", "5", "6", "7"], "line numbers")
                check.equal([list(row.values())[2] for row in rows], ["2", "3", "4", "5", "6"], "lines of the repair file")
                check.equal(list(rows[3].values())[4:6], ["Seit", "31.02.2020"], "column and value")
                for row, word in zip(rows, words[language]):
                    check.that(word in list(row.values())[6], f"{word!r} is not in {row}")
                # Repaired, it goes in.
                repaired = (path.read_bytes().decode(encoding).replace("2; ", "2;Neu").replace("lead", "prospect")
                            .replace("1;Noch", "6;Noch").replace("31.02.", "28.02.").replace("5;kurz", "5;kurz;;;;"))
                take(treue, "customers", repaired, CUSTOMER_PROFILE, encoding=encoding)
                check.equal(counts(treue), [5, 0, 0, 0], "repaired rows")


def rejected_documents(check):
    """A bad line takes its whole document along, wherever its lines stand."""
    text = ("customer,document,date,article,group,quantity,amount\n1,R1,2025-01-02,a,G1,1,10.00\n"
            "1,R2,2025-01-02,a,G1,1,10.00\n1,R1,2025-13-02,\"b \"\"x\"\"\",G1,1,10.00\n,R3,2025-01-02,a,G1,1,1.00\n"
            "1,R1,2025-01-02,c,G1,1,1.00\n")
    for language, other in (("de", "Eine andere Zeile"), ("en", "Another line")):
        with company(check, "documents") as treue:
            take(treue, "purchases", text, PURCHASE_PROFILE, "--lang", language, status=(1,))
            row = last(treue)
            check.equal([row[k] for k in ("rows_new", "rows_rejected", "lines_rejected")], [1, 2, 4], "documents")
            path = treue.folder / row["error_file"]
            lines = text.splitlines(keepends=True)
            check.equal(path.read_text(encoding="utf-8"), "".join([lines[0], lines[1], lines[3], lines[4], lines[5]]),
                        "documents to repair")
            rows = [list(r.values()) for r in reasons(str(path).replace(".csv", ".reasons.csv"))]
            check.equal([r[1] for r in rows], ["2", "4", "5", "6"], "line numbers")
            check.equal([r[3] for r in rows], ["R1", "R1", "R3", "R1"], "documents named")
            check.equal(rows[1][4:6], ["date", "2025-13-02"], "column and value")
            check.that(other in rows[0][6] and other in rows[3][6], "the other lines say why")
            repaired = path.read_text(encoding="utf-8").replace("2025-13-02", "2025-01-02").replace(",R3", "7,R3", 1)
            take(treue, "purchases", repaired, PURCHASE_PROFILE)
            check.equal(counts(treue), [2, 0, 0, 0], "repaired documents")


# ---- undo, list, names ----------------------------------------------------------------------------------------------

def undo(check):
    with company(check, "undo") as treue:
        check.equal(treue.call("import", "undo")[0], 2, "nothing to undo")
        take(treue, "customers", CUSTOMERS, CUSTOMER_PROFILE)
        take(treue, "purchases", PURCHASES, PURCHASE_PROFILE)
        check.equal(treue.call("import", "undo", "7")[0], 2, "unknown import")
        treue.run("import", "undo")
        row = last(treue)
        check.equal([row["state"], row["undone_generation"], row["id"]], ["undone", 3, "2"], "the latest was undone")
        check.equal(treue.call("import", "undo", "2")[0], 2, "undone already")
        take(treue, "purchases", PURCHASES, PURCHASE_PROFILE)
        check.equal(counts(treue), [2, 0, 0, 0], "after the undo the documents are new again")
        check.equal(last(treue)["customers_created"], 0, "customers known by their own import stay known")
        treue.run("import", "undo", "1")
        take(treue, "customers", CUSTOMERS, CUSTOMER_PROFILE)
        check.equal(counts(treue)[:2] in ([2, 0], [0, 2]), True, "after the undo the customers are written again")
        check.equal(treue.query("SELECT count(*) FROM customer_key"), [(2,)], "ids are never made twice")
        kinds = [k for (k,) in treue.query("SELECT kind FROM audit_entry ORDER BY number")]
        check.equal(kinds.count("import.published"), 4, "publishes in the chain")
        check.equal(kinds.count("import.undone"), 2, "undos in the chain")
        out = treue.run("import", "list", "--lang", "de")
        check.that("zurückgenommen" in out and "purchases" in out, f"list: {out}")


CONCEPT = """format: 1
program: {id: names, name: {de: Namen, en: Names}, variant: partner, currency: EUR, year_starts: 01-01}
segments:
  - {id: C, name: {de: Alle, en: All}, for: customers, rest: true}
  - {id: P, name: {de: Interessenten, en: Prospects}, for: prospects, rest: true}
mechanics:
  evaluations: [{id: year, cutoff: 12-31, effective: 02-01, moves: [up, down]}]
"""


def naughty_names(check):
    path = TEST_DATA / "corpora" / "blns" / "blns.json"
    if not path.is_file():
        road.leave_out("naughty names", f"{path} is not there: set TREUE_TEST_DATA")
        return
    strings = json.loads(path.read_text(encoding="utf-8"))
    check.equal(len(strings), 515, "naughty strings")
    with company(check, "names") as treue:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(["number", "name"])
        for i, name in enumerate(strings):
            writer.writerow([f"N{i:03}", name])
        take(treue, "customers", out.getvalue(), "kind: customers\nsource: erp\nfile: {decimal: point}\n"
             "columns: {number: number, name: name, since: {value: 2025-01-01}}\n", status=(1,))
        blank = [i for i, name in enumerate(strings) if not name.strip()]
        check.equal(counts(treue), [len(strings) - len(blank), 0, 0, len(blank)], "empty and blank names are refused")
        rows = [list(r.values()) for r in reasons(treue.folder / last(treue)["error_file"].replace(".csv", ".reasons.csv"))]
        check.equal([r[3] for r in rows], [f"N{i:03}" for i in blank], "which ones")
        check.that(all(r[4] == "name" and ("leer" in r[6] or "empty" in r[6]) for r in rows), "with their reason")
        stored = dict(treue.query("SELECT k.number, n.name FROM customer_name n JOIN customer_key k"
                                   " ON k.customer_id = n.customer_id"))
        wrong = [i for i, name in enumerate(strings) if i not in blank and stored.get(f"N{i:03}") != name]
        check.equal(wrong, [], "stored names")
        treue.write("concept.yaml", CONCEPT)
        treue.run("concept", "load", "concept.yaml", "--release")
        treue.run("evaluate", "--cutoff", "2025-12-31", "--approve")
        wrong = []
        for i, name in enumerate(strings):
            if i in blank:
                continue
            customer = treue.explain(f"N{i:03}", "2025-12-31")["customer"]
            if customer != {"number": f"N{i:03}", "name": name}:
                wrong.append((i, name, customer))
        check.equal(wrong, [], "names in explain --format json")


# ---- interrupted ----------------------------------------------------------------------------------------------------

def many_purchases(lines):
    rng = random.Random(3)
    out = ["customer,document,date,article,group,quantity,amount\n"]
    for i in range(lines):
        out.append(f"C{i // 10 % 3000},R{i // 10},2025-{1 + i // 10 % 12:02}-{1 + i // 10 % 28:02},A{rng.randrange(900)},"
                   f"G{rng.randrange(1, 9)},{rng.randrange(1, 9)},{rng.randrange(100000) / 100:.2f}\n")
    return "".join(out)


def many_customers(rows):
    return "Nr;Name;Art;Seit;Klasse;Farbe\n" + "".join(f"{i};Kunde {i};Kunde;2020-01-01;M;rot\n" for i in range(rows))


def start(treue, kind, **more):
    return subprocess.Popen([treue.binary, "--data", str(treue.data), "--lang", "en", "import", kind, "in.csv",
                             "--profile", "profile.yaml"], cwd=treue.folder, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=treue.surroundings(), **more)


def killed(check):
    cleaned = 0
    # The customers are staged in three batches, the documents in one.
    for kind, text, profile in (("purchases", many_purchases(60000), PURCHASE_PROFILE),
                                ("customers", many_customers(50000), CUSTOMER_PROFILE)):
        with company(check, "killed") as treue:
            begun = time.monotonic()
            take(treue, kind, text, profile)
            seconds, whole = time.monotonic() - begun, counts(treue)
        check.equal(whole[1:], [0, 0, 0], f"{kind}: all new")
        for share in (0.15, 0.35, 0.5, 0.65, 0.8, 0.95):
            with company(check, "killed") as treue:
                (treue.folder / "in.csv").write_text(text, encoding="utf-8")
                treue.write("profile.yaml", profile)
                child = start(treue, kind)
                time.sleep(seconds * share)
                child.send_signal(signal.SIGKILL)
                child.communicate()
                check.that(treue.is_alone_soon(), f"{kind} killed at {share}: the server goes on for a dead program")
                seen = treue.json("import", "list")
                check.that(seen == [] or [seen[0][k] for k in ("rows_new", "state")] == [whole[0], "published"],
                           f"{kind} killed at {share}: half an import is visible: {seen}")
                code, _, error = treue.call("import", kind, "in.csv", "--profile", "profile.yaml", "--lang", "en")
                check.equal(code, 0, f"{kind} killed at {share}: the next run: {error}")
                cleaned += "unfinished import" in error
                row = last(treue)
                check.equal(row["rows_new"] + row["rows_same"], whole[0], f"{kind} killed at {share}: all is in")
                check.equal(staged_leftovers(treue), {}, f"{kind} killed at {share}: leftovers")
    check.that(cleaned > 0, "no kill hit an import in staging")


def no_room(check, treue, preexec, name, make_room):
    """An import that runs out of disk space: nothing half, and the next run starts clean."""
    text, profile = many_purchases(60000), PURCHASE_PROFILE
    (treue.folder / "in.csv").write_text(text, encoding="utf-8")
    treue.write("profile.yaml", profile)
    child = start(treue, "purchases", preexec_fn=preexec, restore_signals=False)
    _, error = child.communicate()
    check.equal(child.returncode, 3, f"{name}: exit status; {error.decode()}")
    check.that(len(error) > 20 and b"runtime error" not in error, f"{name}: says why: {error.decode()}")
    make_room()
    check.equal(treue.json("import", "list"), [], f"{name}: nothing half")
    code, _, error = treue.call("import", "purchases", "in.csv", "--profile", "profile.yaml")
    check.equal(code, 0, f"{name}: the next run: {error}")
    check.equal(counts(treue), [6000, 0, 0, 0], f"{name}: all is in")
    check.equal(staged_leftovers(treue), {}, f"{name}: leftovers")


def full_disk(check):
    """The disk of the embedded database; a server's disk is its own affair."""
    if postgresql.wanted():
        return
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600000, 600000))
    with company(check, "limit") as treue:
        no_room(check, treue, limit, "file size limit", lambda: None)
    with tempfile.TemporaryDirectory(prefix="treue-disk-") as folder:
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "treue-test", folder], capture_output=True).returncode == 0
        if not mounted:
            print("the full disk is tried by a file size limit only (mounting a small tmpfs needs root)")
            return
        try:
            treue = road.Treue(check.binary, folder)
            ballast = pathlib.Path(folder) / "ballast"
            (treue.folder / "in.csv").write_text(many_purchases(60000), encoding="utf-8")
            with open(ballast, "wb") as file:
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * 65536)
                        file.flush()
            with open(ballast, "r+b") as file:
                file.truncate(max(0, ballast.stat().st_size - 900000))
            no_room(check, treue, None, "full disk", ballast.unlink)
        finally:
            subprocess.run(["umount", folder], capture_output=True)


def main(binary, wanted):
    tests = [customers, history, products, purchases, figures, preview, files_without_evidence, encodings, rejected_rows,
             rejected_documents, undo, naughty_names, killed, full_disk]
    check = road.Check(road.absolute(binary))
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        try:
            test(check)
        except (road.RoadError, OSError, sqlite3.Error, ValueError, IndexError, KeyError, TypeError) as problem:
            check.failures.append(f"{test.__name__}: {type(problem).__name__}: {problem}")
    for failure in check.failures:
        print("FAILED", failure)
    print(f"{check.count} checks, {len(check.failures)} failed")
    road.say_left_out()
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
