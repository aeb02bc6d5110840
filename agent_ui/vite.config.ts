import { defineConfig } from "vitest/config";

// The page is served by the Python service from its own package; the service sends a strict
// content security policy, so nothing may be inlined.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../callcenter/adapters/web/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    target: "es2022",
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": "http://127.0.0.1:8080",
      "/ws": { target: "ws://127.0.0.1:8080", ws: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
