-- One row per line into a new database file. Declared types (no detection) and free order of rows are DuckDB's fastest.
-- The runner puts the file's path in place of {file}.
set threads = 2;
set preserve_insertion_order = {order};
create table p as
select invoice, line, customer, date, article, quantity, net_amount as net
from read_csv('{file}', header = true, delim = ',', quote = '', escape = '', auto_detect = false,
              columns = {'invoice': 'VARCHAR', 'line': 'UTINYINT', 'customer': 'VARCHAR', 'date': 'DATE',
                         'article': 'VARCHAR', 'quantity': 'SMALLINT', 'net_amount': 'DECIMAL(12,2)'});
checkpoint;
