#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Imports of contacts, certificates, activities, visits and responsibilities through the command line. Verifies X-03 in
part (CSV import of contacts, visits and trainings: mapping, preview, error list, importing twice makes no duplicates),
R-023 in part (a confirmed certificate raises the customer's qualification by 1), R-019 in part (visits are counted) and
R-082 in part (contacts and visits of a prospect remain after conversion).

  test_import_people.py TREUE_BINARY
"""
import contextlib
import csv
import sys

import road
from scenario import rest, segment

CUTOFF = "2025-12-31"
CUSTOMERS = [{"number": "1", "name": "Müller", "since": "2020-01-01"},
             {"number": "2", "name": "Meier", "since": "2020-01-01"},
             {"number": "3", "name": "Schulz", "kind": "prospect", "since": "2024-01-01"}]
MECHANICS = {"evaluations": [{"id": "year", "cutoff": "12-31", "effective": "02-01", "moves": ["up", "down"]}]}


@contextlib.contextmanager
def company(check, name):
    with road.Folder("people-" + name) as folder:
        treue = road.Treue(check.binary, folder)
        treue.import_rows("customers", "customers", ["number", "name", "kind", "since"], CUSTOMERS)
        yield treue


def take(treue, kind, columns, text, *more, status=(0,), create=(), valid_from=None):
    """Imports rows written as lines of values; columns and file agree."""
    path = treue.folder / f"{kind}.csv"
    path.write_text(",".join(columns) + "\n" + text, encoding="utf-8")
    profile = treue.write(f"{kind}.yaml", road.to_yaml(road.profile(kind, columns, create, valid_from)))
    return treue.run("import", kind, path, "--profile", profile, "--lang", "en", *more, status=status)


def counts(treue):
    row = treue.json("import", "list")[-1]
    return [row[key] for key in ("rows_new", "rows_changed", "rows_same", "rows_rejected")]


def reasons(treue):
    path = treue.folder / treue.json("import", "list")[-1]["error_file"].replace(".csv", ".reasons.csv")
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [(row["line"], row["reason"]) for row in csv.DictReader(file)]


def values(treue, criteria, cutoff=CUTOFF, numbers="12"):
    """Each customer's values of the criteria, as explain says them."""
    paths = [[dict(one, at_least=0)] for one in criteria]
    prospects = dict(segment("Q", *paths), **{"for": "prospects"})
    concept = {"format": 1, "program": {"id": "people", "name": {"de": "Leute"}, "currency": "EUR"},
               "segments": [segment("A", *paths), rest("C"), prospects, rest("P", "prospects")],
               "mechanics": MECHANICS}
    treue.load_concept(concept)
    treue.evaluate(cutoff, "year")
    found = {}
    for number in numbers:
        code, out, _ = treue.call("explain", number, "--cutoff", cutoff, "--format", "json")
        if code == 0:
            paths = [p for s in road.json.loads(out)["segments"] for p in s["paths"]]
            found[number] = [p["criteria"][0]["value"] for p in paths]
    return found


# ---- contacts -------------------------------------------------------------------------------------------------------

CONTACTS = ("customer", "person", "name", "email", "phone", "role", "level", "language")


def contacts(check):
    text = ("1,P1,Anna Ott,anna@ott.example,0711 1,Inhaberin,decision maker,de\n1,P2,Bert Uhl,,,Meister,3,\n"
            "2,P1,Anna Ott,,,Beirätin,,\n2,,Cem Kaya,,,,,\n")
    with company(check, "contacts") as treue:
        take(treue, "contacts", CONTACTS, text)
        check.equal(counts(treue), [4, 0, 0, 0], "contacts, first time")
        take(treue, "contacts", CONTACTS, text)
        check.equal(counts(treue), [0, 0, 4, 0], "contacts, twice: nothing is doubled")
        take(treue, "contacts", CONTACTS, "1,P1,Anna Ott,,,Geschäftsführerin,,\n2,,Cem Kaya,cem@kaya.example,,,,\n")
        check.equal(counts(treue), [0, 2, 0, 0], "contacts, changed by key; blank cells change nothing")
        take(treue, "contacts", CONTACTS, "1,P1,Anna Ott,anna@ott.example,0711 1,Geschäftsführerin,decision maker,de\n")
        check.equal(counts(treue), [0, 0, 1, 0], "what was not mentioned stayed")
        take(treue, "contacts", CONTACTS, "1,P1,Anna Roth,,,,,\n")
        check.equal(counts(treue), [0, 1, 0, 0], "a person with a key keeps it when the name changes")
        out = take(treue, "contacts", CONTACTS, "1,P3,Dora,dora,,,,\n1,P3,Dora,a@b@c,,,,\n1,P3,Dora,a b@c,,,,\n"
                   "1,P3,,,,,,\n9,P3,Dora,,,,,\n1,P4,Eva,,,,,\n1,P4,Eva,,,,,\n", status=(1,))
        check.equal(counts(treue), [1, 0, 0, 6], "contacts, wrong rows")
        found = reasons(treue)
        for (line, reason), (number, word) in zip(found, (("2", "e-mail"), ("3", "e-mail"), ("4", "e-mail"),
                                                         ("5", "empty"), ("6", "no such customer"), ("8", "line 7"))):
            check.that(line == number and word in reason, f"line {number}, {word!r}: {line}, {reason!r}")
        take(treue, "contacts", CONTACTS, "1,P4,Eva,,,Chefin,,\n1,,Eva,,,Leiterin,,\n", status=(1,))
        check.equal(counts(treue), [0, 1, 0, 1], "one contact named by key and by name is doubled")
        check.that("6 rows rejected" in out, f"the summary says what was rejected: {out}")


def contact_history(check):
    columns = ("customer", "person", "name", "role", "valid_from")
    rows = ["1,P1,Anna,Lehrling,2020-01-01", "1,P1,Anna,Gesellin,2022-01-01", "1,P1,Anna,Meisterin,2024-01-01"]
    for order in (rows, rows[::-1]):
        with company(check, "contact-history") as treue:
            take(treue, "contacts", columns, "\n".join(order) + "\n")
            take(treue, "contacts", columns, "\n".join(rows) + "\n")
            check.equal(counts(treue), [0, 0, 3, 0], "rows of a history come in any order")
            take(treue, "contacts", columns[:4], "1,P1,Anna,Meisterin\n", valid_from="2024-06-01")
            check.equal(counts(treue), [0, 0, 1, 0], "the profile's day: the same role already holds then")


# ---- certificates ---------------------------------------------------------------------------------------------------

CERTIFICATES = ("customer", "person", "qualification", "valid_from", "valid_to", "evidence")
CERTIFIED = [{"metric": "certified_people"}, {"metric": "certified_people", "of": "roof"}]


def certificates(check):
    with company(check, "certificates") as treue:
        take(treue, "contacts", CONTACTS, "1,P1,Anna Ott,,,,,\n1,P2,Bert Uhl,,,,,\n2,P1,Anna Ott,,,,,\n")
        text = "1,P1,roof,2024-01-01,2026-12-31,scan.pdf\n1,Bert Uhl,wall,2024-05-01,,\n2,P1,wall,2025-01-01,2025-12-30,\n"
        out = take(treue, "certificates", CERTIFICATES, text)
        check.equal(counts(treue), [3, 0, 0, 0], "certificates, first time")
        check.that("created" not in out, f"the people are contacts: nobody is created: {out}")
        check.equal(values(treue, CERTIFIED), {"1": ["2", "1"], "2": ["0", "0"]}, "certified at the cut-off")
        take(treue, "certificates", CERTIFICATES, text)
        check.equal(counts(treue), [0, 0, 3, 0], "certificates, twice")
        take(treue, "certificates", CERTIFICATES, "2,P1,wall,2025-01-01,2025-12-31,\n1,P1,roof,2024-01-01,,\n")
        check.equal(counts(treue), [0, 1, 1, 0], "certificates, changed by key")
        check.equal(values(treue, CERTIFIED)["2"], ["1", "0"], "the last day of a certificate is the one in the file")
        out = take(treue, "certificates", CERTIFICATES, "1,Cem Kaya,roof,2025-03-01,,\n1,Cem Kaya,wall,2025-03-01,,\n")
        check.that("1 person created" in out, f"an unknown person is created, counted and said: {out}")
        check.equal(values(treue, CERTIFIED)["1"], ["3", "2"], "a person counts once, whatever he or she can do")
        take(treue, "contacts", CONTACTS, "1,,Cem Kaya,,,Geselle,,\n")
        check.equal(counts(treue), [0, 1, 0, 0], "the person created is a contact of that name")
        take(treue, "contacts", CONTACTS, "1,P8,Cem Kaya,,,Meister,,\n")
        check.equal(counts(treue), [0, 1, 0, 0], "the source's own key comes later and is taken for the same person")
        take(treue, "certificates", CERTIFICATES, "1,P8,roof,2025-03-01,,\n")
        check.equal(counts(treue), [0, 0, 1, 0], "and finds the certificate known by name")
        take(treue, "contacts", CONTACTS, "1,P9,Cem Kaya,,,,,\n")
        check.equal(counts(treue), [1, 0, 0, 0], "somebody else of the same name has another key")
        check.equal(values(treue, CERTIFIED)["1"], ["3", "2"], "nobody is counted twice")
        take(treue, "certificates", CERTIFICATES, "1,P2,stairs,2025-01-01,,\n1,Bert Uhl,stairs,2025-01-01,,\n"
             "1,Bert Uhl,stairs,2025-01-02,,\n", status=(1,))
        check.equal(counts(treue), [2, 0, 0, 1], "one certificate named by key and by name is doubled")
        check.that("line 2" in reasons(treue)[0][1], f"says where it stood first: {reasons(treue)}")
        take(treue, "certificates", CERTIFICATES, "1,P1,roof,2025-01-01,2024-01-01,\n1,P1,,2025-01-01,,\n"
             "7,P1,roof,2025-01-01,,\n1,P1,roof,never,,\n", status=(1,))
        found = reasons(treue)
        for (_, reason), word in zip(found, ("before its start", "empty", "no such customer", "date")):
            check.that(word in reason, f"{word!r} is not in {reason!r}")


def confirmed_certificate(check):
    """Two participants, one confirmed: the customer's qualification rises by 1 (R-023)."""
    with company(check, "confirmed") as treue:
        take(treue, "contacts", CONTACTS, "1,P1,Anna Ott,,,,,\n1,P2,Bert Uhl,,,,,\n")
        before = values(treue, CERTIFIED[:1])["1"]
        take(treue, "certificates", CERTIFICATES, "1,P1,roof,2025-10-01,2027-09-30,course 17\n")
        check.equal((before, values(treue, CERTIFIED[:1])["1"]), (["0"], ["1"]), "one confirmed: one more")
        treue.run("import", "undo")
        check.equal(values(treue, CERTIFIED[:1])["1"], ["0"], "undone, it is gone")
        take(treue, "certificates", CERTIFICATES, "1,P1,roof,2025-10-01,2027-09-30,course 17\n")
        check.equal(counts(treue), [1, 0, 0, 0], "after the undo it is new again")


# ---- activities and visits ------------------------------------------------------------------------------------------

ACTIVITIES = ("customer", "kind", "date", "value", "note", "status")
ACTIVE = [{"metric": "activities", "window": "12m"}, {"metric": "activities", "of": "workshop", "window": "12m"}]


def activities(check):
    text = ("1,workshop,2025-02-01,,Dach,\n1,workshop,2025-02-01,,Wand,bestätigt\n1,workshop,2025-02-01,,Keller,geplant\n"
            "1,joint_marketing,2025-12-31,250.00,,confirmed\n1,workshop,2024-12-31,,,\n1,workshop,2026-01-01,,,\n"
            "2,workshop,2025-05-05,,,abgesagt\n")
    with company(check, "activities") as treue:
        take(treue, "activities", ACTIVITIES, text)
        check.equal(counts(treue), [7, 0, 0, 0], "activities, first time")
        check.equal(values(treue, ACTIVE), {"1": ["3", "2"], "2": ["0", "0"]},
                    "only confirmed ones count, none after the cut-off")
        take(treue, "activities", ACTIVITIES, text)
        check.equal(counts(treue), [0, 0, 7, 0], "activities, twice: several of one day are numbered")
        take(treue, "activities", ACTIVITIES, text.replace("geplant", "confirmed"))
        check.equal(counts(treue), [0, 1, 6, 0], "activities, one confirmed later")
        check.equal(values(treue, ACTIVE)["1"], ["4", "3"], "confirmed, it counts")
        treue.run("import", "undo")
        check.equal(values(treue, ACTIVE)["1"], ["3", "2"], "undone, the version before counts")
        take(treue, "activities", ACTIVITIES, "1,workshop,2025-02-01,,,\n")
        check.equal(counts(treue), [0, 0, 1, 0], "blank cells change nothing")
        take(treue, "activities", ACTIVITIES, "1,workshop,2025-02-01,,,perhaps\n1,,2025-02-01,,,\n8,x,2025-02-01,,,\n",
             status=(1,))
        for (_, reason), word in zip(reasons(treue), ("confirmed", "empty", "no such customer")):
            check.that(word in reason, f"{word!r} is not in {reason!r}")


VISITS = ("customer", "date", "rep", "kind", "note")


def visits(check):
    text = "1,2025-01-01,R1,call,\n1,2025-01-01,R1,visit,long\n1,2024-12-31,R1,visit,\n2,2026-01-01,R2,,\n"
    with company(check, "visits") as treue:
        take(treue, "visits", VISITS, text)
        check.equal(counts(treue), [4, 0, 0, 0], "visits, first time")
        check.equal(values(treue, [{"metric": "visits", "window": "12m"}]), {"1": ["2"], "2": ["0"]}, "visits counted")
        take(treue, "visits", VISITS, text)
        check.equal(counts(treue), [0, 0, 4, 0], "visits, twice")
        take(treue, "visits", VISITS, text.replace("long", "short"))
        check.equal(counts(treue), [0, 1, 3, 0], "visits, one changed")


def conversion(check):
    """Contacts and visits of a prospect remain when the first order makes a customer of it (R-082)."""
    with company(check, "conversion") as treue:
        take(treue, "contacts", CONTACTS, "3,P9,Eva Fink,,,,,\n")
        take(treue, "visits", VISITS, "3,2025-03-01,R1,,\n3,2025-04-01,R1,,\n")
        take(treue, "certificates", CERTIFICATES, "3,P9,roof,2025-03-01,,\n")
        wanted = [{"metric": "visits", "window": "12m"}, {"metric": "certified_people"}]
        before = values(treue, wanted, "2025-06-30", "3")
        take(treue, "purchases", ("customer", "document", "date", "article", "amount"), "3,R1,2025-07-01,a,10.00\n",
             create=("products",))
        check.equal(before.get("3"), ["2", "1"], "as a prospect")
        check.equal(values(treue, wanted, CUTOFF, "3")["3"], ["2", "1"], "as a customer")
        take(treue, "contacts", CONTACTS, "3,P9,Eva Fink,,,,,\n")
        check.equal(counts(treue), [0, 0, 1, 0], "the contact is still known")


# ---- responsibilities -----------------------------------------------------------------------------------------------

def responsibilities(check):
    columns = ("customer", "territory", "responsible", "role", "valid_from", "valid_to")
    text = "1,,R1,,2024-01-01,\n,North,R2,Außendienst,2024-01-01,\n,North,H1,head,2024-01-01,2025-12-31\n"
    with company(check, "responsibilities") as treue:
        take(treue, "responsibilities", columns, text)
        check.equal(counts(treue), [3, 0, 0, 0], "responsibilities, first time")
        take(treue, "responsibilities", columns, text)
        check.equal(counts(treue), [0, 0, 3, 0], "responsibilities, twice")
        take(treue, "responsibilities", columns, "1,,R1,rep,2024-01-01,2025-06-30\n")
        check.equal(counts(treue), [0, 1, 0, 0], "responsibilities, ended")
        take(treue, "responsibilities", columns, "1,North,R1,,2024-01-01,\n,,R1,,2024-01-01,\n1,,R1,boss,2024-01-01,\n"
             "1,,R1,,2024-01-01,2023-01-01\n6,,R1,,2024-01-01,\n", status=(1,))
        for (_, reason), word in zip(reasons(treue), ("Exactly one", "Exactly one", "deputy", "before its start",
                                                      "no such customer")):
            check.that(word in reason, f"{word!r} is not in {reason!r}")
        code, _, error = treue.call("import", "responsibilities", "responsibilities.csv", "--lang", "en", "--profile",
                                    treue.write("p.yaml", "kind: responsibilities\nsource: erp\n"
                                                "columns: {responsible: responsible, valid_from: valid_from}\n"))
        check.that(code == 2 and "customer or territory" in error, f"neither mapped: {code}, {error}")


def preview(check):
    with company(check, "preview") as treue:
        before = treue.json("import", "list")
        out = take(treue, "activities", ACTIVITIES, "1,workshop,01.02.2025,,Dach,geplant\n1,workshop,x,,,\n", "--dry-run",
                   status=(1,))
        for word in ("2025-02-01", "planned", "1 row new", "line 3"):
            check.that(word in out, f"{word!r} is not in the preview:\n{out}")
        out = take(treue, "certificates", CERTIFICATES, "5,Cem,roof,2025-03-01,,\n5,Cem,wall,2025-03-01,,\n", "--dry-run",
                   create=("customers",))
        for word in ("2 rows new", "1 customer created", "1 person created"):
            check.that(word in out, f"{word!r} is not in the preview:\n{out}")
        check.equal(treue.json("import", "list"), before, "a dry run makes no import")
        take(treue, "certificates", CERTIFICATES, "5,Cem,roof,2025-03-01,,\n", create=("customers",))
        check.equal(treue.json("import", "list")[-1]["customers_created"], 1, "certificates create customers")


def main(binary, wanted):
    tests = [contacts, contact_history, certificates, confirmed_certificate, activities, visits, conversion,
             responsibilities, preview]
    check = road.Check(road.absolute(binary))
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        try:
            test(check)
        except (road.RoadError, OSError, ValueError, IndexError, KeyError, TypeError) as problem:
            check.failures.append(f"{test.__name__}: {type(problem).__name__}: {problem}")
    for failure in check.failures:
        print("FAILED", failure)
    print(f"{check.count} checks, {len(check.failures)} failed")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
