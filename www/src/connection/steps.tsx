import type { SetupMethod } from './use-setup-method';

/** The progress of connecting an account. */
export function Steps({ now, method }: { now: 'create' | 'verify'; method: SetupMethod }) {
  const names = [
    'Choose a region',
    method === 'manual' ? 'Create the role' : 'Create the stack',
    'Verify the role',
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
            {n < current && <span class="visually-hidden"> (completed)</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
