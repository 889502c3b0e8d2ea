"use strict";
// Search, filters, sorting, paging and copying of the list of everything; addresses of people, roles and groups; folded
// parts opened for print. Texts of the account become text nodes only.
(() => {
  const WINDOW = 200; // rows in the page at a time
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const make = (tag, text, attributes = {}) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const number = (value) => value.toLocaleString("en");

  // rows: what the dictionary folds, unfolded into one array of numbers for each column
  const count = data.held.reduce((sum, held) => {
    for (let at = 0; at < held.length; at += 2) sum += data.blocks[held[at]].length - 2;
    return sum;
  }, 0);
  const column = () => new Uint32Array(count);
  const [who, role, scope, over, via, since, doubt] = Array.from({ length: 7 }, column);
  let row = 0;
  data.held.forEach((held, principal) => {
    for (let at = 0; at < held.length; at += 2) {
      const [through, depends, ...grants] = data.blocks[held[at]];
      const joined = held[at + 1];
      for (const grant of grants) {
        const day = data.grants[4 * grant + 3];
        who[row] = principal;
        role[row] = data.grants[4 * grant];
        scope[row] = data.grants[4 * grant + 1];
        over[row] = data.grants[4 * grant + 2];
        since[row] = data.days[joined] > data.days[day] ? joined : day;
        via[row] = through;
        doubt[row++] = depends;
      }
    }
  });

  const kinds = [...new Set(data.who.map((one) => one[3]))];
  const kind = Uint32Array.from(who, (at) => kinds.indexOf(data.who[at][3]));
  const second = (pairs) => pairs.map((pair) => pair[1]);
  const columns = [
    { name: "Who", codes: who, texts: second(data.who), more: data.who.map((one) => `${one[2]} ${one[0]} ${one[4]}`), link: data.who },
    { name: "Type", codes: kind, texts: kinds, all: "any type" },
    { name: "Role", codes: role, texts: second(data.roles), link: data.roles, all: "any role" },
    { name: "Where", codes: scope, texts: data.scopes, all: "anywhere" },
    { name: "Over", codes: over, texts: data.over, all: "any resource group" },
    { name: "Through", codes: via, texts: second(data.via), link: data.via, all: "directly or through a group" },
    { name: "Since", codes: since, texts: data.days },
    { name: "Certain", codes: doubt, texts: data.doubts.map((text) => (text ? `depends: ${text}` : "yes")), all: "certain or not" },
  ];
  const facets = columns.filter((one) => one.all);

  // state, kept in the address
  let state, shown = new Uint32Array(0);
  const address = () => {
    const parts = new URLSearchParams();
    if (state.find) parts.set("find", state.find);
    for (const [name, text] of Object.entries(state.only)) parts.set(name, text);
    if (state.sort) parts.set("sort", state.sort);
    if (state.page) parts.set("page", state.page + 1);
    return parts.size ? `#everything?${parts}` : "#everything";
  };
  const read = (text) => {
    const parts = new URLSearchParams(text);
    const page = Math.max(0, (parseInt(parts.get("page"), 10) || 1) - 1);
    state = { find: parts.get("find") ?? "", only: {}, sort: parts.get("sort") ?? "", page };
    for (const one of columns) if (parts.has(one.name)) state.only[one.name] = parts.get(one.name);
  };
  // What a filter holds is a name, or for somebody or something with an address that address.
  const codesOf = (one, text) => {
    const wanted = new Uint8Array(one.texts.length);
    one.texts.forEach((name, at) => {
      if (one.link && text.includes("/") ? one.link[at][0] === text : name === text) wanted[at] = 1;
    });
    return wanted;
  };

  // filter, sort, show
  const lower = (one) => (one.lower ??= one.texts.map((text, at) => `${text} ${one.more ? one.more[at] : ""}`.toLowerCase()));
  const ranks = (one) => {
    if (one.ranks) return one.ranks;
    const { compare } = new Intl.Collator("en", { numeric: true });
    one.ranks = new Uint32Array(one.texts.length);
    const order = [...one.texts.keys()].sort((a, b) => compare(one.texts[a], one.texts[b]));
    order.forEach((at, rank) => (one.ranks[at] = rank));
    return one.ranks;
  };
  const select = () => {
    const words = state.find.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = words.map((word) => columns.map((one) => Uint8Array.from(lower(one), (text) => (text.includes(word) ? 1 : 0))));
    const only = columns.map((one) => (one.name in state.only ? codesOf(one, state.only[one.name]) : null));
    for (const facet of facets) facet.counts = new Uint32Array(facet.texts.length);
    const found = new Uint32Array(count);
    let number = 0;
    rows: for (let at = 0; at < count; at++) {
      for (const hit of hits) {
        if (!columns.some((one, index) => hit[index][one.codes[at]])) continue rows;
      }
      let missed = -1; // the one filter that the row does not pass; such a row counts for that filter alone
      for (let index = 0; index < columns.length; index++) {
        if (!only[index] || only[index][columns[index].codes[at]]) continue;
        if (missed >= 0) continue rows;
        missed = index;
      }
      for (const facet of facets) if (missed < 0 || columns[missed] === facet) facet.counts[facet.codes[at]]++;
      if (missed < 0) found[number++] = at;
    }
    shown = found.subarray(0, number);
    const by = columns.find((one) => one.name === state.sort.replace("-", ""));
    if (by) {
      const rank = ranks(by), sign = state.sort.startsWith("-") ? -1 : 1;
      shown.sort((a, b) => sign * (rank[by.codes[a]] - rank[by.codes[b]]) || a - b);
    }
    state.page = Math.min(state.page, Math.max(0, Math.ceil(number / WINDOW) - 1));
  };
  const cell = (one, index, at) => {
    const code = one.codes[at], node = index ? make("td") : make("th", undefined, { scope: "row" });
    if (one.codes === since) node.className = "d";
    const target = one.link && one.link[code][0];
    if (target) node.append(make("a", one.texts[code], { href: `#${target}` }));
    else node.append(one.texts[code]);
    if (one.link === data.who) {
      const [, , email, , flags] = data.who[code];
      if (email) node.append(" ", make("span", email, { class: "quiet" }));
      if (flags) node.append(" ", make("span", flags, { class: "flag" }));
    }
    return node;
  };
  const draw = () => {
    const begin = state.page * WINDOW, end = Math.min(shown.length, begin + WINDOW);
    const body = make("tbody");
    for (let index = begin; index < end; index++) {
      const line = make("tr");
      columns.forEach((one, place) => line.append(cell(one, place, shown[index])));
      body.append(line);
    }
    document.querySelector("#list tbody").replaceWith(body);
    $("list-status").textContent = shown.length
      ? `${number(begin + 1)} to ${number(end)} of ${number(shown.length)} rows` + (shown.length < count ? `, out of ${number(count)}` : "")
      : `No row of ${number(count)} fits`;
    $("list-before").disabled = begin === 0;
    $("list-next").disabled = end === shown.length;
    $("list-copy").disabled = shown.length === 0;
    document.querySelectorAll("#list thead th").forEach((head, index) => {
      const by = columns[index].name === state.sort.replace("-", "");
      if (by) head.setAttribute("aria-sort", state.sort.startsWith("-") ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    for (const facet of facets) options(facet);
    const chosen = columns.find((one) => one.name in state.only && (!one.select || one.select.value === ""));
    const at = chosen ? codesOf(chosen, state.only[chosen.name]).indexOf(1) : -1;
    $("list-only").hidden = !chosen;
    $("list-only").textContent = chosen ? `Only ${chosen.name.toLowerCase()}: ${at < 0 ? "nothing of that name" : chosen.texts[at]}` : "";
  };
  const options = (facet) => {
    const value = facet.name in state.only ? codesOf(facet, state.only[facet.name]).indexOf(1) : -1;
    const order = facet.texts.map((_, at) => at).filter((at) => facet.counts[at] || at === value);
    order.sort((a, b) => facet.counts[b] - facet.counts[a] || a - b);
    facet.select.replaceChildren(make("option", facet.all, { value: "" }));
    for (const at of order.slice(0, 500)) {
      facet.select.append(make("option", `${facet.texts[at].slice(0, 80)} (${number(facet.counts[at])})`, { value: String(at) }));
    }
    facet.select.value = value < 0 ? "" : String(value);
  };
  const update = (remember = true) => {
    select();
    draw();
    if (remember) history.replaceState(null, "", address());
  };
  const change = () => {
    state.page = 0;
    update();
  };

  // copy
  const csv = (text) => {
    const safe = /^[\t\r\n]|^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
    return /[,"\r\n\t]|^ | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const copy = async () => {
    const lines = ["who,email,id,type,flags,role,where,over,through,since,certain"];
    for (const at of shown) {
      const [id, name, email, type, flags] = data.who[who[at]];
      lines.push([name, email, id, type, flags, ...columns.slice(2).map((one) => one.texts[one.codes[at]])].map(csv).join(","));
    }
    const text = lines.join("\r\n") + "\r\n";
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", text);
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      $("list-copy").focus();
    }
    $("list-status").textContent = done ? `${number(shown.length)} rows copied` : "The browser does not allow copying here";
  };

  // addresses
  const show = (parts) => {
    read(parts);
    $("list-find").value = state.find;
    update(false);
    $("everything").scrollIntoView();
  };
  const route = () => {
    const hash = location.hash.slice(1);
    if (hash.startsWith("everything?")) return show(hash.slice("everything?".length));
    const target = hash && document.getElementById(hash);
    if (target) {
      for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
      target.scrollIntoView();
      target.querySelector("summary")?.focus({ preventScroll: true });
      return;
    }
    const one = hash && columns.find((column) => column.link?.some((link) => link[0] === hash));
    if (one) show(`${encodeURIComponent(one.name)}=${encodeURIComponent(hash)}`);
  };

  // people
  const filterPeople = () => {
    const word = $("people-find").value.toLowerCase(), wanted = $("people-state").value;
    let number = 0;
    const cards = document.querySelectorAll("#people .card");
    for (const card of cards) {
      card.hidden = !(card.firstElementChild.textContent.toLowerCase().includes(word) && (!wanted || card.dataset.state === wanted));
      if (!card.hidden) number++;
    }
    $("people-status").textContent = `${number} of ${cards.length}`;
  };

  // start
  for (const facet of facets) {
    const label = make("label", facet.name);
    facet.select = make("select");
    facet.select.addEventListener("change", () => {
      const at = facet.select.value;
      delete state.only[facet.name];
      if (at !== "") state.only[facet.name] = facet.link && facet.link[at][0] ? facet.link[at][0] : facet.texts[at];
      change();
    });
    label.append(facet.select);
    $("list-facets").append(label);
  }
  document.querySelectorAll("#list thead th").forEach((head, index) => {
    const name = columns[index].name, button = make("button", name, { type: "button" });
    button.addEventListener("click", () => {
      state.sort = state.sort === name ? `-${name}` : name;
      change();
    });
    head.replaceChildren(button);
  });
  let waiting;
  $("list-find").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.find = $("list-find").value;
      change();
    }, 120);
  });
  $("list-reset").addEventListener("click", () => {
    read("");
    $("list-find").value = "";
    update();
  });
  $("list-copy").addEventListener("click", copy);
  for (const [id, step] of [["list-before", -1], ["list-next", 1]]) {
    $(id).addEventListener("click", () => {
      state.page += step;
      update();
      $("list").scrollIntoView({ block: "nearest" });
    });
  }
  $("list-controls").hidden = false;
  if ($("people-controls")) {
    $("people-controls").hidden = false;
    $("people-find").addEventListener("input", filterPeople);
    $("people-state").addEventListener("change", filterPeople);
    filterPeople();
  }
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(.rule)")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
  addEventListener("hashchange", route);
  read("");
  update(false);
  route();
})();
