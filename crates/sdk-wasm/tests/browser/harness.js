/** Replaces `fetch`, the clock and the page with scripted ones until `restore()` is called. */
export class Harness {
  #originals = {};
  #requests = [];
  #responses = [];
  #timers = new Map();
  #now = 0;
  #listeners = 0;
  #hidden = false;
  /** Counts every use of the platform. `waitUntilIdle()` returns when it no longer changes. */
  #activity = 0;

  constructor() {
    const harness = this;
    const replace = (target, name, value) => {
      const original = target[name];
      this.#originals[name] = () => (target[name] = original);
      target[name] = value;
    };
    replace(globalThis, 'fetch', (request) => this.#fetch(request));
    replace(globalThis, 'setTimeout', (callback, after) => {
      const id = ++this.#activity;
      this.#timers.set(id, { callback, at: this.#now + after });
      return id;
    });
    replace(globalThis, 'clearTimeout', (id) => void (this.#timers.delete(id) && this.#activity++));
    for (const [name, step] of [
      ['addEventListener', 1],
      ['removeEventListener', -1],
    ]) {
      const original = EventTarget.prototype[name];
      replace(EventTarget.prototype, name, function (...args) {
        harness.#listeners += step;
        return original.apply(this ?? globalThis, args);
      });
    }
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => this.#hidden });
  }

  restore() {
    for (const restore of Object.values(this.#originals)) restore();
    delete document.hidden;
  }

  async #fetch(request) {
    const path = request.url.startsWith(location.origin) ? request.url.slice(location.origin.length) : request.url;
    const entry = { line: `${request.method} ${path}`, request, finished: false };
    this.#requests.push(entry);
    this.#activity++;
    return await new Promise((resolve) => {
      const finish = (value) => {
        entry.finished = true;
        resolve(value);
      };
      // As `pkg/lib/fetch.js` does, which the package has in place of `fetch`.
      const fail = (cause) => finish(Object.assign(new Response(), { failed: [cause] }));
      request.signal.onabort = () => fail(request.signal.reason);
      // A body can only be read asynchronously.
      request.text().then((body) => {
        this.#activity++;
        entry.body = body;
        if (entry.finished) return;
        const next = this.#responses.shift();
        if (!next) entry.respond = finish;
        else if (next.rejection) fail(next.rejection.value);
        else finish(next);
      });
    });
  }

  /** Responds to the pending request, or else to the next one. */
  respond(status, body, headers) {
    const response = new Response(status === 204 ? null : body, { status, headers: headers ?? {} });
    const pending = this.#requests.find(({ finished, respond }) => respond && !finished);
    if (pending) pending.respond(response);
    else this.#responses.push(response);
  }

  /** Makes `fetch` reject the next request with `value`. */
  reject(value) {
    this.#responses.push({ rejection: { value } });
  }

  /** Returns the requests since the last call, each as `GET /path`. */
  takeRequests() {
    const taken = this.#requests.filter((request) => !request.taken);
    for (const request of taken) request.taken = true;
    return taken.map(({ line }) => line).join(', ');
  }

  /** Returns a header of the last request, or `undefined`. */
  header(name) {
    return this.#requests.at(-1).request.headers.get(name) ?? undefined;
  }

  body() {
    return this.#requests.at(-1).body;
  }

  /** Whether the last request was aborted. */
  aborted() {
    return this.#requests.at(-1).request.signal.aborted;
  }

  /** Advances the clock and fires the timers that are due. */
  async advance(milliseconds) {
    await this.waitUntilIdle();
    const until = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [id, { callback, at }] = due;
      this.#timers.delete(id);
      this.#now = at;
      callback();
      await this.waitUntilIdle();
    }
    this.#now = until;
  }

  /** Waits until nothing has happened for a few turns of the event loop. */
  async waitUntilIdle() {
    const { port1, port2 } = new MessageChannel();
    for (let before; before !== this.#activity; ) {
      before = this.#activity;
      for (let turn = 0; turn < 4; turn++) {
        await new Promise((resolve) => {
          port1.onmessage = resolve;
          port2.postMessage(0);
        });
      }
    }
    port1.close();
  }

  setHidden(hidden) {
    this.#hidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  }

  dispatch(event) {
    globalThis.dispatchEvent(new Event(event));
  }

  /** Returns the number of timers, listeners and requests in use. */
  inUse() {
    const requests = this.#requests.filter(({ finished }) => !finished).length;
    return `${this.#timers.size} timers, ${this.#listeners} listeners, ${requests} requests`;
  }

  /** Returns a value that can't be serialized as JSON. */
  cyclic() {
    const value = {};
    value.self = value;
    return value;
  }
}
