/** Adds an iterator over the items of all pages to the promise of a page. */
export const pages = (call) => (route, request) =>
  Object.assign(call(route, request), {
    async *[Symbol.asyncIterator]() {
      for (let page = await this, { query } = request; ; page = await call(route, { ...request, query })) {
        yield* page.data;
        // The event feed continues after the last number, every other list at a cursor.
        const last = page.data.at(-1)?.number;
        if (page.nextCursor) query = { ...query, cursor: page.nextCursor };
        else if (last < page.newestNumber) query = { ...query, after: last };
        else return;
      }
    },
  });
