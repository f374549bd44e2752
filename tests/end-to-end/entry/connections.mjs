// Cloudflare's limit of simultaneous connections, which the local runtime doesn't have: six may wait for response headers. It isn't
// documented whether the limit is per request or per Durable Object, so `TEST_CONNECTIONS` selects "invocation" or "object".
// https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections
import { env } from 'cloudflare:workers';

const LIMIT = 6;

export const connectionScope = env.TEST_CONNECTIONS;

/** The connections of one invocation or object. */
export class Connections {
  #open = 0;
  #waiting = [];

  /** Calls `connect` when a connection is free, and occupies it until the response's headers arrive. */
  async use(connect, signal) {
    if (!connectionScope) return connect();
    if (this.#open < LIMIT) this.#open += 1;
    else await this.#wait(signal);
    try {
      return await connect();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#open -= 1;
    }
  }

  /** Waits for a connection that another call passes on. The time-out of a call runs meanwhile. */
  #wait(signal) {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        const position = this.#waiting.indexOf(resolve);
        if (position < 0) return;
        this.#waiting.splice(position, 1);
        reject(signal.reason);
      });
    });
  }
}
