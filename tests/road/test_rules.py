#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every rule and edge case of "Windows", "Metrics" and "From criteria to a decision" with hand-calculated numbers,
against the oracle and against the program.

  test_rules.py [TREUE_BINARY] [--only WORDS]

Verifies R-012, R-091, R-029 (evaluation), R-003 (criterion), R-016 (just misses), R-082 (conversion keeps history),
R-094 (promotion), R-014 (criteria kinds), X-10 (as of), R-080 (who is evaluated as one), R-093 (overrides),
R-127 (segments that go on under another name).
"""
import concurrent.futures
import sys
import traceback

import road
import rules_ladder
import rules_metrics
import rules_program
import rules_units
import scenario

SCENARIOS = rules_metrics.SCENARIOS + rules_ladder.SCENARIOS + rules_units.SCENARIOS + list(rules_program.SCENARIOS)


def name_of(one):
    return one.name if isinstance(one, scenario.Scenario) else f"{one.__name__}: {one.__doc__}"


def check(binary, index):
    one = SCENARIOS[index]
    try:
        if not isinstance(one, scenario.Scenario):
            with road.Folder("rules") as folder:
                return one(road.Treue(binary, folder))
        problems = [f"oracle: {line}" for line in one.check(scenario.OracleWorld(one))]
        if binary:
            with road.Folder("rules") as folder:
                treue = road.Treue(binary, folder, clock=one.clock)
                problems += [f"program: {line}" for line in one.check(scenario.ProgramWorld(one, treue))]
        return problems
    except road.RoadError as problem:
        return [str(problem)]
    except Exception:  # a fault of the test itself belongs to its scenario, too
        return [traceback.format_exc()]


def main(arguments):
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else ""
    binary = arguments[0] if arguments and not arguments[0].startswith("--") else None
    chosen = [i for i, one in enumerate(SCENARIOS)
              if only in name_of(one) and (binary or isinstance(one, scenario.Scenario))]
    failed = 0
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
        for index, problems in zip(chosen, pool.map(check, [binary] * len(chosen), chosen)):
            if problems:
                failed += 1
                print(f"FAILED {name_of(SCENARIOS[index])}", *problems[:8], sep="\n    ", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
