"""The model that writes, in the page: JavaScript computes what PyTorch does, and keys drive it."""

import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import run_javascript, run_node
from playwright.sync_api import expect

import accessibility
import live_writer
from unrolled import live
from unrolled.byhand.sampling import Draws, drawn, nucleus, tempered
from unrolled.data.shakespeare import ALPHABET
from unrolled.nets.characters import CharacterModel, write_characters
from unrolled.nets.characters_file import characters_file, round_characters
from unrolled.nets.model_file import LARGEST, ModelFileError, unpacked

COMPARE = Path(__file__).parent / "compare_writer.mjs"
SMALL = "\n !',-.?ABCDEFGHIJabcdefghijklmnopqrstuvwxyz"
REAL = live.figures_folder() / "writer.bin"


def pronounced(symbols=44, sizes=(7, 11), seed=0):
    """Return a model whose gates and scores are all over the place, as after a training."""
    torch.manual_seed(seed)
    model = CharacterModel(symbols, *sizes).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(4).add_(0.1 * torch.randn_like(weight))
    return model


def in_javascript(data, tmp_path, **asked):
    """Return what the page's code makes of a file."""
    (tmp_path / "some.bin").write_bytes(data)
    return json.loads(run_node(COMPARE, tmp_path / "some.bin", json.dumps(asked)))


def from_file(data):
    """Return the model that a file holds, in double precision, and its alphabet."""
    header, arrays = unpacked(data)
    found = {}
    for name, array in arrays.items():
        if name.endswith("scale"):
            continue
        scale = arrays.get(f"{name}.scale", arrays["embedding.scale"])
        held = array * scale[:, None] if array.dtype == np.int8 else array.astype(np.float32)
        found[name] = torch.from_numpy(held)
    model = CharacterModel(*found["embedding.weight"].shape, found["lstm.weight_hh_l0"].shape[1])
    model.load_state_dict(found)
    return model.double().eval(), header["alphabet"]


def written(model, alphabet, text, characters, *, seed, temperature, top_p):
    """Return what the package writes, after a text at the beginning of a line."""
    prompt = np.array([[alphabet.index(one) for one in "\n" + text]])
    settings = {"temperature": temperature, "top_p": top_p}
    (found,) = write_characters(model, prompt, characters, rng=Draws(seed), **settings)
    return "".join(alphabet[number] for number in found)


@torch.no_grad()
def check_parity(data, tmp_path, *, texts, settings):
    """Assert that the page scores and writes as PyTorch does with the weights of the file."""
    model, alphabet = from_file(data)
    settings = [{"characters": 150} | given for given in settings]
    in_page = [{key.replace("top_p", "topP"): value for key, value in s.items()} for s in settings]
    asked = [[alphabet.index(one) for one in text] for text in texts]
    answer = in_javascript(data, tmp_path, texts=asked, settings=in_page)
    for ids, found in zip(asked, answer["scores"], strict=True):
        wanted = model(torch.tensor([[alphabet.index("\n"), *ids]]))[0][0]
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    for given, text in zip(settings, answer["written"], strict=True):
        assert text == written(model, alphabet, **given)
    return answer


def test_scores_and_texts_of_the_page_are_those_of_pytorch_on_the_rounded_weights(tmp_path):
    model = pronounced()
    data = characters_file(model, SMALL)
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list(SMALL), length)) for length in (0, 1, 40, 200)]
    settings = [
        {"text": "", "seed": 0, "temperature": 1.0, "top_p": 1.0},
        {"text": "A bed is a ", "seed": 9999, "temperature": 0.35, "top_p": 0.9},
        {"text": "A", "seed": 5, "temperature": 2.0, "top_p": 0.55},
        {"text": "ABC\n", "seed": 5, "temperature": 0.05, "top_p": 1.0},
    ]
    answer = check_parity(data, tmp_path, texts=texts, settings=settings)
    assert len({*answer["written"]}) == 4
    round_characters(model)
    held, alphabet = from_file(data)
    assert alphabet == SMALL
    for (name, one), other in zip(
        model.state_dict().items(), held.state_dict().values(), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-7, err_msg=name)


def test_numbers_shares_and_draws_are_those_of_the_package():
    rng = np.random.default_rng(1)
    for temperature, top_p in [(0.3, 1), (1, 0.2), (1.7, 0.75), (1, 0.999)]:
        scores = 4 * rng.normal(size=(1, 13))
        (found,) = run_javascript(
            ("writer-model", "shares", scores[0].tolist(), temperature, top_p)
        )
        wanted = nucleus(tempered(scores, temperature), top_p)
        np.testing.assert_allclose(found, wanted[0], atol=1e-13)
        for seed in range(5):
            (one,) = run_javascript(("writer-model", "chosen", found, Draws(seed).random(1)[0]))
            assert one == drawn(wanted, Draws(seed))[0]


def test_what_is_rounded_moves_the_scores_little():
    model, rounded = pronounced(), pronounced()
    round_characters(rounded)
    numbers = torch.arange(len(SMALL))[None]
    with torch.no_grad():
        own, other = (one(numbers)[0].log_softmax(-1) for one in (model, rounded))
    assert 0 < (own - other).abs().max() < 0.5
    again = pronounced()
    round_characters(again)
    round_characters(again)
    for one, two in zip(rounded.parameters(), again.parameters(), strict=True):
        np.testing.assert_allclose(one.detach(), two.detach(), rtol=1e-6)


def test_a_file_that_is_wrong_is_refused_in_the_page_and_in_python(tmp_path):
    data = characters_file(pronounced(), SMALL)
    broken = bytearray(data)
    broken[len(data) // 2] ^= 1
    for other, told in [
        (data[:-8], "not whole"),
        (bytes(broken), "damaged"),
        (b"<!doctype html>" + bytes(100), "no model of this course"),
    ]:
        assert told in in_javascript(other, tmp_path)["refused"]
        with pytest.raises(ModelFileError, match=r"no model|not whole or was damaged"):
            unpacked(other)
    strange = characters_file(pronounced(3), "abc")
    assert "knows no line break" in in_javascript(strange, tmp_path)["refused"]


@pytest.mark.parametrize("alphabet", [SMALL[:-1], SMALL[:-1] + "a"])
def test_an_alphabet_that_does_not_fit_is_refused(alphabet):
    with pytest.raises(ValueError, match=f"knows {len(SMALL)} characters"):
        characters_file(pronounced(), alphabet)


@pytest.mark.parametrize("value", [np.nan, np.inf, 2 * LARGEST])
@pytest.mark.parametrize("name", ["embedding.weight", "lstm.bias_hh_l0"])
def test_weights_that_the_file_cannot_hold_are_refused(name, value):
    model = pronounced()
    model.state_dict()[name].flatten()[0] = value
    with pytest.raises(ModelFileError, match=f"{name} holds a weight of size"):
        characters_file(model, SMALL)


def test_a_model_of_the_course_s_size_is_small_and_quick(tmp_path):
    data = characters_file(pronounced(len(ALPHABET), (32, 256)), ALPHABET)
    assert len(data) < 400_000
    # Some 0.3 ms on a quiet processor; the page asks for a character every 33 ms.
    assert in_javascript(data, tmp_path)["pace"] < 10


@pytest.fixture(scope="module")
def small_file():
    told = {"trained": {"characters": 4_665_105, "bits": 2.1}}
    return characters_file(pronounced(len(ALPHABET)), ALPHABET, told)


@pytest.fixture
def page(open_figure, small_file):
    """Return a page with the figure and a small model, not loaded; its console stays silent."""
    return open_figure("writer", height=1000, files={"writer.bin": small_file})


@pytest.fixture
def loaded(page):
    """Return a page whose model is there."""
    page.get_by_role("button", name="Load the model").click()
    expect(status(page)).to_contain_text("Next: ")
    yield page
    assert page.said == [], "nothing in the console"


def status(page):
    return page.locator(".live-writer-status")


def text(page):
    """Return what the model has written."""
    return page.locator(".live-writer-page span").nth(1).text_content()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def wait_for_characters(page, count):
    page.wait_for_function(
        f"document.querySelectorAll('.live-writer-page span')[1].textContent.length >= {count}"
    )


def test_nothing_is_loaded_before_it_is_asked_for(page, address):
    assert not [url for url in page.asked if "writer.bin" in url]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Next: ")
    assert [url for url in page.asked if "writer.bin" in url] == [f"{address}/writer.bin"]
    assert all(url.startswith((address, "data:")) for url in page.asked), "nothing from outside"
    expect(page.get_by_label("Your beginning")).to_be_focused()
    expect(page.locator(".live-writer-about")).to_contain_text("4.7 million")
    assert page.said == []


def test_what_cannot_be_read_gives_a_sentence_and_another_try(page, small_file):
    answers = [
        ({"status": 404, "body": "no"}, "the server says 404"),
        ({"body": small_file[:2000]}, "not whole: 2000 bytes"),
        ({"body": "<!doctype html>" + "x" * 99}, "no model of this course"),
    ]
    for answer, sentence in answers:
        give = partial(lambda route, answer: route.fulfill(**answer), answer=answer)
        page.route("**/writer.bin", give)
        page.locator(".live-writer button").click()
        expect(page.get_by_role("status")).to_contain_text(sentence)
        expect(page.get_by_role("button")).to_have_text("Try again")
        page.unroute("**/writer.bin", give)
    button(page, "Try again").click()
    expect(status(page)).to_contain_text("Next: ")


def test_it_writes_by_keyboard_until_escape(loaded):
    button(loaded, "Write").press("Enter")
    expect(status(loaded)).to_have_text("It writes. Escape, or the button, stops it.")
    expect(button(loaded, "Stop")).to_be_focused()
    wait_for_characters(loaded, 12)
    loaded.keyboard.press("Escape")
    expect(button(loaded, "Write")).to_be_focused()
    expect(status(loaded)).to_contain_text("characters written. Seed 1 and these settings")
    stopped = text(loaded)
    loaded.wait_for_timeout(200)
    assert text(loaded) == stopped
    button(loaded, "Write").press("Space")
    wait_for_characters(loaded, len(stopped) + 5)
    button(loaded, "Stop").press("Space")
    assert text(loaded).startswith(stopped), "it goes on where it stopped"
    expect(button(loaded, "Write")).to_be_focused()


def test_the_same_seed_writes_the_same_and_another_does_not(loaded, small_file):
    loaded.get_by_label("Your beginning").fill("Speak, what ")
    loaded.get_by_label("Seed").fill("7")
    for _ in range(30):
        button(loaded, "One character").press("Enter")
    found = text(loaded)
    given = live.initial_state("writer")
    wanted = written(
        *from_file(small_file),
        "Speak, what ",
        30,
        seed=7,
        temperature=given["temperature"],
        top_p=given["topP"],
    )
    assert found == wanted, "and the same as PyTorch"
    button(loaded, "Take it back").click()
    assert text(loaded) == ""
    expect(button(loaded, "Take it back")).to_have_attribute("aria-disabled", "true")
    button(loaded, "Write").click()
    wait_for_characters(loaded, 30)
    loaded.keyboard.press("Escape")
    assert text(loaded).startswith(found)
    loaded.get_by_label("Seed").fill("8")
    assert text(loaded) == "", "another seed begins anew"
    for _ in range(30):
        button(loaded, "One character").click()
    assert text(loaded) != found


def test_a_seed_is_a_whole_number_and_nothing_else_is_taken(loaded):
    seed = loaded.get_by_label("Seed")
    seed.press("ArrowUp")
    expect(seed).to_have_value("2")
    for wrong in ("", "-3", "1.5", "123456"):
        seed.fill(wrong)
        seed.press("Tab")
        expect(seed).to_have_value("2")
    button(loaded, "One character").click()
    expect(status(loaded)).to_contain_text("1 character written. Seed 2")


def test_a_page_is_full_at_last_and_can_be_written_again(loaded):
    loaded.clock.install()
    button(loaded, "Write").press("Enter")
    loaded.clock.run_for(600 * 40)
    expect(status(loaded)).to_contain_text("600 characters written. The page holds no more than")
    expect(button(loaded, "One character")).to_have_attribute("aria-disabled", "true")
    whole = text(loaded)
    assert len(whole) == 600
    button(loaded, "One character").press("Enter")
    assert text(loaded) == whole
    button(loaded, "Write").press("Enter")
    loaded.clock.run_for(10 * 33)
    loaded.keyboard.press("Escape")
    assert 0 < len(text(loaded)) < 30
    assert whole.startswith(text(loaded))


def test_temperature_and_top_p_change_what_can_come(loaded):
    heat, top = (loaded.get_by_role("slider", name=name) for name in ("Temperature", "Top-p"))
    heat.press("Home")
    expect(status(loaded)).to_contain_text("nothing else is left to draw")
    assert heat.get_attribute("aria-valuetext") == "0: always the likeliest"
    heat.press("End")
    many = int(re.search(r"(\d+) can come", status(loaded).text_content())[1])
    assert many == len(ALPHABET)
    top.press("Home")
    top.press("ArrowRight")
    few = re.search(r"(\d+) can come|nothing else", status(loaded).text_content())
    assert few[1] is None or int(few[1]) < many
    assert loaded.locator("svg text", has_text=re.compile("^cut$")).count() > 0
    button(loaded, "One character").click()
    heat.press("ArrowLeft")
    expect(status(loaded)).to_contain_text("have been moved since its first character")


def test_text_is_only_ever_text_and_unknown_characters_are_told(loaded):
    given = '<img src=x onerror="document.title=1"> <b>é</b> 👍'
    loaded.get_by_label("Your beginning").fill(given)
    expect(status(loaded)).to_contain_text("It knows no “<”, “=”, “>” and “👍” and reads on")
    expect(loaded.locator(".live-writer-before")).to_contain_text('img srcx onerror"document')
    assert loaded.locator("figure :is(img, b)").count() == 0
    assert loaded.title() == "The writer"


def test_without_a_beginning_it_writes_all_the_same(loaded):
    loaded.get_by_label("Your beginning").fill("")
    expect(status(loaded)).to_contain_text("Next: ")
    button(loaded, "One character").click()
    assert len(text(loaded)) == 1


def test_every_control_has_a_name_and_a_visible_focus(loaded):
    controls = loaded.locator(".live-writer :is(button, input, textarea, [tabindex])").all()
    assert len(controls) == 8
    for one in controls:
        loaded.keyboard.press("Tab")
        one.focus()
        assert one.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        assert one.evaluate("e => !!(e.labels?.length || e.ariaLabel || e.textContent.trim())")
    assert loaded.locator('svg[role="img"]:not([aria-label=""])').count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_while_it_writes_and_after(loaded, theme):
    loaded.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    assert accessibility.findings(loaded, "figure") == []
    button(loaded, "Write").press("Enter")
    wait_for_characters(loaded, 3)
    assert accessibility.findings(loaded, "figure") == []


def test_nothing_is_wider_than_a_phone_and_the_place_stays_as_high(loaded):
    loaded.set_viewport_size({"width": 390, "height": 800})
    before = loaded.locator("figure").bounding_box()["height"]
    loaded.get_by_role("slider", name="Temperature").press("End")
    button(loaded, "Write").press("Enter")
    wait_for_characters(loaded, 60)
    loaded.keyboard.press("Escape")
    assert loaded.evaluate("document.documentElement.scrollWidth") <= 390
    assert loaded.locator("figure").bounding_box()["height"] == pytest.approx(before, abs=30)


def test_in_a_notebook_it_says_where_it_can_be_had(page):
    said = page.evaluate(
        """async (text) => {
        const blob = new Blob([text], { type: "text/javascript" });
        const figure = await import(URL.createObjectURL(blob));
        const { plainModel } = await import("/mount.mjs");
        const el = document.createElement("div");
        figure.default.render({ model: plainModel(figure.initial), el })();
        return el.textContent;
    }""",
        live.figure("writer")._esm,
    )
    assert "on the course's site only" in said


def test_a_figure_that_is_taken_away_stops(loaded):
    before, after = loaded.evaluate(
        """async () => {
        const { initial, default: live } = await import("/writer.mjs");
        const { plainModel } = await import("/mount.mjs");
        const el = document.createElement("div");
        document.body.append(el);
        const close = live.render({ model: plainModel(initial), el });
        const wait = (ms) => new Promise((later) => setTimeout(later, ms));
        el.querySelector("button").click();
        while (!el.querySelector("textarea")) await wait(20);
        el.querySelector("button").click();
        await wait(150);
        close();
        const text = () => el.querySelectorAll(".live-writer-page span")[1].textContent;
        const before = text();
        await wait(150);
        return [before, text()];
    }"""
    )
    assert before == after != ""


@pytest.mark.skipif(not REAL.exists(), reason="The page's model is not trained yet.")
def test_the_page_s_own_model_scores_and_writes_as_pytorch_does(tmp_path):
    data = REAL.read_bytes()
    assert unpacked(data)[0]["alphabet"] == ALPHABET
    assert len(data) < 400_000
    assert data == live_writer.made(), "run: python tools/live_writer.py"
    begins = live.initial_state("writer")["text"]
    settings = [
        {"text": begins, "seed": seed, "temperature": temperature, "top_p": top_p}
        for seed, temperature, top_p in ((1, 0.8, 1.0), (2, 1.0, 0.9), (3, 0.5, 1.0))
    ]
    check_parity(data, tmp_path, texts=["", begins, "To be, or not to be"], settings=settings)
