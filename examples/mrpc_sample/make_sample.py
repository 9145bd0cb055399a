"""Makes the sample in this folder: python make_sample.py [FOLDER].

A story is a topic's slots filled from word lists. A pair tells one story twice in
other words ("1"), or changes exactly one fact on the way ("0"): what happened, the
day or the number. Each of these three has a usual and a rarer form, so the second
sentence alone hints at the label; knowing it takes a comparison with the first.
"""

import itertools
import json
import pathlib
import random
import string
import sys

SEED = 2018
ROWS = {"train": 1200, "dev": 200, "test": 200}
USUAL = 0.75

DETAILS = {
    "person": ["Hale", "Reyes", "Okoye", "Lindqvist", "Baker", "Ito"],
    "town": ["Leeds", "Porto", "Bergen", "Austin", "Lagos", "Kyoto"],
    "firm": ["Norvik", "Halden", "Brightwell", "Castor", "Tellus"],
}

# What may change, in its usual and in its rarer form.
FACTS = {"day": ["Friday", "Monday"], "number": ["nine", "forty"]}

# Each topic: its phrasings, then words for the usual event and for its opposite.
TOPICS = [
    (
        [
            "{firm} shares {event} on {day}.",
            "On {day}, {firm} shares {event}.",
            "Shares of {firm} {event} on {day}.",
        ],
        [("rose", "climbed", "gained"), ("fell", "dropped", "slipped")],
    ),
    (
        [
            "{person} {event} the {town} bridge on {day}.",
            "On {day}, the {town} bridge was {event} by {person}.",
            "A bridge in {town} was {event} by {person} on {day}.",
        ],
        [("approved", "backed", "supported"), ("rejected", "opposed", "blocked")],
    ),
    (
        [
            "{firm} {event} {number} shops in {town}.",
            "In {town}, {number} shops were {event} by {firm}.",
            "Some {number} {town} shops were {event} by {firm}.",
        ],
        [("opened", "bought", "acquired"), ("closed", "sold", "shut")],
    ),
    (
        [
            "{person} {event} the {town} match in {number} moves.",
            "In {number} moves, {person} {event} the match in {town}.",
            "The match in {town} was {event} by {person} in {number} moves.",
        ],
        [("won", "clinched"), ("lost", "forfeited")],
    ),
]


def make_pair(rng):
    """(label, first sentence, second sentence)."""
    phrasings, events = rng.choice(TOPICS)
    first, second = rng.sample(phrasings, 2)
    facts = {"event": events} | {fact: forms for fact, forms in FACTS.items() if f"{{{fact}}}" in first}
    form = {fact: int(rng.random() > USUAL) for fact in facts}
    details = {slot: rng.choice(values) for slot, values in DETAILS.items()}
    label = rng.choice("01")
    sentence = tell(first, details, facts, form, rng)
    if label == "0":
        # What happened changes twice as often as the day or the number, as it has more words to learn.
        changed = rng.choice(["event", *facts])
        form[changed] = 1 - form[changed]
    return label, sentence, tell(second, details, facts, form, rng)


def tell(phrasing, details, facts, form, rng):
    """The story in one of its phrasings, with any of the words for what happened."""
    words = {fact: forms[form[fact]] for fact, forms in facts.items()}
    words["event"] = rng.choice(words["event"])
    return phrasing.format(**details, **words)


def distinct_pairs(count, rng):
    """That many pairs, none of them twice, so that no pair of dev or test was trained on."""
    pairs = {}
    while len(pairs) < count:
        pairs[make_pair(rng)] = None
    return iter(pairs)


def write_split(path, pairs, has_labels):
    """Writes one file in MRPC's layout; test.tsv has an index where the others have the label."""
    lines = [("Quality" if has_labels else "index") + "\t#1 ID\t#2 ID\t#1 String\t#2 String"]
    for index, (label, first, second) in enumerate(pairs):
        lines.append(f"{label if has_labels else index}\t{2 * index}\t{2 * index + 1}\t{first}\t{second}")
    write_lines(path, lines)


def vocabulary():
    """Special tokens, every printable ASCII character in lower case, every word of the sample."""
    characters = sorted(set(string.printable.lower()) - set(string.whitespace))
    texts = [text for phrasings, events in TOPICS for text in [*phrasings, *events[0], *events[1]]]
    texts += [text for lists in (DETAILS, FACTS) for values in lists.values() for text in values]
    bare = str.maketrans(",.", "  ")
    words = {word for text in texts for word in text.lower().translate(bare).split() if "{" not in word}
    return [
        "[PAD]",
        *(f"[unused{number}]" for number in range(99)),
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *characters,
        *(f"##{character}" for character in characters),
        *sorted(words - set(characters)),
    ]


def bert_config(vocab_size):
    """A BERT that random weights can train from in a minute."""
    return {
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": 64,
        "initializer_range": 0.02,
        "intermediate_size": 256,
        "max_position_embeddings": 128,
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "type_vocab_size": 2,
        "vocab_size": vocab_size,
    }


def write_lines(path, lines):
    """Writes the same bytes on every system."""
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8"))


def main(folder):
    pairs = distinct_pairs(sum(ROWS.values()), random.Random(SEED))
    for split, rows in ROWS.items():
        write_split(folder / f"{split}.tsv", itertools.islice(pairs, rows), has_labels=split != "test")
    words = vocabulary()
    write_lines(folder / "vocab.txt", words)
    write_lines(folder / "bert_config.json", [json.dumps(bert_config(len(words)), indent=2)])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
