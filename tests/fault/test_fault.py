#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kills, power losses and failing disks during imports, approvals and undos on the embedded database. After each of
them `verify` finds everything whole, what was acknowledged is there, nothing is half and nothing doubled, and going on
(interrupted imports where they were) ends in the same state as without the interruption.

  test_fault.py TREUE_BINARY [--kills N] [--losses N] [--errors N] [--seed SEED]

The driver is built beside the program (tests/fault/driver.c). A seed is printed and can be given again; a single cycle
runs again with fault_driver MODE DIRECTORY CYCLES SEED CYCLE. Verifies X-08 and X-10 in part.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile

# Nothing is really synced on the simulated disk, and a kill takes nothing from the system's memory.
FAST = "/dev/shm"


def run(driver, mode, cycles, seed):
    """(passed, the driver's words)"""
    folder = FAST if os.access(FAST, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=f"treue-fault-{mode}-", dir=folder) as name:
        done = subprocess.run([driver, mode, name, str(cycles), str(seed)], capture_output=True, text=True,
                              errors="replace")
    return done.returncode == 0, (done.stdout + done.stderr).rstrip()


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--losses", type=int, default=50)
    parser.add_argument("--errors", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10 ** 9))
    options = parser.parse_args(arguments)
    driver = options.program.resolve().parent / "fault_driver"
    if not driver.exists():
        print(f"{driver} is missing: ninja -C {driver.parent} fault_driver")
        return 1
    failed = 0
    for mode, cycles in (("kill", options.kills), ("loss", options.losses), ("errors", options.errors)):
        if cycles:
            passed, words = run(driver, mode, cycles, options.seed)
            print(words, flush=True)
            failed += not passed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
