#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workbooks made to do harm: each is refused with its reason, quickly, by a process that may have 64 MB of address space
and no more, and leaves nothing behind. Verifies X-03 in part (errors are told).

  test_xlsx_hostile.py TREUE_BINARY      the release program: sanitizers need more memory than is allowed here
"""
import os
import pathlib
import re
import resource
import struct
import subprocess
import sys
import time
import zipfile

import road
import workbooks
from workbooks import HEAD, MAIN, Sheet

MEMORY_BYTES = 64 << 20
SECONDS_MAX = 1.0
COLUMNS = ["customer", "document", "date", "article", "amount"]
LINE = ["K1", "R1", "2025-01-31", "A1", 5]
PROFILE = {"kind": "purchases", "source": "erp", "columns": {c: c for c in COLUMNS}, "create": ["customers", "products"]}
SHEET = "xl/worksheets/sheet1.xml"


def plain():
    return workbooks.parts([Sheet("Umsatz", [COLUMNS, LINE])])


def changed(folder, **parts):
    """A good workbook in which some parts are others: sheet, strings, styles, workbook, rels, root."""
    names = {"sheet": SHEET, "strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml", "workbook": "xl/workbook.xml",
             "rels": "xl/_rels/workbook.xml.rels", "root": "_rels/.rels"}
    content = plain()
    for name, data in parts.items():
        content[names[name]] = data if isinstance(data, bytes) else data.encode()
    return workbooks.pack(folder / "x.xlsx", content)


def rows_of(xml):
    return workbooks.sheet_head() + xml + "</sheetData></worksheet>"


# ---- zip -------------------------------------------------------------------------------------------------------------

def bomb(folder):
    """A quarter of a GB of blanks in a quarter of a MB."""
    path = folder / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in plain().items():
            if name != SHEET:
                archive.writestr(name, data)
        with archive.open(SHEET, "w", force_zip64=True) as part:
            blanks = b" " * (8 << 20)
            for _ in range(32):
                part.write(blanks)
    return path


def lying_bomb(folder):
    """Says that it is small."""
    path = bomb(folder)
    data = bytearray(path.read_bytes())
    for match in re.finditer(re.escape(SHEET.encode()), bytes(data)):
        head = match.start() - 46
        if data[head:head + 4] == b"PK\x01\x02":
            struct.pack_into("<I", data, head + 24, 1 << 20)
    path.write_bytes(data)
    return path


def strings_bomb(folder):
    return changed(folder, strings=HEAD + f'<sst xmlns="{MAIN}"><si><t>' + " " * (64 << 20) + "</t></si></sst>")


def nested_bomb(folder):
    """A zip in a zip is nothing that is unpacked."""
    return workbooks.pack(folder / "x.xlsx", {"0.zip": bomb(folder).read_bytes()})


def overlapping(folder):
    return workbooks.overlap(folder / "x.xlsx", plain(), SHEET, 5000)


def twice_there(folder):
    return workbooks.pack(folder / "x.xlsx", [*plain().items(), (SHEET.upper(), b"<a/>")])


def many_entries(folder):
    path = folder / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in plain().items():
            archive.writestr(name, data)
        for i in range(20000):
            archive.writestr(f"xl/media/{i}", b"")
    return path


def claims_entries(folder):
    """A directory that says it has four thousand million entries."""
    path = workbooks.pack(folder / "x.xlsx", plain())
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, offset = struct.unpack("<II", data[end + 12:end + 20])
    large = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1 << 32, 1 << 32, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    path.write_bytes(data[:end] + large + locator + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF,
                                                                              0xFFFFFFFF, 0xFFFFFFFF, 0))
    return path


def cut_off(folder):
    path = workbooks.pack(folder / "x.xlsx", plain())
    path.write_bytes(path.read_bytes()[:-30])
    return path


def two_ends(folder):
    path = workbooks.pack(folder / "x.xlsx", plain())
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    comment = data[end:end + 22]
    path.write_bytes(data[:end + 20] + struct.pack("<H", len(comment)) + comment)
    return path


def wrong_checksum(folder):
    path = workbooks.pack(folder / "x.xlsx", plain(), stored=[SHEET])
    data = path.read_bytes()
    path.write_bytes(data.replace(b"<v>5</v>", b"<v>6</v>"))
    return path


def entry_behind_the_end(folder):
    path = workbooks.pack(folder / "x.xlsx", plain())
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 42, 0x7FFFFFFF)
    path.write_bytes(data)
    return path


def encrypted_entry(folder):
    path = workbooks.pack(folder / "x.xlsx", plain())
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<H", data, at + offset, struct.unpack_from("<H", data, at + offset)[0] | 1)
            at = data.find(mark, at + 1)
    path.write_bytes(data)
    return path


def other_packing(folder):
    path = folder / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, data in plain().items():
            archive.writestr(name, data)
    return path


# ---- XML -------------------------------------------------------------------------------------------------------------

def laughs(folder):
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "lol">{entities}]><sst><si><t>&l9;</t></si></sst>'
    return changed(folder, strings=text)


def outside_entity(folder):
    return changed(folder, sheet='<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                                 "<worksheet><sheetData/></worksheet>")


def outside_doctype(folder):
    return changed(folder, workbook='<?xml version="1.0"?><!DOCTYPE w SYSTEM "http://127.0.0.1:9/w.dtd"><workbook/>')


def deep(folder):
    return changed(folder, sheet=rows_of("<row r=\"1\">" + "<a>" * 100000 + "</a>" * 100000 + "</row>"))


def long_attribute(folder):
    noise = "".join(chr(33 + (i * i * 7919 >> 3) % 80 + 6 * ((i * i * 7919 >> 3) % 80 == 1)) for i in range(1 << 16))
    noise = noise.replace("&", "x").replace("<", "x").replace('"', "x")
    return changed(folder, sheet=rows_of(f'<row r="1"><c r="A1" t="{noise * 160}"><v>1</v></c></row>'))


def many_attributes(folder):
    return changed(folder, sheet=rows_of('<row r="1" ' + " ".join(f'a{i}="{i}"' for i in range(300000)) + "/>"))


def many_names(folder):
    return changed(folder, sheet=rows_of("".join(f"<e{i}/>" for i in range(300000))))


def long_comment(folder):
    return changed(folder, sheet=rows_of("<!-- " + "abcdefg hij " * (1 << 20) + "-->"))


def not_closed(folder):
    return changed(folder, sheet=workbooks.sheet_head() + '<row r="1">')


def bad_text(folder):
    return changed(folder, strings=b'<?xml version="1.0" encoding="UTF-8"?><sst><si><t>\xff\xfe</t></si></sst>')


# ---- workbook --------------------------------------------------------------------------------------------------------

def many_sheets(folder):
    return changed(folder, workbook=workbooks.workbook_part((f"B{i}", f"x{i}", "visible") for i in range(1_000_000)))


def many_relations(folder):
    return changed(folder, rels=workbooks.relations((f"r{i}", "worksheet", "a.xml") for i in range(300_000)))


def sheet_twice(folder):
    return changed(folder, workbook=workbooks.workbook_part([("A", "rId1", "visible"), ("B", "rId1", "visible")]))


def many_columns(folder):
    row = "".join(f'<c r="{workbooks.column_name(i)}1"><v>{i}</v></c>' for i in range(16384))
    rows = (f'<row r="{n}">' + row.replace('1">', f'{n}">') + "</row>" for n in range(1, 40))
    return changed(folder, sheet=rows_of("".join(rows)))


def doubled_cells(folder):
    return changed(folder, sheet=rows_of('<row r="1">' + '<c r="A1"><v>1</v></c>' * 1000 + "</row>"))


def far_row(folder):
    return changed(folder, sheet=rows_of('<row r="1048577"><c r="A1048577"><v>1</v></c></row>'))


def backward_rows(folder):
    head = "".join(f'<c t="str"><v>{name}</v></c>' for name in COLUMNS)
    return changed(folder, sheet=rows_of(f'<row r="5">{head}</row><row r="4"><c r="A4"><v>1</v></c></row>'))


def many_strings(folder):
    """Seventeen million empty ones."""
    path = folder / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in plain().items():
            if name != "xl/sharedStrings.xml":
                archive.writestr(name, data)
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write((HEAD + f'<sst xmlns="{MAIN}">').encode())
            some = b"".join(b"<si><t>%d</t></si>" % (i * 7919 % 1000003) for i in range(100000))
            for _ in range(170):
                part.write(some)
            part.write(b"</sst>")
    return path


def long_string(folder):
    return changed(folder, strings=HEAD + f'<sst xmlns="{MAIN}"><si><t>' + "lang genug " * 20000 + "</t></si></sst>")


def shared_long_row(folder):
    """Small in the file, large when it is written out: a long text in every cell of a row."""
    head = "".join(f'<c r="{workbooks.column_name(i)}1" t="inlineStr"><is><t>{n}</t></is></c>'
                   for i, n in enumerate(COLUMNS + [f"x{i}" for i in range(900)]))
    row = "".join(f'<c r="{workbooks.column_name(i)}2" t="s"><v>0</v></c>' for i in range(905))
    return changed(folder, strings=HEAD + f'<sst xmlns="{MAIN}"><si><t>' + "y" * 32000 + "</t></si></sst>",
                   sheet=rows_of(f'<row r="1">{head}</row><row r="2">{row}</row>'))


def unknown_string(folder):
    return changed(folder, sheet=rows_of('<row r="1"><c r="A1" t="s"><v>4294967297</v></c></row>'))


def many_styles(folder):
    return changed(folder, styles=workbooks.styles_part(styles=[14] * 70000))


def no_workbook(folder):
    return workbooks.pack(folder / "x.xlsx", {"readme.txt": b"hello"})


def word_document(folder):
    return workbooks.pack(folder / "x.xlsx", {
        "_rels/.rels": workbooks.relations([("r", "officeDocument", "word/document.xml")]).encode(),
        "word/document.xml": b"<document/>",
        "word/_rels/document.xml.rels": workbooks.relations([]).encode()})


def binary_workbook(folder):
    return workbooks.pack(folder / "x.xlsb", {
        "_rels/.rels": workbooks.relations([("r", "officeDocument", "xl/workbook.bin")]).encode(), "xl/workbook.bin": b""})


def open_document(folder):
    return workbooks.pack(folder / "x.ods", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                                             "content.xml": b"<office:document-content/>"})


def old_workbook(folder):
    path = folder / "x.xls"
    path.write_bytes(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(3000) + "Workbook".encode("utf-16-le") + bytes(2000))
    return path


def with_password(folder):
    path = folder / "x.xlsx"
    path.write_bytes(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes((1 << 20) - 20)
                     + "EncryptedPackage".encode("utf-16-le") + bytes(2000))
    return path


SUSPICIOUS = "is suspicious"
CASES = [
    (bomb, "more than 200 times"), (lying_bomb, "damaged|more than 200 times"), (strings_bomb, "more than 200 times"),
    (nested_bomb, "no workbook"), (overlapping, "lies over another part"), (twice_there, "more than once"),
    (many_entries, "more than 10000 parts"), (claims_entries, "more than 10000 parts"), (cut_off, "damaged or incomplete"),
    (two_ends, "damaged or incomplete"), (wrong_checksum, "damaged or incomplete"),
    (entry_behind_the_end, "damaged or incomplete"), (encrypted_entry, "encrypted"), (other_packing, "packed in a way"),
    (laughs, "document type declaration"), (outside_entity, "document type declaration"),
    (outside_doctype, "document type declaration"), (deep, "nested more deeply"), (long_attribute, SUSPICIOUS),
    (many_attributes, SUSPICIOUS), (many_names, SUSPICIOUS), (long_comment, SUSPICIOUS), (not_closed, "is damaged"),
    (bad_text, "is damaged"), (many_sheets, "more than 1000 sheets"), (many_relations, "more than 10000 sheets or parts"),
    (sheet_twice, "is damaged"), (many_columns, "row 1 there are values beyond column 1,024"),
    (doubled_cells, "row 1, a cell stands twice"), (far_row, "is damaged"), (backward_rows, "is damaged"),
    (long_string, "32,767 characters"), (shared_long_row, "row 2 is too long"), (unknown_string, "is damaged"),
    (many_styles, "more styles"), (no_workbook, "no workbook"), (word_document, "no workbook"),
    (binary_workbook, "format XLSB"), (open_document, "format ODS"), (old_workbook, "format XLS,"),
    (with_password, "protected by a password"),
]
# Those are read as data up to a limit: there is no harm in them but time.
SLOW = {"many_strings": 20.0}


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def attempt(treue, path, profile):
    """(exit status, what was said, seconds, seconds of processors) under the limit of memory."""
    started = time.monotonic()
    with subprocess.Popen([treue.binary, "--data", treue.data, "import", "purchases", path, "--profile", profile, "--lang",
                           "en"], env=treue.surroundings(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          preexec_fn=limited) as process:
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said, time.monotonic() - started, usage.ru_utime + usage.ru_stime


def check(treue, case, words, seconds_max):
    profile = treue.write("profile.yaml", road.to_yaml(PROFILE))
    path = case(treue.folder)
    # What others do on the machine does not count here: the bench looks at the clock.
    code, said, _, seconds = attempt(treue, path, profile)
    problems = []
    if code != 2:
        problems.append(f"exit {code}: {said[-300:]}")
    if not re.search(words, said):
        problems.append(f"{words!r} is not said: {said[-300:]}")
    if path.name not in said and "workbook" not in said.lower():
        problems.append(f"the file is not named: {said[-300:]}")
    if seconds > seconds_max:
        problems.append(f"took {seconds:.2f} s")
    if treue.json("import", "list"):
        problems.append("an import is left")
    left = [p.name for p in pathlib.Path(treue.data / "staging").glob("*")]
    if left:
        problems.append(f"left in staging: {left}")
    print(f"{'FAILED' if problems else 'ok'}: {case.__name__} ({path.stat().st_size} bytes, {seconds:.2f} s)", *problems,
          sep="\n    ", flush=True)
    return problems


def good(folder):
    """Within the limit an ordinary workbook is read."""
    return workbooks.pack(folder / "x.xlsx", plain())


def main(binary, wanted):
    failed = 0
    cases = [(case, words, SECONDS_MAX) for case, words in CASES] + [(many_strings, "16 million", SLOW["many_strings"])]
    for case, words, seconds_max in cases:
        if wanted and case.__name__ not in wanted:
            continue
        with road.Folder("hostile") as folder:
            failed += bool(check(road.Treue(binary, folder), case, words, seconds_max))
    with road.Folder("hostile") as folder:
        treue = road.Treue(binary, folder)
        code, said, *_ = attempt(treue, good(folder), treue.write("profile.yaml", road.to_yaml(PROFILE)))
        if code or "1 document new" not in said:
            failed += 1
            print(f"FAILED: a good workbook: {code} {said}")
    print(f"{len(cases) + 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
