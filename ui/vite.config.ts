import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Which host answers is decided when building, so that neither the test bridge nor the fixture can reach a release.
const hosts: Record<string, { transport: string; out: string }> = {
  bridge: { transport: here('src/host/bridge.ts'), out: 'dist-bridge' },
  fixture: { transport: here('fixture/host.ts'), out: 'dist-fixture' },
};
const release = { transport: here('src/host/tauri.ts'), out: 'dist' };

export default defineConfig(({ mode }) => {
  const { transport, out } = hosts[mode === 'test' ? 'fixture' : mode] ?? release;
  return {
    plugins: [svelte()],
    resolve: {
      alias: { $transport: transport },
      // Under vitest, Svelte's server build would be picked otherwise.
      ...(mode === 'test' ? { conditions: ['browser'] } : {}),
    },
    build: {
      outDir: out,
      target: ['chrome123', 'safari17.5'],
      // The content-security policy allows neither data: scripts nor the inline polyfill.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
    server: { host: '127.0.0.1', port: 5173, strictPort: true },
    test: { include: ['tests/**/*.test.ts'], environment: 'happy-dom' },
  };
});
