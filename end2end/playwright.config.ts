// `cargo xtask test` starts this with CHROMIUM and LINTEL_BINARY set. Each test file starts its own server.
import { defineConfig } from "@playwright/test";

// With release bundles: what walks through every screen. A project that another one depends on runs whole, whatever was asked for.
const AS_PEOPLE_GET_IT = ["decisions", "diagram", "editor", "pages"].map((name) => `${name}.spec.ts`);

export default defineConfig({
  // A busy machine may let one try time out; a test that fails twice fails.
  retries: process.env.CI ? 2 : 0,
  testDir: "tests",
  // Two files at a time; what measures has the machine to itself, and debug bundles say nothing about speed.
  workers: 2,
  projects: [
    { name: "all", testIgnore: "speed.spec.ts", ...(process.env.LINTEL_SITE ? { testMatch: AS_PEOPLE_GET_IT } : {}) },
    ...(process.env.LINTEL_SITE || process.env.LINTEL_BINARY?.includes("/release/")
      ? [{ name: "speed", testMatch: "speed.spec.ts", dependencies: ["all"] }]
      : []),
  ],
  outputDir: "results",
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
