"""A trained model as one page that answers in a browser, also from a disk: ``export --web x.html``.

The page holds the model's file of `unrolled.sentiment.web`, and scripts that read any model of
`python -m unrolled train`. Nothing is loaded, and nothing that is typed is sent anywhere.
"""

from __future__ import annotations

import base64
import html
from importlib import resources
from pathlib import Path

import torch

from unrolled import live
from unrolled.files import write_text
from unrolled.sentiment.export import check_target
from unrolled.sentiment.folder import best_pass, read_log
from unrolled.sentiment.graph import ExportError
from unrolled.sentiment.rules import told_of
from unrolled.sentiment.trained import Trained, load_trained
from unrolled.sentiment.web import page_file


def export_page(folder: Path, out: Path) -> int:
    """Write the trained model of a folder as one page; return its size in bytes.

    Embeddings are stored in 8 bits, the other weights in 16.

    Parameters
    ----------
    folder : pathlib.Path
        Of a training.
    out : pathlib.Path
        The page, which is at every moment the old one or the new one, whole.

    Raises
    ------
    unrolled.sentiment.graph.ExportError
        If the page cannot be written, or a weight is not finite or too large for 16 bits.
    unrolled.sentiment.folder.FolderError
        If the folder holds no trained model.
    """
    trained = load_trained(folder, torch.device("cpu"))
    check_target(out)
    template = resources.files("unrolled.sentiment").joinpath("page.html")
    page = template.read_text(encoding="utf-8").format(
        title=html.escape(f"{Path(trained.recipe.data).stem}: {' or '.join(trained.classes)}?"),
        facts=html.escape(_facts(trained, folder)),
        model=base64.b64encode(model_file(trained)).decode(),
        script=_script(),
    )
    write_text(out, page)
    return out.stat().st_size


def model_file(trained: Trained) -> bytes:
    """Return a model as a page reads it: weights, tokens, classes, settings and rules."""
    told = told_of(trained.encoder, trained.classes, trained.recipe.judging_tokens)
    tokens = told.pop("vocabulary")
    told["tokenizer"].pop("model", None)  # its pieces, in their order, say the same
    told["settings"] = trained.recipe.told()
    return page_file(trained.model, tokens, told)


def _facts(trained: Trained, folder: Path) -> str:
    """Return what somebody should know who asks the model."""
    recipe = trained.recipe
    told = [
        f"{recipe.cell.upper()} of {recipe.hidden_size} units"
        f"{', both ways' if recipe.bidirectional else ''}; it knows {len(trained.encoder):,} "
        f"{recipe.tokenizer} and reads the first and the last {recipe.judging_tokens // 2} of a "
        f"long text. It learnt from {Path(recipe.data).name}."
    ]
    if rows := read_log(folder):
        right = best_pass(rows)["valid_accuracy"]
        told.append(f"Of the validation texts it judged {right:.1%} rightly.")
    return " ".join(told)


def _script() -> str:
    """Return all scripts of the page as one."""
    name = "classifier-page"
    body = live.function_body(name, live.bundled(live.figures_folder() / f"{name}.mjs"))
    if "</script" in body.lower():
        raise ExportError("A script of the page would end it too early; please report this.")
    return f"const $page = (() => {{\n{body}}})();\n$page.begin(document);"
