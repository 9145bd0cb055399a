"""What a user should know of the questions that are read, a line each."""

# So many skipped answers are named even if nothing more was asked for, and so much of a text is shown.
_NAMED, _SHOWN = 10, 200


def training_notes(path, examples, options):
    """On the questions of a training file.

    Args:
        path: The file.
        examples: Its `SquadExamples`.
        options: `SquadOptions`.

    Yields:
        Lines.
    """
    yield from _half_characters(path, examples)
    yield from _skipped(path, examples.skipped, options.verbose_logging)
    if examples.num_displaced and not options.label_first_occurrence:
        yield (
            f"{path}: {examples.num_displaced} answers are not quite where answer_start says, which counts "
            "characters, not bytes or UTF-16 units: labelled where their text is nearest to it"
        )
    if not any(question.answers for question in examples.questions):
        yield f"{path}: no question has an answer: the model will learn to find none in any paragraph"
    if examples.num_impossible and not options.version_2_with_negative:
        yield (
            f"{path}: {examples.num_impossible} questions are marked is_impossible, but trained on with the "
            "answers they have: add --version_2_with_negative=true"
        )


def prediction_notes(path, examples, options):
    """On the questions of a file to predict; arguments as of `training_notes`."""
    yield from _half_characters(path, examples)
    unknown = sum(question.answers is None for question in examples.questions)
    if unknown:
        yield (
            f"{path}: {unknown} of {len(examples)} questions have neither answers nor is_impossible: "
            "predicted, but not scored"
        )
    if examples.have_questions_without_answer and not options.version_2_with_negative:
        without = sum(question.answers == () for question in examples.questions)
        yield (
            f"{path}: {without} questions have no answer, but one will be predicted for each: "
            "add --version_2_with_negative=true"
        )


def encoding_notes(encoded, options):
    """On the rows made of a file, `EncodedWindows`."""
    if encoded.num_cut_questions:
        limit = options.max_query_length
        yield f"{encoded.num_cut_questions} questions cut to their first {limit} word pieces"
    if encoded.num_borders:
        yield (
            f"{encoded.num_borders} windows begin where the one before ends, so that no answer across is "
            f"found: lower --doc_stride={options.doc_stride}"
        )
    if not encoded.examples.is_training:
        return
    if encoded.num_ambiguous:
        here, there = "at answer_start", "at the first place in the words around, as Google's script does"
        here, there, other = (
            (there, here, "false") if options.label_first_occurrence else (here, there, "true")
        )
        yield (
            f"{encoded.num_ambiguous} of {len(encoded.examples)} answers labelled {here}, which is not "
            f"{there} (--label_first_occurrence={other})"
        )
    if encoded.num_unlabelled:
        yield (
            f"{encoded.num_unlabelled} answers are whole in none of their paragraph's windows, so these are "
            "trained on as without an answer: raise --max_seq_length or lower --doc_stride"
        )


def _half_characters(path, examples):
    if examples.num_half_characters:
        yield f"{path}: {examples.num_half_characters} halves of characters (cut-off emoji) read as U+FFFD"


def _skipped(path, skipped, verbose):
    if skipped:
        named = [answer.id for answer in skipped[: None if verbose else _NAMED]]
        more = "" if len(named) == len(skipped) else ", … (--verbose_logging=true shows all)"
        yield (
            f"{path}: {len(skipped)} questions left out, whose answer is not where answer_start says: "
            f"{', '.join(named)}{more}"
        )
    for answer in skipped if verbose else ():
        yield f"  {answer.id}: {answer.answer[:_SHOWN]!r} is not in {answer.found[:_SHOWN]!r}"
