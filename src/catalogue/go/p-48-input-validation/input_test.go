package input

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAddressesOfRealPeople(t *testing.T) {
	for text, want := range map[string]string{
		"ada@example.com":               "ada@example.com",
		" ada@example.com ":             "ada@example.com",
		"o'brien@example.com":           "o'brien@example.com",
		"ada+orders@mail.example.co.uk": "ada+orders@mail.example.co.uk",
		"jörg@example.com":              "jörg@example.com",
		"user@exämple.de":               "user@exämple.de",
		"Ada@EXAMPLE.com":               "Ada@example.com",
		"用户@例子.广告":                      "用户@例子.广告",
		"x@xn--exmple-cua.de":           "x@xn--exmple-cua.de",
	} {
		if got, err := ParseEmail(text); err != nil || got.String() != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestWhatIsNoAddress(t *testing.T) {
	for _, text := range []string{
		"", "ada", "@example.com", "ada@", "ada@localhost", "a@-..com", ".@a.co", "a..b@example.com", ".a@example.com",
		"a.@example.com", "a@example..com", "a@.example.com", "a@example.com.", "a@-example.com", "a@example-.com",
		"Ada <ada@example.com>", `"a b"@example.com`, "a b@example.com", "a@exa mple.com", "a@b@example.com",
		"ada@example.com, eve@example.com", "ada@example.com\r\nBcc: eve@example.com", "ada@[127.0.0.1]", "a@exa_mple.com",
		strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("a", 64) + ".com",
		"a@" + strings.Repeat("abc.", 70) + "com", "<ada@example.com>", "ada@example.com (Ada)",
	} {
		if got, err := ParseEmail(text); err == nil {
			t.Errorf("%q was read as %q", text, got)
		}
	}
}

func read(body string) (Account, error) {
	return Read(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(body)))
}

func TestAGoodObject(t *testing.T) {
	account, err := read(`{"email":"ada@example.com","name":" Ada ","seats":3}` + "\n")
	if err != nil || account.Email.String() != "ada@example.com" || account.Name != "Ada" || account.Seats != 3 {
		t.Errorf("%+v, %v", account, err)
	}
}

func TestAllFieldsAreCheckedAtOnce(t *testing.T) {
	_, err := read(`{"email":"a@-..com","name":"","seats":0}`)
	var fields Fields
	if !errors.As(err, &fields) || len(fields) != 3 {
		t.Errorf("%v", err)
	}
}

func TestWhatIsNotOneSmallKnownObject(t *testing.T) {
	for _, body := range []string{
		"", "[]", `{"email":1}`, `{"emial":"ada@example.com"}`, `{"email":"ada@example.com","name":"Ada","seats":1}{}`,
		`{"seats":1e99}`, `{"seats":1.5}`,
	} {
		var fields Fields
		if account, err := read(body); err == nil || errors.As(err, &fields) {
			t.Errorf("%s: %+v, %v", body, account, err)
		}
	}
	_, err := read(`{"name":"` + strings.Repeat("a", 20<<10) + `"}`)
	if !errors.As(err, new(*http.MaxBytesError)) {
		t.Error(err)
	}
}
