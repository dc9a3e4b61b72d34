#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a bare terminal to the first ladder: treue init, import purchases, concept new, evaluate; at a terminal that asks
and in a pipe that does not. No profile is written, nothing is edited.

  test_first_ladder.py TREUE_BINARY

Verifies R-130 (somebody begins without a manual) and X-03 in part.
"""
import csv
import os
import pathlib
import random
import re
import sys
from fractions import Fraction

import road
import whatif
from road import Checks


class Bare(road.Treue):
    """A data directory without anything, not even init."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.clock = road.absolute(binary), pathlib.Path(folder), road.CLOCK
        self.data, self.environment = self.folder / "data", {}
        if road.postgresql.wanted():
            self.environment["TREUE_DB"] = road.postgresql.fresh_database()


def export(path, customers=200):
    """Two years of an ordinary company: many small customers, few large ones, groups of articles."""
    chance = random.Random(20)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["Kunde", "Beleg", "Datum", "Artikel", "Menge", "Betrag", "Warengruppe"])
        for i in range(customers):
            size = 1 + 4000 // (i + 1)
            for month in range(24):
                if chance.random() < (0.9 if i < 60 else 0.35):
                    year, number = 2024 + month // 12, month % 12 + 1
                    for line in range(1 + min(size // 200, 4)):
                        article = chance.randrange(12)
                        amount = chance.randint(20, 60) * size
                        writer.writerow([f"{10000 + i}", f"{year}{number:02}{i:04}", f"28.{number:02}.{year}",
                                         f"A{article}", chance.randint(1, 9), f"{amount // 100},{amount % 100:02}",
                                         f"G{article % 6}"])
    return path


def revenues(path, first, last):
    """Sums by customer from the file itself."""
    sums = {}
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            day = "-".join(reversed(row["Datum"].split(".")))
            if first <= day <= last:
                sums[row["Kunde"]] = sums.get(row["Kunde"], 0) + Fraction(row["Betrag"].replace(",", "."))
    return sums


def check_ladder(checks, treue, path, share):
    """Three segments, the best about as large as wished, thresholds such as people choose, revenue that fits the file."""
    code, out, error = treue.call("evaluate", "--format", "json")
    if code:
        checks.problems.append(f"evaluate: {error}")
        return
    ladder = road.json.loads(out)
    checks.problems += whatif.first_difference("cut-off", ("2025-12-31", "year"), (ladder["cutoff"], ladder["evaluation"]))
    sums = revenues(path, "2025-01-01", "2025-12-31")
    counts, buying = ladder["counts"], sum(value > 0 for value in sums.values())
    if not 0.6 * share * buying <= counts["A"] <= 1.4 * share * buying or not 0 < counts["B"] < counts["C"]:
        checks.problems.append(f"sizes: {counts} of {buying}")
    if sum(map(Fraction, ladder["revenue"].values())) != sum(sums.values()):
        checks.problems.append(f"revenue: {ladder['revenue']} instead of {float(sum(sums.values()))}")
    best = {row["number"] for row in ladder["customers"] if row["segment"] == "A"}
    threshold = int(re.search(r"metric: revenue, window: 12m, at_least: (\d+)",
                              (treue.folder / "concept.yaml").read_text(encoding="utf-8")).group(1))
    if any(sums[number] < threshold for number in best) or str(threshold).rstrip("0") not in \
            {"1", "12", "15", "2", "25", "3", "4", "5", "6", "8"}:
        checks.problems.append(f"threshold {threshold}: {sorted(float(sums[number]) for number in best)[:5]}")


def at_a_terminal(treue):
    """Four commands, and an answer to each question."""
    checks, path = Checks(treue), export(treue.folder / "export.csv")
    steps = (((), ("init",)), (((r"\[J/n\]", ""),), ("import", "purchases", "export.csv", "--lang", "de")),
             ((("Sprache der Erl", ""), ("Name des Programms", "Unser \"Kreis\""), ("hrung der Betr", ""),
               ("A-Kunden sein", "zwölf"), ("A-Kunden sein", "20"), ("Programmjahr", "1"), ("freigeben", "")),
              ("concept", "new", "--lang", "de")))
    for answers, words in steps:
        status, screen = treue.at_terminal(answers, *words)
        if status:
            checks.problems.append(f"{words}: exit {status}: {screen}")
    for word in ("concept.yaml", "A-Kunden", "31.12.2025", "unser_kreis v1", "treue evaluate"):
        if word not in screen:
            checks.problems.append(f"concept new does not say {word!r}: {screen}")
    status, screen = treue.at_terminal((), "evaluate", "--lang", "de")
    if status or "A-Kunden" not in screen:
        checks.problems.append(f"evaluate: exit {status}: {screen}")
    check_ladder(checks, treue, path, 0.2)
    checks.expect(0, "concept", "check", treue.folder / "concept.yaml", says=(r"\b4 ", r"\b0 "))
    text = (treue.folder / "concept.yaml").read_text(encoding="utf-8")
    if "# keep: wer" not in text or 'de: "Unser \\"Kreis\\""' not in text:
        checks.problems.append(f"the file is {text}")
    return checks.problems


def in_a_pipe(treue):
    """The same without anybody to ask: nothing is loaded unless told, nothing is replaced, options count."""
    checks, path = Checks(treue), export(treue.folder / "export.csv")
    checks.expect(2, "concept", "new", says=("treue init",))
    checks.expect(0, "init", "--currency", "CHF")
    checks.expect(2, "concept", "new", "--lang", "en", says=("No documents",))
    checks.expect(2, "evaluate", "--lang", "en")
    checks.expect(0, "import", "purchases", path)
    checks.expect(2, "concept", "new", "--a-share", "99", says=("--a-share",))
    checks.expect(2, "concept", "new", "--currency", "EUR", says=("CHF",))
    checks.expect(0, "concept", "new", "--lang", "en", says=("concept load concept.yaml --release", "A customers"))
    checks.expect(2, "evaluate")
    checks.expect(2, "concept", "new", says=("concept.yaml", "--force"))
    first = (treue.folder / "concept.yaml").read_bytes()
    checks.expect(0, "concept", "new", "--lang", "en", "--force")
    if (treue.folder / "concept.yaml").read_bytes() != first:
        checks.problems.append("the second file differs from the first")
    checks.expect(0, "concept", "new", "--lang", "en", "--force", "--load", "--name", "Circle", says=("circle v1",))
    if b"# keep: who" not in (treue.folder / "concept.yaml").read_bytes():
        checks.problems.append("the comments are not English")
    check_ladder(checks, treue, path, 0.1)
    checks.expect(0, "concept", "new", "other.yaml", "--year-starts", "7", "--a-share", "5", "--b-share", "10")
    checks.expect(0, "concept", "check", "other.yaml", says=(r"\b0 ",))
    if "cutoff: 06-30" not in (treue.folder / "other.yaml").read_text(encoding="utf-8"):
        checks.problems.append("the program year does not end with June")
    return checks.problems


def short_data(treue):
    """Three months of a new company: no scheduled cut-off lies in them, and the ladder is made all the same."""
    checks = Checks(treue)
    rows = "".join(f"{i};{i}{m};0{m}.0{m}.2025;A;1;{100 * (i + 1)},00;G\n" for i in range(20) for m in (2, 3, 4))
    path = treue.write("export.csv", "Kunde;Beleg;Datum;Artikel;Menge;Betrag;Warengruppe\n" + rows)
    few = treue.write("few.csv", "Kunde;Beleg;Datum;Artikel;Menge;Betrag;Warengruppe\nx;1;01.04.2025;A;1;5,00;G\n")
    checks.expect(0, "init", "--currency", "EUR")
    checks.expect(0, "import", "purchases", few)
    checks.expect(2, "concept", "new", "--lang", "en", says=("Only 1 customer has", "2025-04-30"))
    checks.expect(0, "import", "purchases", path)
    checks.expect(0, "concept", "new", "--load")
    ladder = road.json.loads(checks.expect(0, "evaluate", "--format", "json"))
    checks.problems += whatif.first_difference("cut-off", "2025-04-30", ladder["cutoff"])
    # The third of 21 has 5,400: the nearest round number is 5,000, which four reach.
    checks.problems += whatif.first_difference("sizes", {"A": 4, "B": 3, "C": 14, "P": 0}, ladder["counts"])
    return checks.problems


def online_retail(treue):
    """A real export, packed as it is."""
    folder = pathlib.Path(os.environ.get("TREUE_TEST_DATA", pathlib.Path(__file__).resolve().parents[2] / ".." / "shared"))
    packed = (folder / "data" / "online_retail.csv.gz").resolve()
    if not packed.exists():
        road.leave_out("online_retail", f"{packed} is not there: set TREUE_TEST_DATA")
        return []
    checks = Checks(treue)
    checks.expect(0, "init")
    checks.expect(1, "import", "purchases", packed, "--lang", "en", says=("packed with gzip", "235,287 lines in them"))
    checks.expect(0, "concept", "new", "--load", "--currency", "GBP", "--name", "Wholesale")
    ladder = road.json.loads(checks.expect(0, "evaluate", "--format", "json"))
    counts = ladder["counts"]
    if not 0 < counts["A"] < counts["B"] < counts["C"]:
        checks.problems.append(f"sizes: {counts}")
    checks.expect(0, "doctor", says=("treue",))
    print(f"    online retail: {ladder['cutoff']} {counts} {ladder['revenue']}")
    return checks.problems


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(road.run_cases((at_a_terminal, in_a_pipe, short_data, online_retail), "first", sys.argv[1], make=Bare))
