// Finds out how many connections Cloudflare lets one request, one Durable Object and several Durable Objects have open at a time.
// README.md describes how to run it.
import { DurableObject } from 'cloudflare:workers';

/** The calls of each measurement: more than the six connections that the documentation states. */
const CALLS = 20;

/** The objects of the last measurement, as the lanes of a large queue. */
const LANES = 4;

/** How long the endpoint waits before it responds. Only connections without response headers count. */
const HOLD = 2000;

/** Each measurement starts the calls and returns when all have ended. */
const MEASUREMENTS = {
  // One invocation of one object.
  request: (caller) => caller('one').fromRequest(CALLS),
  // Many invocations of one object.
  requests: (caller) => Promise.all(Array.from({ length: CALLS }, () => caller('one').fromRequest(1))),
  // An alarm and many requests of one object.
  alarm: (caller) =>
    Promise.all([caller('one').fromAlarm(CALLS), ...Array.from({ length: CALLS }, () => caller('one').fromRequest(1))]),
  // The alarms of several objects.
  lanes: (caller) => Promise.all(Array.from({ length: LANES }, (_, lane) => caller(`lane ${lane}`).fromAlarm(CALLS))),
};

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const endpoint = (name) => env.ENDPOINT.getByName(name);
    if (url.pathname.startsWith('/hold/')) {
      await endpoint(url.pathname).hold();
      return new Response('done');
    }
    if (url.pathname !== '/') return new Response('not found', { status: 404 });
    const results = {};
    for (const [name, measure] of Object.entries(MEASUREMENTS)) {
      // New objects for each run, so that none has calls of an earlier one.
      const path = `/hold/${crypto.randomUUID()}`;
      const caller = (object) => {
        const stub = env.CALLER.getByName(`${path} ${object}`);
        return {
          fromRequest: (calls) => stub.fromRequest(url.origin + path, calls),
          fromAlarm: (calls) => stub.fromAlarm(url.origin + path, calls),
        };
      };
      await measure(caller);
      results[name] = { mostOpenConnections: await endpoint(path).most() };
    }
    return Response.json(results);
  },
};

/** Counts the requests that it is holding. */
export class Endpoint extends DurableObject {
  #open = 0;
  #most = 0;

  async hold() {
    this.#open += 1;
    this.#most = Math.max(this.#most, this.#open);
    await scheduler.wait(HOLD);
    this.#open -= 1;
  }

  most() {
    return this.#most;
  }
}

/** Calls the endpoint through its public address, as a Worker calls Amazon SES. */
export class Caller extends DurableObject {
  #alarmEnded = Promise.withResolvers();

  async fromRequest(address, calls) {
    await Promise.all(Array.from({ length: calls }, () => call(address)));
  }

  async fromAlarm(address, calls) {
    await this.ctx.storage.put({ address, calls });
    await this.ctx.storage.setAlarm(Date.now());
    await this.#alarmEnded.promise;
  }

  async alarm() {
    const work = await this.ctx.storage.get(['address', 'calls']);
    await this.fromRequest(work.get('address'), work.get('calls'));
    await this.ctx.storage.deleteAll();
    this.#alarmEnded.resolve();
  }
}

async function call(address) {
  const response = await fetch(address);
  await response.text();
}
