"""New words in old vocabularies: where they go, and which can never be reached."""

import pytest

from bert_tf import FullTokenizer, UserError
from bert_tf.tokenization.vocabulary import load_vocab
from bert_tf.tokenization.vocabulary_extension import NewWord, extend_vocabulary

TOKENS = "[PAD] [unused0] [unused1] [UNK] [CLS] [SEP] [MASK] a b ##a ##b ab [unused2]".split()


@pytest.fixture
def vocab_file(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(TOKENS) + "\n")
    return path


def new(*words):
    return [NewWord(word, f"new.txt:{number}") for number, word in enumerate(words, start=1)]


@pytest.mark.parametrize("append, ids", [(False, [1, 2, 12]), (True, [13, 14, 15])])
def test_new_words_are_found_by_the_tokenizer(vocab_file, tmp_path, append, ids):
    extension = extend_vocabulary(vocab_file, new("abba", "ab", "baba", "abba", "xyz"), append=append)
    assert list(extension.ids) == ["abba", "baba", "xyz"] and list(extension.ids.values()) == ids
    assert extension.known == ("ab", "abba")
    assert extension.old_pieces == {
        "abba": ["ab", "##b", "##a"],
        "baba": ["b", "##a", "##b", "##a"],
        "xyz": ["[UNK]"],
    }
    assert extension.old_ids == dict(zip(ids, [[11, 10, 9], [8, 9, 10, 9], [3]]))
    (tmp_path / "new.txt").write_text("\n".join(extension.lines) + "\n")
    tokenizer = FullTokenizer(tmp_path / "new.txt")
    pieces = tokenizer.tokenize("abba, baba xyz ab b")
    assert tokenizer.convert_tokens_to_ids(pieces) == [ids[0], 3, *ids[1:], 11, 8]
    kept = [token for index, token in enumerate(TOKENS) if index not in ids]
    assert [line for index, line in enumerate(extension.lines) if index not in ids] == kept


@pytest.mark.parametrize(
    "words, do_lower_case, message",
    [
        (["ba", "Abba"], True, r"new.txt:2: 'Abba' becomes 'abba' in the tokenizer \(do_lower_case true\)"),
        (["a-b", "bb", "b b"], False, r"new.txt:1: 'a-b' becomes 'a - b' .* \(1 more words likewise\)"),
        (["##bb"], True, "'##bb' becomes '# # bb'"),
        (["北京"], True, "becomes '北 京'"),
        (["\u0301"], True, "becomes 'nothing'"),
        (["é"], True, "becomes 'e'"),
        (["b" * 201], True, "over 200 characters"),
        (["ab", "a"], True, "new.txt:1: nothing to add: all 2 words are in the vocabulary already"),
        (["aa", "bb", "ba", "bbb"], True, "vocab.txt: 3 unused slots for 4 new words: .* --append=true"),
    ],
)
def test_wrong_words(vocab_file, words, do_lower_case, message):
    with pytest.raises(UserError, match=message):
        extend_vocabulary(vocab_file, new(*words), do_lower_case)


def test_case_is_kept_for_cased_models(vocab_file):
    assert list(extend_vocabulary(vocab_file, new("Abba", "É"), do_lower_case=False).ids) == ["Abba", "É"]


@pytest.mark.parametrize("name", ["uncased", "cased", "chinese", "multi_cased"])
@pytest.mark.parametrize("append", [False, True])
def test_released_vocabularies(bert_tf_data, tmp_path, name, append):
    vocab_file = bert_tf_data / "vocabs" / name / "vocab.txt"
    extension = extend_vocabulary(vocab_file, new("xqzword", "xqzother"), append=append)
    old = load_vocab(vocab_file)
    (tmp_path / "vocab.txt").write_bytes(("\n".join(extension.lines) + "\n").encode())
    extended = load_vocab(tmp_path / "vocab.txt")
    assert len(extended) == len(old) + 2 * append
    changed = {index for index, token in enumerate(extended.tokens) if token not in old.ids}
    assert changed == set(extension.ids.values())
    kept = [index for index in range(len(old)) if index not in changed]
    assert [extended.tokens[index] for index in kept] == [old.tokens[index] for index in kept]


def test_blank_lines_repeated_pieces_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "vocab.txt"
    lines = ["[UNK]", "[unused0]", "[CLS]", "[SEP]", "a", "", "##b", "a", "[unused1]", "##b"]
    path.write_text("\ufeff" + "\n".join(lines) + "\n\n\n")
    extension = extend_vocabulary(path, new("ab", "a", "abb"))
    assert extension.ids == {"ab": 1, "abb": 8} and extension.old_ids == {1: [7, 9], 8: [7, 9, 9]}
    assert extension.lines == ("[UNK]", "ab", "[CLS]", "[SEP]", "a", "", "##b", "a", "abb", "##b")
    extension = extend_vocabulary(path, new("ab"), append=True)
    assert extension.lines == (*lines, "ab") and extension.ids == {"ab": 10}
