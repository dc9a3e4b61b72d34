# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was imported can be taken out again: usage: test_export.py TREUE_BINARY

The demo company is exported kind by kind and read into an empty database by the profiles that are printed: every
export of the copy is byte-identical, and evaluations and explanations are the same.
X-10 (as of a day): --on gives what was valid on that day: the first value before a change, the second from then on.
R-027 (competitors' shares) and R-003 (attributes): both come out as columns of their own, by name.
"""
import csv
import io
import json
import pathlib
import subprocess
import sys

from road import Folder, RoadError, Treue

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ("customers", "products", "purchases", "contacts", "responsibilities", "potentials", "certificates",
         "activities", "visits", "values", "consents")
DELIVERIES = (("2025-01", "2025-01-08T09:00:00Z"), ("2025-07", "2025-07-04T09:00:00Z"),
              ("2026-01", "2026-01-08T09:00:00Z"))
CUTOFFS = (("2024-12-31", "year"), ("2025-06-30", "half_year"), ("2025-12-31", "year"))
failures = []


def expect(good, what):
    print(("ok: " if good else "FAILED: ") + what)
    if not good:
        failures.append(what)


def demo_company(binary, folder):
    """Three deliveries, not evaluated."""
    files = folder / "files"
    subprocess.run([sys.executable, str(ROOT / "demo" / "generate.py"), str(files)], check=True)
    treue = Treue(binary, folder, clock=DELIVERIES[0][1])
    for delivery, clock in DELIVERIES:
        treue.clock = clock
        for kind in KINDS:
            path = files / delivery / f"{kind}.csv"
            if path.exists():
                treue.run("import", kind, path, "--profile", files / f"{kind}.yaml")
    return treue


def exported(treue):
    return {kind: treue.run("export", kind) for kind in KINDS}


def copy_of(treue, binary, folder, ending):
    """An empty database that read files of the original."""
    folder.mkdir()
    copy = Treue(binary, folder, clock=treue.clock)
    for kind in KINDS:
        path, profile = folder / f"{kind}.{ending}", folder / f"{kind}.yaml"
        treue.run("export", kind, "--output", path)
        treue.run("export", kind, "--profile", "--output", profile)
        copy.run("import", kind, path, "--profile", profile)
    return copy


def results(treue, concept):
    """What comes of the data in three evaluations, and why for every twentieth customer."""
    found = {}
    treue.run("concept", "load", concept, "--release")
    for cutoff, evaluation in CUTOFFS:
        run = treue.json("evaluate", "--cutoff", cutoff, "--evaluation", evaluation, "--approve")
        run.pop("generation")
        found[cutoff] = run
    for row in found[CUTOFFS[-1][0]]["customers"][::20]:
        why = treue.json("explain", row["number"])
        why.pop("generation", None)
        found[row["number"]] = why
    return found


def check_round_trip(binary, folder):
    (folder / "original").mkdir()
    original = demo_company(binary, folder / "original")
    before = exported(original)
    expect(all(text.count("\n") > 30 for text in before.values()), "every kind has something to export")
    copy = copy_of(original, binary, folder / "copy", "csv")
    after = exported(copy)
    different = [kind for kind in KINDS if before[kind] != after[kind]]
    expect(not different, f"exports of the copy are byte-identical: {different}")
    after = exported(copy_of(original, binary, folder / "workbooks", "xlsx"))
    different = [kind for kind in KINDS if before[kind] != after[kind]]
    expect(not different, f"so are those of a copy made of workbooks: {different}")
    concept = folder / "original" / "files" / "partnerkreis.yaml"
    one, two = results(original, concept), results(copy, concept)
    different = [key for key in one if one[key] != two[key]]
    expect(len(one) == 33 and not different, f"the same decisions and reasons: {len(one)} compared {different}")
    check_formats(original, folder, before)


def check_formats(treue, folder, exports):
    for kind in ("customers", "potentials", "responsibilities"):
        rows = list(csv.DictReader(io.StringIO(exports[kind], newline="")))
        said = json.loads(treue.run("export", kind, "--format", "json"))
        expect([{k: v for k, v in row.items() if v} for row in rows] == said, f"{kind}: JSON says what CSV says")
        path = folder / f"{kind}.csv"
        treue.run("export", kind, "--output", path)
        written = path.read_bytes()
        expect(written.startswith(b"\xef\xbb\xbf") and
               written[3:].decode().replace("\r\n", "\n") == exports[kind].replace("\r\n", "\n"),
               f"X-07 (umlauts): {kind}: a file holds the same behind a byte order mark")
    header = exports["potentials"].splitlines()[0].split(",")
    expect({"competitor:Brisanta", "competitor:Falkenluft"} <= set(header),
           f"R-027 (competitors' shares): a column for each competitor: {header}")


def rows_of(treue, kind, *more):
    return list(csv.DictReader(io.StringIO(treue.run("export", kind, *more), newline="")))


def check_days(treue):
    """X-10 (as of a day)."""
    treue.import_rows("customers", "first", ["number", "name", "since", "size_class", "attribute:Gewerk"], [
        {"number": "1", "name": 'Müller, "Bad" & Söhne', "since": "2020-01-01", "size_class": "S",
         "attribute:Gewerk": "=SUM(A1)"},
        {"number": "2", "name": "Zwei\nZeilen", "since": "2025-06-01"}], valid_from="2024-01-01")
    treue.import_rows("customers", "second", ["number", "name", "size_class"],
                      [{"number": "1", "name": 'Müller, "Bad" & Söhne', "size_class": "L"}], valid_from="2025-03-01")
    treue.import_rows("potentials", "potentials", ["customer", "amount", "valid_from", "valid_to"], [
        {"customer": "1", "amount": "1000.00", "valid_from": "2024-01-01"},
        {"customer": "1", "amount": "1500.00", "valid_from": "2025-01-01", "valid_to": "2025-12-31"}])
    treue.import_rows("purchases", "purchases", ["customer", "document", "date", "article", "amount"], [
        {"customer": "1", "document": "R1", "date": "2025-02-28", "article": "A", "amount": "10.00"},
        {"customer": "1", "document": "R2", "date": "2025-03-01", "article": "A", "amount": "-2.50"}],
        create=["customers", "products"])
    everything = rows_of(treue, "customers")
    expect([(r["number"], r["valid_from"], r["size_class"]) for r in everything] ==
           [("1", "2024-01-01", "S"), ("1", "2025-03-01", "L"), ("2", "2024-01-01", "")],
           f"a row for each day on which something begins to hold: {everything}")
    expect(everything[0]["name"] == 'Müller, "Bad" & Söhne' and everything[-1]["name"] == "Zwei\nZeilen" and
           everything[0]["attribute:Gewerk"] == "'=SUM(A1)",
           "R-003 (attributes): quotes, commas and line breaks survive, and a formula is none for a spreadsheet")
    for day, sizes in (("2025-02-28", {"1": "S"}), ("2025-03-01", {"1": "L"}), ("2025-06-01", {"1": "L", "2": ""})):
        found = {r["number"]: r["size_class"] for r in rows_of(treue, "customers", "--on", day)}
        expect(found == sizes, f"X-10 (as of a day): customers on {day}: {found}")
    for day, amounts in (("2024-06-01", ["1000.00"]), ("2025-06-01", ["1500.00"]), ("2026-01-01", ["1000.00"]),
                         ("2023-12-31", [])):
        found = [r["amount"] for r in rows_of(treue, "potentials", "--on", day)]
        expect(found == amounts, f"X-10 (as of a day): potential on {day}: {found}")
    for day, documents in (("2025-02-28", ["R1"]), ("2025-03-01", ["R1", "R2"])):
        found = [r["document"] for r in rows_of(treue, "purchases", "--on", day)]
        expect(found == documents, f"X-10 (as of a day): documents by {day}: {found}")
    check_versions(treue)


def check_versions(treue):
    """Replaced and undone documents, sources."""
    again = [{"customer": "1", "document": "R1", "date": "2025-02-28", "article": "A", "amount": "12.00"}]
    said = treue.run("import", "list", "--format", "json")
    treue.import_rows("purchases", "again", ["customer", "document", "date", "article", "amount"], again)
    expect([r["amount"] for r in rows_of(treue, "purchases")] == ["12.00", "-2.50"], "the replacing version comes out")
    treue.run("import", "undo", str(len(json.loads(said)) + 1))
    expect([r["amount"] for r in rows_of(treue, "purchases")] == ["10.00", "-2.50"], "the undone one does not")
    other = treue.write("other.csv", "number,name\n7,Sieben\n")
    profile = treue.write("other.yaml", "kind: customers\nsource: crm\ncolumns: {number: number, name: name}\n")
    treue.run("import", "customers", other, "--profile", profile)
    code, _, problem = treue.call("export", "customers")
    expect(code == 2 and "crm, erp" in problem and "--source" in problem, f"two sources: one has to be named: {problem}")
    expect([r["number"] for r in rows_of(treue, "customers", "--source", "crm")] == ["7"], "the source named comes out")
    for words, wanted in ((("nonsense",), "nonsense"), (("customers", "--source", "sap"), "sap"),
                          (("customers", "--on", "31.12.2025"), "31.12.2025"),
                          (("customers", "--format", "xml"), "xml"), ((), "purchases")):
        code, _, problem = treue.call("export", *words)
        expect(code == 2 and wanted in problem, f"export {' '.join(words)} is refused with a hint: {problem}")


def main():
    binary = sys.argv[1]
    try:
        with Folder("export") as folder:
            check_round_trip(binary, folder)
        with Folder("export-days") as folder:
            check_days(Treue(binary, folder))
    except RoadError as problem:
        expect(False, str(problem))
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
