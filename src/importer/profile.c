/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * profile.c: reads a profile from YAML and checks it.
 */
#include "importer/profile.h"

#include <yaml.h>

#include "base/buffer.h"
#include "base/calendar.h"

enum { SOURCE_LENGTH_MAX = 64, COLUMNS_MAX = 512, PREFIX_MAX = 1000 };

/* What the functions below share while one profile is read. */
struct reading {
        yaml_document_t document;
        struct arena *arena;
        struct profile *profile;
        struct error *error;
};

typedef enum status (*key_reader)(struct reading *reading, yaml_node_t *value);

struct key_entry {
        const char *key;
        key_reader read;
};

static unsigned line_of(const yaml_node_t *node) { return (unsigned)node->start_mark.line + 1; }
static unsigned column_of(const yaml_node_t *node) { return (unsigned)node->start_mark.column + 1; }

static enum status problem(struct reading *reading, const yaml_node_t *node, const char *key, const char *name,
                           const char *value)
{
        return error_at(reading->error, STATUS_INVALID, line_of(node), column_of(node), key, name, value, NULL);
}

static enum status problem_allowed(struct reading *reading, const yaml_node_t *node, const char *key, const char *name,
                                   const char *value, const char *allowed)
{
        return error_at(reading->error, STATUS_INVALID, line_of(node), column_of(node), key, name, value, "allowed",
                        allowed, NULL);
}

static yaml_node_t *node_of(struct reading *reading, int id) { return yaml_document_get_node(&reading->document, id); }

/* A scalar as NUL-terminated text in the arena; a NUL byte inside ends it in no case unnoticed: it is refused. */
static enum status read_text(struct reading *reading, const yaml_node_t *node, const char *what, struct text *ret)
{
        if (node->type != YAML_SCALAR_NODE || memchr(node->data.scalar.value, 0, node->data.scalar.length))
                return problem(reading, node, "profile.text_expected", "key", what);
        size_t length = node->data.scalar.length;
        char *copy = arena_copy(reading->arena, (const char *)node->data.scalar.value, length);
        if (!copy)
                return error_memory(reading->error);
        *ret = (struct text){copy, length};
        return STATUS_OK;
}

/* Calls the reader of each key of a mapping; unknown and doubled keys are problems. */
static enum status read_mapping(struct reading *reading, yaml_node_t *node, const char *what,
                                const struct key_entry *entries, size_t count)
{
        uint64_t seen = 0;
        if (node->type != YAML_MAPPING_NODE)
                return problem(reading, node, "profile.mapping_expected", "key", what);
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
                struct text key;
                yaml_node_t *key_node = node_of(reading, pair->key);
                enum status status = read_text(reading, key_node, what, &key);
                if (status)
                        return status;
                size_t i = 0;
                while (i < count && !text_is(key, entries[i].key))
                        i++;
                if (i == count) {
                        struct buffer allowed __attribute__((cleanup(buffer_release)));
                        buffer_init(&allowed, 1024);
                        for (size_t k = 0; k < count; k++)
                                buffer_addf(&allowed, "%s%s", k ? ", " : "", entries[k].key);
                        return problem_allowed(reading, key_node, "profile.unknown_key", "key", key.data, allowed.data);
                }
                if (seen >> i & 1)
                        return problem(reading, key_node, "profile.doubled_key", "key", key.data);
                seen |= UINT64_C(1) << i;
                status = entries[i].read(reading, node_of(reading, pair->value));
                if (status)
                        return status;
        }
        return STATUS_OK;
}

static enum status read_kind(struct reading *reading, yaml_node_t *node)
{
        struct text text;
        enum status status = read_text(reading, node, "kind", &text);
        if (status)
                return status;
        struct buffer allowed __attribute__((cleanup(buffer_release)));
        buffer_init(&allowed, 256);
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++) {
                if (text_is(text, kind_infos[kind].name)) {
                        reading->profile->kind = (enum import_kind)kind;
                        return STATUS_OK;
                }
                buffer_addf(&allowed, "%s%s", kind ? ", " : "", kind_infos[kind].name);
        }
        return problem_allowed(reading, node, "profile.unknown_kind", "kind", text.data, allowed.data);
}

/* A source stands before a colon in "SOURCE:CUSTOMER": letters, digits, '_', '-', '.'. */
static enum status read_source_code(struct reading *reading, yaml_node_t *node, const char *what, struct text *ret)
{
        struct text text;
        enum status status = read_text(reading, node, what, &text);
        if (status)
                return status;
        bool valid = text.length >= 1 && text.length <= SOURCE_LENGTH_MAX;
        for (size_t i = 0; valid && i < text.length; i++) {
                char byte = text.data[i];
                valid = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                        byte == '_' || byte == '-' || byte == '.';
        }
        if (!valid)
                return error_at(reading->error, STATUS_INVALID, line_of(node), column_of(node), "profile.source_code",
                                "key", what, "value", text.data, NULL);
        *ret = text;
        return STATUS_OK;
}

static enum status read_source(struct reading *reading, yaml_node_t *node)
{
        return read_source_code(reading, node, "source", &reading->profile->source);
}

static enum status read_customer_source(struct reading *reading, yaml_node_t *node)
{
        return read_source_code(reading, node, "customer_source", &reading->profile->customer_source);
}

static enum status read_product_source(struct reading *reading, yaml_node_t *node)
{
        return read_source_code(reading, node, "product_source", &reading->profile->product_source);
}

struct choice {
        const char *word;
        int value;
};

static enum status read_choice(struct reading *reading, yaml_node_t *node, const char *what,
                               const struct choice *choices, size_t count, const char *allowed, int *ret)
{
        struct text text;
        enum status status = read_text(reading, node, what, &text);
        if (status)
                return status;
        for (size_t i = 0; i < count; i++) {
                if (text_is(text, choices[i].word)) {
                        *ret = choices[i].value;
                        return STATUS_OK;
                }
        }
        return error_at(reading->error, STATUS_INVALID, line_of(node), column_of(node), "profile.bad_value", "key",
                        what, "value", text.data, "allowed", allowed, NULL);
}

#define CHOICES(table) table, sizeof(table) / sizeof((table)[0])

static enum status read_encoding(struct reading *reading, yaml_node_t *node)
{
        static const struct choice choices[] = {
                {"auto", ENCODING_AUTO}, {"utf-8", ENCODING_UTF_8}, {"UTF-8", ENCODING_UTF_8},
                {"utf-16", ENCODING_UTF_16_LE}, {"UTF-16", ENCODING_UTF_16_LE}, {"utf-16le", ENCODING_UTF_16_LE},
                {"utf-16be", ENCODING_UTF_16_BE}, {"windows-1252", ENCODING_WINDOWS_1252},
                {"Windows-1252", ENCODING_WINDOWS_1252},
        };
        int value = 0;
        enum status status = read_choice(reading, node, "encoding", CHOICES(choices),
                                         "auto, utf-8, utf-16, utf-16le, utf-16be, windows-1252", &value);
        reading->profile->encoding = (enum encoding)value;
        return status;
}

static enum status read_delimiter(struct reading *reading, yaml_node_t *node)
{
        static const struct choice choices[] = {
                {"auto", 0}, {",", ','}, {";", ';'}, {"tab", '\t'}, {"\t", '\t'}, {"\\t", '\t'}, {"|", '|'},
        };
        int value = 0;
        enum status status = read_choice(reading, node, "delimiter", CHOICES(choices),
                                         "auto, \",\", \";\", tab, \"|\"", &value);
        reading->profile->delimiter = (char)value;
        return status;
}

static enum status read_decimal(struct reading *reading, yaml_node_t *node)
{
        static const struct choice choices[] = {
                {"auto", DECIMAL_SETTING_AUTO}, {".", DECIMAL_SETTING_POINT}, {"point", DECIMAL_SETTING_POINT},
                {",", DECIMAL_SETTING_COMMA}, {"comma", DECIMAL_SETTING_COMMA},
        };
        int value = 0;
        enum status status = read_choice(reading, node, "decimal", CHOICES(choices),
                                         "auto, \".\" (point), \",\" (comma)", &value);
        reading->profile->decimal = (enum decimal_setting)value;
        return status;
}

static enum status read_has_header(struct reading *reading, yaml_node_t *node)
{
        static const struct choice choices[] = {{"true", 1}, {"yes", 1}, {"false", 0}, {"no", 0}};
        int value = 1;
        enum status status = read_choice(reading, node, "header", CHOICES(choices), "true, false", &value);
        reading->profile->header = value != 0;
        return status;
}

static enum status read_sheet(struct reading *reading, yaml_node_t *node)
{
        enum status status = read_text(reading, node, "sheet", &reading->profile->sheet);
        if (!status && reading->profile->sheet.length == 0)
                status = problem(reading, node, "profile.text_expected", "key", "sheet");
        return status;
}

static enum status read_neutralised(struct reading *reading, yaml_node_t *node)
{
        static const struct choice choices[] = {{"true", 1}, {"yes", 1}, {"false", 0}, {"no", 0}};
        int value = 0;
        enum status status = read_choice(reading, node, "neutralised", CHOICES(choices), "true, false", &value);
        reading->profile->neutralised = value != 0;
        return status;
}

static enum status read_file(struct reading *reading, yaml_node_t *node)
{
        static const struct key_entry entries[] = {{"encoding", read_encoding}, {"delimiter", read_delimiter},
                                                   {"decimal", read_decimal}, {"header", read_has_header},
                                                   {"sheet", read_sheet}, {"neutralised", read_neutralised}};
        return read_mapping(reading, node, "file", entries, sizeof(entries) / sizeof(entries[0]));
}

static enum status read_create(struct reading *reading, yaml_node_t *node)
{
        struct profile *profile = reading->profile;
        const struct kind_info *kind = &kind_infos[profile->kind];
        const char *allowed = kind->create_products ? "customers, products" : "customers";
        if (node->type != YAML_SEQUENCE_NODE)
                return problem(reading, node, "profile.list_expected", "key", "create");
        for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
                struct text word;
                yaml_node_t *item_node = node_of(reading, *item);
                enum status status = read_text(reading, item_node, "create", &word);
                if (status)
                        return status;
                if (text_is(word, "customers") && kind->create_customers)
                        profile->create_customers = true;
                else if (text_is(word, "products") && kind->create_products)
                        profile->create_products = true;
                else
                        return problem_allowed(reading, item_node, "profile.create", "value", word.data, allowed);
        }
        return STATUS_OK;
}

static enum status read_valid_from(struct reading *reading, yaml_node_t *node)
{
        struct text text;
        enum status status = read_text(reading, node, "valid_from", &text);
        if (!status && !day_parse_iso(text, &reading->profile->valid_from_day))
                status = problem(reading, node, "profile.date", "value", text.data);
        return status;
}

static bool parse_whole(struct text text, unsigned max, unsigned *ret)
{
        unsigned value = 0;
        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] < '0' || text.data[i] > '9')
                        return false;
                value = value * 10 + (unsigned)(text.data[i] - '0');
                if (value > max)
                        return false;
        }
        *ret = value;
        return text.length > 0;
}

/* Where a column stands: the header's name or, without header, a number counted from 1. */
static enum status read_place(struct reading *reading, yaml_node_t *node, struct profile_column *column)
{
        struct text text;
        enum status status = read_text(reading, node, "column", &text);
        if (status)
                return status;
        text = text_trim(text);
        column->position = -1;
        if (text.length == 0)
                return problem(reading, node, "profile.text_expected", "key", "column");
        if (reading->profile->header) {
                column->header = text;
                return STATUS_OK;
        }
        unsigned number;
        if (!parse_whole(text, COLUMNS_MAX, &number) || number == 0)
                return problem(reading, node, "profile.column_number", "value", text.data);
        column->position = (int)number - 1;
        return STATUS_OK;
}

/* One `{column: ..., format: ..., prefix: ...}` or `{value: ...}`. */
static enum status read_column_map(struct reading *reading, yaml_node_t *node, enum field_type type,
                                   struct profile_column *column)
{
        static const char *const keys[] = {"column", "format", "prefix", "value"};
        yaml_node_t *values[4] = {0};
        struct text text;
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
                yaml_node_t *key_node = node_of(reading, pair->key);
                enum status status = read_text(reading, key_node, "columns", &text);
                if (status)
                        return status;
                size_t i = 0;
                while (i < 4 && !text_is(text, keys[i]))
                        i++;
                if (i == 4)
                        return problem_allowed(reading, key_node, "profile.unknown_key", "key", text.data,
                                               "column, format, prefix, value");
                if (values[i])
                        return problem(reading, key_node, "profile.doubled_key", "key", text.data);
                values[i] = node_of(reading, pair->value);
        }
        yaml_node_t *place = values[0], *format = values[1], *prefix = values[2], *constant = values[3];
        if (!place == !constant || (constant && (format || prefix)))
                return problem(reading, node, "profile.column_or_value", "key", "column");
        enum status status = constant ? read_text(reading, constant, "value", &column->constant)
                                      : read_place(reading, place, column);
        if (!status && format) {
                status = read_text(reading, format, "format", &column->format);
                bool dated = type == FIELD_DAY || type == FIELD_MOMENT;
                if (!status && (!dated || !day_format_is_valid(column->format.data)))
                        status = problem(reading, format, "profile.format", "value", column->format.data);
        }
        if (!status && prefix) {
                status = read_text(reading, prefix, "prefix", &text);
                if (!status && (type != FIELD_TEXT || !parse_whole(text, PREFIX_MAX, &column->prefix) ||
                                !column->prefix))
                        status = problem(reading, prefix, "profile.prefix", "value", text.data);
        }
        return status;
}

/* The field a key of `columns` names; families ("attribute:*") take any name behind the colon. */
static bool find_field(const struct kind_info *kind, struct text key, size_t *ret_field, struct text *ret_suffix)
{
        for (size_t i = 0; i < kind->field_count; i++) {
                struct text name = text_of(kind->fields[i].name);
                bool family = name.data[name.length - 1] == '*';
                size_t stem = name.length - 1;
                if (family ? key.length > stem && memcmp(key.data, name.data, stem) == 0 : text_equal(key, name)) {
                        *ret_field = i;
                        *ret_suffix = family ? (struct text){key.data + stem, key.length - stem} : (struct text){0};
                        return true;
                }
        }
        return false;
}

static enum status unknown_field(struct reading *reading, const yaml_node_t *node, struct text key)
{
        const struct kind_info *kind = &kind_infos[reading->profile->kind];
        struct buffer allowed __attribute__((cleanup(buffer_release)));
        buffer_init(&allowed, 1024);
        for (size_t i = 0; i < kind->field_count; i++) {
                size_t length = strlen(kind->fields[i].name);
                bool family = kind->fields[i].name[length - 1] == '*';
                buffer_addf(&allowed, "%s%.*s%s", i ? ", " : "", (int)(family ? length - 1 : length),
                            kind->fields[i].name, family ? "NAME" : "");
        }
        return error_at(reading->error, STATUS_INVALID, line_of(node), column_of(node), "profile.unknown_field",
                        "field", key.data, "kind", kind->name, "allowed", allowed.data, NULL);
}

static enum status read_column(struct reading *reading, yaml_node_t *key_node, yaml_node_t *node)
{
        struct profile *profile = reading->profile;
        const struct kind_info *kind = &kind_infos[profile->kind];
        struct profile_column column = {.position = -1};
        struct text key;
        enum status status = read_text(reading, key_node, "columns", &key);
        if (status)
                return status;
        if (!find_field(kind, key, &column.field, &column.suffix))
                return unknown_field(reading, key_node, key);
        for (size_t i = 0; i < profile->column_count; i++)
                if (profile->columns[i].field == column.field && text_equal(profile->columns[i].suffix, column.suffix))
                        return problem(reading, key_node, "profile.doubled_key", "key", key.data);
        enum field_type type = kind->fields[column.field].type;
        status = node->type == YAML_MAPPING_NODE ? read_column_map(reading, node, type, &column)
                                                 : read_place(reading, node, &column);
        if (!status)
                profile->columns[profile->column_count++] = column;
        return status;
}

static enum status read_columns(struct reading *reading, yaml_node_t *node)
{
        struct profile *profile = reading->profile;
        if (node->type != YAML_MAPPING_NODE)
                return problem(reading, node, "profile.mapping_expected", "key", "columns");
        size_t count = (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
        if (count > COLUMNS_MAX)
                return problem(reading, node, "profile.too_many_columns", "limit", "512");
        profile->columns = arena_array(reading->arena, struct profile_column, count ? count : 1);
        if (!profile->columns)
                return error_memory(reading->error);
        for (size_t i = 0; i < count; i++) {
                yaml_node_pair_t *pair = &node->data.mapping.pairs.start[i];
                enum status status = read_column(reading, node_of(reading, pair->key), node_of(reading, pair->value));
                if (status)
                        return status;
        }
        return STATUS_OK;
}

static bool has_field(const struct profile *profile, const char *name)
{
        const struct kind_info *kind = &kind_infos[profile->kind];
        for (size_t i = 0; i < profile->column_count; i++)
                if (strcmp(kind->fields[profile->columns[i].field].name, name) == 0)
                        return true;
        return false;
}

static enum status check_required(struct reading *reading, const yaml_node_t *columns)
{
        const struct kind_info *kind = &kind_infos[reading->profile->kind];
        for (size_t i = 0; i < kind->field_count; i++)
                if (kind->fields[i].required && !has_field(reading->profile, kind->fields[i].name))
                        return error_at(reading->error, STATUS_INVALID, line_of(columns), column_of(columns),
                                        "profile.missing_field", "field", kind->fields[i].name, "kind", kind->name,
                                        NULL);
        const struct profile *profile = reading->profile;
        if (profile->kind == IMPORT_PURCHASES && !has_field(profile, "amount") &&
            !(has_field(profile, "quantity") && has_field(profile, "unit_price")))
                return problem(reading, columns, "profile.amount_missing", "kind", kind->name);
        if (profile->kind == IMPORT_RESPONSIBILITIES && !has_field(profile, "customer") &&
            !has_field(profile, "territory"))
                return problem(reading, columns, "profile.target_missing", "kind", kind->name);
        if (profile->kind == IMPORT_PRODUCTS && has_field(profile, "group_name") &&
            !has_field(profile, "product_group"))
                return error_at(reading->error, STATUS_INVALID, line_of(columns), column_of(columns),
                                "profile.missing_field", "field", "product_group", "kind", kind->name, NULL);
        return STATUS_OK;
}

/* Which of the top keys a kind knows. */
static bool key_applies(const char *key, const struct profile *profile)
{
        bool has_customers = profile->kind != IMPORT_CUSTOMERS && profile->kind != IMPORT_PRODUCTS;
        if (strcmp(key, "create") == 0)
                return kind_infos[profile->kind].create_customers;
        if (strcmp(key, "customer_source") == 0)
                return has_customers;
        if (strcmp(key, "product_source") == 0)
                return profile->kind == IMPORT_PURCHASES;
        return strcmp(key, "valid_from") != 0 || !has_customers || profile->kind == IMPORT_CONTACTS;
}

static yaml_node_t *find_key(struct reading *reading, const yaml_node_t *root, const char *key)
{
        for (yaml_node_pair_t *pair = root->data.mapping.pairs.start; pair < root->data.mapping.pairs.top; pair++) {
                yaml_node_t *node = node_of(reading, pair->key);
                if (node->type == YAML_SCALAR_NODE && strcmp((char *)node->data.scalar.value, key) == 0)
                        return node_of(reading, pair->value);
        }
        return NULL;
}

static enum status skip_key(struct reading *reading, yaml_node_t *node)
{
        (void)reading;
        (void)node;
        return STATUS_OK;
}

/* The kind first, then the file: how columns are read depends on both. */
static enum status read_root(struct reading *reading, yaml_node_t *root)
{
        static const struct key_entry all[] = {
                {"kind", skip_key}, {"source", read_source}, {"file", skip_key}, {"columns", read_columns},
                {"customer_source", read_customer_source}, {"product_source", read_product_source},
                {"create", read_create}, {"valid_from", read_valid_from},
        };
        static const char *const required[] = {"kind", "source", "columns"};
        struct key_entry entries[sizeof(all) / sizeof(all[0])];
        size_t count = 0;
        if (root->type != YAML_MAPPING_NODE)
                return problem(reading, root, "profile.mapping_expected", "key", "kind");
        for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
                if (!find_key(reading, root, required[i]))
                        return problem(reading, root, "profile.missing_key", "key", required[i]);
        enum status status = read_kind(reading, find_key(reading, root, "kind"));
        yaml_node_t *file = find_key(reading, root, "file");
        if (!status && file)
                status = read_file(reading, file);
        if (status)
                return status;
        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
                if (key_applies(all[i].key, reading->profile))
                        entries[count++] = all[i];
        status = read_mapping(reading, root, "kind", entries, count);
        return status ? status : check_required(reading, find_key(reading, root, "columns"));
}

static enum status yaml_problem(const yaml_parser_t *parser, struct error *error)
{
        if (parser->error == YAML_MEMORY_ERROR)
                return error_memory(error);
        return error_at(error, STATUS_INVALID, (unsigned)parser->problem_mark.line + 1,
                        (unsigned)parser->problem_mark.column + 1, "profile.yaml", "reason",
                        parser->problem ? parser->problem : "?", NULL);
}

static enum status read_document(struct reading *reading, yaml_parser_t *parser)
{
        yaml_node_t *root = yaml_document_get_root_node(&reading->document);
        if (!root)
                return error_set(reading->error, STATUS_INVALID, "profile.empty", NULL);
        enum status status = read_root(reading, root);
        if (status)
                return status;
        yaml_document_t second;
        if (!yaml_parser_load(parser, &second))
                return yaml_problem(parser, reading->error);
        yaml_node_t *more = yaml_document_get_root_node(&second);
        if (more)
                status = problem(reading, more, "profile.second_document", "key", "---");
        yaml_document_delete(&second);
        return status;
}

enum status profile_parse(struct arena *arena, const char *yaml, size_t length, struct profile *ret,
                          struct error *error)
{
        struct profile profile = {.header = true, .valid_from_day = DAY_NONE};
        struct reading reading = {.arena = arena, .profile = &profile, .error = error};
        size_t valid = 0;
        profile.text = arena_copy(arena, yaml, length);
        if (!profile.text)
                return error_memory(error);
        if (!text_is_utf8(yaml, length) || memchr(yaml, 0, length))
                return error_set(error, STATUS_INVALID, "profile.not_utf8", NULL);
        if (length >= 3 && memcmp(yaml, "\xEF\xBB\xBF", 3) == 0)
                valid = 3;
        yaml_parser_t parser;
        if (!yaml_parser_initialize(&parser))
                return error_memory(error);
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser, (const unsigned char *)yaml + valid, length - valid);
        enum status status;
        if (yaml_parser_load(&parser, &reading.document)) {
                status = read_document(&reading, &parser);
                yaml_document_delete(&reading.document);
        } else {
                status = yaml_problem(&parser, error);
        }
        yaml_parser_delete(&parser);
        if (status)
                return status;
        if (!profile.customer_source.data)
                profile.customer_source = profile.source;
        if (!profile.product_source.data)
                profile.product_source = profile.source;
        *ret = profile;
        return STATUS_OK;
}
