# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices and credit notes that add up to the plans."""
import datetime

import vocabulary
from dice import HALVES, delivery_of


def german_date(day):
    return f"{day.day:02d}.{day.month:02d}.{day.year}" if day else ""


def german_number(cents, grouped=False):
    sign, cents = "-" if cents < 0 else "", abs(cents)
    euros = f"{cents // 100:,}".replace(",", ".") if grouped else str(cents // 100)
    return f"{sign}{euros},{cents % 100:02d}"


class Invoices:
    """Documents of all customers; numbers are given when everything is sorted by day."""

    def __init__(self, dice):
        self.dice = dice
        self.documents = []
        self.by_group = {group: sorted((price, article, name) for article, of, name, price in vocabulary.PRODUCTS
                                       if of == group) for group in vocabulary.GROUPS}

    def add_customer(self, plan):
        wanted = plan["group_count"]
        small = sum(plan["halves"][4:]) / plan["orders"] < 700
        order = list(vocabulary.GROUPS if not small else [*vocabulary.GROUPS[2:], *vocabulary.GROUPS[:2]])
        # Everybody needs what the trade always needs; who buys much also buys the large units.
        plan["groups"] = order[:wanted] if not small else order[:min(wanted, 5)] + order[5:wanted]
        # Cents per product group and year.
        plan["bought"] = {2023: {}, 2024: {}, 2025: {}}
        self.turn = self.dice.below(wanted)
        self.digital = self.dice.next()
        for (first, last), revenue in zip(HALVES, plan["halves"]):
            first = max(first, plan["start"])
            if revenue > 0 and first <= last:
                self.add_half(plan, first, last, round(revenue * 100))

    def add_half(self, plan, first, last, cents):
        dice = self.dice
        count = max(1, round(plan["orders"] / 2 * ((last - first).days + 1) / 182 * dice.between(.92, 1.08)))
        if plan["role"] == "c_first":
            count = plan["orders"] // 2
        if plan["role"].endswith("_suspended") and first.year == 2025 and first.month == 7:
            last = datetime.date(2025, 9, 19)
            count = max(1, count // 3)
        weights = [dice.between(.4, 1.6) for _ in range(count)]
        days = sorted(dice.day(first, last) for _ in range(count))
        left, whole = cents, sum(weights)
        for i, day in enumerate(days):
            total = left if i == count - 1 else round(cents * weights[i] / whole)
            left -= total
            self.add_document(plan, day, total)

    def add_document(self, plan, day, total):
        dice = self.dice
        count = max(1, min(1 + dice.below(6), total // 4000))
        weights = [dice.between(.3, 1.7) for _ in range(count)]
        lines, left, whole = [], total, sum(weights)
        for i in range(count):
            amount = left if i == count - 1 else round(total * weights[i] / whole)
            left -= amount
            lines.append(self.make_line(plan, day.year, amount))
        self.documents.append((day, plan["number"], "RE", self.mark(plan, day), lines))
        if "exact" not in plan and dice.next() < .015 and lines[0][3] > 8000:
            self.add_credit_note(plan, day, lines[0])

    def mark(self, plan, day):
        """Digital orders in even measure, a little more from year to year; one in 25 came without a mark."""
        if self.dice.next() < .04:
            return ""
        share = plan["digital"] + .02 * (day.year - 2025)
        self.digital += share
        if self.digital < 1:
            return "nein"
        self.digital -= 1
        return "ja"

    def make_line(self, plan, year, amount):
        chance = self.dice.next
        if chance() < .75:
            self.turn += 1
            group = plan["groups"][self.turn % len(plan["groups"])]
        else:
            group = plan["groups"][int(chance() * len(plan["groups"]))]
        bought = plan["bought"][year]
        bought[group] = bought.get(group, 0) + amount
        products = self.by_group[group]
        affordable = 0
        while affordable < len(products) and products[affordable][0] <= amount:
            affordable += 1
        price, article, name = products[int(chance() * affordable)]
        cost = None if chance() < .03 else round(amount * (1 - plan["margin"] * (.9 + .2 * chance())))
        return article, name, max(1, round(amount / price)), amount, cost

    def add_credit_note(self, plan, day, line):
        dice = self.dice
        back = day + datetime.timedelta(days=3 + dice.below(25))
        if back > HALVES[-1][1]:
            return
        article, name, quantity, amount, cost = line
        part = max(1, quantity // 3)
        share = part / quantity if quantity > 1 else .25
        credit = round(amount * share)
        plan["bought"][back.year][article[:2]] = plan["bought"][back.year].get(article[:2], 0) - credit
        self.documents.append((back, plan["number"], "GS", "nein",
                               [(article, name, -part, -credit, cost and -round(cost * share))]))

    def rows(self):
        """A list of rows per delivery."""
        self.documents.sort(key=lambda d: (d[0], d[1], d[2]))
        deliveries, counters = ([], [], []), {}
        for day, customer, kind, digital, lines in self.documents:
            key = (kind, day.year)
            counters[key] = counters.get(key, 0) + 1
            number, date = f"{kind}-{day.year}-{counters[key]:05d}", german_date(day)
            rows = deliveries[delivery_of(day)]
            for article, name, quantity, amount, cost in lines:
                rows.append((number, date, customer, article, name, quantity, german_number(amount),
                             "" if cost is None else german_number(cost), digital))
        return deliveries
