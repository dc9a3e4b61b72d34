#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the generated seeds (names that begin with "made_") of the fuzz targets; the others were picked by hand.

usage: make_seeds.py [--write]     without --write: only says whether the committed ones are what would be written

Always the same bytes: no clock, no randomness but that of a fixed start. Mutations of bytes rarely get from nothing to
a whole concept or a sequence of commands that reaches an evaluation; these seeds begin there.
"""
import pathlib
import random
import sys

SEEDS = pathlib.Path(__file__).resolve().parent / "seeds"
DELIMITERS = [b",", b";", b"\t", b"|"]


def csv():
    """Byte 0: delimiter, byte 1: block size; quotes, blanks, line ends and ragged records across block ends."""
    chance = random.Random(1)
    pieces = [b"a", b"12,5", b'"q"', b'"a""b"', b'"x\r\ny"', b'"open', b'mid"dle', b"", b" ", b"\xc3\xa4", b"\0", b"'=1"]
    for number in range(16):
        delimiter, end = number % 4, chance.choice([b"\n", b"\r\n", b"\r"])
        rows = [DELIMITERS[delimiter].join(chance.choice(pieces) for _ in range(chance.randint(1, 9)))
                for _ in range(chance.randint(1, 12))]
        yield f"made_{number:02}", bytes([delimiter, number * 2]) + end.join(rows) + (end if number % 3 else b"")


def decimals():
    """Byte 0: mark, scale; numbers at the ends of what fits, grouped in several ways."""
    texts = ["9223372036854775807", "-9223372036854775808", "9223372036854775808", "1'234'567,89", "1.234.567,89",
             "1,234,567.89", "12-", "(12,50)", "1e5", "0,000000000000000001", "0,0000000000000000005", "+7", "1 234",
             "1\u202f234,5", "\u221212,5", "12 %", "EUR 5", "5 \u20ac", "00012", ",5", "5,", "1.23.456", "-0"]
    for number, text in enumerate(texts):
        yield f"made_{number:02}", bytes([number % 38]) + text.encode()


def dates():
    patterns = ["%d.%m.%Y", "%Y-%m-%d", "%m/%d/%Y", "%d/%m/%y", "%Y%m%d", "%e.%m.%Y", "%Y-%m-%dT%H:%M:%S",
                "%d.%m.%Y %H:%M", "%d-%b-%Y", "%%%d%m%Y", "%Y", ""]
    texts = ["29.02.2024", "2023-02-29", "12/31/1999", "01/01/00", "20251231", "1.01.1900", "2026-11-26T23:59:60",
             "31.12.9999 24:00", "05-Jan-2020", "%01012000", "2020", ""]
    for number, (pattern, text) in enumerate(zip(patterns, texts)):
        yield f"made_{number:02}", f"{pattern}\n{text}".encode()


def criterion(chance):
    metric = chance.choice(["revenue", "orders", "margin", "recency", "active_months", "product_groups", "articles",
                            "revenue_growth", "share_of_wallet", "digital_share", "certified_people", "visits"])
    window = chance.choice(["", "", ", window: 12m", ", window: 4q", ", window: last_year", ", window: all"])
    of = chance.choice(["", "", "", ", of: holz", ", of: trade"])
    compare = chance.choice([f"at_least: {chance.randint(-5, 5000)}", "more_than: 0.05", "less_than: -3.25",
                             "at_most: 90", "between: [0.1, 0.9]", "equals: Dach", "in: [Dach, 7, true]",
                             "at_least: hurdle"])
    more = chance.choice(["", "", ", keep: 180", ", scale: [size]", ", unknown: met", ", measured: true"])
    return f"{{metric: {metric}{of}{window}, {compare}{more}}}"


def concepts():
    """Documents by the grammar: most are refused for what they mean, not for how they are written."""
    chance = random.Random(2)
    for number in range(24):
        lines = ["format: 1", "program: {id: p, name: {de: P}, currency: EUR}", "parameters: {hurdle: 1000}",
                 "segments:"]
        for segment in "ABC"[:chance.randint(1, 3)]:
            lines += [f"  - id: {segment}", f"    name: {{de: {segment}}}", "    for: customers", "    paths:"]
            for path in range(chance.randint(1, 2)):
                lines += [f"      - id: w{path}", "        all:"]
                lines += [f"          - {criterion(chance)}" for _ in range(chance.randint(1, 4))]
                if chance.random() < 0.5:
                    lines += ["        some:", f"          at_least: {chance.randint(0, 3)}", "          of:"]
                    lines += [f"            - {criterion(chance)}" for _ in range(chance.randint(1, 3))]
        lines += ["  - {id: D, name: {de: D}, for: customers, rest: true}",
                  "  - {id: P, name: {de: P}, for: prospects, rest: true}", "mechanics:", "  evaluations:",
                  "    - {id: year, cutoff: 12-31, effective: 02-01, moves: [up, down]}",
                  chance.choice(["  grace: {months: 6}", "  grace: {ends: next_evaluation}", "  grace: none"]),
                  f"  demotion: {{max_steps: {chance.randint(0, 3)}}}"]
        yield f"made_{number:02}.yaml", "\n".join(lines).encode() + b"\n"


def profiles():
    kinds = ["purchases", "customers", "products", "contacts", "certificates", "activities", "visits", "potentials",
             "values", "consents", "merges", "responsibilities"]
    chance = random.Random(3)
    for number, kind in enumerate(kinds):
        columns = ["customer: K", "date: {column: D, format: \"%d.%m.%Y\"}", "amount: U", "person: {column: P}",
                   "value: {constant: 7}", "article: {column: A, prefix: 3}", "name: 2", "kind: {column: K}"]
        chosen = chance.sample(columns, 5)
        text = (f"kind: {kind}\nsource: erp\nfile: {{encoding: windows-1252, delimiter: \";\", decimal: \",\"}}\n"
                f"columns:\n" + "".join(f"  {column}\n" for column in chosen) + "create: [customers]\n")
        yield f"made_{number:02}", text.encode()


def command_lines():
    """Lines of words; each seed is a sequence of calls in one folder."""
    road = "init --currency EUR\nimport purchases p.csv --profile p.yaml\nconcept load c.yaml --release\n"
    run = road + "evaluate --cutoff 2010-11-30 --approve\n"
    texts = ["", "--help", "--version", "help import", "--lang de", "--lang=xx", "--lang", "evalute", "--dat x",
             "init --currency EUR --time-zone Nowhere", "init\ninit", "init --currency=EURO", "-- init",
             road + "evaluate --cutoff 2010-11-30 --format json\nexplain 1 --lang de",
             run + "run show 1 --format csv\nrun repeat 1", run + "customer show 1\ncustomer list --format json",
             run + "export --output out\nverify --deep", run + "analyse abc\nanalyse distribution revenue --bins 5",
             run + "override request 1 --segment A --reason x --to 2011-01-01\noverride approve 1 --actor b",
             run + "appeal file 2 --run 1 --reason zu\twenig\nappeal list", run + "backup b.db\nrestore b.db",
             road + "backtest --concept c.yaml --from 2010-01-31 --every 1m\nsimulate c.yaml --against w",
             road + "consent record 1 --channel email --kind consent --at 2020-01-01\nconsent audience --channel email",
             road + "customer merge 1 2 --from 2010-02-01 --reason same\ncustomer merges",
             "init --currency EUR\nimport purchases p.csv --profile p.yaml --dry-run\nimport list\nimport undo 1",
             "init\nimport customers c.yaml --profile p.yaml\nimport purchases - --profile p.yaml",
             "concept check c.yaml\nconcept diff c.yaml p.yaml\nconcept help", "concept check p.csv --format json",
             "restore p.csv\nverify", "backup ..\nexport --output ..", "--data .. init\n--data .. verify",
             "init --data p.csv\n--data=c.yaml verify", "\t \t", "import " * 20]
    for action in ["import", "concept", "customer", "run", "override", "appeal", "consent", "analyse"]:
        texts.append(f"{action}\n{action} --help\n{action} list\n{action} lst\n{action} show\n{action} list --format x")
    for number, text in enumerate(texts):
        yield f"made_{number:02}", text.encode()


def encodings():
    """Byte 0: encoding, byte 1: size of the pieces; with and without mark, beyond the first plane, halves, odd ends."""
    texts = ["K\u00fc;1\n", "\u20ac", "\U0001f600", "\ufeffa;b", "", "a" * 40]
    for number, text in enumerate(texts):
        yield f"made_{number:02}_1252", b"\0\1" + text.encode("cp1252", "replace")
        yield f"made_{number:02}_le", b"\1\2" + text.encode("utf-16-le")
        yield f"made_{number:02}_be", b"\2\0" + text.encode("utf-16-be")
    for number, content in enumerate([b"\1\0\x00\xd8", b"\1\0\x00\xdca\0", b"\2\0\xd8\x00", b"\1\0abc", b"\0\0\x81"]):
        yield f"made_wrong_{number}", content


def packed():
    """Byte 0: size of the pieces, byte 1: room. Members one after the other, padding, damage, a cut end; frames of
    Zstandard by hand: raw, repeated, with a window that is refused."""
    # As zlib 1.2.13 made them of 40 times "customer;amount\n" and of "a;b\n": other versions may pack otherwise.
    member = bytes.fromhex("1f8b08000000000002034b2e2d2ec9cf4d2db24ecccd2fcd2be14a1ee58ff2e9c8070044ab2f9580"
                           "020000")
    stored = bytes.fromhex("1f8b0800000000000403010400fbff613b620a30a5fe3d04000000")
    raw = bytes.fromhex("28b52ffd2004210000") + b"a;b\n"
    repeated = bytes.fromhex("28b52ffd60001f030100") + b"x"
    wide = bytes.fromhex("28b52ffd00ff010000")
    contents = [member, stored, member + stored, member + bytes(7), member[:-3], member[:30] + b"?" + member[31:],
                member + b"junk", raw, repeated, wide, raw + raw, raw[:-2], b"\x1f\x8b", b"\x28\xb5\x2f\xfd"]
    for number, content in enumerate(contents):
        yield f"made_{number:02}", bytes([number * 3, number]) + content


def mails():
    """Bytes 0 to 3: lengths of address, name, subject, name of the sender; then these, then the text."""
    address, plain = b"karin@kunde.example", [b"Karin Kundin", b"Your access", b"PartnerKreis"]
    umlauts = ["M\u00fcller \u201eQ\u201c".encode(), ("\u00c4" * 30 + " =?utf-8?B?eA==?=").encode(), b"Kreis <x@y.de>"]
    attacks = [b"a\r\nBcc: b@x.de", b"a\nb", b"a\rb", b"a\0b", b"\xff\xfe", b" a", b"a ", b"x" * 250]
    texts = [b"", b"a\n", b".\n..\n", b"a \r\n.\r\nMAIL FROM:<b@x.de>\r\n", b"x" * 200 + b"\n" + b"." * 80,
             "\u00fc".encode() * 60, b"= \t\n \n", b"From me\n"]
    cases = [(address, *plain, texts[1]), (address, *umlauts, texts[5])]
    cases += [(address, attack, *plain[1:], texts[number]) for number, attack in enumerate(attacks)]
    cases += [(address, plain[0], attack, plain[2], texts[0]) for attack in attacks]
    cases += [(address, plain[0], b"", b"", text) for text in texts]
    cases += [(b"a@b.c\r\nBcc: x@y.de", *plain, b""), (b"a@b.c> NOTIFY", *plain, b""), (b"a" * 248 + b"@b.c", *plain, b"")]
    for number, case in enumerate(cases):
        yield f"made_{number:02}", bytes(map(len, case[:4])) + b"".join(case)


TARGETS = {"csv": csv, "mail": mails, "encoding": encodings, "unpack": packed, "decimal": decimals, "date": dates,
           "concept": concepts, "profile": profiles, "cli": command_lines}


def main():
    check, differing, count = sys.argv[1:] != ["--write"], 0, 0
    for target, seeds in TARGETS.items():
        folder = SEEDS / target
        folder.mkdir(parents=True, exist_ok=True)
        wanted = dict(seeds())
        for path in sorted(folder.glob("made_*")):
            if path.name not in wanted:
                differing += 1
                print(f"{path}: nothing makes it")
                if not check:
                    path.unlink()
        count += len(wanted)
        for name, content in wanted.items():
            path = folder / name
            if path.is_file() and path.read_bytes() == content:
                continue
            differing += 1
            print(f"{path}: {'differs' if check else 'written'}")
            if not check:
                path.write_bytes(content)
    print(f"{count - differing} of {count} seeds as they are made")
    return 1 if check and differing else 0


sys.exit(main())
