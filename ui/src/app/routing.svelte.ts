/**
 * Where the user is. The address's fragment holds it (`#/bulk-import/review/42?problem=city_missing`), so that going back,
 * reloading and links work without a router library.
 *
 *   route.page     the screen                       go('cases', { search: 'ACME' })
 *   route.rest     what follows in the path         go('bulk-import', {}, 'review', id)
 *   route.params   the query; never personal data   narrow({ state: 'ready' })   replaces params, no new history entry
 *
 * Link with `<a href={href('cases')}>`. A screen that must not be left unasked (unsaved input) uses native dialogs instead.
 */
export const pages = ['overview', 'integrations', 'bulk-import', 'cases', 'activity', 'settings'] as const;
export type Page = (typeof pages)[number];
export type Params = Record<string, string>;

interface Place {
  page: Page;
  rest: string[];
  params: Params;
}

export function read(fragment: string): Place {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?', 2);
  const [first = '', ...rest] = path.split('/').filter((part) => part !== '');
  return {
    page: pages.find((page) => page === first) ?? 'overview',
    rest: rest.map(decodeURIComponent),
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function href(page: Page, params: Params = {}, ...rest: string[]): string {
  const path = [page, ...rest.map(encodeURIComponent)].join('/');
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== '')).toString();
  return `#/${path}${query === '' ? '' : `?${query}`}`;
}

let place = $state.raw<Place>(read(location.hash));

addEventListener('hashchange', () => {
  place = read(location.hash);
});

export const route = {
  get page(): Page {
    return place.page;
  },
  get rest(): string[] {
    return place.rest;
  },
  get params(): Params {
    return place.params;
  },
};

/** Goes to a screen; the user can come back. */
export function go(page: Page, params: Params = {}, ...rest: string[]): void {
  location.hash = href(page, params, ...rest);
}

/** Changes only the query of the present screen, without a step in the history. */
export function narrow(params: Params): void {
  const next = href(place.page, params, ...place.rest);
  history.replaceState(null, '', next);
  place = read(next);
}
