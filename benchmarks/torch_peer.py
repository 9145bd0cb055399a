"""Hugging Face's BERT on PyTorch at work, on an accelerator where there is one.

Attention is PyTorch's fused one (`sdpa`). bfloat16 is autocast in training; for prediction the weights are
cast once.
"""

import contextlib

import numpy as np
import torch
import transformers
from rows import Rows, masked_batches
from worker import WARM_UP, Stopwatch, answer, latency_figures, prediction_figures

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
_INPUTS = {"input_ids": "input_ids", "attention_mask": "input_mask", "token_type_ids": "segment_ids"}
_NO_DECAY = ("bias", "LayerNorm")


def training(
    config,
    data,
    batch_size,
    steps,
    precision="float32",
    pad_to=None,
    recompute=False,
    compiled=False,
    warm_up=WARM_UP,
):
    """Fine-tuning a classifier."""
    batches = Rows.load(data).batches(batch_size, pad_to)
    model = transformers.BertForSequenceClassification(_config(config))
    batches = [{**_inputs(batch), "labels": _tensor(batch["labels"])} for batch in batches]
    return _trained(model, batches, batch_size, steps, precision, recompute, compiled, warm_up)


def pretraining(config, data, batch_size, steps, precision="float32", compiled=False):
    """Training with both pretraining heads."""
    model = transformers.BertForPreTraining(_config(config))
    batches = [
        {
            **_inputs(batch),
            "labels": _tensor(_labels_by_place(batch)),
            "next_sentence_label": _tensor(batch["next_sentence_labels"][:, 0]),
        }
        for batch in masked_batches(data, batch_size)
    ]
    return _trained(model, batches, batch_size, steps, precision, False, compiled)


def _labels_by_place(batch):
    """[B, S]: the masked words' ids where they stand, -100 elsewhere."""
    labels = np.full_like(batch["input_ids"], -100)
    np.put_along_axis(labels, batch["masked_lm_positions"], batch["masked_lm_ids"], axis=1)
    return labels


def _trained(model, batches, batch_size, steps, precision, recompute, compiled, warm_up=WARM_UP):
    model.to(DEVICE).train()
    if recompute:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    optimizer = torch.optim.AdamW(_groups(model), lr=5e-5, fused=True)
    run = torch.compile(model) if compiled else model
    total = steps + warm_up if steps > 1 else steps
    watch = Stopwatch(warm_up)
    for step in range(1, total + 1):
        with _autocast(precision):
            loss = run(**batches[(step - 1) % len(batches)]).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step in (1, warm_up, total):
            loss.item()  # Waits for the accelerator.
            _wait()
            watch.mark(step)
    return {**watch.figures(batch_size), **device_memory()}


def _groups(model):
    decayed = {True: [], False: []}
    for name, parameter in model.named_parameters():
        decayed[not any(part in name for part in _NO_DECAY)].append(parameter)
    return [
        {"params": decayed[True], "weight_decay": 0.01},
        {"params": decayed[False], "weight_decay": 0.0},
    ]


def predicting(config, data, batch_size, precision="float32"):
    """Prediction with a classifier."""
    return prediction_figures(_predictor(config, precision), Rows.load(data).batches(batch_size))


def latency(config, lengths, calls, precision="float32"):
    """Calls with one example."""
    return latency_figures(_predictor(config, precision), config["vocab_size"], lengths, calls)


def _predictor(config, precision):
    model = _prediction_model(config, precision)

    @torch.inference_mode()
    def run(batch):
        return model(**_inputs(batch)).logits.softmax(-1).float().cpu().numpy()

    return run


def _prediction_model(config, precision):
    model = transformers.BertForSequenceClassification(_config(config)).eval()
    return model.to(DEVICE, getattr(torch, precision))


def inference(config, data, batch_size, steps, precision="bfloat16", compiled=False):
    """Prediction for the same batches again and again, which lie on the device."""
    model = _prediction_model(config, precision)
    run = torch.compile(model) if compiled else model
    batches = [_inputs(batch) for batch in Rows.load(data).batches(batch_size)]
    watch = Stopwatch()
    with torch.inference_mode():
        for step in range(1, steps + WARM_UP + 1):
            run(**batches[step % len(batches)])
            if step in (1, WARM_UP, steps + WARM_UP):
                _wait()
                watch.mark(step)
    return {**watch.figures(batch_size), **device_memory()}


def export_onnx(config, path):
    """Writes a classifier as ONNX, for any batch size and length."""
    model = transformers.BertForSequenceClassification(_config(config)).eval()
    example = {name: torch.ones(2, 16, dtype=torch.int64) for name in _INPUTS}
    axes = {name: {0: torch.export.Dim("batch"), 1: torch.export.Dim("length")} for name in _INPUTS}
    program = torch.onnx.export(
        model, kwargs=example, dynamic_shapes=axes, dynamo=True, output_names=["logits"], verbose=False
    )
    program.save(path)


def device_memory():
    """`device MB`, the most that lay on the accelerator; 0 without one."""
    return {"device MB": torch.cuda.max_memory_allocated() / 2**20 if DEVICE == "cuda" else 0}


def _wait():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def _autocast(precision):
    if precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast(DEVICE, getattr(torch, precision))


def _inputs(batch):
    return {name: _tensor(batch[ours]) for name, ours in _INPUTS.items()}


def _tensor(array):
    return torch.tensor(array, dtype=torch.int64, device=DEVICE)


def _config(config):
    known = {name: value for name, value in config.items() if name != "extra"}
    return transformers.BertConfig(**known, num_labels=2, attn_implementation="sdpa")


if __name__ == "__main__":
    answer(training, pretraining, predicting, inference, latency, export_onnx)
