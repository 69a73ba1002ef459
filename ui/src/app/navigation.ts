/** The keys of the places, in the sidebar's order. */
import { pages, type Page } from './routing.svelte';

export function pageKeys(page: Page): string {
  return `Mod+${pages.indexOf(page) + 1}`;
}
