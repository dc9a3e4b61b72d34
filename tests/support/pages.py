# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of the program, from three places that must say the same: the tables of routes (src/web), the table of
docs/internals/pages.md, and tests/http/rights.txt, which says who sees a page.

A page is a route with a template: what it shows is ui/templates/TEMPLATE.mustache.
"""
import collections
import re

# {METHOD_GET, "/path", PERMISSION, fields, "template", ...: routes without a template have NULL there.
ROUTE = re.compile(r'\{METHOD_(GET|POST),\s*"([^"]+)",\s*\w+,\s*\w+,\s*(?:NULL|"([a-z_]+)")')
ROW = re.compile(r"\| `([a-z_]+)` \| (GET|POST) `([^`]+)` \| ([a-z_, ]+) \| `([a-z]+)` \| `([a-z0-9-]+)` \|\Z")
RIGHT = re.compile(r"(GET|POST)\s+(\S+)\s+(.+?)\s+(?:forbidden|hidden|-)(?:\s+\w+)?\Z")
TABLE = "docs/internals/pages.md"
# Shown at addresses that are no route, or as what all others stand in.
NOT_ROUTED = {"layout", "error"}

Row = collections.namedtuple("Row", "template method path who test picture line")


def routed(project):
    """{(method, path): template} of all routes that have one."""
    found = {}
    for source in sorted((project / "src" / "web").glob("*.c")):
        text = source.read_text(encoding="utf-8")
        read = ROUTE.findall(text)
        if len(read) != text.count("{METHOD_"):
            raise ValueError(f"{source.name}: a route is written so that it cannot be read here")
        for method, path, template in read:
            if template:
                found[method, path] = template
    return found


def rows(project):
    """The rows of the table, and the numbers of lines that look like one but cannot be read."""
    found, unread = [], []
    for number, line in enumerate((project / TABLE).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("| `"):
            match = ROW.match(line)
            if match:
                found.append(Row(*match.groups(), number))
            else:
                unread.append(number)
    return found, unread


def who_may(project):
    """{(method, path): words} of rights.txt; where several rows stand for one, of the first, which is about one's own."""
    found = {}
    for line in (project / "tests" / "http" / "rights.txt").read_text(encoding="utf-8").splitlines():
        match = RIGHT.match(line.split("#")[0].rstrip())
        if match:
            found.setdefault(match.group(1, 2), match.group(3).split())
    return found


def home(project, path):
    """The file with the route to this path."""
    return next(source.relative_to(project).as_posix() for source in sorted((project / "src" / "web").glob("*.c"))
                if f'"{path}"' in source.read_text(encoding="utf-8"))


def problems(project):
    """[(file, line, what is wrong)]: the table held against routes, rights and templates."""
    pages, rights = routed(project), who_may(project)
    table, unread = rows(project)
    wrong = [(TABLE, number, "this row cannot be read") for number in unread]
    named = {}
    for row in table:
        page = (row.method, row.path)
        if page in named:
            wrong.append((TABLE, row.line, f"{row.method} {row.path} stands twice"))
        named[page] = row
        if row.template in NOT_ROUTED:
            continue
        if pages.get(page) != row.template:
            wrong.append((TABLE, row.line, f"{row.method} {row.path} shows {pages.get(page, 'no page')}, not {row.template}"))
        elif row.who != ("developers" if rights.get(page) == ["-"] else ", ".join(rights.get(page, []))):
            wrong.append((TABLE, row.line, f"{row.method} {row.path}: rights.txt lets see it: {', '.join(rights.get(page, []))}"))
    for method, path in sorted(set(pages) - set(named)):
        wrong.append((home(project, path), 1, f"{method} {path} has no row in {TABLE}"))
    files = {path.stem for path in (project / "ui" / "templates").glob("*.mustache")} - {"layout"}
    for template in sorted(files - {row.template for row in table}):
        wrong.append((f"ui/templates/{template}.mustache", 1, f"it has no row in {TABLE}"))
    return wrong


class Router:
    """Which page an address leads to: paths with fewer placeholders first, as the router of the program prefers them."""

    def __init__(self, project):
        self.pages = sorted(routed(project), key=lambda page: (page[1].count("{"), page))
        self.shapes = [re.compile(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(path))) for _, path in self.pages]

    def page(self, method, path):
        return next((page for page, shape in zip(self.pages, self.shapes)
                     if page[0] == method and shape.fullmatch(path)), None)
