import { readdirSync, readFileSync } from 'node:fs';

import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

import { t } from '../src/text';

function texts(part: unknown, path: string): [path: string, text: string][] {
  if (typeof part === 'string') return [[path, part]];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, inner]) => texts(inner, `${path}.${name}`));
}

const spoken = new Set(['title', 'label', 'aria-label', 'placeholder', 'text', 'hint', 'alt']);

/** Words written into the markup: text between tags, and attributes that are read or shown. */
function words(node: unknown, attribute = ''): string[] {
  if (Array.isArray(node)) return node.flatMap((inner) => words(inner, attribute));
  if (typeof node !== 'object' || node === null || !('type' in node)) return [];
  if (node.type === 'Text' && 'data' in node && typeof node.data === 'string') {
    return /\p{L}{2}/u.test(node.data) && (attribute === '' || spoken.has(attribute))
      ? [node.data.trim()]
      : [];
  }
  const within =
    /(Attribute|Directive)$/.test(String(node.type)) && 'name' in node ? String(node.name) : attribute;
  return Object.values(node).flatMap((inner) => words(inner, within));
}

const all = texts(t, 't');

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.svelte') || (file.endsWith('.ts') && !file.startsWith('text')))
  .map((file) => [file, readFileSync(`src/${file}`, 'utf8')] as const);

describe('the catalogue', () => {
  it('shouts nothing, begs for nothing and speaks no jargon', () => {
    for (const [path, text] of all) {
      expect(text, path).not.toMatch(/!|\bplease\b|\boops\b|payload|entity|sync token/i);
    }
  });

  it('names every code the core may send', () => {
    const wire = readFileSync('src/host/commands.ts', 'utf8');
    const names = (type: string) =>
      [...(new RegExp(`type ${type} = ([^;]*);`).exec(wire)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
        (found) => found[1],
      );
    expect(Object.keys(t.state)).toEqual(names('State'));
    expect(Object.keys(t.field)).toEqual(names('Field'));
    expect(Object.keys(t.environments)).toEqual(names('Environment'));
    expect(Object.keys(t.settings.themes)).toEqual(names('Theme'));
  });

  it('holds all words: none stand in a screen itself', () => {
    for (const [file, source] of sources) {
      if (file.endsWith('.svelte')) expect(words(parse(source, { modern: true }).fragment), file).toEqual([]);
    }
  });
});
