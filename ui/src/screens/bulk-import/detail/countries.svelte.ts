// The countries to choose from: asked once, kept for the life of the page.
import { call, type CountryName } from '../../../host';

let list = $state.raw<CountryName[]>([]);
let asked = false;
const names = $derived(new Map(list.map(({ code, name }) => [code, name])));

export const countries = {
  get list(): CountryName[] {
    load();
    return list;
  },
  get names(): ReadonlyMap<string, string> {
    load();
    return names;
  },
};

function load(): void {
  if (asked) return;
  asked = true;
  call('choices', {})
    .then((choices) => (list = choices.countries))
    // Without the list a country is typed by its code; the next invoice asks again.
    .catch(() => (asked = false));
}
