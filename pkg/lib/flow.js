import { toError } from './error.js';

/** A running flow. Passes the states of the WebAssembly module's flow to listeners. Its methods can be used as callbacks. */
export class ConnectFlow {
  #state = { step: 'loading' };
  #ready;
  #running;
  /** Calls made while the module was loading. */
  #queued = [];
  #loading = false;
  #over = false;
  #listeners = new Set();
  #signal;

  /** `ready` resolves to the module's client. */
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
    this.#queued = [];
    const running = this.#running;
    running?.stop();
    // Later: if the flow itself is calling, it must return first.
    queueMicrotask(() => running?.free());
    // Only iterators are notified of the end.
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

  #do(action) {
    if (this.#over) return;
    if (this.#running) return action(this.#running);
    this.#queued.push(action);
    if (!this.#loading) this.#load();
  }

  async #load() {
    this.#loading = true;
    try {
      const client = await this.#ready();
      if (this.#over) return;
      this.#running = client.flow((state) => this.#show(withError(state)));
      for (const action of this.#queued.splice(0)) action(this.#running);
    } catch (error) {
      this.#queued = [];
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
        // Report it like an error in an event listener, without affecting the other listeners.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** Returns the state with its error as a KraiterError. */
function withError(state) {
  if (state.error) return { ...state, error: toError(state.error) };
  return state.last ? { ...state, last: withError(state.last) } : state;
}
