"""The model that ships with the project: what it is made of, and that it learned some English."""

import pathlib

import numpy as np
import pytest

from bert_tf.checkpoints.google import CheckpointReader
from bert_tf.checkpoints.loading import load_checkpoint
from bert_tf.config import BertConfig
from bert_tf.models.pretraining import bert_pretraining_model
from bert_tf.tokenization.reference import FullTokenizer

SHIPPED = pathlib.Path(__file__).parents[2] / "examples" / "uncased_L-2_H-128_A-2_books"

# Each with the word that belongs in the gap.
SENTENCES = {
    "He shook his [MASK] and said nothing .": "head",
    "She closed her [MASK] and went to sleep .": "eyes",
    "He opened the [MASK] and walked into the room .": "door",
    "The king and the [MASK] sat upon their thrones .": "queen",
    "They sat down at the [MASK] to eat their dinner .": "table",
    "It was ten o ' [MASK] in the morning .": "clock",
    "I do not [MASK] what you mean , said he .": "know",
    "She was the [MASK] beautiful woman in the world .": "most",
    "The ship sailed across the [MASK] to America .": "sea",
    "There was a knock at the [MASK] .": "door",
    "My father and my [MASK] are both dead .": "mother",
    "He put his hand in his [MASK] and took out some money .": "pocket",
}


@pytest.fixture(scope="module")
def tokenizer():
    return FullTokenizer(SHIPPED / "vocab.txt")


@pytest.fixture(scope="module")
def model():
    pretrained = bert_pretraining_model(BertConfig.from_json_file(SHIPPED / "bert_config.json"))
    load_checkpoint(pretrained, str(SHIPPED / "bert_model.ckpt"))
    return pretrained


def likeliest_words(model, tokenizer, sentence, count=5):
    before, after = sentence.split("[MASK]")
    tokens = ["[CLS]", *tokenizer.tokenize(before), "[MASK]", *tokenizer.tokenize(after), "[SEP]"]
    inputs = {
        "input_ids": np.array([tokenizer.convert_tokens_to_ids(tokens)], np.int32),
        "masked_lm_positions": np.array([[tokens.index("[MASK]")]], np.int32),
    }
    (scores,) = np.asarray(model(inputs)["masked_lm_logits"])[0]
    return tokenizer.convert_ids_to_tokens(np.argsort(-scores)[:count])


def test_files_fit_together_and_hold_weights_alone(model, tokenizer):
    names = {variable.path for variable in model.trainable_variables}
    assert set(CheckpointReader(str(SHIPPED / "bert_model.ckpt")).shapes) == names
    assert len(tokenizer.vocab) == model.get_layer("bert").config.vocab_size == 8000
    assert sum(path.stat().st_size for path in SHIPPED.glob("bert_model.ckpt.*")) < 8e6


def test_fills_most_gaps_with_the_word_that_belongs_there(model, tokenizer):
    # Which of them it misses is no matter; of words drawn at random, one in 1,600 would be right.
    found = [word in likeliest_words(model, tokenizer, sentence) for sentence, word in SENTENCES.items()]
    assert sum(found) >= 8
