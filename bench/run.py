#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measures Treue beside DuckDB and the sqlite3 shell and writes bench/RESULTS.md. Called by `./run bench`.

usage: run.py TREUE       the release program; its folder is the build folder whose libraries bench-engine is linked with

Everything that is compared runs in turns within one run, with warm files: Treue, DuckDB, sqlite3, and again. Ratios are
taken pair by pair, and the median of them counts. Environment:
  BENCH_RUNS=5        how often each thing is measured
  BENCH_QUICK=1       1 million lines only; the results file is written to the build folder
  DUCKDB_MODULES      a folder that holds node_modules with @duckdb/node-api (else it is installed from npm)
"""
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import pages
import postgresql_import
import server_size
import sql_metrics
import wild
import workbook_import

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / "build" / "bench"
DATA = WORK / "data"
DUCKDB_PACKAGE = "@duckdb/node-api@1.5.6-r.1"
CUTOFF = "2025-12-31"
BACKTEST = ("2023-01-31", "2025-12-31")
LIBRARIES = ["-lsqlite3", "-lpq", "-lyaml", "-lxxhash", "-lsodium", "-lexpat", "-lz", "-lzstd",
             "-lpthread", "-lm"]
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wshadow"]
MIB = 1 << 20
# Two sizes are compared from the same state: the files of the import before are gone, and a virtual machine has given
# their memory back. Otherwise the small import runs in memory the large one has just left, the large one in none.
REST_S = 6
MILLION = 1_000_000


def say(text):
    print(time.strftime("%H:%M:%S ") + text, file=sys.stderr, flush=True)


def fail(text):
    sys.exit("bench: " + text)


# ---- running ----------------------------------------------------------------------------------------------------------

class Run:
    """A command that ended well: wall clock seconds, peak memory and what it printed."""

    def __init__(self, command, stdin=None, environment=None):
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            source = open(stdin, "rb") if stdin else subprocess.DEVNULL
            start = time.perf_counter()
            process = subprocess.Popen([str(part) for part in command], stdin=source, stdout=output, stderr=errors,
                                       env={**os.environ, **(environment or {})})
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if stdin:
                source.close()
            self.peak_bytes = usage.ru_maxrss * 1024
            self.cpu_seconds = usage.ru_utime + usage.ru_stime
            output.seek(0)
            errors.seek(0)
            self.text = output.read().decode("utf-8", "replace")
            complaint = errors.read().decode("utf-8", "replace")
        if process.returncode != 0:
            fail(f"{' '.join(str(part) for part in command)}\nended with {process.returncode}:\n{complaint}{self.text}")

    @property
    def json(self):
        return json.loads(self.text)


def median(numbers):
    return statistics.median(numbers)


def pair_ratio(peer, own):
    """How many times as long the peer took, pair by pair."""
    return median([a / b for a, b in zip(peer, own)])


def in_turns(runs, work, what):
    """Calls each function of `work` in turn, `runs` times; returns the lists of their results by name."""
    results = {name: [] for name in work}
    for i in range(runs):
        for name, function in work.items():
            results[name].append(function())
            took = results[name][-1]
            say(f"{what} {i + 1}/{runs}: {name}" + (f" {took.seconds:.2f} s" if isinstance(took, Run) else ""))
    return results


def warm(*paths):
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.read(8 * MIB):
                pass


def settle():
    """An import is not to wait for what the one before it left to write."""
    os.sync()


# ---- preparing --------------------------------------------------------------------------------------------------------

def compiler():
    return os.environ.get("CC") or shutil.which("gcc") or shutil.which("clang") or "cc"


def build_tools(treue):
    """bench/generate.c stands alone; the others are linked with the libraries of the release build."""
    WORK.mkdir(parents=True, exist_ok=True)
    flags = ["-std=gnu17", "-D_GNU_SOURCE", "-O3", "-g", *WARNINGS, "-I", ROOT / "src", "-include",
             ROOT / "src/base/banned.h"]
    generate, engine, whatif = WORK / "generate", WORK / "bench-engine", WORK / "bench-whatif"
    Run([compiler(), *flags, HERE / "generate.c", "-o", generate])
    libraries = sorted(treue.parent.glob("libtreue_*.a"))
    if not libraries:
        fail(f"no libraries beside {treue}: build it with ./run bench")
    for source, program in (("bench_engine.c", engine), ("bench_whatif.c", whatif)):
        Run([compiler(), *flags, HERE / source, "-o", program, "-Wl,--start-group", *libraries, "-Wl,--end-group",
             *LIBRARIES])
    return generate, engine, whatif


def make_data(generate, name, lines, variant, *more):
    """Kept between runs; a changed generator makes it anew."""
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / f"{name}.csv"
    stamp = DATA / f"{name}.made"
    wanted = " ".join(map(str, (lines, variant, *more, hash_of(HERE / "generate.c"))))
    if not path.exists() or not stamp.exists() or stamp.read_text() != wanted:
        say(f"generating {name}: {lines:,} lines, {variant}")
        with open(path, "wb") as file:
            subprocess.run([str(generate), "--lines", str(lines), "--variant", variant, *more], stdout=file,
                           check=True)
        stamp.write_text(wanted)
    return path


def hash_of(path):
    import hashlib
    return hashlib.sha256(path.read_bytes()).hexdigest()


def find_duckdb():
    folder = pathlib.Path(os.environ.get("DUCKDB_MODULES", WORK))
    if not shutil.which("node"):
        fail("node is missing; DuckDB runs in it (Debian: apt-get install nodejs npm)")
    if not (folder / "node_modules" / "@duckdb" / "node-api").exists():
        say(f"installing {DUCKDB_PACKAGE}")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder),
                        DUCKDB_PACKAGE], check=True, stdout=subprocess.DEVNULL)
    return folder


def changed_concept():
    """The what-if: other revenue thresholds, the same that duckdb.mjs uses."""
    text = (HERE / "concept.yaml").read_text(encoding="utf-8")
    for old, new in (("at_least: 100000", "at_least: 90000"), ("at_least: 25000", "at_least: 22500")):
        if old not in text:
            fail(f"bench/concept.yaml has no '{old}'")
        text = text.replace(old, new)
    path = WORK / "concept_changed.yaml"
    path.write_text(text.replace("keep: 90000", "keep: 81000").replace("keep: 22500", "keep: 20250"), encoding="utf-8")
    return path


# ---- what is measured -------------------------------------------------------------------------------------------------

class Bench:
    def __init__(self, treue, engine, whatif, duckdb, runs):
        self.treue, self.engine, self.whatif, self.duckdb, self.runs = treue, engine, whatif, duckdb, runs
        self.changed = changed_concept()
        self.peers = HERE / "peers"

    def node(self, *arguments):
        return Run(["node", self.peers / "duckdb.mjs", *arguments], environment={"DUCKDB_MODULES": str(self.duckdb)})

    def data_of(self, name):
        return WORK / f"treue-{name}"

    def treue_import(self, name, path, profile, rest_s=0):
        folder = self.data_of(name)
        shutil.rmtree(folder, ignore_errors=True)
        settle()
        time.sleep(rest_s)
        Run([self.treue, "--data", folder, "init", "--currency", "EUR"])
        settle()
        return Run([self.treue, "--data", folder, "import", "purchases", path, "--profile", HERE / profile])

    def duckdb_import(self, name, path, order):
        settle()
        return self.node("import", path, WORK / f"{name}-{order}.duckdb", order)

    def sqlite_import(self, path):
        database, script = WORK / "peer.sqlite", WORK / "sqlite3_import.sql"
        for old in (database, pathlib.Path(str(database) + "-wal"), pathlib.Path(str(database) + "-journal")):
            old.unlink(missing_ok=True)
        script.write_text((self.peers / "sqlite3_import.sql").read_text().replace("{file}", str(path)))
        settle()
        return Run(["sqlite3", "-bail", database], stdin=script)

    def imports(self, name, path, everybody):
        warm(path)
        work = {"Treue": lambda: self.treue_import(name, path, "profile.yaml"),
                "DuckDB": lambda: self.duckdb_import(name, path, "false")}
        if everybody:
            work["DuckDB, rows in order"] = lambda: self.duckdb_import(name, path, "true")
            work["sqlite3"] = lambda: self.sqlite_import(path)
        return in_turns(self.runs, work, f"import {name}")

    def rich_import(self, name, path):
        warm(path)
        work = {"Treue": lambda: self.treue_import(name, path, "profile_rich.yaml")}
        return in_turns(min(3, self.runs), work, f"import {name}")

    def growth(self, names, rounds):
        """Treue alone: what counts is how its own times grow. The sizes take turns, so that each pair is of the same
        minute."""
        inside = in_turns(rounds, {name: lambda name=name: self.inside(name) for name in names},
                          f"growth from {names[0]} to {names[-1]}, evaluation inside")
        return {name: [run.json for run in runs] for name, runs in inside.items()}

    def huge(self, name, path, smaller, smaller_path):
        warm(path, smaller_path)
        imports = in_turns(self.runs,
                           {smaller: lambda: self.treue_import(smaller, smaller_path, "profile.yaml", REST_S),
                            name: lambda: self.treue_import(name, path, "profile.yaml", REST_S)},
                           f"growth to {name}, import")
        return {"import": {"Treue": imports[name]}, "import_smaller": imports[smaller],
                "growth": self.growth([smaller, name], 3)}

    def inside(self, name):
        return Run([self.engine, self.data_of(name), HERE / "concept.yaml", self.changed, CUTOFF, self.runs])

    def evaluations(self, name):
        """Timed inside: each turn is a process of its own that takes the median of its runs."""
        work = {"Treue": lambda: self.inside(name),
                "DuckDB": lambda: self.node("evaluate", WORK / f"{name}-false.duckdb", self.runs)}
        return in_turns(3, work, f"evaluate {name}, inside")

    def evaluation_commands(self, name):
        evaluate = [self.treue, "--data", self.data_of(name), "evaluate", "--concept", HERE / "concept.yaml", "--cutoff",
                    CUTOFF, "--evaluation", "year", "--dry-run"]
        work = {"Treue": lambda: Run(evaluate),
                "DuckDB": lambda: self.node("evaluate", WORK / f"{name}-false.duckdb", 0)}
        in_turns(1, work, f"evaluate {name}, warming up")
        return in_turns(self.runs, work, f"evaluate {name}, whole command")

    def what_ifs(self, name):
        work = {"DuckDB": lambda: self.node("what-if", WORK / f"{name}-false.duckdb", self.runs)}
        return in_turns(3, work, f"what-if {name}")

    def simulations(self, name):
        """Inside: three processes; the whole command, once the concept it compares with is released."""
        folder = self.data_of(name)
        inside = in_turns(3, {"Treue": lambda: Run([self.whatif, folder, HERE / "concept.yaml", self.changed, CUTOFF,
                                                    *BACKTEST, self.runs])}, f"simulate and backtest {name}, inside")
        Run([self.treue, "--data", folder, "concept", "load", HERE / "concept.yaml", "--release"])
        simulate = [self.treue, "--data", folder, "simulate", "--concept", self.changed, "--cutoff", CUTOFF,
                    "--evaluation", "year"]
        Run(simulate)
        command = in_turns(self.runs, {"Treue": lambda: Run(simulate)}, f"simulate {name}, whole command")
        return {"inside": [run.json for run in inside["Treue"]], "command": command["Treue"]}

    def sizes(self, name, lines):
        folder = self.data_of(name)
        index = sum(path.stat().st_size for path in (folder / "index").iterdir())
        return {"database": (folder / "treue.db").stat().st_size / lines, "index": index / lines}


def check_segments(name, treue, duckdb):
    """The same question must have the same answer, or the times mean nothing."""
    ours = {key: treue["segments"].get(key, 0) for key in "ABC"}
    theirs = {key: duckdb["segments"].get(key, 0) for key in "ABC"}
    if ours != theirs:
        fail(f"{name}: Treue finds {ours}, DuckDB {theirs}")
    return ours


def measure(bench, files):
    """files: name -> (path, lines). Returns everything as plain values."""
    result = {}
    for name, (path, lines) in files.items():
        one = {"lines": lines, "bytes": path.stat().st_size}
        if "what-if" in name:
            bench.treue_import(name, path, "profile.yaml")
            one["pages"] = pages.measure(bench.treue, path, WORK / "pages")
        elif "rich" in name:
            one["import"] = bench.rich_import(name, path)
        elif name == "100m":
            one.update(bench.huge(name, path, "10m", files["10m"][0]))
        else:
            one["import"] = bench.imports(name, path, everybody=True)
            inside = bench.evaluations(name)
            one["inside"] = {who: [run.json for run in runs] for who, runs in inside.items()}
            one["inside_peak"] = {who: max(run.peak_bytes for run in runs) for who, runs in inside.items()}
            one["segments"] = check_segments(name, one["inside"]["Treue"][0], one["inside"]["DuckDB"][0])
            one["command"] = bench.evaluation_commands(name)
            if name == "1m":
                one["wild"] = wild.measure(bench.treue, path, WORK, min(3, bench.runs))
            if name == ("10m" if "10m" in files else "1m"):
                one["postgresql_import"] = postgresql_import.measure(bench.treue, path, WORK, min(3, bench.runs))
                one["sql_metrics"] = sql_metrics.measure(bench.treue, path, WORK, min(3, bench.runs))
            if name == "1m":
                one["server_size"] = server_size.measure(bench.treue)
                one["workbook_import"] = workbook_import.measure(bench.treue, path, WORK, min(3, bench.runs))
            one["what_if"] = [run.json for run in bench.what_ifs(name)["DuckDB"]]
        if "rich" not in name and name != "100m":
            one["simulations"] = bench.simulations(name)
        if name == "10m":
            one["growth"] = bench.growth(["1m", name], 5)
        one["sizes"] = bench.sizes(name, lines)
        result[name] = one
    return result


# ---- the table --------------------------------------------------------------------------------------------------------

def seconds(runs):
    return [run.seconds for run in runs]


def duckdb_seconds(runs):
    return [run.json["import_ms"] / 1000 for run in runs]


def micro(jsons, key):
    """Milliseconds of bench-engine's medians."""
    return [one[key]["median"] / 1000 for one in jsons]


def milli(text):
    return f"{text:.1f} ms" if text < 100 else f"{text:.0f} ms"


def peak(runs):
    return max(run.peak_bytes for run in runs) / MIB


def yes(value):
    return "yes" if value else "**no**"


def row_import(one):
    runs = one["import"]
    own, duck, lite = seconds(runs["Treue"]), duckdb_seconds(runs["DuckDB"]), seconds(runs["sqlite3"])
    ordered = duckdb_seconds(runs["DuckDB, rows in order"])
    measured = (f"Treue {median(own):.2f} s, whole command; DuckDB {median(ordered):.2f} s inside (without "
                f"`preserve_insertion_order` {median(duck):.2f} s); sqlite3 {median(lite):.2f} s")
    return [("import, durable, unique documents, column index built",
             ">= 1.5 x DuckDB `create table as select * from read_csv(...)` plus checkpoint", measured,
             pair_ratio(ordered, own), f"{pair_ratio(ordered, own):.2f} x", pair_ratio(ordered, own) >= 1.5),
            ("", "the same against DuckDB's best setting: order of rows given up", "", pair_ratio(duck, own),
             f"{pair_ratio(duck, own):.2f} x", pair_ratio(duck, own) >= 1.5),
            ("", ">= 2.5 x `sqlite3 .import`", "", pair_ratio(lite, own), f"{pair_ratio(lite, own):.2f} x",
             pair_ratio(lite, own) >= 2.5)]


def row_evaluation(one):
    own, duck = micro(one["inside"]["Treue"], "evaluate_2"), [d["evaluate_ms"] for d in one["inside"]["DuckDB"]]
    scan = micro(one["inside"]["Treue"], "scan")
    single = micro(one["inside"]["Treue"], "evaluate_1")
    against, times = pair_ratio(duck, own), pair_ratio(own, scan)
    return [("evaluation: revenue, previous revenue, orders, product groups, recency, then the rules", ">= 30 x DuckDB",
             f"Treue {milli(median(own))} (one thread {milli(median(single))}); DuckDB {milli(median(duck))}", against,
             f"{against:.1f} x", against >= 30),
            ("", "<= 4 x a one-thread scan", f"scan {milli(median(scan))}", times, f"{times:.2f} x", times <= 4)]


def row_what_if(one):
    own, million = micro(one["inside"]["Treue"], "what_if"), micro(one["inside"]["Treue"], "what_if_million")
    duck = [d["m"]["rules_ms"] for d in one["what_if"]]
    duck_million = [d["m_million"]["rules_ms"] for d in one["what_if"]]
    against, against_million = pair_ratio(duck, own), pair_ratio(duck_million, million)
    narrow = [d["m_narrow"]["rules_ms"] for d in one["what_if"]]
    customers = one["inside"]["Treue"][0]["customers"]
    return [("what-if: changed thresholds only", "1 million customers <= 8 ms",
             f"Treue {median(million):.2f} ms; DuckDB {median(duck_million):.2f} ms", against_million,
             f"{against_million:.1f} x DuckDB", median(million) <= 8),
            ("", ">= 15 x DuckDB", f"{customers:,} customers: Treue {median(own):.3f} ms; DuckDB {median(duck):.2f} ms "
             f"(sums narrowed by hand to 64 bits {median(narrow):.2f} ms)", against,
             f"{against:.1f} x", against >= 15),
            ("", "the same against DuckDB at its best: sums narrowed by hand", "", pair_ratio(narrow, own),
             f"{pair_ratio(narrow, own):.1f} x", pair_ratio(narrow, own) >= 15)]


def row_simulation(one):
    inside, command = one["simulations"]["inside"], median(seconds(one["simulations"]["command"])) * 1000
    own = median([time for run in inside for time in run["simulate"]]) / 1000
    first = inside[0]
    return [(f"simulate: {first['customers']:,} customers, {first['lines']:,} lines, two versions, who moves",
             "<= 100 ms after the first call", f"{milli(own)} inside; whole command {milli(command)}", own, "",
             max(own, command) <= 100)]


def row_backtest(one):
    inside = one["simulations"]["inside"]
    own = median([time for run in inside for time in run["backtest"]]) / 1000000
    first = inside[0]
    return [(f"backtest: {first['steps']} months over {first['lines']:,} lines", "<= 1.5 s", f"{own:.2f} s inside", own,
             "", own <= 1.5)]


def row_first_answer(one):
    first, opened = micro(one["inside"]["Treue"], "first_answer"), micro(one["inside"]["Treue"], "open")
    command = median(seconds(one["command"]["Treue"])) * 1000
    return [("first answer after start, index present", "<= 100 ms",
             f"{milli(median(first))} from start to a complete evaluation (index open after {milli(median(opened))}); "
             f"whole command `evaluate --dry-run` {milli(command)}", median(first), "",
             max(median(first), command) <= 100)]


def row_memory(plain, small, rich):
    peaks = {"1 million lines": peak(small["import"]["Treue"])}
    if plain is not small:
        peaks["10 million"] = peak(plain["import"]["Treue"])
    if rich:
        peaks["10 million, rich and shuffled"] = peak(rich["import"]["Treue"])
    text = "; ".join(f"{what} {value:.0f} MiB" for what, value in peaks.items())
    rows = [("memory", "import <= 512 MB whatever the file size", text, max(peaks.values()), "",
             max(peaks.values()) * MIB <= 512e6),
            ("", "index <= 32 bytes per line without cost", f"{plain['sizes']['index']:.1f} bytes", 0, "",
             plain["sizes"]["index"] <= 32)]
    database = f"{plain['sizes']['database']:.1f} bytes"
    fits = plain["sizes"]["database"] <= 20
    if rich:
        rows.append(("", "index <= 40 bytes per line with cost", f"{rich['sizes']['index']:.1f} bytes", 0, "",
                     rich["sizes"]["index"] <= 40))
        database += f"; with cost and digital mark {rich['sizes']['database']:.1f} bytes"
        fits = fits and rich["sizes"]["database"] <= 20
    rows.append(("", "database <= 20 bytes per line", database, 0, "", fits))
    return rows


def growth_inside(growth, large, small):
    return pair_ratio(micro(growth[large], "evaluate_2"), micro(growth[small], "evaluate_2"))


def row_growth(large, small):
    imported = median(seconds(large["import"]["Treue"])) / median(seconds(small["import"]["Treue"]))
    inside = growth_inside(large["growth"], "10m", "1m")
    command = median(seconds(large["command"]["Treue"])) / median(seconds(small["command"]["Treue"]))
    text = f"import {imported:.1f} x; evaluation inside {inside:.1f} x, whole command {command:.1f} x"
    return [("growth", "10 million lines cost at most 11 x 1 million", text, max(imported, inside, command),
             f"{max(imported, inside, command):.1f} x", max(imported, inside, command) <= 11)]


def row_growth_huge(huge):
    """Memory belongs here, too: it may not grow with the file."""
    imported = pair_ratio(seconds(huge["import"]["Treue"]), seconds(huge["import_smaller"]))
    inside = growth_inside(huge["growth"], "100m", "10m")
    memory = peak(huge["import"]["Treue"])
    text = (f"import {median(seconds(huge['import']['Treue'])):.1f} s beside {median(seconds(huge['import_smaller'])):.2f}"
            f" s, {imported:.1f} x, {memory:.0f} MiB; evaluation inside "
            f"{milli(median(micro(huge['growth']['100m'], 'evaluate_2')))}, {inside:.1f} x")
    return [("", "100 million lines cost at most 11 x 10 million", text, max(imported, inside),
             f"{max(imported, inside):.1f} x", max(imported, inside) <= 11 and memory * MIB <= 512e6)]


def table_rows(result):
    small = result["1m"]
    large = result.get("10m", small)
    rich = result.get("10m-rich")
    rows = [*row_import(large), *row_evaluation(large), *row_what_if(large),
            *row_simulation(result.get("18m-what-if", large)), *row_backtest(large),
            *workbook_import.rows(small["workbook_import"]), postgresql_import.row(large["postgresql_import"]),
            sql_metrics.row(large["sql_metrics"]), *row_first_answer(large), *row_memory(large, small, rich),
            *wild.rows(small["wild"])]
    if "18m-what-if" in result:
        rows += pages.rows(result["18m-what-if"]["pages"])
    rows += server_size.rows(small["server_size"])
    if large is not small:
        rows += row_growth(large, small)
    if "100m" in result:
        rows += row_growth_huge(result["100m"])
    return rows


# ---- the report -------------------------------------------------------------------------------------------------------

def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().split("\n"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gib():
    for line in pathlib.Path("/proc/meminfo").read_text().split("\n"):
        if line.startswith("MemTotal"):
            return int(line.split()[1]) / MIB
    return 0


def system_name():
    release = pathlib.Path("/etc/os-release")
    for line in release.read_text().split("\n") if release.exists() else []:
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.system()


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().split("\n")[0]
    except (OSError, subprocess.CalledProcessError):
        return "?"


def spread(numbers, digits=2):
    return f"{median(numbers):.{digits}f} ({min(numbers):.{digits}f} to {max(numbers):.{digits}f})"


def import_details(result):
    yield "| Lines | Who | Whole command, s | Inside, s | Processor, s | Peak memory, MiB |"
    yield "|---|---|---|---|---|---|"
    for name, one in result.items():
        for who, runs in one.get("import", {}).items():
            inside = spread(duckdb_seconds(runs)) if who.startswith("DuckDB") else ""
            yield (f"| {name} | {who} | {spread(seconds(runs))} | {inside} | "
                   f"{median([run.cpu_seconds for run in runs]):.2f} | {peak(runs):.0f} |")


def evaluation_details(result):
    yield "| Lines | What | Treue, ms | DuckDB, ms |"
    yield "|---|---|---|---|"
    for name, one in result.items():
        if "inside" not in one:
            continue
        own, duck = one["inside"]["Treue"], one["inside"]["DuckDB"]
        lines = [("everything, inside, two threads", spread(micro(own, "evaluate_2")),
                  spread([d["evaluate_ms"] for d in duck])),
                 ("everything, inside, one thread", spread(micro(own, "evaluate_1")), "")]
        for part, what in (("input", "facts as of the cut-off"), ("measure", "metrics"), ("decide", "rules, ladder, counts")):
            other = {"measure": "metrics_ms", "decide": "rules_ms"}.get(part)
            lines.append((f"of that: {what}", spread(micro(own, part + "_2")),
                          spread([d[other] for d in duck]) if other else ""))
        lines += [("one-thread scan of the columns used", spread(micro(own, "scan")), ""),
                  (f"what-if, {own[0]['customers']:,} customers", spread(micro(own, "what_if"), 3),
                   spread([d["m"]["rules_ms"] for d in one["what_if"]])),
                  ("what-if, 1,000,000 customers", spread(micro(own, "what_if_million")),
                   spread([d["m_million"]["rules_ms"] for d in one["what_if"]])),
                  ("whole command", spread([1000 * s for s in seconds(one["command"]["Treue"])], 0),
                   spread([1000 * s for s in seconds(one["command"]["DuckDB"])], 0)),
                  ("peak memory of the whole command, MiB", f"{peak(one['command']['Treue']):.0f}",
                   f"{peak(one['command']['DuckDB']):.0f}")]
        for what, ours, theirs in lines:
            yield f"| {name} | {what} | {ours} | {theirs} |"


def report(result, rows, treue, runs, took):
    duckdb = next(one["inside"]["DuckDB"][0]["version"] for one in result.values() if "inside" in one)
    lines = ["# Results of `./run bench`", "",
             "Written by `bench/run.py`; do not edit. Everything ran side by side in one run, with warm files and nothing "
             "left to write from the import before, on two threads; medians "
             f"of {runs} (inside: of three processes with {runs} runs each), "
             f"ratios pair by pair. Imports of 10 and of 100 million lines begin {REST_S} s after the one before was "
             "removed, so that neither runs in memory the other has just left.", "",
             f"- Date: {datetime.date.today().isoformat()}; the run took {took / 60:.1f} minutes",
             f"- Machine: {processor()}, {os.cpu_count()} cores, {memory_gib():.0f} GiB; {system_name()}, kernel "
             f"{platform.release()}",
             f"- Versions: {first_line(str(treue), '--version')}; DuckDB {duckdb} (Node {first_line('node', '--version')}); "
             f"sqlite3 {first_line('sqlite3', '--version').split(' ')[0]}; {first_line(compiler(), '--version')}",
             "- Data: " + "; ".join(f"{name}: {one['lines']:,} lines, {one['bytes'] / 1e6:.0f} MB"
                                    for name, one in result.items()),
             "- Both sides find the same segments: " + "; ".join(
                 f"{name}: " + ", ".join(f"{key} {count:,}" for key, count in one["segments"].items())
                 for name, one in result.items() if "segments" in one),
             "", "| What | Must | Measured | Ratio | Met |", "|---|---|---|---|---|"]
    lines += [f"| {what} | {must} | {measured} | {ratio} | {yes(met)} |" for what, must, measured, _, ratio, met in rows]
    lines += ["", "DuckDB has declared column types and two threads. Import and what-if are judged twice: against "
              "its plain statements, and against what it reaches with the order of rows given up "
              "(`preserve_insertion_order` off) or with sums narrowed by hand. Its import is timed inside (create table and checkpoint, without the start of its "
              "process), Treue's as a whole command, start and sync included. Its what-if only counts the segments; Treue's writes a decision per customer.",
              "", "## Import", "", *import_details(result), "", "## Evaluation and what-if", "",
              "Median (least to most).", "", *evaluation_details(result), ""]
    return "\n".join(lines)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    treue = pathlib.Path(sys.argv[1]).resolve()
    os.environ["TREUE_THREADS"] = "2"  # as many as the peers get
    quick = os.environ.get("BENCH_QUICK") == "1"
    runs = max(1, int(os.environ.get("BENCH_RUNS", "5")))
    start = time.monotonic()
    for program in ("sqlite3", "node"):
        if not shutil.which(program):
            fail(f"{program} is missing (Debian: apt-get install sqlite3 nodejs npm)")
    generate, engine, whatif = build_tools(treue)
    files = {"1m": (make_data(generate, "1m", MILLION, "plain"), MILLION)}
    if not quick:
        files["10m"] = (make_data(generate, "10m", 10 * MILLION, "plain"), 10 * MILLION)
        files["10m-rich"] = (make_data(generate, "10m-rich", 10 * MILLION, "rich"), 10 * MILLION)
        files["18m-what-if"] = (make_data(generate, "18m-what-if", 18 * MILLION, "plain", "--customers", "50000"),
                                18 * MILLION)
        files["100m"] = (make_data(generate, "100m", 100 * MILLION, "plain"), 100 * MILLION)
    result = measure(Bench(treue, engine, whatif, find_duckdb(), runs), files)
    rows = table_rows(result)
    text = report(result, rows, treue, runs, time.monotonic() - start)
    target = (WORK if quick else HERE) / "RESULTS.md"
    target.write_text(text, encoding="utf-8")
    print(text)
    missed = [row[1] for row in rows if not row[-1]]
    say(f"{target.relative_to(ROOT)} written; " + (f"not met: {'; '.join(missed)}" if missed else "everything met"))


if __name__ == "__main__":
    main()
