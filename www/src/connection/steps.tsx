import type { Way } from './use-way';

/** Where a connection is on its way to green. */
export function Steps({ now, way }: { now: 'create' | 'verify'; way: Way }) {
  const names = [
    'Choose a region',
    way === 'manual' ? 'Create the role' : 'Create the stack',
    'Kraiter verifies',
    'Connected',
  ];
  const current = now === 'verify' ? 2 : 1;
  return (
    <ol class="steps" aria-label="Progress">
      {names.map((name, n) => (
        <li
          key={n}
          class={n < current ? 'done' : n === current ? 'now' : ''}
          aria-current={n === current ? 'step' : undefined}
        >
          <span class="mark" aria-hidden="true">
            {n < current ? '✓' : n + 1}
          </span>
          <span>
            {name}
            {n < current && <span class="visually-hidden"> (done)</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
