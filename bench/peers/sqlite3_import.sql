-- Fed to the sqlite3 shell; the runner puts the file's path in place of {file}. The shell's own journal is its fastest
-- durable way (with a write-ahead log every page would be written twice).
create table p(invoice text, line integer, customer text, date text, article text, quantity integer, net_amount text);
.mode csv
.import --skip 1 {file} p
