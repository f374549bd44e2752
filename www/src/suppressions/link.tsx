/** A suppressed address that links to its entry in the suppression list. */
export const SuppressionLink = ({ address }: { address: string }) => (
  <a href={`/suppressions?${new URLSearchParams({ search: address })}`}>{address}</a>
);
