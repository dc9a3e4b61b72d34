#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Turns sql/migrations/*.sql, sql/queries/*.sql and sql/engine/*.sql into C.

  queries.py --header queries.h --source queries.c FILE...   what the build does
  queries.py --dump-postgresql FILE...     the migrations as PostgreSQL gets them
  queries.py --dump-sqlite FILE...         the migrations as SQLite gets them
  queries.py --dump-queries FILE...        all queries of both engines as JSON, for the prepare test

A query file holds blocks:

  -- name: import_insert :exec                 kinds: :exec, :one, :many, :scan, :bulk, :part; a word "sqlite" or
  -- Registers an import as staging.           "postgresql" limits the block to an engine: then both must be there, with
  -- arg id ordinal                            the same arguments and rows. The lines of text become the comment of the C
  -- arg finished_ms instant?                  function. "?": may be NULL; C gets has_finished_ms beside it
  -- row ...                                   columns of the result in their order (:one and :many)
  INSERT INTO import (...) VALUES (:id, ...);

Arguments are named :name. Type tokens of migrations: see sql/migrations/0001_main_road.sql. In queries: {lines_columns}
is the column list that holds a document's lines (also with a table in front: d.{lines_columns}), and an argument of
type `lines` expands to as many placeholders.

A :scan query is a :many query whose rows need not fit into memory together: a server hands them over in pieces.

A :bulk query takes an array of arguments and changes all their rows in one call. Its text reads them like a table:
INSERT INTO t (x, y) SELECT :x, :y FROM {rows}. On PostgreSQL it may instead be COPY t (columns) FROM STDIN (FORMAT
binary), with the arguments in the order of the columns.

A :part is no query: its text stands for {name} in the queries (and parts) that name it, which declare its arguments. A
part, too, may have a block for each engine. {name 3} is the same with every name that ends in _n ending in _3.

Files of sql/engine/ hold blocks of the kind :engine. They become string constants ENGINE_NAME without arguments.
"""
import hashlib
import json
import pathlib
import re
import sys

ENGINES = ("sqlite", "postgresql")
TYPES = {
    # type: (C type, enum db_type, SQLite column, PostgreSQL column, PostgreSQL cast)
    "id": ("int64_t", "DB_INT64", "INTEGER", "bigint", "bigint"),
    "int": ("int64_t", "DB_INT64", "INTEGER", "bigint", "bigint"),
    "instant": ("int64_t", "DB_INT64", "INTEGER", "bigint", "bigint"),
    "money": ("int64_t", "DB_INT64", "INTEGER", "bigint", "bigint"),
    "ordinal": ("int32_t", "DB_INT32", "INTEGER", "integer", "integer"),
    "day": ("int32_t", "DB_INT32", "INTEGER", "integer", "integer"),
    "flag": ("bool", "DB_FLAG", "INTEGER", "smallint", "smallint"),
    "text": ("struct text", "DB_TEXT", "TEXT", 'text COLLATE "C"', "text"),
    "bytes": ("struct bytes", "DB_BYTES", "BLOB", "bytea", "bytea"),
    "lines": ("struct bytes", "DB_LINES", None, None, None),
}
LINES = [("line_article", "integer[]"), ("line_quantity", "bigint[]"), ("line_amount", "bigint[]"),
         ("line_cost", "bigint[]"), ("line_group", "integer[]"), ("line_marks", "smallint[]")]
ARGUMENTS_MAX = 32
PARTS_DEEP_MAX = 5
CHANGES = ("exec", "bulk")
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
HEAD = re.compile(r"--\s*name:\s*(\S+)\s+:(exec|one|many|scan|bulk|part|engine)(?:\s+(\S+))?\s*\Z")
# What SQL text is made of, as far as placeholders are concerned.
TOKEN = re.compile(r"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
  | (?P<string>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<cast>::)
  | (?P<argument>:[A-Za-z_][A-Za-z0-9_]*)
  | (?P<token>(?:[A-Za-z_][A-Za-z0-9_]*\.)?\{[^}\n]*\})
  | (?P<bad>\?|\$[0-9]|:|\{|\}|;)
  | (?P<blank>\s+)
  | (?P<word>[A-Za-z0-9_.]+|.)
""", re.VERBOSE | re.DOTALL)


class Problem(Exception):
    pass


def problem(path, line, message):
    raise Problem(f"{path}:{line}: {message}")


class Query:
    def __init__(self, path, line, name, kind, engine):
        self.path, self.line, self.name, self.kind, self.engine = path, line, name, kind, engine
        self.comment, self.args, self.rows, self.text, self.text_line = [], [], [], [], 0
        self.sql = {}

    def fields(self, which):
        return self.args if which == "args" else self.rows


def migration_tokens(engine, indent):
    """The expansion of each type token in a migration."""
    column = 2 if engine == "sqlite" else 3
    tokens = {name: value[column] for name, value in TYPES.items() if name != "lines"}
    if engine == "sqlite":
        tokens.update({"lines": "lines BLOB NOT NULL", "strict": "STRICT", "strict_clustered": "STRICT, WITHOUT ROWID"})
    else:
        lines = (",\n" + indent).join(f"{name} {kind} NOT NULL" for name, kind in LINES)
        tokens.update({"lines": lines, "strict": "", "strict_clustered": ""})
    return tokens


def expand_migration(path, text, engine):
    """The statements without comments, so that a changed comment does not change the checksum."""
    result, tokens, position = [], migration_tokens(engine, " " * 8), 0
    while position < len(text):
        match = TOKEN.match(text, position)
        position = match.end()
        kind, value = match.lastgroup, match.group()
        if kind == "comment":
            continue
        if kind == "token":
            name = value.strip("{}")
            if name not in tokens:
                problem(path, text.count("\n", 0, match.start()) + 1, f"unknown token {value}")
            value = tokens[name]
        elif kind == "bad" and value != ";":
            problem(path, text.count("\n", 0, match.start()) + 1, f"unexpected {value}")
        result.append(value)
    lines = (line.rstrip() for line in "".join(result).split("\n"))
    return "".join(re.sub(r"\s+;", ";", line) + "\n" for line in lines if line)


def read_migrations(paths):
    result = []
    for path in sorted(paths, key=lambda each: each.name):
        match = re.match(r"([0-9]{4})_([a-z0-9_]+)\.sql\Z", path.name)
        if not match:
            problem(path, 1, "a migration is named 0001_what_it_does.sql")
        if int(match.group(1)) != len(result) + 1:
            problem(path, 1, f"expected migration number {len(result) + 1:04}")
        text = path.read_text(encoding="utf-8")
        statements = {engine: expand_migration(path, text, engine) for engine in ENGINES}
        normal = re.sub(r"\s+", " ", statements["sqlite"] + "\n" + statements["postgresql"])
        checksum = hashlib.sha256(normal.encode()).hexdigest()
        result.append((len(result) + 1, match.group(2), statements, checksum))
    return result


def read_field(query, line, words):
    if len(words) != 3 or not NAME.match(words[1]):
        problem(query.path, line, f"expected '-- {words[0]} name type'")
    kind, nullable = words[2].rstrip("?"), words[2].endswith("?")
    if kind not in TYPES or (kind == "lines" and nullable):
        problem(query.path, line, f"unknown type {words[2]}")
    fields = query.args if words[0] == "arg" else query.rows
    if any(name == words[1] for name, _, _ in fields):
        problem(query.path, line, f"{words[0]} {words[1]} is declared twice")
    if len(fields) == ARGUMENTS_MAX:
        problem(query.path, line, f"more than {ARGUMENTS_MAX} of {words[0]}")
    fields.append((words[1], kind, nullable))


def read_blocks(path):
    result, query = [], None
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        stripped = line.strip()
        if re.match(r"--\s*name:", stripped):
            match = HEAD.match(stripped)
            if not match or not NAME.match(match.group(1)) or match.group(3) not in (None,) + ENGINES:
                problem(path, number,
                        "expected '-- name: some_name :exec|:one|:many|:scan|:bulk|:part [sqlite|postgresql]'")
            query = Query(path, number, *match.groups())
            result.append(query)
        elif stripped.startswith("--") and query and not query.text:
            words = stripped[2:].split()
            if words[:1] in (["arg"], ["row"]) and len(words) == 3:
                read_field(query, number, words)
            elif words:
                query.comment.append(stripped[2:].strip())
        elif query:
            if stripped and not stripped.startswith("--") and not query.text:
                query.text_line = number
            if query.text or (stripped and not stripped.startswith("--")):
                query.text.append(line)
        elif stripped and not stripped.startswith("--"):
            problem(path, number, "text outside a query")
    for query in result:
        query.text = "\n".join(query.text)
        if not query.text.strip():
            problem(path, query.line, f"{query.name}: no SQL text")
    return result


def placeholders(query, engine):
    """Argument name to its text."""
    result, number = {}, 1
    for name, kind, _ in query.args:
        if query.kind == "bulk":
            result[name] = f"bulk_rows.a{number}"
            number += 1
        elif engine == "sqlite":
            result[name] = f"?{number}"
            number += 1
        elif kind == "lines":
            result[name] = ", ".join(f"${number + i}::{cast}" for i, (_, cast) in enumerate(LINES))
            number += len(LINES)
        else:
            result[name] = f"${number}::{TYPES[kind][4]}"
            number += 1
    return result


def bulk_rows(query, engine):
    """What a :bulk query reads its rows from: a table of the engine's own, or arrays."""
    if engine == "sqlite":
        return "bulk_rows"
    arrays = ", ".join(f"${i}::{TYPES[kind][4]}[]" for i, (_, kind, _) in enumerate(query.args, 1))
    return f"unnest({arrays}) AS bulk_rows ({', '.join(f'a{i + 1}' for i in range(len(query.args)))})"


def expand_token(query, line, value, engine):
    table, _, name = value.rpartition("{")
    if name == "rows}" and query.kind == "bulk" and not table:
        if engine == "postgresql" and any(kind == "lines" for _, kind, _ in query.args):
            problem(query.path, line, f"{query.name}: lines are no array: PostgreSQL takes them by COPY")
        return bulk_rows(query, engine)
    if name != "lines_columns}":
        problem(query.path, line, f"{query.name}: unknown token {value}")
    columns = ["lines"] if engine == "sqlite" else [column for column, _ in LINES]
    return ", ".join(table + column for column in columns)


def is_copy(query, engine):
    return query.kind == "bulk" and engine == "postgresql" and query.text.lstrip().startswith("COPY ")


def expand_query(query, engine):
    text, arguments, used, result, position, ended = query.text, placeholders(query, engine), set(), [], 0, False
    tokens = set()
    while position < len(text):
        match = TOKEN.match(text, position)
        position = match.end()
        kind, value = match.lastgroup, match.group()
        line = query.text_line + text.count("\n", 0, match.start())
        if kind == "comment":
            continue
        if ended and kind != "blank":
            problem(query.path, line, f"{query.name}: text after the semicolon")
        if value == ";":
            ended = True
            continue
        if kind == "bad" or (kind == "cast" and engine == "sqlite"):
            problem(query.path, line, f"{query.name}: unexpected {value}")
        if kind == "argument":
            if value[1:] not in arguments:
                problem(query.path, line, f"{query.name}: unknown argument {value}")
            used.add(value[1:])
            value = arguments[value[1:]]
        elif kind == "token":
            tokens.add(value)
            value = expand_token(query, line, value, engine)
        elif kind == "blank":
            value = "" if result and result[-1] == " " else " "
        if value:
            result.append(value)
    if not ended:
        problem(query.path, query.line, f"{query.name}: no semicolon at the end")
    if query.kind == "bulk" and not is_copy(query, engine) and "{rows}" not in tokens:
        problem(query.path, query.line, f"{query.name}: a :bulk query reads FROM {{rows}}")
    for name in arguments:
        if name not in used and not is_copy(query, engine):
            problem(query.path, query.line, f"{query.name}: argument {name} is not used")
    return "".join(result).strip()


def take_parts(blocks):
    """The parts by name and engine, and the other blocks."""
    parts, rest = {}, []
    for block in blocks:
        if block.kind != "part":
            rest.append(block)
            continue
        if block.args or block.rows:
            problem(block.path, block.line, f"{block.name}: the queries that use a part declare its arguments and rows")
        text = re.sub(r"--[^\n]*", "", block.text).strip()
        if not text.endswith(";"):
            problem(block.path, block.line, f"{block.name}: no semicolon at the end")
        for engine in [block.engine] if block.engine else ENGINES:
            if (block.name, engine) in parts:
                problem(block.path, block.line, f"{block.name}: name used twice")
            parts[block.name, engine] = text[:-1].rstrip()
    return parts, rest


def put_parts(text, parts, engine):
    """The text with its parts, which may name further ones; a circle stays and is refused as an unknown token."""
    for _ in range(PARTS_DEEP_MAX):
        text = re.sub(r"(?<![.A-Za-z0-9_])\{([a-z0-9_]+)(?: ([0-9]+))?\}",
                      lambda match: numbered(parts.get((match.group(1), engine), match.group()), match.group(2)), text)
    return text


def numbered(text, number):
    return re.sub(r"_n\b", f"_{number}", text) if number else text


def read_queries(paths):
    """Queries by name in order; blocks of the two engines joined."""
    result = {}
    parts, blocks = take_parts([query for path in sorted(paths) for query in read_blocks(path)])
    for query in blocks:
        if query.kind == "engine":
            problem(query.path, query.line, "blocks of the kind :engine stand in sql/engine/")
        if query.kind in CHANGES and query.rows:
            problem(query.path, query.line, f"{query.name}: :{query.kind} has no rows")
        if query.kind == "bulk" and not query.args:
            problem(query.path, query.line, f"{query.name}: no '-- arg' given")
        if query.kind not in CHANGES and not query.rows:
            problem(query.path, query.line, f"{query.name}: no '-- row' given")
        engines = [query.engine] if query.engine else ENGINES
        first = result.setdefault(query.name, query)
        if first is not query and (set(engines) & set(first.sql) or first.kind != query.kind):
            problem(query.path, query.line, f"{query.name}: name used twice (see {first.path}:{first.line})")
        if (first.args, first.rows) != (query.args, query.rows):
            problem(query.path, query.line, f"{query.name}: arguments or rows differ between the engines")
        text = query.text
        for engine in engines:
            query.text = put_parts(text, parts, engine)
            first.sql[engine] = expand_query(query, engine)
    for query in result.values():
        if len(query.sql) != 2:
            problem(query.path, query.line, f"{query.name}: the block for the other engine is missing")
    return list(result.values())


def read_engine(paths):
    result = {}
    for query in (query for path in sorted(paths) for query in read_blocks(path)):
        if query.kind != "engine" or query.args or query.rows:
            problem(query.path, query.line, "only :engine blocks without arguments stand here")
        if query.name in result:
            problem(query.path, query.line, f"{query.name}: name used twice")
        text = re.sub(r"--[^\n]*", "", query.text)
        result[query.name] = " ".join(text.split())
    return result


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def quoted_lines(text, indent):
    lines = text.rstrip("\n").split("\n")
    return ("\n" + indent).join(quoted(line + ("\n" if len(lines) > 1 else "")) for line in lines)


def c_struct(name, fields):
    result = [f"struct {name} {{"]
    for field, kind, nullable in fields:
        if nullable:
            result.append(f"        bool has_{field};")
        result.append(f"        {TYPES[kind][0]} {field};")
    return result + ["};"]


def signatures(query):
    """The functions of a query, without the final semicolon."""
    name, args = f"q_{query.name}", f"const struct q_{query.name}_args *args"
    if query.kind == "exec":
        return [f"enum status {name}(struct connection *connection, {args}, int64_t *ret_changes, struct error *error)"]
    if query.kind == "bulk":
        return [f"enum status {name}(struct connection *connection, const struct {name}_args *rows, size_t row_count, "
                "int64_t *ret_changes, struct error *error)"]
    if query.kind == "one":
        return [f"enum status {name}(struct connection *connection, {args}, struct {name}_row *ret, bool *ret_found, "
                "struct error *error)"]
    return [f"enum status {name}_open(struct connection *connection, {args}, struct rows **ret, struct error *error)",
            f"enum status {name}_next(struct rows *rows, struct {name}_row *ret, bool *ret_more, struct error *error)"]


def header(queries, migrations, engine):
    out = ["/* Generated by tools/queries.py from sql/; not to be edited. */", "#ifndef TREUE_QUERIES_H",
           "#define TREUE_QUERIES_H", "", '#include "db/query.h"', "", "enum query_id {"]
    out += [f"        QUERY_{query.name.upper()}," for query in queries]
    out += ["        QUERY_COUNT", "};", ""]
    out += [f"enum {{ MIGRATION_COUNT = {len(migrations)} }};",
            "extern const struct query_definition query_definitions[QUERY_COUNT];",
            "extern const struct migration migrations[MIGRATION_COUNT];",
            "/* Names all migrations and queries, as both engines get them. */",
            "extern const char queries_checksum[];", ""]
    out += [f"#define ENGINE_{name.upper()} {quoted(text)}" for name, text in engine.items()] + [""]
    for query in queries:
        name = f"q_{query.name}"
        if query.args:
            out += c_struct(name + "_args", query.args)
        else:
            out += [f"struct {name}_args; /* no arguments: give NULL */"]
        if query.rows:
            out += c_struct(name + "_row", query.rows)
        if query.comment:
            out += ["/* " + "\n * ".join(query.comment).replace("*/", "* /") + " */"]
        out += [f"must_check {signature};" for signature in signatures(query)] + [""]
    return "\n".join(out + ["#endif", ""])


def fill_arguments(query):
    out = [f"        struct db_value values[{len(query.args)}];"]
    for i, (field, kind, nullable) in enumerate(query.args):
        form = TYPES[kind][0]
        null = f"!args->has_{field}" if nullable else "false"
        if form.startswith("struct"):
            out.append(f"        values[{i}] = (struct db_value){{.data = args->{field}.data, "
                       f".length = args->{field}.length, .is_null = {null}}};")
        else:
            out.append(f"        values[{i}] = (struct db_value){{.integer = args->{field}, .is_null = {null}}};")
    return out


def take_row(query):
    out = []
    for i, (field, kind, nullable) in enumerate(query.rows):
        form = TYPES[kind][0]
        if nullable:
            out.append(f"                ret->has_{field} = !values[{i}].is_null;")
        if form.startswith("struct"):
            out += [f"                ret->{field}.data = values[{i}].data;",
                    f"                ret->{field}.length = values[{i}].length;"]
        elif form == "bool":
            out.append(f"                ret->{field} = values[{i}].integer != 0;")
        else:
            out.append(f"                ret->{field} = ({form})values[{i}].integer;")
    return out


def functions(query):
    identity, out, lists = f"QUERY_{query.name.upper()}", [], signatures(query)
    if query.kind == "bulk":
        return [lists[0], "{", f"        return query_bulk(connection, {identity}, rows, row_count, ret_changes, error);",
                "}", ""]
    values = "values" if query.args else "NULL"
    fill = fill_arguments(query) if query.args else ["        (void)args;"]
    if query.kind == "exec":
        return [lists[0], "{"] + fill + [
            f"        return query_exec(connection, {identity}, {values}, ret_changes, error);", "}", ""]
    row = [f"        struct db_value row[{len(query.rows)}];"]
    if query.kind in ("many", "scan"):
        out = [lists[0], "{"] + fill + [f"        return query_open(connection, {identity}, {values}, ret, error);",
                                        "}", "", lists[1], "{"]
        row = [f"        struct db_value values[{len(query.rows)}];", "        bool more = false;",
               f"        enum status status = query_next(rows, {identity}, values, &more, error);"]
        flag, target = "more", "ret_more"
        return out + row + [f"        if (!status && {flag}) {{"] + take_row(query) + [
            "        }", "        if (!status)", f"                *{target} = {flag};", "        return status;", "}",
            ""]
    out = [lists[0], "{"] + fill + row + ["        bool found = false;"]
    out += [f"        enum status status = query_one(connection, {identity}, {values}, row, &found, error);",
            "        if (!status && found) {"]
    out += [line.replace("values[", "row[") for line in take_row(query)]
    return out + ["        }", "        if (!status)", "                *ret_found = found;", "        return status;",
                  "}", ""]


def definition(query):
    def types(fields):
        return "{" + ", ".join(TYPES[kind][1] + (" | DB_NULLABLE" if nullable else "")
                               for _, kind, nullable in fields) + "}"
    kind = {"exec": "QUERY_EXEC", "one": "QUERY_ONE", "many": "QUERY_MANY", "scan": "QUERY_SCAN",
            "bulk": "QUERY_BULK"}[query.kind]
    args = f"(const uint8_t[]){types(query.args)}" if query.args else "NULL"
    rows = f"(const uint8_t[]){types(query.rows)}" if query.rows else "NULL"
    return [f"        [QUERY_{query.name.upper()}] = {{", f"                .name = {quoted(query.name)},",
            f"                .sqlite = {quoted(query.sql['sqlite'])},",
            f"                .postgresql = {quoted(query.sql['postgresql'])},",
            f"                .kind = {kind}, .argument_count = {len(query.args)}, .row_count = {len(query.rows)},",
            f"                .arguments = {args},", f"                .rows = {rows},", *places(query), "        },"]


def places(query):
    """Where the arguments of a :bulk query lie in their struct."""
    if query.kind != "bulk":
        return []
    struct = f"struct q_{query.name}_args"
    fields = [f"{{offsetof({struct}, {field}), " + (f"offsetof({struct}, has_{field})" if nullable else "DB_NEVER_NULL")
              + "}" for field, _, nullable in query.args]
    return [f"                .bulk_bytes = sizeof({struct}),", "                .bulk_places = (const struct bulk_place[]){"] + [
        f"                        {field}," for field in fields] + ["                },"]


def checksum_of(queries, migrations):
    """The same as long as nothing about any query or the schema changes."""
    parts = [checksum for _, _, _, checksum in migrations]
    parts += [repr((query.name, query.kind, query.args, query.rows, query.sql)) for query in queries]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def source(queries, migrations):
    out = ["/* Generated by tools/queries.py from sql/; not to be edited. */", "#include <stddef.h>", "",
           '#include "queries.h"', "", "const struct query_definition query_definitions[QUERY_COUNT] = {"]
    for query in queries:
        out += definition(query)
    out += ["};", "", "const struct migration migrations[MIGRATION_COUNT] = {"]
    for number, name, statements, checksum in migrations:
        indent = " " * 16
        out += ["        {", f"                .number = {number},", f"                .name = {quoted(name)},",
                f"                .checksum = {quoted(checksum)},",
                f"                .sqlite = {quoted_lines(statements['sqlite'], indent)},",
                f"                .postgresql = {quoted_lines(statements['postgresql'], indent)},", "        },"]
    out += ["};", "", f"const char queries_checksum[] = {quoted(checksum_of(queries, migrations))};", ""]
    for query in queries:
        out += functions(query)
    return "\n".join(out)


def dump_queries(queries):
    def types(fields, engine, query):
        result = []
        for _, kind, _ in fields:
            if query.kind == "bulk" and engine == "postgresql":
                if not query.sql[engine].startswith("COPY "):
                    result.append(TYPES[kind][4] + "[]")
            elif query.kind == "bulk":
                continue
            elif kind == "lines" and engine == "postgresql":
                result += [cast for _, cast in LINES]
            elif kind == "lines":
                result.append("BLOB")
            else:
                result.append(TYPES[kind][4] if engine == "postgresql" else TYPES[kind][2])
        return result
    return json.dumps([{"name": query.name, "kind": query.kind, "sql": query.sql,
                        "arguments": {engine: types(query.args, engine, query) for engine in ENGINES},
                        "rows": {engine: types(query.rows, engine, query) for engine in ENGINES}}
                       for query in queries], indent=1)


def main(arguments):
    options = {}
    while arguments and arguments[0].startswith("--"):
        option = arguments.pop(0)
        if option in ("--header", "--source") and arguments:
            options[option] = pathlib.Path(arguments.pop(0))
        elif option in ("--dump-postgresql", "--dump-sqlite", "--dump-queries"):
            options[option] = True
        else:
            sys.exit(__doc__)
    paths = [pathlib.Path(argument) for argument in arguments]
    if not paths or not options:
        sys.exit(__doc__)
    migrations = read_migrations([path for path in paths if path.parent.name == "migrations"])
    queries = read_queries([path for path in paths if path.parent.name == "queries"])
    engine = read_engine([path for path in paths if path.parent.name == "engine"])
    for name in ENGINES:
        if f"--dump-{name}" in options:
            print(engine[f"{name}_schema_version"] + "\n")
            print("\n".join(statements[name] for _, _, statements, _ in migrations))
    if "--dump-queries" in options:
        print(dump_queries(queries))
    if "--header" in options:
        options["--header"].write_text(header(queries, migrations, engine), encoding="utf-8")
    if "--source" in options:
        options["--source"].write_text(source(queries, migrations), encoding="utf-8")


try:
    main(sys.argv[1:])
except Problem as error:
    sys.exit(str(error))
