#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages weigh packed, and what memory a server takes: idle with the demo company, and per idle event stream (plain
HTTP). Part of run.py; alone:

  server_size.py TREUE      (http_fixture, the server of the streams, stands beside it)
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "tests" / "http"), str(ROOT / "tests" / "road")]

import house as houses  # noqa: E402
import road  # noqa: E402

CLOCK = "2026-02-10T09:00:00Z"
PACKED = [("Accept-Encoding", "br, gzip")]
PLAIN_KB, CHART_KB, LATER_KB, IDLE_MB, STREAM_KB = 180, 400, 40, 64, 30
IDLE_S = 5


def wire_bytes(answer):
    """Body and head as they were sent."""
    return len(answer.body) + len(answer.line) + 4 + sum(len(name) + len(value) + 4 for name, value in answer.headers)


def fetch(browser, path, headers=()):
    answer = browser.ask(path, headers=headers, accept="*/*" if path.startswith("/assets") else "text/html")
    if answer.status != 200:
        raise SystemExit(f"bench: {path}: {answer.line}")
    return answer


def files_of(browser, text, seen):
    """Every file a page or a style sheet names, and what those name: more than a browser takes, which leaves out the
    fonts of other scripts."""
    for path in re.findall(r"""["'(](/assets/[^"')?#]+(?:\?[^"')#]*)?)["')]""", text):
        if path not in seen:
            seen.add(path)
            if ".css" in path:
                files_of(browser, fetch(browser, path).body.decode(), seen)
    return seen


def weights(browser):
    """Kilobytes packed: first visit without and with a chart, heaviest later page."""
    customers = fetch(browser, "/customers?q=10006").body.decode()
    customer = re.search(r'href="(/customers/[0-9]+)"', customers).group(1)
    pages = ["/customers", customer, "/", "/ladder", "/prospects", "/analysis"]
    page = {path: wire_bytes(fetch(browser, path, PACKED)) for path in pages}
    first = {}
    for path in ("/customers", customer):
        files = files_of(browser, fetch(browser, path).body.decode(), set())
        if len(files) < 3:
            raise SystemExit(f"bench: {path} names only {files}")
        first[path] = page[path] + sum(wire_bytes(fetch(browser, name, PACKED)) for name in files)
    return first["/customers"] / 1000, first[customer] / 1000, max(page.values()) / 1000


def streams_kb(binary):
    """By the test of ten thousand streams, which knows how."""
    done = subprocess.run([sys.executable, ROOT / "tests" / "http" / "test_streams.py", binary], capture_output=True,
                          text=True, check=False)
    found = re.search(r"(\d+) streams: ([0-9.]+) kB each", done.stdout)
    if done.returncode or not found:
        raise SystemExit(f"bench: streams: {done.stdout[-300:]}{done.stderr[-300:]}")
    return int(found.group(1)), float(found.group(2))


def measure(binary):
    binary = str(pathlib.Path(binary).resolve())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="treue-bench-demo-"))
    try:
        subprocess.run(["sh", ROOT / "demo" / "demo.sh", binary, folder / "demo"], check=True,
                       stdout=subprocess.DEVNULL)
        house = houses.House.__new__(houses.House)
        house.treue = road.Treue.__new__(road.Treue)
        house.treue.__dict__.update(binary=binary, folder=folder, data=folder / "demo" / "data", clock=CLOCK,
                                    environment={})
        house.folder, house.clock, house.server, house.links = folder, CLOCK, None, {}
        house.log = folder / "server.log"
        house.add("bench", "owner", "Chef")
        with house.serving():
            browser = house.complete("bench")
            without, chart, later = weights(browser)
            time.sleep(IDLE_S)
            idle_kb = house.server.memory_kb()
    finally:
        shutil.rmtree(folder)
    streams, each = streams_kb(binary)
    return {"without": without, "chart": chart, "later": later, "idle_kb": idle_kb, "streams": streams, "each": each}


def rows(result):
    idle_mb = result["idle_kb"] / 1000
    yield ("page weight, packed, with every file the page names", f"first visit <= {PLAIN_KB} kB",
           f"customer list {result['without']:.1f} kB", "", "", result["without"] <= PLAIN_KB)
    yield ("", f"first visit with a chart <= {CHART_KB} kB", f"dossier {result['chart']:.1f} kB", "", "",
           result["chart"] <= CHART_KB)
    yield ("", f"later pages <= {LATER_KB} kB", f"heaviest of six {result['later']:.1f} kB", "", "",
           result["later"] <= LATER_KB)
    yield ("idle server with the demo, after its pages were asked for", f"<= {IDLE_MB} MB", f"{idle_mb:.1f} MB", "", "",
           idle_mb <= IDLE_MB)
    yield (f"{result['streams']:,} idle event streams, plain HTTP", f"<= {STREAM_KB} kB each",
           f"{result['each']:.1f} kB each", "", "", result["each"] <= STREAM_KB)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for line in rows(measure(sys.argv[1])):
        print(*line, sep=" | ")
