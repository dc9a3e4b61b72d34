#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files as programs and people leave them: what is certain goes in right, all else is refused with file, line and what
to do, and then nothing of it is there. Verifies X-03 in part (CSV import: errors with line numbers, repaired files go in)
and R-130 in part (what a company brings along can be tried at once).

Every file holds the same two documents, unless its case says otherwise. usage: test_wild.py TREUE
"""
import datetime
import gzip
import io
import itertools
import os
import pathlib
import re
import struct
import subprocess
import sys
import threading

import road

PROFILE = """kind: purchases
source: erp
columns: {customer: Kunde, document: Beleg, date: Datum, article: Artikel, amount: Betrag}
create: [customers, products]
"""
HEADER = "Kunde;Beleg;Datum;Artikel;Betrag"
ROWS = ["Jäger-1;R1;31.12.2025;Säge;1.234,56", "Jäger-1;R1;31.12.2025;Dübel;-34,56", "815;R2;30.12.2025;Säge;99,00"]
DOCUMENTS = [("815", "R2", "2025-12-30", 9900), ("Jäger-1", "R1", "2025-12-31", 120000)]
EPOCH = datetime.date(1970, 1, 1)
BY_PROFILE = ("--profile", "profile.yaml")
# What a profile would tell: by the name of the file, what is said without one.
NOT_SAID = {"only a header": ["holds no line below the names of its columns"], "only a header and a total of nothing": ["--column date"],
            "German and ISO dates mixed": ["--column date"]}


def table(rows=ROWS, header=HEADER, end="\n"):
    return end.join([header, *rows, ""])


PLAIN = table()


def profile(dates=None, file=None):
    text = PROFILE if not dates else PROFILE.replace("date: Datum", f'date: {{column: Datum, format: "{dates}"}}')
    return text + (f"file: {file}\n" if file else "")


# ---- packing, by hand where Python cannot ---------------------------------------------------------------------------

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
WINDOW_128_KIB, WINDOW_1_GIB = b"\x38", b"\xa0"


def zstd_block(kind, size, content, last):
    return struct.pack("<I", size << 3 | kind << 1 | last)[:3] + content


def zstd(data, window=WINDOW_128_KIB):
    """A frame of raw blocks."""
    parts = [data[i:i + 100000] for i in range(0, len(data), 100000)] or [b""]
    blocks = [zstd_block(0, len(part), part, i == len(parts) - 1) for i, part in enumerate(parts)]
    return ZSTD_MAGIC + b"\0" + window + b"".join(blocks)


def zstd_bomb(mebibytes):
    """A frame of which four bytes each become 128 KiB: a small file, then empty lines without end."""
    blocks = [zstd_block(0, len(PLAIN.encode()), PLAIN.encode(), 0)]
    blocks += [zstd_block(1, 1 << 17, b"\n", 0)] * (8 * mebibytes) + [zstd_block(0, 0, b"", 1)]
    return ZSTD_MAGIC + b"\0" + WINDOW_128_KIB + b"".join(blocks)


def gzip_bomb(mebibytes):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as file:
        file.write(PLAIN.encode())
        for _ in range(mebibytes):
            file.write(b"\n" * (1 << 20))
    return out.getvalue()


# ---- what goes in ---------------------------------------------------------------------------------------------------

def case(name, content, says=(), documents=DOCUMENTS, profile=PROFILE, status=0):
    return name, content.encode() if isinstance(content, str) else content, says, documents, profile, status


def encodings():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        yield case(encoding, PLAIN.encode(encoding))
    yield case("UTF-16 BE with byte order mark", "\ufeff".encode("utf-16-be") + PLAIN.encode("utf-16-be"))
    late = [f"K{i};L{i};31.12.2025;Nagel;1,00" for i in range(40000)] + ROWS
    documents = sorted([(f"K{i}", f"L{i}", "2025-12-31", 100) for i in range(40000)] + DOCUMENTS)
    yield case("Windows-1252 whose first umlaut comes after a megabyte", table(late).encode("cp1252"),
               documents=documents)


def lines():
    yield case("CRLF", table(end="\r\n"))
    yield case("CR", table(end="\r"))
    yield case("mixed line ends", HEADER + "\r\n" + ROWS[0] + "\r" + ROWS[1] + "\n\r\n" + ROWS[2])
    yield case("quotes in the middle", table([r.replace("Dübel", '3" Dübel "lang"') for r in ROWS]))
    yield case("quotes doubled", table([r.replace("Dübel", '"3"" Dübel; ""lang"""') for r in ROWS]))
    yield case("more behind a closed quote", table([r.replace("Dübel", '"3" Dübel') for r in ROWS]))
    yield case("line breaks in quotes", table([r.replace("Dübel", '"Dübel\nlang,\r\nverzinkt"') for r in ROWS]))
    yield case("blanks behind a quoted text of two lines", table([r.replace("Dübel", '"Dübel\nlang"  ') for r in ROWS]))
    yield case("emptied rows", HEADER + "\n;;;;\n" + "\n".join(ROWS) + "\n; ; ;;\n;;;;\n\n", says=["3 lines read"])
    yield case("a delimiter at the end of each row", table([r + ";" for r in ROWS]))
    yield case("two delimiters and a blank at the end of each row", table([r + "; ;" for r in ROWS]))
    for delimiter in "\t|":
        yield case(f"delimiter {delimiter!r}", PLAIN.replace(";", delimiter))
    yield case("quoted throughout, commas", table(['"' + r.replace(";", '","') + '"' for r in ROWS],
                                                  HEADER.replace(";", ",")))


def heads_and_feet():
    yield case("titles above the header", "Umsatzliste 2025\n\nStand: 02.01.2026;Mandant 1;;\n" + PLAIN,
               says=["2 lines above the header left out"])
    yield case("titles above a header in quotes, CRLF, UTF-16",
               ("Umsatzliste, gesamt\r\n" + table(end="\r\n").replace(HEADER, '"' + HEADER.replace(";", '";"') + '"'))
               .encode("utf-16"), says=["1 line above the header left out"])
    yield case("sep=", "sep=;\r\n" + table(end="\r\n"), says=["1 line above the header left out"])
    pages = [ROWS[0], "", HEADER, ROWS[1], HEADER, ROWS[2]]
    yield case("pages with a header each", table(pages), says=["2 repeated header lines left out", "3 lines read"])
    yield case("pages, CRLF, cp1252", table(pages, end="\r\n").encode("cp1252"), says=["2 repeated header lines"])
    yield case("pages with quotes", table([r.replace("Säge", '"Säge"') for r in pages]), says=["2 repeated header lines"])
    yield case("files put together", (table(ROWS[:2]).encode("utf-8-sig") + table(ROWS[2:]).encode("utf-8-sig")),
               says=["1 repeated header line left out"])
    inside = [ROWS[0].replace("Säge", f'"Säge\n{HEADER}\nlang"'), *ROWS[1:]]
    yield case("the words of the header within a text are no header", table(inside))
    for foot in ("Summe;;;;1.299,00", "Gesamt;;;;1.299,00 €", ";;;Gesamtsumme:;1.299,00", "Total", "TOTAL;;;;1.299,00;",
                 "Summe EUR 1.299,00", '"Summe";"";"";"";"1.299,00"', ";;;Summe = ;1.299,00", "Endsumme;1.299,00"):
        yield case(f"foot {foot}", table(ROWS + [foot]), says=["1 line with totals at the end left out", "3 lines read"])
    yield case("two feet, no line end", table(ROWS + ["", ";;;Zwischensumme;1.299,00", ";;;Summe;1.299,00"])[:-1],
               says=["2 lines with totals at the end left out"])
    yield case("a foot before emptied rows", table(ROWS + ["Summe;;;;1.299,00", ";;;;", "", "; ;;;"]),
               says=["1 line with totals at the end left out"])
    yield case("head, pages and foot", "Liste\n" + table(pages + ["Summe;;;;1.299,00"]),
               says=["1 line above the header", "2 repeated header lines", "1 line with totals"])
    yield case("only a header", HEADER + "\n", says=["0 lines read"], documents=[])
    yield case("only a header and a total of nothing", HEADER + "\nSumme;;;;0,00\n", says=["0 lines read"], documents=[])


def amounts():
    def with_amounts(*texts):
        return table([row.rsplit(";", 1)[0] + ";" + text for row, text in zip(ROWS, texts)])

    def of_thousands(mark):
        return with_amounts(f"1{mark}234,56", "-34,56", "99,00")
    for name, mark in (("point", "."), ("blank", " "), ("apostrophe", "'"), ("typographic apostrophe", "\u2019"),
                       ("no-break space", "\u00a0"), ("narrow no-break space", "\u202f"), ("thin space", "\u2009")):
        yield case(f"thousands marked by {name}", of_thousands(mark))
    yield case("thousands marked by comma", with_amounts("1,234.56", "-34.56", "99.00"))
    for text in ("34,56-", "(34,56)", "\u221234,56", "-34,56 €", "-€34,56", "€ -34,56", "(34,56 €)", "34,56 €-",
                 "EUR 34,56-", "-34,56\u202f€", "( 34,56 )", "-34,56EUR", "-34,56 Euro"):
        yield case(f"less than nothing as {text}", with_amounts("1.234,56 €", text, "99,00"))


def dates():
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d.%m.%y", "%d.%m.%Y %H:%M:%S",
                 "%Y-%m-%dT%H:%M:%S"):
        rows = [re.sub(r"(\d\d)\.(\d\d)\.(\d{4})",
                       lambda m: datetime.datetime(int(m[3]), int(m[2]), int(m[1]), 23, 59, 58).strftime(form), row)
                for row in ROWS]
        yield case(f"dates as {rows[0].split(';')[2]}", table(rows), profile=profile(dates=form))
    yield case("German and ISO dates mixed", table([ROWS[0], ROWS[1].replace("31.12.2025", "2025-12-31"), ROWS[2]]))


def packed():
    for name, text in (("UTF-8", PLAIN.encode()), ("UTF-16", PLAIN.encode("utf-16"))):
        yield case(f"gzip, {name}", gzip.compress(text), says=["packed with gzip"])
        yield case(f"zstd, {name}", zstd(text), says=["packed with zstd"])
    half = len(PLAIN) // 2
    first, second = PLAIN[:half].encode(), PLAIN[half:].encode()
    yield case("gzip, two members and padding", gzip.compress(first) + gzip.compress(second) + bytes(512))
    yield case("zstd, two frames and one to skip", zstd(first) + b"\x50\x2a\x4d\x18\3\0\0\0abc" + zstd(second))
    yield case("gzip, an empty member first", gzip.compress(b"") + gzip.compress(PLAIN.encode()))


def documents_of(treue):
    import_id = treue.json("import", "list")[-1]["id"]
    rows = treue.query("SELECT k.number, d.number AS document, d.day, d.total_minor FROM document d JOIN customer_key k"
                       f" ON k.customer_id = d.customer_id WHERE d.import_id = {import_id}")
    return sorted((customer, document, (EPOCH + datetime.timedelta(day)).isoformat(), total)
                  for customer, document, day, total in rows)


def all_that_go_in():
    return itertools.chain(encodings(), lines(), heads_and_feet(), amounts(), dates(), packed())


def each_goes_in(treue, cases, *options):
    """Each file, then it is taken back, so that the next one is as new."""
    check = road.Checks(treue)
    for name, content, says, documents, text, status in cases:
        (treue.folder / "in.csv").write_bytes(content)
        treue.write("profile.yaml", text)
        before = len(check.problems)
        check.expect(status, "import", "purchases", "in.csv", *options, "--lang", "en", says=says)
        if before == len(check.problems):
            found = documents_of(treue)
            if found != documents:
                check.problems.append(f"{found[:4]} instead of {documents[:4]}")
            treue.run("import", "undo")
        check.problems[before:] = [f"{name}: {problem}" for problem in check.problems[before:]]
    return check.problems


def go_in(treue):
    return each_goes_in(treue, all_that_go_in(), *BY_PROFILE)


def go_in_without_a_profile(treue):
    """The same of the same files; asked is only what they do not say, and then nothing goes in."""
    cases = list(all_that_go_in())
    problems = each_goes_in(treue, [one for one in cases if one[0] not in NOT_SAID])
    check, before = road.Checks(treue), treue.json("import", "list")
    for name, content, *_ in [one for one in cases if one[0] in NOT_SAID]:
        (treue.folder / "in.csv").write_bytes(content)
        check.expect(2, "import", "purchases", "in.csv", "--lang", "en", says=NOT_SAID[name])
    if treue.json("import", "list") != before or len(NOT_SAID) + len(before) != len(cases):
        check.problems.append("something went in, or a case of NOT_SAID is none")
    return problems + check.problems


# ---- pipes ----------------------------------------------------------------------------------------------------------

def import_command(treue, path, by_profile=True):
    options = ["--profile", str(treue.folder / "profile.yaml")] if by_profile else []
    return [treue.binary, "--data", str(treue.data), "import", "purchases", str(path), *options, "--lang", "en"]


def pipes(treue):
    problems = []
    treue.write("profile.yaml", PROFILE)
    bad = table(ROWS + [";R3;31.12.2025;Säge;1,00"])
    contents = {"plain": PLAIN.encode(), "gzip": gzip.compress(PLAIN.encode()), "zstd": zstd(PLAIN.encode()),
                "gzip with a bad line": gzip.compress(bad.encode())}
    for (name, content), by_profile in itertools.product(contents.items(), (True, False)):
        done = subprocess.run(import_command(treue, "-", by_profile), input=content, capture_output=True,
                              env=treue.surroundings())
        if done.returncode != (1 if "bad" in name else 0) or documents_of(treue) != DOCUMENTS:
            problems.append(f"through a pipe, {name}, by profile {by_profile}: {done.returncode} {done.stderr} "
                            f"{documents_of(treue)}")
        treue.run("import", "undo")
    fifo = treue.folder / "fifo"
    os.mkfifo(fifo)
    feeder = threading.Thread(target=fifo.write_bytes, args=(contents["zstd"],))
    feeder.start()
    done = subprocess.run(import_command(treue, fifo), capture_output=True, env=treue.surroundings())
    feeder.join()
    if done.returncode or documents_of(treue) != DOCUMENTS:
        problems.append(f"through a named pipe: {done.returncode} {done.stderr}")
    # A mistake is told although the pipe goes on: nobody waits for its end.
    source, sink = os.pipe()
    process = subprocess.Popen(import_command(treue, "-"), stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=treue.surroundings())
    os.close(source)
    try:
        for _ in range(64):
            os.write(sink, (PLAIN + "\0").encode() * 500)
    except BrokenPipeError:
        pass
    _, error = process.communicate(timeout=60)
    os.close(sink)
    if process.returncode != 2 or b"line 5" not in error.lower():
        problems.append(f"a bad pipe that goes on: {process.returncode} {error}")
    left = [path.name for path in (treue.data / "staging").glob("*")]
    return problems + ([f"left in staging: {left}"] if left else [])


# ---- what is refused ------------------------------------------------------------------------------------------------

def refused():
    """name, content, what is said: the whole file is refused."""
    yield "empty", b"", ["holds no line"]
    yield "only a byte order mark", b"\xef\xbb\xbf", ["holds no line"]
    yield "only line ends", b"\r\n\n\r\n", ["holds no line"]
    yield "only blanks, UTF-16", "  \n \n".encode("utf-16"), ["holds no line"]
    yield "a zero byte", (HEADER + "\n" + ROWS[0] + "\n" + ROWS[1] + "\0\n").encode(), ["[Ll]ine 3", "zero byte"]
    yield "a zero byte after a megabyte", table(ROWS * 20000 + ["a;b\0"]).encode(), ["[Ll]ine 60002", "zero byte"]
    yield "zero bytes only", bytes(3000), ["zero byte"]
    yield "a quote that does not close", table([ROWS[0], ROWS[1].replace("Dübel", '"Dübel'), ROWS[2]]).encode(), \
        ["[Ll]ine 3, column 23", "quote"]
    quoted = [row.replace("Säge", '"Säge"').replace("Dübel", '"Dübel') for row in ROWS]
    yield "a quote that does not close, others do", table(quoted * 9).encode(), ["[Ll]ine 3, column 23", "quote"]
    yield "the same, UTF-16", table(quoted).encode("utf-16"), ["[Ll]ine 3, column 23", "quote"]
    yield "the same, packed", gzip.compress(table(quoted).encode()), ["[Ll]ine 3, column 23", "quote"]
    long = [ROWS[0].replace("Säge", '"' + "Säge " * 4_000_000)]
    yield "a quote that does not close within 16 MB", table(long + ROWS).encode(), ["[Ll]ine 2", "16 MB"]
    yield "a first line without end", b"Kunde;" * 300000, ["[Ll]ine 1", "1 MB"]
    yield "half a character", PLAIN.encode("utf-16")[:-1], ["utf-16le"]
    yield "two encodings", table(ROWS).encode() + "Müller;R9;31.12.2025;Säge;1,00\n".encode("cp1252"), \
        ["[Ll]ine 5", "utf-8"]
    yield "gzip cut off", gzip.compress(PLAIN.encode())[:-9], ["gzip", "ends in the middle"]
    yield "gzip of another length", gzip.compress(PLAIN.encode())[:-1] + b"\x77", ["gzip", "damaged"]
    yield "gzip with something behind", gzip.compress(PLAIN.encode()) + b"\0\0x", ["gzip", "damaged"]
    yield "zstd cut off", zstd(PLAIN.encode())[:-5], ["zstd", "ends in the middle"]
    yield "zstd damaged", zstd(PLAIN.encode())[:6] + b"\xff" * 60, ["zstd", "damaged"]
    yield "zstd that takes a gigabyte of memory", zstd(PLAIN.encode(), WINDOW_1_GIB), ["zstd", "128 MB"]
    yield "zstd made to fill disks", zstd_bomb(300), ["zstd", "200 times"]
    yield "gzip made to fill disks", gzip_bomb(100), ["gzip", "200 times"]
    yield "packed twice", gzip.compress(gzip.compress(PLAIN.encode())), ["gzip", "Unpack"]
    for magic, name in ((b"BZh91AY&SY", "bzip2"), (b"\xfd7zXZ\0", "xz"),
                        (b"%PDF-1.7\n", "PDF"), (b"<!DOCTYPE html><html><table>", "HTML"),
                        (b"7z\xbc\xaf\x27\x1c\0", "7z"), (b"Rar!\x1a\7\0", "rar")):
        yield f"no text but {name}", magic + b" " * 100, [name]
    tar = b"in.csv" + bytes(251) + b"ustar  \0" + bytes(247)
    yield "no text but tar", tar, ["tar"]
    yield "a tar in gzip", gzip.compress(tar), ["tar"]
    yield "other columns", b"A;B;C\n1;2;3\n", ["no column", "A, B, C"]


def each_stays_out(treue, cases, *options):
    check = road.Checks(treue)
    for name, content, says in cases:
        (treue.folder / "in.csv").write_bytes(content)
        before = len(check.problems)
        check.expect(2, "import", "purchases", "in.csv", *options, "--lang", "en", says=says,
                     quiet=["Traceback", "runtime error"])
        check.problems[before:] = [f"{name}: {problem}" for problem in check.problems[before:]]
    return check.problems


def stay_out(treue):
    check = road.Checks(treue)
    treue.write("profile.yaml", PROFILE)
    check.problems += each_stays_out(treue, refused(), *BY_PROFILE)
    # Without a profile the same is said; of other columns it is asked which is which.
    check.problems += each_stays_out(treue, [one for one in refused() if one[0] != "other columns"])
    (treue.folder / "folder").mkdir()
    for path, status, says in (("folder", 2, "folder"), ("missing.csv", 2, "missing.csv"), ("/dev/zero", 2, "device"),
                               ("/dev/null", 2, "device"), ("/proc/self/mem", 3, "/proc/self/mem")):
        check.expect(status, "import", "purchases", path, "--profile", "profile.yaml", "--lang", "en", says=[says])
    with open("/dev/null", "rb") as nothing:
        done = subprocess.run(import_command(treue, "-"), stdin=nothing, capture_output=True, env=treue.surroundings())
    if done.returncode != 2 or b"holds no line" not in done.stderr:
        check.problems.append(f"nothing on standard input: {done}")
    for what in [f"SELECT count(*) FROM {name}" for name in ("import", "document", "customer_record")]:
        if treue.query(what) != [(0,)]:
            check.problems.append(f"{what}: {treue.query(what)}")
    return check.problems


# ---- what is refused in part, and repaired --------------------------------------------------------------------------

def rejected():
    """name, rows besides the good ones, encoding, packing, (line, column, words) of the reasons, repair."""
    yield ("ragged rows", ["1;R3;31.12.2025;Säge", "2;R4;31.12.2025;Säge;1,00;2,00", "2;R4;31.12.2025;Säge;3,00"],
           [("5", "", r"fewer columns \(4\)"), ("6", "", r"more columns \(6\)"), ("7", "", "Another line")],
           lambda text: text.replace("Säge\n", "Säge;1,00\n").replace(";2,00", ""), 2)
    yield ("another currency", ["1;R3;31.12.2025;Säge;5,00 USD", "2;R4;31.12.2025;Säge;$3,00"],
           [("5", "Betrag", "other than"), ("6", "Betrag", "other than")],
           lambda text: text.replace(" USD", "").replace("$", ""), 2)
    yield ("no numbers", ["1;R3;31.12.2025;Säge;12,-", "2;R4;31.12.2025;Säge;fünf EUR", "3;R5;31.12.2025;Säge;(-5,00)"],
           [("5", "Betrag", "Not a number"), ("6", "Betrag", "Not a number"), ("7", "Betrag", "Not a number")],
           lambda text: text.replace("12,-", "12").replace("fünf EUR", "5 EUR").replace("(-5,00)", "(5,00)"), 3)
    yield ("totals that might be data", ["Summe;R8;;Säge;7,00", ";;;;1.306,00"],
           [("5", "Datum", "empty|date"), ("6", "Kunde", "empty")],
           lambda text: text.replace("R8;;", "R8;31.12.2025;").replace(";;;;1.306,00\n", ""), 1)
    yield ("totals not at the end", ["Summe;;;;1.299,00", "9;R9;31.12.2025;Säge;7,00"],
           [("5", "Beleg", "empty")], lambda text: text.replace("Summe;;;;1.299,00", "9;R8;31.12.2025;Säge;8,00"), 1)


def reasons_of(path):
    import csv
    with open(str(path).replace(".csv", ".reasons.csv"), encoding="utf-8-sig", newline="") as file:
        return [list(row.values()) for row in csv.DictReader(file, delimiter=";")]


def repairs(treue):
    check = road.Checks(treue)
    treue.write("profile.yaml", PROFILE)
    forms = [("utf-8", "in.csv", bytes), ("cp1252", "in.csv.gz", gzip.compress), ("utf-16", "in.txt.zst", zstd)]
    for (name, rows, reasons, repair, repaired), (encoding, file, pack) in itertools.product(rejected(), forms):
        text = table(ROWS + rows)
        (treue.folder / file).write_bytes(pack(text.encode(encoding)))
        check.expect(1, "import", "purchases", file, "--profile", "profile.yaml", "--lang", "en")
        row = treue.json("import", "list")[-1]
        path, what = pathlib.Path(treue.folder, row["error_file"]), f"{name}, {file}"
        if path.name != f"{row['id']}-in.csv":
            check.problems.append(f"{what}: the error file is called {path}")
        left = [documents for documents in documents_of(treue) if documents in DOCUMENTS]
        if left != DOCUMENTS:
            check.problems.append(f"{what}: {left} of the good documents")
        found = [(r[1], r[4], r[6]) for r in reasons_of(path)]
        if [f[:2] for f in found] != [r[:2] for r in reasons] \
                or not all(re.search(r[2], f[2]) for f, r in zip(found, reasons)):
            check.problems.append(f"{what}: {found} instead of {reasons}")
        plain = path.read_bytes().decode(encoding)
        if not plain.startswith(HEADER + "\n"):
            check.problems.append(f"{what}: the error file begins with {plain[:80]!r}")
        (treue.folder / "repaired.csv").write_bytes(repair(plain).encode(encoding))
        check.expect(0, "import", "purchases", "repaired.csv", "--profile", "profile.yaml")
        new = treue.json("import", "list")[-1]["rows_new"]
        if new != repaired:
            check.problems.append(f"{what}: {new} repaired documents went in instead of {repaired}")
        treue.run("import", "undo")
        treue.run("import", "undo", row["id"])
    return check.problems


if __name__ == "__main__":
    sys.exit(road.run_cases([go_in, go_in_without_a_profile, stay_out, pipes, repairs], "wild", sys.argv[1]))
