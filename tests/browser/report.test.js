"use strict";
// The report in a real browser. `make test-browser` makes the databases and says which program to test.
const assert = require("node:assert/strict");
const { execFileSync, spawnSync } = require("node:child_process");
const { mkdtempSync, readFileSync, rmSync, statSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { after, before, describe, test } = require("node:test");
const { launch, open, violations } = require("./browser.js");

const program = process.env.PROGRAM;
const databases = process.env.DATABASES;
const folder = mkdtempSync(join(tmpdir(), "report-"));
const reports = {};
let browser, written = Infinity;

const report = (name, database, ...flags) => {
  reports[name] = join(folder, `${name}.html`);
  const begin = performance.now();
  execFileSync(program, ["report", "--quiet", "--db", join(databases, `${database}.db`), "--output", reports[name], ...flags]);
  return performance.now() - begin;
};

before(async () => {
  report("demo", "demo");
  report("review", "demo", "1", "2");
  report("first", "demo", "--at", "1");
  report("auditor", "demo", "--for", "auditor");
  report("owner", "demo", "--scope", "account", "--for", "owner");
  report("hostile", "hostile");
  report("cut", "large", "--max-rows", "1000");
  for (let tries = 0; tries < 3; tries++) written = Math.min(written, report("large", "large"));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A test with a page that must stay silent. */
const onPage = (name, file, options, act) =>
  test(name, async () => {
    const page = await open(browser, reports[file], options);
    try {
      await act(page);
      assert.deepEqual(page.heard, []);
    } finally {
      await page.close();
    }
  });
const text = (page, selector) => page.$eval(selector, (node) => node.textContent);
const rows = (page) => page.$$eval("#list tbody tr", (found) => found.map((row) => [...row.cells].map((cell) => cell.textContent)));
const status = (page) => text(page, "#list-status");
const typed = async (page, words) => {
  await page.type("#list-find", words);
  await page.waitForFunction((find) => new URLSearchParams(location.hash.split("?")[1]).get("find") === find, {}, words);
};
const choose = (page, label, start) =>
  page.evaluate((label, start) => {
    const select = [...document.querySelectorAll("#list-facets label")].find((one) => one.firstChild.textContent === label).querySelector("select");
    select.value = [...select.options].find((option) => option.text.startsWith(start)).value;
    select.dispatchEvent(new Event("change"));
  }, label, start);

describe("the file", () => {
  test("is valid HTML", () => {
    const files = Object.values(reports);
    const checked = spawnSync("java", ["-jar", require("vnu-jar"), "--errors-only", ...files], { encoding: "utf8" });
    assert.equal(checked.stderr, "");
    assert.equal(checked.status, 0);
  });

  test("is the same, byte for byte, when it is made again", () => {
    report("again", "demo");
    assert.deepEqual(readFileSync(reports.again), readFileSync(reports.demo));
  });

  for (const file of ["demo", "review", "auditor", "owner", "hostile"]) {
    for (const scheme of ["light", "dark"]) {
      onPage(`is accessible: ${file}, ${scheme}`, file, { scheme }, async (page) => {
        await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
        assert.deepEqual(await violations(page), []);
      });
    }
  }

  onPage("fits a narrow window", "hostile", { width: 360 }, async (page) => {
    await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  });

  const dangling = (page) => page.$$eval("a[href]", (links) => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const listed = new Set([...data.who, ...data.roles, ...data.via].map((one) => one[0]));
    const targets = links.map((link) => link.getAttribute("href").slice(1)).filter((target) => !document.getElementById(target));
    return { all: targets, unlisted: targets.filter((target) => !listed.has(target)) };
  });
  onPage("without script links only to what is there", "hostile", { script: false }, async (page) => {
    assert.deepEqual((await dangling(page)).all, []);
  });
  onPage("with script links also to what the list can show", "hostile", {}, async (page) => {
    assert.deepEqual((await dangling(page)).unlisted, []);
  });
});

describe("the list of everything", () => {
  onPage("finds by words", "demo", {}, async (page) => {
    await typed(page, "nina admin");
    const found = await rows(page);
    assert.ok(found.length > 0);
    for (const row of found) assert.match(row.join(" "), /nina.*admin/i);
    assert.match(await status(page), /^1 to \d+ of \d+ rows, out of \d+$/);
    await page.click("#list-reset");
    assert.match(await status(page), /^1 to \d+ of \d+ rows$/);
  });

  onPage("says when nothing fits", "demo", {}, async (page) => {
    await typed(page, "nobody-of-that-name");
    assert.match(await status(page), /^No row of \d+ fits$/);
    assert.deepEqual(await rows(page), []);
  });

  onPage("filters, with counts that hold", "demo", {}, async (page) => {
    await choose(page, "Type", "service account");
    const label = await page.$eval("#list-facets select", (select) => select.selectedOptions[0].text);
    const found = await rows(page);
    assert.equal(label, `service account (${found.length})`);
    assert.ok(found.every((row) => row[1] === "service account"));
  });

  onPage("sorts both ways", "demo", {}, async (page) => {
    const order = async () => (await rows(page)).map((row) => row[2]);
    const heading = "#list thead th:nth-child(3)";
    await page.click(`${heading} button`);
    const collator = new Intl.Collator("en", { numeric: true });
    const sorted = await order();
    assert.deepEqual(sorted, [...sorted].sort(collator.compare));
    assert.equal(await page.$eval(heading, (head) => head.getAttribute("aria-sort")), "ascending");
    await page.click(`${heading} button`);
    assert.deepEqual((await order()).map((name) => name), [...sorted].sort((a, b) => collator.compare(b, a)));
    assert.equal(await page.$eval(heading, (head) => head.getAttribute("aria-sort")), "descending");
  });

  onPage("keeps search, filter and order in the address", "demo", {}, async (page) => {
    await choose(page, "Through", "directly");
    await typed(page, "account");
    await page.click("#list thead th button");
    const [hash, shown] = [await page.evaluate(() => location.hash.slice(1)), await rows(page)];
    const again = await open(browser, reports.demo, { hash });
    assert.deepEqual(await rows(again), shown);
    assert.deepEqual(again.heard, []);
    await again.close();
  });

  test("copies what is shown as CSV, without formulas", async () => {
    const context = await browser.createBrowserContext();
    const page = await open(browser, reports.hostile, { context });
    await page.evaluate(() => {
      navigator.clipboard.writeText = async (copied) => void (window.copied = copied);
    });
    await typed(page, "HYPERLINK");
    await page.click("#list-copy");
    await page.waitForFunction(() => window.copied);
    const lines = (await page.evaluate(() => window.copied)).trimEnd().split("\r\n");
    assert.equal(lines[0], "who,email,id,type,flags,role,where,over,through,since,certain");
    assert.equal(lines.length - 1, (await rows(page)).length);
    assert.ok(lines.slice(1).every((line) => !/(^|,)"?[=+@]/.test(line)), lines[1]);
    assert.match(await status(page), /rows copied$/);
    assert.deepEqual(page.heard, []);
    await context.close();
  });

  onPage("shows every row there is", "demo", {}, async (page) => {
    const matrix = execFileSync(program, ["export", "--quiet", "--db", join(databases, "demo.db"), "--format", "csv", "--preset", "matrix"], { encoding: "utf8" });
    const exported = matrix.trimEnd().split("\r\n").length - 1;
    assert.equal((await rows(page)).length, exported);
    assert.match(await text(page, "#everything"), new RegExp(`${exported} rows`));
  });

  onPage("says what it leaves out", "cut", {}, async (page) => {
    assert.match(await text(page, "#everything"), /holds the first 1,000.*export --format csv/s);
    assert.match(await status(page), /of 1,000 rows$/);
    await page.click("#list-next");
    assert.match(await status(page), /^201 to 400 of 1,000 rows$/);
  });
});

describe("addresses", () => {
  onPage("of a person open the card", "demo", { hash: "person/uDANA00000000000000000" }, async (page) => {
    assert.equal(await page.$eval("[id='person/uDANA00000000000000000']", (card) => card.open), true);
  });

  onPage("of somebody without a card lead to the list", "large", {}, async (page) => {
    const [without, name] = await page.evaluate(() => {
      const data = JSON.parse(document.getElementById("data").textContent);
      return data.who.find(([id]) => id.startsWith("person/") && !document.getElementById(id));
    });
    await page.evaluate((id) => (location.hash = id), without);
    await page.waitForFunction(() => !document.getElementById("list-only").hidden);
    const names = new Set((await rows(page)).map((row) => row[0]));
    assert.deepEqual([...names].map((shown) => shown.startsWith(name)), [true]);
  });

  onPage("of a change are there", "review", {}, async (page) => {
    assert.ok(await page.$("[id^='change/user/']"));
    assert.ok(await page.$("[id^='finding/HA']"));
  });
});

describe("readers", () => {
  onPage("find people by name and state", "demo", {}, async (page) => {
    await page.type("#people-find", "fay");
    assert.match(await text(page, "#people-status"), /^1 of \d+$/);
    await page.select("#people-state", "active");
    assert.match(await text(page, "#people-status"), /^0 of \d+$/);
  });

  onPage("need only the keyboard", "demo", {}, async (page) => {
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
    const until = async (wanted) => {
      for (let presses = 0; presses < 400; presses++) {
        await page.keyboard.press("Tab");
        if ((await focused()) === wanted) return;
      }
      assert.fail(`${wanted} cannot be reached`);
    };
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to the report");
    await page.keyboard.press("Enter");
    await until("list-find");
    await page.keyboard.type("admin");
    await page.waitForFunction(() => location.hash.includes("find=admin"));
    await until("Role");
    await page.keyboard.press("Enter");
    assert.equal(await page.$eval("#list thead th:nth-child(3)", (head) => head.getAttribute("aria-sort")), "ascending");
    await page.keyboard.down("Shift");
    await page.keyboard.press("Tab");
    await page.keyboard.up("Shift");
    assert.equal(await focused(), "Type");
  });

  onPage("without script have everything but the search", "demo", { script: false }, async (page) => {
    const snapshot = await page.$eval("main", (main) => main.innerText);
    for (const heading of ["In one minute", "What changed", "Who is powerful", "Findings", "People", "Everything", "How this was made"]) {
      assert.ok(snapshot.includes(heading), heading);
    }
    assert.match(snapshot, /The script of this page does not run here/);
    assert.ok((await rows(page)).length > 10);
    assert.equal(await page.$eval("#list-controls", (controls) => controls.checkVisibility()), false);
  });

  onPage("print all but the list", "demo", {}, async (page) => {
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMediaType("print");
    assert.equal(await page.$eval("#list", (list) => list.checkVisibility()), false);
    assert.match(await page.$eval("#everything", (section) => section.innerText), /not printed: harness-access export/);
    assert.equal(await page.$$eval(".card", (cards) => cards.every((card) => card.open)), true);
    await page.emulateMediaType(null);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.$$eval(".card", (cards) => cards.some((card) => card.open)), false);
    assert.ok((await page.pdf()).length > 10_000);
  });
});

describe("names of strangers", () => {
  for (const scheme of ["light", "dark"]) {
    onPage(`stay text, ${scheme}`, "hostile", { scheme }, async (page) => {
      await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
      await typed(page, "evil");
      await page.evaluate(() => {
        for (const node of document.querySelectorAll("*")) node.dispatchEvent(new Event("mouseover", { bubbles: true }));
      });
      assert.equal(await page.evaluate(() => window.hacked), undefined);
      const strange = await page.evaluate(() => ({
        elements: document.querySelectorAll("img, iframe, object, embed, form, base, link, script:not([id]):not(:last-of-type)").length,
        handlers: [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes]).filter((one) => one.name.startsWith("on") || /^\s*javascript:/i.test(one.value)).length,
        hidden: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/.test(document.body.textContent),
        longest: Math.max(...[...document.querySelectorAll("td, th, summary, option")].map((node) => node.textContent.length)),
      }));
      assert.deepEqual({ ...strange, longest: strange.longest < 2_000 }, { elements: 0, handlers: 0, hidden: false, longest: true });
      assert.ok((await rows(page)).some((row) => row[0].includes("</script><script>window.hacked = 1</script>")));
    });
  }
});

test("100,000 grants are written, opened, searched and printed in time", async (t) => {
  const bytes = statSync(reports.large).size;
  let begin = performance.now();
  const page = await open(browser, reports.large);
  await page.waitForFunction(() => document.getElementById("list-status").textContent);
  const opened = performance.now() - begin;
  const searched = await page.evaluate(() => {
    const find = document.getElementById("list-find"), result = document.getElementById("list-status");
    const before = result.textContent;
    return new Promise((resolve) => {
      const begin = performance.now();
      new MutationObserver(() => result.textContent !== before && resolve(performance.now() - begin)).observe(result, { childList: true });
      find.value = "user 12 role";
      find.dispatchEvent(new Event("input"));
    });
  });
  begin = performance.now();
  const pdf = await page.pdf();
  const printed = performance.now() - begin;
  assert.deepEqual(page.heard, []);
  await page.close();
  const seconds = (time) => `${(time / 1000).toFixed(2)} s`;
  t.diagnostic(
    `written in ${seconds(written)} (at most 1 s), ${(bytes / 1e6).toFixed(2)} MB (at most 5 MB), opened in ${seconds(opened)} (3 s), ` +
      `searched in ${seconds(searched)} (0.5 s), printed in ${seconds(printed)} (5 s), PDF of ${(pdf.length / 1e6).toFixed(2)} MB`,
  );
  assert.ok(bytes < 5e6, "size");
});
