"""Text as a figure: words inked, or shaded, by how much something weighs on them."""

from unrolled.plots.style import COLOURS, given_or_current


def plot_inked_words(
    words, ink, *, colour=COLOURS["h"], size=15, width=46, least=0.04, shade=False, ax=None
):
    """Write words in lines, each as dark as its weight: 1 is full ink, 0 almost none.

    Parameters
    ----------
    words : list of str
    ink : array (N,)
        One weight a word, from 0 to 1.
    colour : matplotlib colour
    size : float
        Font size in points.
    width : int
        Letters in a line. For even gaps the axes should be ``width * 0.602 * size / 72`` inches
        wide, the advance of the monospaced font.
    least : float
        The opacity of a word without weight: enough to see that a word stands there.
    shade : bool
        Write all words in the same dark ink, and shade the ground behind each instead: for a text
        that is to be read. Full shade lets the ink stand out, and no weight is no shade.
    ax : matplotlib Axes, optional
        Its limits are set to letters across and lines down, its frame is hidden.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is not one weight from 0 to 1 for each word.
    """
    if len(words) != len(ink) or not all(0 <= weight <= 1 for weight in ink):
        raise ValueError(
            f"plot_inked_words got {len(words)} words and {len(ink)} weights. "
            "Give one weight from 0 to 1 for each word."
        )
    ax = given_or_current(ax)
    column, line = 0, 0
    for word, weight in zip(words, ink, strict=True):
        if column and column + len(word) > width:
            column, line = 0, line + 1
        if shade:
            ground = {
                "facecolor": colour,
                "alpha": 0.6 * weight,
                "lw": 0,
                "boxstyle": "square,pad=0.15",
            }
            look = {"bbox": ground}
        else:
            look = {"color": colour, "alpha": least + (1 - least) * weight}
        ax.text(column, -line, word, family="DejaVu Sans Mono", fontsize=size, va="center", **look)
        column += len(word) + 1
    ax.set(xlim=(0, width), ylim=(-line - 0.6, 0.6))
    ax.axis("off")
    return ax
