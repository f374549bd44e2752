/** Said of a link that leaves the page where it is. */
export const NewTab = () => <span class="visually-hidden"> (opens a new tab)</span>;
