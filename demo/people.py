# SPDX-License-Identifier: AGPL-3.0-or-later
"""People and what they do: contacts, certificates, activities, visits, and who at Musterwerk looks after whom.

Every function returns one list of rows per delivery.
"""
import datetime

import vocabulary
from dice import DELIVERIES, HALVES, WEEKDAY_BEFORE, delivery_of
from invoices import german_date, german_number

YEAR_END, LAST_CUTOFF = DELIVERIES[0][1], DELIVERIES[-1][1]
PROOF_DAYS = 3 * 365
SHARED_PEOPLE = 12
# Territory O2 changed hands.
HANDOVER, BEFORE_HANDOVER = datetime.date(2025, 4, 1), "ad-vogel"


def later(day, days):
    return day + datetime.timedelta(days=days)


def wanted_contacts(plan, dice):
    segment = plan["segment"] if plan else "P"
    count = {"A": 3 + dice.below(3), "B": 2 + dice.below(3), "C": 1 + dice.below(3), "P": 1 + dice.below(2)}[segment]
    return min(5, max(count, plan["certified"] + bool(plan.get("lapsed"))) if plan else count)


def contact_rows(customers, dice):
    """`customers`: dicts with number, since, slug and the plan (None: a prospect). Gives each its `people`, a list of
    keys. Some freelance planners serve two companies under one key."""
    deliveries = [[], [], []]
    for at, customer in enumerate(customers):
        plan, customer["people"] = customer["plan"], []
        for i in range(wanted_contacts(plan, dice)):
            given, family = dice.pick(vocabulary.GIVEN_NAMES), dice.pick(vocabulary.SURNAMES)
            role, level = vocabulary.CONTACT_ROLES[i] if i < 1 else dice.pick(vocabulary.CONTACT_ROLES[1:])
            mail = f"{vocabulary.plain(given)}.{vocabulary.plain(family)}@{customer['slug']}.example"
            if plan and (plan["reachable"] != "ja" or plan["role"] == "c_offline"):
                mail = ""
            key = f"P{customer['number']}-{i + 1}"
            customer["people"].append(key)
            phone = f"{dice.pick(vocabulary.PHONE_RANGES)}{dice.below(1000):03d}" if dice.chance(.8) else ""
            deliveries[delivery_of(customer["since"])].append(
                (customer["number"], key, f"{given} {family}", mail, phone, role, level, "en" if dice.chance(.02) else "de"))
    planners = [c for c in customers if c["plan"] and c["plan"]["segment"] == "C" and c["since"] <= YEAR_END]
    for _ in range(SHARED_PEOPLE):
        one, two = dice.pick(planners), dice.pick(planners)
        if one is two or len(one["people"]) > 4 or len(two["people"]) > 4:
            continue
        given, family = dice.pick(vocabulary.GIVEN_NAMES), dice.pick(vocabulary.SURNAMES)
        key = f"P{one['number']}-{two['number']}"
        if key in one["people"]:
            continue
        for company in (one, two):
            company["people"].append(key)
            deliveries[0].append((company["number"], key, f"{given} {family}",
                                  f"{vocabulary.plain(given)}.{vocabulary.plain(family)}@planung.example", "",
                                  "Freie Planung", "Beeinflusser", "de"))
    return deliveries


def certificate_rows(customers, dice):
    """The first people of a customer hold a valid proof at every evaluation, renewed in time where it would run out;
    some others once had one that was not renewed."""
    deliveries = [[], [], []]

    def add(number, person, qualification, first):
        last = later(first, PROOF_DAYS - 1)
        deliveries[delivery_of(first)].append((number, person, qualification, german_date(first), german_date(last),
                                               f"Z-{first.year}-{number}-{person[-1]}{qualification[0]}"))
        return last

    for customer in customers:
        plan = customer["plan"]
        if not plan:
            continue
        number, people = customer["number"], customer["people"]
        for person in people[:plan["certified"]]:
            first = dice.pick(vocabulary.QUALIFICATIONS)
            second = dice.pick(vocabulary.QUALIFICATIONS) if dice.chance(.4) else first
            for qualification in dict.fromkeys((first, second)):
                earliest = max(customer["since"], datetime.date(2022, 1, 10))
                last = add(number, person, qualification, dice.day(earliest, max(earliest, datetime.date(2024, 11, 29))))
                if last <= LAST_CUTOFF:
                    add(number, person, qualification, dice.day(later(last, -60), later(last, -1)))
        if plan.get("lapsed"):
            add(number, people[plan["certified"]], "Wärmepumpe", datetime.date(2021, 11, 8))
        elif len(people) > plan["certified"] and dice.chance(.15) and customer["since"] < datetime.date(2020, 6, 1):
            add(number, people[plan["certified"]], dice.pick(vocabulary.QUALIFICATIONS),
                dice.day(datetime.date(2020, 6, 1), datetime.date(2021, 11, 26)))
    return deliveries


def activity_rows(customers, dice):
    """Joint marketing as planned: none; one in every second half-year; one in every half-year. Windows of twelve months
    at the evaluations then count 0, 1 or 2."""
    deliveries = [[], [], []]

    def add(number, kind, day, cents=None, note="", status="bestätigt"):
        deliveries[delivery_of(day)].append((number, kind, german_date(day), german_number(cents, True) if cents else "",
                                             note, status))

    for customer in customers:
        plan, number = customer["plan"], customer["number"]
        if not plan:
            continue
        for half, (first, last) in enumerate(HALVES):
            start = max(first, customer["since"])
            if start > later(last, -20):
                continue
            if plan["joint"] == 2 or (plan["joint"] == 1 and half % 2):
                add(number, "joint_marketing", dice.day(start, last), (300 + dice.below(38) * 50) * 100,
                    dice.pick(("Hausmesse", "Anzeige regional", "Fahrzeugbeschriftung", "Tag der offenen Tür")))
            elif plan["segment"] != "C" and dice.chance(.04):
                add(number, "joint_marketing", dice.day(start, last), 80000, "Hausmesse", "abgesagt")
            if plan["cooperation"] in ("Datenaustausch", "beides") and plan["segment"] == "A":
                for quarter_end in (later(first, 89), last):
                    if quarter_end >= start:
                        add(number, "data_sharing", quarter_end, None, "Marktdaten Quartal")
        if plan["cooperation"] in ("Referenzprojekt", "beides"):
            add(number, "reference_project", dice.day(datetime.date(2023, 3, 1), datetime.date(2024, 11, 29)), None,
                dice.pick(("Mehrfamilienhaus", "Schulzentrum", "Bürogebäude", "Kindergarten", "Sporthalle")))
        if plan["segment"] in "AB" and dice.chance(.1):
            add(number, "joint_marketing", datetime.date(2026, 4, 17), 60000, "Frühjahrsmesse", "geplant")
    workshop_rows(customers, dice, add)
    return deliveries


def workshop_rows(customers, dice, add):
    """The three customer insights workshops: 11 participants from A, 14 from B, 12 from C."""
    for segment, count, day in (("A", 11, datetime.date(2025, 3, 20)), ("B", 14, datetime.date(2025, 5, 15)),
                                ("C", 12, datetime.date(2025, 10, 16))):
        able = [c for c in customers if c["plan"] and c["plan"]["segment"] == segment and
                c["since"] <= YEAR_END and not c["plan"]["role"].endswith("_lost")]
        dice.shuffle(able)
        for customer in able[:count]:
            add(customer["number"], "workshop", day, None, f"Customer-Insights-Workshop {segment}")
    # The prospect of whom people talk took part before he ordered.
    add(customers[10]["number"], "workshop", datetime.date(2025, 5, 15), None, "Customer-Insights-Workshop B")


def visit_rows(customers, dice):
    """Twelve visits a year to the best, six, one; three to prospects. Representatives are people: now and then a visit
    falls out."""
    deliveries = [[], [], []]
    for customer in customers:
        plan, number = customer["plan"], customer["number"]
        a_year = {"A": 12, "B": 6, "C": 1, "P": 3}[plan["segment"] if plan else "P"]
        if plan and plan["role"] == "c_converted":
            a_year = 4
        kept = .97 if plan and plan["segment"] == "A" else .93 if plan and plan["segment"] == "B" else .85
        step = 365 / a_year
        first = max(customer["since"], HALVES[0][0])
        place = dice.below(int(step)) if not plan or number != 10001 else 9
        while True:
            day = later(first, int(place))
            place += step * (.9 + .2 * dice.next())
            if day > LAST_CUTOFF:
                break
            day -= WEEKDAY_BEFORE[day.weekday()]
            if day < first or not dice.chance(kept):
                continue
            territory = customer["territory"] if not dice.chance(.04) else vocabulary.DEPUTIES[customer["territory"]]
            rep = vocabulary.REPS[territory][0] if territory != "O2" or day >= HANDOVER else BEFORE_HANDOVER
            kind = "Jahresgespräch" if plan and plan["segment"] in "AB" and day.month == 1 else "Besuch"
            deliveries[delivery_of(day)].append((number, german_date(day), rep, kind,
                                                 dice.pick(vocabulary.VISIT_NOTES) if kind == "Besuch" else ""))
    return deliveries


def responsibility_rows(customers):
    """Territories have a representative, a deputy and a head; one territory changed hands in April 2025. The largest
    customers are looked after by the head of sales."""
    first = datetime.date(2020, 1, 1)
    head_of = {territory: head for head, territories in vocabulary.HEADS.items() for territory in territories}
    deliveries = [[], [], []]
    for territory, (code, _) in vocabulary.REPS.items():
        deliveries[0].append((territory, "", head_of[territory], "head", german_date(first), ""))
        deliveries[0].append((territory, "", vocabulary.REPS[vocabulary.DEPUTIES[territory]][0], "deputy",
                              german_date(first), ""))
        if territory == "O2":
            deliveries[0].append((territory, "", BEFORE_HANDOVER, "rep", german_date(first), german_date(later(HANDOVER, -1))))
            deliveries[1].append((territory, "", code, "rep", german_date(HANDOVER), ""))
        else:
            deliveries[0].append((territory, "", code, "rep", german_date(first), ""))
    large = sorted((c for c in customers if c["plan"] and c["plan"]["segment"] == "A"),
                   key=lambda c: (-sum(c["plan"]["halves"][4:]), c["number"]))[:5]
    for customer in large:
        deliveries[0].append(("", customer["number"], head_of[customer["territory"]], "rep", german_date(first), ""))
    return deliveries

