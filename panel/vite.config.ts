import { defineConfig } from 'vite'

/** One script and one style sheet a page, all with hashed names below `assets/`; nothing inline (CSP). */
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: { input: ['index.html', 'admin.html', 'display.html', 'join.html'] },
  },
})
