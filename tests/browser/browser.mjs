// SPDX-License-Identifier: AGPL-3.0-or-later
//
// browser.mjs: a browser that looks closely. reader() is somebody with a browser, check() holds the page this reader is on
// against what every page owes: no violation that axe finds, by day and by night, on a phone and on a desk; nothing that
// scrolls sideways, on a phone not even within the page, and no button too low for a thumb; the language that was asked
// for; no error in the console, none of the content security policy; and a picture of it in build/screenshots,
// NAME-LANGUAGE-THEME-WIDTH.png. run.py learns from `visited` what was looked at.
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
const VISITED = path.join(process.env.TREUE_BROWSER_FOLDER, 'visited');
const TEST = path.basename(process.argv[1] ?? '', '.test.mjs');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// How pages are looked at: once in each theme, on each width and in each language. The run on the embedded database and the
// one on a server share the combinations of theme and width between them, so both together see a page in each; in all
// combinations of theme, width and language where everything is asked for.
const ALL = ['light', 'dark'].flatMap((theme) => [360, 1280].flatMap((width) => ['de', 'en'].map(
        (language) => ({ theme, width, language }))));
const ONCE = process.env.TREUE_TEST_DB === 'postgresql'
        ? [{ theme: 'light', width: 360, language: 'en' }, { theme: 'dark', width: 1280, language: 'de' }]
        : [{ theme: 'light', width: 1280, language: 'en' }, { theme: 'dark', width: 360, language: 'de' }];
export const EVERYTHING = Boolean(process.env.TREUE_TEST_ALL);
export const LOOKS = EVERYTHING ? ALL : ONCE;

let browser = null;

export async function open() {
        browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
        mkdirSync(PICTURES, { recursive: true });
        return browser;
}

export async function close() {
        await browser?.close();
}

// The name of a look, for what must differ between looks: 'light1280en'.
export function nameOf({ theme, width, language }) {
        return `${theme}${width}${language}`;
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
        page.look = { theme, width, language };
        page.complaints = [];
        page.on('console', (message) => {
                if (message.type() === 'error' || message.text().includes('Content Security Policy'))
                        page.complaints.push(`console: ${message.text()}`);
        });
        page.on('pageerror', (error) => page.complaints.push(`script: ${error.message}`));
        page.on('response', (answer) => {
                if (answer.request().isNavigationRequest() && answer.frame() === page.mainFrame())
                        page.answer = answer;
        });
        await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
                (event) => console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`)));
        return page;
}

// The language of a reader wins over that of the account, as if chosen in the bar of the page.
export async function speak(page) {
        const { language } = page.look;
        if (await page.locator('html').getAttribute('lang') === language)
                return;
        await page.locator(`.languages button[value="${language}"]`).evaluate((button) => button.click());
        await page.waitForFunction((code) => document.documentElement.lang === code, language);
        await page.waitForLoadState('load');
}

// axe runs in the page's world by the debugger's protocol, which the policy of the page does not stop. Only what it found
// wrong is worked out and carried over.
async function violations(page) {
        if (!await page.evaluate(() => Boolean(window.axe)))
                await page.evaluate(AXE);
        const found = await page.evaluate(async (rules) => {
                const options = { runOnly: rules, resultTypes: ['violations'], selectors: false };
                return (await window.axe.run(document, options)).violations;
        }, RULES);
        return found.map((one) => `${one.id}: ${one.help}\n    `
                + one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? ''})`).join('\n    '));
}

// What a thumb cannot use on a page as it stands: what has to be pushed sideways to be read (but for documents and rows of
// files as they are), and buttons, fields and menus less than 44 pixels high. Links are axe's, which knows those in a text.
function unhandy(page) {
        return page.evaluate(() => {
                const seen = [...document.querySelectorAll('body *')].filter((one) => one.getClientRects().length);
                const name = (one) => `${one.localName}.${one.className} ${one.textContent.trim().replace(/\s+/g, ' ').slice(0, 60)}`;
                const sideways = seen.filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.matches('pre, textarea, input, .file-frame')
                        && /auto|scroll/.test(getComputedStyle(one).overflowX));
                const low = seen.filter((one) => one.matches('.btn, button, summary, .form-control, .form-select, .chip')
                        && one.getBoundingClientRect().height < 43.5);
                return [...sideways.map((one) => `${name(one)}: ${one.scrollWidth} in ${one.clientWidth} pixels`),
                        ...low.map((one) => `${name(one)}: ${one.getBoundingClientRect().height} pixels high`)];
        });
}

export async function check(page, name) {
        const { theme, width, language } = page.look;
        const picture = `${name}-${language}-${theme}-${width}`;
        const seen = await page.evaluate(async () => {
                await document.fonts.ready;
                const root = document.documentElement;
                return { language: root.lang, dark: matchMedia('(prefers-color-scheme: dark)').matches,
                        styled: document.querySelectorAll('[style]').length, sideways: root.scrollWidth - root.clientWidth };
        });
        assert.equal(seen.language, language, `${picture}: the language`);
        assert.equal(seen.dark, theme === 'dark', `${picture}: the theme`);
        assert.equal(seen.styled, 0, `${picture}: a style attribute`);
        await page.screenshot({ path: path.join(PICTURES, `${picture}.png`), fullPage: true });
        assert.ok(seen.sideways <= 0, `${picture}: the page is ${seen.sideways} pixels too wide`);
        if (width < 500)
                assert.deepEqual(await unhandy(page), [], `${picture}: not for a thumb`);
        assert.deepEqual(await violations(page), [], picture);
        assert.deepEqual(page.complaints, [], picture);
        const { pathname } = new URL(page.answer.url());
        appendFileSync(VISITED, `${page.answer.request().method()} ${pathname} ${page.answer.status()} ${TEST} ${name} `
                + `${language}-${theme}-${width}\n`);
}
