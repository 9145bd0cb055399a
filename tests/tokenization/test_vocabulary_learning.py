"""Learned vocabularies: their form, their size, and that no word of the text is unknown to them."""

import collections
import random

import pytest

from bert_tf import FullTokenizer, UserError
from bert_tf.tokenization import vocabulary_learning
from bert_tf.tokenization.reference import BasicTokenizer
from bert_tf.tokenization.vocabulary import load_vocab
from bert_tf.tokenization.vocabulary_learning import VocabularyOptions, learn_vocabulary, measure_coverage

TEXT = """
The players played; the player plays. Playing, he said, is what a singer's singing sings of.
Sing, singers! The walker walked, walks and is walking: players, walkers, singers. £5 or $7?
Été naïve 北京 ΟΔΟΣ, the end. The ending ended the walk, the play, the song.
"""


def counted(text, do_lower_case=True):
    words = collections.Counter(BasicTokenizer(do_lower_case).tokenize(text))
    return words, collections.Counter("".join(words.elements()))


def write(path, learned):
    path.write_text("".join(f"{token}\n" for token in learned.tokens), encoding="utf-8")
    return path


@pytest.mark.parametrize("do_lower_case", [True, False])
def test_no_word_of_the_text_is_unknown(tmp_path, do_lower_case):
    words, characters = counted(TEXT, do_lower_case)
    learned = learn_vocabulary(words, characters, VocabularyOptions(160, num_unused=3))
    tokenizer = FullTokenizer(write(tmp_path / "vocab.txt", learned), do_lower_case)
    assert tokenizer.vocabulary.tokens == learned.tokens and len(learned.tokens) == 160
    pieces = tokenizer.tokenize(TEXT)
    assert "[UNK]" not in pieces
    basic = BasicTokenizer(do_lower_case)
    assert "".join(piece.removeprefix("##") for piece in pieces) == "".join(basic.tokenize(TEXT))
    # Nothing that the tokenizer would change or split can be a piece.
    for token in learned.tokens[8 : 160 - learned.padding]:
        core = token.removeprefix("##")
        assert basic.tokenize(core) == [core]


def test_layout_is_googles():
    words, characters = counted(TEXT)
    learned = learn_vocabulary(words, characters, VocabularyOptions(185))
    tokens = learned.tokens
    assert tokens[0] == "[PAD]" and tokens[100:104] == ("[UNK]", "[CLS]", "[SEP]", "[MASK]")
    assert tokens[1:100] == tuple(f"[unused{index}]" for index in range(99))
    plain = tokens[104 : 104 + learned.characters]
    inner = tokens[104 + learned.characters :][: learned.inner_characters]
    assert plain == tuple(sorted(characters))
    # What always stands alone is never looked up inside a word.
    assert inner == tuple(f"##{char}" for char in plain if char not in "!',.:;?$京北")
    pieces = tokens[104 + len(plain) + len(inner) :]
    assert learned.pieces == len(pieces) and learned.padding == 0
    assert "the" in pieces and all(len(piece.removeprefix("##")) > 1 for piece in pieces)


def test_poor_text_is_filled_up_with_slots():
    words, characters = counted("a cat sat")
    learned = learn_vocabulary(words, characters, VocabularyOptions(40, num_unused=2))
    assert len(learned.tokens) == len(set(learned.tokens)) == 40
    assert learned.pieces + learned.characters + learned.inner_characters + learned.padding + 7 == 40
    slots = tuple(f"[unused{2 + index}]" for index in range(learned.padding))
    assert slots and learned.tokens[-learned.padding :] == slots
    assert {"cat", "sat"} <= set(learned.tokens)


def test_the_order_of_the_counts_does_not_matter():
    words, characters = counted(TEXT)
    shuffled = list(words.items())
    random.Random(1).shuffle(shuffled)
    options = VocabularyOptions(130, num_unused=0)
    learned = learn_vocabulary(words, characters, options)
    assert learn_vocabulary(dict(shuffled), characters, options) == learned


def test_rare_characters_are_left_out():
    words, characters = counted(TEXT)
    learned = learn_vocabulary(words, characters, VocabularyOptions(120, num_unused=0, min_count=2))
    assert learned.rare_characters == sum(count == 1 for count in characters.values()) > 3
    assert "the" in learned.tokens and not any("北" in token for token in learned.tokens)
    assert measure_coverage(learned.tokens, words).unknown > 0


def test_sizes_without_room():
    words, characters = counted(TEXT)
    with pytest.raises(UserError, match="vocab_size 104: 99 unused slots and 5 special tokens leave no room"):
        VocabularyOptions(104)
    with pytest.raises(UserError, match="vocab_size 50: 34 characters, 24 of them .* are 63 entries"):
        learn_vocabulary(words, characters, VocabularyOptions(50, num_unused=0))
    with pytest.raises(
        UserError, match="vocab_size 1000000000: its entries would take 250 GB of memory: give"
    ):
        VocabularyOptions(10**9, num_unused=10**8)
    with pytest.raises(UserError, match="min_count 1000000: no character occurs so often, the most .* 'e' "):
        learn_vocabulary(words, characters, VocabularyOptions(130, num_unused=0, min_count=10**6))


@pytest.mark.parametrize(
    "pieces_above",
    [
        lambda threshold: 3_000_000 // threshold,
        lambda threshold: int(90_000 / threshold**0.3),
        lambda threshold: 50_000 if threshold <= 777 else 10,  # no threshold gives about the number wanted
        lambda threshold: 100,  # nor ever enough
    ],
)
def test_search_for_the_threshold(monkeypatch, pieces_above):
    tried = []

    def pieces(words, threshold):
        tried.append(threshold)
        return [f"p{index}" for index in range(pieces_above(threshold))]

    monkeypatch.setattr(vocabulary_learning, "_pieces_above", pieces)
    words = [(f"w{index}", 1_000_000 // (index + 1)) for index in range(20_000)]
    found = vocabulary_learning._learn_pieces(words, 8000)
    assert found == [f"p{index}" for index in range(min(8000, pieces_above(1)))]
    last = [threshold for threshold in tried if pieces_above(threshold) >= 8000 or threshold == 1][-1]
    assert pieces_above(last) <= 8400 or pieces_above(last + 1) < 8000
    assert len(tried) <= 25


def test_coverage_is_what_the_tokenizer_does(tmp_path):
    words, characters = counted(TEXT)
    learned = learn_vocabulary(words, characters, VocabularyOptions(130, num_unused=0))
    words += collections.Counter({"жук": 2, "walking": 3})
    tokenizer = FullTokenizer(write(tmp_path / "vocab.txt", learned))
    cut = [tokenizer.tokenize(word) for word in words.elements()]
    coverage = measure_coverage(learned.tokens, words)
    assert coverage.words == len(cut)
    assert coverage.pieces_per_word == pytest.approx(sum(map(len, cut)) / len(cut))
    assert coverage.unknown == pytest.approx(2 / len(cut))
    whole = sum(pieces == [word] for pieces, word in zip(cut, words.elements()))
    assert coverage.whole == pytest.approx(whole / len(cut)) and 0 < coverage.whole < 1


def test_real_text(bert_tf_data, tmp_path):
    text = (bert_tf_data / "text" / "wikipedia_squad_train.sent.txt").read_text(encoding="utf-8")[:1_000_000]
    words, characters = counted(text)
    learned = learn_vocabulary(words, characters, VocabularyOptions(4000))
    load_vocab(write(tmp_path / "vocab.txt", learned))
    coverage = measure_coverage(learned.tokens, words)
    assert len(learned.tokens) == 4000 and learned.padding == 0
    assert coverage.unknown == 0 and coverage.whole > 0.8 and coverage.pieces_per_word < 1.4
