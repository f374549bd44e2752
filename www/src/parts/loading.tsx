/** Shown while the first answer is awaited; `lines` gives it the height of what will come. */
export function Loading({ what, lines = 0 }: { what: string; lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class={lines ? 'visually-hidden' : 'spinner-text'}>{what}…</span>
      {Array.from({ length: lines }, (_, n) => (
        <span class="bone" key={n} aria-hidden="true" />
      ))}
    </div>
  );
}
