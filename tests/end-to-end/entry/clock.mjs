// A clock that tests and benchmarks can move. Only dates are shifted: timers and the runtime's own clock stay real.
import { env } from 'cloudflare:workers';

export const RealDate = Date;

let offset = Number(env.TEST_CLOCK_OFFSET_MS ?? 0);

/** Shifts dates by so many milliseconds from now on. Alarms that are set already keep their real time. */
export function moveClock(milliseconds) {
  offset = milliseconds;
}

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offset);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + offset;
  }
};

/** Converts a shifted time to the runtime's time, in milliseconds. */
export const toRealTime = (time) => Number(time) - offset;

/** Converts the runtime's time to a shifted time, in milliseconds. */
export const fromRealTime = (time) => time + offset;
