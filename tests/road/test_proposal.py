#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Imports without a profile: it is proposed, shown, asked about, saved. Verifies R-130 in part (files of unknown systems
come in) and X-03 in part (twelve export layouts of SAP, DATEV, Dynamics, Sage, Odoo and Shopify, German and English, with
types and meaning right; questions where the file does not decide; several files and folders).

  test_proposal.py TREUE_BINARY [PROFILES]     with PROFILES the twelve proposed profiles are written to that file
"""
import csv
import io
import random
import subprocess
import sys
from decimal import Decimal as D

import layouts
import road
import workbooks
from workbooks import Sheet

PROFILES = []


def rows_of(treue):
    """What came in, as the test's facts."""
    rows = []
    for row in csv.DictReader(io.StringIO(treue.run("export", "purchases", "--format", "csv"))):
        rows.append((row["customer"], row["document"], row["date"], row["article"], D(row["quantity"] or 0).normalize(),
                     D(row["amount"]).normalize(), D(row["cost"]).normalize() if row["cost"] else None,
                     row["product_group"] or None))
    return sorted(rows, key=str)


def first_difference(found, wanted):
    for one, other in zip(found, wanted):
        if one != other:
            return f"{one} instead of {other}"
    return f"{len(found)} rows instead of {len(wanted)}"


def import_layout(treue, layout):
    checks = road.Checks(treue)
    lines = layouts.facts(layout.name)
    path = layout.write(treue.folder / f"{layout.name}.csv", lines)
    language = layout.name.split("_")[1]
    checks.expect(0, "import", "purchases", path, "--save-profile", "profile.yaml", "--lang", language,
                  says=("profile.yaml",))
    if checks.problems:
        return checks.problems
    found, wanted = rows_of(treue), layouts.expected(layout, lines)
    if found != wanted:
        checks.problems.append(f"imported differs: {first_difference(found, wanted)}")
    profile = (treue.folder / "profile.yaml").read_text(encoding="utf-8")
    PROFILES.append((layout.name, profile))
    for header in layout.header():
        if header in ("Brutto", "Gross Amount", "Total", "Lieferdatum") and f'"{header}"' in profile.split("create:")[0]:
            checks.problems.append(f"{header} was taken")
    # The source and with it every key stay the same, so that the next run meets the documents of the first.
    again = checks.expect(0, "import", "purchases", path, "--lang", "en", says=("unchanged",), quiet=("documents? new$",))
    if "0 documents new" not in again:
        checks.problems.append(f"importing again: {again[-400:]}")
    # The saved profile, loaded, is the same import.
    copy = road.Treue(treue.binary, folder_of(treue, "copy"))
    copy.run("import", "purchases", path, "--profile", treue.folder / "profile.yaml")
    if rows_of(copy) != wanted:
        checks.problems.append("the saved profile gives another import")
    return checks.problems


def folder_of(treue, name):
    folder = treue.folder / name
    folder.mkdir()
    return folder


def layout_case(layout):
    def case(treue):
        return import_layout(treue, layout)
    case.__name__ = f"layout_{layout.name}"
    return case


# ---- questions ------------------------------------------------------------------------------------------------------

HEAD = "Kundennummer;Rechnungsnummer;Rechnungsdatum;Artikelnummer;Nettobetrag\n"
DATES = HEAD + "1;R1;03/04/2025;A;10,50\n2;R2;05/06/2025;B;11,50\n"
DECIMALS = HEAD + "1;R1;03.04.2025;A;1.234\n2;R2;05.06.2025;B;2.500\n"
CREDITS = ("Kundennummer;Belegart;Belegnummer;Belegdatum;Artikelnummer;Nettobetrag\n"
           "1;Rechnung;R1;03.04.2025;A;100,00\n1;Gutschrift;G1;13.04.2025;A;40,00\n")
AMOUNTS = ("Kundennummer;Rechnungsnummer;Rechnungsdatum;Artikelnummer;Umsatz;Warenwert\n"
           "1;R1;03.04.2025;A;100,00;90,00\n2;R2;13.04.2025;A;40,00;36,00\n")


def refused(treue, name, text, says, options=()):
    """What is wrong with a refusal where nobody can be asked: status, question, options; nothing came in."""
    checks = road.Checks(treue)
    path, before = treue.write(name, text), treue.json("import", "list")
    checks.expect(2, "import", "purchases", path, "--lang", "en", *options, says=says)
    if treue.json("import", "list") != before:
        checks.problems.append("something was imported")
    return path, checks


def answered(treue, checks, path, options, wanted):
    """Imported with the answer, then taken back."""
    checks.expect(0, "import", "purchases", path, *options)
    found = sorted((row[0], row[2], f"{row[5]:f}") for row in rows_of(treue))
    if found != wanted:
        checks.problems.append(f"{options}: {found} instead of {wanted}")
    treue.run("import", "undo")


def asks_which_comes_first(treue):
    path, checks = refused(treue, "dates.csv", DATES,
                           (r"day or the month first", r"03/04/2025", r"--answer date=day-first .*3 Apr 2025",
                            r"--answer date=month-first .*4 Mar 2025"))
    # No form is claimed while it is asked; of one it says one.
    checks.expect(2, "import", "purchases", path, "--lang", "en", says=("2 dates, day or month first still open",),
                  quiet=("%",))
    checks.expect(2, "import", "purchases", treue.write("one.csv", DATES.split("2;R2")[0]), "--lang", "de",
                  says=("1 Datumsangabe, Tag oder Monat zuerst noch offen", "1 Zahl, 0 negativ"), quiet=("%",))
    answered(treue, checks, path, ("--answer", "date=day-first"), [("1", "2025-04-03", "10.5"), ("2", "2025-06-05", "11.5")])
    answered(treue, checks, path, ("--answer", "date=month-first"),
             [("1", "2025-03-04", "10.5"), ("2", "2025-05-06", "11.5")])
    # One date decides for all, wherever it stands; here in another column of the same form.
    decided = treue.write("decided.csv", DATES.replace("Nettobetrag", "Nettobetrag;Lieferdatum").replace("10,50", "10,50;30/04/2025")
                          .replace("11,50", "11,50;30/06/2025"))
    checks.expect(0, "import", "purchases", decided, "--dry-run", says=("%d/%m/%Y",))
    return checks.problems


def asks_for_the_decimal_mark(treue):
    path, checks = refused(treue, "decimals.csv", DECIMALS,
                           (r"decimal mark", r"1\.234", r"--answer decimal=comma", r"--answer decimal=point"))
    checks.expect(2, "import", "purchases", path, "--lang", "en", says=("2 numbers, decimal mark still open",))
    checks.expect(2, "import", "purchases", treue.write("one.csv", DECIMALS.split("2;R2")[0]), "--lang", "de",
                  says=("1 Zahl, Dezimalzeichen noch offen", r"1 Datumsangabe nach %d\.%m\.%Y"))
    answered(treue, checks, path, ("--answer", "decimal=comma"), [("1", "2025-04-03", "1234"), ("2", "2025-06-05", "2500")])
    answered(treue, checks, path, ("--answer", "decimal=point"),
             [("1", "2025-04-03", "1.23"), ("2", "2025-06-05", "2.5")])
    return checks.problems


def asks_about_positive_credit_notes(treue):
    path, checks = refused(treue, "credits.csv", CREDITS,
                           (r"credit note or cancellation", r"Gutschrift: 40,00", r"--answer credits=as-written"))
    answered(treue, checks, path, ("--answer", "credits=as-written"),
             [("1", "2025-04-03", "100"), ("1", "2025-04-13", "40")])
    checks.expect(0, "import", "purchases", treue.write("negative.csv", CREDITS.replace("40,00", "-40,00")))
    return checks.problems


def asks_which_of_two_columns(treue):
    path, checks = refused(treue, "amounts.csv", AMOUNTS,
                           (r"Which column is amount", r"--column amount=Umsatz .*100,00", r"--column amount=Warenwert"))
    answered(treue, checks, path, ("--column", "amount=Warenwert"), [("1", "2025-04-03", "90"), ("2", "2025-04-13", "36")])
    return checks.problems


def asks_for_gross_discount_currency(treue):
    gross = HEAD.replace("Nettobetrag", "Bruttobetrag") + "1;R1;03.04.2025;A;10,50\n"
    path, checks = refused(treue, "gross.csv", gross, (r"net amount of a line", r"--column amount=Bruttobetrag"))
    answered(treue, checks, path, ("--column", "amount=Bruttobetrag"), [("1", "2025-04-03", "10.5")])
    problems = checks.problems
    _, checks = refused(treue, "discount.csv", HEAD.replace("Nettobetrag", "Menge;Einzelpreis;Rabatt")
                        + "1;R1;03.04.2025;A;2;5,00;10,0\n",
                        (r"leaves the discount in \"Rabatt\"", r"--answer discount=ignore"))
    problems += checks.problems
    _, checks = refused(treue, "currency.csv", HEAD.replace("Nettobetrag", "Nettobetrag;Währung")
                      + "1;R1;03.04.2025;A;2,00;EUR\n1;R2;03.04.2025;A;2,00;USD\n",
                      (r"names currencies \(EUR, USD\)", r"--answer currency=as-written"))
    return problems + checks.problems


def says_that_nothing_is_recognised(treue):
    """What is no workbook is refused as such, and a file with no column of the kind is told what was looked for: neither
    an empty table nor questions about nothing."""
    checks = road.Checks(treue)
    noise = random.Random(5).randbytes(3000)
    html = b"<html><body><table><tr><td>Kunde</td></tr></table></body></html>\n"
    for name, content in (("noise.xlsx", noise), ("html.xlsx", html), ("text.XLSM", b"Foo;Bar\n1;2\n"),
                          ("open.xlsx", b'a;"b\n1;2\n')):
        (treue.folder / name).write_bytes(content)
        checks.expect(2, "import", "purchases", name, "--lang", "en", says=(f"{name} is called a workbook but is none",),
                      quiet=("for example", "Which column"))
    # Text that is read in spite of its name, as it has the columns; an empty file is called empty.
    (treue.folder / "sales.xlsx").write_text(HEAD + "1;R1;13.04.2025;A;10,50\n", encoding="utf-8")
    checks.expect(0, "import", "purchases", "sales.xlsx", "--lang", "en", says=("1 document new",))
    (treue.folder / "none.xlsx").write_bytes(b"")
    checks.expect(2, "import", "purchases", "none.xlsx", "--lang", "en", says=("holds no line",), quiet=("workbook",))
    (treue.folder / "noise.csv").write_bytes(noise)
    checks.expect(2, "import", "purchases", "noise.csv", quiet=("for example", "Which column"))
    other = treue.write("songs.csv", "Titel;Band;Länge\nX;Y;3:10\nZ;W;4:12\n")
    for language, words in (("en", "no column can be recognised"), ("de", "keine Spalte zu erkennen")):
        for kind, fields in (("purchases", "customer, document, date, article, amount"),
                             ("potentials", "customer, amount, valid_from")):
            said = checks.expect(2, "import", kind, other, "--lang", language, says=(words, fields, "Titel, Band, Länge"),
                                 quiet=("--column date", "Which column", "Welche Spalte"))
            if said:
                checks.problems.append(f"a table of nothing: {said}")
    checks.expect(2, "import", "purchases", treue.write("blank.csv", HEAD + ";;;;\n"), "--lang", "en",
                  says=("holds no line below the names of its columns",))
    # Columns that could be one are offered, but no table without rows is drawn.
    checks.expect(2, "import", "customers", other, "--lang", "en",
                  says=("No column is called like one of the fields looked for: number, name", "--column name=Band .*Y"),
                  quiet=("for example",))
    return checks.problems


def asks_for_a_missing_column(treue):
    text = "Kundennummer;Rechnungsnummer;Rechnungsdatum;Ding;Nettobetrag\n1;R1;03.04.2025;A-1;10,50\n"
    path, checks = refused(treue, "missing.csv", text, (r"Which column is article", r"--column article=Ding .*A-1"))
    answered(treue, checks, path, ("--column", "article=Ding"), [("1", "2025-04-03", "10.5")])
    answered(treue, checks, path, ("--value", "article=ALLES"), [("1", "2025-04-03", "10.5")])
    checks.expect(2, "import", "purchases", path, "--column", "artikel=Ding", says=("article",))
    checks.expect(2, "import", "purchases", path, "--column", "article=Dong", says=("Dong", "Ding"))
    checks.expect(2, "import", "purchases", path, "--answer", "date=first", says=("day-first",))
    checks.expect(2, "import", "purchases", path, "--column", "Ding")
    checks.expect(2, "import", "purchases", treue.write("bare.csv", "1;R1;03.04.2025;A;10,50\n2;R1;03.04.2025;A;10,50\n"),
                  "--lang", "en", says=("no header",))
    return checks.problems


def source_stays(treue):
    """erp in an empty database, then the one that is known; with several it is asked, never changed silently."""
    checks = road.Checks(treue)
    one = treue.write("one.csv", HEAD + "1;R1;13.04.2025;A;10,50\n")
    checks.expect(0, "import", "purchases", one, "--source", "shop")
    checks.expect(0, "import", "purchases", one, "--lang", "en", says=("1 document unchanged",))
    if {row["source"] for row in treue.json("import", "list")} != {"shop"}:
        checks.problems.append("the source changed")
    checks.expect(0, "import", "purchases", one, "--source", "erp")
    checks.expect(2, "import", "purchases", one, "--lang", "en", says=("--source shop", "--source erp"))
    checks.expect(2, "import", "purchases", one, "--source", "a b")
    checks.expect(2, "import", "purchases", one, "--source", "erp", "--profile", "x.yaml")
    return checks.problems


# ---- a terminal -----------------------------------------------------------------------------------------------------

CONFIRM = (r"\[Y/n\]",)


def terminal_is_asked(treue):
    """The questions on a terminal: by number, once more after nonsense; then one confirmation."""
    problems = []
    for name, text, answers, wanted in (
            ("dates.csv", DATES, (("Number:", "9"), ("Number:", "2"), CONFIRM + ("",)), [("1", "2025-03-04", "10.5"), ("2", "2025-05-06", "11.5")]),
            ("decimals.csv", DECIMALS, (("Number:", "1"), CONFIRM + ("y",)), [("1", "2025-04-03", "1234"), ("2", "2025-06-05", "2500")]),
            ("amounts.csv", AMOUNTS, (("Number or name", "Warenwert"), CONFIRM + ("j",)), [("1", "2025-04-03", "90"), ("2", "2025-04-13", "36")]),
            ("credits.csv", CREDITS, (("Number:", "1"), CONFIRM + ("",)), [("1", "2025-04-03", "100"), ("1", "2025-04-13", "40")])):
        code, said = treue.at_terminal(answers, "import", "purchases", treue.write(name, text), "--lang", "en")
        found = sorted((row[0], row[2], f"{row[5]:f}") for row in rows_of(treue))
        if code != 0 or found != wanted:
            problems.append(f"{name}: exit {code}, {found} instead of {wanted}: {said[-600:]}")
            continue
        treue.run("import", "undo")
    before = len(treue.json("import", "list"))
    plain = treue.write("plain.csv", DATES.replace("03/04", "13/04"))
    code, said = treue.at_terminal((CONFIRM + ("n",),), "import", "purchases", plain, "--lang", "en", "--save-profile", "kept.yaml")
    if code != 0 or len(treue.json("import", "list")) != before or not (treue.folder / "kept.yaml").exists():
        problems.append(f"declined: exit {code}: {said[-600:]}")
    code, said = treue.at_terminal((), "import", "purchases", plain, "--yes")
    if code != 0 or "[Y/n]" in said or len(treue.json("import", "list")) != before + 1:
        problems.append(f"--yes: exit {code}: {said[-600:]}")
    return problems


# ---- several files, other kinds -------------------------------------------------------------------------------------

def folders_and_several_files(treue):
    """The exports of a folder in the order of their names, one proposal per layout; a wrong file undoes no other."""
    checks = road.Checks(treue)
    folder = folder_of(treue, "exports")
    lines = layouts.facts("folder")
    half = len(lines) // 2
    while lines[half]["document"] == lines[half - 1]["document"]:
        half += 1
    chosen = {layout.name: layout for layout in layouts.LAYOUTS}
    chosen["sage_en"].write(folder / "2024.csv", lines[:half])
    chosen["sage_en"].write(folder / "2025.CSV", lines[half:])
    chosen["odoo_en"].write(folder / "other.txt", lines)
    (folder / "zempty.csv").write_text("")
    (folder / "readme.md").write_text("no export")
    said = checks.expect(2, "import", "purchases", folder, "--lang", "en",
                         says=(r"2 files like 2024\.csv", r"other\.txt: how", r"3 files imported", r"1 file not imported"))
    if said.find("2024.csv: import") > said.find("2025.CSV: import"):
        checks.problems.append("not in the order of the names")
    wanted = sorted(layouts.expected(chosen["sage_en"], lines) + layouts.expected(chosen["odoo_en"], lines), key=str)
    if rows_of(treue) != wanted:
        checks.problems.append(f"imported differs: {first_difference(rows_of(treue), wanted)}")
    checks.expect(2, "import", "purchases", folder, "--save-profile", "two.yaml", says=())
    checks.expect(2, "import", "purchases", folder_of(treue, "nothing"))
    # Evidence of one file counts for all of its layout.
    clear, unclear = DATES.replace("03/04/2025", "30/04/2025").replace("05/06", "30/06"), DATES.replace(";R1", ";S1").replace(";R2", ";S2")
    many = folder_of(treue, "many")
    (many / "a.csv").write_text(unclear)
    (many / "b.csv").write_text(clear)
    checks.expect(0, "import", "purchases", many, says=("%d/%m/%Y",))
    # A pipe, which can be read only once.
    done = subprocess.run([treue.binary, "--data", str(treue.data), "import", "purchases", "-", "--lang", "en"],
                          input=clear.replace(";R1", ";T1").replace(";R2", ";T2").replace("30/04", "29/04").encode(), env=treue.surroundings(), capture_output=True)
    if done.returncode != 0 or b"2 documents new" not in done.stdout:
        checks.problems.append(f"pipe: {done}")
    if list((treue.data / "staging").glob("pipe-*")):
        checks.problems.append("the copy of the pipe is left")
    return checks.problems


KINDS = [
    ("customers", "Debitorennr.;Name 1;Straße;PLZ;Ort;Land;Telefon;E-Mail;Branche;Kunde seit;USt-IdNr.;attribute:Farbe\n"
                  "10;Müller GmbH;Weg 1;01234;Bonn;DE;0228 1;a@b.de;Bau;01.02.2020;DE1;rot\n"
                  "11;Meier KG;Weg 2;04321;Köln;DE;0221 1;c@d.de;Bau;13.02.2021;DE2;blau\n"),
    ("products", "Artikelnr.;Bezeichnung;Warengruppe;Warengruppenbezeichnung;Einstandspreis\n"
                 "A1;Schraube;10;Befestigung;0,12\nA2;Bohrer;20;Werkzeug;3,50\n"),
    ("contacts", "Kundennummer;Ansprechpartner;Personennr.;E-Mail;Telefon;Funktion\n10;Eva Blau;P1;e@b.de;1;Einkauf\n"
                 "11;Jan Rot;P2;j@d.de;2;Leitung\n"),
    ("potentials", "Kundennr;Potenzial;gültig ab;Methode\n10;120.000,50;01.01.2025;geschätzt\n11;80.000,00;13.01.2025;gemessen\n"),
    ("values", "Customer No.,Figure,Value,Valid from\n10,score,12.5,2025-01-01\n11,score,7.25,2025-01-01\n"),
    ("certificates", "Kundennr;Teilnehmer;Schulung;Datum;gültig bis\n10;P1;Montage;01.02.2025;31.12.2026\n"
                     "11;P2;Montage;13.02.2025;31.12.2026\n"),
    ("activities", "Kundennr;Aktivität;Datum;Notiz;Status\n10;messe;01.02.2025;gut;bestätigt\n11;messe;13.02.2025;;geplant\n"),
    ("visits", "Kundennr;Besuchsdatum;Außendienst;Besuchsart;Bemerkung\n10;01.02.2025;Klein;vor Ort;\n11;13.02.2025;Groß;Telefon;ja\n"),
    ("responsibilities", "Kundennr;Betreuer;Rolle;gültig ab\n10;klein;Außendienst;01.01.2025\n11;gross;Innendienst;13.01.2025\n"),
    ("consents", "Personennr;Kanal;Art;Zeitpunkt;Quelle;Wortlaut\nP1;E-Mail;Einwilligung;01.02.2025 10:15;Messe;Ja, gern\n"
                 "P2;Telefon;Widerspruch;13.02.2025 10:15;Anruf;\n"),
]


def every_kind(treue):
    """Each other kind comes in whole by its German or English names, and what treue exports comes in again."""
    checks = road.Checks(treue)
    for kind, text in KINDS:
        path = treue.write(f"{kind}.csv", text)
        checks.expect(0, "import", kind, path, "--lang", "en", "--save-profile", f"{kind}.yaml", says=("2 rows new",),
                      quiet=("left out", "cannot be read"))
    if checks.problems:
        return checks.problems
    customers = list(csv.DictReader(io.StringIO(treue.run("export", "customers"))))
    known = [(row["number"], row["name"], row["since"], row["attribute:Farbe"], row["attribute:vat_number"]) for row in customers]
    if known != [("10", "Müller GmbH", "2020-02-01", "rot", "DE1"), ("11", "Meier KG", "2021-02-13", "blau", "DE2")]:
        checks.problems.append(f"customers: {known}")
    copy = road.Checks(road.Treue(treue.binary, folder_of(treue, "copy")))
    for kind, _ in KINDS:
        path = copy.treue.write(f"{kind}.csv", treue.run("export", kind))
        copy.expect(0, "import", kind, path, "--lang", "en", says=("2 rows new",))
    return checks.problems + copy.problems


def workbook(treue):
    """A workbook with a cover and two sheets of data: numbers and dates as cells, thousandths not taken for thousands."""
    checks = road.Checks(treue)
    lines = layouts.facts("workbook")
    head = ["Debitorennr.", "Belegnr.", "Belegdatum", "Artikelnr.", "Menge", "Nettobetrag", "Bruttobetrag", "Warengruppe"]
    rows = [[line["customer"], f"R{line['document']}", line["date"], line["article"], line["quantity"] + D("0.125"),
             line["amount"], layouts.tax(line["amount"]), line["group"]] for line in lines]
    half = next(i for i in range(len(rows) // 2, len(rows)) if rows[i][1] != rows[i - 1][1])
    path = workbooks.write(treue.folder / "sales.xlsx", [Sheet("Deckblatt", [["Umsatzliste", "2025"], ["Stand", "heute"]]),
                                                         Sheet("2024", [head, *rows[:half]]), Sheet("2025", [head, *rows[half:]])])
    checks.expect(0, "import", "purchases", path, "--lang", "en", says=("Belegdatum", "2024, 2025"))
    wanted = sorted(((row[0], row[1], row[2].isoformat(), row[3], row[4].normalize(), row[5].normalize(), None, row[7])
                     for row in rows), key=str)
    if not checks.problems and rows_of(treue) != wanted:
        checks.problems.append(f"imported differs: {first_difference(rows_of(treue), wanted)}")
    return checks.problems


def titles_and_totals(treue):
    """Titles above the header and totals below the list are no data; currencies around amounts are read."""
    checks = road.Checks(treue)
    text = ("Umsatzliste;Musterwerk GmbH\nStand: 01.02.2025\n\n" + HEAD.replace("Nettobetrag", "Nettobetrag EUR")
            + "1;R1;13.04.2025;A;10,50 EUR\n2;R2;14.04.2025;B;1.011,50 €\nSumme;;;;1.022,00 EUR\n")
    path = treue.write("titled.csv", text)
    checks.expect(0, "import", "purchases", path, "--save-profile", "titled.yaml")
    wanted = [("1", "2025-04-13", "10.5"), ("2", "2025-04-14", "1011.5")]
    found = sorted((row[0], row[2], f"{row[5]:f}") for row in rows_of(treue))
    if found != wanted:
        checks.problems.append(f"{found} instead of {wanted}")
    checks.expect(0, "import", "purchases", path, "--profile", "titled.yaml", "--lang", "en", says=("2 documents unchanged",))
    return checks.problems


def main():
    cases = [layout_case(layout) for layout in layouts.LAYOUTS]
    cases += [asks_which_comes_first, asks_for_the_decimal_mark, asks_about_positive_credit_notes, asks_which_of_two_columns,
              asks_for_gross_discount_currency, asks_for_a_missing_column,
              says_that_nothing_is_recognised, source_stays, terminal_is_asked,
              folders_and_several_files, workbook, titles_and_totals, every_kind]
    status = road.run_cases(cases, "proposal", sys.argv[1])
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            for name, profile in PROFILES:
                file.write(f"## {name}\n\n```yaml\n{profile}```\n\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
