// Set formulas with MathJax, once, when the site is built.
// node mathematics.cjs FOLDER-OF-MATHJAX < [{"tex": "...", "display": true}, ...]
// writes {"formulas": ["<mjx-container ...>", ...], "css": "..."}.
const [, , folder] = process.argv;

const options = {
  loader: {
    paths: { mathjax: folder },
    require,
    load: ["input/tex-full", "output/chtml", "adaptors/liteDOM", "a11y/assistive-mml"],
  },
  chtml: { fontURL: "mathematics" }, // beside the style sheet
  startup: { typeset: false },
};

const main = async () => {
  const MathJax = await require(`${folder}/node-main.js`).init(options);
  const adaptor = MathJax.startup.adaptor;
  const formulas = [];
  for (const { tex, display } of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
    const html = adaptor.outerHTML(await MathJax.tex2chtmlPromise(tex, { display }));
    formulas.push(html);
  }
  const css = adaptor.textContent(MathJax.chtmlStylesheet());
  process.stdout.write(JSON.stringify({ formulas, css }));
};

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exitCode = 1;
});
