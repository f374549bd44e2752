// What runs: one request in the Worker, or one instance of a Durable Object.
import { Connections, connectionScope } from './connections.mjs';

export class Actor {
  connections = new Connections();
  /** Whether another instance has replaced this one: its storage is gone, but its calls go on. */
  isSuperseded = false;
  /** Cursors of the statements since the last request. */
  cursors = [];

  /** `state` is a Durable Object's. Without one, the actor is a request in the Worker, which can't be superseded or evicted. */
  constructor(name, state = null) {
    this.name = name;
    this.state = state;
    // The faults of tests are those of one organisation's requests.
    this.isRecorded = name === 'worker' || name === 'OrganisationObject';
  }

  /** Begins an invocation. The runtime counts an object's calls towards its newest one. */
  begin() {
    if (connectionScope === 'invocation') this.connections = new Connections();
  }

  /** Ends an invocation: how many rows its statements have written is known now. */
  end() {
    for (const { record, cursor } of this.cursors.splice(0)) record.rowsWritten = cursor.rowsWritten;
  }

  supersede() {
    this.isSuperseded = this.state !== null;
  }

  evict() {
    this.supersede();
    // Later: this may run inside a call from wasm, and the wasm instance outlives the object.
    if (this.isSuperseded) setTimeout(() => this.state.abort('evicted by a test'), 0);
  }
}
