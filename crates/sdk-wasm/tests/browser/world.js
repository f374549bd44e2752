/** The platform under the client, scripted: `fetch`, the clock, the page. `end()` puts the real one back. */
export class World {
  #real = {};
  #requests = [];
  #answers = [];
  #timers = new Map();
  #now = 0;
  #listeners = 0;
  #hidden = false;
  /** How much was done with the platform. */
  #done = 0;

  constructor() {
    const world = this;
    const replace = (target, name, value) => {
      const real = target[name];
      this.#real[name] = () => (target[name] = real);
      target[name] = value;
    };
    replace(globalThis, 'fetch', (url, init) => this.#fetch(url, init));
    replace(globalThis, 'setTimeout', (callback, after) => {
      const id = ++this.#done;
      this.#timers.set(id, { callback, at: this.#now + after });
      return id;
    });
    replace(globalThis, 'clearTimeout', (id) => void (this.#timers.delete(id) && this.#done++));
    for (const [name, step] of [
      ['addEventListener', 1],
      ['removeEventListener', -1],
    ]) {
      const real = EventTarget.prototype[name];
      replace(EventTarget.prototype, name, function (...given) {
        world.#listeners += step;
        return real.apply(this ?? globalThis, given);
      });
    }
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => this.#hidden });
  }

  end() {
    for (const restore of Object.values(this.#real)) restore();
    delete document.hidden;
  }

  #fetch(url, init) {
    const request = { line: `${init.method} ${url}`, init, over: false };
    this.#requests.push(request);
    this.#done++;
    return new Promise((resolve, reject) => {
      const done = (settle) => (value) => {
        request.over = true;
        settle(value);
      };
      init.signal.onabort = () => done(reject)(init.signal.reason);
      const answer = this.#answers.shift() ?? 'nothing';
      if (answer === 'nothing') request.answer = done(resolve);
      else if (answer.thrown) done(reject)(answer.thrown.value);
      else done(resolve)(answer);
    });
  }

  /** The next request is answered so. */
  answer(status, body, headers) {
    const response = new Response(status === 204 ? null : body, { status, headers: headers ?? {} });
    const waiting = this.#requests.find(({ over, answer }) => answer && !over);
    if (waiting) waiting.answer(response);
    else this.#answers.push(response);
  }

  /** `fetch` rejects the next request with this. */
  fail(value) {
    this.#answers.push({ thrown: { value } });
  }

  /** What was asked since the last time, as `GET /path`. */
  asked() {
    const fresh = this.#requests.filter((request) => !request.told);
    for (const request of fresh) request.told = true;
    return fresh.map(({ line }) => line).join(', ');
  }

  /** The last request's header; `undefined` where it has none. */
  header(name) {
    return new Headers(this.#requests.at(-1).init.headers).get(name) ?? undefined;
  }

  body() {
    return this.#requests.at(-1).init.body;
  }

  /** Whether the last request was given up. */
  aborted() {
    return this.#requests.at(-1).init.signal.aborted;
  }

  /** Lets so much time pass, and everything happen that it brings. */
  async pass(milliseconds) {
    await this.settle();
    const until = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [id, { callback, at }] = due;
      this.#timers.delete(id);
      this.#now = at;
      callback();
      await this.settle();
    }
    this.#now = until;
  }

  /** Lets everything happen that needs no time: until nothing has been done for a few turns of the event loop. */
  async settle() {
    const { port1, port2 } = new MessageChannel();
    for (let done; done !== this.#done; ) {
      done = this.#done;
      for (let turn = 0; turn < 4; turn++) {
        await new Promise((resolve) => {
          port1.onmessage = resolve;
          port2.postMessage(0);
        });
      }
    }
    port1.close();
  }

  hide(hidden) {
    this.#hidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  }

  happens(event) {
    globalThis.dispatchEvent(new Event(event));
  }

  /** Timers, listeners and requests that are left. */
  left() {
    const requests = this.#requests.filter(({ over }) => !over).length;
    return `${this.#timers.size} timers, ${this.#listeners} listeners, ${requests} requests`;
  }

  /** A value that can't be written as JSON. */
  cyclic() {
    const value = {};
    value.self = value;
    return value;
  }
}
