"""Groups of flags that several scripts share.

Names, defaults and meaning are those of Google's scripts wherever these had the flag.
"""

from absl import flags

from bert_tf.flags.paths import define_path
from bert_tf.training.seeds import LARGEST_SEED

# Sizes are 32-bit numbers to TensorFlow, steps 64-bit numbers, and rates single-precision numbers.
LARGEST_SIZE = 2**31 - 1
LARGEST_STEP = 2**63 - 1
_LARGEST_RATE = 3.4e38


def define_size(name, default, text, least=1):
    """Declares a flag for how large something is."""
    flags.DEFINE_integer(name, default, text, lower_bound=least, upper_bound=LARGEST_SIZE)


def define_steps(name, default, text, least=1):
    """Declares a flag for a number of steps."""
    flags.DEFINE_integer(name, default, text, lower_bound=least, upper_bound=LARGEST_STEP)


def define_model_flags():
    """Which model, and where it goes."""
    define_path("bert_config_file", None, "bert_config.json, the shape of the model.")
    define_path(
        "init_checkpoint",
        None,
        "Checkpoint to start from (usually a pre-trained BERT): its prefix or its folder.",
    )
    define_path("output_dir", None, "Folder for checkpoints and results.")


def define_training_flags():
    """How to train, whatever the task."""
    define_size("train_batch_size", 32, "Examples of a training batch.")
    define_size("gradient_accumulation_steps", 1, "Batches that make up a training step.")
    flags.DEFINE_bool(
        "recompute",
        False,
        "Compute each layer twice, to train longer sequences or larger batches in the same memory.",
    )
    flags.DEFINE_float(
        "learning_rate",
        5e-5,
        "The peak learning rate of Adam.",
        lower_bound=0.0,
        upper_bound=_LARGEST_RATE,
    )
    define_size("eval_batch_size", 8, "Examples a step of evaluation.")
    define_steps("save_checkpoints_steps", 1000, "Steps between checkpoints.")
    define_size(
        "iterations_per_loop", 1000, "Most steps to run in one call of the graph; fewer where steps are slow."
    )
    flags.DEFINE_integer(
        "seed",
        0,
        "Determines initial weights, order and dropout.",
        lower_bound=0,
        upper_bound=LARGEST_SEED,
    )
    flags.DEFINE_enum(
        "precision",
        "float32",
        ["float32", "bfloat16", "float16"],
        "Precision of the computation; weights, softmax and loss stay float32.",
    )
    flags.DEFINE_bool(
        "learning_curve",
        False,
        "Write losses and figures by step to learning_curve.tsv in output_dir, and draw them.",
    )
    define_path("tensorboard_dir", None, "Folder for TensorBoard's event files; none without it.")
    flags.DEFINE_bool(
        "deterministic",
        False,
        "Use only operations that give the same bits each time; on a GPU these are slower.",
    )


def define_tpu_flags():
    """The TPU flags of Google's scripts, kept so that old command lines are understood."""
    flags.DEFINE_bool("use_tpu", False, "Not available: this package trains on GPU or CPU.")
    flags.DEFINE_string("tpu_name", None, "Ignored without --use_tpu.")
    flags.DEFINE_string("tpu_zone", None, "Ignored without --use_tpu.")
    flags.DEFINE_string("gcp_project", None, "Ignored without --use_tpu.")
    flags.DEFINE_string("master", None, "Ignored without --use_tpu.")
    flags.DEFINE_integer("num_tpu_cores", 8, "Ignored without --use_tpu.")
