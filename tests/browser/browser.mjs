// SPDX-License-Identifier: AGPL-3.0-or-later
//
// browser.mjs: a browser that looks closely. visit() opens a page and check() holds it against what every page owes its
// reader: no violation that axe finds, by day and by night, on a phone and on a desk; nothing that scrolls sideways; no
// error in the console, none of the content security policy; and a picture of it in build/screenshots.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(path.join(ROOT, 'ui/package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = path.join(ROOT, 'build/screenshots');
const VISITED = path.join(process.env.TREUE_BROWSER_FOLDER, 'visited'); // run.py compares it with the tables of routes
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Each page once per theme and width; all four together where everything is asked for.
const ALL = [['light', 360], ['light', 1280], ['dark', 360], ['dark', 1280]];
const HALF = [['light', 1280], ['dark', 360]];
export const LOOKS = process.env.TREUE_TEST_ALL ? ALL : HALF;

let browser = null;

export async function open() {
        browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
        mkdirSync(PICTURES, { recursive: true });
        return browser;
}

export async function close() {
        await browser?.close();
}

// A reader: a browser of its own, with what it complained about in `complaints`.
export async function reader(base, { theme = 'light', width = 1280, language = 'de', cookies = [] } = {}) {
        const phone = width < 500;
        const context = await browser.newContext({
                baseURL: base, viewport: { width, height: phone ? 780 : 900 }, colorScheme: theme, hasTouch: phone, isMobile: phone,
                locale: language === 'de' ? 'de-DE' : 'en-GB', reducedMotion: 'reduce',
        });
        await context.addCookies(cookies);
        const page = await context.newPage();
        page.complaints = [];
        page.on('console', (message) => {
                if (message.type() === 'error' || message.text().includes('Content Security Policy'))
                        page.complaints.push(`console: ${message.text()}`);
        });
        page.on('pageerror', (error) => page.complaints.push(`script: ${error.message}`));
        await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
                (event) => console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`)));
        return page;
}

// axe runs in the page's world by the debugger's protocol, which the policy of the page does not stop.
async function violations(page) {
        await page.evaluate(AXE);
        const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
        return found.violations.map((one) => `${one.id}: ${one.help}\n    `
                + one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? ''})`).join('\n    '));
}

export async function check(page, name) {
        const width = page.viewportSize().width;
        const theme = await page.evaluate(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
        const where = `${name}-${theme}-${width}`;
        await page.evaluate(() => document.fonts.ready);
        assert.equal(await page.locator('[style]').count(), 0, `${where}: a style attribute`);
        await page.screenshot({ path: path.join(PICTURES, `${where}.png`), fullPage: true });
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(sideways <= 0, `${where}: the page is ${sideways} pixels too wide`);
        assert.deepEqual(await violations(page), [], where);
        assert.deepEqual(page.complaints, [], where);
        appendFileSync(VISITED, `${new URL(page.url()).pathname}\n`);
}
