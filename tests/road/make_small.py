#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes small/: a few hundred purchase lines in the shape of the real file, its profile and concept, and the tables
the oracle expects. Run it again only when the wanted content changes; test_small.py checks that it is up to date.

  make_small.py FOLDER
"""
import csv
import datetime
import io
import json
import pathlib
import random
import sys

import oracle
import road
import wholesale

COLUMNS = ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "CustomerID", "Country")
ARTICLES = [(f"{group}{i:03d}{suffix}", f'{name} {i} "{suffix or "plain"}"', price)
            for group, name, price in (("20", "LAMP", "6.95"), ("21", "FRAME, WOOD", "2.105"), ("22", "CAN", "0.85"),
                                       ("47", "GLASS", "12.75"), ("84", "BELL", "3.333"), ("85", "SIGN", "1.495"))
            for i, suffix in ((1, ""), (2, "B"), (3, "ß"))] + [("M", "Manual", "25.00"), ("POST", "POSTAGE", "18")]
FIRST, LAST = datetime.date(2009, 12, 1), datetime.date(2011, 12, 9)


def small_lines():
    """Rows as in the file, among them lines without customer (rejected), credit notes, zero prices, identical lines."""
    chance = random.Random(20101130)
    rows = []
    invoice = 489434
    for customer in range(1, 37):
        number = str(12345 + customer * customer)
        appetite = chance.choice((1, 2, 2, 3, 6))
        fades = chance.choice((None, None, datetime.date(2011, 3, 1), datetime.date(2010, 9, 1)))
        start = FIRST + datetime.timedelta(days=chance.choice((0, 5, 40, 200, 500, 725)))
        for _ in range(chance.randint(1, 4) * appetite):
            day = start + datetime.timedelta(days=chance.randrange((LAST - start).days + 1))
            if fades and day > fades and chance.random() < 0.8:
                continue
            invoice += 1
            credit = chance.random() < 0.1
            name = f"C{invoice}" if credit else str(invoice)
            lines = []
            for _ in range(chance.randint(1, 2 + appetite)):
                code, text, price = chance.choice(ARTICLES)
                quantity = chance.choice((1, 2, 6, 12, 12, 24)) * (-1 if credit else 1)
                price = "0" if chance.random() < 0.04 else price
                minute = f"{day} {chance.randint(7, 18):02d}:{chance.randint(0, 59):02d}:00"
                lines.append((name, code, text, str(quantity), minute, price, number, "United Kingdom"))
            if chance.random() < 0.1:
                lines.append(lines[0])
            rows += lines
    for i in range(8):
        code, text, price = ARTICLES[i]
        rows.append((str(700000 + i // 2), code, text, "3", f"2010-0{i + 1}-15 10:00:00", price, "", "EIRE"))
    chance.shuffle(rows)
    rows.sort(key=lambda row: row[4][:10])
    return rows


def small_company(rows):
    return road.company_of_lines(
        {"customer": r[6], "document": r[0], "date": datetime.date.fromisoformat(r[4][:10]), "article": r[1],
         "quantity": r[3], "unit_price": r[5], "group": r[1][:2]} for r in rows if r[6])


def expected(rows):
    company = oracle.Company(small_company(rows))
    history = []
    for cutoff, evaluation in wholesale.RUNS:
        history.append(oracle.evaluate(company, wholesale.wholesale(unit=50), datetime.date.fromisoformat(cutoff),
                                       evaluation, history, "wholesale v1", details=False))
    return [run.json for run in history]


def files():
    rows = small_lines()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return {
        "purchases.csv": out.getvalue(),
        "profile.yaml": (road.HERE / "online_retail_profile.yaml").read_text(encoding="utf-8"),
        "concept.yaml": road.to_yaml(wholesale.wholesale(unit=50)),
        "expected.json": json.dumps(expected(rows), ensure_ascii=False, indent=1) + "\n",
    }


def main(folder):
    for name, text in files().items():
        (pathlib.Path(folder) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
