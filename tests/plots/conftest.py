"""What the tests of the pictures share: axes to draw on, without a screen, closed afterwards."""

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from unrolled.plots import use_course_style

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def course_style():
    """Draw as in the chapters, and leave neither figures nor settings behind."""
    with plt.rc_context():
        use_course_style()
        yield
        plt.close("all")


@pytest.fixture
def ax():
    """Return empty axes."""
    return plt.figure().subplots()


@pytest.fixture
def table():
    """Three networks of one kind: all solve T = 10, two solve T = 30, and none T = 100."""
    steps = {10: [100, 200, 300], 30: [200, 300, None], 100: [None, None]}
    rows = [
        {"start": "gru", "seed": seed, "length": length, "steps_to_solve": needed}
        for length, all_needed in steps.items()
        for seed, needed in enumerate(all_needed)
    ]
    return pd.DataFrame(rows).astype({"steps_to_solve": float})
