// SPDX-License-Identifier: AGPL-3.0-or-later
//
// events.js: parts of a page that follow what happens: <div data-follow="/jobs/12/events" data-part="/jobs/12">. One
// stream per page, closed while nobody looks; each event fetches the part anew, so that the server alone says how it
// looks. When an event is called "done", the whole page comes again.
export function followEvents(htmx) {
        const part = document.querySelector('[data-follow]');
        if (!part || !window.EventSource)
                return;
        let stream = null;
        let waiting = false;

        async function fetchAgain() {
                if (waiting)
                        return;
                waiting = true;
                try {
                        // What is on the page now: each answer takes the place of the one before.
                        await htmx.ajax('GET', part.dataset.part || location.href,
                                { target: `#${part.id}`, select: `#${part.id}`, swap: 'outerHTML' });
                } finally {
                        waiting = false;
                }
                // A job that has ended is followed by nobody any more.
                if (part.dataset.topic && document.getElementById(part.id)?.dataset.follow === undefined) {
                        stream?.close();
                        location.reload();
                }
        }

        function follow() {
                if (document.hidden) {
                        stream?.close();
                        stream = null;
                } else if (!stream) {
                        stream = new EventSource(part.dataset.follow);
                        // What happened between the page and its stream was told to nobody.
                        if (part.dataset.topic)
                                stream.addEventListener('open', fetchAgain);
                        stream.addEventListener('message', fetchAgain);
                        stream.addEventListener('change', fetchAgain);
                        // An event is called as its topic: of a job each says how far it is, and the last that it ended.
                        if (part.dataset.topic)
                                stream.addEventListener(part.dataset.topic, (event) => {
                                        if (!JSON.parse(event.data).ended)
                                                return fetchAgain();
                                        stream.close();
                                        location.reload();
                                });
                        stream.addEventListener('done', () => {
                                stream.close();
                                location.reload();
                        });
                }
        }
        document.addEventListener('visibilitychange', follow);
        window.addEventListener('pagehide', () => stream?.close());
        follow();
}
