// Marks where the reader is in the list of headings, and makes wide tables reachable by key.
"use strict";

(() => {
  const links = [...document.querySelectorAll(".contents a")];
  const headings = links
    .map((link) => ({ link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))) }))
    .filter(({ heading }) => heading);

  const mark = () => {
    // The last heading above the upper third; at the very end, the last one.
    const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2 && window.scrollY > 0;
    let current = headings[0];
    for (const candidate of headings) {
      if (atEnd || candidate.heading.getBoundingClientRect().top < window.innerHeight / 3) current = candidate;
    }
    for (const { link } of headings) {
      if (link === current?.link) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  let isWaiting = false;
  const later = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      mark();
    });
  };
  if (headings.length > 0) {
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    mark();
  }

  // What scrolls sideways must take the focus, and say what it is.
  const heading = (element) => {
    for (let at = element; at; at = at.previousElementSibling) {
      if (/^H[1-4]$/.test(at.tagName)) return at.firstChild?.textContent ?? at.textContent;
    }
    return document.querySelector("h1").textContent;
  };
  const reach = () => {
    for (const frame of document.querySelectorAll(".table, .sample pre")) {
      if (frame.scrollWidth > frame.clientWidth) {
        frame.tabIndex = 0;
        frame.setAttribute("role", "group");
        const language = frame.closest(".sample")?.querySelector(".label").textContent;
        frame.setAttribute("aria-label", language ? `Code: ${language}` : `Table: ${heading(frame)}`);
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
      }
    }
  };
  addEventListener("resize", reach);
  document.addEventListener("howdah-shown", reach);
  reach();
})();
