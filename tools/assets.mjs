// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Makes one C table of everything the pages load: style sheet, scripts, font, icon.
//
// usage: node assets.mjs UI_FOLDER OUT.c SOURCE...
//
// The style sheet is ui/assets/app.css behind Tabler's, from which everything goes that none of the sources names:
// templates, scripts, drawings in C. Scripts are bundled and minified. Names carry the first 12 digits of the content's
// SHA-256, so that a browser may keep a file for ever. What shrinks is packed here once, not by the server for every visit.
// The same input gives the same output, byte for byte.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import zlib from 'node:zlib';

const HINT = `The libraries of the pages are not installed in ui/node_modules.
./run installs them by itself; by hand: cd ui && npm ci`;

// Classes that appear only while a page is used.
const KEPT = { standard: ['htmx-request'] };
const LIBRARIES = ['@tabler/core', 'htmx.org', '@fontsource-variable/inter'];
const TARGET = ['chrome111', 'firefox115', 'safari16.4'];

function fail(message) {
        process.stderr.write(`assets: ${message}\n`);
        process.exit(1);
}

function library(require, name) {
        try {
                return require.resolve(name);
        } catch {
                return fail(HINT);
        }
}

// The font, the icon: as they are. Inter comes in one file for all weights; latin is what both languages need.
function files(folder) {
        const inter = path.join(folder, 'node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');
        if (!existsSync(inter))
                fail(HINT);
        return [
                { name: 'inter.woff2', type: 'font/woff2', bytes: readFileSync(inter) },
                { name: 'icon.svg', type: 'image/svg+xml', bytes: readFileSync(path.join(folder, 'assets/icon.svg')) },
        ];
}

async function style(folder, esbuild, PurgeCSS, sources, named) {
        const own = await esbuild.build({
                entryPoints: [path.join(folder, 'assets/app.css')],
                bundle: true, write: false, external: ['asset:*'], target: TARGET, legalComments: 'none',
                logLevel: 'error',
        });
        // Pictures inside style sheets would need data: in the content security policy; ours are drawn by shapes.
        const file = path.join(folder, 'node_modules/@tabler/core/dist/css/tabler.css');
        const plain = readFileSync(file, 'utf8').replace(/^@charset[^;]*;/, '')
                .replace(/url\(\s*["']?data:[^)]*?["']?\s*\)(?=[\s,;}!])/g, 'none');
        const [purged] = await new PurgeCSS().purge({
                content: sources.map((name) => ({ raw: readFileSync(name, 'utf8'), extension: path.extname(name).slice(1) })),
                css: [{ raw: plain }],
                defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) || [],
                variables: true, keyframes: true, safelist: KEPT,
        });
        const small = await esbuild.transform(`@layer tabler {\n${purged.css}\n}\n${own.outputFiles[0].text}`,
                { loader: 'css', minify: true, target: TARGET, legalComments: 'none' });
        const text = small.code.replace(/asset:([a-z0-9.-]+)/g, (_, name) => {
                const found = named.find((one) => one.name === name);
                return found ? found.path : fail(`app.css names ${name}, which is no asset`);
        });
        return { name: 'app.css', type: 'text/css; charset=utf-8', bytes: Buffer.from(text) };
}

async function script(folder, esbuild, name) {
        const built = await esbuild.build({
                entryPoints: [path.join(folder, 'assets', name)],
                bundle: true, minify: true, write: false, format: 'iife', target: TARGET,
                legalComments: 'none', logLevel: 'error',
        });
        return { name, type: 'text/javascript; charset=utf-8', bytes: Buffer.from(built.outputFiles[0].contents) };
}

// Whose work the pages are made of, by which licence: their authors want to be named wherever it is handed on.
function licences(folder) {
        const parts = LIBRARIES.map((name) => {
                const home = path.join(folder, 'node_modules', name);
                const about = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'));
                const text = existsSync(path.join(home, 'LICENSE')) ? readFileSync(path.join(home, 'LICENSE'), 'utf8')
                        : readFileSync(path.join(home, 'dist/css/tabler.css'), 'utf8').match(/\/\*!([^]*?)\*\//)[1];
                const author = about.author?.name ?? about.author ?? about.homepage ?? '';
                return `${name} ${about.version} (${about.license}), ${author}\n\n${text.trim()}\n`;
        });
        const bytes = Buffer.from(parts.join(`\n${'-'.repeat(78)}\n\n`));
        return { name: 'licences.txt', type: 'text/plain; charset=utf-8', bytes };
}

// Gives an asset its hash and the address that carries it.
function address(asset) {
        const hash = createHash('sha256').update(asset.bytes).digest('hex').slice(0, 12);
        const ending = path.extname(asset.name);
        return { ...asset, hash, path: `/assets/${asset.name.slice(0, -ending.length)}-${hash}${ending}` };
}

// The packed form where it saves anything worth a header.
function packed(bytes, pack) {
        const small = pack(bytes);
        return small.length < bytes.length - 64 ? small : null;
}

function gzip(bytes) {
        const small = zlib.gzipSync(bytes, { level: 9 });
        small[9] = 255; // "unknown system": the same bytes wherever it is built
        return small;
}

function brotli(bytes) {
        return zlib.brotliCompressSync(bytes, {
                params: {
                        [zlib.constants.BROTLI_PARAM_QUALITY]: 11,
                        [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
                },
        });
}

// A C string literal in lines; octal escapes of three digits cannot swallow the next character.
function literal(bytes) {
        const lines = [];
        for (let start = 0; start < bytes.length; start += 100) {
                let line = '';
                for (const byte of bytes.subarray(start, start + 100)) {
                        const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 && byte !== 63;
                        line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
                }
                lines.push(`        "${line}"`);
        }
        return lines.join('\n');
}

function text(bytes) {
        return bytes ? `{\n${literal(bytes)},\n        ${bytes.length}}` : '{NULL, 0}';
}

function source(assets) {
        const rows = assets.map((one) => `        {"${one.name}", "${one.path}", "${one.type}", "${one.hash}",\n        `
                + [one.bytes, packed(one.bytes, gzip), packed(one.bytes, brotli)].map(text).join(',\n        ') + '},\n');
        return '/* Made by tools/assets.mjs. */\n#include "render/asset.h"\n\n'
                + `const struct asset assets[] = {\n${rows.join('')}};\n`
                + `const size_t asset_count = ${assets.length};\n`;
}

async function main() {
        const [folder, out, ...others] = process.argv.slice(2);
        if (!out)
                fail(`usage: ${path.basename(fileURLToPath(import.meta.url))} UI_FOLDER OUT.c SOURCE...`);
        const require = createRequire(pathToFileURL(path.resolve(folder, 'package.json')));
        const esbuild = require(library(require, 'esbuild'));
        const { PurgeCSS } = require(library(require, 'purgecss'));
        library(require, 'htmx.org');

        const named = files(folder).map(address);
        const sources = others.filter((file) => /\.(mustache|js|c)$/.test(file));
        const made = [
                await style(folder, esbuild, PurgeCSS, sources, named),
                await script(folder, esbuild, 'app.js'),
                licences(folder),
        ];
        writeFileSync(out, source([...named, ...made.map(address)]));
}

await main();
