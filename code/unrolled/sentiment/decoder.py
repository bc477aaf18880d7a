"""The bytes of lines as text: in the encoding that was named, and told where they do not fit."""

from __future__ import annotations

from unrolled.data.labelled.rows import shortened

AROUND = 4  # bytes on each side of a cut in which a character may have been cut, too


class EncodingError(ValueError):
    """Lines of text cannot be read in an encoding; the message says what to do."""


class Decoder:
    """Makes text of lines, and remembers those with bytes that do not fit.

    Such a byte becomes U+FFFD, so that no line is lost.

    Parameters
    ----------
    encoding : str, optional
        Left out, UTF-8.

    Attributes
    ----------
    lines, unfit : int
        How many were read, and how many of them hold bytes that do not fit.

    Raises
    ------
    EncodingError
        If it is unknown, or a line does not end with one byte in it, as in UTF-16.
    """

    def __init__(self, encoding: str | None = None):
        self.encoding = encoding or "utf-8"
        self.named = bool(encoding)
        self.lines = self.unfit = 0
        self._first = ""
        _check(self.encoding)

    def decode(self, line: bytes, where: str, *, cut: int | None = None) -> str:
        """Return a line as text.

        Parameters
        ----------
        line : bytes
        where : str
            What to call it.
        cut : int, optional
            Place from which its middle was taken out, where half a character is no fault.
        """
        self.lines += 1
        try:
            return line.decode(self.encoding)
        except UnicodeDecodeError as error:
            if cut is None or abs(error.start - cut) > AROUND:
                self._note(line, error, where)
        return line.decode(self.encoding, errors="replace")

    def _note(self, line: bytes, error: UnicodeDecodeError, where: str) -> None:
        """Remember a byte that does not fit."""
        self.unfit += 1
        if not self._first:
            before = line[: error.start].decode(self.encoding, errors="replace")[-20:]
            after = f" after {shortened(before)}" if before else ""
            self._first = f"{where}: 0x{line[error.start]:02x}{after}"

    def told(self, *, utf8_only: bool = False) -> str:
        """Return a sentence on the lines with bytes that do not fit, or nothing."""
        if not self.unfit:
            return ""
        if utf8_only:
            advice = "Save them as UTF-8 throughout"
        elif self.named:
            advice = "Name another encoding, or save the texts in one throughout"
        else:
            advice = (
                "If the texts have another encoding, name it, such as "
                "--encoding cp1252; if only some lines have, save them as UTF-8 throughout"
            )
        return (
            f"{self.unfit} of {self.lines} lines hold bytes that are no {self.encoding.upper()}, "
            f"and were read with \ufffd in their place; the first is {self._first}. {advice}."
        )


def _check(encoding: str) -> None:
    """Raise `EncodingError` if lines cannot be read in an encoding."""
    try:
        ends = b"\n".decode(encoding) == "\n"
    except UnicodeDecodeError:  # half a character, as in UTF-16
        ends = False
    except (LookupError, ValueError) as error:
        raise EncodingError(
            f"The encoding {encoding!r} is unknown; expected a name such as utf-8, latin-1, cp1252 "
            "or gb18030. Mend it, or leave it out."
        ) from error
    if not ends:
        raise EncodingError(
            f"Lines in the encoding {encoding!r} do not end with one byte as they do in UTF-8, so "
            f"they cannot be told apart. Convert them first, for instance with: iconv -f {encoding}"
            " -t UTF-8"
        )
