"""Which texts a training learns from, and how they become tokens."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path

from unrolled.data.encoder import TOKENIZERS, UNICODE_FORMS
from unrolled.sentiment.settings import RecipeError, Settings, setting

NAMED = ("imdb", "rotten-tomatoes", "imdb-official")  # reviews of the course
COLUMNS = ("text_column", "label_column", "group_column", "split_column")
ORDERS = ("random", "blocks")
PATHS = ("data", "valid_data", "test_data", "unlabelled", "archive")
OF_A_FILE = (*COLUMNS, "encoding", "delimiter", "valid_data", "test_data")


@dataclass(frozen=True)
class Source(Settings):
    """Reviews of the course by their name, or a file or folder of anybody's labelled texts."""

    data: str = setting("imdb", f"which texts: {', '.join(NAMED)}, or a file or folder of your own")
    text_column: str = setting("", "of your file: the column of the texts")
    label_column: str = setting("", "of your file: the column of the labels")
    group_column: str = setting("", "of your file: what belongs together, such as the author")
    split_column: str = setting("", "of your file: train, valid or test for each row")
    valid_data: str = setting("", "a second file of your own, to validate on")
    test_data: str = setting("", "a third file of your own, to test on")
    encoding: str = setting("", "of your file, unless it is UTF-8 or begins with a Unicode mark")
    delimiter: str = setting("", "between the fields of your file; left out: comma, in .tsv tab")
    quotes: bool = setting(True, "of your file: may a field stand in quotation marks")
    most_left_out: float = setting(
        0.05, "share of bad rows from which your file is refused", least=0
    )
    split_order: str = setting(
        "random",
        "of the split of your texts: each class shuffled, or in blocks as it stands in the file",
        choices=ORDERS,
    )
    split_seed: int = setting(0, "of the split of your texts into three parts", least=0)
    unlabelled: str = setting("", "a file of texts without labels, one a line, to pretrain on")
    archive: str = setting("", "for imdb-official: the archive, if you have it")
    limit: int = setting(0, "train on so many texts only; 0: all", least=0)
    tokenizer: str = setting("words", "what a token is", choices=TOKENIZERS)
    unicode_form: str = setting("NFC", "normal form of all texts", choices=UNICODE_FORMS)
    seed: int = setting(0, "of everything but the split", least=0)
    vocab_size: int = setting(20_000, "V, padding and unknown included", least=3)

    def __post_init__(self):
        super().__post_init__()
        given = [name for name in OF_A_FILE if getattr(self, name)]
        if self.is_named and given:
            raise RecipeError(
                f"{given[0]} is {getattr(self, given[0])!r}, but {self.data} has its own columns "
                "and parts. Name a file of your own as data, or leave it out."
            )
        if self.split_column and (self.valid_data or self.test_data):
            raise RecipeError(
                f"split_column is {self.split_column!r}, but files of their own say which part a "
                "text is in. Leave one of the two out."
            )
        if self.most_left_out > 1:
            raise RecipeError(f"most_left_out is {self.most_left_out}; expected a share up to 1.")

    @property
    def is_named(self) -> bool:
        """Return whether these are reviews of the course."""
        return self.data in NAMED

    def told(self) -> dict:
        """Return the settings as they may travel: of files and folders only the last name."""
        paths = {name: Path(getattr(self, name)).name for name in PATHS if getattr(self, name)}
        return asdict(self) | paths


OF_DATA = tuple(  # settings that a baseline understands, too
    one for one in fields(Source) if one.name not in ("tokenizer", "vocab_size", "unlabelled")
)
