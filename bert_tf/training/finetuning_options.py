"""What a fine-tuning run depends on beside its task, its model and its data."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class FineTuningOptions:
    """The flags that a run depends on; the modules of `flags/` say what each means."""

    output_dir: str
    vocab_file: str
    do_lower_case: bool = True
    max_seq_length: int = 128
    pad_to_max_length: bool = False
    init_checkpoint: str | None = None
    new_head: bool = False
    precision: str = "float32"
    seed: int = 0
    learning_rate: float = 5e-5
    num_train_epochs: float = 3.0
    warmup_proportion: float = 0.1
    train_batch_size: int = 32
    gradient_accumulation_steps: int = 1
    recompute: bool = False
    eval_batch_size: int = 8
    predict_batch_size: int = 8
    save_checkpoints_steps: int = 1000
    iterations_per_loop: int = 1000
