// The built Worker with a clock that tests can move, faults at numbered boundaries, and Cloudflare's limit of connections. `clock.mjs`
// comes first: the Worker's module may read the time.
import './clock.mjs';
import * as worker from '../../../crates/worker/build/index.js';
import { Actor } from './actor.mjs';
import { current, wrapEnv } from './bindings.mjs';
import { arm, cross, disarm } from './boundaries.mjs';
import { moveClock } from './clock.mjs';
import { OBJECT_PATH, wrapObject } from './object.mjs';

/** Paths for tests. They are below /v1 because other paths belong to the dashboard's files. */
const TEST_PATH = '/v1/test-entry/';

export const OrganisationObject = wrapObject('OrganisationObject', worker.OrganisationObject);
export const SenderObject = wrapObject('SenderObject', worker.SenderObject);
export const RateLimiter = wrapObject('RateLimiter', worker.RateLimiter);
export const Totals = wrapObject('Totals', worker.Totals);

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith(TEST_PATH)) return control(pathname.slice(TEST_PATH.length), searchParams, env);
    const actor = new Actor('worker');
    return current.run(actor, async () => {
      const response = await instance(actor, env, context).fetch(request);
      cross(actor, 'response', '');
      return response;
    });
  },

  async scheduled(event, env, context) {
    const actor = new Actor('worker');
    await current.run(actor, () => instance(actor, env, context).scheduled(event));
  },
};

const instance = (actor, env, context) => new worker.default(context, wrapEnv(actor, env));

async function control(command, parameters, env) {
  switch (command) {
    case 'clock':
      moveClock(Number(parameters.get('offset')));
      break;
    case 'arm':
      arm(Number(parameters.get('at')), parameters.get('action'));
      break;
    case 'disarm':
      return Response.json(disarm());
    default: {
      const object = env[parameters.get('binding')].getByName(parameters.get('name'));
      await object.fetch(`https://object.internal${OBJECT_PATH}${command}`, { method: 'POST' });
    }
  }
  return Response.json({});
}
