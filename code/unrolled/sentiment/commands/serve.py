"""``python -m unrolled serve``: a model that answers over HTTP, on this machine."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import signal
import socket
from contextlib import suppress
from dataclasses import fields

from unrolled.sentiment.console import add_model, say
from unrolled.sentiment.predictor import cores, load
from unrolled.sentiment.serving import Limits, ServeError, application, missing
from unrolled.sentiment.shipped import is_shipped

ABOUT = """\
GET /health says that it is there. POST /predict takes {"texts": ["A fine film."]} and answers each
text in order, with a label and the probability of each class, or with null and a reason. Ctrl-C, or
SIGTERM, stops it after the requests that have come are answered.
"""
HELP = {
    "texts": "most texts in a request",
    "characters": "most characters in a text",
    "bytes": "most bytes in the body of a request",
    "seconds": "most seconds that a body may take to come",
}
PATIENCE = 60  # seconds in which the requests that have come are answered at the end


def add_parser(commands) -> None:
    """Add the parser of ``serve`` to those of the commands."""
    parser = commands.add_parser("serve", help="answer over HTTP on this machine", epilog=ABOUT)
    add_model(parser)
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s, this machine")
    parser.add_argument(
        "--port", type=int, default=8000, help="0: any that is free (default: %(default)s)"
    )
    for one in fields(Limits):
        parser.add_argument(
            f"--most-{one.name}",
            type=type(one.default),
            default=one.default,
            metavar="N",
            help=f"{HELP[one.name]} (default: %(default)s)",
        )


def run(options: argparse.Namespace) -> None:
    """Serve the model that the options of ``serve`` name until a signal comes.

    Raises
    ------
    ServeError
        If a library is missing, a limit makes no sense, or the port cannot be had.
    """
    try:
        import uvicorn
    except ModuleNotFoundError as error:
        raise missing(error) from None
    limits = _limits(options)
    with _listen(options.host, options.port) as listening:
        shipped = is_shipped(options.model)
        model = load(None if shipped else options.model, workers=1)
        app = application(model, limits, at_once=cores())
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        server = uvicorn.Server(config)

        def stop(*_):  # uvicorn gives a signal on when it has stopped: that is no failure
            server.should_exit = True

        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            with suppress(AttributeError):
                signal.signal(getattr(signal, name), stop)
        host, port = listening.getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        named = f"The model that the package ships, {model.about}," if shipped else options.model
        print(f"{named} answers at http://{address}; Ctrl-C stops it.", flush=True)
        if not _is_here(host):
            say(
                f"{host} is not this machine alone: whoever reaches it can ask, unencrypted and "
                "without a password. Put a server in front that asks for one, or take 127.0.0.1."
            )
        server.run(sockets=[listening])


def _limits(options) -> Limits:
    """Return the limits that the flags set."""
    found = {one.name: getattr(options, f"most_{one.name}") for one in fields(Limits)}
    for name, value in found.items():
        if not value > 0:
            raise ServeError(f"--most-{name} is {value}; expected a number above 0.")
    return Limits(**found)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises
    ------
    ServeError
        If there is no such address, or the port is taken or forbidden.
    """
    if not 0 <= port < 2**16:
        raise ServeError(f"--port is {port}; expected a number from 0 to 65535.")
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where[:2], family=family, backlog=2048)
    except socket.gaierror:
        raise ServeError(
            f"--host is {host!r}, which is no address of this machine. Take 127.0.0.1."
        ) from None
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} is in use, perhaps by another `serve`. Stop that, or "
            "take another one, such as --port 8001; --port 0 takes one that is free.",
            errno.EACCES: f"Port {port} is kept for the system. Take one from 1024 on.",
            errno.EADDRNOTAVAIL: f"{host} is no address of this machine. Take 127.0.0.1.",
        }
        said = reasons.get(error.errno, f"{host}, port {port}: {error.strerror}.")
        raise ServeError(said) from None


def _is_here(host: str) -> bool:
    """Return whether an address is reached from this machine only."""
    return ipaddress.ip_address(host.split("%")[0]).is_loopback
