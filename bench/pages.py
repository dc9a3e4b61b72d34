#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How fast pages are where there is much: 50,000 customers, 200,000 contacts, 18 million lines, index warm. What counts
is the server's own time of an answer, as its log tells it. Part of run.py; alone:

  pages.py TREUE FILE.csv      FILE.csv: generate --lines 18000000 --customers 50000
"""
import csv
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
for name in ("http", "road"):
    sys.path.insert(0, str(HERE.parent / "tests" / name))

import house as houses  # noqa: E402
import road  # noqa: E402

CUSTOMERS, CONTACTS_EACH, ASKED = 50000, 4, 200
CLOCK = "2026-02-02T09:00:00Z"
# What is asked for, the path, and the most milliseconds of 95 in 100 answers.
PAGES = [("customer list, two filters and an order", "/customers?filter=segment:B&filter=city:{city}&sort=-revenue",
          40),
         ("dossier", "/customers/{customer}", 25), ("start page", "/", 40), ("ladder", "/ladder", 20),
         ("search as you type", "/search?q={typed}", 15)]
AFTER, AFTER_MS, ENTRIES = "ladder, the first after a visit was reported", 100, 20
CITIES = ["München", "Ulm", "Köln", "Berlin", "Hamburg", "Bremen", "Leipzig", "Graz", "Zürich", "Bozen"]
WORDS = ["Haustechnik", "Sanitär", "Klima", "Energie", "Heizung", "Bad", "Elektro", "Lüftung"]
NAMES = ["Brandl", "Huber", "Müller", "Schäfer", "Weiß", "Lechner", "Oswald", "Mayr", "Hölzl", "Krüger"]


def numbers_of(path):
    found = set()
    with open(path, encoding="utf-8", newline="") as file:
        place = next(csv.reader(file)).index("customer")
        for line in file:
            found.add(line.split(",", place + 1)[place])
            if len(found) == CUSTOMERS:
                break
    return sorted(found)


def make_company(binary, path, folder):
    """Imported, evaluated twice and approved; anew each time, as what is measured adds to it."""
    shutil.rmtree(folder, ignore_errors=True)
    company = folder / "company"
    company.mkdir(parents=True)
    treue = road.Treue(binary, company, clock=CLOCK, on_server=False)
    dice, numbers = random.Random(7), numbers_of(path)
    treue.import_rows("customers", "customers", ["number", "name", "city", "kind", "since", "territory", "trade"], [
        {"number": n, "name": f"{dice.choice(WORDS)} {dice.choice(NAMES)} {n}", "city": dice.choice(CITIES),
         "kind": "customer", "since": "2019-01-01", "territory": f"T{dice.randrange(60)}", "trade": dice.choice(WORDS)}
        for n in numbers])
    treue.run("import", "purchases", path, "--profile", HERE / "profile.yaml")
    treue.import_rows("contacts", "contacts", ["customer", "name", "role", "level"], [
        {"customer": n, "name": f"{dice.choice(NAMES)} {n} {i}", "role": "Einkauf", "level": dice.choice(WORDS)}
        for n in numbers for i in range(CONTACTS_EACH)])
    treue.import_rows("potentials", "potentials", ["customer", "product_group", "amount", "valid_from"], [
        {"customer": n, "product_group": f"A{group:02}", "amount": dice.randrange(1000, 90000),
         "valid_from": "2025-01-01"}
        for n in numbers for group in range(2)])
    treue.import_rows("visits", "visits", ["customer", "date", "rep", "kind"], [
        {"customer": n, "date": f"2025-{dice.randrange(1, 13):02}-11", "rep": "anna", "kind": "talk"} for n in numbers])
    treue.import_rows("responsibilities", "reps", ["customer", "territory", "responsible", "role", "valid_from"], [
        {"territory": f"T{t}", "responsible": f"rep{t}", "role": "rep", "valid_from": "2020-01-01"} for t in range(60)])
    treue.run("concept", "load", HERE / "concept.yaml", "--release")
    for year in (2024, 2025):
        treue.run("evaluate", "--cutoff", f"{year}-12-31", "--evaluation", "year", "--approve")
    return treue


def asked_of(browser, log, path, places):
    """Milliseconds of the server for each of ASKED answers, and what the slowest asked for."""
    before = log.stat().st_size
    for place in places:
        answer = browser.ask(path.format(**place))
        if answer.status != 200:
            raise SystemExit(f"bench: {path}: {answer.line} {answer.body[:300]}")
    with open(log, encoding="utf-8") as file:
        file.seek(before)
        lines = [json.loads(line) for line in file]
    return sorted(line["us"] / 1000 for line in lines if line.get("event") == "request" and line["status"] == 200)


def after_entries(browser, log, ids):
    """Milliseconds of the first answers after entries, which make rows in memory anew."""
    times = []
    for place in range(ENTRIES):
        path = f"/customers/{ids[place]}/visits/new"
        key = re.search(rb'name="entry_key" value="([0-9a-f]{32})"', browser.ask(path).body).group(1).decode()
        answer = browser.post(path, {"entry_key": key, "date": "2026-01-15", "topics": "Angebot"})
        if answer.status != 303:
            raise SystemExit(f"bench: {path}: {answer.line} {answer.body[:300]}")
        times += asked_of(browser, log, "/ladder", [{}])
    return sorted(times)


def measure(binary, path, folder):
    binary, path, folder = str(pathlib.Path(binary).resolve()), pathlib.Path(path).resolve(), pathlib.Path(folder)
    house = houses.House.__new__(houses.House)
    house.treue = make_company(binary, path, folder)
    house.folder, house.clock, house.server, house.links = house.treue.folder, CLOCK, None, {}
    house.log = folder / "server.log"
    house.add("chef", "owner", "Chef")
    dice, result = random.Random(11), {}
    with house.serving():
        browser = house.complete("chef")
        first = browser.json("/ladder").json()
        ids = [row["id"] for row in browser.json("/customers?sort=-revenue").json()["rows"]]
        for letter in WORDS:
            found = browser.json(f"/customers?q={urllib.parse.quote(letter[:4])}&sort=revenue").json()
            ids += [row["id"] for row in found["rows"]]
        result[AFTER] = (after_entries(browser, house.log, ids), AFTER_MS)
        for what, page, most in PAGES:
            places = [{"city": "K%C3%B6ln" if dice.randrange(2) else "Ulm", "customer": dice.choice(ids),
                       "typed": dice.choice(NAMES + WORDS).lower().encode().decode("latin-1")[:dice.randrange(1, 6)]}
                      for _ in range(ASKED)]
            for place in places:
                place["typed"] = re.sub("[^a-z]", "", place["typed"]) or "h"
            asked_of(browser, house.log, page, places[:5])
            result[what] = (asked_of(browser, house.log, page, places), most)
        result["memory_kb"] = house.server.memory_kb()
    house.log.unlink()
    result["customers"] = first["customers"]
    return result


def rows(result):
    for what, most in [(what, most) for what, _, most in PAGES] + [(AFTER, AFTER_MS)]:
        times = result[what][0]
        late = times[int(len(times) * 0.95)]
        yield (f"{what}: {result['customers']:,} customers, 18,000,000 lines, index warm", f"p95 <= {most} ms",
               f"{late:.1f} ms (median {times[len(times) // 2]:.1f} ms)", late, "", late <= most)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as temporary:
        found = measure(sys.argv[1], sys.argv[2], temporary)
        for line in rows(found):
            print(*line, sep=" | ")
        print(f"{found['memory_kb'] / 1024:.0f} MiB")
