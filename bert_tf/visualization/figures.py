"""Pictures with matplotlib, which need not be installed for anything else."""

import os
import warnings

from bert_tf.errors import UserError
from bert_tf.files import WholeFile


def check_drawing(wanted_for):
    """Raises UserError, in the name of a flag or file, if the package matplotlib is not installed."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        raise UserError(f"{wanted_for} needs the package matplotlib: pip install -e '.[plots]'") from None
    except Exception as error:  # As from a matplotlib that is too old for the NumPy beside it.
        reason = " ".join(str(error).split())
        raise UserError(f"{wanted_for}: matplotlib cannot be loaded ({reason}): install it anew") from None


def new_figure(size, path):
    """An empty figure.

    Args:
        size: Width and height in inches.
        path: The file that is to show it, for the message.

    Raises:
        UserError: If the package matplotlib is not installed.
    """
    check_drawing(path)
    from matplotlib.figure import Figure

    return Figure(size)


def save_figure(figure, path):
    """Writes a figure, as large as what was drawn beside its axes needs.

    Args:
        figure: What `new_figure` gave.
        path: The file; its ending says the format, such as .png.

    Raises:
        UserError: If it cannot be written.
    """
    try:
        with WholeFile(path) as whole:
            figure.savefig(whole.file, format=os.path.splitext(path)[1][1:], dpi=120, bbox_inches="tight")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}") from None


def draw_last(pictures):
    """Draws pictures once all else is done: one that cannot be drawn costs a line, not the run.

    Args:
        pictures: Pairs of the file to write and a function that draws it there, and gives what there is
            to say of it, if anything.
    """
    for path, draw in pictures:
        try:
            with warnings.catch_warnings():
                # Letters that no font has are drawn as boxes; a warning for each would bury the results.
                warnings.filterwarnings("ignore", message="Glyph|Matplotlib currently does not support")
                remark = draw(path)
        except UserError as error:
            print(f"Not drawn: {error}")
        except Exception as error:  # Whatever befalls matplotlib, memory included.
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"Not drawn: {path}: {reason[:200]}")
        else:
            print(f"Wrote {path}" + (f", {remark}" if remark else ""))
