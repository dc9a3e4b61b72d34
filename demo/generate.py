#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The fictional company Musterwerk Klimasysteme GmbH: customers, prospects, products, three years of invoices.

usage: generate.py FOLDER [SEED]

Writes customers.csv (Windows-1252), products.csv, purchases.csv, potentials.csv, values.csv, the import profiles and
the program partnerkreis.yaml into FOLDER. The same seed always gives the same bytes; nothing depends on the clock.

Every customer follows a plan: the part he plays in the program (ROLES), his size and his revenue per half-year. The
plans are balanced so that the program of this folder finds 42 A, 118 B and 260 C customers with about 11.8, 8.4 and
4.4 million euros, and 180 prospects. Invoices are then made that add up to the plans.
"""
import csv
import datetime
import pathlib
import random
import shutil
import sys

import vocabulary

HALVES = [(datetime.date(year, first, 1), datetime.date(year, last, day))
          for year in (2023, 2024, 2025) for first, last, day in ((1, 6, 30), (7, 12, 31))]
FACTORS = {"S": 0.6, "M": 1.0, "L": 1.5}
PROSPECTS = 180
# A little more than wanted: credit notes take about 0.2 percent back.
REVENUE_TARGETS = {"A": 11_830_000, "B": 8_420_000, "C": 4_410_000}
FIRST_CUSTOMER, FIRST_PROSPECT = 10001, 20001
# Role: how many, segment after the evaluation of 2025-12-31, revenue per half-year relative to `base` (None: a steady
# plan between the two bounds of `steady`), threshold the role is about.
A, B = 120_000, 40_000
ROLES = {
    "a_steady":     {"count": 28, "segment": "A", "steady": (140_000, 1_000_000)},
    "a_kept":       {"count": 3, "segment": "A", "base": A, "halves": (.50, .53, .56, .56, .50, .42)},
    "a_grace":      {"count": 3, "segment": "A", "base": A, "halves": (.52, .55, .56, .56, .46, .34)},
    "a_specialist": {"count": 3, "segment": "A", "base": 84_000, "halves": (.47, .48, .49, .50, .50, .50)},
    "a_june":       {"count": 3, "segment": "A", "base": A, "halves": (.33, .36, .40, .46, .66, .70)},
    "a_december":   {"count": 2, "segment": "A", "base": A, "halves": (.32, .36, .38, .42, .50, .60)},
    "b_steady":     {"count": 84, "segment": "B", "steady": (44_500, 108_000)},
    "b_one_step":   {"count": 4, "segment": "B", "base": 130_000, "halves": (.44, .45, .46, .48, .50, .51)},
    "b_unshared":   {"count": 3, "segment": "B", "base": 128_000, "halves": (.52, .52, .51, .51, .50, .50)},
    "b_kept":       {"count": 6, "segment": "B", "base": B, "halves": (.52, .54, .56, .56, .50, .43)},
    "b_grace":      {"count": 5, "segment": "B", "base": B, "halves": (.52, .55, .56, .56, .46, .34)},
    "b_specialist": {"count": 5, "segment": "B", "base": 29_000, "halves": (.46, .47, .49, .49, .50, .50)},
    "b_june":       {"count": 4, "segment": "B", "base": B, "halves": (.30, .33, .36, .44, .66, .70)},
    "b_december":   {"count": 3, "segment": "B", "base": B, "halves": (.30, .34, .38, .42, .50, .60)},
    "b_newcomer":   {"count": 4, "segment": "B", "base": B, "halves": (0, 0, .14, .50, .48, .47)},
    "c_steady":     {"count": 192, "segment": "C", "steady": (900, 34_000)},
    "c_declining":  {"count": 20, "segment": "C", "base": 24_000, "halves": (.50, .48, .42, .38, .28, .16)},
    "c_narrow":     {"count": 8, "segment": "C", "base": 52_000, "halves": (.48, .48, .49, .49, .50, .50)},
    "c_newcomer":   {"count": 12, "segment": "C", "base": 14_000, "halves": (0, 0, 0, .20, .40, .45)},
    "c_first":      {"count": 7, "segment": "C", "base": 1_800, "halves": (0, 0, 0, 0, 0, 1)},
    "c_converted":  {"count": 6, "segment": "C", "base": 9_000, "halves": (0, 0, 0, 0, 0, 1)},
    "c_lost":       {"count": 15, "segment": "C", "base": 16_000, "halves": (.50, .40, .30, .10, 0, 0)},
}
# The customers people talk about: the first numbers, (role, size, what stands out).
STORIES = [
    ("a_steady", "L", {}),
    ("a_kept", "M", {"wobble": 1}),                # 110,000: kept by the easier threshold
    ("a_grace", "M", {"wobble": 1}),               # 96,000: first miss
    ("a_specialist", "M", {}),                     # few groups, but nearly everything from us
    ("a_june", "M", {}),
    ("b_one_step", "S", {"sow": .575}),            # only one product group short of A
    ("b_steady", "L", {"sow": .18, "rank": .6}),   # large potential elsewhere
    ("b_steady", "S", {"rank": .005}),             # 27,000 are enough for a small company
    ("c_steady", "M", {"newsletter": "nein"}),
    ("c_declining", "M", {}),
    ("c_converted", "M", {}),
    ("b_newcomer", "M", {}),
]


class Dice:
    """Only random() is used: its sequence is the same in every Python."""

    def __init__(self, seed):
        self.next = random.Random(seed).random

    def below(self, n):
        return int(self.next() * n)

    def between(self, low, high):
        return low + (high - low) * self.next()

    def pick(self, items):
        return items[self.below(len(items))]

    def pick_weighted(self, pairs):
        rest = self.next() * sum(weight for _, weight in pairs)
        for item, weight in pairs:
            rest -= weight
            if rest < 0:
                return item
        return pairs[-1][0]

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]

    def day(self, first, last):
        """A working day."""
        day = first + datetime.timedelta(days=self.below((last - first).days + 1))
        late = day + datetime.timedelta(days=2) > last
        while day.weekday() > 4:
            day += datetime.timedelta(days=-1 if late else 1)
        return day


def split_steady(revenue, growth):
    """Half-years that grow evenly, so that any twelve months stand `growth` above the twelve before."""
    q = (1 + growth) ** 0.5
    last = revenue / (1 + 1 / q)
    return [last / q ** (5 - k) for k in range(6)]


def make_plans(dice):
    plans = [{"role": role, "size": size, **extra} for role, size, extra in STORIES]
    rest = []
    for role, facts in ROLES.items():
        missing = facts["count"] - sum(1 for role_, _, _ in STORIES if role_ == role)
        weights = {"A": (("M", 6), ("L", 5)), "B": (("S", 7), ("M", 10), ("L", 3)), "C": (("S", 11), ("M", 8), ("L", 1))}
        rest += [{"role": role, "size": dice.pick_weighted(weights[facts["segment"]])} for _ in range(missing)]
    dice.shuffle(rest)
    plans += rest
    for plan in plans:
        plan.setdefault("rank", dice.next())
        complete_plan(plan, dice)
    for segment in "ABC":
        fit_revenue([p for p in plans if p["segment"] == segment], REVENUE_TARGETS[segment])
    for plan in plans:
        complete_potential(plan, dice)
    return plans


def complete_plan(plan, dice):
    role = plan["role"]
    facts = ROLES[role]
    plan["segment"], plan["factor"] = facts["segment"], FACTORS[plan["size"]]
    plan.setdefault("wobble", dice.between(0.985, 1.015))
    plan["shares"] = dice.pick_weighted({"A": (("ja", 9), ("nein", 2)), "B": (("ja", 2), ("nein", 5), ("", 1)),
                                         "C": (("ja", 1), ("nein", 7), ("", 4))}[facts["segment"]])
    plan["growth"] = dice.between(-0.05, 0.08)
    groups = {"A": 5 + dice.below(3), "B": 3 + dice.below(4), "C": 1 + dice.below(4)}[facts["segment"]]
    orders = {"A": 34 + dice.below(20), "B": 22 + dice.below(12), "C": 5 + dice.below(6)}[facts["segment"]]
    sow = {"A": dice.between(.64, .78), "B": dice.between(.22, .62), "C": dice.between(.10, .55)}[facts["segment"]]
    if facts["segment"] == "A" and plan["shares"] != "ja":
        plan["growth"] = dice.between(0.055, 0.11)
    if role in ("a_kept", "a_grace"):
        plan["shares"], sow = "ja", dice.between(.62, .65)
    elif role == "a_specialist":
        groups, sow, orders = 3 + dice.below(2), dice.between(.83, .9), 26
    elif role in ("a_june", "a_december"):
        plan["shares"], sow = "ja", dice.between(.62, .64)
    elif role == "b_one_step":
        groups, sow, plan["shares"] = 4, dice.between(.62, .66), "nein"
    elif role == "b_unshared":
        groups, sow, plan["shares"] = 5, dice.between(.40, .5), "ja"
    elif role == "b_specialist":
        groups, sow = 2, dice.between(.74, .82)
    elif role == "b_newcomer":
        groups, orders = 4, 30
    elif role == "c_narrow":
        groups, orders = 2, 14
    elif role in ("c_newcomer", "c_first", "c_converted"):
        groups = 1 + dice.below(2)
    if role == "c_first":
        orders = 2 + 2 * dice.below(2)
    elif role == "c_converted":
        orders = 8
    plan.setdefault("sow", sow)
    plan.update(group_count=groups, orders=orders, digital=dice.pick((.1, .3, .5, .7, .9)),
                margin=dice.between(.27, .36))


def plan_halves(plan, exponent):
    facts = ROLES[plan["role"]]
    if "steady" in facts:
        low, high = facts["steady"]
        revenue = plan["factor"] * (low + (high - low) * plan["rank"] ** exponent)
        return split_steady(revenue, plan["growth"])
    return [plan["factor"] * plan["wobble"] * facts["base"] * share for share in facts["halves"]]


def fit_revenue(plans, target):
    """Finds the one exponent that bends the steady customers' revenues so that the segment sums up to the target."""
    low, high = 0.05, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        total = sum(sum(plan_halves(plan, middle)[4:]) for plan in plans)
        low, high = (middle, high) if total > target else (low, middle)
    for plan in plans:
        plan["halves"] = plan_halves(plan, low)


def complete_potential(plan, dice):
    """Yearly purchasing volume, so that the share of wallet stays on its side of the threshold at every evaluation."""
    h = plan["halves"]
    twelve_months = [v for v in (h[2] + h[3], h[3] + h[4], h[4] + h[5]) if v > 0] or [h[0] + h[1]]
    held = plan["segment"] == "A" or plan["role"] in ("b_one_step", "b_specialist")
    reference = min(twelve_months) if held else max(twelve_months)
    plan["potential"] = round(reference / plan["sow"], -2)
    if plan["role"] in ("c_newcomer", "c_first", "c_converted", "b_newcomer"):
        plan["potential"] = round(plan["factor"] * dice.between(60_000, 160_000), -2)
    elif plan["segment"] == "C" and dice.next() < .3:
        plan["potential"] = None


def make_customers(plans, dice):
    names = vocabulary.company_names(dice, len(plans) + PROSPECTS)
    rows = []
    for i, plan in enumerate(plans):
        role = plan["role"]
        number = FIRST_CUSTOMER + i
        kind = "Interessent" if role == "c_converted" else "Kunde"
        first = {"c_newcomer": datetime.date(2024, 9, 1), "c_first": datetime.date(2025, 10, 1),
                 "b_newcomer": datetime.date(2024, 4, 20)}.get(role)
        if first:
            last = {"c_newcomer": datetime.date(2024, 12, 10), "c_first": datetime.date(2025, 11, 20),
                    "b_newcomer": datetime.date(2024, 5, 25)}[role]
            since = joined = dice.day(first, last)
        elif role == "c_converted":
            since, joined = dice.day(datetime.date(2024, 2, 1), datetime.date(2025, 5, 31)), None
        else:
            since = dice.day(datetime.date(1998, 1, 1), datetime.date(2022, 6, 30))
            joined = dice.day(max(since, datetime.date(2019, 1, 1)), datetime.date(2022, 12, 20))
        plan.update(number=number, since=since, joined=joined, start=datetime.date(2025, 7, 10) if
                    role == "c_converted" else since)
        rows.append(customer_row(dice, number, names[i], kind, plan["size"], since, joined, plan["shares"],
                                 plan.get("newsletter")))
    for i in range(PROSPECTS):
        since = dice.day(datetime.date(2023, 3, 1), datetime.date(2025, 11, 28))
        size = dice.pick_weighted((("S", 4), ("M", 5), ("L", 2)))
        rows.append(customer_row(dice, FIRST_PROSPECT + i, names[len(plans) + i], "Interessent", size, since, None, "", None))
    return rows


def customer_row(dice, number, name, kind, size, since, joined, shares, newsletter):
    city, postcode, region, country, territory = dice.pick(vocabulary.CITIES)
    employees = {"S": 1 + dice.below(5), "M": 6 + dice.below(25), "L": 31 + dice.below(120)}[size]
    return [number, name, kind, vocabulary.trade_of(name), size, employees, region, territory,
            f"{dice.pick(vocabulary.STREETS)} {1 + dice.below(120)}", postcode, city, country,
            f"info@{vocabulary.slug(name)}.example", f"{dice.pick(vocabulary.PHONE_RANGES)}{dice.below(1000):03d}", "de",
            german_date(since), german_date(joined), shares,
            newsletter or dice.pick_weighted((("ja", 6), ("nein", 3), ("", 1)))]


def german_date(day):
    return day.strftime("%d.%m.%Y") if day else ""


def german_number(cents, grouped=False):
    sign, cents = "-" if cents < 0 else "", abs(cents)
    euros = f"{cents // 100:,}".replace(",", ".") if grouped else str(cents // 100)
    return f"{sign}{euros},{cents % 100:02d}"


class Invoices:
    """Documents of all customers; numbers are given when everything is sorted by day."""

    def __init__(self, dice):
        self.dice = dice
        self.documents = []
        self.by_group = {group: [p for p in vocabulary.PRODUCTS if p[1] == group] for group in vocabulary.GROUPS}

    def add_customer(self, plan):
        wanted = plan["group_count"]
        small = sum(plan["halves"][4:]) / plan["orders"] < 700
        order = list(vocabulary.GROUPS if not small else [*vocabulary.GROUPS[2:], *vocabulary.GROUPS[:2]])
        # Everybody needs what the trade always needs; who buys much also buys the large units.
        plan["groups"] = order[:wanted] if not small else order[:min(wanted, 5)] + order[5:wanted]
        self.turn = self.dice.below(wanted)
        for (first, last), revenue in zip(HALVES, plan["halves"]):
            first = max(first, plan["start"])
            if revenue <= 0 or first > last:
                continue
            self.add_half(plan, first, last, round(revenue * 100))

    def add_half(self, plan, first, last, cents):
        dice = self.dice
        full = plan["orders"] / 2
        count = max(1, round(full * ((last - first).days + 1) / 182 * dice.between(.92, 1.08)))
        if plan["role"] == "c_first":
            count = plan["orders"] // 2
        weights = [dice.between(.4, 1.6) for _ in range(count)]
        days = sorted(dice.day(first, last) for _ in range(count))
        left = cents
        for i, day in enumerate(days):
            total = left if i == count - 1 else round(cents * weights[i] / sum(weights))
            left -= total
            self.add_document(plan, day, total)

    def add_document(self, plan, day, total):
        dice = self.dice
        count = max(1, min(1 + dice.below(6), total // 4000))
        weights = [dice.between(.3, 1.7) for _ in range(count)]
        digital = "" if dice.next() < .04 else "ja" if dice.next() < plan["digital"] else "nein"
        lines, left = [], total
        for i in range(count):
            amount = left if i == count - 1 else round(total * weights[i] / sum(weights))
            left -= amount
            lines.append(self.make_line(plan, amount))
        self.documents.append((day, plan["number"], "RE", digital, lines))
        if dice.next() < .015 and lines[0][3] > 8000:
            self.add_credit_note(plan, day, lines[0])

    def make_line(self, plan, amount):
        dice = self.dice
        if dice.next() < .75:
            self.turn += 1
            group = plan["groups"][self.turn % len(plan["groups"])]
        else:
            group = dice.pick(plan["groups"])
        affordable = [p for p in self.by_group[group] if p[3] <= amount]
        product = dice.pick(affordable) if affordable else min(self.by_group[group], key=lambda p: p[3])
        quantity = max(1, round(amount / product[3]))
        cost = None if dice.next() < .03 else round(amount * (1 - plan["margin"] * dice.between(.9, 1.1)))
        return product[0], product[2], quantity, amount, cost

    def add_credit_note(self, plan, day, line):
        dice = self.dice
        back = day + datetime.timedelta(days=3 + dice.below(25))
        if back > HALVES[-1][1]:
            return
        article, name, quantity, amount, cost = line
        part = max(1, quantity // 3)
        share = part / quantity if quantity > 1 else .25
        self.documents.append((back, plan["number"], "GS", "nein",
                               [(article, name, -part, -round(amount * share), cost and -round(cost * share))]))

    def rows(self):
        self.documents.sort(key=lambda d: (d[0], d[1], d[2]))
        counters = {}
        for day, customer, kind, digital, lines in self.documents:
            key = (kind, day.year)
            counters[key] = counters.get(key, 0) + 1
            number = f"{kind}-{day.year}-{counters[key]:05d}"
            for article, name, quantity, amount, cost in lines:
                yield [number, german_date(day), customer, article, name, quantity, german_number(amount),
                       "" if cost is None else german_number(cost), digital]


def potential_rows(plans, dice):
    for plan in plans:
        if plan["potential"] is None:
            continue
        cents = round(plan["potential"] * 100)
        if plan["segment"] == "C":
            yield [plan["number"], "", german_number(cents, True), "01.01.2023", "geschätzt", "Schätzung Außendienst"]
            continue
        method = "gemessen" if plan["segment"] == "A" and dice.next() < .5 else "geschätzt"
        weights = [dice.between(.5, 1.5) for _ in vocabulary.GROUPS]
        left = cents
        for i, group in enumerate(vocabulary.GROUPS):
            part = left if i == len(weights) - 1 else round(cents * weights[i] / sum(weights) / 10000) * 10000
            left -= part
            yield [plan["number"], group, german_number(part, True), "01.01.2023", method, ""]
            if plan["role"] == "b_steady" and i == 0 and dice.next() < .4:
                yield [plan["number"], group, german_number(round(part * 1.08 / 10000) * 10000, True), "01.01.2025",
                       method, "Bedarfsgespräch"]
    for i in range(PROSPECTS):
        cents = round(dice.between(18_000, 60_000) * dice.between(1, 3), -2) * 100
        yield [FIRST_PROSPECT + i, "", german_number(round(cents), True), "01.01.2023", "geschätzt", "Adressqualifizierung"]


def value_rows(plans, dice):
    """Point and comma: this file comes from the marketing department's English tool."""
    for plan in plans:
        if sum(plan["halves"][2:]) <= 0:
            continue
        for year, halves in ((2024, plan["halves"][2:4]), (2025, plan["halves"][4:6])):
            worth = sum(halves) * plan["margin"] * dice.between(2.6, 3.6)
            loyalty = min(100, max(0, 100 * plan["sow"] * dice.between(.8, 1.2) + 15))
            if sum(halves) > 0:
                yield [plan["number"], "customer_value", f"{worth:.2f}", f"{year}-12-31"]
                yield [plan["number"], "loyalty_index", f"{loyalty:.1f}", f"{year}-12-31"]


def write_csv(path, encoding, delimiter, header, rows):
    with open(path, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1])
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    dice = Dice(int(sys.argv[2]) if len(sys.argv) == 3 else 2026)
    plans = make_plans(dice)
    write_csv(folder / "customers.csv", "cp1252", ";",
              ["Kundennr", "Firma", "Art", "Gewerk", "Größenklasse", "Mitarbeiter", "Region", "Gebiet", "Straße", "PLZ",
               "Ort", "Land", "E-Mail", "Telefon", "Sprache", "Kunde seit", "Teilnahme seit", "Datenaustausch",
               "Newsletter"], make_customers(plans, dice))
    write_csv(folder / "products.csv", "utf-8-sig", ";", ["Artikel", "Bezeichnung", "Warengruppe", "Warengruppe Name"],
              [[article, name, group, vocabulary.GROUP_NAMES[group]] for article, group, name, _ in vocabulary.PRODUCTS])
    invoices = Invoices(dice)
    for plan in plans:
        invoices.add_customer(plan)
    write_csv(folder / "purchases.csv", "utf-8", ";",
              ["Belegnr", "Datum", "Kunde", "Artikel", "Bezeichnung", "Menge", "Nettobetrag", "Einstand", "Digital"],
              invoices.rows())
    write_csv(folder / "potentials.csv", "utf-8", "\t", ["Kunde", "Warengruppe", "Jahresbedarf", "Gültig ab", "Methode",
                                                         "Bemerkung"], potential_rows(plans, dice))
    write_csv(folder / "values.csv", "utf-8", ",", ["customer", "name", "amount", "valid_from"], value_rows(plans, dice))
    here = pathlib.Path(__file__).resolve().parent
    for source in [*sorted((here / "profiles").glob("*.yaml")), here / "partnerkreis.yaml"]:
        shutil.copyfile(source, folder / source.name)


if __name__ == "__main__":
    main()
