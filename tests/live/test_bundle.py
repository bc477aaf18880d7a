"""A module and what it imports in one text: it exports what the module exports."""

import json

import pytest
from conftest import run_node

from unrolled import live

# Imports a module and what was bundled of it; says what each exports, a function as its text.
BOTH = """
import { pathToFileURL } from "node:url";
const plain = (_, value) => typeof value === "function" ? value.toString() : value;
const told = (exported) => Object.fromEntries(
  Object.keys(exported).sort().map((key) => [key, JSON.stringify(exported[key], plain)]));
const found = [];
for (const file of process.argv.slice(2)) found.push(told(await import(pathToFileURL(file).href)));
console.log(JSON.stringify(found));
"""
# A figure, two parts that import a third, and private names that are the same everywhere.
DIAMOND = {
    "figure": """import { left } from "./left-part.mjs";
import {
  base as ground,
  Point,
  right,
} from "./right.mjs";

const own = "figure";
export const all = [own, left(), right(), ground, new Point().x, globalThis.times];
export default { all };
""",
    "left-part": """import { base } from "./base.mjs";
const own = "left";
export const left = () => `${own} on ${base}`;
""",
    "right": """import { base as below } from "./base.mjs";
const own = "right";
export const base = `${below} of the right`;
export function right() {
  return `${own} on ${below}`;
}
export class Point {
  x = 7;
}
""",
    "base": """globalThis.times = (globalThis.times ?? 0) + 1;
const own = "base";
export const base = own;
""",
}


def written(folder, modules):
    """Write modules into a folder; return the path of the one named figure."""
    for name, text in modules.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")
    return folder / "figure.mjs"


@pytest.fixture
def exports(tmp_path):
    """Return a function that tells what modules export, each a file or the text of one."""
    program = tmp_path / "both.mjs"
    program.write_text(BOTH, encoding="utf-8")

    def told(*modules):
        files = [tmp_path / f"one-{number}.mjs" for number in range(len(modules))]
        for file, module in zip(files, modules, strict=True):
            if isinstance(module, str):
                file.write_text(module, encoding="utf-8")
        chosen = (file if isinstance(m, str) else m for file, m in zip(files, modules, strict=True))
        return json.loads(run_node(program, *chosen))

    return told


@pytest.mark.parametrize("name", live.names())
def test_a_bundled_figure_exports_what_its_module_exports(name, exports):
    module = live.figures_folder() / f"{name}.mjs"
    bundled = live.bundled(module)
    one, other = exports(module, bundled)
    assert one == other
    assert {"initial", "default"} <= set(one)
    assert bundled.count("export const newId") == 0
    assert bundled.count("const newId =") == 1, "the kit is inside, once"


def test_a_part_is_run_once_and_keeps_its_names_to_itself(tmp_path, exports):
    (found,) = exports(live.bundled(written(tmp_path, DIAMOND)))
    all_of_it = ["figure", "left on base", "right on base", "base of the right", 7, 1]
    assert json.loads(found["all"]) == all_of_it
    assert json.loads(found["default"]) == {"all": all_of_it}


@pytest.mark.parametrize(
    "line",
    [
        'import * as kit from "./base.mjs";',
        'import kit from "./base.mjs";',
        'import "./base.mjs";',
        'import { base } from "./parts/base.mjs";',
        'import { base } from "https://example.org/base.mjs";',
    ],
)
@pytest.mark.parametrize("where", ["figure", "base"])
def test_an_import_that_cannot_be_bundled_is_refused_with_its_line(line, where, tmp_path):
    modules = DIAMOND | {where: f"{line}\n{DIAMOND[where]}"}
    with pytest.raises(live.FigureError, match=rf"{where}\.mjs has the line") as refused:
        live.bundled(written(tmp_path, modules))
    assert line in str(refused.value)


@pytest.mark.parametrize(
    "line",
    [
        "export { own };",
        'export * from "./base.mjs";',
        "export const { a, b } = own;",
        "export let own = 1;",
        "export default {",
    ],
)
def test_an_export_of_a_part_that_cannot_be_bundled_is_refused_with_its_line(line, tmp_path):
    modules = DIAMOND | {"base": f"{DIAMOND['base']}{line}\n"}
    with pytest.raises(live.FigureError, match=r"base\.mjs has the line") as refused:
        live.bundled(written(tmp_path, modules))
    assert line in str(refused.value)


def test_a_part_that_is_missing_or_imports_itself_is_named_with_the_way_to_it(tmp_path):
    figure = written(tmp_path, DIAMOND)
    (tmp_path / "base.mjs").unlink()
    with pytest.raises(live.FigureError, match="not there: figure -> left-part -> base"):
        live.bundled(figure)
    circle = 'import { left } from "./left-part.mjs";\n'
    figure = written(tmp_path, DIAMOND | {"base": circle + DIAMOND["base"]})
    with pytest.raises(live.FigureError, match="itself: figure -> left-part -> base -> left-part"):
        live.bundled(figure)
