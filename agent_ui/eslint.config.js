import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["src/gen/"]),
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      complexity: ["error", 12],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 5],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // What may be imported from where: the core is pure, views do not open sockets.
    files: ["src/core/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: ["**/store/*", "**/transport/*", "**/views/*", "preact*", "@preact/*"] },
      ],
      "no-restricted-globals": ["error", "window", "document", "fetch", "setTimeout", "Date"],
    },
  },
  {
    files: ["src/transport/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: ["**/store/*", "**/views/*", "preact*"] }],
    },
  },
  {
    files: ["src/views/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/transport/*"] }] },
  },
);
