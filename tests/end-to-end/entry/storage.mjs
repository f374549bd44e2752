// A Durable Object's state, with a boundary at each use of its storage.
import { override } from './bindings.mjs';
import { cross } from './boundaries.mjs';
import { fromRealTime, toRealTime } from './clock.mjs';

/** Returns an object's state for one instance. */
export function wrapState(actor, state) {
  return override(state, { storage: wrapStorage(actor, state.storage) });
}

function wrapStorage(actor, storage) {
  const use = (kind, detail) => {
    const record = cross(actor, kind, detail);
    if (actor.isSuperseded) throw new Error('Durable Object reset because its code was updated.');
    return record;
  };
  const sql = override(storage.sql, {
    exec(text, ...values) {
      const record = use('exec', text);
      const cursor = storage.sql.exec(text, ...values);
      if (record) actor.cursors.push({ record, cursor });
      return cursor;
    },
  });
  const methods = {
    async setAlarm(time, options) {
      use('alarm', 'set');
      await storage.setAlarm(toRealTime(time), options);
    },
    async getAlarm(options) {
      use('alarm', 'get');
      const time = await storage.getAlarm(options);
      return time === null ? null : fromRealTime(time);
    },
    transactionSync(closure) {
      use('transaction', '');
      return storage.transactionSync(() => {
        const result = closure();
        use('commit', '');
        return result;
      });
    },
  };
  for (const name of ['get', 'put', 'delete', 'deleteAll', 'deleteAlarm']) {
    methods[name] = async (...values) => {
      use('storage', name);
      return storage[name](...values);
    };
  }
  return override(storage, { sql, ...methods });
}
