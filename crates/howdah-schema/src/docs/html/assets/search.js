// Search over names and text. The index is a script that is read when somebody turns to the field.
"use strict";

(() => {
  const { root } = document.documentElement.dataset;
  const box = document.querySelector(".search");
  const input = box.querySelector("input");
  const panel = box.querySelector(".panel");
  const state = box.querySelector(".state");
  const results = box.querySelector("[role=listbox]");
  const SHOWN = 40;

  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const wordsOf = (text) => text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);

  // ---- The index

  let loading = null;
  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}data/search.js`;
      script.addEventListener("load", () => resolve(prepare(window.howdahSearch)));
      script.addEventListener("error", () => reject(new Error("data/search.js cannot be read")));
      document.head.append(script);
    });
    return loading;
  };

  const prepare = ({ pages, entries }) =>
    entries.map(([page, anchor, name, kind, text]) => {
      const [file, title, section] = pages[page];
      const isPage = anchor === "";
      const search = plain(name);
      return {
        url: root + file.split("/").map(encodeURIComponent).join("/") + (isPage ? "" : `#${encodeURIComponent(anchor)}`),
        name,
        kind: isPage ? section || "Page" : kind || title,
        where: isPage || kind === "" || kind === title ? "" : title,
        text,
        isPage,
        isObject: kind !== "" || (isPage && file.includes("/")),
        search,
        // Of `public.tasks`, the part that people type.
        last: search.slice(search.lastIndexOf(".") + 1),
        whole: isPage ? search : plain(`${title}.${name}`),
        searchWhere: isPage ? plain(section) : plain(title),
        searchText: plain(text),
        words: null,
      };
    });

  // ---- Ranking: the exact name, then its beginning, a word of it, anything in it, where it is, what is said of it

  const scoreOf = (entry, term) => {
    const { search, last } = entry;
    if (search === term || last === term) return 100;
    if (search.startsWith(term) || last.startsWith(term)) return 70;
    const at = search.indexOf(term);
    if (at > 0) return isWordStart(search, at) ? 50 : 35;
    const where = entry.searchWhere.indexOf(term);
    if (where >= 0) return isWordStart(entry.searchWhere, where) ? 24 : 12;
    const text = entry.searchText.indexOf(term);
    if (text >= 0) return isWordStart(entry.searchText, text) ? 16 : 8;
    return 0;
  };
  const isWordStart = (text, at) => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]);

  const find = (index, query, score) => {
    const terms = plain(query).split(/\s+/).filter(Boolean);
    const whole = terms.join(" ");
    const found = [];
    for (const entry of index) {
      let sum = 0;
      for (const term of terms) {
        // `tasks.title` names a column with its table.
        const one = entry.whole === term || entry.whole.endsWith(`.${term}`) ? 110 : score(entry, term);
        if (one === 0) {
          sum = 0;
          break;
        }
        sum += one;
      }
      if (sum === 0) continue;
      if (entry.search === whole || entry.last === whole) sum += 100;
      if (entry.isPage) sum += 8;
      else if (!entry.isObject) sum -= 4;
      found.push({ entry, rank: sum - Math.min(entry.search.length, 60) / 20 });
    }
    // Equal ones stay in the order of the pages.
    return found.sort((a, b) => b.rank - a.rank).map(({ entry }) => entry);
  };

  // One letter wrong, missing, too many or two exchanged; in longer words two. Of `calender_evnt`, in each word.
  const nearly = (known) => (entry, term) => {
    const parts = wordsOf(term);
    if (parts.length === 0) return 0;
    entry.words ??= wordsOf(entry.whole);
    return Math.min(...parts.map((part) => Math.max(0, ...entry.words.map((word) => nearlyWord(known, word, part)))));
  };
  // Thousands of columns share a few words: each is compared once.
  const nearlyWord = (known, word, part) => {
    const key = `${part} ${word}`;
    if (!known.has(key)) {
      const allowed = part.length < 4 ? 0 : part.length < 8 ? 1 : 2;
      // Or the beginning of a longer word, which somebody is still typing.
      const likes = word.length > part.length + 1 ? [word.slice(0, part.length), word.slice(0, part.length + 1)] : [word];
      let best = allowed + 1;
      for (const like of likes) {
        if (Math.abs(like.length - part.length) <= allowed) best = Math.min(best, distance(like, part, best));
      }
      known.set(key, best <= allowed ? 20 - best : 0);
    }
    return known.get(key);
  };
  const distance = (a, b, enough) => {
    let before = null;
    let above = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= b.length; j++) {
        const same = a[i - 1] === b[j - 1];
        let value = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1));
        if (before && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, before[j - 2] + 1);
        row.push(value);
        least = Math.min(least, value);
      }
      if (least >= enough) return enough;
      before = above;
      above = row;
    }
    return above[b.length];
  };

  // ---- Showing

  // Text with the terms in it marked: as text nodes, whatever is in it.
  const marked = (parent, text, terms) => {
    const pattern = terms.map((term) => term.replace(/[\\^$.*+?()[\]{}|\/-]/g, "\\$&")).join("|");
    let from = 0;
    for (const match of text.matchAll(new RegExp(pattern, "giu"))) {
      if (match[0] === "") continue;
      const mark = document.createElement("mark");
      mark.textContent = match[0];
      parent.append(text.slice(from, match.index), mark);
      from = match.index + match[0].length;
    }
    parent.append(text.slice(from));
  };

  // The text from a little before the first term.
  const excerpt = (text, terms) => {
    const lower = text.toLowerCase();
    const first = Math.min(...terms.map((term) => lower.indexOf(term)).filter((at) => at >= 0), Infinity);
    if (first === Infinity || first < 60) return text;
    const start = lower.lastIndexOf(" ", first - 30) + 1;
    return `…${text.slice(start)}`;
  };

  const option = (entry, at, terms) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    item.setAttribute("role", "presentation");
    link.id = `:result:${at}`;
    link.href = entry.url;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    if (entry.isObject) link.className = "object";
    const part = (className, text) => {
      const span = document.createElement("span");
      span.className = className;
      marked(span, text, terms);
      link.append(span, " ");
    };
    part("name", entry.name);
    const kind = document.createElement("span");
    kind.className = "kind";
    kind.textContent = entry.kind;
    link.append(kind, " ");
    const context = [entry.where, excerpt(entry.text, terms)].filter(Boolean).join(" · ");
    if (context) part("context", context);
    item.append(link);
    return item;
  };

  let options = [];
  let selected = -1;
  const select = (at) => {
    options[selected]?.setAttribute("aria-selected", "false");
    selected = options.length === 0 ? -1 : (at + options.length) % options.length;
    const option = options[selected];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const open = (isOpen) => {
    panel.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) input.removeAttribute("aria-activedescendant");
  };

  const show = (found, query, isNear) => {
    const terms = [...new Set(query.toLowerCase().split(/\s+/).filter(Boolean))].sort((a, b) => b.length - a.length);
    results.replaceChildren(...found.slice(0, SHOWN).map((entry, at) => option(entry, at, terms)));
    results.scrollTop = 0;
    options = [...results.querySelectorAll("[role=option]")];
    for (const one of options) one.setAttribute("aria-selected", "false");
    selected = -1;
    select(0);
    const count = found.length === 1 ? "1 result" : `${found.length} results`;
    if (found.length === 0) state.textContent = `Nothing has “${query}” in its name or text.`;
    else if (isNear) state.textContent = `Nothing has exactly “${query}”. Alike: ${count}.`;
    else if (found.length > SHOWN) state.textContent = `${count}, the best ${SHOWN} shown. Another word narrows them.`;
    else state.textContent = count;
    open(true);
  };

  let turn = 0;
  const search = async () => {
    const query = input.value.trim();
    const mine = ++turn;
    if (query === "") {
      open(false);
      return;
    }
    try {
      const index = await load();
      // Somebody typed on while the index was being read.
      if (mine !== turn) return;
      const exact = find(index, query, scoreOf);
      const near = nearly(new Map());
      const found = exact.length > 0 ? exact : find(index, query, (entry, term) => scoreOf(entry, term) || near(entry, term));
      show(found, query, exact.length === 0);
    } catch (error) {
      results.replaceChildren();
      options = [];
      state.textContent = `Search does not work: ${error.message}.`;
      open(true);
    }
  };

  // ---- Keys

  input.addEventListener("focus", () => {
    load().catch(() => {});
    if (input.value.trim() !== "") search();
  });
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (panel.hidden) search();
      else select(selected + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      options[selected]?.click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (panel.hidden && input.value === "") input.blur();
      else if (panel.hidden) input.value = "";
      else open(false);
    }
  });
  results.addEventListener("pointermove", (event) => {
    const at = options.indexOf(event.target.closest("[role=option]"));
    if (at >= 0 && at !== selected) select(at);
  });
  // On the same page a link only scrolls: the panel goes all the same.
  results.addEventListener("click", (event) => {
    if (event.target.closest("[role=option]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      open(false);
      input.blur();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!box.contains(event.target)) open(false);
  });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) open(false);
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping;
    const palette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (slash || palette) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });

  box.hidden = false;
})();
