#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every list of the command line in every form: the rows of CSV are those of JSON, and the table is for readers.

  test_lists.py TREUE_BINARY

Verifies R-082 (lists as files) and R-003 (filters) in part.
"""
import csv
import io
import re
import sys

import road
from road import Checks
from test_concept import concept
from test_evaluate import purchases

CUTOFF = ("--cutoff", "2025-12-31")
RAW = (r"\b(list|run|override|consent|appeal|import|concept|merge|customers|evaluate|analyse)\.(?!csv)\w+\.?\w*", r"\{\w+\}")


def company(treue):
    """Three customers of whom two became one, an evaluation that is approved and one that is not, an override and an
    appeal decided upon, a concept version released and one that is not."""
    treue.import_rows("customers", "customers", ["number", "name", "since"], [
        {"number": number, "name": name, "since": "2010-01-01"}
        for number, name in (("K1", 'Müller "Bau", Köln'), ("K2", "=1+1"), ("K3", "Drei"), ("K4", "Vier"))])
    purchases(treue, [("K1", "2024-05-01", 150), ("K1", "2025-05-01", 1500), ("K2", "2025-05-01", 90),
                      ("K3", "2024-12-01", 80), ("K3", "2025-03-01", 20), ("K4", "2025-03-01", 10)])
    document = concept()
    document["mechanics"]["override"] = {"max_months": 6, "max_share": 1}
    document["mechanics"]["appeal_days"] = 14
    treue.load_concept(document)
    treue.evaluate("2024-12-31", "year", "--approve")
    treue.evaluate("2025-12-31", "year")
    treue.load_concept(concept(threshold=80), "second.yaml", release=False)
    treue.run("customer", "merge", "K4", "K3", "--from", "2025-06-01", "--reason", "taken over; since June")
    for customer in "K2", "K3":
        treue.run("override", "request", customer, "--segment", "A", "--to", "2026-06-30", "--reason", "strategic",
                  "--actor", "anna")
    treue.run("override", "approve", 1, "--actor", "bert")
    treue.run("appeal", "file", "K3", "--run", 1, "--reason", "a note is missing", "--owner", "carl", "--by", "Ms Huber")
    treue.import_rows("contacts", "contacts", ["customer", "person", "name", "email"], [
        {"customer": "K1", "person": "P1", "name": "Huber", "email": "huber@k1.example"},
        {"customer": "K1", "person": "P2", "name": "Maier", "email": "maier@k1.example"}])
    treue.run("consent", "record", "P1", "--channel", "email", "--kind", "consent", "--origin", "Messe", "--text", "Ja.")
    treue.run("appeal", "file", "K1", "--run", 1, "--reason", "why not A", "--owner", "carl")
    treue.run("appeal", "decide", 1, "--grant", "--result", "it was found")


# How the rows stand in JSON, the command, what the table says in German, the columns only one of the two forms has.
LISTS = (
    (None, ("run", "list"), (r"Lauf\s.*Stichtag", r"31\.12\.2025", "Vorschlag", "genehmigt"), ()),
    ("decisions", ("run", "show", 1), (r"Kunde\s", "genehmigt"), ()),
    (None, ("import", "list"), (r"Nr\.\s.*Datei", "eingelesen", r"customers\.csv"), ()),
    (None, ("concept", "list"), (r"Programm\s.*Version", r"kreis\s+v1\s+freigegeben", r"kreis\s+v2\s+Entwurf"), ()),
    (None, ("customer", "list", "--on", "2025-12-31"), ("Umsatz 12 Monate EUR", r"1\.500,00"),
     ("source", "revenue", "revenue_12m")),
    (None, ("customer", "merges"), (r"Zählt zu\s.*Grund", r"01\.06\.2025", "taken over; since June"), ()),
    ("overrides", ("override", "list"), ("Beantragt von", "genehmigt", "anna", "bert", r"100,0 %"), ()),
    (None, ("appeal", "list"), (r"Zu entscheiden bis", "stattgegeben", "offen", "carl"), ()),
    ("customers", ("evaluate", *CUTOFF, "--dry-run"), ("Segment",), ("source", "revenue_12m")),
    (None, ("consent", "list"), ("Huber", r"E-Mail\s+Einwilligung", "Messe"), ()),
    ("contacts", ("consent", "audience", "--channel", "email"), ("1 erreichbar, 1 ausgelassen", r"huber@k1\.example"),
     ()),
    ("rows", ("analyse", "abc", *CUTOFF), ("Klasse",), ("source", "cumulated")),
    ("at_risk", ("analyse", "risk", *CUTOFF), ("K3",), ("source", "responsible")),
    ("findings", ("doctor",), ("Hinweis: 3 Kunden sind ohne E-Mail|Hinweis: 4 Kunden sind ohne E-Mail",), ()),
)


def as_csv(value):
    """A value of JSON as it stands in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(value)
    text = str(value)
    # Neutralised: a spreadsheet takes it for a formula.
    return "'" + text if text.startswith("=") else text


def forms(treue):
    """R-082: what a list says, it says in every form; text is another word for table."""
    company(treue)
    checks = Checks(treue)
    for member, command, says, apart in LISTS:
        printed = treue.json(*command)
        rows = printed if member is None else printed[member]
        table = list(csv.DictReader(io.StringIO(treue.run(*command, "--format", "csv"), newline="")))
        name = " ".join(map(str, command))
        if not rows:
            checks.problems.append(f"{name}: no rows")
        wanted = [{key: as_csv(value) for key, value in row.items() if key not in apart} for row in rows]
        found = [{key: value for key, value in row.items() if key not in apart} for row in table]
        if found != wanted:
            checks.problems.append(f"{name}: CSV has {found}, JSON {wanted}")
        german = checks.expect(0, *command, "--format", "table", "--lang", "de", says=says, quiet=RAW)
        if treue.run(*command, "--format", "text", "--lang", "de") != german:
            checks.problems.append(f"{name}: text is not the table")
        if treue.run(*command, "--lang", "de") != german:
            checks.problems.append(f"{name}: the table is not what is shown without --format")
        english = checks.expect(0, *command, "--lang", "en", quiet=RAW)
        if english == german or len(english.splitlines()) != len(german.splitlines()):
            checks.problems.append(f"{name}: English {english!r}")
        checks.expect(2, *command, "--format", "pdf", says=("pdf", "table, json, csv, xlsx"))
    return checks.problems


def empty(treue):
    """Without rows JSON is an empty array, CSV its titles, and people are told what to do."""
    treue.load_concept(concept())
    checks = Checks(treue)
    for command, says in ((("run", "list"), "treue evaluate"), (("import", "list"), "treue import"),
                          (("customer", "merges"), ""), (("appeal", "list"), "treue appeal file")):
        if treue.json(*command) != []:
            checks.problems.append(f"{command}: rows")
        lines = treue.run(*command, "--format", "csv").splitlines()
        if len(lines) != 1 or not re.fullmatch(r"\w+(,\w+)+", lines[0]):
            checks.problems.append(f"{command}: CSV {lines}")
        checks.expect(0, *command, "--lang", "de", says=(says,), quiet=RAW)
    if treue.json("override", "list")["overrides"]:
        checks.problems.append("overrides")
    checks.expect(0, "override", "list", "--lang", "de", says=("Es gibt keine Ausnahmen", r"Segment\s+Mitglieder"))
    return checks.problems


CASES = (forms, empty)

if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "lists", sys.argv[1]))
