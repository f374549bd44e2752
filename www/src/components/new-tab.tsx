/** Announces to screen readers that a link opens a new tab. */
export const NewTab = () => <span class="visually-hidden"> (opens in a new tab)</span>;
