#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workbooks (XLSX) come in as CSV files do. Every case imports the same table twice, as a workbook and as the CSV a person
would have typed, and compares what is exported afterwards. Verifies X-03 in part (import with mapping, preview, error
list with line number, idempotent repeat).

  test_xlsx.py TREUE_BINARY
"""
import csv
import datetime
import gzip
import io
import subprocess
import sys
from decimal import Decimal

import road
import workbooks
from workbooks import Raw, Row, Sheet, Styled

COLUMNS = ["customer", "document", "date", "article", "quantity", "amount", "description"]
MAPPED = COLUMNS[:-1]
DAY = datetime.date(2025, 3, 31)
MOMENT = datetime.datetime(2025, 3, 31, 8, 26)


def purchases(**more):
    profile = {"kind": "purchases", "source": "erp", "file": {}, "columns": {c: c for c in COLUMNS},
               "create": ["customers", "products"]}
    profile["columns"] = {**profile["columns"], **more.pop("columns", {})}
    return {**profile, **more}


def line(number, **changes):
    values = {"customer": "K1", "document": f"R{number}", "date": DAY, "article": "A1", "quantity": 2,
              "amount": Decimal("12.5"), "description": f"Ventil {number}", **changes}
    return [values[c] for c in COLUMNS]


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(["" if v is None else str(v) for v in row] for row in rows)
    return out.getvalue()


class Pair:
    """Two empty companies: what a workbook makes of the one must be what a CSV makes of the other."""

    def __init__(self, treue):
        self.treue, self.problems = treue, []
        other = treue.folder / "typed"
        other.mkdir()
        self.typed = road.Treue(treue.binary, other)

    def same(self, what, workbook, text, profile, status=0, kind="purchases"):
        path = self.treue.write("profile.yaml", road.to_yaml(profile))
        typed = self.typed.write("typed.csv", text)
        for treue, file in ((self.treue, workbook), (self.typed, typed)):
            code, out, error = treue.call("import", kind, file, "--profile", path)
            if code != status:
                self.problems.append(f"{what}: {file.name} ends with {code}: {out[-300:]}{error[-600:]}")
        for exported in (kind, "products", "customers"):
            found, wanted = self.treue.run("export", exported), self.typed.run("export", exported)
            if found != wanted:
                self.problems.append(f"{what}: {exported} differ:\n{found[:1500]}\n--- typed:\n{wanted[:1500]}")


def take(treue, path, profile, *more, status=(0,), kind="purchases"):
    where = treue.write("profile.yaml", road.to_yaml(profile))
    return treue.run("import", kind, path, "--profile", where, "--lang", "en", *more, status=status)


def counts(treue):
    row = treue.json("import", "list")[-1]
    return [row[key] for key in ("rows_new", "rows_changed", "rows_same", "rows_rejected")]


def texts(treue):
    """Shared, in runs, with reading aids, inline, of formulas; blanks, line ends, quotes, escapes."""
    pair, strings = Pair(treue), workbooks.Strings()
    rich = strings.add('<si><r><t>Rohr</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 3/4</t></r>'
                       "<rPh sb=\"0\" eb=\"1\"><t>nicht</t></rPh><phoneticPr fontId=\"1\"/></si>")
    plain = strings.add("<si><t>  beschnitten\n</t></si>")
    kept = strings.add('<si><t xml:space="preserve">  nicht beschnitten </t></si>')
    escaped = strings.add("<si><t>Zeile_x000A_zwei_x005F_x000A__x0007_&amp;&#228;</t></si>")
    values = [
        (Raw(f'<c r="{{r}}" t="s"><v>{rich}</v></c>'), "Rohr 3/4"),
        (Raw(f'<c r="{{r}}" t="s"><v>{plain}</v></c>'), "beschnitten"),
        (Raw(f'<c r="{{r}}" t="s"><v>{kept}</v></c>'), "  nicht beschnitten "),
        (Raw(f'<c r="{{r}}" t="s"><v>{escaped}</v></c>'), "Zeile\nzwei_x000A_&ä"),
        (Raw('<c r="{r}" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>'), "inline"),
        (Raw('<c r="{r}" t="str"><f>A1&amp;"x"</f><v>Formel "x", 3</v></c>'), 'Formel "x", 3'),
        (Raw('<c r="{r}"><f>1+1</f><v>2</v></c>'), "2"),
        (Raw('<c r="{r}" t="b"><v>1</v></c>'), "true"),
        (Raw('<c r="{r}" t="str"><f>""</f><v></v></c>'), ""),
        ('"vorn; und\r\nmitten', '"vorn; und\r\nmitten'),
        ("Größe 漢字 𝄞", "Größe 漢字 𝄞"),
    ]
    rows = [line(i, article=f"A{i}", description=value) for i, (value, _) in enumerate(values)]
    typed = [line(i, article=f"A{i}", description=text) for i, (_, text) in enumerate(values)]
    path = workbooks.write(treue.folder / "t.xlsx", [Sheet("Umsatz", [COLUMNS, *rows])], strings=strings)
    pair.same("texts", path, as_csv([COLUMNS, *typed]), purchases())
    return pair.problems


def numbers(treue):
    """Exact, whatever of their seventeen digits a spreadsheet wrote."""
    pair, rows, typed = Pair(treue), [], []
    values = [("0.10000000000000001", "0.1"), ("1E+05", "100000"), ("1.5E-2", "0.015"), ("0.30000000000000004", "0.3"),
              ("19.989999999999998", "19.99"), ("-7", "-7"), ("1234567.8899999999", "1234567.89"), ("4.0", "4"),
              ("2.9999999999999996", "3"), ("12345678901.350001", "12345678901.35"), ("1.0000000000000001E+3", "1000")]
    for i, (stored, meant) in enumerate(values):
        rows.append(line(i, amount=Raw(f'<c r="{{r}}"><v>{stored}</v></c>')))
        typed.append(line(i, amount=meant))
    # Numbers of documents and customers keep their digits.
    rows.append(line(90, customer=Raw('<c r="{r}"><v>17850</v></c>'), document=Raw('<c r="{r}"><v>9007199254740991</v></c>')))
    typed.append(line(90, customer="17850", document="9007199254740991"))
    path = workbooks.write(treue.folder / "n.xlsx", [Sheet("Umsatz", [COLUMNS, *rows])])
    pair.same("numbers", path, as_csv([COLUMNS, *typed]), purchases(file={"decimal": "point"}))
    return pair.problems


def number_texts(treue):
    """Numbers somebody stored as text decide on the mark; numbers that are numbers need none."""
    pair = Pair(treue)
    rows = [line(1, amount="1.234,50"), line(2, amount="7,25"), line(3, amount=Decimal("1234.5"))]
    typed = [line(1, amount="1.234,50"), line(2, amount="7,25"), line(3, amount="1234,5")]
    path = workbooks.write(treue.folder / "n.xlsx", [Sheet("Umsatz", [COLUMNS, *rows])])
    pair.same("number texts", path, as_csv([COLUMNS, *typed]), purchases())
    unclear = workbooks.write(treue.folder / "u.xlsx", [Sheet("Umsatz", [COLUMNS, line(4, amount="1.234")])])
    checks = road.Checks(treue)
    checks.expect(2, "import", "purchases", unclear, "--profile", "profile.yaml", "--lang", "en", says=["1\\.234"])
    return pair.problems + checks.problems


def dates(treue):
    """By number format, in both countings, as ISO texts and with the profile's format."""
    problems = []
    for from_1904 in (False, True):
        with road.Folder("xlsx-dates") as folder:
            pair = Pair(road.Treue(treue.binary, folder))
            values = [(DAY, "2025-03-31"), (MOMENT, "2025-03-31"), ("31.03.2025", "2025-03-31"),
                      (Styled(workbooks.serial(DAY, from_1904), workbooks.GERMAN), "2025-03-31"),
                      (Raw('<c r="{r}" t="d"><v>2025-03-31T08:26:00Z</v></c>'), "2025-03-31"),
                      (Styled(workbooks.serial(datetime.datetime(2025, 3, 31, 23, 59, 59, 999000), from_1904),
                              workbooks.MOMENT), "2025-03-31"),
                      (Styled(str(int(workbooks.serial(DAY, from_1904)) - 1) + ".99999999999", workbooks.MOMENT),
                       "2025-03-31"),
                      (datetime.date(2024, 2, 29), "2024-02-29"), (datetime.date(1904, 1, 2), "1904-01-02")]
            if not from_1904:
                values += [(datetime.date(1900, 1, 1), "1900-01-01"), (datetime.date(1900, 2, 28), "1900-02-28"),
                           (datetime.date(1900, 3, 1), "1900-03-01")]
            rows = [line(i, date=value) for i, (value, _) in enumerate(values)]
            typed = [line(i, date=text) for i, (_, text) in enumerate(values)]
            path = workbooks.write(folder / "d.xlsx", [Sheet("Umsatz", [COLUMNS, *rows])], from_1904=from_1904)
            pair.same(f"dates, 1904 {from_1904}", path, as_csv([COLUMNS, *typed]), purchases())
            problems += pair.problems
    with road.Folder("xlsx-dates") as folder:
        pair = Pair(road.Treue(treue.binary, folder))
        rows = [line(1, date=MOMENT), line(2, date="31.03.2025 08:26"), line(3, date=DAY)]
        typed = [line(1, date="31.03.2025 08:26"), line(2, date="31.03.2025 08:26"), line(3, date="31.03.2025 00:00")]
        path = workbooks.write(folder / "f.xlsx", [Sheet("Umsatz", [COLUMNS, *rows])])
        pair.same("format", path, as_csv([COLUMNS, *typed]),
                  purchases(columns={"date": {"column": "date", "format": "%d.%m.%Y %H:%M"}}))
        problems += pair.problems
    return problems


def no_dates(treue):
    """A number without a date format, the day that never was, a time without a day: refused, with row and column."""
    wrong = [Styled("45747", workbooks.PLAIN), Styled("60", workbooks.DATE), Styled("0.5", workbooks.TIME),
             Styled("45747.5", workbooks.QUOTED), Styled("-3", workbooks.DATE), Styled("500000", workbooks.DATE),
             Styled("26.5", workbooks.ELAPSED)]
    path = workbooks.write(treue.folder / "w.xlsx",
                           [Sheet("Umsatz", [COLUMNS, *[line(i, date=value) for i, value in enumerate(wrong)]])])
    said = take(treue, path, purchases(), status=(1,))
    found = [(row["sheet"], row["line"], row["column"], row["value"]) for row in reasons(treue)]
    values = ["45747", "60", "12:00:00", "45747.5", "-3", "500000", "12:00:00"]
    wanted = [("Umsatz", str(i + 2), "date", value) for i, value in enumerate(values)]
    return [] if found == wanted else [f"{found}\n{wanted}\n{said}"]


def reasons(treue):
    """With the column names of English."""
    path = treue.data / "errors" / pick(treue, ".reasons.csv")
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def pick(treue, ending):
    number = treue.json("import", "list")[-1]["id"]
    return next(p.name for p in (treue.data / "errors").iterdir()
                if p.name.startswith(f"{number}-") and p.name.endswith(ending)
                and (ending != ".csv" or not p.name.endswith(".reasons.csv")))


def places(treue):
    """Gaps, cells out of order, without references, empty rows, merged cells, columns beside the table, prefixes."""
    pair = Pair(treue)
    cells = [workbooks.cell_xml(v, f"{workbooks.column_name(i)}5", None, False) for i, v in enumerate(line(2))]
    strange = Row(5, [Raw("".join(reversed(cells)))])
    bare = Row(6, [Raw("".join(c.replace(f' r="{workbooks.column_name(i)}5"', "") for i, c in enumerate(cells))
                       .replace("R2", "R3"))])
    rows = [Row(3, COLUMNS), Row(4, line(1, description=None) + [None, "Notiz neben der Tabelle"]), strange, bare,
            Row(900, line(4)), Row(901, [None] * 9 + ["nur eine Notiz"]), Row(1048576, line(5))]
    path = workbooks.write(treue.folder / "p.xlsx",
                           [Sheet("Umsatz", rows, after='<mergeCells count="1"><mergeCell ref="A4:A5"/></mergeCells>')])
    content = workbooks.parts([])
    typed = [line(1, description=""), line(2), line(2, document="R3"), line(4), line(5)]
    pair.same("places", path, as_csv([COLUMNS, *typed]), purchases())
    with_prefix = workbooks.parts([Sheet("Umsatz", [COLUMNS, line(7)])])
    name = "xl/worksheets/sheet1.xml"
    text = with_prefix[name].decode()
    for word in ("worksheet", "sheetData", "row", "c", "v"):
        text = text.replace(f"<{word} ", f"<x:{word} ").replace(f"<{word}>", f"<x:{word}>")
        text = text.replace(f"</{word}>", f"</x:{word}>")
    with_prefix[name] = text.replace("xmlns=", "xmlns:x=").encode()
    path = workbooks.pack(treue.folder / "x.xlsm", with_prefix)
    pair.same("prefix", path, as_csv([COLUMNS, line(7)]), purchases())
    return pair.problems + ([] if content else ["no parts"])


def two_sheets(treue):
    """A document counts sheet by sheet: unchanged on a later one it is nothing new, changed it is a new version, and a
    wrong one leaves the other alone."""
    problems = []
    first = [COLUMNS, line(1), line(1, article="A2"), line(2), line(3), line(4, amount="kaputt"), line(5)]
    other = ["description", "amount", "quantity", "article", "date", "document", "customer"]
    second = [line(1, article="A2"), line(1), line(2, amount=99), line(3, date="kaputt"), line(4), line(6)]
    second = [other] + [[row[COLUMNS.index(c)] for c in other] for row in second]
    path = workbooks.write(treue.folder / "two.xlsx", [Sheet("2024", first), Sheet("2025", second)])
    said = take(treue, path, purchases(), status=(1,))
    # 1 the same, 2 changed, 3 wrong on the second, 4 wrong on the first, 5 and 6 on one of them
    if counts(treue) != [6, 1, 1, 2]:
        problems.append(f"counts {counts(treue)}: {said}")
    rows = list(csv.DictReader(io.StringIO(treue.run("export", "purchases"))))
    amounts = {(row["document"], row["article"]): row["amount"] for row in rows}
    wanted = {("R1", "A1"): "12.50", ("R1", "A2"): "12.50", ("R2", "A1"): "99.00", ("R3", "A1"): "12.50",
              ("R4", "A1"): "12.50", ("R5", "A1"): "12.50", ("R6", "A1"): "12.50"}
    if amounts != wanted:
        problems.append(f"amounts {amounts}")
    found = [(row["sheet"], row["line"], row["column"], row["value"]) for row in reasons(treue)]
    if found != [("2024", "6", "amount", "kaputt"), ("2025", "5", "date", "kaputt")]:
        problems.append(f"reasons {found}")
    if "read: 2024, 2025" not in said:
        problems.append(f"sheets are not named: {said}")
    take(treue, path, purchases(), status=(1,))
    if counts(treue) != [0, 0, 8, 2]:  # it ends as it was
        problems.append(f"imported again: {counts(treue)}")
    again = list(csv.DictReader(io.StringIO(treue.run("export", "purchases"))))
    if again != rows:
        problems.append("importing again changed something")
    treue.run("import", "undo")
    treue.run("import", "undo")
    if treue.run("export", "purchases").count("\n") > 1:
        problems.append("undone, there are purchases left")
    return problems


def spilled_sheets(treue):
    """The same document on both sheets also meets itself when there are many more, in small batches."""
    rows = [line(i % 4000, article=f"A{i}") for i in range(12000)]
    path = workbooks.write(treue.folder / "many.xlsx", [Sheet("a", [COLUMNS, *rows]), Sheet("b", [COLUMNS, *rows])])
    take(treue, path, purchases())
    return [] if counts(treue) == [4000, 0, 4000, 0] else [f"counts {counts(treue)}"]


def chosen_sheets(treue):
    """Hidden ones and those that do not fit are said; `sheet:` picks one by name or number, a hidden one too."""
    checks = road.Checks(treue)
    sheets = [Sheet("Deckblatt", [["Umsatzbericht"]]), Sheet("Leer", []), Sheet("Umsatz", [COLUMNS, line(1)]),
              Sheet("Archiv", [COLUMNS, line(2)], state="hidden"), Sheet("Geheim", [COLUMNS, line(3)], state="veryHidden"),
              Sheet("Doppelt", [COLUMNS + ["amount"], line(4) + [7]]),
              Sheet("Verdeckt", [COLUMNS, Row(2, line(5), hidden="1"), Row(3, line(6), hidden="true")])]
    path = workbooks.write(treue.folder / "s.xlsx", sheets)
    said = take(treue, path, purchases())
    for word in ('"Deckblatt" left out: it lacks customer, document', '"Archiv" left out: it is hidden',
                 '"Geheim" left out: it is hidden', '"Doppelt" left out: it has several times amount',
                 '"Verdeckt": 2 hidden rows were read', "read: Umsatz, Verdeckt", "3 documents new"):
        if word not in said:
            checks.problems.append(f"{word!r} is not said: {said}")
    if "Leer" in said:
        checks.problems.append(f"an empty sheet is not worth a word: {said}")
    for sheet, new in (("Archiv", 1), ("3", 0), (5, 1)):
        said = take(treue, path, purchases(file={"sheet": sheet}))
        if counts(treue)[0] != new or "left out" in said:
            checks.problems.append(f"sheet {sheet}: {counts(treue)}, {said}")
    for sheet in ("Umsätze", 8, 0):
        profile = treue.write("other.yaml", road.to_yaml(purchases(file={"sheet": sheet})))
        checks.expect(2, "import", "purchases", path, "--profile", profile, "--lang", "en",
                      says=[f'no sheet "{sheet}"', "Deckblatt, Leer, Umsatz"])
    none = workbooks.write(treue.folder / "none.xlsx", sheets[:2])
    profile = treue.write("p.yaml", road.to_yaml(purchases()))
    checks.expect(2, "import", "purchases", none, "--profile", profile, "--lang", "en",
                  says=["Deckblatt", "customer, document, date", "It has: Umsatzbericht"])
    empty = workbooks.write(treue.folder / "empty.xlsx", [Sheet("Leer", [])])
    checks.expect(2, "import", "purchases", empty, "--profile", profile, "--lang", "en", says=["holds no line"])
    return checks.problems


def cell_errors(treue):
    """#N/A refuses the line wherever the profile reads it, and only there; the error file can be repaired."""
    error = Raw('<c r="{r}" t="e"><f>VLOOKUP(1)</f><v>#N/A</v></c>')
    head = COLUMNS + ["remark"]
    rows = [line(1, customer=error) + [None], line(2, amount=error) + [None], line(3, description=error) + [None],
            line(4) + [error], line(5, article="A 1;2") + ["x"], line(5, amount=error, article="A9") + [None]]
    path = workbooks.write(treue.folder / "Umsätze 2025.xlsx", [Sheet("Umsatz", [head, *rows])])
    said = take(treue, path, purchases(), status=(1,))
    problems = [] if counts(treue) == [1, 0, 0, 4] else [f"counts {counts(treue)}: {said}"]
    found = [(row["line"], row["column"], row["value"]) for row in reasons(treue)]
    wanted = [("2", "customer", "#N/A"), ("3", "amount", "#N/A"), ("4", "description", "#N/A"), ("6", "", ""),
              ("7", "amount", "#N/A")]
    if found != wanted:
        problems.append(f"reasons {found}")
    if not all("error instead of a value" in row["reason"] for row in reasons(treue) if row["column"]):
        problems.append(f"reasons in words: {reasons(treue)}")
    repaired = treue.data / "errors" / pick(treue, ".csv")
    text = repaired.read_text(encoding="utf-8-sig")
    if "\x01" in text or text.count("#N/A") != 4 or text.splitlines()[0] != ",".join(head):
        problems.append(f"error file {text!r}")
    text = "".join(l.replace("#N/A", "K1" if l.startswith("#") else "12.5" if ",#N/A," in l and "Ventil" in l else "gut")
                   for l in text.splitlines(keepends=True))
    fixed = treue.write("repaired.csv", text)
    said = take(treue, fixed, purchases())
    if counts(treue) != [4, 0, 0, 0]:
        problems.append(f"repaired: {counts(treue)}: {said}\n{text}")
    customers = [row["number"] for row in csv.DictReader(io.StringIO(treue.run("export", "customers")))]
    if customers != ["K1"]:
        problems.append(f"customers {customers}")
    return problems


def other_kinds(treue):
    """Customers by a workbook: values by type, a doubled row names sheet and line, errors refuse."""
    columns = ["number", "name", "kind", "since", "employees", "suspended_from", "attribute:digital", "postcode"]
    typed = ["number", "name", "kind", "since", "employees", "suspended_from", "attribute:digital", "postcode"]
    rows = [[1, "Müller & Söhne", "Interessent", DAY, 12, None, True, "01067"],
            ["2", "Meier", None, MOMENT, Decimal("3"), DAY, False, 80331]]
    text = as_csv([typed, ["1", "Müller & Söhne", "Interessent", "2025-03-31", "12", "", "true", "01067"],
                   ["2", "Meier", "", "2025-03-31", "3", "2025-03-31", "false", "80331"]])
    profile = {"kind": "customers", "source": "erp", "columns": {c: c for c in columns}}
    pair = Pair(treue)
    path = workbooks.write(treue.folder / "c.xlsx", [Sheet("Kunden", [columns, *rows])])
    where = treue.write("c.yaml", road.to_yaml(profile))
    treue.run("import", "customers", path, "--profile", where)
    pair.typed.run("import", "customers", pair.typed.write("c.csv", text), "--profile", where)
    if treue.run("export", "customers") != pair.typed.run("export", "customers"):
        pair.problems.append(treue.run("export", "customers") + pair.typed.run("export", "customers"))
    wrong = [[3, "Kurz"], [4, Raw('<c r="{r}" t="e"><v>#REF!</v></c>')], [3, "Kurz noch einmal"]]
    path = workbooks.write(treue.folder / "w.xlsx", [Sheet("A", [columns, wrong[0]]), Sheet("B", [columns, *wrong[1:]])])
    take(treue, path, profile, status=(1,), kind="customers")
    found = [(row["sheet"], row["line"], row["column"], row["value"], "A:2" in row["reason"]) for row in reasons(treue)]
    if found != [("B", "2", "name", "#REF!", False), ("B", "3", "", "3", True)]:
        pair.problems.append(f"reasons {found}")
    return pair.problems


def shares(treue):
    """Shares of competitors: shown in percent or as fractions, as doubles carry them or as text, they are the same."""
    pair = Pair(treue)
    columns = ["customer", "amount", "valid_from", "competitor:Nord", "competitor:Süd"]
    profile = {"kind": "potentials", "source": "erp", "columns": {c: c for c in columns}}
    customers = {"kind": "customers", "source": "erp", "columns": {"number": "number", "name": "name"}}
    for company in (pair.treue, pair.typed):
        company.run("import", "customers", company.write("c.csv", "number,name\n" + "".join(f"K{i},K{i}\n" for i in range(6))),
                    "--profile", company.write("customers.yaml", road.to_yaml(customers)))
    cells = [(Styled("0.25", workbooks.PERCENT), 0.1), (Styled("0.07000000000000001", workbooks.PERCENT), Decimal("0.333333")), ("12,5 %", "25%"),
             (Styled("0", workbooks.PERCENT), 1), (Styled("5.0000000000000003E-2", workbooks.PERCENT), None)]
    typed = [("25 %", "0.1"), ("7%", "0.333333"), ("12.5 %", "25%"), ("0%", "1"), ("5 %", "")]
    path = workbooks.write(treue.folder / "p.xlsx", [Sheet("Potenzial", [columns, *[
        [f"K{i}", 1000 + i, DAY, *pair_of] for i, pair_of in enumerate(cells)]])])
    pair.same("shares", path, as_csv([columns, *[[f"K{i}", 1000 + i, DAY, *of] for i, of in enumerate(typed)]]), profile,
              kind="potentials")
    path = workbooks.write(treue.folder / "w.xlsx", [Sheet("A", [columns, ["K5", 1, DAY, Styled("1.01", workbooks.PERCENT), None]])])
    take(treue, path, profile, status=(1,), kind="potentials")
    found = [(row["line"], row["column"]) for row in reasons(treue)]
    if found != [("2", "competitor:Nord")]:
        pair.problems.append(f"reasons {found}")
    return pair.problems


def preview(treue):
    """A dry run shows rows by sheet and number, and writes nothing."""
    path = workbooks.write(treue.folder / "v.xlsx", [Sheet("Blatt 1", [Row(3, COLUMNS), Row(7, line(1, date=MOMENT))])])
    said = take(treue, path, purchases(), "--dry-run")
    problems = [f"{word!r} is not in the preview: {said}" for word in ("Blatt 1:7", "2025-03-31", "12.50", "read: Blatt 1")
                if word not in said]
    return problems + (["something was imported"] if treue.json("import", "list") else [])


def header_less(treue):
    """Without header columns are numbers; what they are on the first sheet they are on all."""
    pair = Pair(treue)
    profile = purchases(file={"header": False}, columns={c: str(i + 1) for i, c in enumerate(COLUMNS)})
    rows = [line(1, description=None), line(2)]
    path = workbooks.write(treue.folder / "h.xlsx", [Sheet("A", rows[:1]), Sheet("B", rows[1:])])
    pair.same("header-less", path, as_csv([line(1, description=""), line(2)]), profile)
    return pair.problems


def ways_in(treue):
    """By pipe, packed once more, in the larger archive form, with hand-written relations: always the same file."""
    rows = [COLUMNS, *[line(i) for i in range(500)]]
    path = workbooks.write(treue.folder / "w.xlsx", [Sheet("A", iter(rows))], zip64=True)
    where = treue.write("profile.yaml", road.to_yaml(purchases()))
    take(treue, path, purchases())
    problems = [] if counts(treue) == [500, 0, 0, 0] else [f"{counts(treue)}"]
    done = subprocess.run([treue.binary, "--data", treue.data, "import", "purchases", "-", "--profile", where],
                          stdin=open(path, "rb"), env=treue.surroundings(), capture_output=True, check=False)
    if done.returncode or counts(treue) != [0, 0, 500, 0]:
        problems.append(f"standard input: {done.stderr} {counts(treue)}")
    done = subprocess.run(f"cat '{path}' | '{treue.binary}' --data '{treue.data}' import purchases - --profile '{where}'",
                          shell=True, env=treue.surroundings(), capture_output=True, check=False)
    if done.returncode or counts(treue) != [0, 0, 500, 0]:
        problems.append(f"pipe: {done.stderr} {counts(treue)}")
    packed = treue.folder / "w.xlsx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    take(treue, packed, purchases())
    if counts(treue) != [0, 0, 500, 0]:
        problems.append(f"gz: {counts(treue)}")
    if list((treue.data / "staging").glob("*")):
        problems.append(f"left in staging: {list((treue.data / 'staging').glob('*'))}")
    content = workbooks.parts([Sheet("A", rows)])
    moved = {name.replace("xl/worksheets/", "daten/"): data for name, data in content.items()}
    moved["xl/_rels/workbook.xml.rels"] = workbooks.relations(
        [("rId1", "worksheet", "../daten/./sheet1.xml"), ("s", "sharedStrings", "/XL/sharedstrings.xml"),
         ("t", "styles", "styles.xml"), ("u", "styles", "../../../etc/passwd"),
         ("v", "worksheet", "http://example.org/x", "External")]).encode()
    moved["../../aussen.xml"] = b"ignored"
    moved["/etc/absolut.xml"] = b"ignored"
    take(treue, workbooks.pack(treue.folder / "m.xlsx", moved), purchases())
    if counts(treue) != [0, 0, 500, 0]:
        problems.append(f"moved parts: {counts(treue)}")
    return problems


def spilled_strings(treue):
    """More different texts than are held in memory."""
    rows = [line(i // 100, article=f"A{i}", description=f"{i} " + "Beschreibung " * 12) for i in range(120000)]
    path = workbooks.write(treue.folder / "g.xlsx", [Sheet("A", [COLUMNS, *rows])])
    take(treue, path, purchases())
    out = treue.run("export", "products")
    wanted = [f"{i} " + "Beschreibung " * 12 for i in (0, 1, 65536, 119999)]
    problems = [f"{text[:20]} is missing" for text in wanted if text.rstrip() not in out]
    return problems + ([] if counts(treue) == [1200, 0, 0, 0] else [f"{counts(treue)}"])


def resumed(treue):
    """The hash of a workbook is known: the same file says that it is the same, and undo takes all of it back."""
    path = workbooks.write(treue.folder / "r.xlsx", [Sheet("A", [COLUMNS, line(1)]), Sheet("B", [COLUMNS, line(2)])])
    take(treue, path, purchases())
    hashes = {row[0] for row in treue.query("SELECT file_hash FROM import")}
    take(treue, path, purchases())
    again = {row[0] for row in treue.query("SELECT file_hash FROM import")}
    return [] if hashes == again and hashes != {0} and len(hashes) == 1 else [f"{hashes}, {again}"]


def main(binary, wanted):
    cases = [texts, numbers, number_texts, dates, no_dates, places, two_sheets, spilled_sheets, chosen_sheets, cell_errors,
             other_kinds, shares, preview, header_less, ways_in, spilled_strings, resumed]
    return road.run_cases([c for c in cases if not wanted or c.__name__ in wanted], "xlsx", binary)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
