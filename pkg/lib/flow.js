import { toError } from './error.js';

/** A running flow: hands the states of the WebAssembly module's flow to listeners. Its methods can be passed on without it. */
export class ConnectFlow {
  #state = { step: 'loading' };
  #ready;
  #running;
  /** What was asked for while the module was loading. */
  #waiting = [];
  #loading = false;
  #over = false;
  #listeners = new Set();
  #signal;

  /** `ready` promises the module's client. */
  constructor(ready, signal) {
    this.#ready = ready;
    this.#signal = signal;
    if (signal?.aborted) {
      this.#aborted();
    } else {
      signal?.addEventListener('abort', this.#aborted);
      this.#load();
    }
  }

  get state() {
    return this.#state;
  }

  start = (region) => this.#do((running) => running.choose(region));

  retry = () => this.#do((running) => running.retry());

  cancel = () => this.#do((running) => running.cancel());

  subscribe = (listener) => {
    const entry = { listener };
    if (!this.#over) this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  };

  free = () => {
    if (this.#over) return;
    this.#over = true;
    this.#signal?.removeEventListener('abort', this.#aborted);
    this.#waiting = [];
    const running = this.#running;
    running?.stop();
    // Not now: it may be the flow itself that is calling, and it must return first.
    queueMicrotask(() => running?.free());
    // The iterators end; nobody else is told.
    for (const { end } of this.#listeners) end?.();
    this.#listeners.clear();
  };

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    this.free();
  }

  async *[Symbol.asyncIterator]() {
    let wake;
    const entry = { listener: () => wake?.(), end: () => wake?.() };
    this.#listeners.add(entry);
    try {
      for (let seen; ; ) {
        if (this.#state !== seen) {
          seen = this.#state;
          yield seen;
        } else if (this.#over) return;
        else
          await new Promise((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#listeners.delete(entry);
    }
  }

  #aborted = () => {
    this.#show({ step: 'cancelled' });
    this.free();
  };

  #do(act) {
    if (this.#over) return;
    if (this.#running) return act(this.#running);
    this.#waiting.push(act);
    if (!this.#loading) this.#load();
  }

  async #load() {
    this.#loading = true;
    try {
      const client = await this.#ready();
      if (this.#over) return;
      this.#running = client.flow((state) => this.#show(revived(state)));
      for (const act of this.#waiting.splice(0)) act(this.#running);
    } catch (error) {
      this.#waiting = [];
      this.#show({ step: 'failed', error, canRetry: true });
    } finally {
      this.#loading = false;
    }
  }

  #show(state) {
    if (this.#over) return;
    this.#state = state;
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(state);
      } catch (error) {
        // As an event's listener would: reported, and nobody else's matter.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** A state with real errors in it. */
function revived(state) {
  if (state.error) return { ...state, error: toError(state.error) };
  return state.last ? { ...state, last: revived(state.last) } : state;
}
