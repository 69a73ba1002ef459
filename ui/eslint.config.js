import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'dist-bridge/', 'dist-fixture/', 'src/host/commands.ts'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/host speaks to the host.' }],
          paths: [
            {
              name: '@lucide/svelte',
              allowTypeImports: true,
              message: 'All icons at once slow every build: import one, from @lucide/svelte/icons/….',
            },
          ],
        },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-meaningless-void-operator': 'off', // `void x` marks what an effect depends on
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'svelte/no-at-html-tags': 'error',
      'svelte/prefer-svelte-reactivity': 'off', // plain sets and maps that nothing on the screen reads
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      'prefer-const': 'off',
      // The linter sees `any` where a snippet's arguments come from another component; svelte-check sees their types.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['src/host/**'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  // The fixture throws what the core's hosts throw: bare failures.
  { files: ['fixture/**'], rules: { '@typescript-eslint/only-throw-error': 'off' } },
  { files: ['*.js', '*.ts', 'tools/**'], languageOptions: { globals: { ...globals.node } } },
  { files: ['*.js'], ...ts.configs.disableTypeChecked },
);
