"""The front page's picture says what its page says."""

import matplotlib

matplotlib.use("Agg")

import front_page


def test_the_rnn_hears_the_last_words_only_and_the_lstm_all():
    rnn, lstm = front_page.ink("RNN"), front_page.ink("LSTM")
    assert len(rnn) == len(lstm) == len(front_page.WORDS)
    assert (rnn[:-4] < 0.2).all()  # "only the last four words are visible"
    assert (lstm > 0.25).all()  # "every word can be read"
    assert lstm[0] < lstm[-1] == 1  # "the early ones paler"


def test_both_pictures_are_there():
    for theme in front_page.THEMES:
        assert (front_page.STATIC / f"front-page-{theme}.svg").stat().st_size > 10_000
