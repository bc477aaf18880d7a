"""The bytes of a file, unpacked if its ending says that it is packed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from unrolled.data.labelled.rows import LabelledError, listed

UNPACK = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
PACKED = (*UNPACK, ".zip")
OTHER_PACKERS = (".zst", ".7z", ".rar", ".tar", ".tgz", ".lz4", ".br")


def read_bytes(path: Path, endings: Sequence[str] = (".txt",)) -> tuple[bytes, str]:
    """Return what stands in a file, unpacked, and its name without the ending of the packing.

    Parameters
    ----------
    path : pathlib.Path
    endings : sequence of str
        If the name of a .zip has one of these before it, that counts, else the name inside.

    Raises
    ------
    LabelledError
        If the file is missing, may not be read or is damaged, or a .zip does not hold exactly
        one file.
    """
    suffix = path.suffix.lower()
    if suffix in OTHER_PACKERS:
        raise LabelledError(
            f"{path} is packed in a way that is not read here ({suffix}); expected the file "
            f"itself, or one packed as {', '.join(PACKED)}. Unpack it, and name what was in it."
        )
    try:
        if suffix == ".zip":
            return _unzip(path, endings)
        data = path.read_bytes()
        return (UNPACK[suffix](data), path.stem) if suffix in UNPACK else (data, path.name)
    except FileNotFoundError as error:
        raise LabelledError(_missing(path)) from error
    except PermissionError as error:
        raise LabelledError(
            f"{path} may not be read by you ({error.strerror}); expected a file with leave to "
            "read. Give yourself leave, or copy the file to a folder of your own."
        ) from error
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile, zlib.error) as error:
        raise LabelledError(_damaged(path, error)) from error
    except LabelledError:
        raise
    except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.strerror:
            raise LabelledError(
                f"{path} cannot be read ({error.strerror}). Copy it to a disk of this machine."
            ) from error
        raise LabelledError(_damaged(path, error)) from error  # bz2 says OSError and ValueError


def _missing(path):
    """Return the sentence for a file that is not there, with what lies beside its place."""
    folder = path.parent
    if not folder.is_dir():
        return f"{path} is not there, nor is the folder {folder}. Mend the path."
    near = sorted(
        file.name
        for file in folder.iterdir()
        if file.name.split(".")[0].casefold() == path.name.split(".")[0].casefold()
    )
    hint = f" Did you mean {near[0]!r}?" if near else " Mend the name, or name the whole path."
    return f"{path} is not there; expected a file or a folder of labelled texts.{hint}"


def _damaged(path, error):
    """Return the sentence for a packed file that cannot be unpacked."""
    return (
        f"{path} cannot be unpacked ({error}); expected a whole {path.suffix} file without a "
        "password. Copy or download it again, or unpack it yourself."
    )


def _unzip(path, endings):
    """Return the only member of a .zip and its name."""
    with zipfile.ZipFile(path) as packed:
        members = [
            name
            for name in packed.namelist()
            if not name.endswith("/") and not name.startswith("__MACOSX/")
        ]
        if len(members) != 1:
            raise LabelledError(
                f"{path} holds {len(members)} files ({listed(members)}); expected one. "
                "Unpack it, and name the file or the folder that you mean."
            )
        named = Path(path.stem).suffix.lower() in endings
        return packed.read(members[0]), path.stem if named else members[0]
