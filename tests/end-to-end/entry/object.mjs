// Durable Objects with boundaries.
import { Actor } from './actor.mjs';
import { current, wrapEnv } from './bindings.mjs';
import { cross } from './boundaries.mjs';
import { wrapState } from './storage.mjs';

/** Where the Worker's test paths reach an object. */
export const OBJECT_PATH = '/test-entry/';

/** Returns a Durable Object class that behaves as `Inner`. */
export function wrapObject(name, Inner) {
  return class {
    #state;
    #env;
    #instance = null;

    constructor(state, env) {
      this.#state = state;
      this.#env = env;
      this.#current();
    }

    /** Returns the instance, which is a new one if the former was superseded. */
    #current() {
      if (this.#instance === null || this.#instance.actor.isSuperseded) {
        const actor = new Actor(name, this.#state);
        const inner = current.run(actor, () => new Inner(wrapState(actor, this.#state), wrapEnv(actor, this.#env)));
        this.#instance = { actor, inner };
      }
      return this.#instance;
    }

    #invoke(call) {
      const { actor, inner } = this.#current();
      return current.run(actor, async () => {
        actor.begin();
        try {
          const response = await call(inner);
          cross(actor, 'response', name);
          return response;
        } finally {
          actor.end();
        }
      });
    }

    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith(OBJECT_PATH)) return this.#control(pathname.slice(OBJECT_PATH.length));
      return this.#invoke((inner) => inner.fetch(request));
    }

    async alarm() {
      await this.#invoke((inner) => inner.alarm());
    }

    async #control(command) {
      switch (command) {
        case 'ring':
          await this.alarm();
          break;
        case 'lose-alarm':
          // After six failures the runtime drops an alarm.
          await this.#state.storage.deleteAlarm();
          break;
        case 'evict':
          this.#state.abort('evicted by a test');
      }
      return new Response('');
    }
  };
}
