# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workbooks (XLSX) for tests and measurements, written with nothing but the zip module of Python: whole ones from rows of
values, and parts of any content for the hostile ones. Shares nothing with the program that reads them."""
import datetime
import decimal
import io
import struct
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# Styles by place: plain, date, date and time, time, elapsed hours, two decimals, a German date, text in quotes
FORMATS = {164: "yyyy\\-mm\\-dd\\ hh:mm:ss", 165: "[h]:mm:ss", 166: "dd\\.mm\\.yyyy;@", 167: '0.00" Tage (d)"'}
STYLES = [0, 14, 164, 21, 165, 4, 166, 167, 10]
PLAIN, DATE, MOMENT, TIME, ELAPSED, MONEY, GERMAN, QUOTED, PERCENT = range(9)


class Raw:
    """A cell as XML; {r} stands for its reference."""

    def __init__(self, xml):
        self.xml = xml


class Styled:
    """A number with a style."""

    def __init__(self, number, style):
        self.number, self.style = number, style


class Row:
    """A row with a number of its own and, if wanted, attributes: Row(17, [...], hidden="1")."""

    def __init__(self, number, cells, **attributes):
        self.number, self.cells, self.attributes = number, cells, attributes


class Sheet:
    def __init__(self, name, rows, state="visible", after=""):
        self.name, self.rows, self.state, self.after = name, rows, state, after


def column_name(column):
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def serial(moment, from_1904=False):
    """The day number of a date or moment, as exact decimal text of up to 17 digits, as spreadsheets write it."""
    start = datetime.datetime(1904, 1, 1) if from_1904 else datetime.datetime(1899, 12, 30)
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime(moment.year, moment.month, moment.day)
    if not from_1904 and moment < datetime.datetime(1900, 3, 1):
        start += datetime.timedelta(days=1)
    return repr((moment - start) / datetime.timedelta(days=1)).removesuffix(".0")


class Strings:
    def __init__(self):
        self.numbers, self.xml = {}, []

    def number(self, text):
        if text not in self.numbers:
            self.numbers[text] = len(self.xml)
            self.xml.append(f'<si><t xml:space="preserve">{escape(text)}</t></si>')
        return self.numbers[text]

    def add(self, xml):
        """A string as XML, for rich texts."""
        self.xml.append(xml)
        return len(self.xml) - 1

    def part(self):
        return (f'{HEAD}<sst xmlns="{MAIN}" count="{len(self.xml)}" uniqueCount="{len(self.xml)}">'
                + "".join(self.xml) + "</sst>")


def cell_xml(value, reference, strings, from_1904):
    if isinstance(value, Raw):
        return value.xml.replace("{r}", reference)
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float, decimal.Decimal)):
        return f'<c r="{reference}"><v>{value}</v></c>'
    if isinstance(value, Styled):
        return f'<c r="{reference}" s="{value.style}"><v>{value.number}</v></c>'
    if isinstance(value, datetime.datetime):
        return f'<c r="{reference}" s="{MOMENT}"><v>{serial(value, from_1904)}</v></c>'
    if isinstance(value, datetime.date):
        return f'<c r="{reference}" s="{DATE}"><v>{serial(value, from_1904)}</v></c>'
    if strings is None:
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{reference}" t="s"><v>{strings.number(value)}</v></c>'


def row_xml(row, number, strings, from_1904):
    attributes = ""
    cells = row
    if isinstance(row, Row):
        number, cells = row.number, row.cells
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in row.attributes.items())
    inside = "".join(cell_xml(value, f"{column_name(i)}{number}", strings, from_1904)
                     for i, value in enumerate(cells) if value is not None)
    return f'<row r="{number}"{attributes}>{inside}</row>', number


def styles_part(formats=None, styles=None):
    formats, styles = formats or FORMATS, styles or STYLES
    codes = "".join(f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for number, code in formats.items())
    uses = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in styles)
    return (f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{codes}</numFmts>'
            f'<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>'
            f'<cellXfs count="{len(styles)}">{uses}</cellXfs></styleSheet>')


def relations(targets):
    """Of (id, type's last word, target) or (id, type, target, mode)."""
    lines = []
    for identity, kind, target, *mode in targets:
        external = f' TargetMode="{mode[0]}"' if mode else ""
        lines.append(f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target={quoteattr(target)}{external}/>')
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{"".join(lines)}</Relationships>'


def workbook_part(sheets, from_1904=False):
    """Of (name, relation's id, state)."""
    lines = "".join(f'<sheet name={quoteattr(name)} sheetId="{i}" state="{state}" r:id="{identity}"/>'
                    for i, (name, identity, state) in enumerate(sheets, 1))
    return (f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(from_1904)}"/>'
            f"<sheets>{lines}</sheets></workbook>")


CONTENT_TYPES = f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def sheet_head():
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'


def parts_of(sheets, strings=None, from_1904=False):
    """All parts but the sheets' own."""
    numbered = [(sheet, f"rId{i}") for i, sheet in enumerate(sheets, 1)]
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": workbook_part([(s.name, identity, s.state) for s, identity in numbered], from_1904),
        "xl/_rels/workbook.xml.rels": relations(
            [(identity, "worksheet", f"worksheets/sheet{i}.xml") for i, (_, identity) in enumerate(numbered, 1)]
            + [("rIdS", "styles", "/xl/styles.xml"), ("rIdT", "sharedStrings", "../xl/sharedStrings.xml"),
               ("rIdX", "externalLink", "file:///etc/passwd", "External")]),
        "xl/styles.xml": styles_part(),
    }


def write(path, sheets, shared=True, strings=None, from_1904=False, level=1, zip64=False):
    """A workbook of sheets whose rows may be an iterator: never whole in memory. `strings` may hold some beforehand."""
    strings = strings or (Strings() if shared else None)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, text in parts_of(sheets, strings, from_1904).items():
            archive.writestr(name, text)
        for i, sheet in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{i}.xml", "w", force_zip64=zip64) as part:
                part.write(sheet_head().encode())
                number, held = 0, []
                for row in sheet.rows:
                    xml, number = row_xml(row, number + 1, strings, from_1904)
                    held.append(xml)
                    if len(held) == 1000:
                        part.write("".join(held).encode())
                        held.clear()
                part.write(("".join(held) + f"</sheetData>{sheet.after}</worksheet>").encode())
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings.part())
    return path


def parts(sheets, strings=None, from_1904=False):
    """The same as {name: bytes}, to change some of them."""
    memory = io.BytesIO()
    write(memory, sheets, strings=strings, from_1904=from_1904)
    with zipfile.ZipFile(memory) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path, content, stored=()):
    """An archive of parts as they are; `content` may be a list of pairs, so that names can stand twice."""
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that stands twice is meant
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, data in content.items() if isinstance(content, dict) else content:
                kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
                archive.writestr(zipfile.ZipInfo(name), data, compress_type=kind)
    return path


def overlap(path, content, name, times):
    """An archive whose directory names the entry `name` many times more, all of them lying where the first one does."""
    pack(path, content)
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, offset = struct.unpack("<II", data[end + 12:end + 20])
    directory, heads = data[offset:offset + size], []
    with zipfile.ZipFile(path) as archive:
        count = len(archive.namelist())
    at = directory.index(name.encode()) - 46
    head = bytearray(directory[at:at + 46])
    for i in range(times):
        other = f"xl/media/{i}.xml".encode()
        struct.pack_into("<HHH", head, 28, len(other), 0, 0)
        heads.append(bytes(head) + other)
    larger = directory + b"".join(heads)
    path.write_bytes(data[:offset] + larger + b"PK\x05\x06" + struct.pack(
        "<HHHHIIH", 0, 0, count + times, count + times, len(larger), offset, 0))
    return path
