"""Sentences whose verb agrees with a subject far away: "The cat, which ate all the fish, was"."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from unrolled.data.batching import PAD_ID, Batch

NOUNS = {
    "cat": "cats",
    "dog": "dogs",
    "bird": "birds",
    "horse": "horses",
    "fox": "foxes",
    "mouse": "mice",
    "goose": "geese",
    "wolf": "wolves",
    "rabbit": "rabbits",
    "frog": "frogs",
}
#: Nouns whose form does not tell their number. Never subjects: "the fish" takes both verbs.
NUMBERLESS = ("fish", "sheep", "deer")
#: Verbs of the clause, in the past: they do not tell a number either.
WITH_OBJECT = ("ate", "chased", "saw", "heard", "followed", "feared", "watched", "liked")
WITHOUT_OBJECT = ("slept", "waited", "ran", "hid")
LINKS = ("and", "near", "behind", "beside", "with")
ADJECTIVES = ("old", "young", "hungry", "small")
VERBS = ("was", "were")
SINGULAR, PLURAL = 0, 1

_FORMS = tuple(NOUNS.items())
#: Every word the network can meet before the verb; its number is its place, 0 is padding.
WORDS = (
    "<pad>",
    *("the", "all", "which", ","),
    *(form for pair in _FORMS for form in pair),
    *NUMBERLESS,
    *WITH_OBJECT,
    *WITHOUT_OBJECT,
    *LINKS,
    *ADJECTIVES,
)
_ID = {word: number for number, word in enumerate(WORDS)}


@dataclass(frozen=True)
class Sentence:
    """A sentence up to the gap where the verb goes.

    Parameters
    ----------
    words : tuple of str
        As the course's tokenizer cuts them, the comma before the verb last.
    number : int
        Of the subject: 0 singular ("was"), 1 plural ("were").
    subject : int
        Where the subject stands in `words`.
    distractors : tuple of int
        Where the nouns between subject and verb stand.
    """

    words: tuple[str, ...]
    number: int
    subject: int
    distractors: tuple[int, ...]

    @property
    def verb(self) -> str:
        """Return the form that agrees: "was" or "were"."""
        return VERBS[self.number]


def opposite(noun: str) -> str | None:
    """Return the plural of a singular, the singular of a plural, None if the form tells neither."""
    for forms in _FORMS:
        if noun in forms:
            return forms[1 - forms.index(noun)]
    if noun in NUMBERLESS:
        return None
    raise ValueError(f"{noun!r} is no noun of this grammar: {', '.join(NOUNS)}, or their plurals.")


def held_out(subject: str, verb: str) -> bool:
    """Tell whether this subject with this verb of the clause is kept for testing.

    A fifth of all combinations is; "cat" with "ate" is among them. Every word occurs in training.
    """
    forms, verbs = list(NOUNS), (*WITH_OBJECT, *WITHOUT_OBJECT)
    return (forms.index(subject) + verbs.index(verb)) % 5 == 0


def the_sentence(number: int = SINGULAR, *, eaten: str = "fish") -> Sentence:
    """Return "the cat, which ate all the fish," with one cat or several, or with other food."""
    subject = NOUNS["cat"] if number else "cat"
    return Sentence(
        ("the", subject, ",", "which", "ate", "all", "the", eaten, ","), number, 1, (7,)
    )


def draw_sentence(
    distractors: int,
    number: int,
    *,
    rng: np.random.Generator,
    test: bool = False,
    against: bool = False,
) -> Sentence:
    """Return a random sentence; half of them begin with a phrase, such as "near the dogs, ...".

    Parameters
    ----------
    distractors : int, 0 or more
        How many nouns stand between subject and verb.
    number : {0, 1}
        The subject's: 0 singular, 1 plural.
    rng : numpy.random.Generator
    test : bool
        Take subject and verb of the clause from the held-out combinations, else from the others.
    against : bool
        Give every distractor the other number. Otherwise each tosses a coin, and one in five has
        a form that does not tell.

    Raises
    ------
    ValueError
        If the number of distractors is negative.
    """
    if distractors < 0:
        raise ValueError(f"distractors is {distractors}; choose 0 or more.")
    verbs = WITH_OBJECT if distractors else WITHOUT_OBJECT
    while True:
        subject, verb = _FORMS[rng.integers(len(_FORMS))], verbs[rng.integers(len(verbs))]
        if held_out(subject[0], verb) == test:
            break
    front = [LINKS[rng.integers(1, len(LINKS))], *_phrase(rng), ","] if rng.random() < 0.5 else []
    words = [*front, *_adjective("the", rng), subject[number], ",", "which", verb]
    place, places = len(words) - 4, []
    for count in range(distractors):
        if count:
            words.append(LINKS[rng.integers(len(LINKS))])
        words += _phrase(rng, 1 - number if against else None)
        places.append(len(words) - 1)
    return Sentence((*words, ","), number, place, tuple(places))


def twin(sentence: Sentence) -> Sentence:
    """Return the sentence with its subject in the other number and all other words the same."""
    other = opposite(sentence.words[sentence.subject])
    return replace(with_word(sentence, sentence.subject, other), number=1 - sentence.number)


def with_word(sentence: Sentence, place: int, word: str) -> Sentence:
    """Return the sentence with another word at one place."""
    words = list(sentence.words)
    words[place] = word
    return replace(sentence, words=tuple(words))


def draw_pairs(
    pairs: int, distractors: int, *, rng: np.random.Generator, test: bool = False
) -> list[Sentence]:
    """Return the sentences of minimal pairs: a singular one, its twin, the next singular one, ...

    Whatever does not read the subject gives twins the same verb, and so is right in exactly half
    of all sentences: the last noun, what most of the other nouns are, the length.
    """
    singular = [draw_sentence(distractors, SINGULAR, rng=rng, test=test) for _ in range(pairs)]
    return [sentence for one in singular for sentence in (one, twin(one))]


def agreement_batch(sentences: list[Sentence]) -> Batch:
    """Return sentences as a batch: one-hot words and the subject's number.

    Returns
    -------
    Batch
        inputs (B, T, 49) float32, one-hot, padding all zero; targets (B,) float32, 1 for "were".

    Raises
    ------
    ValueError
        If there is no sentence, or a word is not of this grammar.
    """
    if not sentences:
        raise ValueError("agreement_batch got no sentence; give it at least one.")
    lengths = np.array([len(sentence.words) for sentence in sentences])
    inputs = np.zeros((len(sentences), lengths.max(), len(WORDS)), dtype=np.float32)
    for row, sentence in zip(inputs, sentences, strict=True):
        try:
            ids = [_ID[word] for word in sentence.words]
        except KeyError as error:
            raise ValueError(f"{error} is no word of this grammar; WORDS lists them.") from None
        row[np.arange(len(ids)), ids] = 1
    inputs[:, :, PAD_ID] = 0
    targets = np.array([sentence.number for sentence in sentences], dtype=np.float32)
    return Batch(inputs, lengths, targets)


def _phrase(rng, number: int | None = None) -> list[str]:
    """Return "the dogs", "the old dog", "all the dogs" or "the fish"; a given number is kept to."""
    if number is None and rng.random() < 0.2:
        noun, many = NUMBERLESS[rng.integers(len(NUMBERLESS))], True
    else:
        number = rng.integers(2) if number is None else number
        noun, many = _FORMS[rng.integers(len(_FORMS))][number], number == PLURAL
    start = ["all", "the"] if many and rng.random() < 0.25 else ["the"]
    return [*start[:-1], *_adjective(start[-1], rng), noun]


def _adjective(determiner: str, rng) -> list[str]:
    """Return the determiner, in one of four cases with an adjective."""
    if rng.random() < 0.25:
        return [determiner, ADJECTIVES[rng.integers(len(ADJECTIVES))]]
    return [determiner]
