# SPDX-License-Identifier: AGPL-3.0-or-later
"""Chance that is the same on every machine, and the days of the demo: three years in half-years, three deliveries."""
import datetime
import random

HALVES = [(datetime.date(year, first, 1), datetime.date(year, last, day))
          for year in (2023, 2024, 2025) for first, last, day in ((1, 6, 30), (7, 12, 31))]
# What the company hands over three times: a folder of files, and the last day they know.
DELIVERIES = [("2025-01", datetime.date(2024, 12, 31)), ("2025-07", datetime.date(2025, 6, 30)),
              ("2026-01", datetime.date(2025, 12, 31))]
WEEKDAY_AFTER = [datetime.timedelta(days=days) for days in (0, 0, 0, 0, 0, 2, 1)]
WEEKDAY_BEFORE = [datetime.timedelta(days=days) for days in (0, 0, 0, 0, 0, 1, 2)]


def delivery_of(day):
    """Position of the delivery a thing of that day comes with; later things come with the last one."""
    return 0 if day <= DELIVERIES[0][1] else 1 if day <= DELIVERIES[1][1] else 2


class Dice:
    """Only random() is used: its sequence is the same in every Python."""

    def __init__(self, seed):
        self.next = random.Random(seed).random

    def below(self, n):
        return int(self.next() * n)

    def between(self, low, high):
        return low + (high - low) * self.next()

    def chance(self, share):
        return self.next() < share

    def pick(self, items):
        return items[int(self.next() * len(items))]

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
        """A working day from first to last."""
        day = first + datetime.timedelta(days=int(self.next() * ((last - first).days + 1)))
        later = day + WEEKDAY_AFTER[day.weekday()]
        return later if later <= last else day - WEEKDAY_BEFORE[day.weekday()]
