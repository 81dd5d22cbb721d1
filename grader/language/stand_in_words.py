"""What the stand-ins inside the sandbox say, found again in an error or an output, so that it is said in any language.

    recognise("<urlopen error There is no network where …>")

Inside the sandbox there are no catalogs: a student's process gets no more of the grader than it needs, and a run has no
language, so that a course that changes its own runs nothing again. Each text stands here as `grader/inside` says it; a
test compares the two. Nobody gains by saying such a sentence themselves: it is only translated.
"""

from __future__ import annotations

from dataclasses import replace

from grader.language.reasons import N_, Reason, Value
from grader.language.recognising import recognise_among

TEXTS = (
    N_(
        "{asked} waits for somebody to type, and nobody does where notebooks are graded: "
        "write the value into the cell instead."
    ),
    N_("The assignment has {count} answer for it, and all are used up."),
    N_("The assignment has {count} answers for it, and all are used up."),
    N_(
        "files.upload() waits for somebody to choose a file, and nobody does where notebooks are graded: "
        "the file is missing here. Make the data in the notebook, or hand the file in as your instructor says."
    ),
    N_(
        "files.upload_file() waits for somebody to choose `{file}`, and nobody does where notebooks are graded: "
        "the file is missing here. Make the data in the notebook, or hand the file in as your instructor says."
    ),
    N_("files.download: {file} is there, and stays there; nothing is downloaded where notebooks are graded."),
    N_("files.view: {file} is not shown where notebooks are graded."),
    N_("Cannot find file: {file}"),
    N_("{file}: {size} bytes, from the files that the assignment brings."),
    N_("{file} is there already, and stays."),
    N_("Cloning into '{folder}'... from the files that the assignment brings."),
    N_(
        "There is no network where notebooks are graded, and the assignment brings no file for {address}. "
        "A person looks at what needs it. (A course brings files by [downloads] in assignment.toml.)"
    ),
    N_("There is no network where notebooks are graded: what this line fetches is missing here."),
    N_("there is no network where notebooks are graded"),
    N_("No package can be added where notebooks are graded: use those that are installed."),
    N_("{package} is installed here, but cannot be imported. A person looks at what needs it."),
    N_(
        "Colab has sample files in sample_data, which are not here, where notebooks are graded. A person looks at what "
        "needs them. (A course brings files by [files] in assignment.toml.)"
    ),
    N_("Drive could not be mounted at {place} ({error}); nobody's files are here in any case."),
    N_("Mounted at {place}. It holds what the assignment brings, and nobody's own files."),
    N_("Mounted at {place}. It is empty here: nobody's Drive is read where notebooks are graded."),
    N_("The secret `{key}` is yours alone: it is not there where notebooks are graded."),
    N_("auth: nobody is signed in to Google where notebooks are graded."),
    N_("output.eval_js() asks a browser, and there is none where notebooks are graded."),
    N_(
        "cv2.{function}() opens a window, and there is no screen here, nor in Colab: "
        "use `from google.colab.patches import cv2_imshow`, or plt.imshow."
    ),
    N_("TensorFlow 1 has been taken out of Colab, and is not here."),
    N_("%tensorflow_version has no effect: TensorFlow is installed here."),
    N_("%tensorflow_version has no effect: TensorFlow is not installed here."),
    N_("{function} needs a url or an id."),
)


def recognise(told: str) -> Value:
    """The text with each sentence of a stand-in in it as a reason; a text without one as it is.

    >>> str(recognise("<urlopen error there is no network where notebooks are graded>"))
    '<urlopen error there is no network where notebooks are graded>'
    >>> recognise("division by zero")
    'division by zero'
    """
    return recognise_among(told, TEXTS)


def reword(told: str) -> str:
    """A text that a cell printed, with the sentences of the stand-ins in the language of this place."""
    return str(recognise(told))


def recognise_in(reason: Reason) -> Reason:
    """A stored reason, with each sentence of a stand-in among its values as a reason."""
    values = {name: _recognise_value(value) for name, value in reason.values.items()}
    return replace(reason, values=values) if values != reason.values else reason


def _recognise_value(value: Value) -> Value:
    if isinstance(value, Reason):
        return recognise_in(value)
    return recognise(value) if isinstance(value, str) else value
