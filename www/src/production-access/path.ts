/** Returns the path of the page that helps to leave the sandbox in a region. */
export const productionAccessPath = (region: string) => `/production-access?${new URLSearchParams({ region })}`;
