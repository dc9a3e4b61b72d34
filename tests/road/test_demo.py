#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo company: usage: test_demo.py TREUE_BINARY

R-080 (one ladder for customers and prospects): every customer and prospect stands in exactly one segment; sizes and
revenues are those the demo concept names, within 2 percent.
R-093 (groups are earned): only criteria move customers; the one override stays within its share and says so.
R-010 (dimensions): revenue, customer value, potential and loyalty come in with their source and dates.
R-117 (share of wallet): 84,000 of 140,000 euros are 60.0 percent, and equality meets "at least".
R-027 (competitors' shares): our own share and the competitors' make 100 percent, and ours is what the invoices say.
R-091 (possibilities of the customer): a small company has 0.6 of the threshold, and the explanation shows both.
R-019 (visits by segment) and R-026 (falling revenue): the data are there: visits by frequency, an early warning.
R-082 (prospects): one becomes a customer with the first order and keeps number and history.
R-130 (example programs): the demo company is removed, with nothing else, and loaded again as it was.
R-004 (years side by side): after three years and three approved evaluations a customer's history shows each.
Twelve customers show one rule each, in German and in English. Two demos are byte-identical in every list.
"""
import csv
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from fractions import Fraction

from demo_stories import STORIES

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgresql  # noqa: E402  (needs the path above)

SIZES = {"A": 42, "B": 118, "C": 260, "P": 180}
REVENUES = {"A": 11_800_000, "B": 8_400_000, "C": 4_400_000}
CUTOFF = "2025-12-31"
failures = []


def expect(good, what):
    print(("ok: " if good else "FAILED: ") + what)
    if not good:
        failures.append(what)


class Demo:
    """A folder with the demo company in it, and the program to ask about it."""

    def __init__(self, binary, folder, locale):
        self.binary, self.folder = binary, folder
        # The clock stands still: what a list says of today is the same for all demos.
        self.environment = dict(os.environ, LC_ALL="C", TREUE_CLOCK="2026-01-20T09:00:00Z")
        if postgresql.wanted():
            self.environment["TREUE_DB"] = postgresql.fresh_database()
        started = time.monotonic()
        done = subprocess.run(["sh", str(ROOT / "demo" / "demo.sh"), binary, str(folder)],
                              env=dict(self.environment, LC_ALL=locale),
                              capture_output=True, text=True, encoding="utf-8")
        print(f"demo in {folder.name}, {locale}: {time.monotonic() - started:.1f} s")
        expect(done.returncode == 0, f"demo.sh ends with 0 {done.stdout[-300:] + done.stderr[-300:] if done.returncode else ''}")
        self.said = done.stdout

    def run(self, *arguments):
        return subprocess.run([self.binary, "--data", str(self.folder / "data"), *arguments], env=self.environment,
                              capture_output=True, text=True, encoding="utf-8", check=True).stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))

    def rows(self, name, encoding="utf-8", delimiter=";"):
        """The rows of a kind of file, all deliveries."""
        result = []
        for path in sorted((self.folder / "files").glob(f"*/{name}")):
            with open(path, encoding=encoding, newline="") as file:
                result += csv.DictReader(file, delimiter=delimiter)
        return result

    def digests(self):
        files = self.folder / "files"
        return {str(path.relative_to(files)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(files.rglob("*")) if path.is_file()}


def lists(demo):
    """Everything that can be exported, by the command that does."""
    commands = [("evaluate", "--cutoff", cutoff, "--dry-run", "--format", form)
                for cutoff in ("2024-12-31", "2025-06-30", CUTOFF) for form in ("json", "csv", "table")]
    commands += [(what, "list", "--format", form) for what in ("import", "override") for form in ("json", "table")]
    commands += [("concept", "list"), ("concept", "show", "1")]
    stricter = str(demo.folder / "files" / "partnerkreis-plus-10.yaml")
    for form in ("json", "csv", "table"):
        commands += [("run", "list", "--format", form),
                     ("analyse", "abc", "--cutoff", CUTOFF, "--format", form),
                     ("analyse", "risk", "--cutoff", CUTOFF, "--format", form),
                     ("analyse", "distribution", "revenue", "--cutoff", CUTOFF, "--format", form),
                     ("simulate", "--concept", stricter, "--cutoff", CUTOFF, "--format", form),
                     ("backtest", "--concept", "1", "--from", "2024-03-31", "--to", CUTOFF, "--every", "3m", "--format", form)]
        commands += [("consent", "list", "--format", form),
                     ("consent", "audience", "--channel", "email", "--segment", "A", "--skipped", "--format", form)]
    commands += [("export", "consents"), ("consent", "show", "P10001-1")]
    for number, *_ in STORIES:
        commands += [("--lang", "de", "explain", str(number)), ("--lang", "en", "explain", str(number)),
                     ("explain", str(number), "--format", "json")]
    return {" ".join(command).replace(str(demo.folder), ""): demo.run(*command) for command in commands}


def amount(text):
    return Fraction(text.replace(".", "").replace(",", "."))


def check_ladder(demo):
    run = demo.json("evaluate", "--cutoff", CUTOFF, "--dry-run")
    expect(len(run["customers"]) == run["customers_evaluated"] == sum(run["counts"].values()) == 600,
           "R-080 (one ladder for customers and prospects): 600 stand in exactly one segment each")
    expect(len({row["number"] for row in run["customers"]}) == 600, "nobody twice")
    for segment, size in SIZES.items():
        found = run["counts"][segment]
        expect(abs(found - size) * 50 <= size, f"{segment}: {found} customers, wanted {size}")
    for segment, revenue in REVENUES.items():
        found = Fraction(run["revenue"][segment])
        expect(abs(found - revenue) * 50 <= revenue, f"{segment}: {float(found):,.2f} EUR, wanted {revenue:,}")
    decisions = set(run["decisions"])
    expect(decisions >= {"new", "unclassified", "suspended", "override", "promote", "stay", "kept", "grace"},
           f"the ladder moves: {sorted(decisions)}")
    granted = [row["number"] for row in run["customers"] if row["decision"] == "override"]
    expect(granted == ["10012"] and len(granted) * 20 <= run["counts"]["A"],
           f"R-093 (groups are earned): one override, at most 5 % of A: {granted}")
    return run


def check_stories(demo):
    for number, cutoff, check, words in STORIES:
        why = demo.json("explain", str(number), "--cutoff", cutoff)
        problems = check(why)
        expect(not problems, f"{number}: {check.__doc__} {problems}")
        for language in ("de", "en"):
            said = demo.run("--lang", language, "explain", str(number), "--cutoff", cutoff)
            lacking = [word for word in words[language] if word not in said]
            expect(not lacking, f"{number} in {language}: {lacking or words[language]}")
    risk = {row["number"]: row for row in demo.json("analyse", "risk", "--cutoff", CUTOFF)["at_risk"]}
    expect("10010" in risk and Fraction(risk["10010"]["last_three_months"]) < Fraction(risk["10010"]["year_before"]),
           f"R-026 (falling revenue): the customer in decline is named: {risk.get('10010')}")
    why = demo.json("explain", "10006")
    expect([past["cutoff"] for past in why["history"]] == [CUTOFF, "2025-06-30", "2024-12-31"],
           "R-004 (years side by side): the history shows each evaluation")


def check_shares(demo):
    bought = {}
    for row in demo.rows("purchases.csv"):
        if row["Datum"].endswith("2025"):
            key = (row["Kunde"], row["Artikel"][:2])
            bought[key] = bought.get(key, 0) + amount(row["Nettobetrag"])
    rows = [row for row in demo.rows("potentials.csv", delimiter="\t") if row["Anteil Musterwerk"]]
    columns = [name for name in rows[0] if name.startswith("Anteil")]
    sums = {sum(amount(row[name].rstrip(" %")) for name in columns) for row in rows}
    expect(sums == {100}, f"R-027 (competitors' shares): {len(rows)} rows, each with 100 % altogether {sums}")
    wrong = []
    for row in rows:
        if row["Gültig ab"].endswith("2025"):
            ours = bought.get((row["Kunde"], row["Warengruppe"]), 0)
            said = amount(row["Anteil Musterwerk"].rstrip(" %"))
            if abs(Fraction(ours * 100) / amount(row["Jahresbedarf"]) - said) > Fraction(1, 20):
                wrong.append((row["Kunde"], row["Warengruppe"], float(ours), row["Jahresbedarf"], float(said)))
    expect(not wrong, f"R-027 (competitors' shares): our share is what the invoices say {wrong[:3]}")


def check_data(demo, run):
    imports = demo.json("import", "list")
    expect({entry["kind"] for entry in imports} == {"customers", "products", "purchases", "contacts", "responsibilities",
                                                    "potentials", "certificates", "activities", "visits", "values",
                                                    "consents"},
           "R-010 (dimensions): all kinds came in")
    expect(all(entry["rows_rejected"] == 0 and entry["lines_rejected"] == 0 for entry in imports), "nothing was rejected")
    names = {(row["name"], row["valid_from"]) for row in demo.rows("values.csv", delimiter=",")}
    expect(names == {(name, day) for name in ("customer_value", "loyalty_index") for day in ("2024-12-31", CUTOFF)},
           "R-010 (dimensions): customer value and loyalty of two year ends")
    segments = {row["number"]: row["segment"] for row in run["customers"]}
    visits = {}
    for row in demo.rows("visits.csv", "cp1252"):
        if row["Datum"].endswith("2025"):
            segment = segments[row["Kunde"]]
            visits[segment] = visits.get(segment, 0) + 1
    each = {segment: visits[segment] / size for segment, size in SIZES.items()}
    expect(10 <= each["A"] <= 12.5 and 5 <= each["B"] <= 6.5 and .6 <= each["C"] <= 1.2 and 1 <= each["P"] <= 3,
           f"R-019 (visits by segment): {', '.join(f'{s} {n:.1f}' for s, n in sorted(each.items()))} a year")
    people = {}
    for row in demo.rows("contacts.csv"):
        people.setdefault(row["Personennr"], set()).add(row["Kunde"])
    per_customer = {}
    for customers in people.values():
        for number in customers:
            per_customer[number] = per_customer.get(number, 0) + 1
    expect(len(per_customer) == 600 and 1 <= min(per_customer.values()) and max(per_customer.values()) <= 5,
           "every customer has one to five contacts")
    expect(sum(1 for customers in people.values() if len(customers) > 1) >= 3, "some people serve two companies")


def check_consents(demo):
    """X-05 (consent and objection): whom a message reaches, and that 10009 is reached by no digital way."""
    latest = {}
    for row in sorted(demo.rows("consents.csv"), key=lambda row: row["Zeitpunkt"][6:10] + row["Zeitpunkt"][3:5] +
                      row["Zeitpunkt"][:2] + row["Zeitpunkt"][11:]):
        if row["Kanal"] == "email":
            latest.setdefault(row["Person"], []).append(row["Art"])
    objected = {person for person, kinds in latest.items() if "Widerspruch" in kinds and
                "Widerspruch aufgehoben" not in kinds}
    found = demo.json("consent", "audience", "--channel", "email", "--skipped")
    reached, skipped = {row["person"] for row in found["contacts"]}, {}
    for row in found["skipped"]:
        skipped.setdefault(row["reason"], set()).add(row["person"])
    parts = [demo.json("consent", "audience", "--channel", "email", "--segment", segment)["contacts"] for segment in SIZES]
    expect({row["person"] for rows in parts for row in rows} <= reached and all(parts), "each segment has its audience")
    expect(len(reached) > 300 and len(objected) > 20 and not reached & objected and objected == skipped["objection"],
           f"X-05 (objection): {len(reached)} people reached, none of {len(objected)} who objected")
    expect(all(skipped.get(reason) for reason in ("no_consent", "withdrawn", "pending", "incomplete")),
           f"every reason occurs: { {reason: len(people) for reason, people in skipped.items()} }")
    for channel in ("email", "portal"):
        found = demo.json("consent", "audience", "--channel", channel, "--customer", "10009", "--skipped")
        expect(found["contacts"] == [] and {row["reason"] for row in found["skipped"]} == {"no_consent"},
               f"10009 is not reached by {channel}: a task for the representative")


def remove(demo):
    return subprocess.run(["sh", str(ROOT / "demo" / "demo.sh"), "--remove", str(demo.folder)], capture_output=True,
                          env=dict(demo.environment, LC_ALL="de_DE.UTF-8"), text=True, encoding="utf-8")


def check_removal(binary, demo):
    """R-130 (example programs)."""
    before, runs = demo.digests(), demo.run("run", "list", "--format", "json")
    mine = demo.folder / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    done = remove(demo)
    expect(done.returncode == 0 and "entfernt" in done.stdout and sorted(demo.folder.iterdir()) == [mine],
           f"R-130 (example programs): removed, and nothing else: {done.stdout}")
    done = remove(demo)
    expect(done.returncode == 0 and "keine Musterfirma" in done.stdout, f"nothing is left to remove: {done.stdout}")
    again = Demo(binary, demo.folder, "de_DE.UTF-8")
    expect(again.digests() == before and again.run("run", "list", "--format", "json") == runs,
           "R-130 (example programs): loaded again it is the same")
    mine.unlink()
    expect(remove(again).returncode == 0 and not demo.folder.exists(), "an empty folder goes, too")


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        one = Demo(binary, pathlib.Path(folder) / "one", "de_DE.UTF-8")
        two = Demo(binary, pathlib.Path(folder) / "two", "C")
        expect(one.digests() == two.digests(), "two demos deliver the same files")
        exported, again = lists(one), lists(two)
        differ = [command for command in exported if exported[command] != again[command]]
        expect(not differ, f"two demos are byte-identical in {len(exported)} lists {differ}")
        expect(all(word in one.said for word in ("PartnerKreis Exzellenz", "Verlauf", "Zum Weiterprobieren")),
               "the demo shows the ladder and an explained customer in German")
        expect(all(word in two.said for word in ("PartnerKreis Excellence", "History", "Where to look further")),
               "and in English")
        check_stories(one)
        check_data(one, check_ladder(one))
        check_shares(one)
        check_consents(one)
        check_removal(binary, one)
    print(f"{'0 passed, %d failed' % len(failures) if failures else 'demo: 1 passed, 0 failed'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
