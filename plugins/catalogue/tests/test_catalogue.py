"""The catalogue as any module is tested: with the kit alone."""


def test_an_application_is_recorded_and_listed(sign_in_as):
    browser = sign_in_as("catalogue.view", "catalogue.write")
    answer = browser.send("/app/catalogue/new", name="SIMPEG", level="kabupaten", status="active")
    assert answer.status_code == 303
    assert "SIMPEG" in browser.get("/app/catalogue/").text


def test_an_unknown_choice_is_refused(sign_in_as):
    browser = sign_in_as("catalogue.view", "catalogue.write")
    answer = browser.send("/app/catalogue/new", name="SIMPEG", level="bulan", status="active")
    assert answer.status_code == 422
    assert "Pilih salah satu dari daftar." in answer.text


def test_another_offices_application_is_not_there(sign_in_as, make_unit):
    own = sign_in_as("catalogue.view", "catalogue.write", unit=make_unit("Dinas Kesehatan"))
    other = sign_in_as("catalogue.view", unit=make_unit("Dinas Perhubungan"))
    page = own.send("/app/catalogue/new", name="SIMRS", level="kabupaten", status="active").headers["Location"]
    assert own.get(page).status_code == 200
    assert other.get(page).status_code == 404
