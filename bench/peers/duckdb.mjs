// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs DuckDB for the benchmark and prints its own timings as JSON.
//   node duckdb.mjs import FILE.csv NEW.duckdb [true|false]   create table and checkpoint (preserve_insertion_order)
//   node duckdb.mjs evaluate DATABASE [RUNS]                  metrics, then rules; medians after one warm run
//   node duckdb.mjs what-if DATABASE [RUNS]                   rules only, changed thresholds
// DUCKDB_MODULES names the folder that holds node_modules.
import fs from 'node:fs';
import path from 'node:path';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.resolve(process.env.DUCKDB_MODULES ?? '.') + '/');
const {DuckDBInstance} = require('@duckdb/node-api');

const A = 100000, B = 25000;

function sql(name, values = {}) {
  let text = fs.readFileSync(path.join(here, name), 'utf8').replace(/^--.*$/gm, '');
  for (const [key, value] of Object.entries(values)) text = text.replaceAll(`{${key}}`, value);
  return text.split(';').map((one) => one.trim()).filter(Boolean);
}

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

async function open(file) {
  const instance = await DuckDBInstance.create(file, {threads: '2'});
  return {instance, connection: await instance.connect()};
}

async function importFile(connection, file, order) {
  const milliseconds = [];
  for (const statement of sql('duckdb_import.sql', {file, order})) {
    const [time] = await timed(() => connection.run(statement));
    milliseconds.push(time);
  }
  const [create, checkpoint] = milliseconds.slice(-2);
  return {create_ms: create, checkpoint_ms: checkpoint, import_ms: create + checkpoint};
}

async function counts(connection, table, a, b) {
  const rows = await (await connection.runAndReadAll(sql('duckdb_rules.sql', {table, a, b})[0])).getRows();
  return Object.fromEntries(rows.map(([segment, count]) => [segment, Number(count)]).sort());
}

async function evaluate(connection, runs) {
  const metrics = [], both = [], rules = [];
  let segments;
  for (let run = 0; run <= runs; run++) {
    const [metrics_ms] = await timed(() => connection.run(sql('duckdb_metrics.sql')[0]));
    const [rules_ms, result] = await timed(() => counts(connection, 'm', A, B));
    segments = result;
    if (!run) continue; // the first one warms up
    metrics.push(metrics_ms);
    rules.push(rules_ms);
    both.push(metrics_ms + rules_ms);
  }
  return {metrics_ms: median(metrics), rules_ms: median(rules), evaluate_ms: median(both), evaluate_runs: both, segments};
}

async function whatIf(connection, runs) {
  const answer = {};
  await connection.run(sql('duckdb_million.sql')[0]);
  await connection.run(sql('duckdb_narrow.sql')[0]);
  for (const table of ['m', 'm_narrow', 'm_million']) {
    const times = [];
    let result;
    for (let run = 0; run <= runs; run++) {
      const [time, segments] = await timed(() => counts(connection, table, A * 9 / 10 + run, B * 9 / 10 + run));
      if (run) times.push(time); // the first one warms up
      result ??= segments;
    }
    answer[table] = {rules_ms: median(times), rules_runs: times, segments: result};
  }
  return answer;
}

async function main([work, ...names]) {
  if (work === 'import') {
    const [file, database, order = 'false'] = names;
    for (const old of [database, database + '.wal']) fs.rmSync(old, {force: true});
    const {instance, connection} = await open(database);
    const result = await importFile(connection, file, order);
    connection.closeSync();
    instance.closeSync();
    return {...result, bytes: fs.statSync(database).size};
  }
  if (work !== 'evaluate' && work !== 'what-if') throw new Error('usage: duckdb.mjs import|evaluate|what-if ...');
  const {instance, connection} = await open(names[0]);
  const runs = Number(names[1] ?? 5);
  const result = work === 'evaluate' ? await evaluate(connection, runs) : await whatIf(connection, runs);
  const version = await (await connection.runAndReadAll('select version()')).getRows();
  connection.closeSync();
  instance.closeSync();
  return {...result, version: version[0][0]};
}

try {
  console.log(JSON.stringify(await main(process.argv.slice(2))));
} catch (error) {
  console.error(`duckdb.mjs: ${error.message}`);
  process.exit(1);
}
