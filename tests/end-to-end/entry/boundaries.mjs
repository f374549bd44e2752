// Numbered boundaries of a request: every point at which the Worker uses its storage or sends something. Tests list the boundaries of a
// request, and let something happen at the nth one.

/** Printed when the process is to be killed. The harness reads it in the log. */
const KILL_MARKER = 'TEST-ENTRY kill';

/** What happens at which boundary, counted from 1. */
let plan = null;
let records = null;

/** Records boundaries from now on, and lets `action` happen at boundary number `at`; 0 for none. */
export function arm(at, action) {
  records = [];
  plan = { at, action };
}

/** Stops recording, and returns the recorded boundaries. */
export function disarm() {
  const recorded = records ?? [];
  records = null;
  plan = null;
  return recorded;
}

/** Passes a boundary of `actor`. Throws if the plan says so. */
export function cross(actor, kind, detail) {
  if (records === null || !actor.isRecorded) return null;
  const record = { actor: actor.name, kind, detail };
  records.push(record);
  if (plan.at !== records.length) return record;
  switch (plan.action) {
    case 'throw':
      throw new Error('a fault of the tests');
    case 'kill':
      console.log(KILL_MARKER);
      // Blocks the isolate, so that nothing else happens before the process is killed.
      for (;;);
    case 'supersede':
      actor.supersede();
      break;
    case 'evict':
      actor.evict();
  }
  return record;
}
