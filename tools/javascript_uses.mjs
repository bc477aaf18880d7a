// What scripts use of JavaScript and of the browser. On standard input: a list of [where, text]; to
// standard output: for each a list of [kind, words, line]. Parsed by acorn, whose path is the argument.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { parse } = await import(pathToFileURL(process.argv[2]));

const SYNTAX = {
  ChainExpression: "operators optional_chaining",
  PropertyDefinition: "classes public_class_fields",
  PrivateIdentifier: "classes private_class_fields",
  StaticBlock: "classes static initialization_blocks",
  ImportExpression: "operators import",
  ArrowFunctionExpression: "functions arrow_functions",
  ClassDeclaration: "classes",
  SpreadElement: "operators spread",
  TemplateLiteral: "grammar template_literals",
};
const OPERATORS = {
  "??": "operators nullish_coalescing",
  "??=": "operators nullish_coalescing_assignment",
  "||=": "operators logical_or_assignment",
  "&&=": "operators logical_and_assignment",
  "**": "operators exponentiation",
};
const PATTERNS = [
  [/\(\?<[=!]/, "regular_expressions lookbehind_assertion"],
  [/\(\?<[^=!]/, "regular_expressions named_capturing_group"],
  [/\\p\{/iu, "regular_expressions unicode_character_class_escape"],
  [/\(\?[a-z]*-?[a-z]+:/, "regular_expressions modifier"],
];
const FLAGS = { d: "hasIndices", s: "dotAll", v: "unicodeSets", y: "sticky", u: "unicode" };

const named = (pattern, into) => {
  if (!pattern) return;
  if (pattern.type === "Identifier") into.add(pattern.name);
  for (const part of [pattern.left, pattern.argument, pattern.value, ...(pattern.elements ?? []), ...(pattern.properties ?? [])]) {
    if (part && pattern.type !== "Identifier") named(part, into);
  }
};

/** Return every use of a script. */
const uses = (text) => {
  let tree;
  try {
    tree = parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true, allowHashBang: true });
  } catch {
    tree = parse(text, { ecmaVersion: "latest", sourceType: "script", locations: true });
  }
  const found = [];
  const declared = new Set(["undefined", "arguments"]);
  const read = []; // names that are read, and where: global if nothing declares them

  const walk = (node, parent, within) => {
    const line = node.loc.start.line;
    const use = (kind, ...words) => found.push([kind, words, line]);
    const syntax = SYNTAX[node.type] ?? (node.operator && OPERATORS[node.operator]);
    if (syntax) use("syntax", ...syntax.split(" "));
    if (node.type === "CatchClause" && !node.param) use("syntax", "statements", "try_catch", "optional_catch_binding");
    if (node.type === "ForOfStatement" && node.await) use("syntax", "statements", "for_await_of");
    if (node.type === "AwaitExpression" && !within) use("syntax", "operators", "await", "top_level");
    if (node.type === "Literal" && node.regex) {
      for (const [pattern, path] of PATTERNS) if (pattern.test(node.regex.pattern)) use("syntax", ...path.split(" "));
      for (const flag of node.regex.flags) if (FLAGS[flag]) use("member", "RegExp", FLAGS[flag]);
    }
    if (node.type === "Literal" && node.bigint) use("global", "BigInt");
    if (node.type === "VariableDeclarator") named(node.id, declared);
    if (node.type === "CatchClause") named(node.param, declared);
    if (node.type.startsWith("Import") && node.local) declared.add(node.local.name);
    if (/Function|Class/.test(node.type)) {
      if (node.id) declared.add(node.id.name);
      for (const parameter of node.params ?? []) named(parameter, declared);
    }
    if (node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier") {
      const called = parent?.type === "CallExpression" && parent.callee === node;
      const guarded = called && parent.optional; // `node.method?.()`: nothing happens where it is missing
      const owner = node.object.type === "Identifier" ? node.object.name : "";
      if (!guarded) use("member", owner, node.property.name);
    }
    if (node.type === "CallExpression" && node.arguments[0]?.type === "Literal") {
      const name = node.callee.name ?? node.callee.property?.name;
      if (name === "addEventListener") use("event", String(node.arguments[0].value));
    }
    const isName = node.type === "Identifier";
    const isKey = isName && parent && !parent.computed &&
      ((parent.type === "MemberExpression" && parent.property === node) ||
        (/^(Property|MethodDefinition|PropertyDefinition)$/.test(parent.type) && parent.key === node && !parent.shorthand));
    if (isName && !isKey && !/Label|Break|Continue|Import|Export/.test(parent?.type ?? "")) {
      const asked = parent?.type === "UnaryExpression" && parent.operator === "typeof";
      if (!asked) read.push([node.name, line]);
    }
    const inside = within || /Function/.test(node.type);
    for (const part of Object.values(node)) {
      for (const child of Array.isArray(part) ? part : [part]) {
        if (child && typeof child.type === "string") walk(child, node, inside);
      }
    }
  };
  walk(tree, null, false);
  for (const [name, line] of read) if (!declared.has(name)) found.push(["global", [name], line]);
  // A member of a name that the script declares itself belongs to nothing known.
  return found.map(([kind, words, line]) =>
    kind === "member" && declared.has(words[0]) ? [kind, ["", words[1]], line] : [kind, words, line]);
};

const scripts = JSON.parse(readFileSync(0, "utf8"));
const found = scripts.map(([where, text]) => {
  try {
    return uses(text);
  } catch (error) {
    throw new Error(`${where}: ${error.message}`);
  }
});
process.stdout.write(JSON.stringify(found));
