"use strict";
// Starts the browser, and watches every page: a request, a word on the console or an error fails the test.
const { existsSync, readFileSync } = require("node:fs");
const { pathToFileURL } = require("node:url");
const puppeteer = require("puppeteer-core");

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

exports.launch = () =>
  puppeteer.launch({
    executablePath: process.env.BROWSER ?? BROWSERS.find(existsSync),
    // The browser's own errands would be taken for requests of the page.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-extensions"],
  });

/** Opens a report; `page.heard` is everything that should not have happened. */
exports.open = async (browser, file, { scheme = "light", hash = "", width = 1280, height = 900, script = true, context } = {}) => {
  const page = await (context ?? browser).newPage();
  const address = pathToFileURL(file).href;
  page.heard = [];
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== address) page.heard.push(`request: ${request.url()}`);
  });
  page.on("console", (message) => page.heard.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.heard.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    page.heard.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.setJavaScriptEnabled(script);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setViewport({ width, height });
  await page.goto(hash ? `${address}#${hash}` : address);
  return page;
};

/** What axe finds wrong with a page. The policy of the page lets no script in but by the debugger. */
exports.violations = async (page) => {
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html)]);
};
