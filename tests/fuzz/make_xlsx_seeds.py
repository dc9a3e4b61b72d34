#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the seeds of the fuzz target for workbooks into tests/fuzz/seeds/xlsx: for each part of a workbook the kinds of
content the reader tells apart, and whole archives. The first byte is what fuzz_xlsx.c takes it for. Always the same."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import workbooks  # noqa: E402  (needs the path above)
from workbooks import Raw, Row, Sheet, Strings  # noqa: E402

SHEET, STRINGS, STYLES, WORKBOOK, RELATIONS, ROOT, SECOND, WHOLE = range(8)
HEADERLESS, ONE_SHEET, NO_COLUMNS = 8, 16, 32


def cells(*lines):
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>A</t></is></c><c r="B1" t="str"><v>B</v></c><c r="C1" t="s"><v>2</v></c></row>'
    return workbooks.sheet_head() + head + "".join(lines) + "</sheetData></worksheet>"


def row(xml, number=2):
    return f'<row r="{number}">{xml}</row>'


SEEDS = {
    "numbers": (SHEET, cells(row('<c r="A2"><v>0.10000000000000001</v></c><c r="B2" s="1"><v>45747.35</v></c>'
                                 '<c r="C2"><v>1E+05</v></c>'))),
    "types": (SHEET, cells(row('<c r="A2" t="b"><v>1</v></c><c r="B2" t="d"><v>2025-03-31T08:26:00</v></c>'
                               '<c r="C2" t="e"><v>#N/A</v></c>'))),
    "rich": (SHEET, cells(row('<c r="A2" t="inlineStr"><is><r><t xml:space="preserve"> a</t></r><rPh><t>x</t></rPh></is></c>'))),
    "order": (SHEET, cells(row('<c r="C2"><v>3</v></c><c r="A2"><v>1</v></c>'), '<row><c><v>7</v></c></row>',
                           '<row r="1048576" hidden="1"><c r="XFD1048576"/><c r="A1048576" t="s"><v>0</v></c></row>')),
    "headerless": (SHEET | HEADERLESS, cells()),
    "no_columns": (SHEET | NO_COLUMNS, cells(row('<c r="B2"><v>1</v></c>'))),
    "doctype": (SHEET, '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'),
    "escapes": (STRINGS, '<sst><si><t>A</t></si><si><t>B</t></si><si><r><t>C</t></r><phoneticPr/></si>'
                         '<si><t>_x000A_&#228;"x",;</t></si></sst>'),
    "styles": (STYLES, workbooks.styles_part()),
    "workbook": (WORKBOOK, workbooks.workbook_part([("S", "a", "visible"), ("T", "b", "hidden")], True)),
    "one_sheet": (WORKBOOK | ONE_SHEET, workbooks.workbook_part([("1", "b", "visible"), ("2", "a", "veryHidden")])),
    "relations": (RELATIONS, workbooks.relations([("a", "worksheet", "../xl/sheet2.xml"), ("b", "worksheet", "/sheet2.xml"),
                                                  ("c", "sharedStrings", "./sharedStrings.xml"),
                                                  ("x", "worksheet", "http://x/", "External")])),
    "root": (ROOT, workbooks.relations([("r", "officeDocument", "/xl/workbook.xml")])),
    "binary": (ROOT, workbooks.relations([("r", "officeDocument", "xl/workbook.bin")])),
    "second": (SECOND, cells(row('<c r="A2" t="s"><v>1</v></c>'))),
}


def main():
    folder = HERE / "seeds" / "xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (kind, text) in SEEDS.items():
        (folder / name).write_bytes(bytes([kind]) + text.encode())
    strings = Strings()
    rows = [["A", "B", "C"], ["x", 1, True], Row(9, [Raw('<c r="{r}" t="s"><v>0</v></c>'), "y;z"])]
    for name, content in (("whole", workbooks.parts([Sheet("S", rows)], strings)), ("open_document", {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})):
        path = workbooks.pack(folder / name, content)
        path.write_bytes(bytes([WHOLE]) + path.read_bytes())
    data = (folder / "whole").read_bytes()
    (folder / "cut").write_bytes(data[:-20])
    (folder / "compound").write_bytes(bytes([WHOLE]) + b"\xD0\xCF\x11\xE0" + bytes(64) + "EncryptedPackage".encode("utf-16-le"))


if __name__ == "__main__":
    main()
