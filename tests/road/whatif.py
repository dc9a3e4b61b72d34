# SPDX-License-Identifier: AGPL-3.0-or-later
"""What simulations and backtests are held against: the same evaluations for real, approved one after another. Counting
of moves, decisions and returns is done here once more, from the printed decisions of single evaluations."""
import collections
import datetime

ROW = ("number", "before", "qualified", "segment", "decision", "flags")


def rows(printed, keys=ROW):
    return [{key: row[key] for key in keys} for row in printed["customers"]]


def totals_of(printed):
    return {key: printed[key] for key in ("customers_evaluated", "qualified", "counts", "decisions", "revenue")}


def first_difference(what, wanted, found):
    if wanted == found:
        return []
    if isinstance(wanted, list) and len(wanted) == len(found):
        return next([f"{what}: wanted {w}, found {f}"] for w, f in zip(wanted, found) if w != f)
    return [f"{what}: wanted {str(wanted)[:600]}, found {str(found)[:600]}"]


def matrix_of(pairs):
    counts = collections.Counter(pairs)
    return sorted([{"from": one, "to": two, "customers": count} for (one, two), count in counts.items()], key=str)


def simulation_differences(simulated, real, other):
    """`simulated` against the run `real` of the changed concept and the run `other` of the version compared with."""
    mine = {row["number"]: row for row in real["customers"]}
    theirs = {row["number"]: row for row in other["customers"]}
    numbers = sorted(set(mine) | set(theirs))
    segment = {name: (theirs.get(name, {}).get("segment"), mine.get(name, {}).get("segment")) for name in numbers}
    problems = first_difference("customers", rows(real), rows(simulated))
    problems += first_difference("customers against", {n: (t["segment"], t["decision"]) for n, t in theirs.items()},
                                 {row["number"]: (row["against"], row["against_decision"])
                                  for row in simulated["customers"] if row["against"]})
    problems += first_difference("matrix", matrix_of(segment.values()), sorted(simulated["matrix"], key=str))
    problems += first_difference(
        "matrix from membership", matrix_of((row["before"], row["segment"]) for row in mine.values()),
        sorted(simulated["matrix_from_membership"], key=str))
    problems += first_difference("moves", [n for n in numbers if segment[n][0] != segment[n][1]],
                                 [row["number"] for row in simulated["moves"]])
    for key, run in (("segments", real), ("segments_against", other)):
        problems += first_difference(key, {s: (run["counts"][s], run["revenue"][s]) for s in run["counts"]},
                                     {s: (v["customers"], v["revenue"]) for s, v in simulated[key].items()})
    problems += [f"no reason for {row['number']}" for row in simulated["moves"] if not row["why"]]
    return problems


class Returns:
    """Who leaves a segment and is back in it within three evaluations: left after the evaluation two, three or four
    before this one at the latest, somewhere else in the one before. Where they stood before the first evaluation
    counts as one."""

    def __init__(self):
        self.history, self.ever = {}, set()

    def count(self, printed):
        found = 0
        for row in printed["customers"]:
            without = row["decision"] == "unclassified" or (
                row["decision"] == "suspended" and row["before"] != row["segment"])
            now = None if without else row["segment"]
            past = self.history.setdefault(row["number"], [row["before"]])
            if now and past and past[-1] != now and now in past[-4:-1]:
                found += 1
                self.ever.add(row["number"])
            past.append(now)
        return found


def chain_differences(backtest, real_runs):
    """A backtest against single evaluations approved one after another."""
    returns = Returns()
    problems = first_difference("cut-offs", [run["cutoff"] for run in real_runs],
                                [step["cutoff"] for step in backtest["steps"]])
    for step, run in zip(backtest["steps"], real_runs):
        wanted = dict(totals_of(run), flapping=returns.count(run),
                      at_risk=sum("at_risk" in row["flags"] for row in run["customers"]))
        problems += first_difference(f"step {run['cutoff']} {run['evaluation']}", wanted,
                                     {key: step.get(key) for key in wanted})
        if problems:
            return problems
    keys = ("number", "before", "qualified", "segment", "decision")
    problems += first_difference("customers of the last step", rows(real_runs[-1], keys), rows(backtest, keys))
    problems += first_difference("customers who came back", len(returns.ever), backtest["flapping_customers"])
    return problems


def month_ends(first, last, months=1):
    """Ends of months from `first`, itself one, up to `last`."""
    day, result = first, []
    while day <= last:
        result.append(day)
        year, month = divmod(day.year * 12 + day.month - 1 + months + 1, 12)
        day = datetime.date(year, month + 1, 1) - datetime.timedelta(days=1)
    return result
