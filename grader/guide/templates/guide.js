const articles = [...document.querySelectorAll("article")];
const start = document.getElementById("start");
const found = document.getElementById("found");
const search = document.getElementById("search");

// A part of a page is a heading with what follows it: what the search finds and links to.
const parts = articles.flatMap((article) => {
  const made = [];
  for (const node of article.children) {
    if (/^H[1-3]$/.test(node.tagName)) made.push({ article, heading: node, text: "" });
    if (made.length) made.at(-1).text += " " + node.textContent;
  }
  return made;
});

// One page at a time: the one that the address names, or the contents.
function show() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const article = target && target.closest("article");
  found.hidden = true;
  start.hidden = Boolean(article);
  for (const one of articles) one.hidden = one !== article;
  for (const link of document.querySelectorAll("nav a")) {
    const here = article && link.hash === "#" + article.dataset.page;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (article) {
    // On a telephone the contents are above the page, and fill the screen.
    const beside = getComputedStyle(document.querySelector("nav")).position === "sticky";
    if (target.tagName === "H1" && beside) scrollTo(0, 0);
    else target.scrollIntoView();
    document.title = article.querySelector("h1").textContent + " · grader";
  } else {
    scrollTo(0, 0);
  }
}

function excerpt(text, word) {
  const flat = text.replace(/\s+/g, " ");
  const at = flat.toLowerCase().indexOf(word);
  const mark = document.createElement("mark");
  mark.textContent = flat.slice(at, at + word.length);
  const line = document.createElement("p");
  line.append((at > 60 ? "…" : "") + flat.slice(Math.max(0, at - 60), at), mark, flat.slice(at + word.length, at + 120) + "…");
  return line;
}

function look() {
  const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return show();
  const hits = parts.filter((part) => words.every((word) => part.text.toLowerCase().includes(word)));
  const inHeading = (part) => words.every((word) => part.heading.textContent.toLowerCase().includes(word));
  hits.sort((a, b) => inHeading(b) - inHeading(a));
  start.hidden = true;
  found.hidden = false;
  for (const article of articles) article.hidden = true;
  const title = document.createElement("h2");
  title.textContent = hits.length === 1 ? "1 place" : `${hits.length} places`;
  found.replaceChildren(title);
  for (const part of hits.slice(0, 40)) {
    const link = document.createElement("a");
    const page = part.article.querySelector("h1").textContent;
    link.href = "#" + part.heading.id;
    link.textContent = part.heading.tagName === "H1" ? page : `${page}: ${part.heading.textContent}`;
    const heading = document.createElement("h3");
    heading.append(link);
    found.append(heading, excerpt(part.text, words[0]));
  }
}

search.addEventListener("input", look);
search.form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", show);
addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) show();
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.focus();
  }
});
show();
