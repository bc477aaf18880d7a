"""A server that really runs: right answers, sentences for faults, and a stop that loses none.

One server is started for most of the tests; what stops or limits it has its own.
"""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

import unrolled
from unrolled.__main__ import main

TEXTS = ["a good and funny film", "", "\U0001f600", "bad , dull and bad", "good " * 40 + "bad"]


# A server whose model says that it has begun, and answers once standard input is closed:
# a load that lasts as long as a test needs, on a machine of any speed.
HOLDING = """
import sys
from unrolled.__main__ import main
from unrolled.sentiment.commands import serve
from unrolled.sentiment.predictor import Predictor

def held(model, texts, predict=Predictor.predict):
    sys.stdout.write("begun\\n")  # whole, though several write at once
    sys.stdout.flush()
    sys.stdin.read()
    return predict(model, texts)

Predictor.predict = held
serve.cores = lambda: 4
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def serving(model, *flags, start=("-m", "unrolled"), stderr=subprocess.PIPE):
    """Give a server's process and its port."""
    named = [] if model is None else [str(model)]
    command = [sys.executable, *start, "serve", *named, "--port", "0", *flags]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr, text=True) as process:
        try:
            said = process.stdout.readline()
            assert said, process.stderr.read()
            yield process, int(re.search(r":(\d+);", said)[1])
        finally:
            process.kill()


def holding(model):
    """Give the process and the port of a server that answers once its input is closed."""
    return serving(model, start=("-c", HOLDING))


def begun(process, count):
    """Wait until so many requests are being computed."""
    assert [process.stdout.readline() for _ in range(count)] == ["begun\n"] * count


def until_nobody_listens(port):
    until = time.monotonic() + 60
    with suppress(ConnectionError):
        while ask(port, "GET", "/health"):
            assert time.monotonic() < until, "it listens on"


@pytest.fixture(scope="module")
def port(trained):
    with serving(trained) as (_, port):
        yield port


def ask(port, method="POST", path="/predict", body=None, **headers):
    """Return status, headers and what the JSON of an answer says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        if body is not None and not isinstance(body, bytes | list):
            body = json.dumps(body).encode()
        many = {"encode_chunked": True} if isinstance(body, list) else {}
        if many:
            headers["Transfer-Encoding"] = "chunked"
        connection.request(method, path, body, headers, **many)
        got = connection.getresponse()
        return got.status, got.headers, json.loads(got.read())
    finally:
        connection.close()


def test_health_names_the_classes(port):
    status, _, said = ask(port, "GET", "/health")
    assert (status, said) == (200, {"status": "ok", "classes": ["negative", "positive"]})


def test_the_server_answers_as_the_model_in_python_does(port, trained):
    status, _, said = ask(port, body={"texts": TEXTS})
    assert status == 200
    assert [one["label"] is None for one in said["answers"]] == [False, True, True, False, False]
    for got, wanted in zip(said["answers"], unrolled.load(trained).predict(TEXTS), strict=True):
        assert got["label"] == wanted.label
        if wanted.label is None:
            assert got["probabilities"] is None
            assert got["reason"] == "The model knows no word of this text."
        else:
            assert got["probabilities"] == pytest.approx(wanted.probabilities, abs=1e-5)
            assert "reason" not in got


@pytest.mark.parametrize("model", [None, "shipped"])
def test_the_shipped_model_is_served_where_none_is_named(model):
    with serving(model) as (_, port):
        _, _, found = ask(port, body={"texts": TEXTS[:1]})
    (wanted,) = unrolled.load().predict(TEXTS[:1])
    assert found["answers"][0]["label"] == wanted.label


def test_no_texts_have_no_answers_and_half_a_character_is_survived(port):
    assert ask(port, body={"texts": []})[2] == {"answers": []}
    (answer,) = ask(port, body=b'{"texts": ["a good film \\ud800"]}')[2]["answers"]
    assert answer["label"] in ("negative", "positive")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "The body is no JSON (at character 1); expected JSON such as"),
        (b'{"texts": ["a"', 400, "The body is no JSON (at character 15)"),
        (b'{"texts": ["\xff"]}', 400, "The body is not in UTF-8"),
        (b"[" * 100_000, 400, "The body is"),
        (b"1" * 5000, 400, "The body is no JSON"),
        (["a"], 422, "The body is a list"),
        ({}, 422, "The body is an object without the key texts alone"),
        ({"texts": ["a"], "more": 1}, 422, "with that key alone"),
        ({"texts": "a film"}, 422, '"texts" is a string; expected a list of texts'),
        ({"texts": None}, 422, '"texts" is null'),
        ({"texts": ["a", None]}, 422, "Text 2 is null; expected a string"),
        ({"texts": [True]}, 422, "Text 1 is true; expected a string"),
        ({"texts": [1.5]}, 422, "Text 1 is a number"),
        ({"texts": ["a"] * 1001}, 413, '"texts" has 1001 texts; at most 1000 are'),
        ({"texts": ["a", "b" * 20_001]}, 413, "Text 2 has 20001 characters; at most 20000"),
        ({"texts": ["b" * 4_000_000]}, 413, "The body is larger than 4000000 bytes"),
    ],
    ids=str,
)
def test_a_request_that_is_wrong_gets_a_sentence(port, trained, body, status, said):
    if isinstance(body, list):
        body = json.dumps(body).encode()
    got, headers, answer = ask(port, body=body)
    assert (got, headers["content-type"]) == (status, "application/json")
    assert list(answer) == ["error"]
    assert said in answer["error"]
    assert answer["error"].endswith(".")
    assert "Traceback" not in answer["error"]
    assert str(trained) not in answer["error"]
    assert ask(port, "GET", "/health")[0] == 200


def test_a_body_of_no_stated_length_is_refused_before_it_is_whole(port):
    status, _, said = ask(port, body=[b" " * 64_000] * 200)  # 12.8 MB
    assert (status, "larger than 4000000 bytes" in said["error"]) == (413, True)
    taken = []
    with pytest.raises(ConnectionError):
        send(port, [b" " * 64_000] * 4000, taken)  # 256 MB
    assert 0 < len(taken) < 2000


def send(port, pieces, taken):
    """Send pieces as one chunked body, and note the size of each that was taken."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            taken.append(len(piece))


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/predict", 405, "/predict does not take GET"),
        ("POST", "/health", 405, "/health does not take POST"),
        ("GET", "/", 404, "There is nothing here. Ask GET /health"),
        ("DELETE", "/predict/../../etc/passwd", 404, "There is nothing here"),
    ],
)
def test_another_method_or_address_gets_a_sentence(port, method, path, status, said):
    got, headers, answer = ask(port, method, path)
    assert got == status
    assert said in answer["error"]
    assert (headers["allow"] is not None) == (status == 405)


def test_what_goes_wrong_inside_is_not_told_outside(trained):
    starlette = pytest.importorskip("starlette.testclient", reason="needs httpx")
    from unrolled.sentiment.serving import Limits, application

    model = unrolled.load(trained)
    model._predict = lambda ids: 1 / 0
    client = starlette.TestClient(application(model, Limits()), raise_server_exceptions=False)
    got = client.post("/predict", json={"texts": ["a good film"]})
    assert got.status_code == 500
    assert got.json() == {
        "error": "Something went wrong in the server; who runs it finds more there."
    }


def test_two_at_once_and_health_under_load(trained):
    texts = ["a good film", "a bad film"] * 150
    with holding(trained) as (process, port), ThreadPoolExecutor(4) as pool:
        busy = [pool.submit(ask, port, body={"texts": texts}) for _ in range(4)]
        begun(process, 4)
        for _ in range(3):
            assert ask(port, "GET", "/health")[0] == 200
        assert not any(one.done() for one in busy)
        process.stdin.close()
        answers = [one.result()[2]["answers"] for one in busy]
    assert all(len(one) == 300 for one in answers)
    assert answers[0] == answers[1] == answers[2] == answers[3]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_under_load_answers_what_has_come(trained, by):
    with holding(trained) as (process, port), ThreadPoolExecutor(3) as pool:
        busy = [pool.submit(ask, port, body={"texts": ["a good film"] * 1000}) for _ in range(3)]
        begun(process, 3)
        process.send_signal(by)
        until_nobody_listens(port)
        assert not any(one.done() for one in busy)
        process.stdin.close()
        assert all(len(one.result()[2]["answers"]) == 1000 for one in busy)
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == ""


def test_limits_are_flags_and_a_slow_body_is_refused(exported):
    flags = ["--most-texts", "2", "--most-characters", "9", "--most-bytes", "80"]
    with serving(exported, *flags, "--most-seconds", "0.5") as (_, port):
        assert ask(port, body={"texts": ["a film", "a"]})[0] == 200
        assert "3 texts; at most 2" in ask(port, body={"texts": ["a"] * 3})[2]["error"]
        assert "10 characters; at most 9" in ask(port, body={"texts": ["a" * 10]})[2]["error"]
        assert "larger than 80 bytes" in ask(port, body={"texts": ["a" * 80]})[2]["error"]
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
            said = line.makefile("rb").read()
        assert b"408 Request Timeout" in said
        assert b"The body did not come within 0.5 seconds." in said


def test_a_port_in_use_and_other_nonsense_is_a_sentence(trained, port, capsys):
    cases = {
        ("--port", str(port)): f"Port {port} is in use",
        ("--port", "70000"): "--port is 70000; expected a number from 0 to 65535",
        ("--host", "192.0.2.1"): "192.0.2.1 is no address of this machine",
        ("--most-texts", "0"): "--most-texts is 0; expected a number above 0",
    }
    for flags, said in cases.items():
        assert main(["serve", str(trained), *flags]) == 2
        found = capsys.readouterr()
        assert said in found.err
        assert found.err.count("\n") == 1
        assert not found.out
    assert main(["serve", str(trained / "nowhere"), "--port", "0"]) == 2
    assert "There is no file or folder at" in capsys.readouterr().err


def test_another_host_than_this_machine_is_warned_of(exported):
    with serving(exported, "--host", "0.0.0.0") as (process, port):
        assert ask(port, "GET", "/health")[0] == 200
        process.terminate()
        assert process.wait(timeout=60) == 0
        assert "0.0.0.0 is not this machine alone" in process.stderr.read()


@pytest.mark.parametrize("name", ["uvicorn", "starlette"])
def test_a_missing_library_is_a_sentence(trained, name):
    program = f"import sys; sys.modules[{name!r}] = None\n"
    program += "from unrolled.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "serve", str(trained), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert f"{name}, which `serve` needs, is not installed: pip install 'unrolled" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_client_that_goes_away_harms_nobody(port):
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    threads = [
        threading.Thread(target=ask, args=(port,), kwargs={"body": {"texts": ["a"]}})
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert ask(port, "GET", "/health")[0] == 200
