/** A placeholder for content that is loading. `lines` is the number of skeleton lines; without any, the text is shown. */
export function Loading({ what, lines = 0 }: { what: string; lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class={lines ? 'visually-hidden' : 'spinner-text'}>{what}…</span>
      {Array.from({ length: lines }, (_, n) => (
        <span class="skeleton-line" key={n} aria-hidden="true" />
      ))}
    </div>
  );
}
