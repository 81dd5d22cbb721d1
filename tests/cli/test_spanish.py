"""A course in Spanish, by its commands: another language needs no other run."""

from tests.small_course import WRONG, run_grader, write_class

SPANISH = 'title = "Un curso"\nlanguage = "es"\n'


def test_a_course_that_changes_its_language_is_scored_and_reported_again_without_a_run(course, tmp_path):
    work, folder = tmp_path / "work", write_class(tmp_path / "class", bruno=("1 / 0", *WRONG))
    before = run_grader(course, work, "grade", "hello", folder, "--json")
    (course / "course.toml").write_text(SPANISH, encoding="utf-8")
    after = run_grader(course, work, "score", "hello", "--json")
    assert (before.told["executed"], after.told["executed"], after.points) == (1, 0, before.points)
    double = after.students["bruno"]["findings"][0]
    assert double["because"] == (
        "El valor de `double` no es como se esperaba en 3 de 3 valores, sobre todo en [2]: allí es 9, y se esperaba 6."
    )
    assert run_grader(course, work, "report", "hello").code == 0
    page = (work / "reports" / "hello" / "bruno.html").read_text(encoding="utf-8")
    assert '<html lang="es">' in page
    assert "Se ejecutaron todas las celdas; no terminó bien: celda de código 1." in page
    assert "Every cell" not in page


def test_a_self_check_speaks_the_language_of_the_course(course, tmp_path):
    (course / "course.toml").write_text(SPANISH, encoding="utf-8")
    folder = write_class(tmp_path / "class", bruno=("1 / 0", *WRONG))
    ended = run_grader(course, tmp_path / "work", "check", "hello", folder / "bruno.ipynb")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "Se ejecutaron todas las celdas; no terminó bien: celda de código 1.\n"
        "  celda de código 1, `1 / 0`: ZeroDivisionError: division by zero\n"
        "\n"
        "○ no cumplido       0 de 2    double(x) is twice x.\n"
        "                              El valor de `double` no es como se esperaba en 3 de 3 valores, sobre todo en "
        "[2]: allí es 9, y se esperaba 6.\n"
        "● cumplido          1 de 1    The variable word is hola.\n"
        "\n"
        "1 de los 3 puntos que se pueden comprobar aquí.\n"
        "1 criterio no se comprueba aquí, porque usa entradas que no se muestran.\n"
        "\n"
        "Antes de la entrega:\n"
        "  Desde aquí no se ve si el notebook está compartido: si se entrega un enlace, conviene abrirlo antes en una "
        "ventana privada.\n"
    )
