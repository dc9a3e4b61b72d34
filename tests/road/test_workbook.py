#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every list of the command line as a file that spreadsheets open: workbooks, read here by somebody else's program, and
CSV with a byte order mark.

  test_workbook.py TREUE_BINARY

Verifies X-07 (exports: CSV opens with correct umlauts) and R-082 (lists as files) in part. Texts that a spreadsheet would
take for formulas come back as they were; those of blns are searched in TREUE_TEST_DATA (default ../shared beside the
repository), a list of our own is always checked.
"""
import csv
import datetime
import io
import json
import os
import pathlib
import re
import sys
import zipfile
import zoneinfo
from fractions import Fraction

# Debian's package, also for a Python that is not Debian's.
sys.path.append("/usr/lib/python3/dist-packages")
import openpyxl  # noqa: E402  (needs the path above)

import road
from road import Checks
from test_lists import LISTS, RAW, company

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
MARK = b"\xef\xbb\xbf"
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
CODES = ("state", "decision", "decision_against", "channel", "finding", "severity")
WORDS = {words for language in ("de", "en")
         for words in json.loads((road.HERE.parents[1] / "ui" / "i18n" / f"{language}.json").read_text(encoding="utf-8")).values()}
NUMBER = re.compile(r"-[0-9]+([.,][0-9]*)?|-[.,][0-9]+")
SHEETS = {"run": ("Läufe", "Runs"), "import": ("Importe", "Imports"), "concept": ("Programmversionen", "Program versions"),
          "customer": ("Kunden", "Customers"), "override": ("Ausnahmen", "Overrides"), "appeal": ("Einsprüche", "Appeals"),
          "evaluate": ("Einstufung", "Evaluation"), "consent": ("Einwilligungen", "Consents"),
          "analyse": ("Analyse", "Analysis"), "doctor": ("Befunde", "Findings"), "backtest": ("Rückrechnung", "Backtest"), "simulate": ("Bewegungen", "Moves")}
MORE = (("run", "compare", 1, 2), ("backtest", "--from", "2024-12-31", "--to", "2025-12-31", "--every", "6m"),
        ("simulate", "--concept", "2", "--cutoff", "2025-12-31"),
        ("analyse", "distribution", "revenue", "--cutoff", "2025-12-31"))
# What is said by payloads for spreadsheets, and what only looks like it.
NAUGHTY = ["=1+1", "'=1+1", "''=1+1", "+49 30 123456", "-1+1", "-5", "-5,20", "-5.20", "@SUM(A1:A9)", "-", "'-", "'",
           "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.invalid";"hier")', "=1+1;=2+2", "＝1+1", "'＠x", "a=1",
           "'quoted'", "_x0041_", "_x000D_", "_xZZ_", "Ä\nÖ", "a\r\nb", "a\rb", "a\tb", '"=1"', "000123", "1E5", "1/2",
           "2025-01-01", "TRUE", "#REF!", "\u202eabc", "😀 Emoji", "<b>&amp;</b>", "]]>", "x" * 30000]


def restored(field):
    return field[1:] if field.startswith("'") and field.lstrip("'").startswith(FORMULA) else field


def rows_of(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def same(said, cell, column=""):
    """Does a cell hold what CSV says, by its type and column?"""
    value = cell.value
    if isinstance(value, bool):
        return said == ("yes" if value else "no")
    if value is None:
        return said in ("", "no")
    if isinstance(value, (int, float)):
        return Fraction(str(value)) == Fraction(said)
    if isinstance(value, datetime.datetime):
        if "T" not in said:
            return value.isoformat() == said + "T00:00:00"
        there = datetime.datetime.fromisoformat(said.replace("Z", "+00:00")).astimezone(BERLIN)
        return abs(value - there.replace(tzinfo=None)) < datetime.timedelta(seconds=1)
    if column in CODES or said == "reached":  # stand there in the reader's words
        return cell.data_type == "s" and value in WORDS
    return cell.data_type == "s" and value == restored(said).replace("\r\n", "\n").replace("\r", "\n")


def look_of(sheet, name, problems):
    """Titles bold and always in sight, a filter over all of it, columns as wide as their texts."""
    first = next(sheet.iter_rows())
    if sheet.freeze_panes != "A2" or not all(cell.font.bold for cell in first if cell.value):
        problems.append(f"{name}: titles {sheet.freeze_panes}")
    if sheet.auto_filter.ref is None or sheet.auto_filter.ref.split(":")[-1] != sheet.dimensions.split(":")[-1]:
        problems.append(f"{name}: filter {sheet.auto_filter.ref} of {sheet.dimensions}")
    widths = [sheet.column_dimensions[openpyxl.utils.get_column_letter(c + 1)].width for c in range(len(first))]
    if not all(width >= 5 for width in widths):
        problems.append(f"{name}: widths {widths}")


def properties_of(book, path, name, problems):
    about = book.properties
    if about.creator or about.lastModifiedBy or about.created != datetime.datetime(2026, 1, 2, 3, 4, 5) or not about.title:
        problems.append(f"{name}: {about.creator!r} {about.lastModifiedBy!r} {about.created} {about.title!r}")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    if "<f>" in sheet or "<f " in sheet:
        problems.append(f"{name}: formulas")


def workbooks(treue):
    """X-07, R-082: a workbook says what CSV says, in types; titles, words and days in the reader's language; twice the
    same bytes."""
    company(treue)
    checks = Checks(treue)
    types = set()
    for command in [entry[1] for entry in LISTS] + list(MORE):
        name = " ".join(map(str, command))
        heads = []
        for language in ("de", "en"):
            wanted = rows_of(treue.run(*command, "--format", "csv", "--lang", language, status=(0, 1)))
            path, again = treue.folder / f"list-{language}.xlsx", treue.folder / "again.xlsx"
            out = treue.run(*command, "--format", "xlsx", "--output", path, "--lang", language, status=(0, 1))
            treue.run(*command, "--output", again, "--lang", language, status=(0, 1))
            if out or path.read_bytes() != again.read_bytes():
                checks.problems.append(f"{name}: not the same bytes twice, or printed {out!r}")
            book = openpyxl.load_workbook(path)
            sheet = book.worksheets[0]
            rows = list(sheet.iter_rows())
            if book.sheetnames != [SHEETS[command[0]][language == "en"]]:
                checks.problems.append(f"{name}: sheets {book.sheetnames}")
            look_of(sheet, name, checks.problems)
            properties_of(book, path, name, checks.problems)
            heads.append([cell.value for cell in rows[0]])
            if len(rows) != len(wanted) or len(rows[0]) != len(wanted[0]) or not all(heads[-1]):
                checks.problems.append(f"{name}: {len(rows)} rows of {heads[-1]}, CSV has {len(wanted)} of {wanted[0]}")
            checks.problems += [f"{name}: {cell.coordinate} is {cell.value!r}, CSV says {said!r}"
                                for row, line in zip(rows[1:], wanted[1:])
                                for cell, said, column in zip(row, line, wanted[0]) if not same(said, cell, column)]
            checks.problems += [f"{name}: {cell.value!r}" for row in rows for cell in row
                                if isinstance(cell.value, str) and re.search("|".join(RAW), cell.value)]
            checks.problems += [f"{name}: the code {cell.value!r} instead of words" for row in rows[1:] for cell in row
                                if isinstance(cell.value, str) and re.fullmatch("[a-z]+(_[a-z]+)+", cell.value)
                                and cell.value != "half_year"] # an evaluation, as the concept calls it
            types |= {(cell.data_type, cell.number_format) for row in rows[1:] for cell in row if cell.value is not None}
        if heads[0] == heads[1]:
            checks.problems.append(f"{name}: titles in both languages {heads[0]}")
    lacking = {("n", "#,##0.00"), ("n", "#,##0"), ("n", '"v"0'), ("n", "0.0%"), ("d", "dd.mm.yyyy"), ("d", "d mmm yyyy"),
               ("d", "dd.mm.yyyy hh:mm"), ("b", "General"), ("s", "General")} - types
    if lacking:
        checks.problems.append(f"types that do not occur: {lacking}")
    return checks.problems


def files(treue):
    """X-07: in a file CSV has a byte order mark, umlauts are right, and German has semicolons and decimal commas; on
    standard output it is the same in every language. The ending of the file says the form."""
    company(treue)
    checks = Checks(treue)
    command = ("customer", "list", "--on", "2025-12-31")
    plain = treue.run(*command, "--format", "csv", "--lang", "de")
    if plain != treue.run(*command, "--format", "csv", "--lang", "en") or plain.startswith("\ufeff"):
        checks.problems.append(f"standard output: {plain}")
    for language, delimiter in (("de", ";"), ("en", ",")):
        path = treue.folder / f"list-{language}.csv"
        if treue.run(*command, "--output", path, "--lang", language):
            checks.problems.append("printed as well")
        written = path.read_bytes()
        text = written[len(MARK):].decode("utf-8").replace("\r\n", "\n")
        rows = rows_of(text, delimiter)
        if language == "de":
            rows = [[re.sub(r"^(-?[0-9]+),([0-9]+)$", r"\1.\2", cell) for cell in row] for row in rows]
        if not written.startswith(MARK) or rows != rows_of(plain) or 'Müller "Bau", Köln' not in str(rows):
            checks.problems.append(f"{language}: {written}")
    for ending, begins in (("json", b"["), ("txt", b"Nummer"), ("xlsx", b"PK")):
        path = treue.folder / f"list.{ending}"
        treue.run(*command, f"--output={path}", "--lang", "de")
        if not path.read_bytes().startswith(begins):
            checks.problems.append(f"{ending}: {path.read_bytes()[:40]}")
    treue.run(*command, "--output", treue.folder / "list.xlsx", "--format", "json")
    json.loads((treue.folder / "list.xlsx").read_text(encoding="utf-8"))
    if treue.run(*command, "--output", "-", "--format", "csv") != plain:
        checks.problems.append("--output - is standard output")
    moves = treue.folder / "moves.xlsx"
    treue.run("simulate", "--concept", "2", "--cutoff", "2025-12-31", "--moves", moves, "--lang", "de")
    moved = rows_of(treue.run("simulate", "--concept", "2", "--cutoff", "2025-12-31", "--format", "csv", "--lang", "de"))
    found = list(openpyxl.load_workbook(moves).worksheets[0].iter_rows())
    if len(found) != len(moved) or len(moved) < 2 or not all(
            same(said, cell, column) for row, line in zip(found[1:], moved[1:])
            for cell, said, column in zip(row, line, moved[0])):
        checks.problems.append(f"--moves: {[[cell.value for cell in row] for row in found]}")
    return checks.problems


def mistakes(treue):
    """What cannot be written is said, and nothing half-written stays."""
    company(treue)
    checks = Checks(treue)
    command = ("customer", "list", "--on", "2025-12-31")
    (treue.folder / "there").mkdir()
    kept = treue.write("kept.csv", "mine")
    checks.expect(2, *command, "--format", "xlsx", says=("--output list.xlsx",))
    checks.expect(2, *command, "--format", "xlsx", "--output", "-", says=("--output list.xlsx",))
    checks.expect(2, *command, "--output", "missing/list.csv", says=("missing/list.csv", "folder does not exist"))
    checks.expect(2, *command, "--output", "missing/list.xlsx", says=("missing/list.xlsx", "folder does not exist"))
    checks.expect(2, *command, "--output", "there", says=("there is a folder",))
    checks.expect(2, *command, "--format", "xlsx", "--output", "/dev/null", says=("/dev/null", "ordinary"))
    checks.expect(0, *command, "--format", "csv", "--output", "/dev/null")
    checks.expect(2, *command, "--kind", "nonsense", "--output", kept, says=("nonsense",))
    checks.expect(2, "customer", "show", "K99", "--output", kept, says=("K99",))
    checks.expect(2, "explain", "K1", "--format", "xlsx", "--output", "x.xlsx", says=("table, json",))
    checks.expect(2, "concept", "show", "1", "--output", "concept.csv", says=("concept.csv was not written",))
    checks.expect(0, "override", "list", "--help", "--output", "help.csv", says=("--output",))
    left = sorted(path.name for path in treue.folder.iterdir() if "tmp" in path.name or path.suffix == ".xlsx")
    if kept.read_text() != "mine" or left or list((treue.folder / "there").iterdir()) or not os.path.exists("/dev/null"):
        checks.problems.append(f"left behind: {left}, {kept.read_text()!r}")
    return checks.problems


def naughty_strings():
    path = pathlib.Path(os.environ.get("TREUE_TEST_DATA", "../shared")) / "corpora"
    strings = list(NAUGHTY)
    if not path.is_dir():
        road.leave_out("naughty strings of others", f"{path} is not there: set TREUE_TEST_DATA")
        return strings
    strings += json.loads((path / "blns" / "blns.json").read_text(encoding="utf-8"))
    for file in sorted((path / "payloads").glob("*.txt")):
        strings += file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [text for text in strings if text.strip()]


def naughty(treue):
    """Exported and imported again by the printed profile every text is what it was; CSV has nothing that a spreadsheet
    takes for a formula, a workbook has nothing but text."""
    strings = naughty_strings()
    path = treue.folder / "names.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
            [("number", "name")] + [(f"N{i:04}", text) for i, text in enumerate(strings)])
    profile = treue.write("names.yaml", "kind: customers\nsource: erp\nvalid_from: 2025-01-01\n"
                          "file: {encoding: utf-8, delimiter: \",\", decimal: point}\n"
                          "columns: {number: number, name: name}\n")
    treue.run("import", "customers", path, "--profile", profile)
    problems = []
    said = {row["number"]: row["name"] for row in treue.json("export", "customers")}
    wrong = [text for i, text in enumerate(strings) if said.get(f"N{i:04}") != text]
    if wrong:
        problems.append(f"imported: {wrong[:5]}")
    treue.run("export", "customers", "--output", treue.folder / "exported.csv")
    treue.run("export", "customers", "--profile", "--output", treue.folder / "exported.yaml")
    rows = list(csv.reader(open(treue.folder / "exported.csv", encoding="utf-8-sig", newline="")))
    bad = [cell for row in rows for cell in row if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell)]
    if bad or "neutralised: true" not in (treue.folder / "exported.yaml").read_text(encoding="utf-8"):
        problems.append(f"formulas in CSV: {bad[:5]}")
    (treue.folder / "copy").mkdir()
    copy = road.Treue(treue.binary, treue.folder / "copy")
    copy.run("import", "customers", treue.folder / "exported.csv", "--profile", treue.folder / "exported.yaml")
    if {row["number"]: row["name"] for row in copy.json("export", "customers")} != said or \
            copy.run("export", "customers") != treue.run("export", "customers"):
        problems.append("the copy has other names")
    treue.run("export", "customers", "--output", treue.folder / "exported.xlsx")
    sheet = openpyxl.load_workbook(treue.folder / "exported.xlsx").worksheets[0]
    found = {row[0].value: row[2] for row in sheet.iter_rows(min_row=2)}
    for number, name in said.items():
        value = openpyxl.utils.escape.unescape(str(found[number].value))
        if found[number].data_type != "s" or value != name:
            problems.append(f"workbook: {value[:80]!r} is not {name[:80]!r}")
    return problems


CASES = (workbooks, files, mistakes, naughty)

if __name__ == "__main__":
    sys.exit(road.run_cases(CASES, "workbook", sys.argv[1]))
