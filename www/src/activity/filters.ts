import type { EmailQuery, EmailSummary } from '@kraiter/sdk';

/** The filters, as the URL names them. `since` and `until` are the first and the last day. */
export const FILTERS = ['to', 'from', 'subject', 'status', 'tag', 'template', 'region', 'since', 'until'] as const;

export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

/** Returns the filters in a URL's query, without empty ones. */
export function filtersOf(query: Record<string, string>): Filters {
  const set = FILTERS.filter((name) => query[name]?.trim());
  return Object.fromEntries(set.map((name) => [name, query[name]?.trim()]));
}

/** Returns the path of the activity page with these filters. */
export const activityPath = (filters: Filters): string => {
  const query = new URLSearchParams(FILTERS.flatMap((name) => (filters[name] ? [[name, filters[name]]] : [])));
  return query.size ? `/activity?${query}` : '/activity';
};

/** Returns the start of a day in the browser's time zone, `days` later; the text itself if it isn't a day. */
function startOf(day: string, days: number): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  return date === undefined ? day : new Date(Number(year), Number(month) - 1, Number(date) + days).toISOString();
}

/** Returns the filters as the API expects them. */
export function emailQuery({ since, until, ...others }: Filters): EmailQuery {
  return {
    ...others,
    ...(since ? { since: startOf(since, 0) } : {}),
    ...(until ? { until: startOf(until, 1) } : {}),
  } as EmailQuery;
}

type Page = { data: EmailSummary[]; nextCursor: string | null };

/** Requests that fill one page: a search may return a short page although there are more matches. */
const MAX_REQUESTS = 10;

/** Loads pages until there are `limit` emails, or a number of requests was made. */
export async function fillPage(
  load: (page: { limit: number; cursor?: string }) => Promise<Page>,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page> {
  let page: Page = { data: [], nextCursor: cursor ?? null };
  for (let requests = 0; requests < MAX_REQUESTS; requests++) {
    const { data, nextCursor } = await load({
      limit: limit - page.data.length,
      ...(page.nextCursor === null ? {} : { cursor: page.nextCursor }),
    });
    page = { data: [...page.data, ...data], nextCursor };
    if (nextCursor === null || page.data.length >= limit) break;
  }
  return page;
}
