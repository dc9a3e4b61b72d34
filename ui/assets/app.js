// SPDX-License-Identifier: AGPL-3.0-or-later
//
// app.js: what pages do beyond links and forms. Every page works without it; nothing here decides or stores anything
// that matters. No inline handlers, no eval: the content security policy allows neither.
import htmx from 'htmx.org/dist/htmx.esm.js';
import { keyboard } from './keyboard.js';
import { keepDrafts } from './drafts.js';
import { followEvents } from './events.js';
import { dialogs } from './dialogs.js';

// Said again here, as the page's meta element could be missing in an answer that is only a part of a page.
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyEnabled = false; // what a page says is never kept in the browser

// Forms carry their proof themselves; requests made by htmx carry it in a header.
document.addEventListener('htmx:configRequest', (event) => {
        const proof = document.querySelector('meta[name="csrf-token"]');
        if (proof && event.detail.verb !== 'get')
                event.detail.headers['X-CSRF-Token'] = proof.content;
});

dialogs();
keyboard();
followEvents(htmx);
keepDrafts();
